#include "daemon/remote_write/pusher.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/log.hpp"
#include "daemon/remote_write/pushers.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/http_sink.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/write_request.hpp"

namespace reachd::remote_write {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::HttpSink;
using test::SinkAnswer;
using test::TakenRequest;
using testing::HasSubstr;
using testing::Not;

const std::string kToken = "secret-of-the-test";

// A daemon's series, one of which counts the snapshots.
struct Source {
  int snapshots = 0;
  Collected collect() {
    ++snapshots;
    return {std::make_shared<const std::string>("n " + std::to_string(snapshots) + "\n"), {}};
  }
};

// All that it takes to push, on a loop of the test's own; turned until something has happened.
struct Bench {
  test::Folder folder;
  test::Loop loop;
  Worker worker;
  Source source;

  std::unique_ptr<Pusher> push_to(const std::string& url, std::uint64_t max_bytes = 1U << 20U,
                                  const std::string& token = kToken) {
    return std::make_unique<Pusher>(
        loop.io.get_executor(), worker, loop.way, [this] { return source.collect(); },
        folder / "spool", receiver(url, max_bytes, token));
  }
  Pusher::Receiver receiver(const std::string& url, std::uint64_t max_bytes = 1U << 20U,
                            const std::string& token = kToken) const {
    return {{.url = url, .interval = 50ms, .max_bytes = max_bytes},
            token,
            {{"job", "reachd"}, {"vantage", "here"}}};
  }
  void turn_until(const std::function<bool()>& done) {
    const auto bound = std::chrono::steady_clock::now() + 20s;
    loop.io.restart();
    while (!done()) {
      ASSERT_LT(std::chrono::steady_clock::now(), bound) << "it did not happen";
      loop.io.run_one_for(20ms);
    }
  }
};

// The values of `n` that were taken, in the order in which they came.
struct Taken {
  std::vector<int> values;
  std::vector<std::int64_t> times;
  void take(const TakenRequest& request) {
    for (const auto& sample : test::read_write_request(request.body)) {
      values.push_back(static_cast<int>(sample.value()));
      times.push_back(sample.at);
    }
  }
};

std::vector<int> up_to(int last, int first = 1) {
  std::vector<int> values;
  for (int value = first; value <= last; ++value) values.push_back(value);
  return values;
}

TEST(Pusher, SpeaksRemoteWriteWithTheToken) {
  Bench bench;
  std::vector<TakenRequest> requests;
  HttpSink sink(bench.loop.io, [&](const TakenRequest& request) {
    requests.push_back(request);
    return SinkAnswer{};
  });
  const auto pusher = bench.push_to(sink.url("/api/v1/write?a=b"));
  bench.turn_until([&] { return pusher->counts().sent >= 3; });
  ASSERT_GE(requests.size(), 3U);
  EXPECT_EQ(sink.connections(), 1) << "no handshake for each push";
  const TakenRequest& first = requests.front();
  EXPECT_EQ(first.target, "/api/v1/write?a=b");
  EXPECT_EQ(first.headers.at("content-type"), "application/x-protobuf");
  EXPECT_EQ(first.headers.at("content-encoding"), "snappy");
  EXPECT_EQ(first.headers.at("x-prometheus-remote-write-version"), "0.1.0");
  EXPECT_THAT(first.headers.at("user-agent"), testing::StartsWith("reachd/"));
  EXPECT_EQ(first.headers.at("authorization"), "Bearer " + kToken);
  const auto samples = test::read_write_request(first.body);
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples[0].series(), "n{job=\"reachd\",vantage=\"here\"}");
  const PushCounts counts = pusher->counts();
  EXPECT_EQ(counts.failed + counts.dropped, 0U);
  EXPECT_LT(std::chrono::system_clock::now() - counts.last_success, 1min);
}

TEST(Pusher, WhileTheReceiverIsAwayAllWaitsAndThenComesInOrder) {
  Bench bench;
  Taken taken;
  int refused = 0;
  bool away = true;
  HttpSink sink(bench.loop.io, [&](const TakenRequest& request) {
    if (away) {
      ++refused;
      return SinkAnswer{503, {}};
    }
    taken.take(request);
    return SinkAnswer{};
  });
  const auto pusher = bench.push_to(sink.url());
  bench.turn_until([&] { return bench.source.snapshots >= 10 && refused >= 2; });
  EXPECT_LT(refused, 5) << "with pauses between";
  EXPECT_GE(pusher->counts().pending, 9U);
  EXPECT_GT(pusher->counts().pending_bytes, 9U);
  EXPECT_EQ(pusher->counts().sent, 0U);
  away = false;
  bench.turn_until([&] { return pusher->counts().pending == 0 && !taken.values.empty(); });
  EXPECT_EQ(taken.values, up_to(static_cast<int>(taken.values.size()))) << "no gap, no repetition";
  EXPECT_TRUE(std::ranges::is_sorted(taken.times));
  EXPECT_EQ(pusher->counts().dropped, 0U);
}

TEST(Pusher, NobodyListening) {
  Bench bench;
  Taken taken;
  std::uint16_t port = 0;
  {
    const HttpSink sink(bench.loop.io, [](const auto&) { return SinkAnswer{}; });
    port = sink.port();
  }
  const auto pusher = bench.push_to("http://127.0.0.1:" + std::to_string(port) + "/write");
  bench.turn_until([&] { return bench.source.snapshots >= 5; });
  EXPECT_GE(pusher->counts().pending, 4U);
  const HttpSink sink(
      bench.loop.io,
      [&](const TakenRequest& request) {
        taken.take(request);
        return SinkAnswer{};
      },
      port);
  bench.turn_until([&] { return taken.values.size() >= 5; });
  EXPECT_EQ(taken.values, up_to(static_cast<int>(taken.values.size())));
}

TEST(Pusher, WhatIsRefusedIsDroppedAndBlocksNothing) {
  Bench bench;
  Taken taken;
  HttpSink sink(bench.loop.io, [&](const TakenRequest& request) {
    if (test::read_write_request(request.body).at(0).value() == 2) return SinkAnswer{400, {}};
    taken.take(request);
    return SinkAnswer{};
  });
  const auto pusher = bench.push_to(sink.url());
  bench.turn_until([&] { return taken.values.size() >= 4; });
  EXPECT_EQ(std::vector<int>(taken.values.begin(), taken.values.begin() + 4),
            (std::vector<int>{1, 3, 4, 5}));
  EXPECT_EQ(pusher->counts().failed, 1U);
}

TEST(Pusher, WaitsAsLongAsItIsAskedTo) {
  Bench bench;
  std::vector<std::chrono::steady_clock::time_point> asked;
  HttpSink sink(bench.loop.io, [&](const TakenRequest&) {
    asked.push_back(std::chrono::steady_clock::now());
    if (asked.size() == 1) return SinkAnswer{429, {{"Retry-After", "3"}}};
    return SinkAnswer{};
  });
  const auto pusher = bench.push_to(sink.url());
  bench.turn_until([&] { return asked.size() >= 2; });
  EXPECT_GE(asked[1] - asked[0], 3s) << "new snapshots do not shorten it";
}

TEST(Pusher, ARestartGoesOnWithWhatWaited) {
  Bench bench;
  Taken taken;
  bool away = true;
  HttpSink sink(bench.loop.io, [&](const TakenRequest& request) {
    if (away) return SinkAnswer{500, {}};
    taken.take(request);
    return SinkAnswer{};
  });
  auto pusher = bench.push_to(sink.url());
  bench.turn_until([&] { return pusher->counts().pending >= 3; });
  pusher.reset();
  away = false;
  pusher = bench.push_to(sink.url());
  bench.turn_until([&] { return taken.values.size() >= 5; });
  EXPECT_EQ(taken.values, up_to(static_cast<int>(taken.values.size())));
}

TEST(Pusher, AnotherUrlIsInForceAtOnceAndGetsWhatWaits) {
  Bench bench;
  Taken taken;
  int refused = 0;
  HttpSink bad(bench.loop.io, [&](const TakenRequest&) {
    ++refused;
    return SinkAnswer{503, {{"Retry-After", "300"}}};
  });
  HttpSink good(bench.loop.io, [&](const TakenRequest& request) {
    EXPECT_EQ(request.headers.contains("authorization"), false);
    taken.take(request);
    return SinkAnswer{};
  });
  const auto pusher = bench.push_to(bad.url());
  bench.turn_until([&] { return refused == 1 && pusher->counts().pending >= 3; });
  pusher->configure(bench.receiver(good.url(), 1U << 20U, ""));
  bench.turn_until([&] { return taken.values.size() >= 5; });
  EXPECT_EQ(taken.values, up_to(static_cast<int>(taken.values.size())));
  EXPECT_EQ(refused, 1);
}

TEST(Pusher, TheBoundHoldsAndTheOldestGoes) {
  Bench bench;
  Taken taken;
  bool away = true;
  HttpSink sink(bench.loop.io, [&](const TakenRequest& request) {
    if (away) return SinkAnswer{503, {}};
    taken.take(request);
    return SinkAnswer{};
  });
  const auto pusher = bench.push_to(sink.url(), 300);
  bench.turn_until([&] { return pusher->counts().dropped >= 5; });
  EXPECT_LE(pusher->counts().pending_bytes, 300U);
  const int dropped = static_cast<int>(pusher->counts().dropped);
  away = false;
  bench.turn_until([&] { return !taken.values.empty(); });
  EXPECT_GE(taken.values.front(), dropped);
}

TEST(Pusher, NoLineOfTheLogShowsTheToken) {
  log::start("debug");
  testing::internal::CaptureStderr();
  {
    Bench bench;
    int requests = 0;
    HttpSink sink(bench.loop.io, [&](const TakenRequest& request) {
      EXPECT_THAT(request.headers.at("authorization"), HasSubstr(kToken));
      ++requests;
      return SinkAnswer{requests == 1 ? 503U : requests == 2 ? 401U : 204U, {}};
    });
    const auto pusher = bench.push_to(sink.url());
    bench.turn_until([&] { return pusher->counts().sent >= 1; });
  }
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_THAT(lines, HasSubstr("HTTP 503: words of the receiver"));
  EXPECT_THAT(lines, HasSubstr("answers again"));
  EXPECT_THAT(lines, HasSubstr("HTTP 401"));
  EXPECT_THAT(lines, Not(HasSubstr(kToken)));
}

TEST(Pusher, ItsEndEndsWhatIsUnderWay) {
  Bench bench;
  HttpSink sink(bench.loop.io, [](const TakenRequest&) { return SinkAnswer{503, {}}; });
  auto pusher = bench.push_to(sink.url());
  bench.turn_until([&] { return bench.source.snapshots >= 2; });
  pusher.reset();
  sink.close();
  bench.loop.io.restart();
  bench.loop.io.run_for(10s);
  EXPECT_TRUE(bench.loop.io.stopped()) << "something goes on";
}

TEST(Pushers, EachHasItsSpoolAndThoseOfOthersGo) {
  Bench bench;
  std::map<std::string, std::vector<std::string>> taken;  // series by the path they came to
  HttpSink sink(bench.loop.io, [&](const TakenRequest& request) {
    for (const auto& sample : test::read_write_request(request.body)) {
      taken[request.target + " " + request.headers.at("authorization")].push_back(sample.series());
    }
    return SinkAnswer{};
  });
  Config config;
  config.vantage.name = "here";
  config.remote_write = {{.name = "a", .url = sink.url("/a"), .interval = 50ms},
                         {.name = "b", .url = sink.url("/b"), .interval = 50ms}};
  fs::create_directories(bench.folder / "remote-write/old");
  Pushers pushers(
      bench.loop.io.get_executor(), bench.worker, bench.loop.way,
      [&] { return bench.source.collect(); }, bench.folder.path());
  pushers.configure(config, {{"a", "token-of-a"}, {"b", "token-of-b"}}, {});
  bench.turn_until([&] {
    return taken["/a Bearer token-of-a"].size() > 1 && taken["/b Bearer token-of-b"].size() > 1;
  });
  EXPECT_EQ(taken["/a Bearer token-of-a"].front(),
            "n{instance=\"127.0.0.1:10980\",job=\"reachd\",vantage=\"here\"}");
  EXPECT_EQ(pushers.counts().size(), 2U);
  EXPECT_TRUE(fs::exists(bench.folder / "remote-write/b"));
  EXPECT_FALSE(fs::exists(bench.folder / "remote-write/old"));
  config.remote_write.pop_back();
  pushers.configure(config, {{"a", "another-token"}}, {});
  bench.turn_until([&] { return !taken["/a Bearer another-token"].empty(); });
  EXPECT_EQ(pushers.counts().size(), 1U);
  bench.turn_until([&] { return !fs::exists(bench.folder / "remote-write/b"); });
}

}  // namespace
}  // namespace reachd::remote_write
