#include "daemon/web/changes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "daemon/web/html.hpp"
#include "daemon/web/kind_words.hpp"
#include "daemon/when.hpp"

namespace reachd::web {
namespace {

constexpr std::size_t kOpen = 4;
constexpr std::size_t kFolded = 30;
constexpr std::size_t kOfTarget = 50;

std::string who(const Board& board, const Event& event) {
  if (event.subject == Subject::vantage) return "the vantage";
  const std::string& id = event.members.front().target;
  const auto found = board.targets.find(id);
  std::string name = isolated(id, 120);
  if (found != board.targets.end()) {
    name = link_to(found->second.target->service, found->second.target->name, name);
  }
  const std::size_t others = event.members.size() - 1;
  return others == 0 ? name : fmt::format("{} and {} more", name, grouped(others));
}

std::string became(const Event& event) {
  const Change& change = event.members.front().change;
  if (event.subject == Subject::vantage) {
    return shape(change.to.status) + " <strong>" +
           (change.to.status == Status::ok ? "online again"
                                           : escape_html(kinds_words(change.to.kinds))) +
           "</strong>";
  }
  std::string text = shape(change.to.status) + " <strong>" + status_word(change.to.status) +
                     "</strong>, was " + status_word(change.from.status);
  if (change.to.status != Status::ok && !change.to.kinds.empty()) {
    text += ": " + escape_html(kinds_words(change.to.kinds));
  }
  if (change.flapping) text += " <span class=\"faint\">(it comes and goes)</span>";
  return text;
}

std::string onset_text(const Onset& onset) {
  if (onset.after == WallTime{}) return "before " + moment(onset.before);
  return "between " + clock_time(onset.after) + " and " + moment(onset.before);
}

std::string item(const Board& board, const Event& event, WallTime now) {
  return fmt::format(
      "<li><span class=\"ago\">{} ago</span> <span class=\"what\">{} {}</span></li>\n",
      span_since(opened(event), now), who(board, event), became(event));
}

}  // namespace

std::string latest_changes(const Board& board, WallTime now) {
  const auto& events = board.chronicle.all();
  if (events.empty()) return {};
  std::string first;
  std::string more;
  std::size_t count = 0;
  for (auto event = events.rbegin(); event != events.rend() && count < kOpen + kFolded; ++event) {
    (count++ < kOpen ? first : more) += item(board, *event, now);
  }
  std::string list = "<h2>What changed lately</h2>\n<ul class=\"changes\">\n" + first + "</ul>\n";
  if (!more.empty()) {
    list += fmt::format(
        "<details id=\"earlier\"><summary>{} earlier</summary>\n<ul class=\"changes\">\n{}</ul>\n"
        "</details>\n",
        count - kOpen, more);
  }
  return list;
}

std::string changes_of(const Board& board, const std::string& id, WallTime now) {
  std::string rows;
  std::size_t count = 0;
  const auto& events = board.chronicle.all();
  for (auto event = events.rbegin(); event != events.rend() && count < kOfTarget; ++event) {
    if (event->subject != Subject::target) continue;
    const auto member = std::ranges::find(event->members, id, &Member::target);
    if (member == event->members.end()) continue;
    ++count;
    const Change& change = member->change;
    const std::size_t others = event->members.size() - 1;
    rows += fmt::format(
        "<tr><td class=\"span\">{} ago</td><td>{} → {}</td><td>{}</td><td class=\"why\">{}{}</td>"
        "</tr>\n",
        span_since(change.confirmed, now), status_mark(change.from.status),
        status_mark(change.to.status), onset_text(change.onset), isolated(change.reason),
        others == 0 ? "" : fmt::format(" <span class=\"faint\">with {} more</span>", others));
  }
  if (rows.empty()) return {};
  return "<h2>Changes</h2>\n<table class=\"cards\">\n<thead><tr><th scope=\"col\">Confirmed</th>"
         "<th scope=\"col\">Change</th><th scope=\"col\">Began</th><th scope=\"col\">Why</th></tr>"
         "</thead>\n<tbody>\n" +
         rows + "</tbody>\n</table>\n";
}

}  // namespace reachd::web
