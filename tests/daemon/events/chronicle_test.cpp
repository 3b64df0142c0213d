#include "daemon/events/chronicle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/events/event_json.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const WallTime kNoon{std::chrono::hours(400'000)};
const Condition kOk{Status::ok, {}};

Condition blocked(std::vector<std::string> kinds) {
  return {Status::blocked, std::move(kinds)};
}

Member member(std::string target, Condition from, Condition to, std::chrono::seconds onset = 0s) {
  return {.target = std::move(target),
          .change = {.from = std::move(from),
                     .to = std::move(to),
                     .onset = {kNoon + onset - 60s, kNoon + onset},
                     .confirmed = kNoon + onset + 180s,
                     .rule = "tls.reset.swap_ok",
                     .reason = "reset 17 ms after the ClientHello"}};
}

TEST(Chronicle, OneRuleThatHitsManyIsOneEvent) {
  Chronicle chronicle;
  const auto reset = blocked({"tls.reset.sni"});
  for (const std::string service : {"a", "b", "c", "d", "e", "f"}) {
    chronicle.file(Subject::target, member(service + "/web", kOk, reset, 30s), 60s);
  }
  ASSERT_EQ(chronicle.all().size(), 1U);
  EXPECT_EQ(chronicle.all()[0].members.size(), 6U);
  EXPECT_EQ(headline(chronicle.all()[0]), "a/web and 5 more: ok -> blocked (tls.reset.sni)");
  // A kind that is told less deeply is the same thing.
  chronicle.file(Subject::target, member("g/web", kOk, blocked({"tls.reset"})), 60s);
  EXPECT_EQ(chronicle.all().size(), 1U);
}

TEST(Chronicle, AnotherKindAnotherTimeOrAnotherDirectionIsAnotherEvent) {
  Chronicle chronicle;
  const auto reset = blocked({"tls.reset.sni"});
  chronicle.file(Subject::target, member("a/web", kOk, reset), 60s);
  chronicle.file(Subject::target, member("b/web", kOk, blocked({"tls.resetting"})), 60s);
  chronicle.file(Subject::target, member("c/web", kOk, reset, 121s), 60s);
  chronicle.file(Subject::target, member("d/web", reset, kOk), 60s);
  chronicle.file(Subject::vantage, member("", kOk, {Status::down, {"vantage.offline"}}), 60s);
  EXPECT_EQ(chronicle.all().size(), 5U);
  // The same service at the same time is one thing, whatever the layers say.
  chronicle.file(Subject::target, member("a/imap", kOk, blocked({"tcp.timeout"})), 60s);
  EXPECT_EQ(chronicle.all().size(), 5U);
}

TEST(Chronicle, AnEventEndsWithTheLastOfItsMembers) {
  Chronicle chronicle;
  const auto reset = blocked({"tls.reset.sni"});
  chronicle.file(Subject::target, member("a/web", kOk, reset), 60s);
  chronicle.file(Subject::target, member("b/web", kOk, reset), 60s);
  EXPECT_THAT(chronicle.file(Subject::target, member("a/web", reset, kOk, 600s), 60s),
              ElementsAre(2));
  EXPECT_FALSE(chronicle.find(1)->ended);
  EXPECT_TRUE(chronicle.find(2)->ended);
  EXPECT_THAT(chronicle.file(Subject::target, member("b/web", reset, kOk, 610s), 60s),
              ElementsAre(2, 1));
  EXPECT_EQ(chronicle.find(1)->ended, kNoon + 610s + 180s);
  EXPECT_EQ(chronicle.find(2)->members.size(), 2U);
}

TEST(Chronicle, AnEventEndsForTargetsThatAreGone) {
  Chronicle chronicle;
  const auto reset = blocked({"tls.reset.sni"});
  chronicle.file(Subject::target, member("a/web", kOk, reset), 60s);
  chronicle.file(Subject::target, member("b/web", kOk, reset), 60s);
  chronicle.file(Subject::vantage, member("", kOk, {Status::down, {"vantage.offline"}}), 60s);
  EXPECT_THAT(chronicle.keep_only({"b/web"}, kNoon + 900s), testing::IsEmpty());
  EXPECT_FALSE(chronicle.find(1)->ended);
  EXPECT_THAT(chronicle.keep_only({}, kNoon + 960s), ElementsAre(1));
  EXPECT_EQ(chronicle.find(1)->ended, kNoon + 960s);
  EXPECT_FALSE(chronicle.find(2)->ended);  // the vantage is still there
  EXPECT_EQ(chronicle.current(Subject::target, "a/web"), nullptr);
}

TEST(Chronicle, ATargetThatChangesOnceMoreBeginsAnEvent) {
  Chronicle chronicle;
  const auto reset = blocked({"tls.reset.sni"});
  const auto injected = blocked({"dns.injection.other"});
  chronicle.file(Subject::target, member("a/web", kOk, reset), 60s);
  EXPECT_THAT(chronicle.file(Subject::target, member("a/web", reset, injected, 30s), 60s),
              ElementsAre(2, 1));
  EXPECT_THAT(chronicle.find(1)->ended, testing::Optional(kNoon + 210s));
}

TEST(Chronicle, WhatIsKnownBetterIsNoEventOfItsOwn) {
  Chronicle chronicle;
  const Condition likely{Status::likely_blocked, {"tls.reset"}};
  const auto reset = blocked({"tls.reset.sni"});
  chronicle.file(Subject::target, member("a/web", kOk, likely), 60s);
  EXPECT_EQ(chronicle.refine(Subject::target, "a/web", member("", likely, reset).change), 1U);
  EXPECT_EQ(chronicle.find(1)->members[0].change.to, reset);
  EXPECT_EQ(chronicle.find(1)->members[0].change.from, kOk);
  EXPECT_FALSE(chronicle.refine(Subject::target, "b/web", member("", likely, reset).change));
}

TEST(Chronicle, GoesOnFromWhatWasStored) {
  Chronicle chronicle;
  const auto reset = blocked({"tls.reset.sni"});
  chronicle.file(Subject::target, member("a/web", kOk, reset), 60s);
  chronicle.file(Subject::target, member("b/web", kOk, blocked({"tcp.timeout"}), 900s), 60s);
  std::vector<Event> stored;
  for (const Event& event : chronicle.all()) {
    const auto read = event_from_json(boost::json::parse(boost::json::serialize(to_json(event))));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, event);
    stored.insert(stored.begin(), *read);
  }
  Chronicle next(stored, 7);
  EXPECT_THAT(next.file(Subject::target, member("a/web", reset, kOk, 2000s), 60s),
              ElementsAre(8, 1));
}

TEST(Chronicle, KeepsTheNewestAndListsThemFromATimeOn) {
  Chronicle chronicle;
  for (int i = 0; i < 1010; ++i) {
    chronicle.file(Subject::target,
                   member("t" + std::to_string(i) + "/web", kOk, blocked({"tcp.timeout"}), i * 1h),
                   60s);
  }
  EXPECT_EQ(chronicle.all().size(), Chronicle::kKept);
  EXPECT_EQ(chronicle.find(10), nullptr);
  const auto listed = chronicle.since(kNoon + 1007h, 10);
  ASSERT_EQ(listed.size(), 3U);
  EXPECT_EQ(listed.front().id, 1008U);
  EXPECT_EQ(chronicle.since(kNoon, 2).front().id, 1009U);
}

TEST(EventJson, WhatIsNoEventIsRefused) {
  for (const char* text : {"null", "[]", "{}", R"({"id": 1, "subject": "target", "members": []})",
                           R"({"id": 1, "subject": "moon", "members": [{}]})",
                           R"({"id": 0, "subject": "target", "members": [{}]})"}) {
    EXPECT_FALSE(event_from_json(boost::json::parse(text))) << text;
  }
}

}  // namespace
}  // namespace reachd
