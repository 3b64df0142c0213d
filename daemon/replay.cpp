#include "daemon/replay.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "daemon/tracker/background.hpp"
#include "daemon/tracker/tracker.hpp"

namespace reachd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortest{1000};  // OONI's times are whole seconds
constexpr milliseconds kUnknown{60'000};

void put_in_order(std::vector<Sighting>& rounds) {
  // The same order whatever order the lines came in, so that the same round meets itself.
  std::ranges::sort(rounds, {}, [](const Sighting& round) {
    return std::tie(round.at, round.status, round.rule, round.kinds, round.seconds);
  });
  rounds.erase(std::ranges::unique(rounds).begin(), rounds.end());
}

milliseconds interval_of(const std::vector<Sighting>& rounds) {
  std::vector<milliseconds> gaps;
  for (std::size_t i = 1; i < rounds.size(); ++i) {
    gaps.push_back(std::chrono::duration_cast<milliseconds>(rounds[i].at - rounds[i - 1].at));
  }
  if (gaps.empty()) return kUnknown;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::ranges::nth_element(gaps, middle);
  return std::max(kShortest, *middle);
}

bool is_news(const Change& change) {
  return change.passage != Passage::settled &&
         (change.passage != Passage::refined || change.from.status != change.to.status);
}

}  // namespace

std::string to_string(const SeriesName& name) {
  return name.input + " " + name.country + " AS" + std::to_string(name.asn);
}

void Replay::add(const Measurement& measurement, const Verdict& verdict) {
  if (rounds_ >= kMostRounds) {
    ++left_out_;
    return;
  }
  ++rounds_;
  const VantageName& from = measurement.vantage;
  SeriesName name{measurement.url, from.country.empty() ? "ZZ" : from.country, from.asn};
  series_[std::move(name)].push_back(
      sight(measurement, verdict, p0_of({}, measurement.controls), kUnknown));
}

std::vector<SeriesChange> Replay::changes(const Rate& false_alarms) && {
  double per_second = 0;
  for (auto& [name, rounds] : series_) {
    put_in_order(rounds);
    const milliseconds interval = interval_of(rounds);
    for (Sighting& round : rounds) round.interval = interval;
    per_second += 1 / std::chrono::duration<double>(interval).count();
  }
  if (series_.empty()) return {};
  const std::chrono::duration<double> between(1 / per_second);
  const Detector detector =
      solve_detector(false_alarms, 1, std::chrono::ceil<milliseconds>(between));
  std::vector<SeriesChange> changes;
  for (const auto& [name, rounds] : series_) {
    State state;
    for (const Sighting& round : rounds) {
      Tracked tracked = track(state, round, detector);
      state = std::move(tracked.state);
      if (tracked.change && is_news(*tracked.change)) changes.push_back({name, *tracked.change});
    }
  }
  std::ranges::sort(changes, {}, [](const SeriesChange& one) {
    return std::tie(one.change.confirmed, one.series);
  });
  return changes;
}

}  // namespace reachd
