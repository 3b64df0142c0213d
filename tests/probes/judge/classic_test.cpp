// OONI's algorithm on OONI's own cases: where they lie beside the project; and on a few of our own.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <boost/json.hpp>

#include "probes/judge/classic.hpp"
#include "probes/measurement_json.hpp"
#include "tests/support/scene.hpp"

namespace reachd {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::kRight;
using test::kWrong;
using test::Scene;

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(Classic, OonisCasesGiveOonisVerdictsFromTheObservationsAlone) {
  const fs::path folder = fs::path(REACHD_SOURCE_DIR) / "../shared/data/ooni-qa";
  if (!fs::exists(folder / "expected.json")) return;
  const json::value expected = json::parse(text_of(folder / "expected.json"));
  for (const auto& [name, want] : expected.as_object()) {
    json::value line = json::parse(text_of(folder / (std::string(name) + ".json")));
    auto& keys = line.at("test_keys").as_object();
    for (const char* verdict :
         {"blocking", "accessible", "dns_consistency", "x_blocking_flags", "x_null_null_flags",
          "x_dns_flags", "dns_experiment_failure", "http_experiment_failure", "body_proportion",
          "body_length_match", "headers_match", "status_code_match", "title_match"}) {
      keys.erase(verdict);
    }
    const auto measurement = parse_measurement(json::serialize(line));
    ASSERT_TRUE(measurement) << name;
    const Classic classic = judge_classically(*measurement);
    EXPECT_EQ(blocking_value(classic), want.at("blocking")) << name;
    EXPECT_EQ(flag_value(classic.accessible), want.at("accessible")) << name;
  }
}

TEST(Classic, OurOwnLinesToo) {
  const auto blocking = [](const Scene& scene) { return judge_classically(scene.made).blocking; };
  const Scene web = Scene().answers("system", {kRight});
  EXPECT_EQ(blocking(Scene(web).visits(kRight)), "");
  EXPECT_EQ(blocking(Scene(web).stops(kRight, Stage::tls, Word::connection_reset).helper()),
            "http-failure");
  EXPECT_EQ(blocking(Scene(web).stops(kRight, Stage::tcp, Word::generic_timeout_error).helper()),
            "tcp_ip");
  EXPECT_EQ(blocking(Scene(web).stops(kRight, Stage::tls, Word::connection_reset)), std::nullopt);
  EXPECT_EQ(blocking(Scene().refuses("system", Word::dns_nxdomain_error).helper()), "dns");
  EXPECT_EQ(blocking(Scene("http://www.example.net/")
                         .answers("system", {kWrong})
                         .visits(kWrong)
                         .page(200, "short")
                         .helper()),
            "dns");
}

}  // namespace
}  // namespace reachd
