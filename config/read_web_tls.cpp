#include <algorithm>
#include <array>

#include "config/endpoint.hpp"
#include "config/read.hpp"
#include "config/read_web.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

// A word of the file and what it stands for.
template <typename Value>
struct Word {
  std::string_view word;
  Value value;
};

constexpr std::array<Word<ClientAuth>, 5> kClientAuths{{
    {"NoClientCert", ClientAuth::none},
    {"RequestClientCert", ClientAuth::request},
    {"RequireAnyClientCert", ClientAuth::require_any},
    {"VerifyClientCertIfGiven", ClientAuth::verify_if_given},
    {"RequireAndVerifyClientCert", ClientAuth::verify},
}};

constexpr std::array<Word<TlsVersion>, 2> kVersions{{
    {"TLS12", TlsVersion::tls12},
    {"TLS13", TlsVersion::tls13},
}};

// Go's names of the suites with an ephemeral key and authenticated encryption, and OpenSSL's.
constexpr std::array<Word<std::string_view>, 8> kSuites12{{
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
}};

constexpr std::array<Word<std::string_view>, 3> kSuites13{{
    {"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"},
    {"TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"},
    {"TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"},
}};

constexpr std::array<Word<std::string_view>, 4> kCurves{{
    {"CurveP256", "P-256"},
    {"CurveP384", "P-384"},
    {"CurveP521", "P-521"},
    {"X25519", "X25519"},
}};

template <typename Words>
auto find_word(const Words& words, std::string_view text) {
  return std::ranges::find_if(words, [&](const auto& entry) { return entry.word == text; });
}

template <typename Words>
void add_words(const Words& words, std::vector<std::string_view>& out) {
  for (const auto& entry : words) out.push_back(entry.word);
}

// One of the words; a fault that names the nearest of them, and false, for any other text.
template <typename Words, typename Value>
bool take_word(const Field& field, const Words& words, Value& out) {
  const auto text = field.text();
  if (!text) return false;
  const auto found = find_word(words, *text);
  if (found == words.end()) {
    std::vector<std::string_view> known;
    add_words(words, known);
    field.fault(in_quotes(*text) + " is not known" + suggestion(*text, known));
    return false;
  }
  out = found->value;
  return true;
}

void append(std::string& list, std::string_view word) {
  if (!list.empty()) list += ':';
  list += word;
}

void take_file(const Field& field, const std::string& file, NamedFile& out) {
  take_path(field, file, out.path);
  out.line = field.line();
  out.column = field.column();
}

void read_versions(Section& section, WebTls& tls) {
  take_word(section.optional("min_version"), kVersions, tls.least);
  const Field most = section.optional("max_version");
  take_word(most, kVersions, tls.most);
  if (tls.most < tls.least) most.fault("is older than min_version, so that nobody could connect");
}

void read_suites(const Field& field, WebTls& tls) {
  for (const Field& item : field.items()) {
    const auto text = item.text();
    if (!text) continue;
    const auto older = find_word(kSuites12, *text);
    const auto newer = find_word(kSuites13, *text);
    if (older != kSuites12.end()) {
      append(tls.suites12, older->value);
    } else if (newer != kSuites13.end()) {
      append(tls.suites13, newer->value);
    } else {
      std::vector<std::string_view> known;
      add_words(kSuites12, known);
      add_words(kSuites13, known);
      const std::string_view near = nearest(*text, known);
      item.fault(in_quotes(*text) + " is not a suite with forward secrecy and authenticated " +
                 "encryption" + (near.empty() ? "" : "; did you mean " + in_quotes(near) + "?"));
    }
  }
}

void read_client(Section& section, const std::string& file, WebTls& tls) {
  const Field type = section.optional("client_auth_type");
  take_word(type, kClientAuths, tls.client_auth);
  const bool verifies =
      tls.client_auth == ClientAuth::verify_if_given || tls.client_auth == ClientAuth::verify;
  const Field authority = section.optional("client_ca_file");
  take_file(authority, file, tls.client_ca);
  if (verifies && !authority.present()) {
    type.fault("needs a 'client_ca_file' to verify with");
  }
  constexpr std::string_view kIdle =
      "would decide nothing: it needs 'client_auth_type: RequireAndVerifyClientCert' or "
      "'VerifyClientCertIfGiven'";
  if (!verifies) authority.fault(std::string(kIdle));
  const Field names = section.optional("client_allowed_sans");
  if (!verifies) names.fault(std::string(kIdle));
  for (const Field& item : names.items()) {
    const auto text = item.text();
    if (text) tls.client_sans.push_back(canonical_address(*text).value_or(*text));
  }
}

}  // namespace

void read_web(const Field& field, Config& config) {
  if (!field.present()) return;
  Section section(field);
  take_path(section.required("config_file", "the file with certificate and users, such as web.yml"),
            config.file, config.web_config_file);
  section.close();
}

void read_web_tls(const Field& field, const std::string& file, WebTls& tls) {
  Section section(field);
  constexpr std::string_view kPem = "a file in PEM, such as ";
  take_file(section.required("cert_file", std::string(kPem) + "web.crt"), file, tls.certificate);
  take_file(section.required("key_file", std::string(kPem) + "web-key"), file, tls.key);
  read_client(section, file, tls);
  read_versions(section, tls);
  read_suites(section.optional("cipher_suites"), tls);
  for (const Field& item : section.optional("curve_preferences").items()) {
    std::string_view group;
    if (take_word(item, kCurves, group)) append(tls.groups, group);
  }
  tls.server_prefers =
      section.optional("prefer_server_cipher_suites").flag().value_or(tls.server_prefers);
  section.close();
}

}  // namespace reachd
