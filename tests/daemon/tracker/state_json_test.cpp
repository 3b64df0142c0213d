#include "daemon/tracker/state_json.hpp"

#include <functional>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/daemon/tracker/rounds.hpp"

namespace reachd {
namespace {

using namespace test;
namespace json = boost::json;

json::object in_the_middle() {
  Series series = healthy();
  series.see(reset(), 10).see(forged(), 2).see(fine());
  return to_json(series.state);
}

TEST(StateJson, TimesKeepTheirNanoseconds) {
  State state;
  state.last = kNoon + std::chrono::nanoseconds(123'456'789);
  EXPECT_EQ(state_from_json(to_json(state)), state);
}

TEST(StateJson, AnythingElseIsNone) {
  for (const char* text : {"null", "[]", "{}", "7", "\"state\"", "{\"version\": 1}"}) {
    EXPECT_FALSE(state_from_json(json::parse(text))) << text;
  }
}

// Each member missing, of another type, or out of bounds spoils the whole.
TEST(StateJson, EveryMemberCounts) {
  const json::object good = in_the_middle();
  ASSERT_TRUE(state_from_json(good));
  for (const auto& member : good) {
    json::object without = good;
    without.erase(member.key());
    EXPECT_FALSE(state_from_json(without)) << member.key();
    for (const char* text : {"null", "-1", "\"x\"", "{}", "[[]]", "1e300", "[1,2,3]"}) {
      json::object other = good;
      other[member.key()] = json::parse(text);
      EXPECT_FALSE(state_from_json(other)) << member.key() << " = " << text;
    }
  }
}

TEST(StateJson, OtherVersionsAndUnboundedListsAreNone) {
  const json::object good = in_the_middle();
  const auto spoilt = [&](const std::function<void(json::object&)>& spoil) {
    json::object object = good;
    spoil(object);
    return !state_from_json(object).has_value();
  };
  EXPECT_TRUE(spoilt([](json::object& o) { o["version"] = 2; }));
  EXPECT_TRUE(spoilt([](json::object& o) { o["confirmed"].at("status") = "fine"; }));
  EXPECT_TRUE(spoilt(
      [](json::object& o) { o["confirmed"].at("kinds") = json::array(1, json::value("<b>")); }));
  EXPECT_TRUE(spoilt(
      [](json::object& o) { o["confirmed"].at("kinds") = json::array(1000, json::value("tls")); }));
  EXPECT_TRUE(spoilt(
      [](json::object& o) { o["speed"].at("values") = json::array(History::kMost + 1, "1"); }));
  EXPECT_TRUE(spoilt([](json::object& o) { o["fast"].at("sum") = "-0.5"; }));
  EXPECT_TRUE(spoilt([](json::object& o) { o["tally"] = json::array(5, "1"); }));
  EXPECT_TRUE(spoilt([](json::object& o) { o["shares"] = json::array(6, "-1"); }));
  EXPECT_TRUE(spoilt([](json::object& o) { o["flaps"] = "nan"; }));
  EXPECT_TRUE(spoilt([](json::object& o) { o["flaps"] = "1 "; }));
  EXPECT_FALSE(spoilt([](json::object& o) { o["unknown"] = 1; })) << "a newer one may add";
}

}  // namespace
}  // namespace reachd
