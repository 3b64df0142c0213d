// Runs libcurl transfers on an Asio executor, so that a coroutine can write
//   CURLcode code = co_await multi.perform(easy);
//
// libcurl owns every socket it uses. It says which ones to watch; they are kept in an epoll set of
// our own, and Asio waits on that one descriptor. Nothing here closes, duplicates or releases a
// socket of libcurl's. All calls must come from the executor's thread.
#pragma once

#include <memory>
#include <utility>

#include <curl/curl.h>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reachd::net {

class CurlMulti {
 public:
  using Handler = boost::asio::any_completion_handler<void(CURLcode)>;

  explicit CurlMulti(boost::asio::any_io_executor executor);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  // Completes with the transfer's result; with CURLE_ABORTED_BY_CALLBACK when the waiting coroutine
  // is cancelled (that is ours, never the network's). `easy` must outlive the operation.
  template <typename Token = boost::asio::use_awaitable_t<>>
  auto perform(CURL* easy, Token token = {}) {
    return boost::asio::async_initiate<Token, void(CURLcode)>(
        [this](auto handler, CURL* e) { start(e, std::move(handler)); }, token, easy);
  }

 private:
  void start(CURL* easy, Handler handler);

  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace reachd::net
