#include "daemon/timeline.hpp"

#include <algorithm>
#include <limits>

namespace reachd {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint16_t>::max();

template <typename Unit>
std::int64_t number_of(WallTime time) {
  return std::chrono::floor<Unit>(time.time_since_epoch()).count();
}

// The place of a span in its ring; null if it has gone by. What is between the newest and a newer
// one is emptied.
template <typename Ring>
typename Ring::value_type* place(Ring& ring, std::int64_t& newest, std::int64_t number) {
  const auto size = static_cast<std::int64_t>(ring.size());
  if (number < 0 || number <= newest - size) return nullptr;
  for (std::int64_t next = std::max(newest + 1, number - size + 1); next <= number; ++next) {
    ring[static_cast<std::size_t>(next % size)] = {};
  }
  newest = std::max(newest, number);
  return &ring[static_cast<std::size_t>(number % size)];
}

template <typename Ring>
Ring unrolled(const Ring& ring, std::int64_t newest, std::int64_t now) {
  const auto size = static_cast<std::int64_t>(ring.size());
  Ring result{};
  for (std::int64_t i = 0; i < size; ++i) {
    const std::int64_t number = now - size + 1 + i;
    if (number < 0 || number > newest || number <= newest - size) continue;
    result[static_cast<std::size_t>(i)] = ring[static_cast<std::size_t>(number % size)];
  }
  return result;
}

}  // namespace

void Tally::add(Status status, std::uint64_t count) {
  auto& counter = rounds.at(static_cast<std::size_t>(status));
  while (counter + count > kMost) {
    for (std::uint16_t& other : rounds) other /= 2;
    count /= 2;
  }
  counter = static_cast<std::uint16_t>(counter + count);
}

std::uint32_t Tally::sum() const {
  std::uint32_t sum = 0;
  for (const std::uint16_t count : rounds) sum += count;
  return sum;
}

std::optional<double> availability(const Tally& tally) {
  const std::uint32_t known = tally.sum() - tally.of(Status::insufficient);
  if (known == 0) return std::nullopt;
  return static_cast<double>(tally.of(Status::ok)) / known;
}

std::optional<Micros> latency_of(const Phases& phases) {
  std::optional<Micros> sum;
  for (const Phase phase : {Phase::dns, Phase::connect, Phase::tls, Phase::first_byte}) {
    const auto& took = phases.at(static_cast<std::size_t>(phase));
    if (took) sum = sum.value_or(Micros{0}) + *took;
  }
  return sum;
}

void Timeline::add(WallTime began, Status status, std::optional<Micros> latency,
                   std::uint64_t count) {
  add_half_hours(began, status, latency, count);
  add_days(began, status, count);
}

void Timeline::add_half_hours(WallTime began, Status status, std::optional<Micros> latency,
                              std::uint64_t count) {
  Span* span = place(half_hours_, newest_half_hour_, number_of<HalfHour>(began));
  if (span == nullptr) return;
  span->tally.add(status, count);
  if (status != Status::ok || !latency || count == 0) return;
  const auto more = static_cast<std::uint16_t>(std::min<std::uint64_t>(count, kMost / 2));
  if (span->timed + std::uint64_t{more} > kMost) span->timed /= 2;
  const double known = span->timed;
  const double ms = std::chrono::duration<double, std::milli>(*latency).count();
  span->latency = static_cast<float>((span->latency * known + ms * more) / (known + more));
  span->timed = static_cast<std::uint16_t>(span->timed + more);
}

void Timeline::add_days(WallTime began, Status status, std::uint64_t count) {
  if (Tally* day = place(days_, newest_day_, number_of<std::chrono::days>(began))) {
    day->add(status, count);
  }
}

std::array<Timeline::Span, Timeline::kHalfHours> Timeline::half_hours(WallTime now) const {
  return unrolled(half_hours_, newest_half_hour_, number_of<HalfHour>(now));
}

std::array<Tally, Timeline::kDays> Timeline::days(WallTime now) const {
  return unrolled(days_, newest_day_, number_of<std::chrono::days>(now));
}

}  // namespace reachd
