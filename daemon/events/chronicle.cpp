#include "daemon/events/chronicle.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace reachd {
namespace {

using std::chrono::milliseconds;

bool is_member(const Event& event, const std::string& target) {
  return std::ranges::any_of(event.members,
                             [&](const Member& member) { return member.target == target; });
}

std::string_view service_of(const std::string& target) {
  return std::string_view(target).substr(0, target.find('/'));
}

const Condition& trouble_of(const Change& change) {
  return change.to.status == Status::ok ? change.from : change.to;
}

// Kinds agree where one is the other or stands above it: "tls.reset" and "tls.reset.sni".
bool agree(std::string_view one, std::string_view other) {
  if (one.size() > other.size()) std::swap(one, other);
  return other.starts_with(one) && (one.size() == other.size() || other[one.size()] == '.');
}

bool share_trouble(const Change& one, const Change& other) {
  const Condition& first = trouble_of(one);
  const Condition& second = trouble_of(other);
  if (first.kinds.empty() || second.kinds.empty()) {
    return first.kinds.empty() && second.kinds.empty() && first.status == second.status;
  }
  return std::ranges::any_of(first.kinds, [&](const std::string& kind) {
    return std::ranges::any_of(second.kinds,
                               [&](const std::string& like) { return agree(kind, like); });
  });
}

bool same_onset(const Onset& one, const Onset& other, milliseconds interval) {
  return std::chrono::abs(one.before - other.before) <= 2 * interval;
}

bool belongs(const Event& event, const Member& member, milliseconds interval) {
  const bool recovery = member.change.to.status == Status::ok;
  if (is_recovery(event) != recovery || is_member(event, member.target)) return false;
  return std::ranges::any_of(event.members, [&](const Member& other) {
    return same_onset(other.change.onset, member.change.onset, interval) &&
           (share_trouble(other.change, member.change) ||
            service_of(other.target) == service_of(member.target));
  });
}

}  // namespace

Chronicle::Chronicle(std::vector<Event> stored, std::uint64_t last) : last_(last) {
  std::ranges::sort(stored, {}, &Event::id);
  if (!stored.empty()) last_ = std::max(last_, stored.back().id);
  const std::size_t skipped = stored.size() - std::min(stored.size(), kKept);
  events_.assign(std::make_move_iterator(stored.begin() + static_cast<std::ptrdiff_t>(skipped)),
                 std::make_move_iterator(stored.end()));
  for (const Event& event : events_) {
    for (const Member& member : event.members) {
      current_[{event.subject, member.target}] = event.id;
    }
  }
}

Event* Chronicle::match(Subject subject, const Member& member, milliseconds interval) {
  const auto found =
      std::ranges::find_if(events_.rbegin(), events_.rend(), [&](const Event& event) {
        return event.subject == subject && belongs(event, member, interval);
      });
  return found == events_.rend() ? nullptr : &*found;
}

// What the target was in so far is over for it, and over as such with its last member.
void Chronicle::leave(Subject subject, const std::string& target, WallTime now,
                      std::vector<std::uint64_t>& touched) {
  const auto known = current_.find({subject, target});
  if (known == current_.end()) return;
  const std::uint64_t id = known->second;
  current_.erase(known);
  const auto event = std::ranges::find(events_, id, &Event::id);
  if (event == events_.end() || event->ended) return;
  const bool others = std::ranges::any_of(event->members, [&](const Member& other) {
    const auto place = current_.find({subject, other.target});
    return place != current_.end() && place->second == id;
  });
  if (others) return;
  event->ended = now;
  touched.push_back(id);
}

std::vector<std::uint64_t> Chronicle::file(Subject subject, Member member, milliseconds interval) {
  std::vector<std::uint64_t> touched;
  leave(subject, member.target, member.change.confirmed, touched);
  Event* event = match(subject, member, interval);
  if (event == nullptr) {
    if (events_.size() == kKept) events_.pop_front();
    event = &events_.emplace_back();
    event->id = ++last_;
    event->subject = subject;
  }
  current_[{subject, member.target}] = event->id;
  event->members.push_back(std::move(member));
  if (is_recovery(*event)) {
    event->ended = event->members.back().change.confirmed;
  } else {
    event->ended.reset();
  }
  touched.insert(touched.begin(), event->id);
  return touched;
}

std::optional<std::uint64_t> Chronicle::refine(Subject subject, const std::string& target,
                                               const Change& change) {
  const auto known = current_.find({subject, target});
  if (known == current_.end()) return {};
  const auto event = std::ranges::find(events_, known->second, &Event::id);
  if (event == events_.end()) return {};
  for (Member& member : event->members) {
    if (member.target != target) continue;
    member.change.to = change.to;
    member.change.rule = change.rule;
    member.change.reason = change.reason;
  }
  return event->id;
}

std::vector<std::uint64_t> Chronicle::keep_only(const std::set<std::string>& targets,
                                                WallTime now) {
  std::vector<std::string> gone;
  for (const auto& [key, id] : current_) {
    if (key.first == Subject::target && !targets.contains(key.second)) gone.push_back(key.second);
  }
  std::vector<std::uint64_t> touched;
  for (const std::string& target : gone) leave(Subject::target, target, now, touched);
  return touched;
}

const Event* Chronicle::current(Subject subject, const std::string& target) const {
  const auto known = current_.find({subject, target});
  return known == current_.end() ? nullptr : find(known->second);
}

const Event* Chronicle::find(std::uint64_t id) const {
  const auto found = std::ranges::find(events_, id, &Event::id);
  return found == events_.end() ? nullptr : &*found;
}

std::vector<Event> Chronicle::since(WallTime since, std::size_t limit) const {
  std::vector<Event> listed;
  for (auto event = events_.rbegin(); event != events_.rend() && listed.size() < limit; ++event) {
    if (event->members.back().change.confirmed >= since ||
        (event->ended && *event->ended >= since)) {
      listed.push_back(*event);
    }
  }
  std::ranges::reverse(listed);
  return listed;
}

}  // namespace reachd
