#include <algorithm>

#include <fmt/format.h>

#include "config/target.hpp"
#include "daemon/web/changes.hpp"
#include "daemon/web/graphs.hpp"
#include "daemon/web/html.hpp"
#include "daemon/web/kind_words.hpp"
#include "daemon/web/location.hpp"
#include "daemon/web/page.hpp"
#include "daemon/web/path_picture.hpp"
#include "daemon/web/situation.hpp"
#include "daemon/web/target_row.hpp"
#include "daemon/web/waterfall.hpp"
#include "daemon/when.hpp"
#include "probes/reasons.hpp"

namespace reachd::web {
namespace {

constexpr std::size_t kOpenRounds = 12;
constexpr std::size_t kLongestUrl = 2048;

// How sure that is: what it takes to be called so.
std::string_view meaning_of(Status status) {
  switch (status) {
    case Status::ok:
      return "it answers as itself";
    case Status::blocked:
      return "proved: by an artefact, or by an innocent name that gets through where its own does "
             "not";
    case Status::likely_blocked:
      return "it differs from what the outside sees; not proved";
    case Status::impaired:
      return "something is wrong; the cause is not determined";
    case Status::down:
      return "the outside sees the same failure";
    case Status::insufficient:
      return "the evidence supports nothing";
  }
  return "";
}

std::string predicate(Status status) {
  if (status == Status::ok) return "can be reached";
  return "is " + status_word(status);
}

std::string fact(std::string_view name, const std::string& markup) {
  if (markup.empty()) return {};
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, markup);
}

std::string kinds_text(const std::vector<std::string>& kinds) {
  std::string text;
  for (const std::string& kind : kinds) {
    text += fmt::format("{}{} <code>{}</code>", text.empty() ? "" : "<br>",
                        escape_html(kind_words(kind)), escape_html(kind, 80));
  }
  return text;
}

// A word of a shell's.
std::string shell_word(const std::string& text) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '/' || c == '.' || c == '-' || c == '_' || c == ':';
  };
  if (std::ranges::all_of(text, plain)) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string why_text(const TargetBoard& target) {
  if (!target.last) return {};
  std::string items;
  for (const std::string& reason : reasons_of(*target.last, target.verdict)) {
    items += "<li>" + isolated(reason) + "</li>\n";
  }
  return items.empty() ? isolated(target.rounds.empty() ? "" : *target.rounds.front().reason)
                       : "<ul>\n" + items + "</ul>";
}

std::string facts(const TargetBoard& target, WallTime now) {
  const Condition condition = shown(target);
  const auto since = shown_since(target);
  const bool confirmed = target.state.confirmed == condition;
  std::string latest;
  if (!target.rounds.empty()) {
    const RoundRecord& round = target.rounds.front();
    latest = fmt::format("{}, {} round at {}, rule <code>{}</code>",
                         status_mark(target.verdict.status), to_string(round.round),
                         moment(round.began), escape_html(target.verdict.rule, 80));
    for (const std::string& kind : target.verdict.kinds) {
      latest += ", <code>" + escape_html(kind, 80) + "</code>";
    }
    if (target.verdict.locus != Locus::unknown) {
      latest += fmt::format(", it lies in the {}", to_string(target.verdict.locus));
    }
    if (const auto late = overdue(target, now)) {
      latest += " <strong class=\"late\">no round for " + to_words(*late) + "</strong>";
    }
  } else {
    latest = "none since the daemon started";
  }
  const std::string state =
      status_mark(condition.status) + fmt::format(" – {}", meaning_of(condition.status));
  return "<dl>\n" + fact("State", state) +
         fact("Since", since ? fmt::format("{} ({}){}", moment(*since), span_since(since, now),
                                           confirmed ? "" : ", by the latest rounds, not confirmed")
                             : "no round finished yet") +
         fact("How", kinds_text(condition.kinds)) + fact("Latest round", latest) +
         fact("Why", why_text(target)) +
         fact("URL", "<code>" + isolated(target.target->url, kLongestUrl) + "</code>") +
         fact("Certificate", certificate_text(target, now)) +
         fact("Last 24 hours",
              "<span class=\"wide\">" + day_bars(target.timeline, now) + "</span>") +
         fact("Last 30 days",
              "<span class=\"wide\">" + month_bars(target.timeline, now) + "</span>") +
         "</dl>\n";
}

std::string round_part(std::string_view heading, const Measurement& measurement) {
  return fmt::format(
             "<h2>{}</h2>\n<p class=\"faint\">{} round of {}, {}</p>\n{}<h3>Step by "
             "step</h3>\n",
             heading, to_string(measurement.round), moment(measurement.began),
             duration(measurement.runtime), path_picture(measurement)) +
         waterfall(measurement);
}

std::string round_row(const RoundRecord& round) {
  return fmt::format(
      "<tr><td class=\"span\">{}</td><td>{}</td><td>{}</td><td class=\"number\">{}</td>"
      "<td class=\"why\">{}</td></tr>\n",
      moment(round.began), status_mark(round.outcome->status), to_string(round.round),
      duration(round.runtime), isolated(*round.reason));
}

std::string rounds_table(const TargetBoard& target) {
  if (target.rounds.empty()) return {};
  const std::string head =
      "<table class=\"cards\">\n<thead><tr><th scope=\"col\">Began</th><th scope=\"col\">State</th>"
      "<th scope=\"col\">Round</th><th scope=\"col\" class=\"number\">Took</th>"
      "<th scope=\"col\">Why</th></tr></thead>\n<tbody>\n";
  std::string first;
  std::string more;
  std::size_t count = 0;
  for (const RoundRecord& round : target.rounds) {
    (count++ < kOpenRounds ? first : more) += round_row(round);
  }
  std::string table = "<h2>Recent rounds</h2>\n" + head + first + "</tbody>\n</table>\n";
  if (!more.empty()) {
    table += fmt::format(
        "<details id=\"rounds\"><summary>{} earlier</summary>\n{}{}</tbody>\n"
        "</table>\n</details>\n",
        count - kOpenRounds, head, more);
  }
  return table;
}

std::string take_away(const TargetBoard& target) {
  const std::string path = escape_html(
      "/api/v1/targets/" + target_path(target.target->service, target.target->name), 8192);
  std::string links = fmt::format("<li><a href=\"{}\">all of this as JSON</a></li>\n", path);
  if (target.last) {
    links += fmt::format(
        "<li><a href=\"{}/measurement\" download>the latest round in OONI's "
        "format</a></li>\n",
        path);
  }
  if (target.last_failed) {
    links += fmt::format(
        "<li><a href=\"{}/measurement?of=last_failed\" download>the latest round "
        "that was not ok</a></li>\n",
        path);
  }
  return "<h2>Look for yourself</h2>\n<pre tabindex=\"0\" role=\"region\" aria-label=\"Command "
         "that "
         "measures it now\">reachd probe --deep " +
         escape_html(shell_word(id_of(target.target)), kLongestUrl) +
         "</pre>\n<ul class=\"line\">\n" + links + "</ul>\n";
}

// The script draws here; what it is to ask stands in the attributes.
std::string chart_part(const TargetBoard& target) {
  return fmt::format(
      "<section id=\"history\" aria-labelledby=\"history-title\" data-history=\"/api/v1/targets/{}"
      "/history\">\n<h2 id=\"history-title\">How long its steps took</h2>\n"
      "<noscript><p>The chart needs JavaScript; the figures are in the "
      "<a href=\"/api/v1/targets/{}/history\">history as JSON</a>.</p></noscript>\n</section>\n",
      escape_html(target_path(target.target->service, target.target->name), 8192),
      escape_html(target_path(target.target->service, target.target->name), 8192));
}

}  // namespace

Document target_page(const Sources& sources, const TargetBoard& target) {
  const WallTime now = sources.now();
  const std::string id = id_of(target.target);
  Document document;
  document.charts = true;
  document.title = status_word(shown_status(target)) + ": " + id + " · reachd";
  document.heading =
      shape(shown_status(target)) + " " + isolated(id, 200) + " " + predicate(shown_status(target));
  document.lead = "<p><a href=\"/\">All targets</a></p>\n" + vantage_line(sources.board, now);
  std::string rounds;
  if (target.last) rounds += round_part("Where it ends: the latest round", *target.last);
  if (target.last_failed && target.last_failed != target.last) {
    rounds += "<details id=\"failed\"><summary>The latest round that was not ok</summary>\n" +
              round_part("Where it ended", *target.last_failed) + "</details>\n";
  }
  const bool control = !sources.board.targets.contains(id);
  document.body = live("facts", alerts(sources) + facts(target, now)) +
                  live("rounds-seen", rounds) + (control ? "" : chart_part(target)) +
                  live("past", changes_of(sources.board, id, now) + rounds_table(target)) +
                  take_away(target);
  return document;
}

}  // namespace reachd::web
