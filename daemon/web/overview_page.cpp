#include <fmt/format.h>

#include "config/target.hpp"
#include "daemon/phases.hpp"
#include "daemon/web/html.hpp"
#include "daemon/web/page.hpp"
#include "daemon/when.hpp"
#include "probes/print.hpp"

namespace reachd::web {
namespace {

constexpr std::size_t kReason = 200;  // characters

std::string link_to(const Target& target, const std::string& text) {
  return fmt::format("<a href=\"/targets/{}\">{}</a>",
                     escape_html(target_path(target.service, target.name)), escape_html(text));
}

std::string vantage_line(const Board& board, WallTime now) {
  const VantageName& vantage = board.vantage;
  std::string line = "<p class=\"faint\">";
  if (!vantage.name.empty()) line += "Seen from " + escape_html(vantage.name) + " ";
  if (!vantage.country.empty()) line += "in " + escape_html(vantage.country) + " ";
  if (vantage.asn != 0) line += fmt::format("(AS{}) ", vantage.asn);
  const auto up = std::chrono::floor<std::chrono::seconds>(now - board.started);
  return line + fmt::format("at {}; running for {}.</p>\n", utc(now), to_words(up));
}

std::string alert(std::string_view text) {
  return fmt::format("<p class=\"alert\" role=\"status\">{}</p>\n", text);
}

// Whether every control of the service that was measured fails, and at least one was.
bool all_fail(const Board& board, std::string_view service) {
  bool measured = false;
  for (const auto& [id, control] : board.controls) {
    if (control.target.service != service || !control.last) continue;
    if (control.verdict.status == Status::ok) return false;
    measured = true;
  }
  return measured;
}

std::string alerts(const Sources& sources) {
  const Board& board = sources.board;
  std::string lines;
  if (!sources.healthy()) lines += alert("Rounds do not complete: what follows may be stale.");
  if (!board.ready) lines += alert("First rounds are still under way.");
  if (all_fail(board, "control.foreign")) {
    lines += all_fail(board, "control.domestic")
                 ? alert("No control answers: the trouble is likely this vantage's own.")
                 : alert("No foreign control answers: the trouble is likely not the targets'.");
  }
  return lines;
}

std::string controls_line(const Board& board, WallTime now) {
  if (board.controls.empty()) return {};
  std::string items;
  for (const auto& [id, control] : board.controls) {
    items += fmt::format(
        "<li>{} {} <span class=\"faint\">{}</span></li>\n", status_mark(control.verdict.status),
        link_to(control.target, control.target.name), span_since(control.since, now));
  }
  return "<h2 id=\"controls\">Controls</h2>\n<ul class=\"line\" aria-labelledby=\"controls\">\n" +
         items + "</ul>\n";
}

std::string counts_line(const Board& board) {
  const auto counts = count_by_status(board);
  std::string items = fmt::format("<li><a href=\"/\">all {}</a></li>\n", board.targets.size());
  for (const Status status : kStatuses) {
    const std::size_t count = counts.at(static_cast<std::size_t>(status));
    if (count == 0) continue;
    items += fmt::format("<li><a href=\"/?status={}\">{} {}</a></li>\n", to_string(status), count,
                         status_mark(status));
  }
  return "<nav aria-label=\"Targets by state\">\n<ul class=\"line\">\n" + items + "</ul>\n</nav>\n";
}

std::string why(const TargetBoard& target) {
  if (!target.last) return "no round finished yet";
  std::string text;
  for (const std::string& kind : shown(target).kinds) text += escape_html(kind) + " ";
  if (!target.rounds.empty()) {
    text += escape_html(escape_for_people(target.rounds.front().reason, kReason));
  }
  return text;
}

std::string row(const TargetBoard& target, WallTime now) {
  const Phases phases = target.last ? phases_of(*target.last) : Phases{};
  std::string cells;
  for (const auto& took : phases) {
    cells += fmt::format("<td class=\"number phase\">{}</td>", took ? duration(*took) : "–");
  }
  const std::optional<WallTime> last =
      target.rounds.empty() ? std::nullopt : std::optional(target.rounds.front().began);
  return fmt::format(
      "<tr><td>{}</td><th scope=\"row\" class=\"name\">{}</th><td class=\"span\">{}</td>"
      "<td class=\"why\">{}</td><td class=\"span last\">{}</td>{}</tr>\n",
      status_mark(shown(target).status), link_to(target.target, id_of(target.target)),
      span_since(shown_since(target), now), why(target),
      span_since(last, now) + (last ? " ago" : ""), cells);
}

std::string page_link(const Filter& filter, std::size_t offset, std::string_view text) {
  std::string query = fmt::format("/?offset={}&amp;limit={}", offset, filter.limit);
  for (const Status status : filter.statuses) {
    query += fmt::format("&amp;status={}", to_string(status));
  }
  return fmt::format("<li><a href=\"{}\">{}</a></li>\n", query, text);
}

std::string paging(const Filter& filter, const Listing& listing) {
  std::string links;
  if (filter.offset > 0 && filter.limit > 0) {
    const std::size_t back = filter.offset > filter.limit ? filter.offset - filter.limit : 0;
    links += page_link(filter, back, "previous");
  }
  const std::size_t next = filter.offset + listing.targets.size();
  if (!listing.targets.empty() && next < listing.total) links += page_link(filter, next, "next");
  if (links.empty()) return {};
  return "<nav aria-label=\"More targets\">\n<ul class=\"line\">\n" + links + "</ul>\n</nav>\n";
}

std::string table(const Filter& filter, const Listing& listing, WallTime now) {
  if (listing.targets.empty()) return "<p>No target to show.</p>\n" + paging(filter, listing);
  std::string rows;
  for (const TargetBoard* target : listing.targets) rows += row(*target, now);
  return fmt::format(
             "<table class=\"cards\">\n<caption>Targets {} to {} of {}, trouble first</caption>\n"
             "<thead><tr><th scope=\"col\">State</th><th scope=\"col\">Target</th>"
             "<th scope=\"col\">Since</th><th scope=\"col\">Why</th><th scope=\"col\">Last "
             "round</th>"
             "<th scope=\"col\" class=\"number phase\">DNS</th>"
             "<th scope=\"col\" class=\"number phase\">Connect</th>"
             "<th scope=\"col\" class=\"number phase\">TLS</th>"
             "<th scope=\"col\" class=\"number phase\">First byte</th>"
             "<th scope=\"col\" class=\"number phase\">Transfer</th></tr></thead>\n"
             "<tbody>\n{}</tbody>\n</table>\n",
             filter.offset + 1, filter.offset + listing.targets.size(), listing.total, rows) +
         paging(filter, listing);
}

}  // namespace

std::string overview_page(const Sources& sources, const Filter& filter) {
  const Board& board = sources.board;
  const WallTime now = sources.now();
  const std::size_t total = board.targets.size();
  const std::size_t ok = count_by_status(board).at(static_cast<std::size_t>(Status::ok));
  const std::string title = ok == total ? fmt::format("all {} ok", total)
                                        : fmt::format("{} of {} not ok", total - ok, total);
  const std::string body =
      "<header>\n<h1>" + title + "</h1>\n" + vantage_line(board, now) + "</header>\n<main>\n" +
      alerts(sources) + counts_line(board) +
      table(filter, list(board, filter, Order::trouble_first), now) + controls_line(board, now) +
      "</main>\n<footer>reachd " REACHD_VERSION
      " · <a href=\"/api/v1/targets\">JSON</a> · <a href=\"/metrics\">metrics</a></footer>\n";
  return document(title + " · reachd", body);
}

std::string missing_page() {
  return document(
      "not found · reachd",
      "<main>\n<h1>Nothing here</h1>\n"
      "<p>There is no such page or target. <a href=\"/\">All targets</a></p>\n</main>\n");
}

}  // namespace reachd::web
