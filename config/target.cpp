#include "config/target.hpp"

#include <array>
#include <utility>

#include "config/measures_same.hpp"

namespace reachd {
namespace {

struct SchemeFacts {
  Scheme scheme;
  std::string_view name;
  std::uint16_t port;
};
constexpr std::array<SchemeFacts, 9> kSchemes{{{Scheme::http, "http", 80},
                                               {Scheme::https, "https", 443},
                                               {Scheme::imap, "imap", 143},
                                               {Scheme::imaps, "imaps", 993},
                                               {Scheme::smtp, "smtp", 25},
                                               {Scheme::smtps, "smtps", 465},
                                               {Scheme::tcp, "tcp", 0},
                                               {Scheme::tls, "tls", 0},
                                               {Scheme::dns, "dns", 53}}};

const SchemeFacts& facts(Scheme scheme) {
  return kSchemes.at(static_cast<std::size_t>(scheme));
}

}  // namespace

std::string_view to_string(Scheme scheme) {
  return facts(scheme).name;
}
std::uint16_t default_port(Scheme scheme) {
  return facts(scheme).port;
}

std::optional<Scheme> parse_scheme(std::string_view text) {
  for (const auto& known : kSchemes) {
    if (known.name == text) return known.scheme;
  }
  return std::nullopt;
}

std::string_view to_string(Family family) {
  return family == Family::ipv4 ? "ipv4" : "ipv6";
}

std::string id_of(const Target& target) {
  return target.service + "/" + target.name;
}

bool measures_same(const Target& a, const Target& b) {
  Target paced = b;
  paced.interval = a.interval;
  paced.timeout = a.timeout;
  return a == paced;
}

}  // namespace reachd
