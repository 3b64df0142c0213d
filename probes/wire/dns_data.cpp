#include "probes/wire/dns_data.hpp"

#include <arpa/inet.h>

#include <array>
#include <utility>

#include "probes/wire/dns_name.hpp"

namespace reachd::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kMaxOpaque = 64;

std::uint16_t u16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

std::string u32_text(Bytes bytes, std::size_t at) {
  return std::to_string(std::uint32_t{u16(bytes, at)} << 16 | u16(bytes, at + 2));
}

std::string address_text(int family, Bytes bytes) {
  if (family == AF_INET) {  // without libc's way over sprintf
    return std::to_string(bytes[0]) + '.' + std::to_string(bytes[1]) + '.' +
           std::to_string(bytes[2]) + '.' + std::to_string(bytes[3]);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, bytes.data(), text.data(), text.size());
  return text.data();
}

// Addresses one after the other, separated by commas; nullopt unless they fill the value.
std::optional<std::string> hints(int family, std::size_t width, Bytes value) {
  if (value.empty() || value.size() % width != 0) return std::nullopt;
  std::string text;
  for (std::size_t at = 0; at < value.size(); at += width) {
    if (at > 0) text += ',';
    text += address_text(family, value.subspan(at, width));
  }
  return text;
}

std::optional<std::string> alpn_text(Bytes value) {
  std::string text;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t size = value[at];
    if (size == 0 || size > value.size() - at - 1) return std::nullopt;
    if (at > 0) text += ',';
    text += escape_dns_text(value.subspan(at + 1, size), ',');
    at += 1 + size;
  }
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<std::string> mandatory_text(Bytes value);

// One SvcParam: "alpn=h2,h3", "no-default-alpn", "key667=a\000b".
std::optional<std::string> parameter_text(std::uint16_t key, Bytes value) {
  const auto named = [](std::string name, std::optional<std::string> text) {
    return text ? std::optional(name + "=" + *text) : std::nullopt;
  };
  switch (key) {
    case 0:
      return named("mandatory", mandatory_text(value));
    case 1:
      return named("alpn", alpn_text(value));
    case 2:
      return value.empty() ? std::optional<std::string>("no-default-alpn") : std::nullopt;
    case 3:
      if (value.size() != 2) return std::nullopt;
      return "port=" + std::to_string(u16(value, 0));
    case 4:
      return named("ipv4hint", hints(AF_INET, 4, value));
    case 5:
      return "ech";
    case 6:
      return named("ipv6hint", hints(AF_INET6, 16, value));
    default: {
      std::string text = key == 7 ? "dohpath" : "key" + std::to_string(key);
      if (!value.empty()) text += "=" + escape_dns_text(value, ',');
      return text;
    }
  }
}

std::optional<std::string> mandatory_text(Bytes value) {
  static constexpr std::array<const char*, 8> kNames{
      "mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"};
  if (value.empty() || value.size() % 2 != 0) return std::nullopt;
  std::string text;
  for (std::size_t at = 0; at < value.size(); at += 2) {
    const std::uint16_t key = u16(value, at);
    if (at > 0) text += ',';
    text += key < kNames.size() ? kNames[key] : "key" + std::to_string(key);
  }
  return text;
}

// The name at `at`, which must not reach beyond `end`.
std::optional<std::string> name_within(Bytes message, std::size_t& at, std::size_t end) {
  auto name = read_dns_name(message, at);
  if (at > end) return std::nullopt;
  return name;
}

std::optional<std::string> service_text(Bytes message, std::size_t at, std::size_t end) {
  if (end - at < 3) return std::nullopt;
  std::string text = std::to_string(u16(message, at));
  at += 2;
  const auto target = name_within(message, at, end);
  if (!target) return std::nullopt;
  text += " " + *target;
  for (int last = -1; at < end;) {
    if (end - at < 4) return std::nullopt;
    const std::uint16_t key = u16(message, at);
    const std::size_t size = u16(message, at + 2);
    at += 4;
    if (key <= last || size > end - at) return std::nullopt;  // keys ascend, each once
    const auto parameter = parameter_text(key, message.subspan(at, size));
    if (!parameter) return std::nullopt;
    text += " " + *parameter;
    last = key;
    at += size;
  }
  return text;
}

std::optional<std::string> soa_text(Bytes message, std::size_t at, std::size_t end) {
  const auto server = name_within(message, at, end);
  if (!server) return std::nullopt;
  const auto mailbox = name_within(message, at, end);
  if (!mailbox || end - at != 20) return std::nullopt;
  std::string text = *server + " " + *mailbox;
  for (std::size_t i = 0; i < 20; i += 4) text += " " + u32_text(message, at + i);
  return text;
}

}  // namespace

std::string opaque_dns_data(Bytes data) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\# " + std::to_string(data.size());
  const Bytes shown = data.first(std::min(data.size(), kMaxOpaque));
  if (!shown.empty()) text += ' ';
  for (std::uint8_t byte : shown) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<std::string> read_dns_data(Bytes message, std::size_t at, std::size_t size,
                                         std::uint16_t type) {
  const Bytes data = message.subspan(at, size);
  const std::size_t end = at + size;
  switch (type) {
    case dns_type::A:
      if (size != 4) return std::nullopt;
      return address_text(AF_INET, data);
    case dns_type::AAAA:
      if (size != 16) return std::nullopt;
      return address_text(AF_INET6, data);
    case dns_type::CNAME:
    case dns_type::NS:
    case dns_type::PTR: {
      auto name = name_within(message, at, end);
      return at == end ? name : std::nullopt;
    }
    case dns_type::SOA:
      return soa_text(message, at, end);
    case dns_type::SVCB:
    case dns_type::HTTPS:
      return service_text(message, at, end);
    default:
      return opaque_dns_data(data);
  }
}

}  // namespace reachd::wire
