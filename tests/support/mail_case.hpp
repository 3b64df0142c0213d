// The fixture of the tests of the mail step: a scripted server, a conversation with it, and what
// came of that in one line.
#pragma once

#include <chrono>
#include <latch>
#include <string>

#include <gtest/gtest.h>

#include "probes/steps/mail.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/tls_server.hpp"

namespace reachd::test {

inline constexpr const char* kGreeting = "220 mx.test ESMTP\r\n";
inline constexpr const char* kEhlo = "250-mx.test\r\n250-SIZE 1000\r\n250 STARTTLS\r\n";
inline constexpr const char* kPlainEhlo = "250-mx.test\r\n250 SIZE 1000\r\n";
inline constexpr const char* kReady = "220 go ahead\r\n";

class MailCase : public testing::Test {
 protected:
  static Pki& pki() {
    static Pki made;
    return made;
  }
  static SSL_CTX* context() {
    static const auto made = server_context(pki().issue());
    return made.get();
  }

  steps::Conversed converse(TlsServer::Script script, Scheme scheme,
                            Starttls starttls = Starttls::none,
                            std::chrono::milliseconds patience = std::chrono::seconds(15)) {
    // The script begins once the connection is there: a reset must not meet the connecting itself.
    std::latch connected(1);
    const TlsServer server([&](Peer& peer) {
      connected.wait();
      script(peer);
    });
    const auto now = Clock::now();
    attempt_ = {{"127.0.0.1", server.port()}, now, now + patience, 7, 0};
    boost::asio::ip::tcp::socket socket(loop_.io);
    boost::system::error_code error;
    socket.connect({boost::asio::ip::address_v4::loopback(), server.port()}, error);
    connected.count_down();
    return run(loop_.io, steps::converse(loop_.way, attempt_, std::move(socket),
                                         {scheme, starttls, "localhost"}));
  }

  // "mail ok, tls ok, mail eof_error": the stages in order, each with its failure.
  static std::string told(const steps::Conversed& conversed) {
    std::string text;
    for (const Observation& observation : conversed.observations) {
      if (!text.empty()) text += ", ";
      text += std::string(to_string(observation.stage)) + ' ' +
              (observation.failure ? to_string(*observation.failure) : "ok");
    }
    return text;
  }

  static const MailSeen& seen(const steps::Conversed& conversed, std::size_t index) {
    return std::get<MailSeen>(conversed.observations.at(index).seen);
  }

  Loop loop_{pki().ca_file()};
  steps::Attempt attempt_;
};

}  // namespace reachd::test
