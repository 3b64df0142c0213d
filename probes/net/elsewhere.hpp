// Awaits a coroutine that runs on another thread's loop: its result, or what it threw, comes back
// to the loop of the caller. Cancelling the wait cancels it. (Asio's own co_spawn may emit such a
// cancellation into a coroutine that has ended meanwhile, if that has a thread of its own.)
#pragma once

#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reachd::net {

// T must be default-constructible. Both loops must turn until it has completed.
template <typename T>
boost::asio::awaitable<T> elsewhere(boost::asio::any_io_executor there,
                                    boost::asio::awaitable<T> work) {
  namespace asio = boost::asio;
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  auto begin = [&there, &here, &work](auto handler) {
    // Emitted on the other thread only, and held by whoever may still emit it.
    auto signal = std::make_shared<asio::cancellation_signal>();
    if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
      slot.assign([there, signal](asio::cancellation_type type) {
        asio::post(there, [signal, type] { signal->emit(type); });
      });
    }
    auto ended = [handler = std::move(handler), guard = asio::make_work_guard(here), signal](
                     std::exception_ptr error, T result) mutable {
      asio::post(guard.get_executor(),
                 [handler = std::move(handler), error, result = std::move(result)]() mutable {
                   asio::get_associated_cancellation_slot(handler).clear();
                   std::move(handler)(error, std::move(result));
                 });
    };
    asio::co_spawn(there, std::move(work),
                   asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                          void(std::exception_ptr, T)>(begin, asio::use_awaitable);
}

}  // namespace reachd::net
