// What is wrong with the files that web.yml names is a fault with its place, like all others.
#include "daemon/web/entrance.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "daemon/commands.hpp"
#include "daemon/setup.hpp"
#include "tests/support/entrances.hpp"
#include "tests/support/environment.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/pki.hpp"

namespace reachd {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Entrances : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return folder / name;
  }
  std::string write_config(const std::string& more) const {
    return write("reachd.yaml",
                 more + "services: [{name: a, targets: [{name: b, url: https://c.example/}]}]\n");
  }
  void copy(const std::string& from, const std::string& to) const {
    std::filesystem::copy_file(from, folder / to);
  }
  // What `reachd check` prints of a configuration with that web.yml.
  std::string faults(const std::string& web, const std::string& more = "") const {
    write("web.yml", web);
    std::ostringstream out, err;
    check({write_config(more + "web: {config_file: web.yml}\n")}, out, err);
    return err.str();
  }

  const test::Folder folder;
  test::Pki pki;
};

TEST_F(Entrances, TlsWithAPasswordMayListenAnywhere) {
  const test::Leaf leaf = pki.issue();
  copy(leaf.certificate_file, "web.crt");
  copy(leaf.key_file, "web.key");
  write("web.yml",
        "tls_server_config: {cert_file: web.crt, key_file: web.key}\nbasic_auth_users: {me: " +
            test::hash_of("secret") + "}\n");
  const auto loaded =
      load_setup(write_config("listen: 0.0.0.0:10980\nweb: {config_file: web.yml}\n"));
  ASSERT_TRUE(std::holds_alternative<reachd::Setup>(loaded));
  const auto& setup = std::get<reachd::Setup>(loaded);
  EXPECT_NE(setup.entrance.tls, nullptr);
  ASSERT_EQ(setup.entrance.users.size(), 1U);
  EXPECT_EQ(setup.entrance.users[0].name, "me");
  EXPECT_EQ(setup.config.alertmanager.external_url, "https://0.0.0.0:10980");
}

TEST_F(Entrances, LessThanThatMayNotUnlessItIsSaidToBeGuarded) {
  const test::Leaf leaf = pki.issue();
  copy(leaf.certificate_file, "web.crt");
  copy(leaf.key_file, "web.key");
  const std::string tls = "tls_server_config: {cert_file: web.crt, key_file: web.key}\n";
  const std::string users = "basic_auth_users: {me: " + test::hash_of("secret") + "}\n";
  const std::string open = "listen: \"[::]:10980\"\n";
  EXPECT_THAT(faults(tls, open),
              HasSubstr("web.yml:1:1: basic_auth_users: is missing: 'listen' can be reached"));
  EXPECT_THAT(faults(users, open), HasSubstr("web.yml:1:1: tls_server_config: is missing: "));
  EXPECT_EQ(faults(tls), "");
  EXPECT_EQ(faults(users), "");
  EXPECT_EQ(faults(users, "insecure: true\n" + open), "");
  EXPECT_EQ(
      faults("tls_server_config:\n  cert_file: web.crt\n  key_file: web.key\n  client_ca_file: " +
                 pki.ca_file() + "\n  client_auth_type: RequireAndVerifyClientCert\n",
             open),
      "");
}

TEST_F(Entrances, FilesThatDoNotServeAreNamedWithTheirPlace) {
  const test::Leaf leaf = pki.issue();
  const test::Leaf other = pki.issue();
  copy(leaf.certificate_file, "web.crt");
  copy(leaf.key_file, "web.key");
  copy(other.key_file, "other.key");
  write("empty", "");
  const auto with = [&](const std::string& certificate, const std::string& key,
                        const std::string& more = "") {
    return faults("tls_server_config:\n  cert_file: " + certificate + "\n  key_file: " + key +
                  "\n" + more);
  };
  const std::string web = folder / "web.yml";
  EXPECT_THAT(with("gone.crt", "web.key"),
              HasSubstr(web + ":2:14: tls_server_config.cert_file: " + folder.path() +
                        "/gone.crt cannot be read: No such file or directory\n"));
  EXPECT_THAT(with("empty", "web.key"), HasSubstr("web.yml:2:14: tls_server_config.cert_file: "));
  EXPECT_THAT(with("web.key", "web.key"), HasSubstr("is no certificate in PEM"));
  EXPECT_THAT(with("web.crt", "."), HasSubstr("cannot be read: it is a folder"));
  EXPECT_THAT(with("web.crt", "web.crt"), HasSubstr("is no key in PEM"));
  EXPECT_THAT(
      with("web.crt", "other.key"),
      HasSubstr("web.yml:3:13: tls_server_config.key_file: " + folder.path() +
                "/other.key does not fit the certificate in " + folder.path() + "/web.crt\n"));
  const std::string verify = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ";
  EXPECT_THAT(with("web.crt", "web.key", verify + "web.key\n"),
              AllOf(HasSubstr("web.yml:5:19: tls_server_config.client_ca_file: "),
                    HasSubstr("holds no certificate in PEM")));
  EXPECT_EQ(with("web.crt", "web.key", verify + "web.crt\n"), "");
}

// Of another kind than the certificate's, a key fits no slot that OpenSSL has for one.
TEST_F(Entrances, AKeyOfAnotherKindDoesNotFitEither) {
  copy(pki.issue().certificate_file, "web.crt");
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> rsa(
      EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}), &EVP_PKEY_free);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen((folder / "rsa.key").c_str(), "we"), &std::fclose);
  PEM_write_PrivateKey(file.get(), rsa.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::fflush(file.get());
  EXPECT_THAT(faults("tls_server_config: {cert_file: web.crt, key_file: rsa.key}\n"),
              HasSubstr("does not fit the certificate"));
}

// Nobody sits at a terminal to be asked for it.
TEST_F(Entrances, AKeyUnderAPasswordIsRefused) {
  const test::Leaf leaf = pki.issue();
  copy(leaf.certificate_file, "web.crt");
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}), &EVP_PKEY_free);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen((folder / "locked.key").c_str(), "we"), &std::fclose);
  const std::string password = "secret";
  PEM_write_PrivateKey(file.get(), key.get(), EVP_aes_128_cbc(),
                       reinterpret_cast<const unsigned char*>(password.data()),
                       static_cast<int>(password.size()), nullptr, nullptr);
  std::fflush(file.get());
  EXPECT_THAT(faults("tls_server_config: {cert_file: web.crt, key_file: locked.key}\n"),
              HasSubstr("is no key in PEM, or one under a password"));
}

TEST_F(Entrances, AFileThatIsMissingIsAFaultOfTheConfiguration) {
  std::ostringstream out, err;
  EXPECT_EQ(check({write_config("web: {config_file: gone.yml}\n")}, out, err), kExitUsage);
  EXPECT_EQ(err.str(), (folder / "gone.yml") +
                           ":0:0: web.config_file: cannot be read: No such file or directory\n");
}

TEST_F(Entrances, CredentialsOfTheServiceGoBeforeFiles) {
  const test::Folder credentials;
  const test::Environment environment("CREDENTIALS_DIRECTORY", credentials.path().c_str());
  const test::Leaf leaf = pki.issue();
  copy(leaf.certificate_file, "web.crt");
  const std::string web = "tls_server_config: {cert_file: web.crt, key_file: web-key}\n";
  EXPECT_THAT(faults(web), HasSubstr("web-key cannot be read"));
  std::filesystem::copy_file(leaf.key_file, credentials / "web-key");
  EXPECT_EQ(faults(web), "");
  std::ofstream(credentials / "web.yml") << "nonsense: 1\n";
  EXPECT_THAT(faults(web), HasSubstr("nonsense: unknown key"));
}

}  // namespace
}  // namespace reachd
