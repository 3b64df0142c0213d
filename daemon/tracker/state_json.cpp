#include "daemon/tracker/state_json.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/tracker/json_reader.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

constexpr std::int64_t kVersion = 1;
constexpr double kMostEvidence = 1000;  // no sum gets near: it is set back at its threshold
constexpr double kMostRounds = 1e9;
constexpr double kMostLogarithm = 100;
constexpr std::size_t kMostKinds = State::kKindShares + State::kKindSums;

json::object to_json(const Condition& condition) {
  return {{"status", to_string(condition.status)},
          {"kinds", json::array(condition.kinds.begin(), condition.kinds.end())}};
}

std::optional<Condition> condition_from_json(const json::value& value) {
  JsonReader reader(value);
  Condition condition;
  reader.read("status", condition.status);
  reader.read("kinds", condition.kinds, kMostKinds);
  if (!reader.good()) return std::nullopt;
  return condition;
}

template <typename Numbers>
json::array numbers(const Numbers& from) {
  json::array array;
  for (const double number : from) array.push_back(number_value(number));
  return array;
}

json::object to_json(const Run& run) {
  return {{"sum", number_value(run.sum)},
          {"after", nanoseconds(run.onset.after)},
          {"before", nanoseconds(run.onset.before)}};
}

json::object to_json(const History& history) {
  return {{"values", numbers(history.values)}, {"learnt", nanoseconds(history.learnt)}};
}

void read(JsonReader& from, std::string_view key, Run& out) {
  JsonReader run(from.member(key));
  run.read("sum", out.sum, 0, kMostEvidence);
  run.read("after", out.onset.after);
  run.read("before", out.onset.before);
  if (!run.good()) from.refuse();
}

void read(const json::array& array, std::vector<double>& out, JsonReader& from) {
  for (const json::value& value : array) {
    const auto number = number_of(value);
    if (!number || std::abs(*number) > kMostLogarithm) return from.refuse();
    out.push_back(*number);
  }
}

void read(JsonReader& from, std::string_view key, History& out) {
  JsonReader history(from.member(key));
  read(history.array("values", History::kMost), out.values, history);
  history.read("learnt", out.learnt);
  if (!history.good()) from.refuse();
}

void read(JsonReader& from, std::string_view key, StatusWeights& out) {
  std::vector<double> values;
  read(from.array(key, out.size()), values, from);
  if (values.size() != out.size() || std::ranges::any_of(values, [](double v) { return v < 0; })) {
    return from.refuse();
  }
  std::ranges::copy(values, out.begin());
}

void read_kinds(JsonReader& from, State& state) {
  for (const json::value& value : from.array("kinds", State::kKindSums)) {
    JsonReader reader(value);
    KindSum kind;
    reader.read("path", kind.path, 64);
    reader.read("fast", kind.fast, 0, kMostEvidence);
    reader.read("slow", kind.slow, 0, kMostEvidence);
    if (!reader.good()) return from.refuse();
    state.kinds.push_back(std::move(kind));
  }
  for (const json::value& value : from.array("kind_shares", State::kKindShares)) {
    JsonReader reader(value);
    KindShare kind;
    reader.read("kind", kind.kind, 64);
    reader.read("share", kind.share, 0, 1.000001);
    if (!reader.good()) return from.refuse();
    state.kind_shares.push_back(std::move(kind));
  }
}

}  // namespace

json::object to_json(const State& state) {
  json::array kinds;
  for (const KindSum& kind : state.kinds) {
    kinds.push_back({{"path", kind.path},
                     {"fast", number_value(kind.fast)},
                     {"slow", number_value(kind.slow)}});
  }
  json::array kind_shares;
  for (const KindShare& kind : state.kind_shares) {
    kind_shares.push_back({{"kind", kind.kind}, {"share", number_value(kind.share)}});
  }
  return {{"version", kVersion},
          {"confirmed", to_json(state.confirmed)},
          {"since", nanoseconds(state.since)},
          {"last", nanoseconds(state.last)},
          {"agreed", nanoseconds(state.agreed)},
          {"fast", to_json(state.fast)},
          {"slow", to_json(state.slow)},
          {"other", to_json(state.other)},
          {"recovery", to_json(state.recovery)},
          {"kinds", std::move(kinds)},
          {"tally", numbers(state.tally)},
          {"failures", number_value(state.failures)},
          {"passes", number_value(state.passes)},
          {"pending", number_value(state.pending)},
          {"shares", numbers(state.shares)},
          {"kind_shares", std::move(kind_shares)},
          {"flaps", number_value(state.flaps)},
          {"flapped", nanoseconds(state.flapped)},
          {"speed", to_json(state.speed)},
          {"latency", to_json(state.latency)}};
}

std::optional<State> state_from_json(const json::value& value) {
  JsonReader reader(value);
  State state;
  if (reader.member("version") != json::value(kVersion)) reader.refuse();
  const auto confirmed = condition_from_json(reader.member("confirmed"));
  reader.read("since", state.since);
  reader.read("last", state.last);
  reader.read("agreed", state.agreed);
  read(reader, "fast", state.fast);
  read(reader, "slow", state.slow);
  read(reader, "other", state.other);
  read(reader, "recovery", state.recovery);
  read(reader, "tally", state.tally);
  read_kinds(reader, state);
  reader.read("failures", state.failures, 0, kMostRounds);
  reader.read("passes", state.passes, 0, kMostRounds);
  reader.read("pending", state.pending, 0, kMostRounds);
  read(reader, "shares", state.shares);
  reader.read("flaps", state.flaps, 0, kMostRounds);
  reader.read("flapped", state.flapped);
  read(reader, "speed", state.speed);
  read(reader, "latency", state.latency);
  if (!reader.good() || !confirmed) return std::nullopt;
  state.confirmed = *confirmed;
  return state;
}

}  // namespace reachd
