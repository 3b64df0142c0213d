// What the web server turned away, and why. Counted on its thread, read on the daemon's loop.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reachd::web {

enum class Refusal : std::uint8_t {
  no_credentials,  // or none that can be read
  wrong_credentials,
  too_many_guesses,  // of that client
  busy,              // too many passwords wait to be checked
  tls_handshake,     // not completed: an old version, no or a foreign certificate, no time
  crowded,           // too many connections
};
inline constexpr std::array<std::string_view, 6> kRefusalReasons{
    "no_credentials", "wrong_credentials", "too_many_guesses", "busy", "tls_handshake", "crowded"};

struct Tally {
  std::array<std::atomic<std::uint64_t>, kRefusalReasons.size()> refused{};  // by Refusal
  std::atomic<std::uint64_t> checks{0};  // of passwords, that wait or run

  void count(Refusal refusal) { ++refused.at(static_cast<std::size_t>(refusal)); }
};

}  // namespace reachd::web
