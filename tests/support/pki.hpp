// A public key infrastructure of the test's own, made at run time: an authority, one that signs for
// it, one that nobody trusts, and leaves of every kind. All files are in a folder that is removed
// at the end.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <openssl/ssl.h>

namespace reachd::test {

struct LeafOptions {
  std::vector<std::string> names{"localhost"};  // DNS names
  std::vector<std::string> addresses{"127.0.0.1", "::1"};
  std::chrono::seconds not_before = -std::chrono::hours(1);  // from now
  std::chrono::seconds not_after = std::chrono::hours(24);   // from now
  enum class Signer { authority, intermediate, stranger, itself } signer = Signer::authority;
  bool send_intermediate = true;  // in the chain file, if that is the signer
};

struct Leaf {
  std::string certificate_file;  // PEM, the chain as a server sends it
  std::string key_file;          // PEM
};

class Pki {
 public:
  Pki();
  ~Pki();
  Pki(const Pki&) = delete;
  Pki& operator=(const Pki&) = delete;

  const std::string& ca_file() const { return ca_file_; }  // PEM, the one trusted authority
  std::filesystem::path folder() const { return folder_; }
  Leaf issue(const LeafOptions& options = {});

 private:
  struct Authority;
  std::filesystem::path folder_;
  std::string ca_file_;
  std::unique_ptr<Authority> root_;
  std::unique_ptr<Authority> intermediate_;
  std::unique_ptr<Authority> stranger_;
  int issued_ = 0;
};

using SslContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

// A server's context that presents the leaf and speaks the versions from `least` to `most`.
SslContext server_context(const Leaf& leaf, int least = TLS1_2_VERSION, int most = TLS1_3_VERSION);

}  // namespace reachd::test
