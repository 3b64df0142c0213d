#include <array>
#include <set>

#include "config/endpoint.hpp"
#include "config/read.hpp"
#include "config/url.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

using Kind = ResolverSettings::Kind;

struct Transport {
  std::string_view key;
  Kind kind;
  std::uint16_t port;
};
constexpr std::array<Transport, 4> kTransports{{{"udp", Kind::udp, 53},
                                                {"tcp", Kind::tcp, 53},
                                                {"dot", Kind::dot, 853},
                                                {"doh", Kind::doh, 443}}};

constexpr std::string_view kExample = "such as {name: google, udp: 8.8.8.8}";

void read_endpoint(const Field& field, ResolverSettings& resolver) {
  AddressAndPort endpoint;
  if (!take(field, endpoint, parse_endpoint)) return;
  if (endpoint.port == 0) return field.fault("has the port 0, where nobody listens");
  resolver.address = endpoint.address;
  resolver.port = endpoint.port.value_or(resolver.port);
}

void read_doh(const Field& field, const Field& address, ResolverSettings& resolver) {
  TargetUrl url;
  if (!take(field, url, parse_target_url)) return;
  if (url.scheme != Scheme::https) {
    return field.fault("needs an https URL, such as https://dns.google/dns-query");
  }
  resolver.url = *field.text();
  resolver.port = url.port;
  if (canonical_address(url.host)) resolver.address = url.host;
  if (address.present()) {
    AddressAndPort endpoint;
    if (!take(address, endpoint, parse_endpoint)) return;
    if (endpoint.port) return address.fault("has a port, which belongs into the URL of doh");
    resolver.address = endpoint.address;
  } else if (resolver.address.empty()) {
    field.fault("needs a key 'address' beside it, the IP address of " + in_quotes(url.host) +
                ": a resolver cannot be used to find itself; such as address: 8.8.8.8");
  }
}

void read_transport(Section& section, const Field& entry, ResolverSettings& resolver) {
  const Transport* chosen = nullptr;
  Field value;
  for (const auto& transport : kTransports) {
    const Field field = section.optional(transport.key);
    if (!field.present()) continue;
    if (chosen) {
      field.fault("stands beside '" + std::string(chosen->key) +
                  "', but a resolver is asked in one way: make it an entry of its own");
      continue;
    }
    chosen = &transport;
    value = field;
  }
  const Field address = section.optional("address");
  const Field server_name = section.optional("server_name");
  if (!chosen && resolver.name != "system" && !resolver.name.empty()) {
    entry.fault("does not say how it is asked: add one of udp, tcp, dot and doh, " +
                std::string(kExample) + " (only 'system' needs none)");
  }
  if (chosen && resolver.name == "system") {
    value.fault(
        "cannot be set for 'system', which means the nameservers of this machine: choose "
        "another name");
  }
  if (chosen) {
    resolver.kind = chosen->kind;
    resolver.port = chosen->port;
  }
  if (address.present() && resolver.kind != Kind::doh) {
    address.fault("belongs to 'doh' only; udp, tcp and dot hold the address themselves");
  }
  if (server_name.present() && resolver.kind != Kind::dot) {
    server_name.fault("belongs to 'dot' only; with doh it is the host of the URL");
  }
  if (resolver.kind == Kind::doh) {
    read_doh(value, address, resolver);
  } else if (chosen) {
    read_endpoint(value, resolver);
  }
  if (resolver.kind == Kind::dot) take(server_name, resolver.server_name, parse_host_name);
}

}  // namespace

void read_resolvers(const Field& field, std::vector<ResolverSettings>& resolvers) {
  std::set<std::string> names;
  for (const Field& entry : field.items()) {
    Section section(entry);
    ResolverSettings resolver;
    const Field name = section.required("name", kExample);
    if (take_name(name, resolver.name) && !names.insert(resolver.name).second) {
      name.fault(in_quotes(resolver.name) + " is the name of another resolver: choose a new one");
    }
    read_transport(section, entry, resolver);
    section.close();
    resolvers.push_back(std::move(resolver));
  }
  if (resolvers.empty()) {
    resolvers.emplace_back();
    resolvers.back().name = "system";
  }
}

}  // namespace reachd
