// What a measurement means: one status, how, where, by which rule. A value without opinions of its
// own.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace reachd {

enum class Status : std::uint8_t { ok, blocked, likely_blocked, impaired, down, insufficient };
inline constexpr std::array kStatuses{Status::ok,       Status::blocked, Status::likely_blocked,
                                      Status::impaired, Status::down,    Status::insufficient};
std::string_view to_string(Status status);

enum class Locus : std::uint8_t { network, resolver, server, local, unknown };
std::string_view to_string(Locus locus);

struct Verdict {
  Status status = Status::insufficient;
  std::vector<std::string> kinds;  // "tls.reset.sni": paths layer.action.qualifier
  Locus locus = Locus::unknown;
  std::string rule;  // stable id of the rule that decided
  int rules_version = 0;
  std::vector<int> evidence;  // indices into the measurement's observations
  bool operator==(const Verdict&) const = default;
};

}  // namespace reachd
