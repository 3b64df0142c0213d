#include "daemon/metrics.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/measurements.hpp"
#include "tests/support/scrape.hpp"

namespace reachd {
namespace {

using test::good_measurement;
using test::reset_measurement;
using test::Scrape;

Scrape read(const Metrics& metrics) {
  return test::read_scrape(metrics.text());
}

Target target_of(const std::string& service, const std::string& name, Scheme scheme) {
  Target target;
  target.service = service;
  target.name = name;
  target.scheme = scheme;
  target.host = "www.example.com";
  return target;
}

Config config_of(std::vector<Target> targets) {
  Config config;
  for (Target& target : targets) {
    Service service;
    service.name = target.service;
    service.targets = {std::move(target)};
    config.services.push_back(std::move(service));
  }
  config.controls.domestic = {target_of("control.domestic", "www.baidu.com", Scheme::https)};
  config.controls.foreign = {target_of("control.foreign", "www.iana.org", Scheme::https)};
  ResolverSettings resolver;
  resolver.name = "system";
  config.resolvers = {resolver};
  return config;
}

Config example() {
  return config_of({target_of("example", "web", Scheme::https)});
}

Verdict status(Status status) {
  Verdict verdict;
  verdict.status = status;
  return verdict;
}

const std::string kWeb = R"(service_name="example",)";
std::string of_web(const std::string& name, const std::string& before, const std::string& after) {
  return name + "{" + before + (before.empty() ? "" : ",") + kWeb + after +
         (after.empty() ? "" : ",") + R"(target="web"})";
}

// A round whose verdict is what is confirmed.
void observe(Metrics& metrics, const Measurement& measurement, const Verdict& verdict) {
  State state;
  state.confirmed = {verdict.status, verdict.kinds};
  state.since = measurement.began + measurement.runtime;
  metrics.observe(measurement, verdict, state, nullptr);
}

TEST(Metrics, EveryNameOfTheContractIsThereBeforeTheFirstRound) {
  Metrics metrics;
  metrics.configure(example());
  const Scrape scrape = read(metrics);
  const std::map<std::string, std::string> contract{
      {"reachd_target_reachable", "gauge"},
      {"reachd_target_status", "gauge"},
      {"reachd_target_since_timestamp_seconds", "gauge"},
      {"reachd_changes_total", "counter"},
      {"reachd_round_status", "gauge"},
      {"reachd_rounds_total", "counter"},
      {"reachd_failures_total", "counter"},
      {"reachd_phase_duration_seconds", "histogram"},
      {"reachd_last_phase_duration_seconds", "gauge"},
      {"reachd_last_round_timestamp_seconds", "gauge"},
      {"reachd_addresses", "gauge"},
      {"reachd_addresses_reachable", "gauge"},
      {"reachd_http_status_code", "gauge"},
      {"reachd_tls_certificate_not_after_timestamp_seconds", "gauge"},
      {"reachd_download_bytes_per_second", "gauge"},
      {"reachd_control_reachable", "gauge"},
      {"reachd_vantage_status", "gauge"},
      {"reachd_resolver_answers_total", "counter"},
      {"reachd_scheduler_lag_seconds", "histogram"},
      {"reachd_rounds_in_flight", "gauge"},
      {"reachd_rounds_skipped_total", "counter"},
      {"reachd_config_last_reload_successful", "gauge"},
      {"reachd_config_last_reload_timestamp_seconds", "gauge"},
      {"reachd_build_info", "gauge"},
      {"reachd_web_refused_total", "counter"},
      {"reachd_web_password_checks", "gauge"},
      {"process_cpu_seconds_total", "counter"},
      {"process_resident_memory_bytes", "gauge"},
      {"process_open_fds", "gauge"},
      {"process_max_fds", "gauge"},
      {"process_start_time_seconds", "gauge"},
  };
  for (const auto& [name, type] : contract) {
    ASSERT_TRUE(scrape.types.contains(name)) << name;
    EXPECT_EQ(scrape.types.at(name), type) << name;
    EXPECT_GE(scrape.helps.at(name).size(), 10U) << name;
    EXPECT_TRUE(scrape.has_any(name)) << name << " has no series";
  }
  EXPECT_EQ(scrape[of_web("reachd_target_reachable", "", "")], 0);
  for (const Status one : kStatuses) {
    const std::string label = "status=\"" + std::string(to_string(one)) + "\"";
    EXPECT_EQ(scrape[of_web("reachd_round_status", "", label)], 0);
    EXPECT_EQ(scrape[of_web("reachd_rounds_total", "", label)], 0);
  }
}

TEST(Metrics, OnlyLabelsOfTheContractAreUsed) {
  Metrics metrics;
  metrics.configure(example());
  observe(metrics, good_measurement(), status(Status::ok));
  const std::set<std::string> known{"service_name", "target",  "family",   "phase",   "stage",
                                    "failure",      "status",  "kind",     "control", "resolver",
                                    "le",           "version", "compiler", "libcurl", "openssl",
                                    "boost",        "result",  "reason"};
  for (const std::string& series : read(metrics).series()) {
    const std::size_t brace = series.find('{');
    if (brace == std::string::npos) continue;
    std::istringstream labels(series.substr(brace + 1));
    for (std::string label; std::getline(labels, label, ',');) {
      const std::size_t equals = label.find("=\"");
      if (equals != std::string::npos) {
        EXPECT_TRUE(known.contains(label.substr(0, equals))) << series;
      }
    }
    for (const char* secret : {"192.0.2", "https:", "<html"}) {
      EXPECT_EQ(series.find(secret), std::string::npos) << series;
    }
  }
}

TEST(Metrics, AGoodRoundIsSeenInAllItsFigures) {
  Metrics metrics;
  metrics.configure(example());
  Measurement measurement = good_measurement();
  measurement.round = Round::deep;
  std::get<HttpSeen>(measurement.observations.back().seen).bytes_per_second = 123'456.5;
  observe(metrics, measurement, status(Status::ok));
  const Scrape scrape = read(metrics);
  EXPECT_EQ(scrape[of_web("reachd_target_reachable", "", "")], 1);
  EXPECT_EQ(scrape[of_web("reachd_target_status", "", R"(status="ok")")], 1);
  EXPECT_EQ(scrape[of_web("reachd_target_status", "", R"(status="blocked")")], 0);
  EXPECT_EQ(scrape[of_web("reachd_round_status", "", R"(status="ok")")], 1);
  EXPECT_EQ(scrape[of_web("reachd_rounds_total", "", R"(status="ok")")], 1);
  const std::map<std::string, double> phases{{"dns", 0.012},
                                             {"connect", 0.008},
                                             {"tls", 0.017},
                                             {"first_byte", 0.020},
                                             {"transfer", 0.025}};
  for (const auto& [phase, seconds] : phases) {
    const std::string label = "phase=\"" + phase + "\"";
    EXPECT_DOUBLE_EQ(scrape[of_web("reachd_last_phase_duration_seconds", label, "")], seconds);
    EXPECT_EQ(scrape[of_web("reachd_phase_duration_seconds_count", label, "")], 1);
    EXPECT_DOUBLE_EQ(scrape[of_web("reachd_phase_duration_seconds_sum", label, "")], seconds);
  }
  EXPECT_EQ(scrape[of_web("reachd_http_status_code", "", "")], 200);
  EXPECT_EQ(scrape[of_web("reachd_tls_certificate_not_after_timestamp_seconds", "", "")],
            1'769'903'998 + 63 * 86400 + 3600);
  EXPECT_EQ(scrape[of_web("reachd_download_bytes_per_second", "", "")], 123'456.5);
  EXPECT_EQ(scrape[of_web("reachd_addresses", R"(family="ipv4")", "")], 1);
  EXPECT_EQ(scrape[of_web("reachd_addresses_reachable", R"(family="ipv4")", "")], 1);
  EXPECT_EQ(scrape[of_web("reachd_addresses", R"(family="ipv6")", "")], 0);
  EXPECT_EQ(scrape[R"(reachd_resolver_answers_total{failure="none",resolver="system"})"], 1);
}

TEST(Metrics, WhoWasTurnedAwayIsCountedFromTheStart) {
  Metrics metrics;
  web::Tally tally;
  EXPECT_EQ(read(metrics)[R"(reachd_web_refused_total{reason="wrong_credentials"})"], 0);
  tally.count(web::Refusal::wrong_credentials);
  tally.count(web::Refusal::wrong_credentials);
  tally.count(web::Refusal::crowded);
  tally.checks = 3;
  metrics.observe_web(tally);
  metrics.observe_web(tally);
  const Scrape scrape = read(metrics);
  EXPECT_EQ(scrape[R"(reachd_web_refused_total{reason="wrong_credentials"})"], 2);
  EXPECT_EQ(scrape[R"(reachd_web_refused_total{reason="crowded"})"], 1);
  EXPECT_EQ(scrape[R"(reachd_web_refused_total{reason="no_credentials"})"], 0);
  EXPECT_EQ(scrape["reachd_web_password_checks"], 3);
}

TEST(Metrics, TimestampsKeepTheirFractions) {
  Metrics metrics;
  metrics.configure(example());
  Measurement measurement = good_measurement();  // begun …998.5 s, 310 ms long
  observe(metrics, measurement, status(Status::ok));
  const Scrape scrape = read(metrics);
  const double ended = 1'769'903'998.81;
  EXPECT_NEAR(scrape[of_web("reachd_last_round_timestamp_seconds", "", "")], ended, 1e-4);
  EXPECT_NEAR(scrape[of_web("reachd_target_since_timestamp_seconds", "", "")], ended, 1e-4);
}

TEST(Metrics, NoSeriesVanishesOnFailureAndTheCertificateStays) {
  Metrics metrics;
  metrics.configure(example());
  const auto before = read(metrics).series();
  observe(metrics, good_measurement(), status(Status::ok));
  observe(metrics, reset_measurement(), status(Status::impaired));
  const Scrape scrape = read(metrics);
  for (const std::string& series : before) EXPECT_TRUE(scrape.values.contains(series)) << series;
  EXPECT_EQ(scrape.series(), before) << "a reset in the handshake is counted from the start";
  EXPECT_EQ(scrape[of_web("reachd_target_reachable", "", "")], 0);
  EXPECT_EQ(
      scrape[of_web("reachd_failures_total", R"(failure="connection_reset")", R"(stage="tls")")],
      1);
  EXPECT_EQ(scrape[of_web("reachd_http_status_code", "", "")], 0);
  EXPECT_GT(scrape[of_web("reachd_tls_certificate_not_after_timestamp_seconds", "", "")], 1e9);
  EXPECT_EQ(scrape[of_web("reachd_phase_duration_seconds_count", R"(phase="tls")", "")], 1)
      << "the time of a failure is not how long the phase takes";
}

TEST(Metrics, TheCertificateOfAHandshakeThatDoesNotVerifyIsTold) {
  Metrics metrics;
  metrics.configure(example());
  Measurement measurement = good_measurement();
  measurement.observations.pop_back();
  measurement.observations.back().failure = Failure{Word::ssl_invalid_certificate, {}};
  auto& chain = std::get<TlsSeen>(measurement.observations.back().seen).chain;
  Certificate expired = chain.front();
  expired.not_after = 1'500'000'000;
  chain = {expired};
  observe(metrics, measurement, status(Status::down));
  EXPECT_EQ(read(metrics)[of_web("reachd_tls_certificate_not_after_timestamp_seconds", "", "")],
            1'500'000'000);
}

TEST(Metrics, AFailureWithTextIsCountedByItsBareWord) {
  Metrics metrics;
  metrics.configure(example());
  Measurement measurement = reset_measurement();
  measurement.observations.back().failure =
      Failure{Word::unknown_failure, "tls: \"quoted\" from 192.0.2.10"};
  observe(metrics, measurement, status(Status::impaired));
  measurement.observations.back().failure = Failure{Word::reachd_no_descriptors, {}};
  observe(metrics, measurement, status(Status::insufficient));
  const Scrape scrape = read(metrics);
  EXPECT_EQ(
      scrape[of_web("reachd_failures_total", R"(failure="unknown_failure")", R"(stage="tls")")], 1);
  // A rare one appears when it occurs.
  EXPECT_EQ(scrape[of_web("reachd_failures_total", R"(failure="reachd_no_descriptors")",
                          R"(stage="tls")")],
            1);
  EXPECT_FALSE(scrape.has_any("quoted"));
}

TEST(Metrics, WhatIsConfirmedIsNotWhatTheLatestRoundSays) {
  Metrics metrics;
  metrics.configure(example());
  State state;
  state.confirmed = {Status::ok, {}};
  state.since = WallTime{std::chrono::seconds(1'000'000)};
  metrics.observe(reset_measurement(), status(Status::impaired), state, nullptr);
  Scrape scrape = read(metrics);
  EXPECT_EQ(scrape[of_web("reachd_target_reachable", "", "")], 1);
  EXPECT_EQ(scrape[of_web("reachd_target_status", "", R"(status="ok")")], 1);
  EXPECT_EQ(scrape[of_web("reachd_round_status", "", R"(status="impaired")")], 1);
  EXPECT_EQ(scrape[of_web("reachd_target_since_timestamp_seconds", "", "")], 1'000'000);

  Change change{.passage = Passage::trouble,
                .from = state.confirmed,
                .to = {Status::blocked, {"tls.reset.sni"}}};
  state.confirmed = change.to;
  metrics.observe(reset_measurement(), status(Status::blocked), state, &change);
  change.passage = Passage::refined;
  metrics.observe(reset_measurement(), status(Status::blocked), state, &change);
  scrape = read(metrics);
  EXPECT_EQ(scrape[of_web("reachd_target_reachable", "", "")], 0);
  EXPECT_EQ(scrape[of_web("reachd_changes_total", "", R"(status="blocked")")], 1)
      << "to be known better is no change";
  EXPECT_EQ(scrape[of_web("reachd_target_kind", R"(kind="tls.reset.sni")", "")], 1);
  EXPECT_EQ(scrape[of_web("reachd_rounds_total", "", R"(status="blocked")")], 2);
}

TEST(Metrics, WhatWasConfirmedBeforeAStartIsThereFromTheFirstScrape) {
  Metrics metrics;
  metrics.configure(example());
  State state;
  state.confirmed = {Status::blocked, {"tls.reset.sni"}};
  state.since = WallTime{std::chrono::seconds(1'000'000)};
  metrics.observe_state("example/web", state);
  const Scrape scrape = read(metrics);
  EXPECT_EQ(scrape[of_web("reachd_target_status", "", R"(status="blocked")")], 1);
  EXPECT_EQ(scrape[of_web("reachd_target_since_timestamp_seconds", "", "")], 1'000'000);
}

TEST(Metrics, AKindIsOneWhileItIsInForceAndZeroAfterwards) {
  Metrics metrics;
  metrics.configure(example());
  Verdict verdict = status(Status::blocked);
  verdict.kinds = {"tls.reset.sni"};
  const std::string series = of_web("reachd_target_kind", R"(kind="tls.reset.sni")", "");
  observe(metrics, reset_measurement(), verdict);
  EXPECT_EQ(read(metrics)[series], 1);
  observe(metrics, good_measurement(), status(Status::ok));
  EXPECT_EQ(read(metrics)[series], 0);
}

TEST(Metrics, AnAddressWithAFailedStepIsNotReachable) {
  Metrics metrics;
  metrics.configure(example());
  Measurement measurement = good_measurement();
  measurement.round = Round::deep;
  Observation other = test::connect_step(12, 30);
  other.transaction = 50002;
  other.peer = {"192.0.2.11", 443};
  other.failure = Failure{Word::generic_timeout_error, {}};
  measurement.observations.push_back(other);
  other = test::connect_step(12, 30);
  other.transaction = 50003;
  other.peer = {"2001:db8::1", 443};
  measurement.observations.push_back(other);
  observe(metrics, measurement, status(Status::ok));
  const Scrape scrape = read(metrics);
  EXPECT_EQ(scrape[of_web("reachd_addresses", R"(family="ipv4")", "")], 2);
  EXPECT_EQ(scrape[of_web("reachd_addresses_reachable", R"(family="ipv4")", "")], 1);
  EXPECT_EQ(scrape[of_web("reachd_addresses", R"(family="ipv6")", "")], 1);
  EXPECT_EQ(scrape[of_web("reachd_addresses_reachable", R"(family="ipv6")", "")], 1);
}

TEST(Metrics, ATargetHasTheSeriesOfItsSchemeAndNoOthers) {
  Metrics metrics;
  metrics.configure(
      config_of({target_of("m", "imap", Scheme::imaps), target_of("t", "port", Scheme::tcp),
                 target_of("n", "name", Scheme::dns)}));
  const Scrape scrape = read(metrics);
  EXPECT_TRUE(scrape.has_any(R"(phase="tls",service_name="m")"));
  EXPECT_TRUE(scrape.has_any(R"(phase="first_byte",service_name="m")"));
  EXPECT_FALSE(scrape.has_any(R"(phase="transfer")"));
  EXPECT_FALSE(scrape.has_any(R"(phase="tls",service_name="t")"));
  EXPECT_TRUE(scrape.has_any(R"(phase="connect",service_name="t")"));
  EXPECT_FALSE(scrape.has_any(R"(phase="connect",service_name="n")"));
  EXPECT_TRUE(scrape.has_any(R"(phase="dns",service_name="n")"));
  EXPECT_FALSE(scrape.has_any("reachd_http_status_code{"));
  EXPECT_FALSE(scrape.has_any(R"(stage="http")"));
  EXPECT_TRUE(scrape.has_any(R"(service_name="m",stage="mail")"));
}

TEST(Metrics, AReloadKeepsWhatStaysAndRemovesWhatIsGone) {
  Metrics metrics;
  metrics.configure(config_of(
      {target_of("example", "web", Scheme::https), target_of("gone", "web", Scheme::https)}));
  observe(metrics, good_measurement(), status(Status::ok));
  Config next = config_of(
      {target_of("example", "web", Scheme::https), target_of("new", "web", Scheme::https)});
  next.controls.foreign.clear();
  metrics.configure(next);
  const Scrape scrape = read(metrics);
  EXPECT_EQ(scrape[of_web("reachd_rounds_total", "", R"(status="ok")")], 1);
  EXPECT_FALSE(scrape.has_any(R"(service_name="gone")"));
  EXPECT_TRUE(scrape.has_any(R"(service_name="new")"));
  EXPECT_FALSE(scrape.has_any("www.iana.org"));
  EXPECT_TRUE(scrape.has_any("www.baidu.com"));
  // A round of a target that is gone meanwhile brings nothing back.
  Measurement late = good_measurement();
  late.service = "gone";
  observe(metrics, late, status(Status::ok));
  metrics.observe_control("control.foreign/www.iana.org", true);
  EXPECT_EQ(read(metrics).series(), scrape.series());
}

TEST(Metrics, AnotherPaceIsNoOtherTarget) {
  Config config;
  Service service;
  service.name = "s";
  Target target;
  target.service = "s";
  target.name = "t";
  service.targets.push_back(target);
  config.services.push_back(service);
  Metrics metrics;
  metrics.configure(config);
  Measurement measurement;
  measurement.service = "s";
  measurement.target = "t";
  Verdict verdict;
  verdict.status = Status::ok;
  observe(metrics, measurement, verdict);
  const std::string reachable = "reachd_target_reachable{service_name=\"s\",target=\"t\"} 1\n";
  EXPECT_NE(metrics.text().find(reachable), std::string::npos);
  target.interval = std::chrono::seconds(7);
  config.services[0].targets = {target};
  metrics.configure(config);
  EXPECT_NE(metrics.text().find(reachable), std::string::npos);
  target.host = "elsewhere.test";
  config.services[0].targets = {target};
  metrics.configure(config);
  EXPECT_EQ(metrics.text().find(reachable), std::string::npos);
}

TEST(Metrics, AnswersOfResolversAreCountedByTheirFailure) {
  Metrics metrics;
  metrics.configure(example());
  Measurement measurement = good_measurement();
  measurement.observations.front().failure = Failure{Word::dns_servfail_error, {}};
  measurement.observations.push_back(test::lookup_step(0, 9, "AAAA", {"2001:db8::1"}));
  observe(metrics, measurement, status(Status::ok));
  const Scrape scrape = read(metrics);
  EXPECT_EQ(
      scrape[R"(reachd_resolver_answers_total{failure="dns_servfail_error",resolver="system"})"],
      1);
  EXPECT_EQ(scrape[R"(reachd_resolver_answers_total{failure="none",resolver="system"})"], 1);
}

TEST(Metrics, SeriesOfAResolverGoWithIt) {
  Metrics metrics;
  Config config = example();
  metrics.configure(config);
  Measurement measurement = good_measurement();
  measurement.observations.front().failure = Failure{Word::dns_servfail_error, {}};
  observe(metrics, measurement, status(Status::ok));
  config.resolvers.front().name = "another";
  metrics.configure(config);
  const Scrape scrape = read(metrics);
  EXPECT_FALSE(scrape.has_any(R"(resolver="system")"));
  EXPECT_EQ(scrape[R"(reachd_resolver_answers_total{failure="none",resolver="another"})"], 0);
}

TEST(Metrics, ATargetNamedByItsAddressHasNoPhaseDns) {
  Metrics metrics;
  Target target = target_of("example", "web", Scheme::https);
  target.host = "2001:db8::1";
  metrics.configure(config_of({target}));
  const Scrape scrape = read(metrics);
  EXPECT_FALSE(scrape.has_any(R"(phase="dns")"));
  EXPECT_TRUE(scrape.has_any(R"(phase="connect")"));
}

TEST(Metrics, TheStatusIsThatOfAnAddressThatAnswered) {
  Metrics metrics;
  metrics.configure(example());
  Measurement measurement = good_measurement();
  Observation dead = measurement.observations.back();
  ASSERT_TRUE(std::holds_alternative<HttpSeen>(dead.seen));
  dead.failure = Failure{Word::connection_reset, {}};
  dead.seen = HttpSeen{};
  measurement.observations.push_back(dead);
  observe(metrics, measurement, status(Status::impaired));
  EXPECT_EQ(read(metrics)[R"(reachd_http_status_code{service_name="example",target="web"})"], 200);
}

TEST(Metrics, NamesOfTargetsAreEscaped) {
  Metrics metrics;
  metrics.configure(config_of({target_of("a \"b\"", "c\\d\ne", Scheme::tcp)}));
  const std::string text = metrics.text();
  EXPECT_NE(text.find(R"(service_name="a \"b\"")"), std::string::npos);
  EXPECT_NE(text.find(R"(target="c\\d\ne")"), std::string::npos);
  EXPECT_EQ(read(metrics)[R"(reachd_target_reachable{service_name="a \"b\"",target="c\\d\ne"})"],
            0);
}

TEST(Metrics, ControlsScheduleAndReloadsAreTold) {
  Metrics metrics;
  metrics.configure(example());
  metrics.observe_control("control.foreign/www.iana.org", true);
  metrics.observe_vantage(VantageStatus::border_outage);
  metrics.observe_lag(std::chrono::milliseconds(30));
  metrics.observe_lag(std::chrono::hours(2));
  metrics.set_rounds_in_flight(7);
  metrics.count_skipped_round();
  metrics.observe_reload(true, std::chrono::system_clock::time_point(std::chrono::seconds(1000)));
  Scrape scrape = read(metrics);
  EXPECT_EQ(scrape[R"(reachd_control_reachable{control="control.foreign/www.iana.org"})"], 1);
  EXPECT_EQ(scrape[R"(reachd_control_reachable{control="control.domestic/www.baidu.com"})"], 0);
  EXPECT_EQ(scrape[R"(reachd_vantage_status{status="border_outage"})"], 1);
  EXPECT_EQ(scrape[R"(reachd_vantage_status{status="online"})"], 0);
  EXPECT_EQ(scrape["reachd_scheduler_lag_seconds_count"], 2);
  EXPECT_DOUBLE_EQ(scrape["reachd_scheduler_lag_seconds_sum"], 7200.03);
  EXPECT_EQ(scrape["reachd_rounds_in_flight"], 7);
  EXPECT_EQ(scrape["reachd_rounds_skipped_total"], 1);
  EXPECT_EQ(scrape["reachd_config_last_reload_successful"], 1);
  EXPECT_EQ(scrape["reachd_config_last_reload_timestamp_seconds"], 1000);
  metrics.observe_reload(false, std::chrono::system_clock::time_point(std::chrono::seconds(2000)));
  scrape = read(metrics);
  EXPECT_EQ(scrape["reachd_config_last_reload_successful"], 0);
}

// Whatever a round holds, hostile bytes included, what is scraped stays well formed and bounded.
TEST(Metrics, AnyMeasurementLeavesATextThatReads) {
  Metrics metrics;
  metrics.configure(example());
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Measurement measurement = test::made_up_measurement(seed);
    measurement.service = "example";
    measurement.target = "web";
    observe(metrics, measurement, status(kStatuses.at(seed % kStatuses.size())));
  }
  EXPECT_LT(read(metrics).values.size(), 500U);
}

TEST(Metrics, ACompactTargetHasWhatAlertsAndTheOverviewNeed) {
  Metrics metrics;
  Target target = target_of("example", "web", Scheme::https);
  target.detail = Detail::compact;
  const Config config = config_of({target});
  metrics.configure(config);
  observe(metrics, good_measurement(), status(Status::ok));
  const Scrape scrape = read(metrics);
  std::map<std::string, int> families;
  for (const std::string& series : scrape.series()) {
    if (series.find(R"(target="web")") == std::string::npos) continue;
    ++families[series.substr(0, series.find('{'))];
  }
  const std::map<std::string, int> expected{
      {"reachd_target_reachable", 1},
      {"reachd_target_status", 6},
      {"reachd_target_since_timestamp_seconds", 1},
      {"reachd_rounds_total", 6},
      {"reachd_last_round_timestamp_seconds", 1},
      {"reachd_last_phase_duration_seconds", 1},
      {"reachd_tls_certificate_not_after_timestamp_seconds", 1}};
  EXPECT_EQ(families, expected);
  EXPECT_EQ(scrape[of_web("reachd_rounds_total", "", R"(status="ok")")], 1);
  EXPECT_DOUBLE_EQ(
      scrape[of_web("reachd_last_phase_duration_seconds", R"(phase="first_byte")", "")], 0.020);
  Verdict blocked = status(Status::blocked);
  blocked.kinds = {"tls.reset.sni"};
  observe(metrics, reset_measurement(), blocked);
  EXPECT_EQ(read(metrics)[of_web("reachd_target_kind", R"(kind="tls.reset.sni")", "")], 1);
}

TEST(Metrics, TheSeriesThatAConfigurationWillExportAreCounted) {
  for (const Detail detail : {Detail::full, Detail::compact}) {
    Target target = target_of("example", "web", Scheme::https);
    target.detail = detail;
    const Config config = config_of({target});
    Metrics metrics;
    metrics.configure(config);
    EXPECT_EQ(Metrics::count_series(config), read(metrics).series().size());
  }
}

// Two that measure alike, of which one has rounds.
class TargetsAlike : public testing::TestWithParam<Detail> {
 protected:
  TargetsAlike() {
    Target web = target_of("example", "web", Scheme::https);
    Target other = target_of("other", "web", Scheme::https);
    web.detail = other.detail = GetParam();
    config_ = config_of({web, other});
    metrics_.configure(config_);
  }
  // What `text` says of a service, without its name.
  static std::map<std::string, double> of(const std::string& text, const std::string& service) {
    const std::string name = "service_name=\"" + service + "\"";
    std::map<std::string, double> values;
    for (const auto& [series, value] : test::read_scrape(text).values) {
      const std::size_t at = series.find(name);
      if (at != std::string::npos) values[std::string(series).erase(at, name.size())] = value;
    }
    return values;
  }
  Config config_;
  Metrics metrics_;
};

TEST_P(TargetsAlike, HaveNumbersOfTheirOwn) {
  const auto fresh = of(metrics_.text(), "other");
  EXPECT_GE(fresh.size(), 17U);
  EXPECT_EQ(of(metrics_.text(), "example"), fresh);
  observe(metrics_, good_measurement(), status(Status::ok));
  EXPECT_EQ(of(metrics_.text(), "other"), fresh);
  EXPECT_NE(of(metrics_.text(), "example"), fresh);
  Measurement round = good_measurement();
  round.service = "other";
  observe(metrics_, round, status(Status::ok));
  EXPECT_EQ(of(metrics_.text(), "other"), of(metrics_.text(), "example"));
}

TEST_P(TargetsAlike, KeepTheirKindsAndRareFailuresToThemselves) {
  const auto fresh = of(metrics_.text(), "other");
  Measurement rare = reset_measurement();
  rare.observations.back().failure = Failure{Word::reachd_no_descriptors, {}};
  Verdict verdict = status(Status::blocked);
  verdict.kinds = {"tls.reset.sni"};
  observe(metrics_, rare, verdict);
  EXPECT_TRUE(read(metrics_).has_any(R"(kind="tls.reset.sni",service_name="example")"));
  EXPECT_EQ(read(metrics_).has_any("reachd_no_descriptors"), GetParam() == Detail::full);
  EXPECT_EQ(of(metrics_.text(), "other"), fresh);
  // It has its own, at its own number.
  rare.service = "other";
  observe(metrics_, rare, verdict);
  observe(metrics_, rare, verdict);
  const Scrape scrape = read(metrics_);
  EXPECT_EQ(scrape[R"(reachd_target_kind{kind="tls.reset.sni",service_name="other",target="web"})"],
            1);
  if (GetParam() == Detail::full) {
    const std::string before = R"(reachd_failures_total{failure="reachd_no_descriptors",)";
    const std::string after = R"(,stage="tls",target="web"})";
    EXPECT_EQ(scrape[before + R"(service_name="other")" + after], 2);
    EXPECT_EQ(scrape[before + R"(service_name="example")" + after], 1);
  }
}

TEST_P(TargetsAlike, ASnapshotIsOfItsMoment) {
  Verdict verdict = status(Status::blocked);
  verdict.kinds = {"tls.reset.sni"};
  observe(metrics_, reset_measurement(), verdict);
  const std::string before = metrics_.text();
  const auto snapshot = metrics_.snapshot();
  const auto collected = metrics_.collect();
  std::string lines;
  for (std::size_t i = 0; i < collected.parts.count; ++i) collected.parts.append(i, lines);
  verdict.kinds = {"dns.forged"};
  observe(metrics_, reset_measurement(), verdict);
  observe(metrics_, good_measurement(), status(Status::ok));
  metrics_.configure(config_of({}));  // not even that
  std::string text;
  while (snapshot(text)) {
  }
  std::string late;
  for (std::size_t i = 0; i < collected.parts.count; ++i) collected.parts.append(i, late);
  EXPECT_EQ(late, lines);
  for (const char* service : {"example", "other"}) {
    EXPECT_GE(of(before, service).size(), 17U);
    EXPECT_EQ(of(text, service), of(before, service));
    EXPECT_EQ(of(lines, service), of(before, service)) << "a push says what a scrape does";
  }
}

TEST_P(TargetsAlike, WhatDepartsIsToldByItsLastLines) {
  observe(metrics_, good_measurement(), status(Status::ok));
  const auto was = of(metrics_.text(), "example");
  config_.services.erase(config_.services.begin());
  const remote_write::Texts departed = metrics_.configure(config_);
  ASSERT_EQ(departed.count, 1U);
  std::string lines;
  departed.append(0, lines);
  EXPECT_EQ(of(lines, "example"), was);
  EXPECT_NE(departed.name(0), metrics_.collect().parts.name(0));
  EXPECT_EQ(metrics_.configure(config_).count, 0U);
}

// It goes and another comes, which may share series with it: they are called the same.
TEST_P(TargetsAlike, WhatMeasuresSomethingElseIsCalledTheSame) {
  Target elsewhere = config_.services.front().targets.front();
  elsewhere.host = "elsewhere.test";
  config_.services.front().targets.front() = elsewhere;
  const remote_write::Texts departed = metrics_.configure(config_);
  ASSERT_EQ(departed.count, 1U);
  const remote_write::Texts now = metrics_.collect().parts;
  ASSERT_EQ(now.count, 2U);
  EXPECT_EQ(departed.name(0), now.name(0));
  EXPECT_NE(departed.name(0), now.name(1));
}

INSTANTIATE_TEST_SUITE_P(Metrics, TargetsAlike, testing::Values(Detail::full, Detail::compact),
                         [](const auto& detail) {
                           return detail.param == Detail::full ? "full" : "compact";
                         });

}  // namespace
}  // namespace reachd
