// What the store and the archive take: 30 days of 12 targets and a day of 10,000, one round a
// minute each, in compressed time, through the very code of the daemon. Prints sizes and rates;
// judges nothing. Usage: memory_size [FOLDER [TARGETS HOURS MAX_MIB]]: that course instead of the
// two. The folder is deleted, before and afterwards.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>

#include <boost/json/serialize.hpp>

#include "daemon/archive/archive.hpp"
#include "daemon/store/store.hpp"
#include "probes/judge/judge.hpp"
#include "probes/measurement_json.hpp"
#include "tests/support/scene.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr WallTime kBegin{std::chrono::sys_days{std::chrono::January / 1 / 2026}};

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double mebibytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1024.0 * 1024.0);
}

// Rounds as they come: 97 of 100 fine, the others reset after the ClientHello with a diagnosis;
// times spread, each target with a certificate of its own, of the size that chains have: random
// bytes, which pack only where the same target's line before is near.
class Rounds {
 public:
  explicit Rounds(int targets) {
    const std::size_t bytes = static_cast<std::size_t>(targets) * kChain;
    while (certificates_.size() < bytes) certificates_ += static_cast<char>(random_());
  }

  Measurement next(int target, WallTime began) {
    Measurement round = random_() % 100 < 97 ? good_ : bad_;
    round.service = "service" + std::to_string(target / 5);
    round.target = "target" + std::to_string(target);
    round.url = "https://www" + std::to_string(target) + ".example.net/robots.txt";
    round.began = began;
    for (Observation& step : round.observations) {
      step.took = Micros(1000 + random_() % 90'000);
      step.began += Micros(random_() % 5000);
      auto* seen = std::get_if<TlsSeen>(&step.seen);
      if (seen == nullptr || step.failure) continue;
      Certificate leaf = seen->chain.empty() ? Certificate{} : seen->chain.front();
      leaf.der = certificates_.substr(static_cast<std::size_t>(target) * kChain, kChain);
      seen->chain = {leaf};
    }
    return round;
  }

 private:
  static constexpr std::size_t kChain = 3000;  // bytes
  std::mt19937 random_{20260101};
  std::string certificates_;  // of the targets, one after the other
  Measurement good_ = test::Scene().answers("system", {test::kRight}).visits(test::kRight).made;
  Measurement bad_ = test::Scene()
                         .answers("system", {test::kRight, test::kSecond})
                         .answers("google", {test::kRight})
                         .visits(test::kSecond, Purpose::sni_swap)
                         .stops(test::kRight, Stage::tls, Word::connection_reset)
                         .helper({test::kRight, test::kSecond})
                         .controls()
                         .made;
};

struct Course {
  int targets = 0;
  int minutes = 0;
};

void run(const std::string& folder, const Course& course, const StateSettings& settings) {
  fs::remove_all(folder);
  store::Store store(folder, store::limits_of(settings));
  archive::Archive archive(folder, archive::limits_of(settings));
  archive.open();
  store.load(kBegin);
  Rounds rounds(course.targets);
  const std::string sums(600, '7');  // a state with its detectors' sums is about so long
  double storing = 0;
  double archiving = 0;
  std::uint64_t plain = 0;
  std::uint64_t most_store = 0;
  std::uint64_t most_archive = 0;
  const int steps = course.targets > 1000 ? 6 : 1;  // saves a minute
  for (int step = 0; step < course.minutes * steps; ++step) {
    const WallTime now = kBegin + step * 60s / steps;
    store::Batch batch;
    std::vector<archive::Line> lines;
    for (int target = step % steps; target < course.targets; target += steps) {
      const Measurement round = rounds.next(target, now + target * 1ms);
      const Verdict verdict = judge(round);
      store::RoundRow row = store::round_row(round, verdict, "");
      batch.states[row.target] = {row.target, sums, now};
      batch.rounds.push_back(std::move(row));
      lines.push_back({std::chrono::floor<std::chrono::days>(now),
                       boost::json::serialize(to_json(round, verdict))});
      plain += lines.back().text.size();
    }
    const double start = cpu_seconds();
    store.save(std::move(batch), now);
    while (store.tidy(now)) {
    }
    const double stored = cpu_seconds();
    archive.append(lines, now);
    while (archive.tidy(now)) {
    }
    storing += stored - start;
    archiving += cpu_seconds() - stored;
    most_store = std::max(most_store, store.health().bytes);
    most_archive = std::max(most_archive, archive.counts().bytes);
  }
  const double count = static_cast<double>(course.targets) * course.minutes;
  std::printf("%d targets, %.1f days, max_bytes %.0f MiB: %.0f rounds\n", course.targets,
              course.minutes / 1440.0, mebibytes(settings.max_bytes), count);
  std::printf("  database %.1f MiB (at most %.1f), %.0f rounds a CPU second, errors %lu\n",
              mebibytes(store.health().bytes), mebibytes(most_store), count / storing,
              store.health().errors);
  std::printf(
      "  archive  %.1f MiB (at most %.1f), %.0f rounds a CPU second, errors %lu; "
      "%.0f MiB unpacked, %.0f bytes a line\n",
      mebibytes(archive.counts().bytes), mebibytes(most_archive), count / archiving,
      archive.counts().errors, mebibytes(plain), static_cast<double>(plain) / count);
}

}  // namespace
}  // namespace reachd

int main(int argc, char** argv) {
  using namespace reachd;
  const std::string folder =
      argc > 1 ? argv[1] : (fs::temp_directory_path() / "reachd-memory-size").string();
  StateSettings settings;
  if (argc > 4) {
    settings.max_bytes = std::stoull(argv[4]) << 20U;
    run(folder, {std::stoi(argv[2]), std::stoi(argv[3]) * 60}, settings);
  } else {
    run(folder, {12, 30 * 1440}, settings);
    run(folder, {10'000, 1440}, settings);
  }
  fs::remove_all(folder);
  return 0;
}
