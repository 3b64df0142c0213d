// How many measurements a second one core judges, from memory; and how fast lines are read and
// judged. Figures only.
#include <benchmark/benchmark.h>
#include <boost/json/serialize.hpp>

#include "probes/judge/classic.hpp"
#include "probes/judge/fingerprints.hpp"
#include "probes/judge/judge.hpp"
#include "probes/measurement_json.hpp"
#include "tests/support/scene.hpp"

namespace reachd {
namespace {

Measurement blocked_round() {
  return test::Scene()
      .answers("system", {test::kRight})
      .answers("google", {test::kRight, test::kSecond})
      .answers("doh", {test::kRight})
      .visits(test::kRight, Purpose::sni_swap)
      .stops(test::kRight, Stage::tls, Word::connection_reset)
      .stops(test::kSecond, Stage::tls, Word::connection_reset)
      .helper({test::kRight, test::kSecond})
      .controls()
      .made;
}

void judging(benchmark::State& state) {
  const Measurement measurement = blocked_round();
  for (auto _ : state) benchmark::DoNotOptimize(judge(measurement));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(judging);

void reading_and_judging(benchmark::State& state) {
  const Measurement measurement = blocked_round();
  const std::string line = boost::json::serialize(to_json(measurement, judge(measurement)));
  for (auto _ : state) {
    const auto read = parse_measurement(line);
    benchmark::DoNotOptimize(judge(*read));
    benchmark::DoNotOptimize(judge_classically(*read));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(line.size()));
}
BENCHMARK(reading_and_judging);

// Two thousand patterns over a page of 64 KiB.
void recognising(benchmark::State& state) {
  std::vector<Fingerprint> known;
  for (int i = 0; i < 2000; ++i) {
    Fingerprint fingerprint;
    fingerprint.name = std::to_string(i);
    fingerprint.pattern = "<title>page " + std::to_string(i * 7919) + " is blocked";
    known.push_back(std::move(fingerprint));
  }
  const Fingerprints set(std::move(known));
  std::string body;
  while (body.size() < 64 * 1024) body += "<title>page " + std::to_string(body.size()) + "</title>";
  const Measurement page =
      test::Scene("http://www.example.net/").visits(test::kRight).page(200, body).made;
  for (auto _ : state) benchmark::DoNotOptimize(set.find(page));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(recognising);

}  // namespace
}  // namespace reachd
