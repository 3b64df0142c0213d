#include "daemon/store/batch.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace reachd::store {
namespace {

// Walks what is newer only: the other may hold all that is known.
template <typename Map>
void put_over(Map& old, Map&& newer) {
  for (auto& [key, value] : newer) old.insert_or_assign(key, std::move(value));
}

std::uint64_t drop_closed(std::map<std::int64_t, EventRow>& events) {
  std::uint64_t dropped = 0;
  for (auto event = events.begin();
       event != events.end() && events.size() > Batch::kMostClosedEvents;) {
    if (event->second.closed) {
      event = events.erase(event);
      ++dropped;
    } else {
      ++event;
    }
  }
  return dropped;
}

}  // namespace

bool Batch::empty() const {
  return size() == 0;
}

std::size_t Batch::size() const {
  return states.size() + events.size() + alerts.size() + rounds.size();
}

std::uint64_t absorb(Batch& batch, Batch&& newer) {
  put_over(batch.states, std::move(newer.states));
  put_over(batch.events, std::move(newer.events));
  put_over(batch.alerts, std::move(newer.alerts));
  if (batch.rounds.empty()) {
    batch.rounds = std::move(newer.rounds);
  } else {
    std::ranges::move(newer.rounds, std::back_inserter(batch.rounds));
  }
  std::uint64_t dropped = drop_closed(batch.events);
  while (batch.rounds.size() > Batch::kMostRounds) {
    batch.rounds.pop_front();
    ++dropped;
  }
  return dropped;
}

}  // namespace reachd::store
