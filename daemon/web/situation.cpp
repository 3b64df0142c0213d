#include "daemon/web/situation.hpp"

#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "daemon/web/html.hpp"
#include "daemon/web/listing.hpp"
#include "daemon/when.hpp"
#include "probes/print.hpp"

namespace reachd::web {
namespace {

constexpr std::array kTroubles{Status::blocked, Status::likely_blocked, Status::impaired,
                               Status::down};
constexpr std::size_t kNamed = 2;  // targets in trouble that are called by their names

std::string_view sentence_of(VantageStatus status) {
  switch (status) {
    case VantageStatus::online:
      return "This vantage is online";
    case VantageStatus::offline:
      return "This vantage is offline";
    case VantageStatus::border_outage:
      return "Nothing abroad answers this vantage";
    case VantageStatus::captive_portal:
      return "A portal answers this vantage in place of everybody";
    case VantageStatus::instrument_fault:
      return "This vantage itself is at fault";
  }
  return "";
}

// The colours that the dashboards give them.
Status shape_of(VantageStatus status) {
  switch (status) {
    case VantageStatus::online:
      return Status::ok;
    case VantageStatus::offline:
      return Status::down;
    case VantageStatus::border_outage:
      return Status::likely_blocked;
    case VantageStatus::captive_portal:
      return Status::impaired;
    case VantageStatus::instrument_fault:
      return Status::insufficient;
  }
  return Status::insufficient;
}

std::string word_of(VantageStatus status) {
  std::string word(to_string(status));
  for (char& c : word) c = c == '_' ? ' ' : c;
  return word;
}

std::string targets_text(std::size_t count) {
  return grouped(count) + (count == 1 ? " target" : " targets");
}

std::vector<std::string> named_troubles(const Board& board) {
  std::vector<std::string> parts;
  for (const Status status : kTroubles) {
    for (const auto& [id, target] : board.targets) {
      if (shown_status(target) == status) parts.push_back(id + " is " + status_word(status));
    }
  }
  return parts;
}

std::string alert(const std::string& markup) {
  return "<p class=\"alert\">" + markup + "</p>\n";
}

struct Answering {
  std::size_t answer = 0;
  std::size_t measured = 0;
};

Answering answering(const Board& board, std::string_view service) {
  Answering controls;
  for (const auto& [id, control] : board.controls) {
    if (control.target->service != service || !control.last) continue;
    ++controls.measured;
    controls.answer += control.verdict.status == Status::ok ? 1U : 0U;
  }
  return controls;
}

std::string controls_text(const Board& board, WallTime now) {
  if (board.controls.empty()) return " · no controls: nobody vouches for this place";
  std::string text = " · controls ";
  std::string between;
  for (const auto& [service, place] :
       {std::pair("control.domestic", "inland"), std::pair("control.foreign", "abroad")}) {
    const Answering controls = answering(board, service);
    if (controls.measured == 0) continue;
    text += fmt::format("{}{} {} of {}", between, place, controls.answer, controls.measured);
    between = ", ";
  }
  if (between.empty()) return " · controls not measured yet";
  std::string items;
  for (const auto& [id, control] : board.controls) {
    items += fmt::format("<li>{} {} <span class=\"faint\">{}</span></li>\n",
                         status_mark(control.verdict.status),
                         link_to(control.target->service, control.target->name,
                                 isolated(control.target->service + "/" + control.target->name)),
                         span_since(control.since, now));
  }
  return text + " answer</summary>\n<ul class=\"line\">\n" + items + "</ul>\n</details>\n";
}

}  // namespace

std::string situation(const Board& board) {
  const VantageStatus vantage = board.vantage_state.confirmed;
  if (vantage != VantageStatus::online) {
    return std::string(sentence_of(vantage)) + ": of the services nothing can be said";
  }
  const std::size_t total = board.targets.size();
  if (total == 0) return "Nothing is measured: the configuration names no target";
  const auto counts = count_by_status(board);
  const auto count = [&](Status status) { return counts.at(static_cast<std::size_t>(status)); };
  const std::size_t fine = count(Status::ok);
  const std::size_t unknown = count(Status::insufficient);
  if (unknown == total) return board.ready ? "Nothing is known yet" : "First rounds are under way";
  std::string rest =
      unknown == 0 ? "" : fmt::format("; of {} nothing is known yet", grouped(unknown));
  if (fine + unknown == total) {
    return (unknown == 0 ? (total == 1 ? "The one target" : "All " + targets_text(total))
                         : fmt::format("{} of {}", grouped(fine), targets_text(total))) +
           " can be reached" + rest;
  }
  if (total - fine - unknown <= kNamed) {
    std::string text = fmt::format("{}", fmt::join(named_troubles(board), ", "));
    if (fine > 0) text += fmt::format("; the other {} can be reached", grouped(fine));
    return text + rest;
  }
  std::vector<std::string> parts;
  for (const Status status : kTroubles) {
    if (count(status) > 0) parts.push_back(grouped(count(status)) + " " + status_word(status));
  }
  return fmt::format("{}; {} of {} can be reached{}", fmt::join(parts, ", "), grouped(fine),
                     targets_text(total), rest);
}

std::string vantage_line(const Board& board, WallTime now) {
  const VantageName& vantage = board.vantage;
  std::string place;
  if (!vantage.country.empty()) place += escape_html(vantage.country);
  if (vantage.asn != 0) place += fmt::format("{}AS{}", place.empty() ? "" : ", ", vantage.asn);
  const VantageState& state = board.vantage_state;
  std::string line = "<span class=\"status\">" + shape(shape_of(state.confirmed)) + " Vantage";
  if (!vantage.name.empty()) line += " " + isolated(vantage.name, 60);
  line += "</span>";
  if (!place.empty()) line += " (" + place + ")";
  line += " " + word_of(state.confirmed);
  if (state.since != WallTime{}) line += " for " + span_since(state.since, now);
  const std::string controls = controls_text(board, now);
  const bool folded = controls.ends_with("</details>\n");
  return folded ? "<details class=\"vantage\"><summary>" + line + controls
                : "<p class=\"vantage\">" + line + controls + "</p>\n";
}

std::string alerts(const Sources& sources) {
  const Board& board = sources.board;
  std::string lines;
  if (board.stopping) lines += alert("The daemon is stopping: what follows is its last word.");
  if (!sources.healthy()) lines += alert("Rounds do not complete: what follows may be stale.");
  if (!board.ready)
    lines += alert(
        "First rounds are still under way: what was not measured since the start is "
        "shown as it was known before.");
  const VantageStatus vantage = board.vantage_state.confirmed;
  if (vantage != VantageStatus::online) {
    return lines + alert(fmt::format(
                       "<strong>{}</strong> for {}. What fails now is no fault of the "
                       "services, and nobody is told of it.",
                       sentence_of(vantage), span_since(board.vantage_state.since, sources.now())));
  }
  const Answering foreign = answering(board, "control.foreign");
  const Answering domestic = answering(board, "control.domestic");
  if (foreign.measured > 0 && foreign.answer == 0) {
    const bool all = domestic.measured > 0 && domestic.answer == 0;
    lines += alert(all ? "No control answers: the trouble is likely this vantage's own."
                       : "No foreign control answers: the trouble is likely not the targets'.");
  }
  return lines;
}

}  // namespace reachd::web
