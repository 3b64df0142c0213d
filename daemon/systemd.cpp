#include "daemon/systemd.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdint>

namespace reachd {

Systemd::Systemd() {
  std::uint64_t micros = 0;
  if (sd_watchdog_enabled(0, &micros) > 0) {
    interval_ = std::chrono::microseconds(static_cast<std::int64_t>(micros));
  }
}

void Systemd::ready() const {
  sd_notify(0, "READY=1");
}

// Type=notify-reload (systemd 253) wants the time, to tell this reload from one before;
// CLOCK_MONOTONIC is what libstdc++ makes steady_clock of.
void Systemd::reloading() const {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
  sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count())).c_str());
}

void Systemd::stopping() const {
  sd_notify(0, "STOPPING=1");
}

// A line break would begin a statement of its own.
void Systemd::status(const std::string& text) const {
  std::string line = "STATUS=" + text.substr(0, 500);
  std::ranges::replace_if(line, [](char c) { return c >= 0 && c < 0x20; }, ' ');
  sd_notify(0, line.c_str());
}

void Systemd::feed_watchdog() {
  if (interval_.count() == 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (fed_ != std::chrono::steady_clock::time_point{} && now - fed_ < interval_ / 4) return;
  fed_ = now;
  sd_notify(0, "WATCHDOG=1");
}

}  // namespace reachd
