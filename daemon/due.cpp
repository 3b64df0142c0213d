#include "daemon/due.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace reachd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestBackoff = std::chrono::minutes(15);
constexpr milliseconds kPerNewcomer{500};

// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) with the finisher of SplitMix64 behind it:
// FNV alone leaves the high bits of similar names alike. Must never change, or a restart moves all
// targets.
std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return mix(hash);
}

double unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

LoopSpan share_of(milliseconds interval, double share) {
  const double nanos = std::chrono::duration<double, std::nano>(interval).count() * share;
  return LoopSpan(static_cast<LoopSpan::rep>(nanos));
}

// The least k with k * interval > span.
std::int64_t intervals_beyond(LoopSpan span, LoopSpan interval) {
  const std::int64_t whole = span / interval;
  return span < LoopSpan::zero() && span % interval != LoopSpan::zero() ? whole : whole + 1;
}

LoopSpan positive(milliseconds interval) {
  return std::max(interval, milliseconds(1));
}

}  // namespace

double phase_of(const Target& target) {
  return unit(hash_of(id_of(target)));
}

double jitter_of(const Target& target, std::uint64_t turn) {
  // Steps of the golden ratio, as SplitMix64 takes them.
  return 2 * unit(mix(hash_of(id_of(target)) + (turn + 1) * 0x9e3779b97f4a7c15ULL)) - 1;
}

LoopSpan shift_of(milliseconds interval, double jitter, double offset) {
  return share_of(interval, jitter * offset);
}

LoopTime next_due(LoopTime due, LoopTime now, milliseconds interval, double jitter, double offset) {
  const LoopSpan span = positive(interval);
  const LoopTime moved = due + shift_of(interval, jitter, offset);
  return moved + std::max<std::int64_t>(1, intervals_beyond(now - moved, span)) * span;
}

std::int64_t intervals_since(LoopTime due, LoopTime now, milliseconds interval) {
  return now < due ? 0 : (now - due) / positive(interval);
}

milliseconds backed_off(milliseconds interval, int failing) {
  const std::int64_t most =
      std::max<std::int64_t>(1, kLongestBackoff / std::max(interval, milliseconds(1)));
  const std::int64_t doubled = std::int64_t{1} << std::clamp(failing, 0, 40);
  return interval * std::min(most, doubled);
}

FirstLook first_look(const Target& target, LoopTime origin, LoopTime now, std::size_t newcomers) {
  const double phase = phase_of(target);
  const LoopSpan span = positive(target.interval);
  const auto crowd = static_cast<std::int64_t>(std::min<std::size_t>(newcomers, 1'000'000));
  const LoopTime at = now + share_of(std::min(target.interval, crowd * kPerNewcomer), phase);
  const LoopTime anchor = origin + share_of(target.interval, phase);
  const LoopTime point = anchor + (intervals_beyond(at + span / 2 - anchor, span) - 1) * span;
  return {at, point};
}

}  // namespace reachd
