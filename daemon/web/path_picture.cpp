#include "daemon/web/path_picture.hpp"

#include <fmt/format.h>

#include "daemon/web/html.hpp"
#include "daemon/web/lanes.hpp"

namespace reachd::web {
namespace {

// Whether the way goes on through this station, to one behind it.
bool goes_on(const Lane& lane, std::size_t at) {
  for (std::size_t later = at + 1; later < Lane::kStations; ++later) {
    if (lane.reach.at(later) != Reach::none) return true;
  }
  return false;
}

std::string station(const Lane& lane, std::size_t at) {
  const Reach reach = lane.reach.at(at);
  const bool through = goes_on(lane, at);
  if (reach == Reach::none) {
    // The line of a connection begins before its first station: it is drawn through.
    return through ? "<td class=\"by\"></td>" : "<td class=\"beyond\"></td>";
  }
  const bool died = reach == Reach::died;
  const bool bad = (died && !lane.expected) || lane.forged;
  const std::string took = lane.took.at(at).count() > 0
                               ? "<span class=\"value\">" + duration(lane.took.at(at)) + "</span>"
                               : "";
  return fmt::format(
      "<td class=\"{}{}{}\"><span class=\"dot {}\">{}</span>{}</td>", died ? "end" : "pass",
      !died && through ? " on" : "", died && !bad ? " fine" : "", bad ? "bad" : "good",
      died ? "<span aria-hidden=\"true\">✕</span><span class=\"silent\">dies</span>"
           : "<span aria-hidden=\"true\">✓</span><span class=\"silent\">passes</span>",
      took);
}

std::string row(const Lane& lane) {
  std::string cells;
  for (std::size_t at = 0; at < Lane::kStations; ++at) cells += station(lane, at);
  std::string label = isolated(lane.label, 200);
  if (lane.ways > 1)
    label += fmt::format(" <span class=\"faint\">and {} more</span>", lane.ways - 1);
  return fmt::format("<tr class=\"{}\"><th scope=\"row\">{}</th>{}<td class=\"why\">{}</td></tr>\n",
                     lane.visitor ? "visitor" : "trial", label, cells, isolated(lane.outcome));
}

}  // namespace

std::string path_picture(const Measurement& measurement) {
  std::string rows;
  for (const Lane& lane : lanes_of(measurement)) rows += row(lane);
  if (rows.empty()) return {};
  return "<table class=\"path\">\n<thead><tr><th scope=\"col\">From here</th>"
         "<th scope=\"col\">Name</th><th scope=\"col\">Connection</th>"
         "<th scope=\"col\">Encryption</th><th scope=\"col\">Answer</th>"
         "<th scope=\"col\">How it ends</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody>\n</table>\n";
}

}  // namespace reachd::web
