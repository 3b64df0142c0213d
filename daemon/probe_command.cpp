#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <ostream>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/commands.hpp"
#include "daemon/instruments.hpp"
#include "daemon/look.hpp"
#include "daemon/setup.hpp"
#include "probes/measurement_json.hpp"
#include "probes/net/route.hpp"
#include "probes/print.hpp"

namespace reachd {
namespace asio = boost::asio;
namespace {

// The targets that the arguments name, in the file's order; nullopt with a message if one names
// none.
std::optional<std::vector<SharedTarget>> select(const Config& config,
                                                const std::vector<std::string>& names,
                                                std::ostream& err) {
  const std::vector<SharedTarget> all = targets_of(config);
  if (names.empty()) return all;
  std::vector<bool> wanted(all.size(), false);
  for (const std::string& name : names) {
    bool found = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (name != all[i]->service && name != id_of(all[i])) continue;
      wanted[i] = found = true;
    }
    if (!found) {
      err << "reachd: " << escape_for_people(name)
          << " is neither a service nor a service/target of " << config.file << '\n';
      return std::nullopt;
    }
  }
  std::vector<SharedTarget> chosen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (wanted[i]) chosen.push_back(all[i]);
  }
  return chosen;
}

// One pass over all targets: some at once, printed in their order as soon as it is their turn.
class Pass {
 public:
  Pass(const ProbeOptions& options, const Config& config, const std::vector<SharedTarget>& targets,
       std::ostream& out, std::ostream& err)
      : options_(options), config_(config), targets_(targets), out_(out), err_(err) {}

  asio::awaitable<void> work(Instruments& instruments, std::uint64_t turn) {
    while (next_ < targets_.size()) {
      const std::size_t index = next_++;
      Climb how{config_.vantage, config_.body_limit, options_.deep ? Round::deep : Round::light,
                turn};
      const auto look =
          co_await look_at(instruments, targets_[index], std::move(how), {}, options_.deep);
      count(look->verdict);
      done_[index] = render(look->measurement, look->verdict);
      flush();
    }
  }

  void begin() {
    next_ = printed_ = 0;
    done_.assign(targets_.size(), std::nullopt);
  }
  void clear_progress() {
    if (shown_) err_ << "\r\033[K" << std::flush;
    shown_ = false;
  }
  int status() const {
    if (judged_ == 0) return kExitNotJudged;
    return not_ok_ == 0 ? kExitOk : kExitNotOk;
  }

 private:
  std::string render(const Measurement& measurement, const Verdict& verdict) const {
    if (!options_.json) return print_ladder(measurement, verdict, options_.colour) + "\n";
    return boost::json::serialize(to_json(measurement, verdict, own_addresses_)) + "\n";
  }

  void count(const Verdict& verdict) {
    ++finished_;
    if (verdict.status != Status::insufficient) ++judged_;
    if (verdict.status != Status::ok) ++not_ok_;
  }

  void flush() {
    clear_progress();
    for (; printed_ < done_.size() && done_[printed_]; ++printed_) {
      out_ << *done_[printed_];
      done_[printed_]->clear();
    }
    out_.flush();
    const auto total = targets_.size() * static_cast<std::size_t>(options_.rounds);
    if (options_.progress && finished_ < total &&
        std::chrono::steady_clock::now() - began_ > std::chrono::seconds(1)) {
      err_ << finished_ << " of " << total << " rounds" << std::flush;
      shown_ = true;
    }
  }

  const ProbeOptions& options_;
  const Config& config_;
  const std::vector<SharedTarget>& targets_;
  std::ostream& out_;
  std::ostream& err_;
  const std::vector<std::string> own_addresses_ = net::own_addresses();
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::vector<std::optional<std::string>> done_;
  std::size_t next_ = 0;
  std::size_t printed_ = 0;
  std::size_t finished_ = 0;
  std::size_t judged_ = 0;
  std::size_t not_ok_ = 0;
  bool shown_ = false;
};

}  // namespace

int probe(const ProbeOptions& options, std::ostream& out, std::ostream& err) {
  auto loaded = load_setup(options.config, false);
  if (const auto* faults = std::get_if<std::vector<Fault>>(&loaded)) {
    for (const Fault& fault : *faults) err << to_string(fault) << '\n';
    return kExitUsage;
  }
  auto& [config, fingerprints, entrance, lists] = std::get<Setup>(loaded);
  const auto targets = select(config, options.targets, err);
  if (!targets) return kExitUsage;
  if (targets->empty()) {
    err << "reachd: " << config.file << " names no target that is enabled\n";
    return kExitNotJudged;
  }
  auto trust = net::TrustStore::load(config.ca_file);
  if (!trust) {
    err << "reachd: " << trust.error() << '\n';
    return kExitUsage;
  }

  auto doors = open_doors(config);
  if (!doors) {
    err << "reachd: " << doors.error() << '\n';
    return kExitUsage;
  }
  prepare_process();
  asio::io_context io;
  Instruments instruments(io.get_executor(), config, std::move(*trust), std::move(*doors),
                          std::move(fingerprints));
  Pass pass(options, config, *targets, out, err);
  bool interrupted = false;
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code error, int) {
    if (error) return;
    interrupted = true;
    io.stop();
  });
  for (int round = 0; round < options.rounds && !interrupted; ++round) {
    pass.begin();
    const std::size_t side_by_side = std::min<std::size_t>(
        targets->size(), static_cast<std::size_t>(config.schedule.concurrency));
    std::size_t working = side_by_side;
    std::exception_ptr failed;
    for (std::size_t i = 0; i < side_by_side; ++i) {
      asio::co_spawn(io, pass.work(instruments, static_cast<std::uint64_t>(round)),
                     [&](std::exception_ptr error) {
                       if (error) failed = error;
                       if (--working == 0 || error) io.stop();
                     });
    }
    io.restart();
    io.run();
    if (failed) std::rethrow_exception(failed);
  }
  pass.clear_progress();
  if (interrupted) err << "reachd: interrupted\n";
  return interrupted ? static_cast<int>(kExitUsage) : pass.status();
}

}  // namespace reachd
