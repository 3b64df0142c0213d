// What must happen at which moment, in order; what is due at the same moment happens in the order
// in which it was added. Knows no clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <queue>
#include <utility>
#include <vector>

namespace censor {

using Time = std::chrono::steady_clock::time_point;

template <typename T>
class DueQueue {
 public:
  void add(Time due, T what) { heap_.push({due, next_++, std::move(what)}); }
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  Time next() const { return heap_.top().due; }
  // The earliest; only if not empty.
  T take() {
    // The top is moved from and gone in the same breath, and what orders the heap stays.
    T what = std::move(const_cast<Entry&>(heap_.top()).what);
    heap_.pop();
    return what;
  }

 private:
  struct Entry {
    Time due;
    std::uint64_t number;
    T what;
    bool operator<(const Entry& other) const {
      return std::pair(due, number) > std::pair(other.due, other.number);
    }
  };
  std::priority_queue<Entry, std::vector<Entry>> heap_;
  std::uint64_t next_ = 0;
};

}  // namespace censor
