#include "probes/net/curl_multi.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include <gtest/gtest.h>
#include <boost/asio.hpp>

#include "probes/net/curl_easy.hpp"
#include "probes/net/together.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd::net {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::ip::tcp;
using test::TcpServer;

struct Got {
  CURLcode code = CURLE_OK;
  Ended ended = Ended::told;
  std::string body;
};

std::size_t keep(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

CurlEasy easy_for(const std::string& url, std::string& body) {
  CurlEasy easy(curl_easy_init());
  curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &keep);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
  return easy;
}

asio::awaitable<Got> get(CurlMulti& multi, std::string url) {
  Got got;
  const CurlEasy easy = easy_for(url, got.body);
  got.code = co_await multi.perform(easy.get());
  co_return got;
}

// Broken off after `patience`.
asio::awaitable<Got> get_briefly(CurlMulti& multi, std::string url,
                                 std::chrono::milliseconds patience) {
  Got got;
  const CurlEasy easy = easy_for(url, got.body);
  const auto performed =
      co_await multi.perform_until(easy.get(), std::chrono::steady_clock::now() + patience);
  got.code = performed.code;
  got.ended = performed.ended;
  co_return got;
}

std::string answer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

test::Script answering(const std::string& body, std::chrono::milliseconds delay = 0ms) {
  return {test::request(), test::Pause{delay}, test::Send{answer(body)}};
}

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return std::distance(begin(entries), end(entries));
}

std::chrono::microseconds cpu_of_this_thread() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

class CurlMultiTest : public testing::Test {
 protected:
  std::vector<Got> get_all(const std::string& url, int count) {
    std::vector<asio::awaitable<Got>> works;
    for (int i = 0; i < count; ++i) works.push_back(get(*multi, url));
    return test::run(io, together(io.get_executor(), std::move(works)));
  }

  asio::io_context io;
  Poller poller{io.get_executor()};
  std::optional<CurlMulti> multi{std::in_place, io.get_executor(), poller};
};

TEST_F(CurlMultiTest, ManyTransfersAtOnceAllComeBack) {
  TcpServer server(io, answering("hello"));
  const auto all = get_all(server.url(), 200);
  for (const Got& got : all) {
    EXPECT_EQ(got.code, CURLE_OK);
    EXPECT_EQ(got.body, "hello");
  }
  EXPECT_EQ(server.accepted(), 200);
}

TEST_F(CurlMultiTest, SlowAnswersAreWaitedForSideBySide) {
  TcpServer server(io, answering("late", 200ms));
  const auto began = std::chrono::steady_clock::now();
  for (const Got& got : get_all(server.url(), 50)) EXPECT_EQ(got.body, "late");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 50 * 200ms / 2);
}

TEST_F(CurlMultiTest, BigBodiesArriveWhole) {
  std::string big;
  for (int i = 0; big.size() < 1'000'000; ++i) big += std::to_string(i);
  TcpServer server(io, answering(big));
  for (const Got& got : get_all(server.url(), 10)) EXPECT_TRUE(got.body == big);
}

TEST_F(CurlMultiTest, NamesAreLookedUpWithoutHoldingTheLoop) {
  TcpServer server(io, answering("by name"));
  const std::string url = "http://localhost:" + std::to_string(server.port()) + "/";
  for (const Got& got : get_all(url, 20)) EXPECT_EQ(got.body, "by name");
}

TEST_F(CurlMultiTest, ARefusedConnectionIsItsOwnCode) {
  TcpServer server(io, {});
  server.close();
  for (const Got& got : get_all(server.url(), 10)) EXPECT_EQ(got.code, CURLE_COULDNT_CONNECT);
}

TEST_F(CurlMultiTest, OneConnectionServesTransfersInARow) {
  test::Script script;
  for (int i = 0; i < 10; ++i) {
    script.emplace_back(test::request());
    script.emplace_back(test::Send{answer("again")});
  }
  script.emplace_back(test::Hang{});
  TcpServer server(io, script);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(get_all(server.url(), 1).front().body, "again");
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(CurlMultiTest, WaitingCostsNoTimeOfTheProcessorAndEndsWhenCancelled) {
  TcpServer server(io, {test::request(), test::Hang{}});
  std::vector<asio::awaitable<Got>> works;
  for (int i = 0; i < 20; ++i) works.push_back(get_briefly(*multi, server.url(), 400ms));
  std::chrono::microseconds before{0};
  std::chrono::microseconds after{0};
  asio::steady_timer from(io, 50ms);
  asio::steady_timer until(io, 350ms);
  from.async_wait([&](auto) { before = cpu_of_this_thread(); });
  until.async_wait([&](auto) { after = cpu_of_this_thread(); });
  const auto all = test::run(io, together(io.get_executor(), std::move(works)));
  for (const Got& got : all) {
    EXPECT_EQ(got.code, CURLE_ABORTED_BY_CALLBACK);
    EXPECT_EQ(got.ended, Ended::late);
  }
  EXPECT_LE(after - before, 100ms);
}

TEST_F(CurlMultiTest, ACancelledCoroutineBreaksItsTransferOff) {
  asio::cancellation_signal signal;
  TcpServer server(
      io, {test::request(), test::Call{[&] { signal.emit(asio::cancellation_type::terminal); }},
           test::Hang{}});
  std::optional<Got> got;
  asio::co_spawn(io, get_briefly(*multi, server.url(), 20s),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error, Got g) {
                   EXPECT_FALSE(error);
                   got = g;
                   io.stop();
                 }));
  io.run_for(10s);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->code, CURLE_ABORTED_BY_CALLBACK);
  EXPECT_EQ(got->ended, Ended::cancelled);
}

TEST_F(CurlMultiTest, TheLoopRunsOutOfWorkWhenNothingIsUnderWay) {
  TcpServer server(io, answering("once"));
  Got got;
  asio::co_spawn(io, get(*multi, server.url()), [&](std::exception_ptr, Got g) {
    got = std::move(g);
    server.close();
  });
  io.run_for(20s);
  EXPECT_EQ(got.body, "once");
  EXPECT_EQ(io.poll(), 0U);
  EXPECT_TRUE(io.stopped());
}

TEST_F(CurlMultiTest, DescriptorsAreAllGivenBack) {
  TcpServer server(io, answering("hello"));
  get_all(server.url(), 5);
  multi.reset();
  const auto before = open_descriptors();
  multi.emplace(io.get_executor(), poller);
  get_all(server.url(), 50);
  TcpServer silent(io, {test::Hang{}});
  std::vector<asio::awaitable<Got>> works;
  for (int i = 0; i < 20; ++i) works.push_back(get_briefly(*multi, silent.url(), 20ms));
  test::run(io, together(io.get_executor(), std::move(works)));
  multi.reset();
  silent.close();
  server.close();
  io.restart();
  io.run_for(20s);
  EXPECT_LE(open_descriptors(), before);
}

TEST_F(CurlMultiTest, DestructionTellsThoseWhoWait) {
  int told = 0;
  TcpServer server(io, {test::request(), test::Call{[&] { multi.reset(); }}, test::Hang{}});
  for (int i = 0; i < 5; ++i) {
    asio::co_spawn(io, get(*multi, server.url()), [&](std::exception_ptr error, Got got) {
      EXPECT_FALSE(error);
      EXPECT_EQ(got.code, CURLE_ABORTED_BY_CALLBACK);
      if (++told == 5) io.stop();
    });
  }
  io.run_for(20s);
  EXPECT_EQ(told, 5);
}

TEST_F(CurlMultiTest, DestructionIsCleanWhenTheLoopNeverTurnsAgain) {
  TcpServer server(io, {test::request(), test::Call{[&] { io.stop(); }}, test::Hang{}});
  for (int i = 0; i < 5; ++i) asio::co_spawn(io, get(*multi, server.url()), asio::detached);
  io.run_for(20s);
  EXPECT_FALSE(server.received().empty());
  // Now the multi goes, then the loop with the coroutines that still hold their handles.
}

TEST_F(CurlMultiTest, AHandleThatIsUnderWayIsRefusedASecondTime) {
  TcpServer server(io, answering("first", 50ms));
  Got got;
  const CurlEasy easy = easy_for(server.url(), got.body);
  std::optional<CURLcode> first;
  std::optional<CURLcode> second;
  for (auto* code : {&first, &second}) {
    asio::co_spawn(io, multi->perform(easy.get()),
                   [code](std::exception_ptr, CURLcode ended) { *code = ended; });
  }
  while (!first && io.run_one_for(20s) != 0) continue;
  EXPECT_EQ(second, CURLE_FAILED_INIT);
  EXPECT_EQ(first, CURLE_OK);
  EXPECT_EQ(got.body, "first");
}

// Opens, uses and closes sockets of its own, so that numbers libcurl has just closed change hands.
asio::awaitable<int> churn(std::uint16_t port, const bool& stop) {
  const auto executor = co_await asio::this_coro::executor;
  const tcp::endpoint peer(asio::ip::address_v4::loopback(), port);
  int wrong = 0;
  while (!stop) {
    tcp::socket socket(executor);
    co_await socket.async_connect(peer, asio::use_awaitable);
    const std::string ask = "GET / HTTP/1.1\r\n\r\n";
    co_await asio::async_write(socket, asio::buffer(ask), asio::use_awaitable);
    char first = 0;
    const auto [error, size] = co_await asio::async_read(socket, asio::buffer(&first, 1),
                                                         asio::as_tuple(asio::use_awaitable));
    wrong += error || first != 'H';
  }
  co_return wrong;
}

asio::awaitable<int> fetch_and_cancel(CurlMulti& multi, std::string url, int seed) {
  int wrong = 0;
  for (int i = 0; i < 40; ++i) {
    const auto patience = std::chrono::milliseconds((seed * 7 + i * 13) % 12);
    const Got got = co_await get_briefly(multi, url, patience);
    const bool whole = got.code == CURLE_OK && got.body == "hello";
    wrong += !whole && got.code != CURLE_ABORTED_BY_CALLBACK;
  }
  co_return wrong;
}

TEST_F(CurlMultiTest, SocketsOfOthersAreLeftAloneWhileTransfersAreCancelled) {
  TcpServer server(io, answering("hello", 4ms));
  bool stop = false;
  int strangers_wrong = 0;
  int strangers_left = 8;
  for (int i = 0; i < 8; ++i) {
    asio::co_spawn(io, churn(server.port(), stop), [&](std::exception_ptr error, int wrong) {
      strangers_wrong += wrong + (error ? 1 : 0);
      if (--strangers_left == 0) io.stop();
    });
  }
  std::vector<asio::awaitable<int>> works;
  for (int i = 0; i < 16; ++i) works.push_back(fetch_and_cancel(*multi, server.url(), i));
  for (const int wrong : test::run(io, together(io.get_executor(), std::move(works)))) {
    EXPECT_EQ(wrong, 0);
  }
  stop = true;
  io.restart();
  io.run_for(20s);
  EXPECT_EQ(strangers_left, 0);
  EXPECT_EQ(strangers_wrong, 0);
}

}  // namespace
}  // namespace reachd::net
