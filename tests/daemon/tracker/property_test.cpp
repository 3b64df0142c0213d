// What must hold whatever rounds say: made-up rounds in made-up order, told to states that others
// like them have led to.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/tracker/state_json.hpp"
#include "tests/daemon/tracker/rounds.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using namespace test;
namespace json = boost::json;

constexpr int kWorlds = 150;
constexpr int kRounds = 150;

// A censor that changes its mind, a line that loses, a daemon that sleeps.
class World {
 public:
  explicit World(unsigned seed) : random_(seed) {}

  Sighting next() {
    if (one_in(40)) mood_ = draw(5);
    Sighting sighting = made();
    now_ += one_in(100) ? 5h : 60s;
    if (one_in(200)) now_ -= 2min;
    sighting.at = now_;
    sighting.vouched = !one_in(8);
    sighting.artefact = sighting.status == Status::blocked && one_in(2);
    sighting.p0 = 0.005 * (1 + draw(60));
    sighting.bytes_per_second = one_in(3) ? 0 : 1e4 * (1 + draw(100));
    sighting.seconds = one_in(50) ? 9 : 0.1 + 0.01 * draw(20);
    return sighting;
  }

 private:
  int draw(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  bool one_in(int n) { return draw(n) == 0; }
  Sighting made() {
    static const std::vector<std::string> kKinds{
        "tls.reset.sni", "tls.reset.other",    "tls", "dns.injection.bogon", "tcp.timeout",
        "throttle.rate", "server_side.antibot"};
    const int mood = one_in(10) ? draw(5) : mood_;
    if (mood == 0) return round_of(Status::ok);
    std::vector<std::string> kinds;
    for (int i = draw(4); i > 0; --i) kinds.push_back(kKinds[static_cast<std::size_t>(draw(7))]);
    return round_of(kStatuses[static_cast<std::size_t>(draw(6))], kinds);
  }

  std::mt19937 random_;
  int mood_ = 0;
  WallTime now_ = kNoon;
};

template <typename Check>
void in_all_worlds(Check check) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    World world(seed);
    State state;
    for (int i = 0; i < kRounds; ++i) {
      const Sighting sighting = world.next();
      const Tracked tracked = track(state, sighting, shipped_detector());
      check(state, sighting, tracked);
      if (testing::Test::HasFailure()) {
        ADD_FAILURE() << "world " << seed << ", round " << i;
        return;
      }
      state = tracked.state;
    }
  }
}

TEST(TrackerProperties, WhatNobodyVouchesForChangesNothing) {
  int seen = 0;
  in_all_worlds([&](const State& state, const Sighting& sighting, const Tracked& tracked) {
    if (sighting.vouched && sighting.status != Status::insufficient) return;
    ++seen;
    EXPECT_EQ(tracked, (Tracked{state, {}, false}));
  });
  EXPECT_GT(seen, 500);
}

// From nothing against what is confirmed, one round that contradicts it never suffices.
TEST(TrackerProperties, OneRoundChangesNothingWhateverItSays) {
  int seen = 0;
  in_all_worlds([&](State state, Sighting sighting, const Tracked&) {
    if (state.confirmed.status == Status::insufficient) return;
    state.fast = state.slow = state.other = state.recovery = {};
    state.kinds.clear();
    state.tally = {};
    sighting.vouched = true;
    for (const bool artefact : {false, true}) {
      sighting.artefact = artefact;
      for (const Status status : kStatuses) {
        sighting.status = status;
        const Tracked tracked = track(state, sighting, shipped_detector());
        if (!tracked.change) continue;
        ++seen;
        EXPECT_EQ(tracked.change->passage, Passage::refined);
      }
    }
  });
  EXPECT_GT(seen, 40) << "nothing was ever refined: the worlds are too dull";
}

TEST(TrackerProperties, AChangeLeadsFromWhatWasConfirmedToWhatIs) {
  std::set<Passage> passages;
  in_all_worlds([&](const State& state, const Sighting& sighting, const Tracked& tracked) {
    EXPECT_EQ(tracked.change.has_value(),
              tracked.state.confirmed != state.confirmed ||
                  (tracked.change && tracked.change->passage == Passage::method));
    if (!tracked.change) return;
    const Change& change = *tracked.change;
    passages.insert(change.passage);
    EXPECT_EQ(change.from, state.confirmed);
    EXPECT_EQ(change.to, tracked.state.confirmed);
    EXPECT_EQ(change.confirmed, sighting.at);
    EXPECT_NE(change.to.status, Status::insufficient);
    EXPECT_TRUE(std::ranges::is_sorted(change.to.kinds));
    const bool was_wrong =
        state.confirmed.status != Status::ok && state.confirmed.status != Status::insufficient;
    EXPECT_EQ(change.passage == Passage::recovery, was_wrong && change.to.status == Status::ok);
  });
  EXPECT_EQ(passages.size(), 5U);
}

TEST(TrackerProperties, AStateSurvivesJsonAndGoesOnAlike) {
  in_all_worlds([&](const State& state, const Sighting& sighting, const Tracked& tracked) {
    const auto read = state_from_json(json::parse(json::serialize(to_json(state))));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(*read, state);
    EXPECT_EQ(track(*read, sighting, shipped_detector()), tracked);
  });
}

TEST(TrackerProperties, MemoryIsBounded) {
  in_all_worlds([&](const State&, const Sighting&, const Tracked& tracked) {
    EXPECT_LE(tracked.state.kinds.size(), State::kKindSums);
    EXPECT_LE(tracked.state.kind_shares.size(), State::kKindShares);
    EXPECT_LE(tracked.state.speed.values.size(), History::kMost);
    EXPECT_LE(tracked.state.latency.values.size(), History::kMost);
  });
}

TEST(TrackerProperties, AnyTroubleEndsWhenRoundsAreFine) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    World world(seed);
    Series series;
    for (int i = 0; i < kRounds; ++i) {
      const Sighting sighting = world.next();
      series.now = sighting.at;
      series.see(sighting);
    }
    series.see(fine(), 300);
    EXPECT_EQ(series.state.confirmed.status, Status::ok) << "world " << seed;
  }
}

}  // namespace
}  // namespace reachd
