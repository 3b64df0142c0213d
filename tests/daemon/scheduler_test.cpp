#include "daemon/scheduler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reachd {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kBound = 30s;  // a hang is a failure, not a stuck run

Target named(const std::string& name, std::chrono::milliseconds interval) {
  Target target;
  target.service = "s";
  target.name = name;
  target.interval = interval;
  return target;
}

std::vector<Target> many(int count, std::chrono::milliseconds interval) {
  std::vector<Target> targets;
  for (int i = 0; i < count; ++i) targets.push_back(named(std::to_string(i), interval));
  return targets;
}

// A scheduler whose rounds are written down. A round hangs until it is cancelled if its target is
// in `hanging`, throws if in `throwing`, and else takes `takes`. It yields at its beginning if its
// target is in `yielding`.
struct Stage {
  asio::io_context io;
  std::set<std::string> hanging;
  std::set<std::string> throwing;
  std::set<std::string> yielding;
  std::chrono::milliseconds takes{0};
  Scheduler::Next answer = Scheduler::Next::normal;

  std::map<std::string, std::vector<Assignment>> begun;
  std::map<std::string, Scheduler::Yield> yields;  // of the latest round of each
  std::map<std::string, int> cancelled;
  std::multiset<std::string> running;
  std::size_t most_running = 0;
  bool twice = false;
  std::size_t rounds = 0;
  std::vector<double> lags;
  std::size_t working = 0;
  std::size_t skipped = 0;
  std::vector<std::string> failed;

  Scheduler scheduler{io.get_executor(),
                      [this](Assignment assignment, Scheduler::Yield yield) {
                        return examine(std::move(assignment), std::move(yield));
                      },
                      {.lag = [this](auto lag) { lags.push_back(lag.count()); },
                       .working = [this](std::size_t count) { working = count; },
                       .skipped = [this] { ++skipped; },
                       .failed =
                           [this](std::exception_ptr error, const Target& target) {
                             try {
                               std::rethrow_exception(error);
                             } catch (const std::exception& what) {
                               failed.push_back(id_of(target) + ": " + what.what());
                             }
                           }}};

  asio::awaitable<Scheduler::Next> examine(Assignment assignment, Scheduler::Yield yield) {
    const std::string id = id_of(assignment.target);
    twice = twice || running.contains(id);
    const auto place = running.insert(id);
    most_running = std::max(most_running, running.size());
    begun[id].push_back(assignment);
    if (yielding.contains(id)) yield();
    yields[id] = std::move(yield);
    ++rounds;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    bool called_off = false;
    try {
      if (hanging.contains(id)) {
        timer.expires_after(1h);
        co_await timer.async_wait(asio::use_awaitable);
      } else if (takes > 0ms) {
        timer.expires_after(takes);
        co_await timer.async_wait(asio::use_awaitable);
      }
    } catch (const boost::system::system_error&) {
      called_off = true;
    }
    running.erase(place);
    if (called_off) {
      ++cancelled[id];
      throw std::runtime_error("called off");
    }
    if (throwing.contains(id)) throw std::runtime_error("a bug");
    co_return answer;
  }

  void plan(const std::vector<Target>& targets, int concurrency = 64) {
    ScheduleSettings settings;
    settings.concurrency = concurrency;
    settings.confirm_after = 1ms;
    scheduler.set_plan({targets.begin(), targets.end()}, settings);
  }

  // Turns the loop until `done`; false if it does not come to that.
  template <typename Done>
  bool until(Done done) {
    const auto end = std::chrono::steady_clock::now() + kBound;
    io.restart();
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      if (io.run_one_for(100ms) == 0) io.restart();
    }
    return true;
  }

  bool stop() {
    bool stopped = false;
    asio::co_spawn(io, scheduler.stop(), [&](std::exception_ptr) { stopped = true; });
    return until([&] { return stopped; });
  }
};

TEST(Scheduler, EveryTargetHasItsRoundsAndNeverTwoAtOnce) {
  Stage stage;
  stage.takes = 3ms;  // longer than some intervals: the next round of a target waits for the last
  auto targets = many(5, 2ms);
  for (int i = 5; i < 10; ++i) targets.push_back(named(std::to_string(i), 20ms));
  stage.plan(targets);
  EXPECT_TRUE(stage.until([&] {
    return stage.begun.size() == 10 && std::ranges::all_of(stage.begun, [](const auto& entry) {
             return entry.second.size() >= 5;
           });
  }));
  EXPECT_FALSE(stage.twice);
  EXPECT_GT(stage.skipped, 0U) << "rounds that outlast their interval miss due times";
  for (const auto& [id, rounds] : stage.begun) {
    EXPECT_EQ(rounds.front().round, Round::deep);
    EXPECT_EQ(rounds.at(1).round, Round::light);
    for (std::size_t turn = 0; turn < rounds.size(); ++turn) EXPECT_EQ(rounds[turn].turn, turn);
  }
  EXPECT_TRUE(std::ranges::all_of(stage.lags, [](double lag) { return lag >= 0; }));
  EXPECT_EQ(stage.lags.size(), stage.rounds);
  EXPECT_EQ(stage.scheduler.in_flight(), stage.running.size());
  EXPECT_EQ(stage.working, stage.running.size());
  EXPECT_EQ(stage.scheduler.finished_rounds() + stage.running.size(), stage.rounds);
}

// Thirty are due within a tenth of a second, one by one they would take thirty wakes.
TEST(Scheduler, RoundsThatAreDueCloseToEachOtherBeginTogether) {
  Stage stage;
  stage.takes = 1h;
  stage.plan(many(30, 100ms));
  std::size_t wakes = 0;
  std::size_t known = 0;
  ASSERT_TRUE(stage.until([&] {
    wakes += stage.rounds == known ? 0 : 1;
    known = stage.rounds;
    return known == 30;
  }));
  EXPECT_LE(wakes, 12U);
}

TEST(Scheduler, NoMoreRoundsAreInFlightThanAllowedAndNobodyStarves) {
  Stage stage;
  stage.takes = 1ms;
  stage.plan(many(40, 10ms), 3);
  EXPECT_TRUE(stage.until([&] {
    return stage.begun.size() == 40 && std::ranges::all_of(stage.begun, [](const auto& entry) {
             return entry.second.size() >= 3;
           });
  }));
  EXPECT_EQ(stage.most_running, 3U);
  EXPECT_FALSE(stage.twice);
}

TEST(Scheduler, ARoundWithoutASlotForAnIntervalIsCountedAsSkipped) {
  Stage stage;
  stage.hanging = {"s/hog"};
  stage.plan({named("hog", 1h)}, 1);
  ASSERT_TRUE(stage.until([&] { return stage.running.size() == 1; }));
  stage.plan({named("hog", 1h), named("waits", 20ms)}, 1);
  EXPECT_TRUE(stage.until([&] { return stage.skipped >= 3; }));
  EXPECT_FALSE(stage.begun.contains("s/waits"));
  EXPECT_LT(stage.scheduler.earliest_due(), std::chrono::steady_clock::now() - 3 * 20ms);
  // A wider bound lets it in at once.
  stage.plan({named("hog", 1h), named("waits", 20ms)}, 2);
  EXPECT_TRUE(stage.until([&] { return stage.begun.contains("s/waits"); }));
  EXPECT_GE(*std::ranges::max_element(stage.lags), 0.06);
}

TEST(Scheduler, ARoundThatOnlyWaitsGivesItsPlaceToAnother) {
  Stage stage;
  stage.takes = 1h;
  stage.yielding = {"s/0", "s/1", "s/2", "s/3", "s/4", "s/5"};
  stage.plan(many(8, 10ms), 3);
  ASSERT_TRUE(stage.until([&] { return stage.running.size() == 8; }));
  EXPECT_EQ(stage.working, 2U);
  EXPECT_EQ(stage.scheduler.in_flight(), 8U);
  EXPECT_FALSE(stage.twice);
  EXPECT_TRUE(stage.stop()) << "what has yielded is called off like the others";
  EXPECT_EQ(stage.cancelled.size(), 8U);
  EXPECT_EQ(stage.working, 0U);
}

TEST(Scheduler, APlaceIsGivenOnceAndByAnyThread) {
  Stage stage;
  stage.takes = 1h;
  stage.plan(many(5, 10ms), 1);
  ASSERT_TRUE(stage.until([&] { return stage.running.size() == 1; }));
  const Scheduler::Yield first = stage.yields.begin()->second;
  std::thread([&] {
    first();
    first();
  }).join();
  ASSERT_TRUE(stage.until([&] { return stage.running.size() == 2; }));
  const std::size_t before = stage.skipped;
  ASSERT_TRUE(stage.until([&] { return stage.skipped > before + 10; })) << "others wait";
  EXPECT_EQ(stage.running.size(), 2U);
}

TEST(Scheduler, WhoWaitsForAPlaceBeginsAsSoonAsOneIsGiven) {
  Stage stage;
  stage.takes = 1h;
  stage.plan({named("a", 1h), named("b", 1h)}, 1);
  // Nothing else would wake it before the interval has passed.
  ASSERT_TRUE(stage.until([&] {
    return stage.running.size() == 1 &&
           stage.scheduler.earliest_due() < std::chrono::steady_clock::now() - 50ms;
  }));
  stage.yields.begin()->second();
  EXPECT_TRUE(stage.until([&] { return stage.running.size() == 2; }));
}

TEST(Scheduler, AYieldAfterTheEndGivesNothing) {
  Stage stage;
  stage.plan({named("a", 1h)}, 1);
  ASSERT_TRUE(stage.until([&] { return stage.scheduler.finished_rounds() == 1; }));
  stage.yields.at("s/a")();
  stage.takes = 1h;
  stage.plan(many(3, 10ms), 1);
  ASSERT_TRUE(stage.until([&] { return stage.running.size() == 1 && stage.skipped >= 3; }));
  EXPECT_EQ(stage.running.size(), 1U);
}

// A handler that is on its way while all goes must not bring anything back.
TEST(Scheduler, AYieldMayComeWhileTheSchedulerGoes) {
  Stage stage;
  stage.takes = 1h;
  stage.plan({named("a", 1h)}, 1);
  ASSERT_TRUE(stage.until([&] { return stage.running.size() == 1; }));
  ASSERT_TRUE(stage.stop());
  EXPECT_EQ(stage.scheduler.in_flight(), 0U);
  stage.yields.at("s/a")();
}

TEST(Scheduler, NoMoreRoundsWaitThanAreAllowed) {
  Stage stage;
  stage.takes = 1h;
  const auto targets = many(static_cast<int>(Scheduler::kMostWaiting) + 100, 10ms);
  for (const Target& target : targets) stage.yielding.insert(id_of(target));
  stage.plan(targets, 50);
  ASSERT_TRUE(stage.until([&] { return stage.running.size() >= Scheduler::kMostWaiting; }));
  ASSERT_TRUE(stage.until([&] { return stage.skipped > 0; }));
  EXPECT_EQ(stage.running.size(), Scheduler::kMostWaiting);
  EXPECT_TRUE(stage.stop());
}

TEST(Scheduler, AConfirmationComesBeforeTheInterval) {
  Stage stage;
  stage.answer = Scheduler::Next::confirm;
  stage.plan({named("a", 1h)});
  // Its first look is spread over half a second, its second would be half an hour away.
  EXPECT_TRUE(stage.until([&] { return stage.rounds >= 3; }));
  EXPECT_EQ(stage.begun["s/a"].at(0).round, Round::deep);
  EXPECT_EQ(stage.begun["s/a"].at(1).round, Round::confirm);
  EXPECT_EQ(stage.begun["s/a"].at(2).round, Round::confirm);
}

TEST(Scheduler, SteadyFailureIsLookedAtLessOften) {
  Stage stage;
  stage.answer = Scheduler::Next::backoff;
  stage.plan({named("a", 1min)});
  ASSERT_TRUE(stage.until([&] { return stage.scheduler.finished_rounds() == 1; }));
  EXPECT_GT(stage.scheduler.due("s/a"), std::chrono::steady_clock::now() + 65s);
}

TEST(Scheduler, AReloadKeepsPlacesAndCancelsWhatIsGone) {
  Stage stage;
  stage.hanging = {"s/gone"};
  stage.plan({named("stays", 1h), named("gone", 1h)});
  ASSERT_TRUE(stage.until([&] { return stage.rounds == 2 && stage.running.size() == 1; }));
  const auto due = stage.scheduler.due("s/stays");
  stage.plan({named("stays", 1h), named("new", 1h)});
  EXPECT_EQ(stage.scheduler.due("s/stays"), due);
  EXPECT_TRUE(stage.until([&] { return stage.begun.contains("s/new") && stage.running.empty(); }));
  EXPECT_EQ(stage.cancelled["s/gone"], 1);
  EXPECT_EQ(stage.scheduler.due("s/stays"), due);
  EXPECT_EQ(stage.begun["s/stays"].size(), 1U);
  EXPECT_TRUE(stage.failed.empty()) << "what a round says that was called off is of no interest";
}

TEST(Scheduler, ATargetThatChangesStartsAnewOnlyAfterItsOldRoundHasEnded) {
  Stage stage;
  stage.hanging = {"s/a"};
  stage.plan({named("a", 1h)});
  ASSERT_TRUE(stage.until([&] { return stage.running.size() == 1; }));
  stage.hanging.clear();
  stage.plan({named("a", 2h)});
  EXPECT_TRUE(stage.until([&] { return stage.scheduler.finished_rounds() == 2; }));
  EXPECT_FALSE(stage.twice);
  EXPECT_EQ(stage.cancelled["s/a"], 1);
  EXPECT_EQ(stage.begun["s/a"].at(1).target->interval, 2h);
  EXPECT_EQ(stage.begun["s/a"].at(1).turn, 0U);
}

TEST(Scheduler, StopCancelsHangingRoundsAndWaitsForThem) {
  Stage stage;
  stage.hanging = {"s/0", "s/1", "s/2"};
  stage.plan(many(3, 1s));
  ASSERT_TRUE(stage.until([&] { return stage.running.size() == 3; }));
  ASSERT_TRUE(stage.stop());
  EXPECT_EQ(stage.cancelled.size(), 3U);
  EXPECT_EQ(stage.scheduler.in_flight(), 0U);
  EXPECT_EQ(stage.working, 0U);
  // Nothing begins any more, not even of a new plan.
  stage.plan(many(5, 1ms));
  stage.io.restart();
  stage.io.run_for(20ms);
  EXPECT_EQ(stage.rounds, 3U);
}

TEST(Scheduler, StopWithoutRoundsCompletesAtOnce) {
  Stage stage;
  stage.plan(many(3, 1h));
  EXPECT_TRUE(stage.stop());
  EXPECT_TRUE(stage.stop()) << "a second time too";
}

TEST(Scheduler, AnExceptionIsToldAndTheNextRoundComesAsUsual) {
  Stage stage;
  stage.throwing = {"s/bad"};
  stage.plan({named("bad", 2ms), named("good", 2ms)});
  EXPECT_TRUE(
      stage.until([&] { return stage.failed.size() >= 3 && stage.begun["s/good"].size() >= 3; }));
  EXPECT_EQ(stage.failed.front(), "s/bad: a bug");
}

TEST(Scheduler, AStallOfTheLoopIsFollowedByOneRoundOfEachTarget) {
  constexpr auto kInterval = 100ms;
  Stage stage;
  stage.plan(many(5, kInterval));
  ASSERT_TRUE(
      stage.until([&] { return stage.begun.size() == 5 && stage.scheduler.in_flight() == 0; }));
  const std::size_t before = stage.lags.size();
  std::this_thread::sleep_for(5 * kInterval);  // the stall itself
  const auto awake = std::chrono::steady_clock::now();
  // All that became due in the meantime begins in one go.
  ASSERT_TRUE(stage.until([&] { return stage.lags.size() > before; }));
  EXPECT_EQ(stage.lags.size() - before, 5U);
  EXPECT_GE(stage.skipped, 5U * 3U);
  ASSERT_TRUE(stage.until([&] { return stage.scheduler.in_flight() == 0; }));
  EXPECT_GT(stage.scheduler.earliest_due(), awake);
}

TEST(Scheduler, MayGoWhileRoundsAreInFlight) {
  asio::io_context io;
  int ended = 0;
  {
    auto examine = [&ended](Assignment, Scheduler::Yield) -> asio::awaitable<Scheduler::Next> {
      struct Count {
        int& ended;
        ~Count() { ++ended; }
      } count{ended};
      asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
      co_await timer.async_wait(asio::use_awaitable);
      co_return Scheduler::Next::normal;
    };
    Scheduler scheduler(io.get_executor(), examine, {});
    const auto two = many(2, 1ms);
    scheduler.set_plan({two.begin(), two.end()}, {});
    for (int i = 0; i < 1000 && scheduler.in_flight() < 2; ++i) io.run_one_for(100ms);
    ASSERT_EQ(scheduler.in_flight(), 2U);
  }
  io.run_for(kBound);
  EXPECT_EQ(ended, 2);
}

TEST(Scheduler, HoldsTenThousandTargets) {
  Stage stage;
  stage.plan(many(10'000, 1h));
  EXPECT_LT(stage.scheduler.earliest_due(), std::chrono::steady_clock::now() + 10s);
  stage.plan(many(9'000, 1h));
  stage.plan(many(10'000, 1h));
  EXPECT_TRUE(stage.until([&] { return stage.rounds > 0; }));
  EXPECT_TRUE(stage.stop());
}

}  // namespace
}  // namespace reachd
