#include "config/read.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

using std::chrono::milliseconds;

void take_jitter(const Field& field, double& out) {
  double value = 0;
  if (!take(field, value, parse_fraction)) return;
  if (value > 0.5) {
    field.fault("is more than 50%: rounds would run into each other; 20% is usual");
    return;
  }
  out = value;
}

// `shorter` must be below the interval; whichever of the two the file names gets the fault.
void compare(const Field& field, milliseconds value, std::string_view name,
             const Field& interval_at, milliseconds interval) {
  const std::string relation = to_string(value) + ", the interval " + to_string(interval);
  if (field.present()) {
    field.fault("is too long for the interval: this is " + relation);
  } else {
    interval_at.fault("is too short for " + std::string(name) + ": that is " + relation + "; set " +
                      std::string(name) + " too");
  }
}

}  // namespace

void read_schedule(const Field& field, ScheduleSettings& schedule) {
  Section section(field);
  const Field interval = section.optional("interval");
  const Field timeout = section.optional("timeout");
  const Field confirm_after = section.optional("confirm_after");
  const bool interval_known = take_interval(interval, schedule.interval) || !interval.present();
  const bool timeout_known = take_timeout(timeout, schedule.timeout) || !timeout.present();
  const bool confirm_known =
      take_duration(confirm_after, schedule.confirm_after, std::chrono::seconds(1),
                    kLongestInterval, "a moment later, so that it is a measurement of its own") ||
      !confirm_after.present();
  if (interval_known && timeout_known && schedule.timeout >= schedule.interval) {
    compare(timeout, schedule.timeout, "timeout", interval, schedule.interval);
  }
  if (interval_known && confirm_known && schedule.confirm_after > schedule.interval) {
    compare(confirm_after, schedule.confirm_after, "confirm_after", interval, schedule.interval);
  }
  take_duration(section.optional("deep_every"), schedule.deep_every, kShortestInterval,
                kLongestInterval, "10m is usual");
  take_duration(section.optional("residual"), schedule.residual, std::chrono::seconds(1),
                std::chrono::hours(1), "190s is longer than any punishment that was measured");
  take_jitter(section.optional("jitter"), schedule.jitter);
  take_rate(section.optional("rate"), schedule.rate);
  take_rate(section.optional("address_rate"), schedule.address_rate);
  if (const auto concurrency = section.optional("concurrency").number(1, 10'000)) {
    schedule.concurrency = static_cast<int>(*concurrency);
  }
  if (const auto threads = section.optional("threads").number(1, 32)) {
    schedule.threads = static_cast<int>(*threads);
  }
  section.close();
}

}  // namespace reachd
