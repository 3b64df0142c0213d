// Waits for several coroutines side by side. Cancelling the wait cancels all of them; an exception
// of one is thrown after all have ended. A single one is simply awaited.
#pragma once

#include <exception>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reachd::net {

// Results in the order of the works. T must be default-constructible.
template <typename T>
boost::asio::awaitable<std::vector<T>> together(boost::asio::any_io_executor executor,
                                                std::vector<boost::asio::awaitable<T>> works) {
  namespace asio = boost::asio;
  if (works.empty()) co_return std::vector<T>{};
  if (works.size() == 1) {
    std::vector<T> results;
    results.push_back(co_await std::move(works.front()));
    co_return results;
  }
  auto spawn = [&](asio::awaitable<T> work) {
    return asio::co_spawn(executor, std::move(work), asio::deferred);
  };
  std::vector<decltype(spawn(std::move(works.front())))> operations;
  operations.reserve(works.size());
  for (auto& work : works) operations.push_back(spawn(std::move(work)));
  auto group = asio::experimental::make_parallel_group(std::move(operations));
  auto [order, errors, results] =
      co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  co_return std::move(results);
}

}  // namespace reachd::net
