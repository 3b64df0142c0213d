// The mail step against scripted servers on loopback: good ones, and a fault at each point of the
// conversation.
#include "tests/support/mail_case.hpp"

#include <array>

#include <gmock/gmock.h>

namespace reachd {
namespace {

using namespace std::chrono_literals;
using steps::Conversed;
using test::kEhlo;
using test::kGreeting;
using test::kPlainEhlo;
using test::kReady;
using test::Peer;
using test::TlsServer;
using testing::ElementsAre;
using testing::StartsWith;

constexpr const char* kTimeout = "generic_timeout_error";
using Mail = test::MailCase;

TEST_F(Mail, ImapsShakesHandsGreetsAsksAndLeaves) {
  std::string heard;
  const auto conversed = converse(
      [&](Peer& peer) {
        peer.secure(context());
        peer.send("* OK [CAPABILITY IMAP4rev1] hello\r\n");
        peer.expect("CAPABILITY\r\n");
        peer.send("* CAPABILITY IMAP4rev1 IDLE\r\na1 OK done\r\n");
        peer.expect("LOGOUT\r\n");
        peer.send("* BYE see you\r\na2 OK\r\n");
        heard = peer.received();
      },
      Scheme::imaps, Starttls::required);
  EXPECT_EQ(told(conversed), "tls ok, mail ok");
  const MailSeen& mail = seen(conversed, 1);
  EXPECT_EQ(mail.protocol, "imap");
  EXPECT_EQ(mail.greeting, "* OK [CAPABILITY IMAP4rev1] hello");
  EXPECT_THAT(mail.capabilities, ElementsAre("IMAP4rev1", "IDLE"));
  EXPECT_FALSE(mail.starttls_offered);
  EXPECT_GT(mail.first_byte, 0us);
  EXPECT_EQ(mail.last_reply, "a1 OK done");
  EXPECT_EQ(heard, "a1 CAPABILITY\r\na2 LOGOUT\r\n");
  EXPECT_TRUE(conversed.tcp_info);
  const auto& observations = conversed.observations;
  EXPECT_EQ(observations[1].transaction, 7);
  EXPECT_EQ(observations[1].peer, attempt_.peer);
  EXPECT_GE(observations[1].began, observations[0].began + observations[0].took);
  EXPECT_GT(observations[1].took, 0us);
}

TEST_F(Mail, ImapIsUpgradedAndAsksAgain) {
  const auto conversed = converse(
      [](Peer& peer) {
        peer.send("* OK hello\r\n");
        peer.expect("a1 CAPABILITY\r\n");
        peer.send("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK\r\n");
        peer.expect("a2 STARTTLS\r\n");
        peer.send("a2 OK go\r\n");
        peer.secure(context());
        peer.expect("a3 CAPABILITY\r\n");
        peer.send("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na3 OK\r\n");
        peer.expect("a4 LOGOUT\r\n");
      },
      Scheme::imap, Starttls::required);
  EXPECT_EQ(told(conversed), "mail ok, tls ok, mail ok");
  EXPECT_THAT(seen(conversed, 0).capabilities,
              ElementsAre("IMAP4rev1", "STARTTLS", "LOGINDISABLED"));
  EXPECT_TRUE(seen(conversed, 0).starttls_offered);
  EXPECT_TRUE(seen(conversed, 0).starttls_accepted);
  EXPECT_THAT(seen(conversed, 2).capabilities, ElementsAre("IMAP4rev1", "AUTH=PLAIN"));
  EXPECT_EQ(seen(conversed, 2).greeting, "");
}

TEST_F(Mail, SmtpIsUpgradedAndIntroducesItselfAgain) {
  std::string heard;
  const auto conversed = converse(
      [&](Peer& peer) {
        peer.send("220-mx.test ESMTP\r\n220 be nice\r\n");
        peer.expect("EHLO [127.0.0.1]\r\n");
        peer.send(kEhlo);
        peer.expect("STARTTLS\r\n");
        peer.send(kReady);
        peer.secure(context());
        peer.expect("EHLO [127.0.0.1]\r\n");
        peer.send("250-mx.test\r\n250 AUTH PLAIN\r\n");
        peer.expect("QUIT\r\n");
        peer.send("221 bye\r\n");
        heard = peer.received();
      },
      Scheme::smtp, Starttls::required);
  EXPECT_EQ(told(conversed), "mail ok, tls ok, mail ok");
  EXPECT_EQ(seen(conversed, 0).greeting, "220-mx.test ESMTP");
  EXPECT_THAT(seen(conversed, 2).capabilities, ElementsAre("AUTH PLAIN"));
  EXPECT_EQ(heard, "EHLO [127.0.0.1]\r\nSTARTTLS\r\nEHLO [127.0.0.1]\r\nQUIT\r\n");
}

TEST_F(Mail, SmtpsHasNoNeedOfAnUpgrade) {
  const auto conversed = converse(
      [](Peer& peer) {
        peer.secure(context());
        peer.send(kGreeting);
        peer.expect("\r\n");
        peer.send(kEhlo);
        peer.expect("QUIT\r\n");
      },
      Scheme::smtps, Starttls::required);
  EXPECT_EQ(told(conversed), "tls ok, mail ok");
  EXPECT_FALSE(seen(conversed, 1).starttls_accepted);
}

// A server that plays the first `steps` moves of an SMTP conversation with STARTTLS, then `last`.
TlsServer::Script smtp_until(int steps, SSL_CTX* context, std::function<void(Peer&)> last) {
  return [=](Peer& peer) {
    if (steps > 0) peer.send(kGreeting);
    if (steps > 0) peer.expect("EHLO [127.0.0.1]\r\n");
    if (steps > 1) peer.send(kEhlo);
    if (steps > 1) peer.expect("STARTTLS\r\n");
    if (steps > 2) peer.send(kReady);
    if (steps == 3) peer.read_client_hello();
    if (steps > 3) peer.secure(context);
    if (steps > 3) peer.expect("EHLO [127.0.0.1]\r\n");
    if (steps > 4) peer.send(kPlainEhlo);
    if (steps > 4) peer.expect("QUIT\r\n");
    last(peer);
  };
}

constexpr std::array<const char*, 6> kBeforeTheFault{"mail ",
                                                     "mail ",
                                                     "mail ",
                                                     "mail ok, tls ",
                                                     "mail ok, tls ok, mail ",
                                                     "mail ok, tls ok, mail ok"};

TEST_F(Mail, SilenceAtAnyPointEndsAtTheDeadline) {
  for (int steps = 0; steps < 5; ++steps) {
    const auto patience = steps < 3 ? 300ms : 1500ms;  // there are handshakes to be done first
    const auto conversed = converse(smtp_until(steps, context(), [](Peer& peer) { peer.stall(); }),
                                    Scheme::smtp, Starttls::required, patience);
    EXPECT_EQ(told(conversed),
              std::string(kBeforeTheFault.at(static_cast<std::size_t>(steps))) + kTimeout);
    EXPECT_TRUE(conversed.tcp_info);
  }
}

TEST_F(Mail, AResetAtAnyPointIsAReset) {
  for (int steps = 0; steps < 5; ++steps) {
    const auto conversed = converse(smtp_until(steps, context(), [](Peer& peer) { peer.reset(); }),
                                    Scheme::smtp, Starttls::required);
    EXPECT_EQ(told(conversed), std::string(kBeforeTheFault.at(static_cast<std::size_t>(steps))) +
                                   "connection_reset");
  }
}

TEST_F(Mail, AnEndAtAnyPointIsAnEnd) {
  for (int steps = 0; steps < 5; ++steps) {
    const auto conversed = converse(smtp_until(steps, context(), [](Peer& peer) { peer.finish(); }),
                                    Scheme::smtp, Starttls::required);
    EXPECT_EQ(told(conversed),
              std::string(kBeforeTheFault.at(static_cast<std::size_t>(steps))) + "eof_error");
  }
}

TEST_F(Mail, AGoodbyeWithoutAnswerIsNoFailureAndDoesNotTakeLong) {
  const auto began = Clock::now();
  for (const bool reset : {false, true}) {
    const auto conversed =
        converse(smtp_until(5, context(), [=](Peer& peer) { reset ? peer.reset() : peer.stall(); }),
                 Scheme::smtp, Starttls::required, 60s);
    EXPECT_EQ(told(conversed), kBeforeTheFault.back());
  }
  EXPECT_LT(Clock::now() - began, 15s);
}

TEST_F(Mail, ARefusalOfStarttlsIsOnRecordWhereItIsOptional) {
  const auto conversed = converse(
      [](Peer& peer) {
        peer.send(kGreeting);
        peer.expect("\r\n");
        peer.send(kEhlo);
        peer.expect("\r\n");
        peer.send("454 not now\r\n");
        peer.expect("QUIT\r\n");
      },
      Scheme::smtp, Starttls::optional);
  EXPECT_EQ(told(conversed), "mail ok");
  EXPECT_TRUE(seen(conversed, 0).starttls_offered);
  EXPECT_FALSE(seen(conversed, 0).starttls_accepted);
  EXPECT_EQ(seen(conversed, 0).last_reply, "454 not now");
}

TEST_F(Mail, ALongGreetingIsKeptInPart) {
  const auto conversed = converse(
      [](Peer& peer) {
        peer.send("220 " + std::string(1500, 'x') + "\r\n");
        peer.finish();
      },
      Scheme::smtp);
  EXPECT_EQ(seen(conversed, 0).greeting.size(), 512U);
}

TEST_F(Mail, AGreetingByteByByteIsAGreeting) {
  const auto conversed = converse(
      [](Peer& peer) {
        for (const char c : std::string_view(kGreeting)) peer.send({&c, 1});
        peer.expect("\r\n");
        for (const char c : std::string_view(kPlainEhlo)) peer.send({&c, 1});
        peer.expect("QUIT\r\n");
      },
      Scheme::smtp);
  EXPECT_EQ(told(conversed), "mail ok");
}

TEST_F(Mail, AnAlertForgedIntoTheConversationIsNotAnEnd) {
  const auto conversed = converse(
      [](Peer& peer) {
        peer.secure(context());
        peer.send_alert(80);
        peer.stall();
      },
      Scheme::smtps);
  EXPECT_THAT(told(conversed), StartsWith("tls ok, mail unknown_failure: tls: "));
}

TEST_F(Mail, BeingCalledOffIsOurs) {
  TlsServer server([](Peer& peer) { peer.stall(); });
  const auto now = Clock::now();
  attempt_ = {{"127.0.0.1", server.port()}, now, now + 15s};
  boost::asio::ip::tcp::socket socket(loop_.io);
  socket.connect({boost::asio::ip::address_v4::loopback(), server.port()});
  boost::asio::cancellation_signal signal;
  std::optional<Conversed> conversed;
  boost::asio::co_spawn(
      loop_.io,
      steps::converse(loop_.way, attempt_, std::move(socket),
                      {Scheme::smtp, Starttls::none, "localhost"}),
      boost::asio::bind_cancellation_slot(
          signal.slot(), [&](std::exception_ptr, Conversed got) { conversed = std::move(got); }));
  boost::asio::steady_timer timer(loop_.io, 20ms);
  timer.async_wait([&](auto) { signal.emit(boost::asio::cancellation_type::all); });
  loop_.io.run_for(10s);
  ASSERT_TRUE(conversed);
  EXPECT_EQ(told(*conversed), "mail reachd_cancelled");
}

}  // namespace
}  // namespace reachd
