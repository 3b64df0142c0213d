#include "daemon/notifier/alert_book.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reachd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const WallTime kNoon{std::chrono::hours(400'000)};
const std::string kOne = "http://127.0.0.1:1";
const std::string kTwo = "http://127.0.0.1:2";

Alert alert(std::string kind, WallTime starts = kNoon) {
  return {.labels = {{"alertname", "ReachdTargetBlocked"}, {"kind", std::move(kind)}},
          .annotations = {{"summary", "words"}},
          .page = "http://reachd/",
          .starts = starts};
}

std::map<std::string, std::string> rows_of(const AlertBook::Changes& changes) {
  std::map<std::string, std::string> rows;
  for (const auto& [key, text] : changes) {
    if (text) rows[key] = *text;
  }
  return rows;
}

AlertBook with_receivers() {
  AlertBook book;
  book.set_receivers({kOne, kTwo});
  return book;
}

TEST(AlertBook, WhatIsInForceIsToldAgainAndAgain) {
  AlertBook book = with_receivers();
  book.raise("a/web", alert("tls"));
  book.told(kOne, book.to_tell(kOne));
  EXPECT_THAT(book.to_tell(kOne), ElementsAre(alert("tls")));
}

TEST(AlertBook, WhatIsOverIsToldOnceToEveryReceiverAndForgotten) {
  AlertBook book = with_receivers();
  book.raise("a/web", alert("tls"));
  book.resolve("a/web", kNoon + 1min);
  const auto over = book.to_tell(kOne);
  ASSERT_THAT(over, SizeIs(1));
  EXPECT_EQ(over[0].ends, kNoon + 1min);
  book.told(kOne, over);
  EXPECT_THAT(book.to_tell(kOne), IsEmpty());
  EXPECT_THAT(book.to_tell(kTwo), SizeIs(1));
  book.told(kTwo, over);
  EXPECT_EQ(book.size(), 0U);
}

TEST(AlertBook, OtherLabelsEndTheAlertTheSameLabelsGoOnWithIt) {
  AlertBook book = with_receivers();
  book.raise("a/web", alert("tls"));
  Alert again = alert("tls", kNoon + 5min);
  again.annotations["summary"] = "other words";
  book.raise("a/web", again);
  ASSERT_EQ(book.size(), 1U);
  EXPECT_EQ(book.to_tell(kOne)[0].starts, kNoon);
  EXPECT_EQ(book.to_tell(kOne)[0].annotations.at("summary"), "other words");
  book.raise("a/web", alert("dns", kNoon + 10min));
  const auto told = book.to_tell(kOne);
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[0].labels.at("kind"), "dns");
  EXPECT_EQ(told[1].ends, kNoon + 10min);
}

TEST(AlertBook, WhatIsKnownBetterIsTheSameAlertUnlessItIsWorse) {
  AlertBook book = with_receivers();
  Alert likely = alert("tls");
  likely.labels["severity"] = "warning";
  book.raise("a/web", likely);
  Alert deeper = likely;
  deeper.labels["kind"] = "tls.reset";
  deeper.annotations["summary"] = "other words";
  book.refine("a/web", deeper);
  ASSERT_EQ(book.size(), 1U);
  EXPECT_EQ(book.to_tell(kOne)[0].labels, likely.labels);
  EXPECT_EQ(book.to_tell(kOne)[0].annotations.at("summary"), "other words");
  Alert proved = alert("tls.reset", kNoon + 1min);
  proved.labels["severity"] = "critical";
  book.refine("a/web", proved);
  ASSERT_THAT(book.to_tell(kOne), SizeIs(2));
  EXPECT_EQ(book.to_tell(kOne)[0].labels, proved.labels);
}

TEST(AlertBook, AnAlertThatIsBackIsNotEndedByTheEndOfItsForerunner) {
  AlertBook book = with_receivers();
  book.raise("a/web", alert("tls"));
  book.resolve("a/web", kNoon + 1min);
  book.raise("a/web", alert("tls", kNoon + 2min));
  EXPECT_THAT(book.to_tell(kOne), ElementsAre(alert("tls", kNoon + 2min)));
}

TEST(AlertBook, ComesBackFromItsRowsAsItWas) {
  AlertBook book = with_receivers();
  book.raise("a/web", alert("tls"));
  book.raise("b/web", alert("dns"));
  book.resolve("b/web", kNoon + 1min);
  book.told(kOne, book.to_tell(kOne));
  auto rows = rows_of(book.take_changes());
  ASSERT_THAT(rows, SizeIs(2));
  rows["broken"] = "{";
  rows["other"] = R"({"subject": "x", "alert": {"labels": {}}})";
  AlertBook next(rows);
  next.set_receivers({kOne, kTwo});
  EXPECT_THAT(next.to_tell(kOne), SizeIs(1));
  EXPECT_THAT(next.to_tell(kTwo), SizeIs(2));
  EXPECT_THAT(next.take_changes(),
              UnorderedElementsAre(Pair("broken", std::nullopt), Pair("other", std::nullopt)));
  next.told(kTwo, next.to_tell(kTwo));
  const auto changes = next.take_changes();
  ASSERT_THAT(changes, ElementsAre(Pair(testing::StartsWith("b/web "), std::nullopt)));
}

TEST(AlertBook, AReceiverThatIsGoneIsNotWaitedFor) {
  AlertBook book = with_receivers();
  book.raise("a/web", alert("tls"));
  book.resolve("a/web", kNoon + 1min);
  book.told(kOne, book.to_tell(kOne));
  ASSERT_EQ(book.size(), 1U);
  book.set_receivers({kOne});
  book.told(kOne, {});
  EXPECT_EQ(book.size(), 0U);
}

TEST(AlertBook, OnlyWhatChangedIsAChange) {
  AlertBook book = with_receivers();
  book.raise("a/web", alert("tls"));
  book.raise("b/web", alert("dns"));
  EXPECT_THAT(book.take_changes(), SizeIs(2));
  EXPECT_THAT(book.take_changes(), IsEmpty());
  book.resolve("b/web", kNoon + 1min);
  EXPECT_THAT(book.take_changes(),
              ElementsAre(Pair(testing::StartsWith("b/web "),
                               testing::Optional(testing::HasSubstr("ends")))));
  book.expire(kNoon + 32min);
  EXPECT_THAT(book.take_changes(), ElementsAre(Pair(testing::StartsWith("b/web "), std::nullopt)));
}

// A subject may begin as another does, or hold a space.
TEST(AlertBook, NamesThatBeginAlikeAreNotMixedUp) {
  AlertBook book = with_receivers();
  for (const char* name : {"a/web", "a/web 2", "a/webs"}) book.raise(name, alert("tls"));
  book.resolve("a/web", kNoon + 1min);
  const auto told = book.to_tell(kOne);
  EXPECT_EQ(std::ranges::count_if(told, [](const Alert& one) { return !one.ends; }), 2);
}

TEST(AlertBook, ThousandsThatAreOverAtTheSameTimeAreEachToldOnce) {
  AlertBook book = with_receivers();
  for (int i = 0; i < 3000; ++i) {
    const std::string name = "a/" + std::to_string(i);
    book.raise(name, alert(name));
    book.resolve(name, kNoon + 1min);
  }
  const auto over = book.to_tell(kOne);
  ASSERT_THAT(over, SizeIs(3000));
  book.told(kOne, {over.begin(), over.begin() + 1000});
  EXPECT_THAT(book.to_tell(kOne), SizeIs(2000));
  book.told(kTwo, over);
  EXPECT_EQ(book.size(), 2000U);
}

TEST(AlertBook, NobodyHearsForEverOfWhatIsOver) {
  AlertBook book = with_receivers();
  book.raise("a/web", alert("tls"));
  book.resolve("a/web", kNoon + 1min);
  book.expire(kNoon + 31min);
  EXPECT_EQ(book.size(), 1U);
  book.expire(kNoon + 31min + 1s);
  EXPECT_EQ(book.size(), 0U);
}

TEST(AlertBook, WhatIsNoLongerConfiguredIsOver) {
  AlertBook book = with_receivers();
  book.raise("a/web", alert("tls"));
  book.raise("b/web", alert("dns"));
  book.keep_only({"b/web"}, kNoon + 1min);
  const auto told = book.to_tell(kOne);
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[0], alert("dns"));
  EXPECT_EQ(told[1].ends, kNoon + 1min);
}

}  // namespace
}  // namespace reachd
