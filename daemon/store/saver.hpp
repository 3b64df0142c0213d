// The store as the loop sees it: collects what changes, has it written once a second on the worker,
// asks for rows, tells the operator once when writing fails and once when it works again. Never
// waits for a disk, but at load().
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "daemon/recurrence.hpp"
#include "daemon/store/batch.hpp"
#include "daemon/store/store.hpp"
#include "daemon/worker.hpp"

namespace reachd::store {

class Saver {
 public:
  // The worker and the loop outlive it; it is destroyed after the worker has stopped, or after
  // stop().
  Saver(boost::asio::any_io_executor loop, Worker& worker, const std::string& directory,
        Limits limits);
  Saver(const Saver&) = delete;
  Saver& operator=(const Saver&) = delete;

  // Waits for the disk: before the loop turns, once, first. What cannot be read is not there; where
  // that may be events, `last_event` is higher than any number that they can have had.
  Saved load();
  // Begins to write what is put, from now on.
  void start();
  // Writes all that waits, as far as it can be written. Nothing may be put afterwards.
  boost::asio::awaitable<void> stop();

  void set_limits(Limits limits);

  void put(StateRow state);
  void put(EventRow event);  // written at once
  void put(AlertRow alert);
  void drop_alert(const std::string& fingerprint);
  void put(RoundRow round);

  // As Store's; the error also if the worker has no room.
  boost::asio::awaitable<Answer<RoundRow>> rounds_of(std::string target, WallTime from, WallTime to,
                                                     std::size_t limit);
  boost::asio::awaitable<Answer<HourRow>> hours_of(std::string target, WallTime from, WallTime to);
  boost::asio::awaitable<Answer<OutcomeRow>> outcomes_by_rounds(WallTime from, WallTime to);
  boost::asio::awaitable<Answer<OutcomeRow>> outcomes_by_hours(WallTime from, WallTime to);
  boost::asio::awaitable<std::optional<WallTime>> hours_until();
  boost::asio::awaitable<Answer<EventRow>> events_since(WallTime since, std::size_t limit);

  // As the worker reported last; `waiting` and `dropped` with what the loop still holds. For
  // reachd_store_up, reachd_store_errors_total and their like.
  Health health() const;

 private:
  boost::asio::awaitable<void> turn();
  boost::asio::awaitable<void> write();
  boost::asio::awaitable<void> tidy();
  void note(Health health);

  Worker& worker_;
  std::shared_ptr<Store> store_;  // the worker's, but for the making and load()
  std::string directory_;
  Batch batch_;
  Recurrence recurrence_;
  Health health_;
  std::uint64_t dropped_ = 0;
  std::chrono::steady_clock::time_point failing_since_;
  std::chrono::milliseconds patience_;  // until the next attempt
  bool hurry_ = false;
};

}  // namespace reachd::store
