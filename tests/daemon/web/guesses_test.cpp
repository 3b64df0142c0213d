#include "daemon/web/guesses.hpp"

#include <gtest/gtest.h>

namespace reachd::web {
namespace {

using namespace std::chrono_literals;

TEST(Guesses, AreFiveAndThenOneEveryTwelveSeconds) {
  Guesses guesses;
  const auto now = Guesses::Clock::now();
  for (int i = 0; i < Guesses::kAtOnce; ++i) EXPECT_FALSE(guesses.take("a", now)) << i;
  EXPECT_EQ(guesses.take("a", now), 12s);
  EXPECT_EQ(guesses.take("a", now + 5s), 7s);
  EXPECT_EQ(guesses.take("a", now + 11'500ms), 1s);
  EXPECT_FALSE(guesses.take("a", now + 12s));
  EXPECT_EQ(guesses.take("a", now + 12s), 12s);
  EXPECT_FALSE(guesses.take("b", now)) << "another client's are its own";
  for (int i = 0; i < Guesses::kAtOnce; ++i) EXPECT_FALSE(guesses.take("a", now + 1h)) << i;
  EXPECT_TRUE(guesses.take("a", now + 1h)) << "no more are saved up";
}

TEST(Guesses, WhoeverWasRightHasAllAgain) {
  Guesses guesses;
  const auto now = Guesses::Clock::now();
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(guesses.take("a", now)) << i;
    guesses.give_back("a", now);
  }
  EXPECT_EQ(guesses.clients(), 0U);
  guesses.give_back("unheard of", now);
  EXPECT_EQ(guesses.clients(), 0U);
}

TEST(Guesses, AreBoundedHoweverManyClientsThereAre) {
  Guesses guesses;
  const auto now = Guesses::Clock::now();
  for (std::size_t i = 0; i < Guesses::kMostClients; ++i) {
    EXPECT_FALSE(guesses.take(std::to_string(i), now));
  }
  EXPECT_TRUE(guesses.take("one more", now));
  EXPECT_EQ(guesses.clients(), Guesses::kMostClients);
  EXPECT_FALSE(guesses.take("one more", now + 12s)) << "those who were right since then are gone";
  EXPECT_EQ(guesses.clients(), 1U);
}

}  // namespace
}  // namespace reachd::web
