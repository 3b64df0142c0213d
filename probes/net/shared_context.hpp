// One SSL_CTX for all connections of libcurl's. libcurl 7.88 makes one for each and offers no way
// to give it another, though making it costs a seventh of a whole HTTPS round. It calls SSL_CTX_new
// by its name, and the program's own function of that name comes first: ours, which gives out the
// shared one where it is offered and OpenSSL's everywhere else.
//
// What a connection sets in its context is copied into it at once (SSL_new follows on the same
// call), so that the next may set other things: protocols, options, the message callback. What is
// read later is the same for all: the trust store, and the verification of tls_watch.hpp, which
// finds its connection by itself. Must never be offered to anybody but libcurl.
#pragma once

#include <cstdint>
#include <memory>

#include <openssl/ssl.h>

namespace reachd::net {

class SharedContext {
 public:
  SharedContext();  // throws std::bad_alloc

  // The context with a reference for the caller, as it was when it was new.
  SSL_CTX* give() const;

  // While it lives, SSL_CTX_new on this thread gives out the shared context, as good as new.
  class Offer {
   public:
    explicit Offer(const SharedContext& shared);
    ~Offer();
    Offer(const Offer&) = delete;
    Offer& operator=(const Offer&) = delete;
  };

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  // As openssl.cnf has them.
  std::uint64_t options_ = 0;
  int least_version_ = 0;
  int most_version_ = 0;
};

}  // namespace reachd::net
