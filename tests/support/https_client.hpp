// A blocking HTTPS client whose handshake is as right or as wrong as a test wants it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "tests/support/pki.hpp"
#include "tests/support/raw_client.hpp"

namespace reachd::test {

struct HttpsOptions {
  const char* source = nullptr;  // as of RawClient
  std::string ca_file;           // that the server must be signed by; empty: anybody will do
  const Leaf* own = nullptr;     // certificate of the client
  int least = TLS1_2_VERSION;
  int most = TLS1_3_VERSION;
  std::vector<std::string> protocols;  // by ALPN
  std::string suites12;                // OpenSSL's words; empty: the default
};

class HttpsClient : public RawClient {
 public:
  explicit HttpsClient(std::uint16_t port, const HttpsOptions& options = {});

  bool secure() const { return secure_; }  // with TLS 1.3 a refusal comes after that
  int alert() const;                       // the reason of the last failure, as of ERR(3)
  bool was_told_the_end() const;           // the server ended TLS, not the connection alone
  std::string protocol() const;            // that the server chose by ALPN
  std::string suite() const;
  std::string certificate() const;  // the server's, as DER

 private:
  long write_some(const char* bytes, std::size_t size) override;
  long read_some(char* bytes, std::size_t size) override;

  SslContext context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  bool secure_ = false;
  int alert_ = 0;
};

}  // namespace reachd::test
