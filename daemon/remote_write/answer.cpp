#include "daemon/remote_write/answer.hpp"

#include <algorithm>

namespace reachd::remote_write {

Outcome outcome_of(const Posted& posted) {
  if (posted.status / 100 == 2) return Outcome::taken;
  const bool again = posted.status == 0 || posted.status == 429 || posted.status / 100 == 5;
  return again ? Outcome::again : Outcome::refused;
}

std::chrono::milliseconds Backoff::next(std::optional<std::chrono::seconds> asked, double chance) {
  using std::chrono::milliseconds;
  const double share = 1 - chance / 2;
  milliseconds wait(static_cast<milliseconds::rep>(static_cast<double>(pause_.count()) * share));
  pause_ = std::min(2 * pause_, kLongest);
  if (asked) wait = std::max<milliseconds>(wait, std::min<milliseconds>(*asked, kMostAsked));
  return wait;
}

}  // namespace reachd::remote_write
