// What people are told of: changes that belong together, as one thing that happened. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/tracker/change.hpp"

namespace reachd {

enum class Subject : std::uint8_t { target, vantage };
std::string_view to_string(Subject subject);

// One target's part in an event. Of the vantage the name is empty, the rule says which of the
// vantage's states it is.
struct Member {
  std::string target;  // "service/target"
  Change change;
  bool operator==(const Member&) const = default;
};

struct Event {
  std::uint64_t id = 0;  // ascending from 1, never used twice
  Subject subject = Subject::target;
  std::vector<Member> members;  // in order of their confirmation; never empty
  // When the last member went on from what the event brought; a passage to ok ends where it began.
  std::optional<WallTime> ended;
  bool operator==(const Event&) const = default;
};

WallTime opened(const Event& event);   // the first confirmation
Onset onset_of(const Event& event);    // the window that holds the onsets of all members
bool is_recovery(const Event& event);  // to ok, as all members of an event agree in that
// Kinds of trouble that it is about: those it brought, or, of a recovery, those that went. Sorted.
std::vector<std::string> kinds_of(const Event& event);
// "facebook/web and 5 more: ok -> blocked (tls.reset.sni)"; one printable line.
std::string headline(const Event& event);

}  // namespace reachd
