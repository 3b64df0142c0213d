// Tells systemd how the daemon is: sd_notify(3) and its watchdog. Silent where nobody listens, that
// is wherever NOTIFY_SOCKET is not set. Never decides whether the daemon is well: it is told.
#pragma once

#include <chrono>
#include <string>

namespace reachd {

class Systemd {
 public:
  // Reads WATCHDOG_USEC and WATCHDOG_PID once.
  Systemd();

  void ready() const;  // also ends a reload
  void reloading() const;
  void stopping() const;
  void status(const std::string& text) const;  // one line, shown by `systemctl status`

  // Call often while all is well; a datagram goes out at most every quarter of the interval.
  void feed_watchdog();

  // How long systemd waits for food before it kills us; zero: the watchdog is off.
  std::chrono::microseconds watchdog_interval() const { return interval_; }

 private:
  std::chrono::microseconds interval_{0};
  std::chrono::steady_clock::time_point fed_{};
};

}  // namespace reachd
