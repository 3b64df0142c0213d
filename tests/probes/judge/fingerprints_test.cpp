#include "probes/judge/fingerprints.hpp"

#include <gmock/gmock.h>

#include "tests/support/scene.hpp"

namespace reachd {
namespace {

using test::kRight;
using test::kWrong;
using test::Scene;

constexpr std::string_view kHead =
    "name,scope,other_names,location_found,pattern_type,pattern,confidence_no_fp,"
    "expected_countries,source,exp_url,notes\n";

std::vector<std::string> found(const std::string& rows, const Scene& scene) {
  auto parsed = parse_fingerprints(std::string(kHead) + rows);
  EXPECT_TRUE(parsed) << parsed.error().why;
  std::vector<std::string> names;
  for (const auto& match : Fingerprints(std::move(*parsed)).find(scene.made)) {
    names.push_back(match.name);
  }
  return names;
}

Scene page(std::string body, std::vector<std::pair<std::string, std::string>> headers = {}) {
  return Scene("http://www.example.net/")
      .visits(kRight)
      .page(200, std::move(body), std::move(headers));
}

TEST(FingerprintFiles, FieldsMayBeQuotedAndRunOverLines) {
  const auto parsed =
      parse_fingerprints(std::string(kHead) +
                         "a,isp,,body,contains,\"one, \"\"two\"\"\nthree\",5,\"IR, RU\",,,\n"
                         "b,nat,,elsewhere,contains,x,5,,,,\n");
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->size(), 1U);
  EXPECT_EQ(parsed->front().pattern, "one, \"two\"\nthree");
  EXPECT_THAT(parsed->front().countries, testing::ElementsAre("IR", "RU"));
}

TEST(FingerprintFiles, ColumnsThatNobodyNeedsMayBeMissing) {
  const auto parsed = parse_fingerprints(
      "pattern,pattern_type,location_found,scope,name\nneedle,contains,body,isp,a\nx,contains\n");
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->size(), 1U);
  EXPECT_EQ(parsed->front().name, "a");
  EXPECT_THAT(parsed->front().countries, testing::IsEmpty());
}

std::string fault_of(std::string_view text) {
  const auto parsed = parse_fingerprints(text);
  return parsed ? "none" : std::to_string(parsed.error().line) + ": " + parsed.error().why;
}

TEST(FingerprintFiles, AnotherTableIsRefused) {
  EXPECT_EQ(fault_of("a,b\n1,2\n"), "1: has no column 'name' as OONI's tables have");
  EXPECT_EQ(fault_of(""), "0: is empty: its first line must name the columns");
  EXPECT_EQ(fault_of(std::string(9U << 20U, 'x')), "0: is too long: more than 8 MiB");
}

// It would swallow all rows after it without a word.
TEST(FingerprintFiles, AnOpenQuoteIsToldWithItsLine) {
  EXPECT_EQ(fault_of(std::string(kHead) + "a,isp,,body,contains,\"one\ntwo\",5,,,,\n" +
                     "b,isp,,body,contains,\"open,5,,,,\nc,isp,,body,contains,x,5,,,,\n"),
            "4: has a quote that is never closed");
}

TEST(Fingerprints, BodiesMatchByEveryType) {
  const std::string rows =
      "c,isp,,body,contains,needle,5,,,,\np,isp,,body,prefix,<html>,5,,,,\n"
      "f,isp,,body,full,whole,5,,,,\nr,isp,,body,regexp,one.*two,5,,,,\ns,isp,,body,contains,ab,5,,"
      ",,\n";
  EXPECT_THAT(found(rows, page("<html> needle one\ntwo ab")),
              testing::UnorderedElementsAre("c", "p", "r", "s"));
  EXPECT_THAT(found(rows, page("whole")), testing::ElementsAre("f"));
  EXPECT_THAT(found(rows, page("nothing of it")), testing::IsEmpty());
}

TEST(Fingerprints, HeadersMatchByEveryType) {
  const std::string rows =
      "c,isp,,header.location,contains,blocked.test,5,,,,\n"
      "p,isp,,header.server,prefix,Protected by,5,,,,\nf,isp,,header.via,full,1.1 box,5,,,,\n";
  EXPECT_THAT(found(rows, page("", {{"Location", "http://blocked.test/"},
                                    {"SERVER", "Protected by WireFilter"},
                                    {"Via", "1.1 box"}})),
              testing::ElementsAre("c", "p", "f"));
  EXPECT_THAT(found(rows, page("blocked.test", {{"Via", "1.1 boxes"}})), testing::IsEmpty());
}

TEST(Fingerprints, AddressesMatchAsAWhole) {
  const std::string rows = "d,nat,,dns,full,192.33.4.12,5,CN,,,\n";
  EXPECT_THAT(found(rows, Scene().answers("system", {kWrong})), testing::ElementsAre("d"));
  EXPECT_THAT(found(rows, Scene().answers("system", {"192.33.4.1"})), testing::IsEmpty());
}

}  // namespace
}  // namespace reachd
