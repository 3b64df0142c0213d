#include "daemon/web/target_row.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/target.hpp"
#include "daemon/phases.hpp"
#include "daemon/web/graphs.hpp"
#include "daemon/web/html.hpp"
#include "daemon/web/kind_words.hpp"
#include "daemon/when.hpp"

namespace reachd::web {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::hours kEndsSoon{14 * 24};
constexpr std::chrono::minutes kLongestBackoff{15};  // as due.cpp plans targets that stay broken
constexpr std::size_t kKinds = 3;

std::string kinds_code(const std::vector<std::string>& kinds) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kinds.size(), kKinds); ++i) {
    text += " <code>" + escape_html(kinds[i], 60) + "</code>";
  }
  return text;
}

std::string name_text(const Target& target) {
  return link_to(target.service, target.name,
                 "<span class=\"service\">" + isolated(target.service, 60) + "/</span>" +
                     isolated(target.name, 120));
}

std::string since_text(const TargetBoard& target, WallTime now) {
  if (target.rounds.empty() && !shown_since(target)) return {};
  return span_since(shown_since(target), now);
}

std::string latency_text(const TargetBoard& target, bool blind, WallTime now) {
  const std::string line = sparkline(target.timeline, now);
  const auto latest = target.last && !blind && target.verdict.status == Status::ok
                          ? latency_of(phases_of(*target.last))
                          : std::nullopt;
  if (line.empty() && !latest) return "–";
  return line + "<span class=\"value\">" + (latest ? duration(*latest) : "–") + "</span>";
}

std::string share_text(const Timeline& timeline, WallTime now) {
  Tally day;
  for (const Timeline::Span& span : timeline.half_hours(now)) {
    for (const Status status : kStatuses) day.add(status, span.tally.of(status));
  }
  return percentage(day);
}

}  // namespace

std::optional<std::chrono::seconds> overdue(const TargetBoard& target, WallTime now) {
  if (target.rounds.empty()) return std::nullopt;
  const bool broken = target.verdict.status != Status::ok;
  const auto patience = 3 * target.target->interval + target.target->timeout * 3 + 30s +
                        (broken ? kLongestBackoff : 0min);
  const auto age = now - target.rounds.front().began;
  if (age <= patience) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(age);
}

std::string trouble_text(const TargetBoard& target) {
  const Condition condition = shown(target);
  std::string text;
  if (!condition.kinds.empty()) {
    text = "<span>" + escape_html(kinds_words(condition.kinds)) + "</span>" +
           kinds_code(condition.kinds);
  } else if (condition.status != Status::ok && !target.rounds.empty()) {
    text = "<span>" + isolated(*target.rounds.front().reason, 160) + "</span>";
  }
  const bool other = !target.rounds.empty() && target.verdict.status != condition.status;
  if (other) {
    text += "<span class=\"faint\"> latest round: " + status_mark(target.verdict.status) +
            ", not confirmed</span>";
  }
  if (target.rounds.empty()) text += "<span class=\"faint\"> not measured since the start</span>";
  return text;
}

std::optional<WallTime> certificate_end(const TargetBoard& target) {
  if (!target.last) return std::nullopt;
  for (const Observation& step : target.last->observations) {
    const auto* tls = std::get_if<TlsSeen>(&step.seen);
    if (tls == nullptr || tls->chain.empty()) continue;
    if (step.depth != 0 || step.purpose != Purpose::ladder) continue;
    // Hostile dates may lie beyond what a time point can hold.
    constexpr std::int64_t kFar = std::int64_t{200} * 365 * 86400;
    return std::chrono::system_clock::from_time_t(
        std::clamp<std::int64_t>(tls->chain.front().not_after, 0, kFar));
  }
  return std::nullopt;
}

std::string certificate_text(const TargetBoard& target, WallTime now) {
  const auto end = certificate_end(target);
  if (!end) return "–";
  const auto days = std::chrono::floor<std::chrono::days>(*end - now).count();
  const bool soon = *end - now < kEndsSoon;
  return fmt::format("{}<time datetime=\"{}\" title=\"ends {}\">{}</time>",
                     soon ? shape(Status::impaired) + " " : std::string(), to_rfc3339(*end),
                     utc(*end), *end < now ? "expired" : fmt::format("{} d", days));
}

std::string target_row_head() {
  return "<tr><th scope=\"col\">Target</th><th scope=\"col\">State</th>"
         "<th scope=\"col\">Since</th><th scope=\"col\">What is wrong</th>"
         "<th scope=\"col\">Answers after</th><th scope=\"col\">Last 24 hours</th>"
         "<th scope=\"col\">Last 30 days</th><th scope=\"col\">Certificate</th></tr>";
}

std::string target_row(const TargetBoard& target, bool blind, WallTime now) {
  const Status before = target.state.confirmed.status;
  const Status status = blind ? Status::insufficient : shown_status(target);
  std::string wrong = blind ? "<span class=\"faint\">before: " + status_mark(before) + "</span>"
                            : trouble_text(target);
  if (const auto late = overdue(target, now)) {
    wrong += " <strong class=\"late\">no round for " + to_words(*late) + "</strong>";
  }
  return fmt::format(
      "<tr class=\"r-{}\"><th scope=\"row\" class=\"name\">{}</th><td class=\"state\">{}</td>"
      "<td class=\"span\">{}</td><td class=\"why\">{}</td><td class=\"latency\">{}</td>"
      "<td class=\"day\">{}<span class=\"value\">{}</span></td><td class=\"month\">{}</td>"
      "<td class=\"certificate\">{}</td></tr>\n",
      to_string(status), name_text(target.target), status_mark(status),
      blind ? "" : since_text(target, now), wrong, latency_text(target, blind, now),
      day_bars(target.timeline, now), share_text(target.timeline, now),
      month_bars(target.timeline, now), certificate_text(target, now));
}

}  // namespace reachd::web
