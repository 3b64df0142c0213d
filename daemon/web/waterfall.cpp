#include "daemon/web/waterfall.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "daemon/web/html.hpp"
#include "probes/aside.hpp"
#include "probes/print_step.hpp"
#include "probes/step_order.hpp"

namespace reachd::web {
namespace {

constexpr std::size_t kMostRows = 200;
constexpr double kScale = 1000;  // units of the whole round
constexpr double kLeast = 8;     // of a step that took next to nothing

std::string bar(double begin, double length, std::string_view kind) {
  return fmt::format("<rect class=\"{}\" x=\"{:.0f}\" y=\"1\" width=\"{:.0f}\" height=\"10\"/>",
                     kind, begin, std::max(kLeast, length));
}

// The phases of the step as bars at their time; what failed ends in a mark.
std::string bars_of(const Observation& step, Micros whole) {
  const auto units = [&](Micros time) {
    const double share = static_cast<double>(time.count()) / static_cast<double>(whole.count());
    return std::clamp(share, 0.0, 1.0) * (kScale - 2 * kLeast);
  };
  std::string bars;
  const double begin = units(step.began);
  const auto* http = std::get_if<HttpSeen>(&step.seen);
  if (http != nullptr && http->first_byte.count() > 0) {
    bars = bar(begin, units(http->first_byte), "p-first_byte") +
           bar(begin + units(http->first_byte), units(step.took - http->first_byte), "p-transfer");
  } else {
    const Stage stage = step.stage;
    bars = bar(begin, units(step.took),
               stage == Stage::dns   ? "p-dns"
               : stage == Stage::tcp ? "p-connect"
               : stage == Stage::tls ? "p-tls"
                                     : "p-first_byte");
  }
  if (step.failure) bars += bar(begin + units(step.took), 2 * kLeast, "s-blocked");
  return fmt::format(
      "<svg class=\"fall\" viewBox=\"0 0 {} 12\" preserveAspectRatio=\"none\" "
      "aria-hidden=\"true\">{}</svg>",
      kScale, bars);
}

std::string row(const Measurement& measurement, const Observation& step, bool first, bool bad) {
  const StepText text = describe(step, measurement.began);
  std::string notes;
  if (first) {
    const std::string aside = aside_of(measurement, step);
    if (!aside.empty()) notes += "<br><span class=\"faint\">" + isolated(aside) + "</span>";
  }
  for (const std::string& note : text.notes) {
    notes += "<br><span class=\"note\">" + isolated(note) + "</span>";
  }
  return fmt::format(
      "<tr class=\"{}{}\"><td class=\"number began\">+{}</td><td class=\"step\">{}</td>"
      "<td class=\"where\">{}</td><td class=\"why\">{}{}{}</td><td class=\"falls\">{}</td>"
      "<td class=\"number\">{}</td></tr>\n",
      first ? "first" : "then", bad ? " bad" : "", duration(step.began), to_string(step.stage),
      first ? isolated(text.where, 120) : std::string(),
      bad ? "<strong class=\"cross\">✕</strong> " : "", isolated(text.what), notes,
      bars_of(step, std::max(measurement.runtime, Micros(1))), duration(step.took));
}

}  // namespace

std::string waterfall(const Measurement& measurement) {
  const auto& steps = measurement.observations;
  if (steps.empty()) return "<p>Nothing was measured.</p>\n";
  std::vector<bool> bad(steps.size());
  for (const std::size_t index : failed_steps(measurement)) bad[index] = true;
  std::string rows;
  std::size_t count = 0;
  for (const auto& group : steps_by_connection(measurement)) {
    for (const std::size_t index : group) {
      if (count++ >= kMostRows) continue;
      rows += row(measurement, steps[index], index == group.front(), bad[index]);
    }
  }
  if (count > kMostRows) {
    rows += fmt::format("<tr><td colspan=\"6\">and {} more</td></tr>\n", count - kMostRows);
  }
  return fmt::format(
      "<table class=\"cards waterfall\">\n<thead><tr><th scope=\"col\" class=\"number\">At</th>"
      "<th scope=\"col\">Step</th><th scope=\"col\">Where</th><th scope=\"col\">What</th>"
      "<th scope=\"col\">Time, 0 to {}</th><th scope=\"col\" class=\"number\">Took</th></tr>"
      "</thead>\n<tbody>\n{}</tbody>\n</table>\n",
      duration(measurement.runtime), rows);
}

}  // namespace reachd::web
