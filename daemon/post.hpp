// Sends a body to a server of the operator's own and waits for the answer's status. Not a probe:
// names are resolved by the system, connections are kept to nobody's pace.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/net/way_out.hpp"

namespace reachd {

struct Post {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds timeout{10'000};
};

struct Posted {
  int status = 0;       // of HTTP; 0: there was no answer
  std::string trouble;  // in words, empty if the status is 2xx; at most 200 printable characters
  std::optional<std::chrono::seconds> retry_after;  // as the answer asks, whatever the status
};

// Redirects are not followed: a token goes to nobody but whom it is for. Cancelled, it ends as a
// failure. `way` must outlive the operation.
boost::asio::awaitable<Posted> post(const net::WayOut& way, Post what);

}  // namespace reachd
