// A file descriptor that is closed at its end, and who may read what the archive writes.
#pragma once

#include <utility>

#include <sys/types.h>
#include <unistd.h>

namespace reachd::archive {

inline constexpr mode_t kFileMode = 0640;  // not for all: it says what is watched from here

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  explicit operator bool() const { return number_ >= 0; }
  int get() const { return number_; }
  void reset() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

}  // namespace reachd::archive
