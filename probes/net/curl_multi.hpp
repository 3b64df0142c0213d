// Runs libcurl transfers on an Asio executor, so that a coroutine can write
//   CURLcode code = co_await multi.perform(easy);
//
// libcurl owns every socket it uses and says which ones to watch; nothing here closes, duplicates
// or releases one. All calls must come from the executor's thread.
#pragma once

#include <chrono>
#include <memory>

#include <curl/curl.h>
#include <boost/asio/awaitable.hpp>

#include "probes/net/poller.hpp"

namespace reachd::net {

class CurlMulti {
 public:
  struct Performed {
    CURLcode code = CURLE_OK;
    Ended ended = Ended::told;  // late, cancelled: the code is CURLE_ABORTED_BY_CALLBACK
  };

  // The poller must outlive it.
  CurlMulti(boost::asio::any_io_executor executor, Poller& poller);
  ~CurlMulti();  // whoever still waits is told CURLE_ABORTED_BY_CALLBACK
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  // `easy` must outlive the wait. A cancelled coroutine, or one that waited until the deadline,
  // breaks the transfer off: that is ours, never the network's.
  boost::asio::awaitable<Performed> perform_until(CURL* easy,
                                                  std::chrono::steady_clock::time_point deadline);
  boost::asio::awaitable<CURLcode> perform(CURL* easy);

 private:
  struct State;
  struct Transfer;
  std::shared_ptr<State> state_;
};

}  // namespace reachd::net
