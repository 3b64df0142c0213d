#include "daemon/setup.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/commands.hpp"

namespace reachd {
namespace {

using testing::HasSubstr;

// A folder of its own that is gone afterwards.
class Setups : public testing::Test {
 protected:
  Setups() { std::filesystem::create_directories(folder); }
  ~Setups() override { std::filesystem::remove_all(folder); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return (folder / name).string();
  }

  std::string write_config(const std::string& fingerprints) const {
    return write("reachd.yaml",
                 "fingerprints: " + fingerprints +
                     "\nservices: [{name: a, targets: [{name: b, url: https://c.example/}]}]\n");
  }

  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) /
      ("setup-" + std::to_string(::getpid()) + "-" +
       testing::UnitTest::GetInstance()->current_test_info()->name());
};

constexpr const char* kTable =
    "name,scope,location_found,pattern_type,pattern\na,isp,body,contains,needle\n";

TEST_F(Setups, AlertsLinkToWhereItListensUnlessTheFileSaysMore) {
  const std::string services =
      "services: [{name: a, targets: [{name: b, url: https://c.example/}]}]\n";
  const auto page = [&](const std::string& text) {
    return std::get<reachd::Setup>(load_setup(write("reachd.yaml", text + services)))
        .config.alertmanager.external_url;
  };
  EXPECT_EQ(page("listen: \"[::1]:4444\"\n"), "http://[::1]:4444");
  EXPECT_EQ(
      page("alertmanager: {urls: [http://127.0.0.1:9093], external_url: https://me.example}\n"),
      "https://me.example");
}

TEST_F(Setups, TablesAreReadWithTheConfiguration) {
  write("pages.csv", kTable);
  const auto loaded = load_setup(write_config("{http: pages.csv}"));
  ASSERT_TRUE(std::holds_alternative<reachd::Setup>(loaded));
  Measurement measurement;
  measurement.observations.emplace_back().seen = HttpSeen{};
  std::get<HttpSeen>(measurement.observations[0].seen).body = "a needle in it";
  const auto found = find_all(std::get<reachd::Setup>(loaded).fingerprints, measurement);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "a");
}

TEST_F(Setups, WhatIsWrongWithATableIsAFaultWithItsLine) {
  const std::string table = write("open.csv", std::string(kTable) + "b,isp,body,contains,\"open\n");
  std::ostringstream out, err;
  const CheckOptions options{write_config("{dns: missing.csv, http: open.csv}")};
  EXPECT_EQ(check(options, out, err), kExitUsage);
  EXPECT_EQ(out.str(), "");
  EXPECT_THAT(err.str(), HasSubstr("missing.csv:0:0: fingerprints.dns: cannot be read: No such"));
  EXPECT_THAT(err.str(),
              HasSubstr(table + ":3:1: fingerprints.http: has a quote that is never closed\n"));
}

TEST_F(Setups, AFolderIsNoTable) {
  const auto loaded = load_setup(write_config("{http: .}"));
  ASSERT_TRUE(std::holds_alternative<std::vector<Fault>>(loaded));
  EXPECT_THAT(std::get<std::vector<Fault>>(loaded)[0].why,
              HasSubstr("cannot be read: it is a folder"));
}

TEST_F(Setups, ListsAreReadWithTheConfigurationAndCheckTellsOfThem) {
  write("urls.csv",
        "url,category_code\nhttps://a.example/,NEWS\nhttps://b.example/,NEWS\nftp://c/,NEWS\n");
  const std::string file = write("lists.yaml", "lists: [{file: urls.csv, interval: 30m}]\n");
  const auto loaded = load_setup(file);
  ASSERT_TRUE(std::holds_alternative<reachd::Setup>(loaded));
  const auto& setup = std::get<reachd::Setup>(loaded);
  EXPECT_EQ(targets_of(setup.config).size(), 2U);
  EXPECT_EQ(setup.lists.at(0).taken, 2U);
  std::ostringstream out, err;
  EXPECT_EQ(check({file}, out, err), kExitOk);
  EXPECT_THAT(out.str(), HasSubstr("urls.csv: 2 targets taken, 1 lines passed over\n"));
  EXPECT_THAT(out.str(), HasSubstr("2 targets of 1 services; they export "));
  EXPECT_THAT(err.str(), HasSubstr("urls.csv:4:1: passed over: "));
}

TEST_F(Setups, CheckSaysWhenMoreIsDueThanTheRateAllows) {
  write("urls.csv", "url\nhttps://a.example/\nhttps://b.example/\n");
  const auto complaint = [this](const std::string& rate) {
    std::ostringstream out, err;
    const std::string file = write("rate.yaml", "schedule: {rate: " + rate +
                                                    ", timeout: 5s}\n"
                                                    "lists: [{file: urls.csv, interval: 10s}]\n");
    EXPECT_EQ(check({file}, out, err), kExitOk);
    return err.str();
  };
  EXPECT_EQ(complaint("12/min"), "");
  EXPECT_THAT(complaint("6/min"),
              HasSubstr("0.2 rounds a second are due, but schedule.rate allows 0.1"));
}

TEST_F(Setups, AListThatCannotBeUsedIsAFault) {
  write("a.csv", "url,category_code\nhttps://a.example/,A\n");
  const std::string file =
      write("lists.yaml",
            "lists: [{file: missing.csv}, {file: a.csv}]\n"
            "services: [{name: a, targets: [{name: b, url: https://c.example/}]}]\n");
  std::ostringstream out, err;
  EXPECT_EQ(check({file}, out, err), kExitUsage);
  EXPECT_THAT(err.str(), HasSubstr("missing.csv:0:0: lists[0].file: cannot be read: "));
  EXPECT_THAT(err.str(), HasSubstr("a.csv:0:0: lists[1].file: line 2 has the category 'a'"));
}

}  // namespace
}  // namespace reachd
