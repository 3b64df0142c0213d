// The archive as the loop sees it: takes measurements as they end, has them written in batches on
// the worker, tells the operator once when that fails and once when it works again. Never waits for
// a disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "daemon/archive/archive.hpp"
#include "daemon/recurrence.hpp"
#include "daemon/worker.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/measurement.hpp"

namespace reachd::archive {

class Archiver {
 public:
  static constexpr std::size_t kMostWaiting = 2000;  // measurements; then new ones are dropped

  // The worker and the loop outlive it.
  Archiver(boost::asio::any_io_executor loop, Worker& worker, const std::string& directory,
           Limits limits);
  Archiver(const Archiver&) = delete;
  Archiver& operator=(const Archiver&) = delete;

  void start();
  // Writes what waits. Nothing may be put afterwards.
  boost::asio::awaitable<void> stop();

  void set_limits(Limits limits);

  // `own_addresses`: the vantage's, scrubbed from the line.
  void put(std::shared_ptr<const Measurement> measurement, Verdict verdict,
           std::shared_ptr<const std::vector<std::string>> own_addresses);

  // As the worker reported last, with what the loop had to drop. For reachd_archive_bytes,
  // reachd_archive_errors_total and their like.
  Counts counts() const;

 private:
  struct Finished {
    std::shared_ptr<const Measurement> measurement;
    Verdict verdict;
    std::shared_ptr<const std::vector<std::string>> own_addresses;
  };
  static std::vector<Line> lines_of(const std::vector<Finished>& finished);

  boost::asio::awaitable<void> turn();
  boost::asio::awaitable<void> write();
  boost::asio::awaitable<void> tidy();
  void note(Counts counts);

  Worker& worker_;
  std::shared_ptr<Archive> archive_;  // the worker's, but for the making
  std::string directory_;
  std::vector<Finished> waiting_;
  Recurrence recurrence_;
  Counts counts_;
  std::uint64_t dropped_ = 0;
};

}  // namespace reachd::archive
