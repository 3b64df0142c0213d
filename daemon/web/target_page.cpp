#include <fmt/format.h>

#include "config/target.hpp"
#include "daemon/phases.hpp"
#include "daemon/web/html.hpp"
#include "daemon/web/page.hpp"
#include "probes/print.hpp"

namespace reachd::web {
namespace {

constexpr std::size_t kReason = 512;  // characters

std::string fact(std::string_view name, const std::string& markup) {
  if (markup.empty()) return {};
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, markup);
}

std::string phases_text(const TargetBoard& target) {
  if (!target.last) return {};
  const Phases phases = phases_of(*target.last);
  std::string text;
  for (const Phase phase : kPhases) {
    const auto& took = phases.at(static_cast<std::size_t>(phase));
    if (!took) continue;
    std::string name(to_string(phase));
    if (phase == Phase::first_byte) name = "first byte";
    text += (text.empty() ? "" : ", ") + name + " " + duration(*took);
  }
  return text;
}

std::string facts(const TargetBoard& target, WallTime now) {
  const Verdict& verdict = target.verdict;
  std::string kinds;
  const Condition condition = shown(target);
  const auto since = shown_since(target);
  for (const std::string& kind : condition.kinds) kinds += (kinds.empty() ? "" : ", ") + kind;
  std::string reason;
  if (!target.rounds.empty()) reason = escape_for_people(target.rounds.front().reason, kReason);
  return "<dl>\n" + fact("State", status_mark(condition.status)) +
         fact("Since",
              since ? utc(*since) + " (" + span_since(since, now) + ")" : "no round finished yet") +
         fact("Why", escape_html(reason)) + fact("Kinds", escape_html(kinds)) +
         fact("Latest round", status_mark(verdict.status) + " " + escape_html(verdict.rule)) +
         fact("URL", "<code>" + escape_html(target.target.url) + "</code>") +
         fact("Last round took", phases_text(target)) + "</dl>\n";
}

std::string ladder(std::string_view heading, const Measurement& measurement,
                   const Verdict& verdict) {
  // The preformatted block scrolls sideways: the keyboard must reach it.
  return fmt::format(
      "<h2>{}</h2>\n<pre tabindex=\"0\" role=\"region\" aria-label=\"{}\">{}</pre>\n", heading,
      heading, escape_html(print_ladder(measurement, verdict, false)));
}

std::string rounds_table(const TargetBoard& target) {
  if (target.rounds.empty()) return {};
  std::string rows;
  for (const RoundRecord& round : target.rounds) {
    rows += fmt::format(
        "<tr><td class=\"span\">{}</td><td>{}</td><td>{}</td><td class=\"number\">{}</td>"
        "<td class=\"why\">{}</td></tr>\n",
        utc(round.began), status_mark(round.verdict.status), to_string(round.round),
        duration(round.runtime), escape_html(escape_for_people(round.reason, kReason)));
  }
  return "<h2>Recent rounds</h2>\n<table class=\"cards\">\n<thead><tr><th scope=\"col\">Began</th>"
         "<th scope=\"col\">State</th><th scope=\"col\">Round</th>"
         "<th scope=\"col\" class=\"number\">Took</th><th "
         "scope=\"col\">Why</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody>\n</table>\n";
}

}  // namespace

std::string target_page(const TargetBoard& target, WallTime now) {
  const std::string id = id_of(target.target);
  std::string body = "<header>\n<nav><a href=\"/\">All targets</a></nav>\n<h1>" + escape_html(id) +
                     "</h1>\n</header>\n<main>\n" + facts(target, now);
  if (target.last) body += ladder("Last round", *target.last, target.verdict);
  const auto failed = last_failure(target);
  if (failed && target.last_failed != target.last) {
    body += ladder("Last round that was not ok", failed->measurement, failed->verdict);
  }
  body += rounds_table(target) + "</main>\n<footer>" + utc(now) + " · <a href=\"/api/v1/targets/" +
          escape_html(target_path(target.target.service, target.target.name)) +
          "\">JSON</a></footer>\n";
  return document(status_word(shown(target).status) + ": " + id + " · reachd", body);
}

}  // namespace reachd::web
