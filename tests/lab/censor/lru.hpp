// A table that never grows beyond its capacity: what was used the longest ago makes room.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

namespace censor {

// Key needs == and a std::hash.
template <typename Key, typename Value>
class LruTable {
 public:
  explicit LruTable(std::size_t capacity) : capacity_(capacity) {}

  // Null if absent; what is found counts as used. The pointer holds until the next put or clear.
  Value* find(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) {
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }

  // In place of whatever was there.
  Value& put(const Key& key, Value value) {
    if (Value* old = find(key)) {
      return *old = std::move(value);
    }
    if (entries_.size() == capacity_) {
      places_.erase(entries_.back().first);
      entries_.pop_back();
    }
    entries_.emplace_front(key, std::move(value));
    places_.emplace(key, entries_.begin());
    return entries_.front().second;
  }

  void clear() {
    places_.clear();
    entries_.clear();
  }
  std::size_t size() const { return entries_.size(); }

 private:
  using Entry = std::pair<Key, Value>;
  std::size_t capacity_;
  std::list<Entry> entries_;
  std::unordered_map<Key, typename std::list<Entry>::iterator> places_;
};

}  // namespace censor
