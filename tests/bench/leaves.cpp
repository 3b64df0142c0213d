// Signs a leaf for each name of the benchmarks, tens of thousands in seconds: all hold one key,
// each has a serial and a name of its own, so that no client can take one server's certificate for
// another's. Writes FOLDER/tN.ZONE.bench.test.pem: the leaf, then its issuer.
//
//   leaves ROOT_PEM ROOT_KEY LEAF_KEY FOLDER (ZONE COUNT)…
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "leaves: %s\n", what.c_str());
  std::exit(1);
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File open_file(const std::string& path, const char* mode) {
  File file(std::fopen(path.c_str(), mode), &std::fclose);
  if (!file) fail("cannot open " + path);
  return file;
}

EVP_PKEY* read_key(const char* path) {
  EVP_PKEY* const key = PEM_read_PrivateKey(open_file(path, "re").get(), nullptr, nullptr, nullptr);
  if (key == nullptr) fail(std::string("no key in ") + path);
  return key;
}

void set_serial(X509* leaf) {
  std::array<unsigned char, 16> bytes;
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) fail("no random bytes");
  bytes[0] = (bytes[0] & 0x3fU) | 0x40U;  // positive, and always as long
  BIGNUM* const number = BN_bin2bn(bytes.data(), bytes.size(), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(leaf));
  BN_free(number);
}

X509* sign(X509* root, EVP_PKEY* root_key, EVP_PKEY* leaf_key, const std::string& name) {
  X509* const leaf = X509_new();
  X509_set_version(leaf, X509_VERSION_3);
  set_serial(leaf);
  X509_gmtime_adj(X509_getm_notBefore(leaf), -3600);
  X509_gmtime_adj(X509_getm_notAfter(leaf), 30L * 24 * 3600);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(leaf), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(leaf, X509_get_subject_name(root));
  X509_set_pubkey(leaf, leaf_key);
  X509_EXTENSION* const names =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + name).c_str());
  X509_add_ext(leaf, names, -1);
  X509_EXTENSION_free(names);
  if (X509_sign(leaf, root_key, EVP_sha256()) == 0) fail("cannot sign " + name);
  return leaf;
}

}  // namespace

int main(int count, char** words) {
  if (count < 7 || count % 2 == 0) {
    std::fputs("usage: leaves ROOT_PEM ROOT_KEY LEAF_KEY FOLDER (ZONE COUNT)...\n", stderr);
    return 2;
  }
  X509* const root = PEM_read_X509(open_file(words[1], "re").get(), nullptr, nullptr, nullptr);
  if (root == nullptr) fail(std::string("no certificate in ") + words[1]);
  EVP_PKEY* const root_key = read_key(words[2]);
  EVP_PKEY* const leaf_key = read_key(words[3]);
  for (int i = 5; i < count; i += 2) {
    const long most = std::atol(words[i + 1]);
    for (long n = 0; n < most; ++n) {
      const std::string name = "t" + std::to_string(n) + "." + words[i] + ".bench.test";
      X509* const leaf = sign(root, root_key, leaf_key, name);
      const File file = open_file(std::string(words[4]) + "/" + name + ".pem", "we");
      if (PEM_write_X509(file.get(), leaf) != 1 || PEM_write_X509(file.get(), root) != 1)
        fail("cannot write " + name);
      X509_free(leaf);
    }
  }
}
