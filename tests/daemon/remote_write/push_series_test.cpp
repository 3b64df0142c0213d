#include "daemon/remote_write/push_series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/metrics.hpp"
#include "tests/support/scrape.hpp"

namespace reachd::remote_write {
namespace {

using namespace std::chrono_literals;

Config with_targets(const std::vector<std::string>& names) {
  Config config;
  Service service{.name = "a"};
  for (const std::string& name : names) {
    Target target;
    target.service = "a";
    target.name = name;
    target.host = "www.example.com";
    service.targets.push_back(target);
  }
  config.services = {service};
  return config;
}

TEST(PushSeries, StandForEachReceiverAndGoWithIt) {
  Metrics metrics;
  metrics.configure(with_targets({"web"}));
  EXPECT_FALSE(test::read_scrape(metrics.text()).has_any("remote_write"));
  PushCounts counts{.sent = 20,
                    .failed = 3,
                    .dropped = 4,
                    .pending = 5,
                    .pending_bytes = 600,
                    .last_success = WallTime(1'700'000'000s)};
  metrics.observe_pushes({{"here", counts}, {"there", {}}});
  counts.sent = 30;
  metrics.observe_pushes({{"here", counts}, {"there", {}}});
  const auto scrape = test::read_scrape(metrics.text());
  const std::string samples = "reachd_remote_write_samples_total{receiver=\"here\",result=";
  EXPECT_EQ(scrape[samples + "\"sent\"}"], 30);
  EXPECT_EQ(scrape[samples + "\"failed\"}"], 3);
  EXPECT_EQ(scrape[samples + "\"dropped\"}"], 4);
  EXPECT_EQ(scrape["reachd_remote_write_pending_samples{receiver=\"here\"}"], 5);
  EXPECT_EQ(scrape["reachd_remote_write_pending_bytes{receiver=\"here\"}"], 600);
  EXPECT_EQ(scrape["reachd_remote_write_last_success_timestamp_seconds{receiver=\"here\"}"],
            1'700'000'000);
  EXPECT_EQ(scrape["reachd_remote_write_samples_total{receiver=\"there\",result=\"sent\"}"], 0);
  EXPECT_EQ(scrape["reachd_remote_write_last_success_timestamp_seconds{receiver=\"there\"}"], 0);
  EXPECT_EQ(scrape.types.at("reachd_remote_write_samples_total"), "counter");
  EXPECT_EQ(scrape.types.at("reachd_remote_write_pending_samples"), "gauge");

  metrics.observe_pushes({{"there", {}}});
  const auto after = test::read_scrape(metrics.text());
  EXPECT_FALSE(after.has_any("receiver=\"here\""));
  EXPECT_TRUE(after.has_any("receiver=\"there\""));
}

TEST(PushSeries, ATargetThatGoesHandsOverItsSeriesSoThatTheyCanEnd) {
  Metrics metrics;
  EXPECT_EQ(metrics.configure(with_targets({"web", "mail"})).count, 0U);
  EXPECT_EQ(metrics.configure(with_targets({"mail", "web"})).count, 0U);
  EXPECT_EQ(metrics.collect().parts.count, 2U);
  const auto departed = metrics.configure(with_targets({"web"}));
  ASSERT_EQ(departed.count, 1U);
  std::string lines;
  departed.append(0, lines);
  EXPECT_THAT(lines, testing::HasSubstr("reachd_target_reachable{service_name=\"a\","
                                        "target=\"mail\"}"));
  EXPECT_EQ(metrics.collect().parts.count, 1U);
}

}  // namespace
}  // namespace reachd::remote_write
