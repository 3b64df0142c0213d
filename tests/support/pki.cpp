#include "tests/support/pki.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace reachd::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

void require(bool fine, const char* what) {
  if (!fine) throw std::runtime_error(std::string("test PKI: ") + what);
}

Key make_key() {
  char curve[] = "P-256";
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve), &EVP_PKEY_free);
  require(key != nullptr, "key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// A certificate with all but its extensions and its signature.
X509Ptr make_certificate(const std::string& common_name, EVP_PKEY* key, const X509_NAME* issuer,
                         const LeafOptions& times) {
  X509Ptr certificate(X509_new(), &X509_free);
  require(certificate != nullptr, "certificate");
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), times.not_before.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), times.not_after.count());
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), issuer != nullptr ? issuer : subject);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

File open_file(const std::string& path) {
  File file(std::fopen(path.c_str(), "we"), &std::fclose);
  require(file != nullptr, path.c_str());
  return file;
}

std::string alternative_names(const LeafOptions& options) {
  std::string list;
  for (const auto& name : options.names) list += (list.empty() ? "DNS:" : ",DNS:") + name;
  for (const auto& address : options.addresses) list += (list.empty() ? "IP:" : ",IP:") + address;
  return list;
}

}  // namespace

struct Pki::Authority {
  Key key;
  X509Ptr certificate;

  static std::unique_ptr<Authority> make(const std::string& name, const Authority* signer) {
    Key key = make_key();
    const X509_NAME* const issuer =
        signer != nullptr ? X509_get_subject_name(signer->certificate.get()) : nullptr;
    X509Ptr certificate = make_certificate(name, key.get(), issuer, {});
    X509* const by = signer != nullptr ? signer->certificate.get() : certificate.get();
    add_extension(certificate.get(), by, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate.get(), by, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate.get(), by, NID_subject_key_identifier, "hash");
    X509_sign(certificate.get(), signer != nullptr ? signer->key.get() : key.get(), EVP_sha256());
    return std::make_unique<Authority>(Authority{std::move(key), std::move(certificate)});
  }
};

Pki::Pki() {
  std::string pattern = (std::filesystem::temp_directory_path() / "reachd-pki-XXXXXX").string();
  require(::mkdtemp(pattern.data()) != nullptr, "folder");
  folder_ = pattern;
  root_ = Authority::make("Test Root", nullptr);
  intermediate_ = Authority::make("Test Intermediate", root_.get());
  stranger_ = Authority::make("Test Stranger", nullptr);
  ca_file_ = (folder_ / "ca.pem").string();
  PEM_write_X509(open_file(ca_file_).get(), root_->certificate.get());
}

Pki::~Pki() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Leaf Pki::issue(const LeafOptions& options) {
  using Signer = LeafOptions::Signer;
  const Authority* signer = nullptr;
  if (options.signer == Signer::authority) signer = root_.get();
  if (options.signer == Signer::intermediate) signer = intermediate_.get();
  if (options.signer == Signer::stranger) signer = stranger_.get();

  const Key key = make_key();
  const X509_NAME* const issuer =
      signer != nullptr ? X509_get_subject_name(signer->certificate.get()) : nullptr;
  const std::string common_name = options.names.empty() ? "leaf" : options.names.front();
  const X509Ptr certificate = make_certificate(common_name, key.get(), issuer, options);
  X509* const by = signer != nullptr ? signer->certificate.get() : certificate.get();
  add_extension(certificate.get(), by, NID_basic_constraints, "critical,CA:FALSE");
  if (const std::string names = alternative_names(options); !names.empty()) {
    add_extension(certificate.get(), by, NID_subject_alt_name, names);
  }
  X509_sign(certificate.get(), signer != nullptr ? signer->key.get() : key.get(), EVP_sha256());

  const std::string stem = (folder_ / ("leaf" + std::to_string(++issued_))).string();
  const Leaf leaf{stem + ".pem", stem + ".key"};
  const File chain = open_file(leaf.certificate_file);
  PEM_write_X509(chain.get(), certificate.get());
  if (options.signer == Signer::intermediate && options.send_intermediate) {
    PEM_write_X509(chain.get(), intermediate_->certificate.get());
  }
  PEM_write_PrivateKey(open_file(leaf.key_file).get(), key.get(), nullptr, nullptr, 0, nullptr,
                       nullptr);
  return leaf;
}

SslContext server_context(const Leaf& leaf, int least, int most) {
  SslContext context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  require(context != nullptr, "context");
  SSL_CTX_set_min_proto_version(context.get(), least);
  SSL_CTX_set_max_proto_version(context.get(), most);
  require(SSL_CTX_use_certificate_chain_file(context.get(), leaf.certificate_file.c_str()) == 1,
          "chain file");
  require(SSL_CTX_use_PrivateKey_file(context.get(), leaf.key_file.c_str(), SSL_FILETYPE_PEM) == 1,
          "key file");
  return context;
}

}  // namespace reachd::test
