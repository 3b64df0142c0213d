// Who is answered, and with what: checks an asker's right and turn, reads the question, has it
// inquired, writes the answer. Knows nothing of connections.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>

#include "config/config.hpp"
#include "daemon/helper/allowance.hpp"
#include "daemon/helper/metrics.hpp"
#include "daemon/web/routes.hpp"
#include "probes/control/helper_question.hpp"
#include "probes/helper_report.hpp"

namespace reachd::helper {

using web::Request;
using web::Response;
using Header = boost::beast::http::request_header<>;

class Desk {
 public:
  using Inquire = std::function<boost::asio::awaitable<HelperReport>(HelperQuestion)>;

  // `token` empty: anybody may ask. `metrics` outlives the desk.
  Desk(const HelperSettings& settings, std::string token, Inquire inquire, Metrics& metrics);

  // Before the body is read: nullopt if it may be. 401 without the token, 404 and 405 for what is
  // not served, 429 beyond the asker's turns, 503 when too much is at work already.
  std::optional<Response> refuse(const Header& header, const std::string& address);

  // POST / asks; GET / says that we are there; GET /metrics. A bug in the inquiry is 500.
  boost::asio::awaitable<Response> answer(const Request& request);

 private:
  bool is_authorized(const Header& header) const;
  boost::asio::awaitable<Response> ask(const Request& request);

  std::string token_;
  std::size_t concurrency_;
  Allowance allowance_;
  Inquire inquire_;
  Metrics& metrics_;
  std::size_t at_work_ = 0;
};

}  // namespace reachd::helper
