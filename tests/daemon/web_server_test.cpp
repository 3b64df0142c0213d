#include "daemon/web/server.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/web/answer.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/served.hpp"

namespace reachd::web {
namespace {

using test::RawAnswer;
using test::RawClient;
using test::Served;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kHuge = 50 * 1024 * 1024;

constexpr std::size_t kPieces = 50;

std::string piece(std::size_t number) {
  return std::string(number % 7 == 3 ? 0 : 40'000 + number, static_cast<char>('a' + number % 26));
}

std::string all_pieces() {
  std::string all;
  for (std::size_t i = 0; i < kPieces; ++i) all += piece(i);
  return all;
}

// Says what it was asked for; `/huge` is 50 MiB, `/fault` a bug, `/pieces` is made while it is
// sent.
Response echo(const Request& request) {
  if (request.target() == "/fault") throw std::logic_error("made to fail");
  if (request.target() == "/pieces") {
    Response response = answer(HttpStatus::ok, kText, {});
    response.late_body = [number = std::size_t{0}](std::string& text) mutable {
      text += piece(number++);
      return number < kPieces;
    };
    return response;
  }
  if (request.target() == "/huge") return answer(HttpStatus::ok, kText, std::string(kHuge, 'x'));
  return answer(HttpStatus::ok, kText, std::string(request.target()));
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// Waits until no more than so many are open; false after ten seconds.
bool descriptors_fall_to(std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (open_descriptors() > count) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(WebServer, OneConnectionServesManyRequests) {
  Served served(echo);
  RawClient client(served.port());
  for (const char* target : {"/a", "/b", "/c"}) {
    const RawAnswer got = client.get(target);
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, target);
    EXPECT_THAT(got.header, HasSubstr("\r\nDate: "));
  }
}

TEST(WebServer, RequestsSentAtOnceAreAnsweredInOrder) {
  Served served(echo);
  RawClient client(served.port());
  std::string all;
  for (int i = 0; i < 100; ++i) {
    all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: test\r\n\r\n";
  }
  client.send(all);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.receive().body, "/" + std::to_string(i));
}

TEST(WebServer, HeadHasTheLengthOfTheBodyButNoBody) {
  Served served(echo);
  RawClient client(served.port());
  client.send("HEAD /four HTTP/1.1\r\nHost: test\r\n\r\n");
  const RawAnswer got = client.receive(false);
  EXPECT_EQ(got.status, 200);
  EXPECT_THAT(got.header, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_EQ(client.get("/next").body, "/next");
}

TEST(WebServer, WhatIsMadePieceByPieceIsSentInChunks) {
  Served served(echo);
  RawClient client(served.port());
  const RawAnswer got = client.get("/pieces");
  EXPECT_EQ(got.body, all_pieces());
  EXPECT_EQ(got.chunks, kPieces - 7) << "of an empty piece there is none";
  EXPECT_THAT(got.header, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(got.header, HasSubstr("\r\nDate: "));
  EXPECT_EQ(client.get("/next").body, "/next");
  client.send("HEAD /pieces HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_THAT(client.receive(false).header, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_EQ(client.get("/last").body, "/last");

  RawClient old(served.port());  // which knows no chunks
  old.send("GET /pieces HTTP/1.0\r\n\r\n");
  const RawAnswer whole = old.receive();
  EXPECT_EQ(whole.body, all_pieces());
  EXPECT_EQ(whole.chunks, 0U);
  EXPECT_TRUE(old.at_end());
}

TEST(WebServer, AClientThatLeavesAmongPiecesEndsOnlyItsOwn) {
  Served served(echo);
  {
    RawClient client(served.port(), 4096);
    client.send("GET /pieces HTTP/1.1\r\nHost: test\r\n\r\n");
    client.receive(false);
    client.reset();
  }
  EXPECT_EQ(RawClient(served.port()).get("/next").body, "/next");
}

TEST(WebServer, AnOldOrClosingClientIsAnsweredAndClosed) {
  Served served(echo);
  for (const char* request :
       {"GET /a HTTP/1.0\r\n\r\n", "GET /a HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"}) {
    RawClient client(served.port());
    client.send(request);
    EXPECT_EQ(client.receive().body, "/a") << request;
    EXPECT_TRUE(client.at_end()) << request;
  }
}

TEST(WebServer, WhatIsNotARequestGets400AndIsClosed) {
  Served served(echo);
  const std::string nul("GET /\0 HTTP/1.1\r\nHost: test\r\n\r\n", 32);
  const std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15);
  for (const std::string& bytes :
       {std::string("nonsense\r\n\r\n"), nul, hello, std::string("GET / HTTP/9.9\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")}) {
    RawClient client(served.port());
    client.send(bytes);
    const RawAnswer got = client.receive();
    EXPECT_EQ(got.status, 400) << bytes;
    EXPECT_THAT(got.body, HasSubstr("{\"error\":")) << bytes;
    EXPECT_TRUE(client.at_end()) << bytes;
  }
}

TEST(WebServer, AHeaderBeyondTheLimitGets431) {
  Served served(echo);
  RawClient one_field(served.port());
  one_field.send("GET / HTTP/1.1\r\nHost: test\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(one_field.receive().status, 431);
  EXPECT_TRUE(one_field.at_end());

  RawClient endless(served.port());
  std::string fields = "GET / HTTP/1.1\r\nHost: test\r\n";
  for (int i = 0; i < 2000; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  endless.send(fields);
  EXPECT_EQ(endless.receive().status, 431);

  RawClient within(served.port());
  within.send("GET / HTTP/1.1\r\nHost: test\r\nX: " + std::string(7000, 'x') + "\r\n\r\n");
  EXPECT_EQ(within.receive().status, 200);
}

TEST(WebServer, ABodyIsRefusedWith413) {
  Served served(echo);
  const std::string head = "POST / HTTP/1.1\r\nHost: test\r\n";
  for (const std::string& rest :
       {std::string("Content-Length: 5\r\n\r\nhello"),
        "Content-Length: 1000000\r\n\r\n" + std::string(500'000, 'x'),
        std::string("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")}) {
    RawClient client(served.port());
    client.send(head + rest);
    EXPECT_EQ(client.receive().status, 413) << rest.substr(0, 60);
    EXPECT_TRUE(client.at_end());
  }
}

TEST(WebServer, ARouteThatFailsIs500AndTheConnectionGoesOn) {
  Served served(echo);
  RawClient client(served.port());
  const RawAnswer got = client.get("/fault");
  EXPECT_EQ(got.status, 500);
  EXPECT_THAT(got.body, Not(HasSubstr("made to fail")));
  EXPECT_EQ(client.get("/after").body, "/after");
}

TEST(WebServer, AClientThatTakesNothingHoldsUpNobodyAndIsDropped) {
  Limits limits;
  limits.response_time = std::chrono::milliseconds(1500);
  Served served(echo, limits);
  RawClient other(served.port());
  EXPECT_EQ(other.get("/before").status, 200);
  const std::size_t before = open_descriptors();
  RawClient lazy(served.port(), 4096);
  lazy.send("GET /huge HTTP/1.1\r\nHost: test\r\n\r\n");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(other.get("/meanwhile").status, 200);
  EXPECT_TRUE(descriptors_fall_to(before + 1));  // the client's end stays, the server's goes
  EXPECT_LT(lazy.receive().body.size(), kHuge);
}

TEST(WebServer, AnAnswerOfFiftyMegabytesArrivesWhole) {
  Served served(echo);
  RawClient client(served.port());
  EXPECT_EQ(client.get("/huge").body.size(), kHuge);
  EXPECT_EQ(client.get("/after").body, "/after");
}

TEST(WebServer, AClientThatDoesNotFinishItsRequestIsClosed) {
  Limits limits;
  limits.request_time = std::chrono::milliseconds(200);
  Served served(echo, limits);
  for (const char* bytes : {"", "G", "GET / HTTP/1.1\r\nHost: te"}) {
    RawClient client(served.port());
    client.send(bytes);
    EXPECT_TRUE(client.at_end()) << bytes;
  }
}

TEST(WebServer, DrippingBytesDoesNotBuyTime) {
  Limits limits;
  limits.request_time = std::chrono::milliseconds(300);
  Served served(echo, limits);
  RawClient client(served.port());
  std::atomic<bool> over = false;
  std::thread drip([&] {
    while (!over) {
      client.send("X");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  EXPECT_TRUE(client.at_end());
  over = true;
  drip.join();
}

TEST(WebServer, AnIdleConnectionIsClosedInTime) {
  Limits limits;
  limits.idle_time = std::chrono::milliseconds(200);
  Served served(echo, limits);
  RawClient client(served.port());
  EXPECT_EQ(client.get("/").status, 200);
  EXPECT_TRUE(client.at_end());
}

TEST(WebServer, BeyondTheLimitOfConnectionsThereIs503) {
  Limits limits;
  limits.connections = 2;
  Served served(echo, limits);
  auto first = std::make_unique<RawClient>(served.port());
  auto second = std::make_unique<RawClient>(served.port());
  first->send("GET /1 HTTP/1.1\r\n");
  second->send("GET /2 HTTP/1.1\r\n");
  RawClient third(served.port());
  const RawAnswer refused = third.get("/3");
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(third.at_end());
  first->send("Host: test\r\n\r\n");  // those who were there first are served
  EXPECT_EQ(first->receive().body, "/1");
  second->send("Host: test\r\n\r\n");
  EXPECT_EQ(second->receive().body, "/2");
}

TEST(WebServer, TheConnectionIdleLongestMakesRoom) {
  Limits limits;
  limits.connections = 2;
  Served served(echo, limits);
  RawClient first(served.port());
  RawClient second(served.port());
  EXPECT_EQ(first.get("/1").status, 200);
  EXPECT_EQ(second.get("/2").status, 200);
  RawClient third(served.port());
  EXPECT_EQ(third.get("/3").status, 200);
  EXPECT_TRUE(first.at_end());
  EXPECT_EQ(second.get("/2").status, 200);
}

TEST(WebServer, StopEndsEveryConnectionAndLeavesNothing) {
  auto served = std::make_unique<Served>(echo);
  RawClient silent(served->port());
  RawClient idle(served->port());
  RawClient half(served->port());
  RawClient lazy(served->port(), 4096);
  EXPECT_EQ(idle.get("/").status, 200);
  half.send("GET / HTTP/1.1\r\n");
  lazy.send("GET /huge HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(lazy.receive(false).status, 200);
  const std::uint16_t port = served->port();
  EXPECT_TRUE(served->stop());
  EXPECT_TRUE(silent.at_end());
  EXPECT_TRUE(idle.at_end());
  EXPECT_TRUE(half.at_end());
  EXPECT_THROW(RawClient{port}, std::system_error);
}

TEST(WebServer, AHandlerWhoseLoopDoesNotTurnIs503AndNeverCalledAfterTheEnd) {
  boost::asio::io_context stuck;  // nobody runs it
  Limits limits;
  limits.answer_time = std::chrono::milliseconds(50);
  bool called = false;
  {
    Server server(
        stuck.get_executor(), {"127.0.0.1", 0},
        [&called](const Request& request) {
          called = true;
          return echo(request);
        },
        limits);
    RawClient client(server.port());
    EXPECT_EQ(client.get("/a").status, 503);
    client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  stuck.run_for(std::chrono::seconds(10));
  EXPECT_FALSE(called);
}

TEST(WebServer, ABindThatFailsThrows) {
  boost::asio::io_context io;
  const Server one(io.get_executor(), {"127.0.0.1", 0}, echo);
  EXPECT_THROW(Server(io.get_executor(), {"127.0.0.1", one.port()}, echo),
               boost::system::system_error);
  EXPECT_THROW(Server(io.get_executor(), {"nowhere", 0}, echo), boost::system::system_error);
  EXPECT_THROW(Server(io.get_executor(), {"192.0.2.1", 0}, echo), boost::system::system_error);
}

TEST(WebServer, NoDescriptorIsLeftBehind) {
  Limits limits;
  limits.connections = 8;
  Served served(echo, limits);
  {
    EXPECT_EQ(RawClient(served.port()).get("/").status, 200);
  }
  const std::size_t before = open_descriptors();  // at most one more: that of the first client
  for (int round = 0; round < 20; ++round) {
    RawClient polite(served.port());
    EXPECT_EQ(polite.get("/").status, 200) << round;
    RawClient rude(served.port());
    rude.send(round % 2 == 0 ? "GET /huge HTTP/1.1\r\nHost: test\r\n\r\n" : "GET / HT");
    rude.reset();
  }
  EXPECT_TRUE(descriptors_fall_to(before));
}

}  // namespace
}  // namespace reachd::web
