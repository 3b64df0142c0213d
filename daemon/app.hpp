// The composition root: builds the parts from a configuration in order, wires them, turns the loop,
// stops them in reverse. Nothing else knows all of them.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "config/config.hpp"
#include "daemon/archive/archiver.hpp"
#include "daemon/board.hpp"
#include "daemon/examine.hpp"
#include "daemon/instruments.hpp"
#include "daemon/ledger.hpp"
#include "daemon/metrics.hpp"
#include "daemon/notifier/notifier.hpp"
#include "daemon/remote_write/pushers.hpp"
#include "daemon/scheduler.hpp"
#include "daemon/setup.hpp"
#include "daemon/store/saver.hpp"
#include "daemon/systemd.hpp"
#include "daemon/web/server.hpp"
#include "daemon/worker.hpp"

namespace reachd {

// What token files hold.
struct Secrets {
  std::vector<HelperDoor> doors;
  std::string alertmanager;                         // empty: none is needed
  std::map<std::string, std::string> remote_write;  // by the receiver's name, of those with one
};

class App {
 public:
  // Throws what a part throws that cannot be built: an address in use, for example.
  App(Setup setup, net::TrustStore trust, Secrets secrets);
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Turns the loop until SIGTERM or SIGINT and a clean stop. SIGHUP reads the configuration again.
  void run();

 private:
  void apply(Secrets secrets);  // the configuration to all parts
  void reload();                // from the file; a bad one changes nothing and is told
  void rebind(const Config& next, web::Entrance entrance);
  void watch_signals();
  void watch_loop();     // watchdog, readiness, status line
  void count_targets();  // for systemd, and whether all have had a round
  bool healthy() const;
  bool all_loops_turn() const;
  boost::asio::awaitable<void> stop();

  Config config_;
  boost::asio::io_context io_{1};  // turned by one thread; others post to it
  Instruments instruments_;
  Board board_;
  Metrics metrics_;
  Worker worker_;
  store::Saver saver_;
  archive::Archiver archiver_;
  Notifier notifier_;
  remote_write::Pushers pushers_;
  Ledger ledger_;
  Parts parts_;
  Scheduler scheduler_;
  std::shared_ptr<web::Tally> tally_ = std::make_shared<web::Tally>();  // of all servers there were
  std::unique_ptr<web::Server> server_;
  Systemd systemd_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer ticker_;
  std::uint64_t finished_ = 0;                        // rounds, when last looked
  std::chrono::steady_clock::time_point progressed_;  // when that number last grew
  std::chrono::steady_clock::time_point counted_;     // when the targets last were
};

}  // namespace reachd
