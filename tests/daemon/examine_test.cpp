// One round as the daemon does it, on real sockets: what it tells the scheduler on its way.
#include "daemon/examine.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>

#include "tests/support/dns_server.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd {
namespace {

using namespace test;

Target web(const std::string& service, std::uint16_t port) {
  Target target;
  target.service = service;
  target.name = "web";
  target.scheme = Scheme::http;
  target.host = service + ".test";
  target.port = port;
  target.url = "http://" + target.host + ":" + std::to_string(port) + "/";
  target.families = {Family::ipv4};
  return target;
}

class ExamineTest : public testing::Test {
 protected:
  ExamineTest() {
    std::filesystem::create_directories(directory_);
    config_.state.directory = directory_;
    ResolverSettings resolver;
    resolver.name = "r";
    resolver.kind = ResolverSettings::Kind::udp;
    resolver.address = "127.0.0.1";
    resolver.port = dns_.port();
    config_.resolvers = {resolver};
  }
  ~ExamineTest() override { std::filesystem::remove_all(directory_); }

  // All that a round of s/web works with, which is on the board.
  struct House {
    House(const Config& config, Loop& loop, const std::string& directory)
        : instruments(loop.io.get_executor(), config, loop.trust.separate()),
          saver(loop.io.get_executor(), worker, directory, {}),
          archiver(loop.io.get_executor(), worker, directory, {}),
          notifier(loop.io.get_executor(), loop.way, nullptr),
          ledger(config, board, metrics, saver, archiver, notifier),
          parts{instruments, config, board, metrics, ledger},
          io(loop.io) {
      set_targets(board, config);
      metrics.configure(config);
      ledger.configure();
    }
    ~House() { worker.stop(); }

    void round(Scheduler::Yield yield) {
      const SharedTarget target = board.targets.at("s/web").target;
      run(io, examine(parts, {target, Round::light, 0}, std::move(yield)));
    }

    Instruments instruments;
    Board board;
    Metrics metrics;
    Worker worker;
    store::Saver saver;
    archive::Archiver archiver;
    Notifier notifier;
    Ledger ledger;
    Parts parts;
    boost::asio::io_context& io;
  };

  // How often a round of s/web has yielded.
  int yields() {
    House house(config_, loop_, directory_);
    const TargetBoard& entry = house.board.targets.at("s/web");
    int told = 0;
    house.round([&] {
      ++told;
      EXPECT_FALSE(entry.last) << "before the round has ended";
    });
    EXPECT_TRUE(entry.last);
    return told;
  }

  std::string directory_ = testing::TempDir() + "examine-" + std::to_string(::getpid()) + "-" +
                           testing::UnitTest::GetInstance()->current_test_info()->name();
  Config config_;
  Loop loop_;
  DnsServer dns_{loop_.io, answering({"127.0.0.1"})};
  TcpServer server_{loop_.io, {request(), Send{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"}}};
};

TEST_F(ExamineTest, YieldsWhenOnlyTheResolversAreListenedTo) {
  config_.services = {{"s", {web("s", server_.port())}}};
  EXPECT_EQ(yields(), 1);
}

// Its controls climb ladders as well, and listen.
TEST_F(ExamineTest, WhatFollowsAFailureDoesNotYieldAgain) {
  TcpServer refusing(loop_.io, {Reset{}});
  config_.services = {{"s", {web("s", refusing.port())}}};
  config_.controls.foreign = {web("control.foreign", server_.port())};
  EXPECT_EQ(yields(), 1);
}

// A reload moves the entries, or takes them away, while rounds are under way.
TEST_F(ExamineTest, WhatIsReadAgainMeanwhileGetsTheRound) {
  config_.services = {{"s", {web("s", server_.port())}}};
  House house(config_, loop_, directory_);
  house.round([&] {
    config_.services.push_back({"r", {web("r", 1)}});
    set_targets(house.board, config_);
  });
  const TargetBoard& entry = house.board.targets.at("s/web");
  ASSERT_TRUE(entry.last);
  EXPECT_EQ(entry.verdict.status, Status::ok);
  EXPECT_EQ(entry.rounds.size(), 1U);
}

TEST_F(ExamineTest, ARoundOfATargetThatIsGoneIsFiledNowhere) {
  config_.services = {{"s", {web("s", server_.port())}}};
  House house(config_, loop_, directory_);
  house.round([&] {
    config_.services = {{"r", {web("r", 1)}}};
    set_targets(house.board, config_);
  });
  ASSERT_EQ(house.board.targets.size(), 1U);
  EXPECT_TRUE(house.board.targets.at("r/web").rounds.empty());
}

}  // namespace
}  // namespace reachd
