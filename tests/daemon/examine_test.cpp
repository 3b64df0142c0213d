// One round as the daemon does it, on real sockets: what it tells the scheduler on its way.
#include "daemon/examine.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

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

  // How often a round of s/web has yielded.
  int yields() {
    Instruments instruments(loop_.io.get_executor(), config_, loop_.trust.separate());
    Board board;
    Metrics metrics;
    Worker worker;
    store::Saver saver(loop_.io.get_executor(), worker, directory_, {});
    archive::Archiver archiver(loop_.io.get_executor(), worker, directory_, {});
    Notifier notifier(loop_.io.get_executor(), loop_.way, nullptr);
    Ledger ledger(config_, board, metrics, saver, archiver, notifier);
    Parts parts{instruments, config_, board, metrics, ledger};
    set_targets(board, config_);
    metrics.configure(config_);
    ledger.configure();
    TargetBoard& entry = board.targets.at("s/web");
    int told = 0;
    run(loop_.io, examine(parts, {entry.target, Round::light, 0}, [&] {
          ++told;
          EXPECT_FALSE(entry.last) << "before the round has ended";
        }));
    EXPECT_TRUE(entry.last);
    worker.stop();
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

}  // namespace
}  // namespace reachd
