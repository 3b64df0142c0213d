#include "daemon/app.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>

#include "daemon/backfill.hpp"
#include "daemon/commands.hpp"
#include "daemon/large_pages.hpp"
#include "daemon/log.hpp"
#include "daemon/secret.hpp"

namespace reachd {
namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace {

constexpr auto kTick = 1s;
// Of ten thousand targets none is in a cache when they are counted: a millisecond of every second.
constexpr auto kCount = 10s;
// Something is due, yet no round has ended for this long: probing is stuck, whatever the loop does.
constexpr auto kStuckAfter = 120s;

std::vector<SharedTarget> targets_of(const std::map<std::string, TargetBoard>& boards) {
  std::vector<SharedTarget> targets;
  targets.reserve(boards.size());
  for (const auto& [id, entry] : boards) targets.push_back(entry.target);
  return targets;
}

std::vector<SharedTarget> planned(const Board& board) {
  std::vector<SharedTarget> targets = targets_of(board.targets);
  const auto controls = targets_of(board.controls);
  targets.insert(targets.end(), controls.begin(), controls.end());
  return targets;
}

// Measuring goes on without a place to write to; the operator should know all the same.
void prepare_state_directory(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    log::write(log::Level::warning, "state_directory",
               {{"directory", directory}, {"error", error.message()}});
  }
}

// A round that ended in an exception is a bug of ours: it says nothing of the target.
void tell_bug(std::exception_ptr error, const std::string& where) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& bug) {
    log::write(log::Level::error, "bug", {{"target", where}, {"error", bug.what()}});
  }
}

void tell_faults(const std::vector<Fault>& faults) {
  for (const Fault& fault : faults) {
    log::write(log::Level::error, "configuration", {{"fault", to_string(fault)}});
  }
}

// What the lists gave, and how much Prometheus will have to take.
void tell_size(const std::vector<ListReport>& lists, const Config& config) {
  for (const ListReport& list : lists) {
    const auto first = list.skipped.empty() ? SkippedLine{} : list.skipped.front();
    log::info("list", {{"file", list.file},
                       {"targets", list.taken},
                       {"passed_over", list.skipped.size()},
                       {"first_line", first.line},
                       {"first_reason", first.why}});
  }
  log::info("series",
            {{"targets", targets_of(config).size()}, {"series", Metrics::count_series(config)}});
}

boost::system::result<Secrets, std::string> read_secrets(const Config& config) {
  using Read = boost::system::result<Secrets, std::string>;
  auto doors = open_doors(config);
  if (!doors) return Read(boost::system::in_place_error, doors.error());
  Secrets secrets{std::move(*doors), {}, {}};
  std::vector<std::pair<std::string, std::string*>> wanted;  // file, and where its token goes
  wanted.emplace_back(config.alertmanager.token_file, &secrets.alertmanager);
  for (const RemoteWriteSettings& receiver : config.remote_write) {
    wanted.emplace_back(receiver.token_file, &secrets.remote_write[receiver.name]);
  }
  for (const auto& [file, place] : wanted) {
    if (file.empty()) continue;
    auto token = read_secret(file);
    if (!token) return Read(boost::system::in_place_error, token.error());
    *place = std::move(*token);
  }
  return secrets;
}

}  // namespace

App::App(Setup setup, net::TrustStore trust, Secrets secrets)
    : config_(std::move(setup.config)),
      instruments_(io_.get_executor(), config_, std::move(trust), std::move(secrets.doors),
                   std::move(setup.fingerprints)),
      saver_(io_.get_executor(), worker_, config_.state.directory, store::limits_of(config_.state)),
      archiver_(io_.get_executor(), worker_, config_.state.directory,
                archive::limits_of(config_.state)),
      notifier_(
          io_.get_executor(), instruments_.way,
          [this](const std::string&, bool delivered) { metrics_.count_notification(delivered); }),
      pushers_(
          io_.get_executor(), worker_, instruments_.way, [this] { return metrics_.collect(); },
          config_.state.directory),
      ledger_(config_, board_, metrics_, saver_, archiver_, notifier_),
      parts_{instruments_, config_, board_, metrics_, ledger_},
      scheduler_(
          io_.get_executor(),
          [this](Scheduler::Assignment assignment, Scheduler::Yield yield) {
            return examine(parts_, std::move(assignment), std::move(yield));
          },
          {.lag = [this](auto lag) { metrics_.observe_lag(lag); },
           .working = [this](std::size_t rounds) { metrics_.set_rounds_in_flight(rounds); },
           .skipped = [this] { metrics_.count_skipped_round(); },
           .failed = [](auto error, const Target& target) { tell_bug(error, id_of(target)); }}),
      signals_(io_, SIGHUP, SIGTERM, SIGINT),
      ticker_(io_),
      progressed_(std::chrono::steady_clock::now()) {
  board_.started = std::chrono::system_clock::now();
  prepare_state_directory(config_.state.directory);
  ledger_.restore(saver_.load());
  saver_.start();
  archiver_.start();
  apply(std::move(secrets));
  setup.entrance.tally = tally_;
  rebind(config_,
         std::move(setup.entrance));  // last: whoever is told that it listens is answered at once
  metrics_.observe_reload(true, std::chrono::system_clock::now());
}

void App::apply(Secrets secrets) {
  size_pages_for(targets_of(config_).size());
  instruments_.set_lanes(config_);
  set_targets(board_, config_);
  asio::co_spawn(io_, fill_timelines(board_, saver_, std::chrono::system_clock::now()),
                 [](std::exception_ptr error) {
                   if (error) tell_bug(error, "backfill");
                 });
  const remote_write::Texts departed = metrics_.configure(config_, targets_of(board_.targets));
  ledger_.configure();
  saver_.set_limits(store::limits_of(config_.state));
  archiver_.set_limits(archive::limits_of(config_.state));
  notifier_.configure(config_.alertmanager, std::move(secrets.alertmanager));
  pushers_.configure(config_, secrets.remote_write, departed);
  scheduler_.set_plan(planned(board_), config_.schedule);
}

void App::rebind(const Config& next, web::Entrance entrance) {
  web::Sources sources{board_, [this] { return metrics_.snapshot(); },
                       [this] { return healthy(); }};
  const bool tls = entrance.tls != nullptr;
  sources.past = [this](std::string id, WallTime since) {
    return web::past_of(saver_, std::move(id), since, std::chrono::system_clock::now());
  };
  server_ = std::make_unique<web::Server>(
      io_.get_executor(), next.listen,
      [sources](const web::Request& request) { return web::respond(request, sources); },
      web::Limits{}, std::move(entrance));
  log::write(log::Level::info, "listening",
             {{"url", page_url({next.listen.address, server_->port()}, tls) + "/"}});
}

void App::reload() {
  systemd_.reloading();
  auto loaded = load_setup(config_.file);
  bool successful = false;
  if (const auto* faults = std::get_if<std::vector<Fault>>(&loaded)) {
    tell_faults(*faults);
  } else {
    auto& [next, fingerprints, entrance, lists] = std::get<Setup>(loaded);
    next.state.directory = config_.state.directory;
    auto trust = net::TrustStore::load(next.ca_file);
    try {
      if (!trust) throw std::runtime_error(trust.error());
      auto secrets = read_secrets(next);
      if (!secrets) throw std::runtime_error(secrets.error());
      entrance.tally = tally_;
      if (next.listen != config_.listen) {
        rebind(next, std::move(entrance));
      } else {
        server_->set_entrance(std::move(entrance));
      }
      config_ = std::move(next);
      instruments_.configure(config_, std::move(*trust), std::move(secrets->doors),
                             std::move(fingerprints));
      apply(std::move(*secrets));
      tell_size(lists, config_);
      successful = true;
    } catch (const std::exception& error) {
      log::write(log::Level::error, "reload", {{"error", error.what()}});
    }
  }
  metrics_.observe_reload(successful, std::chrono::system_clock::now());
  log::write(successful ? log::Level::info : log::Level::error, "reload",
             {{"file", config_.file},
              {"result", successful ? "the new configuration is in force"
                                    : "the old configuration stays in force"}});
  systemd_.ready();
}

void App::watch_signals() {
  signals_.async_wait([this](boost::system::error_code error, int number) {
    if (error) return;
    if (number == SIGHUP) {
      reload();
      watch_signals();
      return;
    }
    log::write(log::Level::info, "stopping", {{"signal", number == SIGTERM ? "TERM" : "INT"}});
    asio::co_spawn(io_, stop(), [this](std::exception_ptr failed) {
      io_.stop();
      if (failed) std::rethrow_exception(failed);
    });
  });
}

asio::awaitable<void> App::stop() {
  board_.stopping = true;
  systemd_.stopping();
  ticker_.cancel();
  co_await scheduler_.stop();
  pushers_.stop();
  ledger_.save_news();
  ledger_.save_states();
  co_await archiver_.stop();
  co_await saver_.stop();
  server_->stop();
}

bool App::all_loops_turn() const {
  const auto now = std::chrono::steady_clock::now();
  return std::ranges::all_of(
      instruments_.lanes, [now](const auto& lane) { return now - lane->turned() < kStuckAfter; });
}

bool App::healthy() const {
  if (!all_loops_turn()) return false;
  const auto now = std::chrono::steady_clock::now();
  const bool something_due = scheduler_.earliest_due() < now;
  return !something_due || now - progressed_ < kStuckAfter + config_.schedule.timeout;
}

void App::count_targets() {
  std::size_t seen = 0;
  std::size_t reachable = 0;
  for (const auto& [id, entry] : board_.targets) {
    seen += entry.rounds.empty() ? 0U : 1U;
    reachable += shown_status(entry) == Status::ok ? 1U : 0U;
  }
  const auto age = std::chrono::system_clock::now() - board_.started;
  board_.ready = board_.ready || seen == board_.targets.size() || age > config_.schedule.interval;
  systemd_.status(fmt::format("{} of {} targets reachable", reachable, board_.targets.size()));
}

void App::watch_loop() {
  const auto now = std::chrono::steady_clock::now();
  board_.last_turn = now;
  const bool idle = scheduler_.in_flight() == 0 && scheduler_.earliest_due() > now;
  if (scheduler_.finished_rounds() != finished_ || idle) {
    finished_ = scheduler_.finished_rounds();
    progressed_ = now;
  }
  ledger_.save_news();
  metrics_.observe_records(saver_.health(), archiver_.counts(), worker_.load());
  metrics_.observe_web(*tally_);
  metrics_.observe_pushes(pushers_.counts());
  if (!board_.ready || now - counted_ >= kCount) {
    counted_ = now;
    count_targets();
  }
  for (const auto& lane : instruments_.lanes) lane->ask_for_sign();
  if (healthy()) systemd_.feed_watchdog();

  ticker_.expires_after(kTick);
  ticker_.async_wait([this](boost::system::error_code error) {
    if (!error) watch_loop();
  });
}

void App::run() {
  watch_signals();
  watch_loop();
  systemd_.ready();
  io_.run();
  log::write(log::Level::info, "stopped", {});
}

int run(const RunOptions& options) {
  log::start(options.log_level);
  auto loaded = load_setup(options.config);
  if (const auto* faults = std::get_if<std::vector<Fault>>(&loaded)) {
    tell_faults(*faults);
    return kExitUsage;
  }
  auto& setup = std::get<Setup>(loaded);
  Config& config = setup.config;
  if (!options.state_directory.empty()) config.state.directory = options.state_directory;
  auto trust = net::TrustStore::load(config.ca_file);
  if (!trust) {
    log::write(log::Level::error, "trust_store", {{"error", trust.error()}});
    return kExitUsage;
  }
  auto secrets = read_secrets(config);
  if (!secrets) {
    log::write(log::Level::error, "token", {{"error", secrets.error()}});
    return kExitUsage;
  }
  prepare_process();
  tell_size(setup.lists, config);
  App app(std::move(setup), std::move(*trust), std::move(*secrets));
  app.run();
  return kExitOk;
}

}  // namespace reachd
