#include "daemon/events/event_json.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "daemon/when.hpp"
#include "probes/json_values.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

constexpr std::size_t kMostMembers = 100'000;
constexpr std::size_t kMostKinds = 64;

json::value time_value(WallTime time) {
  if (time == WallTime{}) return nullptr;
  return json::value(to_rfc3339(time));
}

WallTime time_in(const json::object& object, std::string_view key) {
  return parse_rfc3339(text_of(object, key)).value_or(WallTime{});
}

json::array kinds_value(const std::vector<std::string>& kinds) {
  return json::array(kinds.begin(), kinds.end());
}

json::object onset_value(const Onset& onset) {
  return {{"after", time_value(onset.after)}, {"before", time_value(onset.before)}};
}

json::object member_value(const Member& member) {
  const Change& change = member.change;
  return {{"target", member.target},
          {"passage", to_string(change.passage)},
          {"from", to_string(change.from.status)},
          {"to", to_string(change.to.status)},
          {"from_kinds", kinds_value(change.from.kinds)},
          {"kinds", kinds_value(change.to.kinds)},
          {"onset", onset_value(change.onset)},
          {"confirmed", time_value(change.confirmed)},
          {"rule", change.rule},
          {"reason", change.reason},
          {"flapping", change.flapping}};
}

Condition condition_of(const json::object& object, std::string_view status,
                       std::string_view kinds) {
  Condition condition;
  const std::string name = text_of(object, status);
  for (const Status known : kStatuses) {
    if (to_string(known) == name) condition.status = known;
  }
  for (const json::value& kind : array_of(object, kinds)) {
    if (condition.kinds.size() < kMostKinds) condition.kinds.push_back(text_of(kind));
  }
  return condition;
}

Passage passage_of(const std::string& name) {
  const auto known =
      std::ranges::find_if(kPassages, [&](Passage passage) { return name == to_string(passage); });
  return known == kPassages.end() ? Passage::trouble : *known;
}

Member member_of(const json::object& object) {
  const json::object& onset = object_of(object, "onset");
  return {.target = text_of(object, "target"),
          .change = {.passage = passage_of(text_of(object, "passage")),
                     .from = condition_of(object, "from", "from_kinds"),
                     .to = condition_of(object, "to", "kinds"),
                     .onset = {time_in(onset, "after"), time_in(onset, "before")},
                     .confirmed = time_in(object, "confirmed"),
                     .rule = text_of(object, "rule"),
                     .reason = text_of(object, "reason"),
                     .flapping = flag_of(object, "flapping")}};
}

}  // namespace

json::object to_json(const Event& event) {
  json::array members;
  for (const Member& member : event.members) members.push_back(member_value(member));
  return {{"id", event.id},
          {"subject", to_string(event.subject)},
          {"opened", time_value(opened(event))},
          {"ended", event.ended ? time_value(*event.ended) : json::value(nullptr)},
          {"kinds", kinds_value(kinds_of(event))},
          {"headline", headline(event)},
          {"onset", onset_value(onset_of(event))},
          {"members", std::move(members)}};
}

std::optional<Event> event_from_json(const json::value& value) {
  const json::object& object = object_of(value);
  Event event;
  event.id = integer_of<std::uint64_t>(object, "id");
  const std::string subject = text_of(object, "subject");
  const auto& members = array_of(object, "members");
  if (event.id == 0 || members.empty() || members.size() > kMostMembers) return std::nullopt;
  if (subject != to_string(Subject::target) && subject != to_string(Subject::vantage)) {
    return std::nullopt;
  }
  event.subject = subject == to_string(Subject::vantage) ? Subject::vantage : Subject::target;
  for (const json::value& member : members) event.members.push_back(member_of(object_of(member)));
  const WallTime ended = time_in(object, "ended");
  if (ended != WallTime{}) event.ended = ended;
  return event;
}

}  // namespace reachd
