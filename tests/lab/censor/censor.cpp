#include "tests/lab/censor/censor.hpp"

#include <algorithm>
#include <utility>

namespace censor {

Censor::Censor(std::vector<Rule> rules, std::uint64_t seed, Time epoch)
    : rules_(std::move(rules)), states_(rules_.size()), seed_(seed), random_(seed), epoch_(epoch) {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    states_[i].enabled = rules_[i].enabled;
  }
}

Outcome Censor::judge(std::size_t wire, Direction direction, Packet& packet, Time now) {
  redirections_.restore(wire, packet);
  const Passage passage = flows_.pass(wire, packet, now);
  Seen seen{packet, direction, passage, learn(packet, *passage.flow, passage.from_client)};
  Outcome outcome;
  for (std::size_t i = 0; i < rules_.size() && !outcome.ended(); ++i) {
    if (rules_[i].wire == wire && states_[i].enabled) {
      const std::size_t forged = outcome.forged.size();
      apply(i, seen, now, outcome);
      states_[i].injected += outcome.forged.size() - forged;
      states_[i].dropped += outcome.gone ? 1 : 0;
    }
  }
  if (!outcome.gone && passage.from_client) {
    for (const auto& [rule, mark] : passage.flow->marks) {
      if (mark.redirect && states_[rule].enabled) {
        redirections_.divert(wire, packet, *mark.redirect);
        break;
      }
    }
  }
  return outcome;
}

void Censor::apply(std::size_t index, Seen& seen, Time now, Outcome& outcome) {
  const Rule& rule = rules_[index];
  State& state = states_[index];
  if (Hit* hit = kept(index, seen, now);
      hit != nullptr && means(index, rule.residual->match, seen, now)) {
    ++state.residual_hits;
    if (rule.residual->rearm) {
      hit->ends = now + rule.residual->lasts;
    }
    enact(index, rule.residual->acts, rule.residual->match, seen, outcome);
  }
  auto& marks = seen.passage.flow->marks;
  if (const auto mark = marks.find(index); mark != marks.end() && !outcome.ended()) {
    apply_mark(index, mark->second, seen, now, outcome);
  }
  if (outcome.ended() || !means(index, rule.match, seen, now)) {
    return;
  }
  ++state.fired;
  if (rule.residual) {
    const Time begins = now + rule.residual->begins_after;
    state.residual.put(narrow(seen.passage.flow->tuple, rule.residual->tuple),
                       {begins, begins + rule.residual->lasts});
  }
  const auto before = marks.find(index);
  const bool throttled = before != marks.end() && before->second.throttle != nullptr;
  enact(index, rule.acts, rule.match, seen, outcome);
  Mark& mark = marks[index];
  if (!mark.fired) {
    mark.fired = seen.passage.flow->counts;
  }
  if (!throttled && !outcome.gone) {
    apply_mark(index, mark, seen, now, outcome);
  }
}

Censor::Hit* Censor::kept(std::size_t index, const Seen& seen, Time now) {
  const auto& residual = rules_[index].residual;
  if (!residual || states_[index].residual.size() == 0) {
    return nullptr;
  }
  Hit* hit = states_[index].residual.find(narrow(seen.passage.flow->tuple, residual->tuple));
  return hit != nullptr && hit->begins <= now && now < hit->ends ? hit : nullptr;
}

bool Censor::means(std::size_t index, const Match& match, const Seen& seen, Time now) {
  Counts counts = seen.passage.flow->counts;
  if (match.after) {
    const auto& marks = seen.passage.flow->marks;
    const auto mark = marks.find(*match.after);
    const bool fired =
        mark != marks.end() && mark->second.fired && mark->second.fired->packets < counts.packets;
    if (!states_[*match.after].enabled || (!fired && kept(*match.after, seen, now) == nullptr)) {
      return false;
    }
    if (fired) {
      counts = counts - *mark->second.fired;
    }
  }
  const auto since_epoch = std::chrono::nanoseconds(now - epoch_);
  if ((match.window && !match.window->holds(since_epoch)) || !holds(match, seen, counts)) {
    return false;
  }
  if (!match.probability && !match.ramp) {
    return true;
  }
  const Probability probability = match.probability.value_or(Probability{});
  const double p = probability.p * (match.ramp ? match.ramp->factor(since_epoch) : 1.0);
  if (!probability.per_flow) {
    return std::uniform_real_distribution<double>()(random_) < p;
  }
  // A draw that is the same each time this rule looks at this flow.
  const std::uint64_t draw =
      mix(hash_number(seen.passage.flow->number, hash_number(index, hash_number(seed_))));
  return static_cast<double>(draw >> 11) * 0x1p-53 < p;
}

void Censor::enact(std::size_t index, const std::vector<Act>& acts, const Match& match, Seen& seen,
                   Outcome& outcome) {
  Stage stage{match.dns ? &*match.dns : nullptr, rules_[index].on_path,
              seen.passage.flow->marks[index], states_[index].cursor, random_};
  play(acts, seen, stage, outcome);
}

void Censor::apply_mark(std::size_t index, Mark& mark, const Seen& seen, Time now,
                        Outcome& outcome) {
  const bool outwards = seen.direction == Direction::out;
  const Counts& counts = seen.passage.flow->counts;
  if ((outwards ? mark.drop_out : mark.drop_in) ||
      (mark.freeze_after && counts.up + counts.down > *mark.freeze_after)) {
    outcome.gone = true;
    return;
  }
  if (mark.throttle == nullptr || !(outwards ? mark.throttle->out : mark.throttle->in)) {
    return;
  }
  auto& buckets = mark.throttle->per_flow ? mark.buckets : states_[index].buckets;
  const auto wait = buckets[outwards ? 0 : 1].pass(*mark.throttle, seen.packet.size(), now);
  if (wait) {
    outcome.delay += *wait;
  } else {
    outcome.gone = true;
  }
}

bool Censor::enable(std::string_view name, bool enabled) {
  const auto rule =
      std::find_if(rules_.begin(), rules_.end(), [&](const Rule& one) { return one.name == name; });
  if (rule == rules_.end()) {
    return false;
  }
  State& state = states_[static_cast<std::size_t>(rule - rules_.begin())];
  state.enabled = enabled;
  if (!enabled) {
    state.residual.clear();
  }
  return true;
}

boost::json::object Censor::counters() const {
  boost::json::object all;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const State& state = states_[i];
    all[rules_[i].name] = {{"fired", state.fired},
                           {"residual", state.residual_hits},
                           {"injected", state.injected},
                           {"dropped", state.dropped}};
  }
  return all;
}

}  // namespace censor
