#include "daemon/events/event.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace reachd {

std::string_view to_string(Subject subject) {
  return subject == Subject::target ? "target" : "vantage";
}

WallTime opened(const Event& event) {
  return event.members.front().change.confirmed;
}

Onset onset_of(const Event& event) {
  Onset whole = event.members.front().change.onset;
  for (const Member& member : event.members) {
    whole.after = std::min(whole.after, member.change.onset.after);
    whole.before = std::max(whole.before, member.change.onset.before);
  }
  return whole;
}

bool is_recovery(const Event& event) {
  return event.members.front().change.to.status == Status::ok;
}

std::vector<std::string> kinds_of(const Event& event) {
  std::set<std::string_view> kinds;  // of a thousand members most have the same ones
  for (const auto& [target, change] : event.members) {
    const Condition& told = is_recovery(event) ? change.from : change.to;
    kinds.insert(told.kinds.begin(), told.kinds.end());
  }
  return {kinds.begin(), kinds.end()};
}

std::string headline(const Event& event) {
  const auto& [target, change] = event.members.front();
  std::string who = event.subject == Subject::vantage ? "vantage" : target;
  if (event.members.size() > 1) who += fmt::format(" and {} more", event.members.size() - 1);
  const auto kinds = kinds_of(event);
  return fmt::format("{}: {} -> {}{}", who, to_string(change.from.status),
                     to_string(change.to.status),
                     kinds.empty() ? std::string{} : fmt::format(" ({})", fmt::join(kinds, ", ")));
}

}  // namespace reachd
