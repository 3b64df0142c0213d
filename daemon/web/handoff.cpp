#include "daemon/web/handoff.hpp"

#include <exception>
#include <optional>
#include <utility>

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/web/answer.hpp"

namespace reachd::web {
namespace asio = boost::asio;
namespace {

// Touched on the web server's loop only; the other side holds it weakly and never looks in.
struct Slot {
  explicit Slot(asio::any_io_executor executor) : answered(std::move(executor)) {}
  asio::steady_timer answered;  // cancelled by the answer, expires without one
  std::optional<Response> response;
};

Response failure() {
  return json_error(HttpStatus::internal_server_error, "reachd failed to answer; see its log");
}

Response handle(const Server::Handler& handler, const Request& request) {
  try {
    return handler(request);
  } catch (const std::exception& fault) {
    spdlog::error("web: a route failed: {}", fault.what());
    return failure();
  }
}

asio::awaitable<Response> completed(Response response) {
  const auto completion = std::exchange(response.completion, nullptr);
  if (completion) co_await completion(response);
  co_return response;
}

}  // namespace

Handoff::Handoff(asio::any_io_executor handlers_loop, Server::Handler handler,
                 std::chrono::milliseconds patience)
    : handlers_loop_(std::move(handlers_loop)),
      handler_(std::make_shared<const Server::Handler>(std::move(handler))),
      patience_(patience) {}

asio::awaitable<Response> Handoff::ask(Request request) const {
  const auto here = co_await asio::this_coro::executor;
  const auto slot = std::make_shared<Slot>(here);
  slot->answered.expires_after(patience_);
  asio::post(handlers_loop_, [handler = std::weak_ptr(handler_), slot = std::weak_ptr(slot), here,
                              loop = handlers_loop_, request = std::move(request)] {
    // While the handler lives, so does the loop that waits: both end with the server, on this loop.
    const auto open = handler.lock();
    if (!open) return;
    const auto give = [slot, here](Response response) {
      asio::post(here, [slot, response = std::move(response)]() mutable {
        const auto waiting = slot.lock();
        if (!waiting) return;
        waiting->response = std::move(response);
        waiting->answered.cancel();
      });
    };
    Response response = handle(*open, request);
    if (!response.completion) return give(std::move(response));
    asio::co_spawn(loop, completed(std::move(response)),
                   [handler, give](std::exception_ptr fault, Response whole) {
                     // As above: without the handler there is nobody to give it to.
                     if (handler.expired()) return;
                     if (fault) spdlog::error("web: an answer could not be completed");
                     give(fault ? failure() : std::move(whole));
                   });
  });
  co_await slot->answered.async_wait(asio::as_tuple(asio::use_awaitable));
  if (slot->response) co_return std::move(*slot->response);
  co_return json_error(HttpStatus::service_unavailable, "reachd is stuck: its loop does not turn");
}

}  // namespace reachd::web
