// A value that many hold and nobody changes: copies share it. Never null; one made of nothing is a
// T made of nothing. Compared by what it is, where it is the same one without a look.
#pragma once

#include <memory>
#include <utility>

namespace reachd {

template <typename T>
class Shared {
 public:
  Shared() : value_(nothing()) {}
  Shared(T value) : value_(std::make_shared<const T>(std::move(value))) {}  // a T is as good

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  operator const T&() const { return *value_; }
  bool operator==(const Shared& other) const {
    return value_ == other.value_ || *value_ == *other.value_;
  }

 private:
  static const std::shared_ptr<const T>& nothing() {
    static const auto made = std::make_shared<const T>();
    return made;
  }

  std::shared_ptr<const T> value_;
};

}  // namespace reachd
