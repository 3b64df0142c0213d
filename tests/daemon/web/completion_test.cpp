// Answers that need something from elsewhere before they are whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/web/answer.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/served.hpp"

namespace reachd::web {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::RawClient;
using test::Served;

// `/late` is whole after a moment, `/fault` never, `/never` waits for what does not come.
Response late(const Request& request) {
  Response response = answer(HttpStatus::ok, kText, "half");
  const std::string target(request.target());
  response.completion = [target](Response& whole) -> asio::awaitable<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor, target == "/never" ? 1500ms : 5ms);
    co_await timer.async_wait(asio::use_awaitable);
    if (target == "/fault") throw std::logic_error("made to fail");
    whole.body() = "whole";
  };
  return response;
}

TEST(Completion, TheAnswerGoesOutWhenItIsWhole) {
  Served served(late);
  RawClient client(served.port());
  for (int i = 0; i < 3; ++i) {
    const auto got = client.get("/late");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, "whole");
  }
  EXPECT_EQ(client.get("/fault").status, 500);
  EXPECT_EQ(client.get("/late").status, 200);
}

TEST(Completion, WhatDoesNotComeIsNotWaitedForForEver) {
  Limits limits;
  limits.answer_time = 50ms;
  Served served(late, limits);
  RawClient client(served.port());
  EXPECT_EQ(client.get("/never").status, 503);
  // Of a busy machine the moment may be longer than what is allowed.
  int status = 0;
  for (int i = 0; i < 100 && status != 200; ++i) status = client.get("/late").status;
  EXPECT_EQ(status, 200);
}

}  // namespace
}  // namespace reachd::web
