#include "daemon/web/kind_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace reachd::web {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

constexpr std::array kWords{
    Row{"cert.expired", "its certificate has expired"},
    Row{"cert.name", "its certificate is for another name"},
    Row{"cert.untrusted", "its certificate is not trusted"},
    Row{"dns", "its name cannot be looked up as it should"},
    Row{"dns.encrypted", "an encrypted resolver cannot be used"},
    Row{"dns.encrypted.doh", "a resolver over HTTPS cannot be used"},
    Row{"dns.encrypted.dot", "a resolver over TLS cannot be used"},
    Row{"dns.hijack", "questions are answered by another resolver"},
    Row{"dns.injection", "forged DNS answers"},
    Row{"dns.injection.blockpage", "forged DNS answers that lead to a block page"},
    Row{"dns.injection.bogon", "forged DNS answers with addresses that lead nowhere"},
    Row{"dns.nxdomain", "the resolver denies that the name exists"},
    Row{"dns.refused", "the resolver refuses to answer"},
    Row{"dns.servfail", "the resolver fails on this name"},
    Row{"dns.tcp.reset", "DNS over TCP is reset when it asks for this name"},
    Row{"dns.timeout", "the resolver is silent on this name"},
    Row{"http", "the answer is not the service's"},
    Row{"http.blockpage", "a block page comes instead"},
    Row{"http.diff", "another page comes instead"},
    Row{"http.eof", "closed after the request"},
    Row{"http.redirect", "sent on to another site"},
    Row{"http.reset", "reset after the request"},
    Row{"http.reset.host", "reset when the request names the host"},
    Row{"http.reset.keyword", "reset when the request holds a word"},
    Row{"http.timeout", "silence after the request"},
    Row{"http.timeout.host", "silence when the request names the host"},
    Row{"ip", "its addresses cannot be reached"},
    Row{"ip.blackhole", "packets to its addresses vanish"},
    Row{"ip.unreachable", "routers say that its addresses cannot be reached"},
    Row{"mail", "the mail server cannot be used"},
    Row{"mail.imap", "the IMAP conversation breaks off"},
    Row{"mail.smtp", "the SMTP conversation breaks off"},
    Row{"mail.starttls", "encryption of mail fails"},
    Row{"mail.starttls.strip", "the offer to encrypt mail is removed"},
    Row{"quic", "QUIC does not get through"},
    Row{"server_side", "the server turns us away"},
    Row{"server_side.antibot", "the server takes us for a robot"},
    Row{"server_side.error", "the server says that it fails"},
    Row{"server_side.geoblock", "the server refuses this country"},
    Row{"server_side.ratelimit", "the server finds us too eager"},
    Row{"tcp", "connections fail"},
    Row{"tcp.freeze", "the connection freezes after some bytes"},
    Row{"tcp.refused", "connections are refused"},
    Row{"tcp.reset", "connections are reset as they open"},
    Row{"tcp.timeout", "connections get no answer"},
    Row{"throttle", "slowed down"},
    Row{"throttle.latency", "answers take far longer than they used to"},
    Row{"throttle.loss", "packets are lost"},
    Row{"throttle.rate", "far slower than it used to be"},
    Row{"tls", "the TLS handshake fails"},
    Row{"tls.alert", "the TLS handshake is refused"},
    Row{"tls.alert.sni", "the TLS handshake is refused when it names the service"},
    Row{"tls.eof", "closed during the TLS handshake"},
    Row{"tls.eof.sni", "closed when the TLS handshake names the service"},
    Row{"tls.mitm", "somebody else's certificate: intercepted"},
    Row{"tls.mitm.ca_signed", "a certificate by an authority that never signed for it"},
    Row{"tls.mitm.self_signed", "intercepted with a self-signed certificate"},
    Row{"tls.mitm.untrusted_ca", "intercepted with a certificate of an unknown authority"},
    Row{"tls.reset", "reset during the TLS handshake"},
    Row{"tls.reset.ip", "reset at this address, whatever the name"},
    Row{"tls.reset.sni", "reset when the TLS handshake names the service"},
    Row{"tls.throttle", "slowed down"},
    Row{"tls.throttle.sni", "slowed down when the TLS handshake names the service"},
    Row{"tls.timeout", "silence during the TLS handshake"},
    Row{"tls.timeout.sni", "silence when the TLS handshake names the service"},
    Row{"vantage.border_outage", "what is abroad does not answer"},
    Row{"vantage.captive_portal", "a portal answers in place of everybody"},
    Row{"vantage.instrument_fault", "this machine's own fault"},
    Row{"vantage.offline", "nothing answers here"},
};

}  // namespace

std::string kind_words(std::string_view kind) {
  for (std::string_view path = kind; !path.empty();) {
    const auto* row = std::ranges::find(kWords, path, &Row::first);
    if (row != kWords.end()) return std::string(row->second);
    const std::size_t dot = path.rfind('.');
    path = path.substr(0, dot == std::string_view::npos ? 0 : dot);
  }
  return std::string(kind);
}

std::string kinds_words(const std::vector<std::string>& kinds) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> all;
  for (const std::string& kind : kinds) {
    std::string words = kind_words(kind);
    if (std::ranges::find(all, words) == all.end()) all.push_back(std::move(words));
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), kShown); ++i) {
    text += (i == 0 ? "" : "; ") + all[i];
  }
  if (all.size() > kShown) text += "; and more";
  return text;
}

}  // namespace reachd::web
