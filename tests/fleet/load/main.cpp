// Pushes what a fleet would: fleet_load URL VANTAGES ROUNDS. Each vantage measures a site and a
// name and has two controls, some two hundred series; a round is a push of all, thirty seconds
// after the one before, the last one now. The bodies are made before the clock runs. Prints one
// line of JSON: samples, requests, bytes, seconds.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <curl/curl.h>
#include <fmt/format.h>

#include "daemon/metrics.hpp"
#include "tests/support/measurements.hpp"

namespace {

using namespace reachd;
using namespace std::chrono_literals;
using remote_write::Body;

constexpr int kKinds = 10;  // vantages that measure the same values; stores do not see that
constexpr auto kInterval = 30s;
constexpr int kConnections = 4;
constexpr int kCountries = 50;

Config configuration() {
  const auto target = [](const char* service, const char* name) {
    Target made;
    made.service = service;
    made.name = name;
    made.host = "www.example.com";
    return made;
  };
  Config config;
  Target name = target("example", "name");
  name.scheme = Scheme::dns;
  config.services = {{.name = "example", .targets = {target("example", "web"), name}}};
  config.controls.domestic = {target("control.domestic", "www.baidu.com")};
  config.controls.foreign = {target("control.foreign", "www.iana.org")};
  config.resolvers = {{.name = "system"}};
  return config;
}

// A vantage's daemon without its network.
struct Daemon {
  Metrics metrics;
  std::minstd_rand chance;
  explicit Daemon(unsigned seed) : chance(seed) { metrics.configure(configuration()); }

  // A round that took as long as rounds do: never the same twice.
  void measure(WallTime at) {
    std::lognormal_distribution<double> slower(0, 0.3);
    Measurement measurement = test::good_measurement();
    measurement.began = at;
    for (Observation& step : measurement.observations) {
      step.took =
          Micros(static_cast<Micros::rep>(static_cast<double>(step.took.count()) * slower(chance)));
    }
    Verdict verdict;
    verdict.status = Status::ok;
    State state;
    state.confirmed = {Status::ok, {}};
    state.since = at;
    for (const char* target : {"web", "name"}) {
      measurement.target = target;
      metrics.observe(measurement, verdict, state, nullptr);
    }
    metrics.observe_lag(std::chrono::duration<double>(slower(chance) / 1000));
  }
};

std::vector<Body> bodies_of(const remote_write::Collected& all, int vantage, std::int64_t at) {
  remote_write::Composer composer;
  composer.begin({.at = at,
                  .place = {{"asn", std::to_string(64512 + vantage % 200)},
                            {"country", fmt::format("{:c}{:c}", 'A' + vantage % kCountries / 26,
                                                    'A' + vantage % kCountries % 26)},
                            {"instance", "127.0.0.1:10980"},
                            {"job", "reachd"},
                            {"vantage", fmt::format("vantage-{}", vantage)}},
                  .own = all.own,
                  .parts = all.parts});
  std::vector<Body> bodies;
  while (auto body = composer.next()) bodies.push_back(std::move(*body));
  return bodies;
}

std::size_t swallow(char*, std::size_t, std::size_t size, void*) {
  return size;
}

// Every kConnections-th body, in order; false if one is not taken.
bool push(const std::string& url, const std::vector<Body>& bodies, std::size_t first) {
  CURL* const easy = curl_easy_init();
  curl_slist* headers = nullptr;
  for (const char* line : {"Content-Type: application/x-protobuf", "Content-Encoding: snappy",
                           "X-Prometheus-Remote-Write-Version: 0.1.0", "Expect:"}) {
    headers = curl_slist_append(headers, line);
  }
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, 60L);
  bool good = true;
  for (std::size_t i = first; i < bodies.size() && good; i += kConnections) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(bodies[i].bytes.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bodies[i].bytes.data());
    long status = 0;
    good = curl_easy_perform(easy) == CURLE_OK &&
           curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
           status / 100 == 2;
    if (!good) std::fprintf(stderr, "body %zu: HTTP %ld\n", i, status);
  }
  curl_slist_free_all(headers);
  curl_easy_cleanup(easy);
  return good;
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) return 2;
  const std::string url = words[1];
  const int vantages = std::atoi(words[2]);
  const int rounds = std::atoi(words[3]);
  curl_global_init(CURL_GLOBAL_DEFAULT);

  std::vector<std::unique_ptr<Daemon>> daemons;
  for (unsigned kind = 0; kind < kKinds; ++kind) {
    daemons.push_back(std::make_unique<Daemon>(kind + 1));
  }
  const WallTime now = std::chrono::system_clock::now();
  std::vector<Body> bodies;  // a multiple of kConnections a round keeps each vantage's in order
  std::uint64_t samples = 0;
  std::uint64_t bytes = 0;
  for (int round = 0; round < rounds; ++round) {
    const WallTime at = now - (rounds - 1 - round) * kInterval;
    std::vector<remote_write::Collected> collected;
    for (const auto& daemon : daemons) {
      daemon->measure(at);
      collected.push_back(daemon->metrics.collect());
    }
    for (int vantage = 0; vantage < vantages; ++vantage) {
      const auto when =
          std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch());
      for (Body& body : bodies_of(collected[static_cast<std::size_t>(vantage % kKinds)], vantage,
                                  when.count() - vantage % 30'000)) {
        samples += body.samples;
        bytes += body.bytes.size();
        bodies.push_back(std::move(body));
      }
    }
  }

  const auto began = std::chrono::steady_clock::now();
  std::atomic<bool> good = true;
  {
    std::vector<std::jthread> threads;
    for (std::size_t first = 0; first < kConnections; ++first) {
      threads.emplace_back([&, first] { good = push(url, bodies, first) && good; });
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  fmt::print("{{\"samples\": {}, \"requests\": {}, \"bytes\": {}, \"seconds\": {:.3f}}}\n", samples,
             bodies.size(), bytes, took.count());
  return good ? 0 : 1;
}
