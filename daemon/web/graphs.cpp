#include "daemon/web/graphs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "daemon/web/html.hpp"

namespace reachd::web {
namespace {

constexpr int kHeight = 20;
constexpr double kLeastSeen = 2;  // of a status that occurred at all, however rarely
// From below: what is well, what is not known, what is worst on top.
constexpr std::array kStack{Status::ok,   Status::insufficient,   Status::impaired,
                            Status::down, Status::likely_blocked, Status::blocked};
static_assert(kStack.size() == kStatuses.size());

// Heights by kStack that sum up to kHeight.
std::array<double, kStack.size()> heights_of(const Tally& tally) {
  std::array<double, kStack.size()> heights{};
  const double sum = tally.sum();
  std::size_t largest = 0;
  double whole = 0;
  for (std::size_t i = 0; i < kStack.size(); ++i) {
    const double count = tally.of(kStack.at(i));
    if (count > 0) heights.at(i) = std::max(kLeastSeen, kHeight * count / sum);
    if (heights.at(i) > heights.at(largest)) largest = i;
    whole += heights.at(i);
  }
  heights.at(largest) -= whole - kHeight;
  return heights;
}

std::string number(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

// One path a status: a line as broad as its bars are high, dashed into them, for a run of whole
// ones; a rectangle for each that is shared.
std::string bars(std::span<const Tally> tallies, int pitch, const std::string& label) {
  const int width = static_cast<int>(tallies.size()) * pitch - 1;
  std::array<std::string, kStack.size()> shared;
  std::array<std::string, kStack.size()> whole;
  std::string unknown;
  std::size_t run_status = kStack.size();
  for (std::size_t at = 0; at < tallies.size(); ++at) {
    const auto x = static_cast<int>(at) * pitch;
    if (tallies[at].sum() == 0) {
      unknown += fmt::format("M{} {}h{}", x, kHeight - 1, pitch - 1);
      run_status = kStack.size();
      continue;
    }
    const auto heights = heights_of(tallies[at]);
    double y = kHeight;
    std::size_t alone = kStack.size();
    for (std::size_t i = 0; i < kStack.size(); ++i) {
      if (heights.at(i) <= 0) continue;
      if (heights.at(i) >= kHeight) {
        alone = i;
        break;
      }
      shared.at(i) += fmt::format("M{} {}h{}v{}h-{}z", x, number(y - heights.at(i)), pitch - 1,
                                  number(heights.at(i)), pitch - 1);
      y -= heights.at(i);
    }
    if (alone < kStack.size()) {
      // Consecutive lines are one for the dashes: "h" after "h".
      whole.at(alone) += alone == run_status ? fmt::format("h{}", pitch)
                                             : fmt::format("M{} {}h{}", x, kHeight / 2, pitch);
    }
    run_status = alone;
  }
  std::string svg = fmt::format(
      "<svg class=\"bars\" viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"{}\">",
      width, kHeight, escape_html(label));
  if (!unknown.empty()) svg += "<path class=\"nothing\" d=\"" + unknown + "\"/>";
  for (std::size_t i = 0; i < kStack.size(); ++i) {
    if (!whole.at(i).empty()) {
      svg += fmt::format(
          "<path class=\"l-{}\" stroke-width=\"{}\" stroke-dasharray=\"{} 1\" d=\"{}\"/>",
          to_string(kStack.at(i)), kHeight, pitch - 1, whole.at(i));
    }
    if (!shared.at(i).empty()) {
      svg += fmt::format("<path class=\"s-{}\" d=\"{}\"/>", to_string(kStack.at(i)), shared.at(i));
    }
  }
  return svg + "</svg>";
}

// "last 24 hours: 98.2 % of the rounds ok; blocked in 3 of 48 half hours"
std::string words_of(std::span<const Tally> tallies, std::string_view what,
                     std::string_view units) {
  Tally all;
  std::string troubles;
  for (const Status status : kStack) {
    std::size_t units_with = 0;
    for (const Tally& tally : tallies) {
      all.add(status, tally.of(status));
      units_with += tally.of(status) > 0 ? 1U : 0U;
    }
    if (status == Status::ok || units_with == 0) continue;
    troubles +=
        fmt::format("; {} in {} of {} {}", status_word(status), units_with, tallies.size(), units);
  }
  if (all.sum() == 0) return fmt::format("{}: nothing is known", what);
  return fmt::format("{}: {} of the rounds ok{}", what, percentage(all), troubles);
}

}  // namespace

std::string percentage(const Tally& tally) {
  const auto share = availability(tally);
  if (!share) return "–";
  if (*share >= 1) return "100 %";
  // Rounded down: what was not whole must not look so.
  if (*share > 0.99) return fmt::format("{:.2f} %", std::floor(*share * 10'000) / 100);
  return fmt::format("{:.1f} %", std::floor(*share * 1000) / 10);
}

std::string day_bars(const Timeline& timeline, WallTime now) {
  std::vector<Tally> tallies;
  for (const Timeline::Span& span : timeline.half_hours(now)) tallies.push_back(span.tally);
  return bars(tallies, 4, words_of(tallies, "last 24 hours", "half hours"));
}

std::string month_bars(const Timeline& timeline, WallTime now) {
  const auto days = timeline.days(now);
  return bars(days, 5, words_of(days, "last 30 days", "days"));
}

std::string sparkline(const Timeline& timeline, WallTime now) {
  const auto spans = timeline.half_hours(now);
  float most = 0;
  float least = 0;
  float last = 0;
  for (const Timeline::Span& span : spans) {
    if (span.timed == 0) continue;
    least = most == 0 ? span.latency : std::min(least, span.latency);
    most = std::max(most, span.latency);
    last = span.latency;
  }
  if (most <= 0) return {};
  std::string path;
  bool pen_down = false;
  for (std::size_t at = 0; at < spans.size(); ++at) {
    if (spans.at(at).timed == 0) {
      pen_down = false;
      continue;
    }
    const double y = kHeight - 1 - (kHeight - 3) * static_cast<double>(spans.at(at).latency / most);
    // A point alone is a dash as long as its half hour.
    path += fmt::format("{}{} {}", pen_down ? "L" : "M", at * 4 + 1, number(y));
    const bool alone = !pen_down && (at + 1 == spans.size() || spans.at(at + 1).timed == 0);
    if (alone) path += "h2";
    pen_down = true;
  }
  const auto ms = [](float value) { return duration(Micros(std::llround(value * 1000))); };
  return fmt::format(
      "<svg class=\"spark\" viewBox=\"0 0 191 {}\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"time until the answer, last 24 hours: {} to {}, lately {}\">"
      "<path d=\"{}\"/></svg>",
      kHeight, ms(least), ms(most), ms(last), path);
}

}  // namespace reachd::web
