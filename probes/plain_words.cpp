#include "probes/plain_words.hpp"

#include "probes/print.hpp"

namespace reachd {
namespace {

std::string_view moment_of(const Observation& step) {
  if (step.stage == Stage::tcp) return " while connecting";
  if (const auto* seen = std::get_if<TlsSeen>(&step.seen)) {
    if (seen->server_hello_seen) return " in the middle of the TLS handshake";
    return seen->client_hello_sent ? " after our ClientHello" : " before our ClientHello";
  }
  if (const auto* seen = std::get_if<HttpSeen>(&step.seen)) {
    return seen->status == 0 ? " after our request" : " in the middle of the answer";
  }
  if (const auto* seen = std::get_if<MailSeen>(&step.seen)) {
    return seen->greeting.empty() ? " before the greeting" : " after the greeting";
  }
  return "";
}

// `moment` begins with a space or is empty.
std::string sentence(const Failure& failure, std::string_view moment) {
  const auto at = [&](std::string_view what) { return std::string(what).append(moment); };
  switch (failure.word) {
    case Word::dns_nxdomain_error:
      return "no such name";
    case Word::dns_no_answer:
      return "no record of this type";
    case Word::dns_refused_error:
      return "the resolver refuses to answer";
    case Word::dns_servfail_error:
      return "the resolver failed";
    case Word::dns_server_misbehaving:
      return "the resolver answers with an error";
    case Word::dns_reply_with_wrong_query_id:
      return "an answer to a question nobody asked";
    case Word::generic_timeout_error:
      return moment.empty() ? "no answer in time" : at("silence");
    case Word::timed_out:
      return at("no acknowledgement");
    case Word::connection_refused:
      return "nobody listens there, or someone says so";
    case Word::connection_reset:
      return at("reset by someone");
    case Word::connection_aborted:
      return at("aborted");
    case Word::host_unreachable:
      return "a router says that the host cannot be reached";
    case Word::network_unreachable:
      return "there is no way to that network";
    case Word::network_down:
      return "the network here is down";
    case Word::address_not_available:
      return "the address cannot be used from here";
    case Word::permission_denied:
      return "forbidden by a firewall or a router";
    case Word::message_size:
      return "the packet was too large for the way";
    case Word::eof_error:
      return at("closed by someone");
    case Word::ssl_invalid_hostname:
      return "the certificate is for another name";
    case Word::ssl_unknown_authority:
      return "the certificate is signed by nobody we trust";
    case Word::ssl_invalid_certificate:
      return "the certificate is not valid";
    case Word::ssl_failed_handshake:
      return "no agreement on how to speak TLS";
    case Word::http_invalid_redirect_location_host:
      return "redirects to nowhere";
    case Word::unknown_failure:
      return at("failed");
    case Word::reachd_cancelled:
      return "called off by ourselves";
    case Word::reachd_no_descriptors:
      return "our own fault: no descriptors left";
    case Word::reachd_no_memory:
      return "our own fault: no memory left";
    case Word::reachd_no_ports:
      return "our own fault: no local ports left";
    case Word::reachd_internal:
      return "our own fault";
  }
  return "failed";
}

std::string details_of(const Observation& step) {
  const auto* seen = std::get_if<TlsSeen>(&step.seen);
  if (seen == nullptr) return {};
  std::string details;
  if (!seen->verify_error.empty()) details += ", " + escape_for_people(seen->verify_error, 60);
  if (seen->alert >= 0) {
    details += seen->alert_received ? ", received alert " : ", sent alert ";
    details += std::to_string(seen->alert);
  }
  return details;
}

std::string with_word(std::string text, const Failure& failure, const std::string& details) {
  if (!failure.text.empty()) {
    const std::string reason = escape_for_people(failure.text, 80);
    text = failure.word == Word::unknown_failure ? reason : text + ": " + reason;
  }
  return text + details + " (" + std::string(to_string(failure.word)) + ")";
}

}  // namespace

std::string plain_words(const Observation& failed) {
  const Failure failure = failed.failure.value_or(Failure{});
  return with_word(sentence(failure, moment_of(failed)), failure, details_of(failed));
}

std::string plain_words(const Failure& failure) {
  return with_word(sentence(failure, ""), failure, {});
}

}  // namespace reachd
