#include "daemon/tracker/condition.hpp"

#include <algorithm>
#include <numeric>

#include "daemon/tracker/kinds.hpp"

namespace reachd {
namespace {

constexpr double kTenToOne = 2.302585;  // ln 10
constexpr double kNew = 0.2;            // weight of a round in the shares: they span some five
constexpr double kJoins = 0.6;
constexpr double kLeaves = 0.2;
constexpr double kProved = 0.3;  // share of `blocked` that two rounds in a row reach

enum class Class : std::uint8_t { sound, barred, unclear, down };

Class class_of(Status status) {
  switch (status) {
    case Status::blocked:
    case Status::likely_blocked:
      return Class::barred;
    case Status::impaired:
      return Class::unclear;
    case Status::down:
      return Class::down;
    case Status::ok:
    case Status::insufficient:
      break;
  }
  return Class::sound;
}

double of(const StatusWeights& weights, Status status) {
  return weights[static_cast<std::size_t>(status)];
}

Status refined_status(Status status, const StatusWeights& shares) {
  const double proved = of(shares, Status::blocked);
  const double barred = proved + of(shares, Status::likely_blocked);
  if (status == Status::likely_blocked && proved >= kProved) return Status::blocked;
  if (status != Status::impaired) return status;
  if (of(shares, Status::down) >= kJoins) return Status::down;
  if (barred < kJoins) return status;
  return proved >= kProved ? Status::blocked : Status::likely_blocked;
}

bool any_within(const std::vector<std::string>& kinds, std::string_view ancestor) {
  return std::ranges::any_of(kinds,
                             [&](const std::string& kind) { return is_within(kind, ancestor); });
}

// "other" is what rounds with less evidence say of the same thing.
bool adds_nothing(const std::string& kind, const std::vector<std::string>& known) {
  return any_within(known, kind) ||
         (kind.ends_with(".other") && std::ranges::any_of(known, [&](const std::string& one) {
            return are_akin(one, kind) && is_within(one, kind.substr(0, kind.rfind('.')));
          }));
}

void drop_ancestors(std::vector<std::string>& kinds) {
  const auto all = kinds;
  std::erase_if(kinds, [&](const std::string& kind) {
    return std::ranges::any_of(
        all, [&](const std::string& other) { return other != kind && is_within(other, kind); });
  });
  std::ranges::sort(kinds);
}

void follow(State& state, const Seen& seen) {
  for (double& share : state.shares) share *= 1 - kNew;
  state.shares[static_cast<std::size_t>(seen.status)] += kNew;
  for (KindShare& known : state.kind_shares) {
    known.share *= 1 - kNew;
    if (any_within(seen.kinds, known.kind)) known.share += kNew;
  }
  std::erase_if(state.kind_shares, [](const KindShare& known) { return known.share < 0.01; });
  for (const std::string& kind : seen.kinds) {
    if (state.kind_shares.size() >= State::kKindShares) break;
    const bool known = std::ranges::any_of(
        state.kind_shares, [&](const KindShare& share) { return share.kind == kind; });
    if (!known) state.kind_shares.push_back({kind, kNew});
  }
}

}  // namespace

bool is_sound(const Condition& condition) {
  return class_of(condition.status) == Class::sound;
}

bool is_of(const Seen& seen, const Condition& condition) {
  const Class one = class_of(seen.status);
  const Class other = class_of(condition.status);
  if (one == Class::sound || other == Class::sound) return seen.status == condition.status;
  if (one != other && one != Class::unclear && other != Class::unclear) return false;
  return may_be_same(seen.kinds, condition.kinds);
}

Status status_of(const StatusWeights& tally) {
  const double all = std::accumulate(tally.begin(), tally.end(), 0.0);
  const double proved = of(tally, Status::blocked);
  const double barred = proved + of(tally, Status::likely_blocked);
  if (barred * 2 >= all) {
    return proved >= 1.5 || proved * 2 >= all ? Status::blocked : Status::likely_blocked;
  }
  return of(tally, Status::down) > of(tally, Status::impaired) ? Status::down : Status::impaired;
}

std::vector<std::string> kinds_of(const std::vector<KindSum>& kinds, double sum,
                                  double KindSum::* part) {
  std::vector<std::string> found;
  for (const KindSum& kind : kinds) {
    if (kind.*part >= sum - kTenToOne) found.push_back(kind.path);
  }
  drop_ancestors(found);
  return found;
}

Condition refine(State& state, const Seen& seen) {
  follow(state, seen);
  Condition condition = state.confirmed;
  condition.status = refined_status(condition.status, state.shares);
  std::vector<std::string>& kinds = condition.kinds;
  for (const KindShare& known : state.kind_shares) {
    if (known.share >= kJoins && !adds_nothing(known.kind, kinds)) kinds.push_back(known.kind);
  }
  for (const KindShare& known : state.kind_shares) {
    const bool needed = kinds.size() == 1 && condition.status != Status::ok;
    if (known.share < kLeaves && !needed) std::erase(kinds, known.kind);
  }
  drop_ancestors(kinds);
  return condition;
}

void begin_shares(State& state, const StatusWeights& tally) {
  const double all = std::accumulate(tally.begin(), tally.end(), 0.0);
  state.shares = tally;
  for (double& share : state.shares) share = all > 0 ? share / all : 0;
  state.kind_shares.clear();
  for (const std::string& kind : state.confirmed.kinds) {
    if (state.kind_shares.size() < State::kKindShares) state.kind_shares.push_back({kind, 1});
  }
}

}  // namespace reachd
