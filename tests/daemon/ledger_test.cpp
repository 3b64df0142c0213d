#include "daemon/ledger.hpp"

#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/measurement_json.hpp"
#include "tests/support/loop.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

// Some hours ago: what was over long since is not read back.
const WallTime kNoon = std::chrono::system_clock::now() - 5h;

ControlResult control(const std::string& name) {
  ControlResult result;
  result.name = name;
  result.ok = true;
  result.families = {Family::ipv4};
  return result;
}

Target target(const std::string& service) {
  Target made;
  made.service = service;
  made.name = "web";
  made.url = "https://" + service + ".example/";
  made.host = service + ".example";
  return made;
}

// All that a daemon has but the network: rounds are filed by hand.
class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    std::filesystem::create_directories(directory_);
    for (const char* service : {"a", "b"}) {
      config_.services.push_back({service, {target(service)}});
    }
    config_.controls.foreign = {target("control.foreign")};
    config_.state.directory = directory_;
    config_.alertmanager.external_url = "https://reachd.example";
  }
  ~LedgerTest() override { std::filesystem::remove_all(directory_); }

  // One life of a daemon.
  struct Life {
    Life(Config& config, test::Loop& loop)
        : saver(loop.io.get_executor(), worker, config.state.directory, {}),
          archiver(loop.io.get_executor(), worker, config.state.directory, {}),
          notifier(loop.io.get_executor(), loop.way, nullptr),
          ledger(config, board, metrics, saver, archiver, notifier),
          io(loop.io) {
      ledger.restore(saver.load());
      saver.start();
      archiver.start();
      set_targets(board, config);
      metrics.configure(config);
      ledger.configure();
    }
    // The orderly end.
    void end() {
      test::run(io, [](Life& life) -> boost::asio::awaitable<int> {
        co_await life.archiver.stop();
        co_await life.saver.stop();
        co_return 0;
      }(*this));
      worker.stop();
    }

    void round(const std::string& id, Status status, WallTime at,
               const std::string& kind = "tls.reset.sni") {
      Measurement measurement;
      measurement.service = id.substr(0, id.find('/'));
      measurement.target = id.substr(id.find('/') + 1);
      measurement.url = "https://example.org/";
      measurement.began = at;
      measurement.controls = {control("control.foreign/x"), control("control.foreign/y")};
      if (!silent_control.empty()) {
        measurement.controls.push_back(control(silent_control));
        measurement.controls.back().ok = false;
      }
      Verdict verdict;
      verdict.status = status;
      if (status != Status::ok) verdict.kinds = {kind};
      verdict.rule = status == Status::ok ? "steps.fine" : "tls.reset.early";
      TargetBoard& entry = board.targets.at(id);
      const auto shared = std::make_shared<const Measurement>(std::move(measurement));
      record(entry, shared, verdict, at);
      ledger.file(entry, shared, verdict);
    }
    void rounds(const std::string& id, Status status, WallTime from, int count) {
      for (int i = 0; i < count; ++i) round(id, status, from + i * 60s);
    }

    std::string silent_control;  // that the rounds have beside them, failing; empty: none
    Board board;
    Metrics metrics;
    Worker worker;
    store::Saver saver;
    archive::Archiver archiver;
    Notifier notifier;
    Ledger ledger;
    boost::asio::io_context& io;
  };

  std::string directory_ = testing::TempDir() + "ledger-" + std::to_string(::getpid()) + "-" +
                           testing::UnitTest::GetInstance()->current_test_info()->name();
  Config config_;
  test::Loop loop_;
};

TEST_F(LedgerTest, ABlockIsOneEventOneAlertAndOneRecovery) {
  Life life(config_, loop_);
  life.rounds("a/web", Status::ok, kNoon, 5);
  EXPECT_EQ(life.board.chronicle.all().size(), 0U) << "to be known at all is no event";
  life.rounds("a/web", Status::blocked, kNoon + 1h, 4);
  ASSERT_EQ(life.board.chronicle.all().size(), 1U);
  EXPECT_EQ(life.board.targets.at("a/web").state.confirmed.status, Status::blocked);
  ASSERT_THAT(life.notifier.book().to_tell("x"), SizeIs(1));
  const Alert alert = life.notifier.book().to_tell("x")[0];
  EXPECT_EQ(alert.labels.at("alertname"), "ReachdTargetBlocked");
  EXPECT_EQ(alert.labels.at("service_name"), "a");
  EXPECT_EQ(alert.labels.at("kind"), "tls.reset.sni");
  EXPECT_EQ(alert.page, "https://reachd.example/targets/a/web");
  EXPECT_THAT(life.metrics.text(), HasSubstr("reachd_changes_total{service_name=\"a\","));
  life.rounds("a/web", Status::ok, kNoon + 2h, 8);
  EXPECT_EQ(life.board.chronicle.all().size(), 2U);
  EXPECT_TRUE(life.board.chronicle.all()[0].ended);
  EXPECT_TRUE(life.notifier.book().to_tell("x")[0].ends);
  life.end();
}

TEST_F(LedgerTest, ToBeKnownBetterIsNeitherAnEventNorAnotherAlert) {
  Life life(config_, loop_);
  life.rounds("a/web", Status::ok, kNoon, 5);
  for (int i = 0; i < 6; ++i) {
    life.round("a/web", Status::likely_blocked, kNoon + 1h + i * 60s, "tls.reset");
  }
  ASSERT_THAT(life.notifier.book().to_tell("x"), SizeIs(1));
  const Alert first = life.notifier.book().to_tell("x")[0];
  EXPECT_EQ(first.labels.at("kind"), "tls.reset");
  for (int i = 6; i < 20; ++i) {
    life.round("a/web", Status::likely_blocked, kNoon + 1h + i * 60s, "tls.reset.sni");
  }
  EXPECT_EQ(life.board.chronicle.all().size(), 1U);
  ASSERT_THAT(life.notifier.book().to_tell("x"), SizeIs(1));
  const Alert later = life.notifier.book().to_tell("x")[0];
  EXPECT_EQ(later.labels, first.labels);
  EXPECT_THAT(later.annotations.at("summary"), HasSubstr("tls.reset.sni"));
  life.end();
}

TEST_F(LedgerTest, OneRuleThatHitsTwoIsOneEvent) {
  Life life(config_, loop_);
  for (const char* id : {"a/web", "b/web"}) life.rounds(id, Status::ok, kNoon, 5);
  for (const char* id : {"a/web", "b/web"}) life.rounds(id, Status::blocked, kNoon + 1h, 4);
  ASSERT_EQ(life.board.chronicle.all().size(), 1U);
  EXPECT_EQ(life.board.chronicle.all()[0].members.size(), 2U);
  EXPECT_THAT(life.notifier.book().to_tell("x"), SizeIs(2));
  life.end();
}

TEST_F(LedgerTest, TheNextLifeGoesOnWhereTheLastEnded) {
  {
    Life life(config_, loop_);
    life.rounds("a/web", Status::ok, kNoon, 5);
    life.rounds("a/web", Status::blocked, kNoon + 1h, 4);
    life.end();
  }
  {
    Life life(config_, loop_);
    EXPECT_EQ(life.board.targets.at("a/web").state.confirmed.status, Status::blocked);
    EXPECT_THAT(life.metrics.text(),
                HasSubstr("reachd_target_status{service_name=\"a\",status=\"blocked\","
                          "target=\"web\"} 1"));
    ASSERT_EQ(life.board.chronicle.all().size(), 1U);
    ASSERT_THAT(life.notifier.book().to_tell("x"), SizeIs(1));
    EXPECT_EQ(life.notifier.book().to_tell("x")[0].starts,
              life.board.chronicle.all()[0].members[0].change.confirmed);
    life.rounds("a/web", Status::blocked, kNoon + 1h + 240s, 10);
    EXPECT_EQ(life.board.chronicle.all().size(), 1U) << "nothing is news twice";
    life.rounds("a/web", Status::ok, kNoon + 3h, 8);
    EXPECT_EQ(life.board.chronicle.all().size(), 2U);
    EXPECT_GT(life.board.chronicle.all()[1].id, life.board.chronicle.all()[0].id);
    life.end();
  }
  Life life(config_, loop_);
  EXPECT_EQ(life.board.chronicle.all().size(), 2U);
  EXPECT_EQ(life.board.targets.at("a/web").state.confirmed.status, Status::ok);
  life.end();
}

TEST_F(LedgerTest, ATargetThatMeasuresSomethingElseBeginsAnew) {
  {
    Life life(config_, loop_);
    life.rounds("a/web", Status::ok, kNoon, 5);
    life.rounds("a/web", Status::blocked, kNoon + 1h, 4);
    life.end();
  }
  Target other = config_.services[0].targets[0];
  other.url = "https://other.example/";
  config_.services[0].targets = {other};
  Life life(config_, loop_);
  EXPECT_EQ(life.board.targets.at("a/web").state, State{});
  ASSERT_THAT(life.notifier.book().to_tell("x"), SizeIs(1));
  EXPECT_TRUE(life.notifier.book().to_tell("x")[0].ends) << "it was of what is not measured now";
  EXPECT_TRUE(life.board.chronicle.all()[0].ended) << "and so was the event";
  life.end();
}

TEST_F(LedgerTest, WhatATargetWasInEndsWhenItIsTakenOutAndStaysEnded) {
  {
    Life life(config_, loop_);
    for (const char* id : {"a/web", "b/web"}) life.rounds(id, Status::ok, kNoon, 5);
    for (const char* id : {"a/web", "b/web"}) life.rounds(id, Status::blocked, kNoon + 1h, 4);
    life.end();
  }
  {
    Life life(config_, loop_);
    ASSERT_EQ(life.board.chronicle.all().size(), 1U);
    EXPECT_FALSE(life.board.chronicle.all()[0].ended) << "both are still there";
    config_.services.clear();
    set_targets(life.board, config_);
    life.ledger.configure();
    EXPECT_TRUE(life.board.chronicle.all()[0].ended);
    life.end();
  }
  Life life(config_, loop_);
  EXPECT_TRUE(life.board.chronicle.all()[0].ended);
  life.end();
}

TEST_F(LedgerTest, AControlThatNeverAnswersDoesNotMakeTheOthersDoubtful) {
  Life life(config_, loop_);
  Target dead = target("control.foreign");
  dead.name = "dead";
  for (int i = 0; i < 400; ++i) {
    life.ledger.file(dead, false, kNoon - 3h + i * 20s, {});
    life.ledger.file(target("control.foreign"), true, kNoon - 3h + i * 20s, {});
  }
  life.silent_control = "control.foreign/dead";
  life.rounds("a/web", Status::ok, kNoon, 5);
  // Plain failures: what rests on an artefact is believed whatever the line is like.
  life.rounds("a/web", Status::impaired, kNoon + 1h, 4);
  EXPECT_EQ(life.board.targets.at("a/web").state.confirmed.status, Status::impaired);
  life.end();
}

// How long a block takes to be believed: rounds of plain failures until it is confirmed.
int rounds_until_impaired(auto& life) {
  life.rounds("a/web", Status::ok, kNoon, 5);
  for (int i = 1; i < 40; ++i) {
    life.rounds("a/web", Status::impaired, kNoon + 1h + i * 60s, 1);
    if (life.board.targets.at("a/web").state.confirmed.status != Status::ok) return i;
  }
  return 40;
}

TEST_F(LedgerTest, WhatTheLineIsLikeIsKnownAfterARestart) {
  {
    Life life(config_, loop_);
    for (int i = 0; i < 300; ++i) {  // one in four is lost
      life.ledger.file(target("control.foreign"), i % 4 != 0, kNoon - 3h + i * 20s, {});
    }
    life.end();
  }
  config_.services[1].targets.clear();
  int on_a_bad_line = 0;
  {
    Life life(config_, loop_);
    on_a_bad_line = rounds_until_impaired(life);
    life.end();
  }
  config_.controls.foreign[0].name = "another";  // that one is not known
  std::filesystem::remove(std::filesystem::path(directory_) / "state.sqlite");
  Life life(config_, loop_);
  EXPECT_GT(on_a_bad_line, rounds_until_impaired(life));
  life.end();
}

TEST_F(LedgerTest, TheVantageIsAnAlertOfItsOwnAndIsBackAfterARestart) {
  const Target who = target("control.foreign");
  const Vantage offline{VantageStatus::offline, "vantage.nothing_answers", false, false, {}};
  {
    Life life(config_, loop_);
    for (int i = 0; i < 5; ++i) {
      life.ledger.file(who, true, kNoon + i * 20s, {});
    }
    for (int i = 0; i < 5; ++i) {
      life.ledger.file(who, false, kNoon + 200s + i * 20s, offline);
    }
    EXPECT_EQ(life.board.vantage_state.confirmed, VantageStatus::offline);
    ASSERT_THAT(life.notifier.book().to_tell("x"), SizeIs(1));
    const Alert alert = life.notifier.book().to_tell("x")[0];
    EXPECT_EQ(alert.labels.at("alertname"), "ReachdVantageNotOnline");
    EXPECT_EQ(alert.labels.at("status"), "offline");
    life.end();
  }
  Life life(config_, loop_);
  EXPECT_EQ(life.board.vantage_state.confirmed, VantageStatus::offline);
  for (int i = 0; i < 5; ++i) {
    life.ledger.file(who, true, kNoon + 400s + i * 20s, {});
  }
  EXPECT_EQ(life.board.vantage_state.confirmed, VantageStatus::online);
  EXPECT_EQ(life.board.chronicle.all().size(), 2U);
  EXPECT_TRUE(life.notifier.book().to_tell("x")[0].ends);
  life.end();
}

// A crash may take what some quiet rounds taught; an orderly end takes nothing.
TEST_F(LedgerTest, AQuietTargetIsWrittenDownSeldomAndAtTheEnd) {
  const WallTime start = kNoon;
  for (const bool orderly : {false, true}) {
    State known;
    {
      Life life(config_, loop_);
      life.rounds("a/web", Status::ok, start, 29);
      known = life.board.targets.at("a/web").state;
      if (orderly) life.ledger.save_states();
      life.end();
    }
    ASSERT_EQ(known.confirmed.status, Status::ok);
    EXPECT_EQ(known.last, start + 28 * 60s);
    Life next(config_, loop_);
    const State& found = next.board.targets.at("a/web").state;
    EXPECT_EQ(found.confirmed, known.confirmed);
    EXPECT_EQ(found.since, known.since);
    EXPECT_EQ(found == known, orderly);
    EXPECT_EQ(found.last, start + (orderly ? 28 : 20) * 60s) << "every tenth round";
    next.end();
  }
}

// A block that goes on says no more than that it goes on: thousands of them are not written each
// time.
TEST_F(LedgerTest, ASteadyTroubleIsWrittenDownAsSeldom) {
  const WallTime start = kNoon;
  int confirmed = -1;
  {
    Life life(config_, loop_);
    life.rounds("a/web", Status::ok, start, 20);
    for (int i = 20; i < 60; ++i) {
      life.round("a/web", Status::blocked, start + i * 60s);
      const bool now = life.board.targets.at("a/web").state.confirmed.status == Status::blocked;
      if (now && confirmed < 0) confirmed = i;
    }
    life.end();
  }
  ASSERT_GT(confirmed, 20);
  ASSERT_LT(confirmed, 35);
  Life next(config_, loop_);
  const State& found = next.board.targets.at("a/web").state;
  EXPECT_EQ(found.confirmed.status, Status::blocked);
  EXPECT_EQ(found.last, start + (confirmed + (59 - confirmed) / 10 * 10) * 60s)
      << "when it was confirmed, and every tenth round from then on";
  next.end();
}

// An operator deletes the file under the daemon: what it knew is in the next one, seconds later.
TEST_F(LedgerTest, StatesAreSavedAgainWhereTheStoreBeganANewFile) {
  std::vector<std::string> ids;  // more than are saved in one second
  for (int i = 0; i < 1500; ++i) {
    const std::string service = "s" + std::to_string(1000 + i);
    config_.services.push_back({service, {target(service)}});
    ids.push_back(service + "/web");
  }
  const auto until = [&](const auto& holds) {
    test::run(loop_.io, [](const auto& condition) -> boost::asio::awaitable<int> {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
      while (!condition()) {
        timer.expires_after(10ms);
        co_await timer.async_wait(boost::asio::use_awaitable);
      }
      co_return 0;
    }(holds));
  };
  for (const bool ends_early : {false, true}) {
    std::filesystem::remove_all(directory_);
    State a;
    State b;
    {
      Life life(config_, loop_);
      life.rounds("a/web", Status::blocked, kNoon, 10);
      life.rounds("b/web", Status::ok, kNoon, 10);
      for (const std::string& id : ids) life.round(id, Status::ok, kNoon);
      life.ledger.file(config_.controls.foreign[0], true, kNoon, {});
      until([&] { return life.saver.health().waiting == 0; });  // on its way …
      const auto written =
          test::run(loop_.io, life.saver.rounds_of("a/web", kNoon - 1min, WallTime::max(), 99));
      ASSERT_EQ(written->size(), 10U);  // … and there
      std::filesystem::remove(directory_ + "/state.sqlite");
      std::filesystem::remove(directory_ + "/state.sqlite-wal");
      life.round("b/web", Status::ok, kNoon + 10min);
      until([&] { return life.saver.health().begun == 2; });
      a = life.board.targets.at("a/web").state;
      b = life.board.targets.at("b/web").state;
      life.ledger.save_news();                                           // the second's end …
      ends_early ? life.ledger.save_states() : life.ledger.save_news();  // … and the next one's
      life.end();
    }
    {
      store::Store file(directory_, {});
      const auto saved = file.load(std::chrono::system_clock::now());
      EXPECT_EQ(saved.states.size(), 2 + ids.size() + 1) << "the last is the control's";
    }
    Life next(config_, loop_);
    for (const std::string& id : ids) EXPECT_NE(next.board.targets.at(id).state, State{}) << id;
    EXPECT_EQ(next.board.targets.at("a/web").state, a);
    EXPECT_EQ(next.board.targets.at("b/web").state, b);
    EXPECT_EQ(next.board.chronicle.all().size(), 1U);
    next.end();
  }
}

// Each that joins would have the whole event written again: from the seventeenth on it waits for
// the second's end.
TEST_F(LedgerTest, AnEventOfManyIsWrittenOnceASecond) {
  constexpr std::size_t kMany = 40;
  config_.services.clear();
  for (std::size_t i = 0; i < kMany; ++i) {
    const std::string service = "s" + std::to_string(100 + i);
    config_.services.push_back({service, {target(service)}});
  }
  for (const std::size_t written : {std::size_t{16}, kMany}) {
    std::filesystem::remove_all(directory_);
    {
      Life life(config_, loop_);
      for (const auto& service : config_.services) {
        life.rounds(service.name + "/web", Status::blocked, kNoon, 4);
      }
      ASSERT_EQ(life.board.chronicle.all().size(), 1U);
      ASSERT_EQ(life.board.chronicle.all().front().members.size(), kMany);
      if (written == kMany) life.ledger.save_news();
      life.end();
    }
    Life next(config_, loop_);
    ASSERT_EQ(next.board.chronicle.all().size(), 1U);
    EXPECT_EQ(next.board.chronicle.all().front().members.size(), written);
    EXPECT_EQ(next.notifier.book().size(), kMany);
    next.end();
  }
}

TEST_F(LedgerTest, OfACompactTargetOnlyWhatTellsSomethingIsArchived) {
  Target compact = config_.services[0].targets[0];
  compact.detail = Detail::compact;
  config_.services[0].targets = {compact};
  const WallTime start = kNoon;
  Life life(config_, loop_);
  for (const char* id : {"a/web", "b/web"}) {
    life.rounds(id, Status::ok, start, 5);
    life.round(id, Status::blocked, start + 5min);
    life.rounds(id, Status::ok, start + 6min, 5);
  }
  life.end();
  std::map<std::string, int> lines;
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory_ + "/archive")) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path());
    for (std::string line; std::getline(in, line);) {
      const auto read = parse_measurement(line);
      if (read) ++lines[read->service];
    }
  }
  EXPECT_EQ(lines["b"], 11);
  EXPECT_EQ(lines["a"], 3) << "the first, the bad one, and the first that was well again";
}

}  // namespace
}  // namespace reachd
