#include "daemon/worker.hpp"

#include "daemon/background.hpp"

namespace reachd {

Worker::Worker(std::size_t capacity) : capacity_(capacity), thread_([this] { turn(); }) {}

Worker::~Worker() {
  stop();
}

bool Worker::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= capacity_) {
      ++refused_;
      return false;
    }
    queue_.push_back({std::move(job), std::chrono::steady_clock::now()});
  }
  wake_.notify_one();
  return true;
}

Worker::Load Worker::load() const {
  const std::lock_guard lock(mutex_);
  Load load{queue_.size(), {}, finished_, refused_};
  if (!queue_.empty()) {
    load.oldest = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - queue_.front().since);
  }
  return load;
}

void Worker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::turn() {
  step_back();
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Job job = std::move(queue_.front().job);
    lock.unlock();
    job();
    job = nullptr;  // what it owns goes before it counts as finished
    lock.lock();
    queue_.pop_front();
    ++finished_;
  }
}

}  // namespace reachd
