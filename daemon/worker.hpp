// The one thread beside the loop's: SQLite, files, compression, whatever may wait for a disk. Jobs
// run one after the other in their order; what they work on belongs to them alone while they run,
// and their results come back to the loop as values. Must never be waited for by a probe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reachd {

class Worker {
 public:
  using Job = std::function<void()>;  // must not throw: ask() catches what its work throws

  struct Load {
    std::size_t length = 0;  // jobs that wait or run
    // How long the job at the head has waited and run: it grows without end while a disk hangs.
    std::chrono::milliseconds oldest{0};
    std::uint64_t finished = 0;
    std::uint64_t refused = 0;  // for want of room
  };

  explicit Worker(std::size_t capacity = 64);
  ~Worker();  // as stop()
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // False if the queue is full or stopped; the job is then dropped.
  bool post(Job job);

  // Runs `work` on the thread and gives its result, or throws what it threw, on the caller's loop.
  // Nothing if the job was refused. `work` must own all it touches, or it must outlive the worker.
  // The loop must outlive the worker too.
  template <typename Work>
  boost::asio::awaitable<std::optional<std::invoke_result_t<Work&>>> ask(Work work);

  Load load() const;

  // Takes no more jobs, runs those it has, ends the thread.
  void stop();

 private:
  struct Waiting {
    Job job;
    std::chrono::steady_clock::time_point since;
  };
  void turn();

  const std::size_t capacity_;
  mutable std::mutex mutex_;  // guards all below but the thread
  std::condition_variable wake_;
  std::deque<Waiting> queue_;  // the head runs
  bool stopping_ = false;
  std::uint64_t finished_ = 0;
  std::uint64_t refused_ = 0;
  std::thread thread_;
};

template <typename Work>
boost::asio::awaitable<std::optional<std::invoke_result_t<Work&>>> Worker::ask(Work work) {
  namespace asio = boost::asio;
  using Answer = std::optional<std::invoke_result_t<Work&>>;
  const asio::any_io_executor loop = co_await asio::this_coro::executor;
  auto begin = [this, &loop, &work](auto handler) {
    // Shared, since a Job can be copied; given on so that it ends where it is called: on the loop.
    auto caller = std::make_shared<decltype(handler)>(std::move(handler));
    auto refused = caller;
    auto job = [caller = std::move(caller), guard = asio::make_work_guard(loop),
                work = std::move(work)]() mutable {
      std::exception_ptr error;
      auto answer = std::make_shared<Answer>();
      try {
        answer->emplace(work());
      } catch (...) {
        error = std::current_exception();
      }
      asio::post(guard.get_executor(), [caller = std::move(caller), error, answer]() mutable {
        (*caller)(error, std::move(*answer));
      });
    };
    if (post(std::move(job))) return;
    asio::post(loop, [refused = std::move(refused)] { (*refused)(nullptr, Answer{}); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                          void(std::exception_ptr, Answer)>(begin,
                                                                            asio::use_awaitable);
}

}  // namespace reachd
