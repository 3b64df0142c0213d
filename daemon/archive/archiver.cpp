#include "daemon/archive/archiver.hpp"

#include <utility>

#include <boost/json/serialize.hpp>

#include "daemon/log.hpp"
#include "probes/measurement_json.hpp"

namespace reachd::archive {
namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace {

constexpr auto kEvery = 1s;

WallTime now() {
  return std::chrono::system_clock::now();
}

}  // namespace

Archiver::Archiver(asio::any_io_executor loop, Worker& worker, const std::string& directory,
                   Limits limits)
    : worker_(worker),
      archive_(std::make_shared<Archive>(directory, limits)),
      directory_(directory),
      recurrence_(std::move(loop)) {}

void Archiver::start() {
  recurrence_.start([this] { return turn(); });
}

asio::awaitable<void> Archiver::stop() {
  co_await recurrence_.stop();
  if (!waiting_.empty()) co_await write();
}

asio::awaitable<void> Archiver::turn() {
  auto opened = co_await worker_.ask([archive = archive_] {
    archive->open();
    return archive->counts();
  });
  if (opened) note(std::move(*opened));
  while (!recurrence_.stopping()) {
    co_await recurrence_.pause(kEvery);
    if (recurrence_.stopping()) break;
    if (!waiting_.empty()) co_await write();
    co_await tidy();
  }
}

std::vector<Line> Archiver::lines_of(const std::vector<Finished>& finished) {
  std::vector<Line> lines;
  lines.reserve(finished.size());
  for (const Finished& round : finished) {
    lines.push_back(
        {std::chrono::floor<std::chrono::days>(round.measurement->began),
         boost::json::serialize(to_json(*round.measurement, round.verdict, *round.own_addresses))});
  }
  return lines;
}

asio::awaitable<void> Archiver::write() {
  auto finished = std::make_shared<std::vector<Finished>>(std::exchange(waiting_, {}));
  auto counts = co_await worker_.ask([archive = archive_, finished] {
    archive->append(lines_of(*finished), now());
    return archive->counts();
  });
  if (counts) {
    note(std::move(*counts));
  } else {
    dropped_ += finished->size();
  }
}

// Slice by slice, each a job of its own: others come in between.
asio::awaitable<void> Archiver::tidy() {
  bool more = true;
  while (more && !recurrence_.stopping() && waiting_.size() < kMostWaiting / 2) {
    auto report = co_await worker_.ask([archive = archive_] {
      const bool again = archive->tidy(now());
      return std::pair(again, archive->counts());
    });
    more = report && report->first;
    if (report) note(std::move(report->second));
  }
}

void Archiver::note(Counts counts) {
  if (counts.torn > counts_.torn) {
    log::warning("archive_mended", {{"directory", directory_}, {"torn_lines", counts.torn}});
  }
  if (!counts.up && counts_.up) {
    log::error("archive_failed", {{"directory", directory_},
                                  {"error", counts.text},
                                  {"result", "measurements are not kept until it can be written"}});
  }
  if (counts.up && !counts_.up) {
    log::info("archive_recovered", {{"directory", directory_}, {"dropped", counts.dropped}});
  }
  counts_ = std::move(counts);
}

void Archiver::set_limits(Limits limits) {
  worker_.post([archive = archive_, limits] { archive->set_limits(limits); });
}

void Archiver::put(std::shared_ptr<const Measurement> measurement, Verdict verdict,
                   std::shared_ptr<const std::vector<std::string>> own_addresses) {
  if (waiting_.size() >= kMostWaiting) {
    ++dropped_;
    return;
  }
  waiting_.push_back({std::move(measurement), std::move(verdict), std::move(own_addresses)});
}

Counts Archiver::counts() const {
  Counts counts = counts_;
  counts.dropped += dropped_;
  return counts;
}

}  // namespace reachd::archive
