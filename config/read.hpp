// The readers of the parts of the configuration, in the order in which config.cpp calls them: a
// later one may look at what an earlier one read. Each leaves its faults with its fields and the
// default where a value was bad.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/url.hpp"
#include "config/yaml_reader.hpp"

namespace reachd {

void read_vantage(const Field& field, VantageName& vantage);
void read_listen(const Field& listen, const Field& insecure, Config& config);
void read_schedule(const Field& field, ScheduleSettings& schedule);
void read_resolvers(const Field& field, std::vector<ResolverSettings>& resolvers);
void read_controls(const Field& field, const Config& so_far, ControlSettings& controls);
void read_detector(const Field& field, Rate& false_alarms);
void read_helper(const Field& field, const Config& so_far, HelperSettings& helper);
void read_state(const Field& field, const std::string& file, StateSettings& state);
void read_services(const Field& field, const Config& so_far, std::vector<Service>& services);
void read_lists(const Field& field, const Config& so_far, std::vector<ListSettings>& lists);
void read_alertmanager(const Field& field, const std::string& file, AlertmanagerSettings& out);
void read_remote_write(const Field& field, const std::string& file,
                       std::vector<RemoteWriteSettings>& out);

// A target of that service with what the schedule says, and what its URL decides; false and a fault
// if the URL is bad.
Target defaults_of(const Config& so_far, std::string service);
bool read_url(const Field& field, Target& target);
void set_url(Target& target, const std::string& text, const TargetUrl& url);

// What only http and https targets may have: method, headers, expect, object. `is_http` false makes
// each of them that is present a fault.
void read_request(Section& section, bool is_http, Target& target);

// A duration within bounds; `why` gives the reason for them. True only if `out` was set.
bool take_duration(const Field& field, std::chrono::milliseconds& out,
                   std::chrono::milliseconds least, std::chrono::milliseconds most,
                   std::string_view why);
inline constexpr std::chrono::milliseconds kShortestInterval = std::chrono::seconds(5);
inline constexpr std::chrono::milliseconds kLongestInterval = std::chrono::hours(24 * 30);
bool take_interval(const Field& field, std::chrono::milliseconds& out);
bool take_timeout(const Field& field, std::chrono::milliseconds& out);

// A size within bounds; `bounds` says them and gives the reason. True only if `out` was set.
bool take_bytes(const Field& field, std::uint64_t& out, std::uint64_t least, std::uint64_t most,
                std::string_view bounds);

// The path of a file, relative to the folder of the configuration `file` unless it is absolute.
void take_path(const Field& field, const std::string& file, std::string& out);

bool take_rate(const Field& field, Rate& out);  // from 1/h to 10000/s

// The URL of a server of the operator's own, as it stands: http(s), without a password, and not in
// plain text over the network if a `secret` is sent there.
bool take_server_url(const Field& field, bool secret, std::string_view example, std::string& out);

// An address to listen on, with its port.
bool take_listen(const Field& field, std::string_view example, Listen& out);

// A name that goes into metric labels and paths: [a-z0-9][a-z0-9._-]{0,62}. True only if it was
// set.
bool take_name(const Field& field, std::string& out);
bool is_name(std::string_view text);

}  // namespace reachd
