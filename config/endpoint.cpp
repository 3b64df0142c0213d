#include "config/endpoint.hpp"

#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>
#include <charconv>

#include "config/wording.hpp"

namespace reachd {
namespace {

Parsed<AddressAndPort> refuse(std::string_view text, std::string_view trouble) {
  return refused<AddressAndPort>(
      in_quotes(text) + " " + std::string(trouble) +
      ": write an address such as 8.8.8.8, with a port 8.8.8.8:53 or [2001:db8::1]:53");
}

}  // namespace

std::optional<std::string> canonical_address(std::string_view text) {
  if (const auto v4 = boost::urls::parse_ipv4_address(text)) return v4->to_string();
  if (const auto v6 = boost::urls::parse_ipv6_address(text)) return v6->to_string();
  return std::nullopt;
}

bool is_ipv6(std::string_view canonical) {
  return canonical.find(':') != std::string_view::npos;
}

bool is_loopback(std::string_view canonical) {
  if (const auto v4 = boost::urls::parse_ipv4_address(canonical)) return v4->is_loopback();
  if (const auto v6 = boost::urls::parse_ipv6_address(canonical)) {
    return v6->is_loopback() || (v6->is_v4_mapped() && v6->to_bytes()[12] == 127);
  }
  return false;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), port);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
  return port;
}

Parsed<AddressAndPort> parse_endpoint(std::string_view text) {
  if (const auto address = canonical_address(text)) return AddressAndPort{*address, std::nullopt};
  const bool brackets = text.starts_with('[');
  const std::size_t end = brackets ? text.find(']') : text.rfind(':');
  if (end == std::string_view::npos) return refuse(text, "is not an IP address");
  const auto address = canonical_address(brackets ? text.substr(1, end - 1) : text.substr(0, end));
  if (!address) return refuse(text, "is not an IP address");
  if (is_ipv6(*address) != brackets) {
    return refuse(text, brackets ? "has brackets, which are for IPv6 only"
                                 : "needs brackets around the IPv6 address");
  }
  std::string_view rest = text.substr(brackets ? end + 1 : end);
  if (rest.empty()) return AddressAndPort{*address, std::nullopt};
  const auto port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
  if (!port) return refuse(text, "has a port that is no number up to 65535");
  return AddressAndPort{*address, *port};
}

}  // namespace reachd
