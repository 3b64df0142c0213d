// All that a mail server can say instead of yes, and what it is called.
#include "tests/support/mail_case.hpp"

namespace reachd {
namespace {

using test::kEhlo;
using test::kGreeting;
using test::kPlainEhlo;
using test::kReady;
using test::Peer;
using MailRefusal = test::MailCase;

struct Refusal {
  const char* what;
  Scheme scheme;
  Starttls starttls;
  std::vector<std::string> says;  // one after the other, a command read between them
  std::string told;
};

TEST_F(MailRefusal, WhatIsNotAYesIsToldWithItsLine) {
  const std::string flood(1024 * 1024, 'x');
  std::string banner;
  for (int i = 0; i < 20'000; ++i) banner += "220-still here\r\n";
  std::string untagged;
  for (int i = 0; i < 20'000; ++i) untagged += "* STATUS x\r\n";
  const auto none = Starttls::none;
  const auto optional = Starttls::optional;
  const auto required = Starttls::required;
  const std::vector<Refusal> table{
      {"421", Scheme::smtp, none, {"421 4.7.0 later\r\n"}, "mail unknown_failure: 421 4.7.0 later"},
      {"554",
       Scheme::smtp,
       none,
       {"554-no\r\n554 5.7.1 [127.0.0.1]\x1b\r\n"},
       "mail unknown_failure: 554 5.7.1 [[scrubbed]]\\x1b"},
      {"EHLO refused",
       Scheme::smtp,
       none,
       {kGreeting, "502 what\r\n"},
       "mail unknown_failure: 502 what"},
      {"BYE", Scheme::imap, none, {"* BYE busy\r\n"}, "mail unknown_failure: * BYE busy"},
      {"CAPABILITY refused",
       Scheme::imap,
       none,
       {"* OK\r\n", "a1 BAD what\r\n"},
       "mail unknown_failure: a1 BAD what"},
      {"IMAP for SMTP",
       Scheme::smtp,
       none,
       {"* OK IMAP4rev1\r\n"},
       "mail unknown_failure: not an SMTP greeting"},
      {"HTTP for IMAP",
       Scheme::imap,
       none,
       {"HTTP/1.1 400 Bad Request\r\n\r\n"},
       "mail unknown_failure: not an IMAP greeting"},
      {"NULs",
       Scheme::smtp,
       none,
       {std::string(100, '\0')},
       "mail unknown_failure: not an SMTP greeting"},
      {"another tag",
       Scheme::imap,
       none,
       {"* OK\r\n", "b9 OK\r\n"},
       "mail unknown_failure: not an IMAP response"},
      {"1 MiB line", Scheme::smtp, none, {"220 " + flood}, "mail unknown_failure: line too long"},
      {"1 MiB line later",
       Scheme::imap,
       none,
       {"* OK\r\n", "* " + flood},
       "mail unknown_failure: line too long"},
      {"endless banner", Scheme::smtp, none, {banner}, "mail unknown_failure: reply too long"},
      {"endless untagged",
       Scheme::imap,
       none,
       {"* OK\r\n", untagged},
       "mail unknown_failure: reply too long"},
      {"stripped, required",
       Scheme::smtp,
       required,
       {kGreeting, kPlainEhlo},
       "mail unknown_failure: starttls not offered"},
      {"stripped, optional",
       Scheme::smtp,
       optional,
       {kGreeting, kPlainEhlo, "221 bye\r\n"},
       "mail ok"},
      {"offered, not wanted", Scheme::smtp, none, {kGreeting, kEhlo, "221 bye\r\n"}, "mail ok"},
      {"overwritten",
       Scheme::smtp,
       required,
       {kGreeting, "250-mx.test\r\n250 XXXXXXXX\r\n"},
       "mail unknown_failure: starttls not offered"},
      {"stripped from IMAP",
       Scheme::imap,
       required,
       {"* OK\r\n", "* CAPABILITY IMAP4\r\na1 OK\r\n"},
       "mail unknown_failure: starttls not offered"},
      {"refused, required",
       Scheme::smtp,
       required,
       {kGreeting, kEhlo, "454 4.7.0 not now\r\n"},
       "mail unknown_failure: starttls refused: 454 4.7.0 not now"},
      {"refused, optional",
       Scheme::smtp,
       optional,
       {kGreeting, kEhlo, "454 not now\r\n", "221\r\n"},
       "mail ok"},
      {"injected",
       Scheme::smtp,
       required,
       {kGreeting, kEhlo, "220 go\r\n250 AUTH PLAIN\r\n"},
       "mail unknown_failure: data before the handshake"},
      {"injected, optional",
       Scheme::smtp,
       optional,
       {kGreeting, kEhlo, "220 go\r\n250 AUTH PLAIN\r\n"},
       "mail unknown_failure: data before the handshake"},
      {"injected into IMAP",
       Scheme::imap,
       required,
       {"* OK\r\n", "* CAPABILITY STARTTLS\r\na1 OK\r\n", "a2 OK go\r\n* CAPABILITY X\r\n"},
       "mail unknown_failure: data before the handshake"},
      {"plain text after the yes",
       Scheme::smtp,
       required,
       {kGreeting, kEhlo, kReady, "250 what\r\n"},
       "mail ok, tls unknown_failure: tls: first record does not look like a TLS handshake"},
      {"plain text on the TLS port",
       Scheme::smtps,
       none,
       {kGreeting},
       "tls unknown_failure: tls: first record does not look like a TLS handshake"},
  };
  for (const Refusal& row : table) {
    SCOPED_TRACE(row.what);
    const auto conversed = converse(
        [&](Peer& peer) {
          for (std::size_t i = 0; i < row.says.size(); ++i) {
            peer.send(row.says[i]);
            if (row.says[i] == kReady) {
              peer.read_client_hello();
            } else if (i + 1 < row.says.size()) {
              peer.expect("\r\n");
            }
          }
          peer.stall();
        },
        row.scheme, row.starttls);
    EXPECT_EQ(told(conversed), row.told);
  }
}

}  // namespace
}  // namespace reachd
