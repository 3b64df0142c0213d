// The first bytes of one direction of a TCP connection, put in order whatever order they came in.
// Bounded: what lies beyond kSize, or needs more than kPieces separate pieces, is not kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tests/lab/censor/bytes.hpp"

namespace censor {

class Stream {
 public:
  static constexpr std::size_t kSize = 8192;
  static constexpr std::size_t kPieces = 16;

  // The sequence number of the first byte. What was kept is forgotten.
  void begin_at(std::uint32_t seq);
  bool begun() const { return begun_; }

  // How an added segment lies in the stream: [begins, ends) of the bytes from the beginning, and
  // how many bytes were whole before.
  struct Added {
    std::size_t begins = 0;
    std::size_t ends = 0;
    std::size_t whole_before = 0;
  };
  // Nothing if no byte of the segment lies within.
  std::optional<Added> add(std::uint32_t seq, View payload);

  // The bytes from the beginning up to the first hole.
  View whole() const { return View(bytes_).first(whole_); }
  // From here on the stream begins behind what is whole now.
  void begin_anew() { begin_at(first_ + static_cast<std::uint32_t>(whole_)); }

 private:
  bool begun_ = false;
  std::uint32_t first_ = 0;
  std::size_t whole_ = 0;
  Bytes bytes_;
  std::vector<std::pair<std::size_t, std::size_t>> pieces_;  // beyond the hole, any order
};

// Whether the message that ends at `end` is there through this segment: completed by it, or it
// holds the message's last byte (a copy of an earlier segment). `end` 0: there is no such message.
bool brings(const Stream::Added& added, const Stream& stream, std::size_t end);

}  // namespace censor
