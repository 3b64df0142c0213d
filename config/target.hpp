// What is measured: services as people know them, each with targets as machines reach them.
// Plain values; the reader of the YAML makes them, everything else only looks.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/shared.hpp"

namespace reachd {

enum class Scheme : std::uint8_t { http, https, imap, imaps, smtp, smtps, tcp, tls, dns };
std::string_view to_string(Scheme scheme);
std::optional<Scheme> parse_scheme(std::string_view text);
std::uint16_t default_port(Scheme scheme);  // 0 where the scheme has none (tcp, tls)

// Whether a plain mail connection must, may or must not be upgraded to TLS.
enum class Starttls : std::uint8_t { none, optional, required };

enum class Family : std::uint8_t { ipv4, ipv6 };
std::string_view to_string(Family family);  // "ipv4", "ipv6": the value of the metric label

// How many series a target exports: all, or the few that a list of thousands can afford.
enum class Detail : std::uint8_t { full, compact };

// What an answer must look like beyond being an answer; empty members demand nothing.
struct Expect {
  std::vector<int> status;
  std::string body_regex;                                    // ECMAScript, searched in the body
  std::vector<std::pair<std::string, std::string>> headers;  // name, regex searched in its value
  bool operator==(const Expect&) const = default;
};

struct Target {
  std::string service;  // the service's name
  std::string name;     // unique within the service
  std::string url;      // as configured

  // The parts of the URL.
  Scheme scheme = Scheme::https;
  std::string host;  // a name in ASCII, lower case, or an address without brackets
  std::uint16_t port = 443;
  std::string path = "/";  // http(s): path and query, never empty
  // dns: the name and type asked for; the host is the server to ask, empty for the target's
  // resolvers.
  std::string dns_name;
  std::string dns_type;  // "A", "AAAA", "HTTPS"

  Starttls starttls = Starttls::none;
  std::chrono::milliseconds interval{60'000};
  std::chrono::milliseconds timeout{
      10'000};  // of one attempt: a lookup, a connection with its fetch
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers;
  Expect expect;
  // Keys of which one must be in the chain that the servers send: hex SHA-256 of the public key
  // (SubjectPublicKeyInfo). Empty: any key that the trust store vouches for.
  std::vector<std::string> pins;
  std::string object;  // http(s): path and query of an answer of 64 KiB or more; empty: none known
  std::vector<std::string> resolvers;  // names of configured resolvers; empty: all
  std::vector<Family> families{Family::ipv4, Family::ipv6};
  int addresses = 4;  // how many of the resolved are tried in a deep round
  bool enabled = true;
  Detail detail = Detail::full;  // its service's

  bool operator==(const Target&) const = default;
};

// "service/target": what commands, the API and the archive call it.
std::string id_of(const Target& target);

// Of ten thousand targets each is there once, whoever looks at it.
using SharedTarget = Shared<Target>;

struct Service {
  std::string name;
  std::vector<SharedTarget> targets;
  bool operator==(const Service&) const = default;
};

}  // namespace reachd
