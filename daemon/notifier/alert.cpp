#include "daemon/notifier/alert.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "daemon/when.hpp"

namespace reachd {
namespace {

struct Naming {
  Status status;
  std::string_view alertname;
  std::string_view severity;
  std::string_view words;
};
constexpr std::array<Naming, 4> kNamings{{
    {Status::blocked, "ReachdTargetBlocked", "critical", "is blocked"},
    {Status::likely_blocked, "ReachdTargetLikelyBlocked", "warning", "is likely blocked"},
    {Status::down, "ReachdTargetDown", "warning", "is down, seen from outside too"},
    {Status::impaired, "ReachdTargetImpaired", "info", "is impaired"},
}};

const Naming* find_naming(Status status) {
  for (const Naming& naming : kNamings) {
    if (naming.status == status) return &naming;
  }
  return nullptr;
}

std::string onset_words(const Onset& onset) {
  if (onset.after == WallTime{}) return "before " + to_rfc3339(onset.before);
  return "between " + to_rfc3339(onset.after) + " and " + to_rfc3339(onset.before);
}

void add_vantage(Alert& alert, const VantageName& vantage) {
  if (!vantage.name.empty()) alert.labels["vantage"] = vantage.name;
  if (!vantage.country.empty()) alert.labels["country"] = vantage.country;
  if (vantage.asn != 0) alert.labels["asn"] = std::to_string(vantage.asn);
}

void tell_target(Alert& alert, const Event& event, const Member& member) {
  const Condition& condition = member.change.to;
  const Naming& naming = *find_naming(condition.status);
  const std::size_t slash = member.target.find('/');
  alert.labels["alertname"] = naming.alertname;
  alert.labels["severity"] = naming.severity;
  alert.labels["status"] = to_string(condition.status);
  alert.labels["service_name"] = member.target.substr(0, slash);
  alert.labels["target"] = member.target.substr(slash + 1);
  if (!condition.kinds.empty())
    alert.labels["kind"] = fmt::format("{}", fmt::join(condition.kinds, ","));
  std::string summary = fmt::format("{} {}", member.target, naming.words);
  if (!condition.kinds.empty()) summary += fmt::format(" ({})", fmt::join(condition.kinds, ", "));
  if (event.members.size() > 1) {
    summary += fmt::format(", with {} more at the same time", event.members.size() - 1);
  }
  alert.annotations["summary"] = std::move(summary);
}

void tell_vantage(Alert& alert, const Member& member) {
  const std::string state = member.change.to.kinds.empty() ? "" : member.change.to.kinds.front();
  alert.labels["alertname"] = "ReachdVantageNotOnline";
  alert.labels["severity"] = "warning";
  alert.labels["status"] = state.substr(state.find('.') + 1);
  alert.annotations["summary"] =
      fmt::format("the vantage is not online ({}); nothing is said of targets meanwhile",
                  alert.labels["status"]);
}

}  // namespace

bool calls_for_alert(const Condition& condition) {
  return find_naming(condition.status) != nullptr;
}

Alert alert_of(const Event& event, const Member& member, const VantageName& vantage,
               const std::string& root) {
  Alert alert;
  const bool target = event.subject == Subject::target;
  if (target) {
    tell_target(alert, event, member);
  } else {
    tell_vantage(alert, member);
  }
  add_vantage(alert, vantage);
  alert.annotations["description"] =
      fmt::format("{} [{}]", member.change.reason, member.change.rule);
  alert.annotations["onset"] = onset_words(member.change.onset);
  alert.page = target ? root + "/targets/" + member.target : root + "/";
  alert.starts = member.change.confirmed;
  return alert;
}

}  // namespace reachd
