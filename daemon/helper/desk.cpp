#include "daemon/helper/desk.hpp"

#include <exception>
#include <memory>
#include <utility>

#include <openssl/crypto.h>
#include <spdlog/spdlog.h>
#include <boost/asio/error.hpp>

#include "config/ascii.hpp"
#include "daemon/web/answer.hpp"
#include "probes/control/helper_report_json.hpp"

namespace reachd::helper {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using web::HttpStatus;
namespace {

constexpr std::string_view kBearer = "bearer ";

std::string_view text_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

Response refusal(HttpStatus status, std::string_view why) {
  Response response = web::json_error(status, why);
  if (status == HttpStatus::unauthorized) response.set(http::field::www_authenticate, "Bearer");
  if (status == HttpStatus::method_not_allowed) response.set(http::field::allow, "GET, POST");
  return response;
}

}  // namespace

Desk::Desk(const HelperSettings& settings, std::string token, Inquire inquire, Metrics& metrics)
    : token_(std::move(token)),
      concurrency_(static_cast<std::size_t>(settings.concurrency)),
      allowance_(settings.rate, settings.client_rate),
      inquire_(std::move(inquire)),
      metrics_(metrics) {}

// The comparison takes the same time wherever the two differ.
bool Desk::is_authorized(const Header& header) const {
  if (token_.empty()) return true;
  const std::string_view value = text_of(header[http::field::authorization]);
  if (!ascii::istarts_with(value, kBearer)) return false;
  const std::string_view token = value.substr(kBearer.size());
  return token.size() == token_.size() &&
         CRYPTO_memcmp(token.data(), token_.data(), token.size()) == 0;
}

std::optional<Response> Desk::refuse(const Header& header, const std::string& address) {
  // Wrong tokens use up turns too: nobody may guess at leisure.
  if (!allowance_.take(client_of(address), Allowance::Clock::now())) {
    return refusal(HttpStatus::too_many_requests, "too many requests; come later");
  }
  if (!is_authorized(header)) return refusal(HttpStatus::unauthorized, "no valid token");
  const std::string_view target = text_of(header.target());
  const bool asks = header.method() == http::verb::post;
  if (!asks && header.method() != http::verb::get) {
    return refusal(HttpStatus::method_not_allowed, "only GET and POST are served");
  }
  if (target != "/" && (asks || target != "/metrics")) {
    return refusal(HttpStatus::not_found, "nothing is served here");
  }
  if (asks && at_work_ >= concurrency_) {
    return refusal(HttpStatus::service_unavailable, "too many questions at work; come later");
  }
  return std::nullopt;
}

asio::awaitable<Response> Desk::ask(const Request& request) {
  auto question = parse_question(request.body());
  if (!question) co_return refusal(HttpStatus::bad_request, question.error());
  metrics_.set_in_flight(++at_work_);
  const std::shared_ptr<void> done(nullptr, [this](void*) { metrics_.set_in_flight(--at_work_); });
  const HelperReport report = co_await inquire_(std::move(*question));
  co_return web::json_answer(to_json(report));
}

asio::awaitable<Response> Desk::answer(const Request& request) {
  if (request.method() == http::verb::get) {
    if (request.target() == "/metrics") {
      co_return web::answer(HttpStatus::ok, web::kMetrics, metrics_.text());
    }
    // What OONI's helper says, which is how its tools know one.
    co_return web::json_answer({{"message", "Hello OONItarian!"}});
  }
  try {
    co_return co_await ask(request);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) {  // called off: nobody waits any more
      spdlog::error("helper: an inquiry failed: {}", error.what());
    }
  } catch (const std::exception& bug) {
    spdlog::error("helper: an inquiry failed: {}", bug.what());
  }
  co_return refusal(HttpStatus::internal_server_error, "the helper failed; see its log");
}

}  // namespace reachd::helper
