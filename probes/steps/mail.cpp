#include "probes/steps/mail.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "probes/steps/mail_talk.hpp"
#include "probes/steps/tls.hpp"

namespace reachd::steps {
namespace asio = boost::asio;
using wire::MailProtocol;
namespace {

constexpr std::size_t kLineBytes = 512;  // of a line as it is kept
constexpr auto kGoodbye = std::chrono::seconds(1);

// A conversation and what has been made of it so far. The failure of the last observation ends it.
struct Visit {
  net::WayOut& way;
  const Attempt& attempt;
  const MailOptions& options;
  MailTalk talk;
  Conversed result;

  Observation& last() { return result.observations.back(); }
  MailSeen& seen() { return std::get<MailSeen>(last().seen); }
  bool failed() { return last().failure.has_value(); }
};

bool is_implicit(Scheme scheme) {
  return scheme == Scheme::imaps || scheme == Scheme::smtps;
}

MailProtocol protocol_of(Scheme scheme) {
  const bool imap = scheme == Scheme::imap || scheme == Scheme::imaps;
  return imap ? MailProtocol::imap : MailProtocol::smtp;
}

// A stranger who names an address literal, as RFC 5321 4.1.3 has it for hosts without a name.
std::string introduction(MailProtocol protocol) {
  return protocol == MailProtocol::imap ? "CAPABILITY" : "EHLO [127.0.0.1]";
}

std::string goodbye(MailProtocol protocol) {
  return protocol == MailProtocol::imap ? "LOGOUT" : "QUIT";
}

std::string kept(const std::string& line) {
  return line.substr(0, kLineBytes);
}

Micros since(Clock::time_point then) {
  return std::chrono::duration_cast<Micros>(Clock::now() - then);
}

void begin_mail(Visit& visit) {
  Observation& observation = visit.result.observations.emplace_back();
  observation.stage = Stage::mail;
  observation.transaction = visit.attempt.transaction;
  observation.depth = visit.attempt.depth;
  observation.peer = visit.attempt.peer;
  observation.began = since(visit.attempt.start);
  observation.seen.emplace<MailSeen>().protocol = to_string(visit.talk.protocol());
}

void end_mail(Visit& visit) {
  visit.last().took = since(visit.attempt.start) - visit.last().began;
}

// Writes down what was heard. A refusal is a failure with the line that says so, after `what`.
void note(Visit& visit, const Heard& heard, const std::string& what) {
  const auto& lines = heard.reply.lines();
  if (!lines.empty()) visit.seen().last_reply = kept(lines.back());
  if (heard.failure) {
    visit.last().failure = heard.failure;
  } else if (!heard.reply.positive()) {
    visit.last().failure = Failure{Word::unknown_failure, what + wire::quoted_line(lines.back())};
  }
}

asio::awaitable<void> hear_greeting(Visit& visit) {
  const auto began = Clock::now();
  const Heard heard = co_await visit.talk.listen(visit.attempt.deadline);
  if (heard.first_byte != Clock::time_point{}) {
    visit.seen().first_byte = std::chrono::duration_cast<Micros>(heard.first_byte - began);
  }
  if (!heard.reply.lines().empty()) visit.seen().greeting = kept(heard.reply.lines().front());
  note(visit, heard, "");
}

asio::awaitable<void> introduce(Visit& visit) {
  const Heard heard =
      co_await visit.talk.ask(introduction(visit.talk.protocol()), visit.attempt.deadline);
  note(visit, heard, "");
  visit.seen().capabilities = heard.reply.capabilities();
  visit.seen().starttls_offered = wire::offers_starttls(visit.seen().capabilities);
}

asio::awaitable<void> start_tls(Visit& visit) {
  const bool required = visit.options.starttls == Starttls::required;
  if (!visit.seen().starttls_offered) {
    if (required) visit.last().failure = Failure{Word::unknown_failure, "starttls not offered"};
    co_return;
  }
  const Heard heard = co_await visit.talk.ask("STARTTLS", visit.attempt.deadline);
  note(visit, heard, "starttls refused: ");
  visit.seen().starttls_accepted = !visit.failed();
  if (visit.seen().starttls_accepted && visit.talk.has_leftovers()) {
    // Would be taken for words said over TLS: an injected answer.
    visit.last().failure = Failure{Word::unknown_failure, "data before the handshake"};
  }
  // Where TLS is optional its refusal is on record, and the talk goes on in the clear.
  const bool refused = !heard.failure && !heard.reply.positive();
  if (refused && !required) visit.last().failure.reset();
}

asio::awaitable<void> shake_hands(Visit& visit) {
  TlsOptions options;
  options.server_name = visit.options.server_name;
  Secured secured =
      co_await secure(visit.way, visit.attempt, visit.talk.release(), std::move(options));
  visit.result.observations.push_back(std::move(secured.observation));
  visit.result.tcp_info = secured.tcp_info;
  visit.talk.go_on(std::move(secured.stream));
}

// From the greeting to the last word before TLS, or before the goodbye.
asio::awaitable<void> meet(Visit& visit) {
  begin_mail(visit);
  co_await hear_greeting(visit);
  if (!visit.failed()) co_await introduce(visit);
  const bool upgrade =
      visit.options.starttls != Starttls::none && !is_implicit(visit.options.scheme);
  if (!visit.failed() && upgrade) co_await start_tls(visit);
  end_mail(visit);
}

// What was said in the clear counts for nothing once there is TLS.
asio::awaitable<void> meet_again(Visit& visit) {
  begin_mail(visit);
  co_await introduce(visit);
  end_mail(visit);
}

asio::awaitable<void> converse(Visit& visit) {
  if (is_implicit(visit.options.scheme)) {
    co_await shake_hands(visit);
    if (visit.failed()) co_return;
  }
  co_await meet(visit);
  if (visit.failed()) co_return;
  if (visit.seen().starttls_accepted) {
    co_await shake_hands(visit);
    if (visit.failed()) co_return;
    co_await meet_again(visit);
    if (visit.failed()) co_return;
  }
  const auto patience = std::min(visit.attempt.deadline, Clock::now() + kGoodbye);
  co_await visit.talk.ask(goodbye(visit.talk.protocol()), patience);
}

}  // namespace

asio::awaitable<Conversed> converse(net::WayOut& way, const Attempt& attempt,
                                    asio::ip::tcp::socket socket, MailOptions options) {
  Visit visit{way, attempt, options, {protocol_of(options.scheme), std::move(socket)}, {}};
  co_await converse(visit);
  if (!visit.result.tcp_info) visit.result.tcp_info = visit.talk.tcp_info();
  co_return std::move(visit.result);
}

}  // namespace reachd::steps
