// What a push of N targets costs: the time that the loop gives to it, the worker's time in slices,
// and the bytes on the wire. push_size [TARGETS] [FOLDER]. Prints figures, judges nothing.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>

#include <fmt/format.h>

#include "daemon/metrics.hpp"
#include "daemon/remote_write/composer.hpp"
#include "daemon/remote_write/spool.hpp"
#include "tests/support/measurements.hpp"

namespace {

using namespace reachd;

// Milliseconds of the processor, as others may be using it too.
double now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

Config configuration(int targets) {
  Config config;
  Service service{.name = "example"};
  for (int i = 0; i < targets; ++i) {
    Target target;
    target.service = service.name;
    target.name = fmt::format("site-{}", i);
    target.host = "www.example.com";
    service.targets.push_back(target);
  }
  config.services.push_back(std::move(service));
  return config;
}

}  // namespace

int main(int count, char** words) {
  const int targets = count > 1 ? std::atoi(words[1]) : 10'000;
  Metrics metrics;
  metrics.configure(configuration(targets));
  Measurement measurement = test::good_measurement();
  measurement.service = "example";
  for (int i = 0; i < targets; ++i) {
    measurement.target = fmt::format("site-{}", i);
    for (Observation& step : measurement.observations) step.took += Micros(i % 977);
    metrics.observe(measurement, {}, {}, nullptr);
  }
  remote_write::Spool spool(count > 2 ? words[2] : "/tmp/push_size", std::uint64_t{1} << 30U);
  spool.open();
  remote_write::Composer composer;
  for (int snapshot = 0; snapshot < 3; ++snapshot) {
    auto began = now();
    auto all = metrics.collect();
    const double loop = now() - began;
    began = now();
    composer.begin({.at = 1'764'380'000'000 + snapshot * 30'000,
                    .place = {{"asn", "4134"},
                              {"country", "CN"},
                              {"instance", "127.0.0.1:10980"},
                              {"job", "reachd"},
                              {"vantage", "shanghai-1"}},
                    .own = std::move(all.own),
                    .parts = std::move(all.parts)});
    spool.begin(std::chrono::system_clock::now());
    std::uint64_t samples = 0;
    std::uint64_t bytes = 0;
    int bodies = 0;
    double longest = 0;
    for (auto slice = now();;) {
      const auto body = composer.next();
      if (!body) break;
      spool.add(*body);
      samples += body->samples;
      bytes += body->bytes.size();
      if (++bodies % 4 == 0) {  // a slice of the pusher
        longest = std::max(longest, now() - slice);
        slice = now();
      }
    }
    spool.end();
    const double worker = now() - began;
    fmt::print(
        "{} targets, {} samples: the loop {:.1f} ms; the worker {:.0f} ms, a slice {:.0f} ms at "
        "most; "
        "{} requests of {:.1f} KB, {:.2f} bytes a sample\n",
        targets, samples, loop, worker, longest, bodies, static_cast<double>(bytes) / bodies / 1000,
        static_cast<double>(bytes) / double(samples));
  }
  while (spool.lend()) spool.settle(true);
}
