// web.yml: what is read of it, and, one bad file a rule in tests/data/web, the very lines that
// `reachd check` prints for it.
#include "config/web_access.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace reachd {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(REACHD_SOURCE_DIR) / "tests/data/web";
const std::string kHash = "$2y$10$" + std::string(53, 'a');

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) ADD_FAILURE() << "cannot be read: " << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string lines_of(const LoadedAccess& loaded) {
  std::string lines;
  if (const auto* faults = std::get_if<std::vector<Fault>>(&loaded)) {
    for (const auto& fault : *faults) lines += to_string(fault) + "\n";
  }
  return lines;
}

WebAccess read(const std::string& text, bool exposed = false) {
  const LoadedAccess loaded = parse_web_access(text, "/etc/reachd/web.yml", exposed);
  EXPECT_EQ(lines_of(loaded), "");
  return std::holds_alternative<WebAccess>(loaded) ? std::get<WebAccess>(loaded) : WebAccess{};
}

TEST(WebAccess, EachBadFileHasExactlyTheFaultsThatAreExpected) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".yml") continue;
    ++count;
    fs::path path = entry.path();
    const std::string name = path.filename().string();
    const bool exposed = name.starts_with("bad-exposed-");
    const std::string text = contents(path);
    const std::string expected = contents(path.replace_extension(".expected"));
    EXPECT_FALSE(expected.empty()) << name << " is expected to be good";
    const std::string lines = lines_of(parse_web_access(text, name, exposed));
    EXPECT_EQ(lines, expected) << name;
    EXPECT_EQ(lines.find("hunter2"), std::string::npos) << "a secret is shown: " << lines;
    if (exposed) {
      EXPECT_EQ(lines_of(parse_web_access(text, name, false)), "") << name;
    }
  }
  EXPECT_GT(count, 20U);
}

TEST(WebAccess, TheSmallestFileHasTheDefaults) {
  const WebAccess access = read("tls_server_config: {cert_file: web.crt, key_file: /run/web.key}");
  ASSERT_TRUE(access.tls);
  EXPECT_EQ(access.tls->certificate, (NamedFile{"/etc/reachd/web.crt", 1, 32}));
  EXPECT_EQ(access.tls->key.path, "/run/web.key");
  EXPECT_EQ(access.tls->client_auth, ClientAuth::none);
  EXPECT_EQ(access.tls->least, TlsVersion::tls12);
  EXPECT_EQ(access.tls->most, TlsVersion::tls13);
  EXPECT_EQ(access.tls->suites12 + access.tls->suites13 + access.tls->groups, "");
  EXPECT_TRUE(access.tls->server_prefers);
  EXPECT_TRUE(access.users.empty());
  EXPECT_TRUE(access.headers.empty());
}

TEST(WebAccess, AFileOfTheToolkitIsUnderstoodWhole) {
  const WebAccess access = read(
      "tls_server_config:\n"
      "  cert_file: web.crt\n"
      "  key_file: web.key\n"
      "  client_auth_type: RequireAndVerifyClientCert\n"
      "  client_ca_file: clients.pem\n"
      "  client_allowed_sans: [prometheus.example, '2001:DB8:0::1']\n"
      "  min_version: TLS12\n"
      "  max_version: TLS13\n"
      "  prefer_server_cipher_suites: false\n"
      "  cipher_suites:\n"
      "    - TLS_AES_256_GCM_SHA384\n"
      "    - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n"
      "    - TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305\n"
      "  curve_preferences: [X25519, CurveP256]\n"
      "http_server_config:\n"
      "  http2: false\n"
      "  headers: {X-Frame-Options: deny, Strict-Transport-Security: max-age=60}\n"
      "basic_auth_users:\n"
      "  me: " +
          kHash + "\n",
      true);
  ASSERT_TRUE(access.tls);
  EXPECT_EQ(access.tls->client_auth, ClientAuth::verify);
  EXPECT_EQ(access.tls->client_ca.path, "/etc/reachd/clients.pem");
  EXPECT_EQ(access.tls->client_sans,
            (std::vector<std::string>{"prometheus.example", "2001:db8::1"}));
  EXPECT_EQ(access.tls->suites12, "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305");
  EXPECT_EQ(access.tls->suites13, "TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(access.tls->groups, "X25519:P-256");
  EXPECT_FALSE(access.tls->server_prefers);
  const std::vector<std::pair<std::string, std::string>> headers{
      {"Strict-Transport-Security", "max-age=60"}, {"X-Frame-Options", "deny"}};
  EXPECT_EQ(access.headers, headers);
  EXPECT_EQ(access.users, (std::vector<WebUser>{{"me", kHash}}));
}

// It must not work before the operator has put a password of their own into it.
TEST(WebAccess, TheShippedExampleLacksNothingButAHash) {
  const std::string text = contents(fs::path(REACHD_SOURCE_DIR) / "deploy/examples/web.yml");
  const auto loaded = parse_web_access(text, "web.yml", true);
  const auto* faults = std::get_if<std::vector<Fault>>(&loaded);
  ASSERT_NE(faults, nullptr);
  ASSERT_EQ(faults->size(), 1U);
  EXPECT_EQ((*faults)[0].key, "basic_auth_users.prometheus");
  std::string good = text;
  good.replace(good.find("$2b$10$"), std::string::npos, kHash + "\n");
  EXPECT_EQ(read(good, true).users.size(), 1U);
}

TEST(WebAccess, VerifiedClientsNeedNoPassword) {
  read(
      "tls_server_config: {cert_file: a, key_file: b, client_ca_file: c, client_auth_type: "
      "RequireAndVerifyClientCert}",
      true);
}

TEST(WebAccess, TheCostOfAHashIsReadFromIt) {
  EXPECT_EQ(bcrypt_cost(kHash), 10);
  EXPECT_EQ(bcrypt_cost("$2b$04$" + std::string(53, '.')), 4);
  EXPECT_EQ(bcrypt_cost("$2a$31$" + std::string(53, '/')), 31);
  for (const std::string& text :
       {std::string(), std::string("$2y$10$"), "$2y$10$" + std::string(52, 'a'), kHash + "a",
        "$2z$10$" + std::string(53, 'a'), "$2y$1x$" + std::string(53, 'a'),
        "$2y$32$" + std::string(53, 'a')}) {
    EXPECT_FALSE(bcrypt_cost(text)) << text;
  }
}

}  // namespace
}  // namespace reachd
