#include "tests/lab/censor/rule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace censor::test {
namespace {

std::vector<Rule> read(const std::string& rules) {
  const boost::json::value value = boost::json::parse(R"({"rules": [)" + rules + "]}");
  Fields file(value, "");
  return read_rules(file, {Path{"border", "a", "b", {}}});
}

std::string error(const std::string& rules) {
  try {
    read(rules);
  } catch (const BadFile& bad) {
    return bad.what();
  }
  return "no error";
}

TEST(Rules, ErrorsSayTheirPlace) {
  const auto rule = [](const std::string& rest) {
    return R"({"name": "a", "at": "border", )" + rest + "}";
  };
  EXPECT_EQ(error(R"({"at": "border"})"), "rules[0].name: is needed, and each its own");
  EXPECT_EQ(error(R"({"name": "a", "at": "moon"})"), "rules[0].at: there is no wire 'moon'");
  EXPECT_EQ(error(rule(R"("match": {"tls": {"snii": "x"}})")),
            "rules[0].match.tls.snii: unknown key");
  EXPECT_EQ(error(rule(R"("match": {"host": "10.0.0.0/40"})")),
            "rules[0].match.host: '10.0.0.0/40' is no address and no prefix");
  EXPECT_EQ(error(rule(R"("match": {"after": "b"})")),
            "rules[0].match.after: there is no rule 'b'");
  EXPECT_EQ(error(rule(R"("act": [{"explode": true}])")), "rules[0].act[0]: no act that is known");
  EXPECT_EQ(error(rule(R"("act": [{"drop": "packet", "loss": 0.5}])")),
            "rules[0].act[0].loss: unknown key");
  EXPECT_EQ(error(rule(R"("act": [{"reset": {"ttl": 0}}])")),
            "rules[0].act[0].reset.ttl: must be a whole number from 1 to 255");
  EXPECT_EQ(error(rule(R"("act": [{"rewrite": {"from": "a", "to": "bc"}}])")),
            "rules[0].act[0].rewrite.to: and from must be texts of the same length");
  EXPECT_EQ(error(rule(R"("residual": {"tuple": 5})")),
            "rules[0].residual.tuple: must be a whole number from 2 to 4");
}

TEST(Rules, OnPathCannotTakePacketsAway) {
  for (const char* act :
       {R"({"drop": "packet"})", R"({"loss": 0.1})", R"({"delay_us": 5})", R"({"freeze": {}})",
        R"({"strip": "starttls"})", R"({"redirect": {"to": "10.0.0.1"}})",
        R"({"throttle": {"rate_bps": 1000}})"}) {
    const std::string rule =
        std::string(R"({"name": "a", "at": "border", "on_path": true, "act": [)") + act + "]}";
    EXPECT_EQ(error(rule), "rules[0].act[0]: an on-path censor cannot do this") << act;
  }
  EXPECT_EQ(read(R"({"name": "a", "at": "border", "on_path": true, "act": [{"reset": {}},
                    {"dns": {"answers": [["10.0.0.1"]]}}, {"duplicate": {}}]})")
                .size(),
            1U);
}

TEST(Rules, HexAndLists) {
  const auto rules = read(R"({"name": "a", "at": "border", "match": {"port": [53, "8000-8010"],
      "payload": {"hex": "00fFA0", "at": 1}}, "act": [{"reset": {"window": [1, 2]}}]})");
  EXPECT_EQ(rules[0].match.payload->hex, (Bytes{0x00, 0xff, 0xa0}));
  EXPECT_TRUE(hold(*rules[0].match.server_port, 8005));
  EXPECT_FALSE(hold(*rules[0].match.server_port, 54));
  EXPECT_THAT(std::get<Cut>(rules[0].acts[0]).window, testing::ElementsAre(1, 2));
}

}  // namespace
}  // namespace censor::test
