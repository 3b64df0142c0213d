// The whole configuration as one value, and the reader that makes it or says all that is wrong.
// Knows nothing of networks: it opens the file it is given and no other.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/target.hpp"
#include "config/units.hpp"

namespace reachd {

// One thing wrong with a file. Line and column count from 1; 0 where the file itself is the
// trouble.
struct Fault {
  std::string file;
  int line = 0;
  int column = 0;
  // Path of the key: "schedule.interval", "services[0].targets[1].url"; "yaml" for the syntax of
  // the text as a whole, "file" for the file itself.
  std::string key;
  std::string
      why;  // a sentence in one printable line, with the nearest known key where one is near
  bool operator==(const Fault&) const = default;
};
std::string to_string(const Fault& fault);  // "FILE:LINE:COL: key: why"

// Where we measure from; optional, goes into measurements, never into metric labels.
struct VantageName {
  std::string name;
  std::string country;    // two letters, upper case; empty: unknown
  std::uint32_t asn = 0;  // 0: unknown
  bool operator==(const VantageName&) const = default;
};

struct Listen {
  std::string address = "127.0.0.1";
  std::uint16_t port = 10980;  // 0: one that the kernel chooses
  bool operator==(const Listen&) const = default;
};

struct ScheduleSettings {
  std::chrono::milliseconds interval{60'000};
  double jitter = 0.2;   // each round is moved by up to this share of the interval, either way
  int concurrency = 64;  // rounds in flight
  int threads = 1;       // loops that climb ladders
  Rate rate{2, std::chrono::seconds(1)};           // new connections, all targets together
  Rate address_rate{20, std::chrono::minutes(1)};  // new connections to one address
  std::chrono::milliseconds timeout{10'000};
  std::chrono::milliseconds confirm_after{15'000};  // a round that went wrong is repeated this soon
  std::chrono::milliseconds deep_every{600'000};
  // How long some censors punish an address and port after a hit (180 s is the longest that was
  // seen, science of 2025): no innocent name is tried there sooner.
  std::chrono::milliseconds residual{190'000};
  bool operator==(const ScheduleSettings&) const = default;
};

// How one resolver is asked. `address` holds an IP literal for all but `system`.
struct ResolverSettings {
  enum class Kind : std::uint8_t { system, udp, tcp, dot, doh };
  std::string name;
  Kind kind = Kind::system;
  std::string address;
  std::uint16_t port = 53;  // 53, 853 or 443 by kind unless the file says otherwise
  std::string url;          // doh: the full URL; its host is the name TLS must prove
  std::string server_name;  // dot: the name TLS must prove; empty: the address itself
  bool operator==(const ResolverSettings&) const = default;
};

// A helper on the free side that speaks OONI's test-helper protocol: `reachd helper`, or OONI's.
struct HelperAccess {
  std::string url;  // http(s), absolute
  std::string host;
  std::uint16_t port = 443;
  std::string address;     // an IP literal, so that no resolver is trusted to find it; may be empty
  std::string token_file;  // what it holds is sent as a bearer token; empty: none is needed
  bool operator==(const HelperAccess&) const = default;
};

// A second way out. Names are resolved at its far end.
struct ProxySettings {
  enum class Kind : std::uint8_t { socks5, http };
  Kind kind = Kind::socks5;
  std::string address;  // an IP literal
  std::uint16_t port = 0;
  bool operator==(const ProxySettings&) const = default;
};

struct ControlSettings {
  std::vector<Target> domestic;       // service "control.domestic", name: the host
  std::vector<Target> foreign;        // service "control.foreign"
  std::vector<HelperAccess> helpers;  // asked one after the other until one answers
  std::optional<ProxySettings> proxy;
  std::string non_resolver;              // IP literal of a host that runs no DNS; empty: none
  std::string innocent = "example.org";  // a name that no censor minds
  bool operator==(const ControlSettings&) const = default;
};

// `reachd helper`: what a machine on the free side does for others.
struct HelperSettings {
  Listen listen{"127.0.0.1", 10981};
  std::string token_file;  // what it holds must come as a bearer token; empty: anybody may ask
  std::string certificate_file;                   // PEM, the chain as it is sent; empty: plain HTTP
  std::string key_file;                           // PEM
  int concurrency = 32;                           // requests at work; more are told to come later
  Rate rate{20, std::chrono::seconds(1)};         // requests, all askers together
  Rate client_rate{60, std::chrono::minutes(1)};  // of one asker's address (IPv6: /64)
  std::vector<std::string> allow;  // networks that may be reached though they are not public
  bool operator==(const HelperSettings&) const = default;
};

// Where the series are pushed, for a machine that nobody can scrape: Prometheus remote write 1.0.
struct RemoteWriteSettings {
  std::string name = "central";  // of the receiver: a metric label, and its folder in the state
  std::string url;               // http(s), absolute
  std::string token_file;        // what it holds is sent as a bearer token; empty: none is needed
  std::chrono::milliseconds interval{30'000};          // so often all series are written
  std::uint64_t max_bytes = std::uint64_t{64} << 20U;  // of the spool, while nobody takes them
  bool operator==(const RemoteWriteSettings&) const = default;
};

// A list of URLs in the Citizen Lab's CSV format. Its targets stand among `Config::services`: the
// service is the category, the target's name the URL.
struct ListSettings {
  std::string file;
  std::chrono::milliseconds interval{900'000};
  bool operator==(const ListSettings&) const = default;
};

// Where confirmed changes are told, beside the metrics.
struct AlertmanagerSettings {
  std::vector<std::string> urls;  // http(s), without a slash at the end; empty: nobody is told
  std::string token_file;         // what it holds is sent as a bearer token; empty: none is needed
  std::chrono::milliseconds resend{60'000};  // what is in force is told again this often
  std::string external_url;                  // where people reach the page; empty: where it listens
  bool operator==(const AlertmanagerSettings&) const = default;
};

// Block pages and poisoned answers that are known, in OONI's format. Two files because OONI keeps
// two; either may hold anything of that format. Empty: none.
struct FingerprintFiles {
  std::string dns;
  std::string http;
  bool operator==(const FingerprintFiles&) const = default;
};

// What is kept, where, how long and how much of it.
struct StateSettings {
  std::string directory = "/var/lib/reachd";
  std::chrono::milliseconds retention = std::chrono::hours(24 * 30);
  std::uint64_t max_bytes = std::uint64_t{2} << 30U;  // of all files in the folder together
  bool operator==(const StateSettings&) const = default;
};

struct Config {
  std::string file;
  VantageName vantage;
  Listen listen;
  bool insecure = false;  // allows `listen` on another address than loopback without `web`
  // Who may look: TLS and passwords, in the format of Prometheus' exporter-toolkit. Empty: plain
  // HTTP for all who reach the port.
  std::string web_config_file;
  ScheduleSettings schedule;
  std::string ca_file = "/etc/ssl/certs/ca-certificates.crt";
  std::vector<ResolverSettings> resolvers;  // never empty: the system's is the default
  ControlSettings controls;
  FingerprintFiles fingerprints;
  std::vector<Service> services;  // may be empty only where `helper` or `lists` stand
  std::vector<ListSettings> lists;
  std::optional<HelperSettings> helper;
  StateSettings state;
  AlertmanagerSettings alertmanager;
  std::vector<RemoteWriteSettings> remote_write;  // each has a name of its own
  // Changes told though nothing changed, all targets together: what the detector may cost.
  Rate false_alarms{1, std::chrono::hours(24 * 90)};
  std::size_t body_limit = 64 * 1024;  // bytes of a body that are read at most
  bool operator==(const Config&) const = default;
};

using Loaded = std::variant<Config, std::vector<Fault>>;

// Reads a file, or text as if it came from `file`. All faults at once, in order of line and column.
Loaded load_config(const std::string& file);
Loaded parse_config(const std::string& text, const std::string& file);

// All targets that are enabled, services in order, without the controls.
std::vector<SharedTarget> targets_of(const Config& config);

}  // namespace reachd
