#include "tests/lab/censor/stream.hpp"

#include <algorithm>

namespace censor {

void Stream::begin_at(std::uint32_t seq) {
  begun_ = true;
  first_ = seq;
  whole_ = 0;
  bytes_.clear();
  pieces_.clear();
}

std::optional<Stream::Added> Stream::add(std::uint32_t seq, View payload) {
  std::size_t begins = seq - first_;
  if (begins >= 0x80000000U) {  // it begins before the beginning
    const std::uint32_t before = first_ - seq;
    if (before >= payload.size()) {
      return std::nullopt;
    }
    payload = payload.subspan(before);
    begins = 0;
  }
  if (begins >= kSize || payload.empty()) {
    return std::nullopt;
  }
  payload = payload.first(std::min(payload.size(), kSize - begins));
  const Added added{begins, begins + payload.size(), whole_};
  if (added.ends <= whole_) {
    return added;
  }
  if (begins > whole_ && pieces_.size() == kPieces) {
    return std::nullopt;
  }
  bytes_.resize(std::max(bytes_.size(), added.ends));
  std::copy(payload.begin(), payload.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(begins));
  pieces_.emplace_back(added.begins, added.ends);
  for (bool grown = true; grown;) {
    grown = std::erase_if(pieces_, [&](const auto& piece) {
              if (piece.first > whole_) {
                return false;
              }
              whole_ = std::max(whole_, piece.second);
              return true;
            }) > 0;
  }
  return added;
}

bool brings(const Stream::Added& added, const Stream& stream, std::size_t end) {
  return end != 0 && end <= stream.whole().size() &&
         (end > added.whole_before || (added.begins < end && end <= added.ends));
}

}  // namespace censor
