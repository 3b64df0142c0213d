// Rows for tests of the store.
#pragma once

#include <string>

#include "daemon/store/batch.hpp"
#include "daemon/store/rows.hpp"

namespace reachd::test {

inline constexpr WallTime kNoon{std::chrono::sys_days{std::chrono::January / 31 / 2026} +
                                std::chrono::hours(12)};

inline store::RoundRow round_at(const std::string& target, WallTime began,
                                Status status = Status::ok) {
  store::RoundRow row{target, began, Round::light, status, "steps.fine", {}, "", Micros(5'000'000)};
  if (status != Status::ok) {
    row.rule = "tls.reset.swap_ok";
    row.kinds = {"tls.reset.sni", "dns.injection.other"};
    row.reason = "tls: connection_reset at 192.0.2.1:443";
  }
  row.phases = {Micros(5'000), Micros(20'000), Micros(30'000), Micros(40'000), std::nullopt};
  return row;
}

inline store::Batch batch_with(store::StateRow state) {
  store::Batch batch;
  batch.states[state.id] = std::move(state);
  return batch;
}

inline store::Batch batch_with(store::EventRow event) {
  store::Batch batch;
  batch.events[event.number] = std::move(event);
  return batch;
}

inline store::Batch batch_with(store::RoundRow round) {
  store::Batch batch;
  batch.rounds.push_back(std::move(round));
  return batch;
}

}  // namespace reachd::test
