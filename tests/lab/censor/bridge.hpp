// The loop: frames in, the censor's judgement, delays, frames out. The only file that reads a clock
// and waits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/lab/censor/censor.hpp"
#include "tests/lab/censor/control.hpp"
#include "tests/lab/censor/due.hpp"
#include "tests/lab/censor/path.hpp"
#include "tests/lab/censor/wire.hpp"

namespace censor {

class Bridge {
 public:
  // Opens all sockets; throws std::system_error.
  Bridge(std::vector<Path> paths, Censor censor, const std::optional<std::string>& control);

  // Until a byte can be read from `stop`.
  void run(int stop);
  // {"wires": …, "rules": …, "unsent": n} in one line.
  std::string counters() const;

 private:
  struct Count {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
  };
  struct Wire {
    Path path;
    WireEnd inside;
    WireEnd outside;
    Count out;
    Count in;
  };
  enum class Step : std::uint8_t { judge_incoming, send_inside, send_outside };
  struct Due {
    std::size_t wire;
    Step step;
    Bytes frame;
  };

  void receive(std::size_t wire);
  void perform(Due due, Time now);
  // Judges at `now`, and lets everything that comes of it leave when it should.
  void judge(std::size_t wire, Direction direction, Packet packet, Time now);
  void leave(std::size_t wire, bool inside, Time at, Bytes frame);
  std::string answer(std::string_view line);

  std::vector<Wire> wires_;
  Censor censor_;
  std::optional<ControlSocket> control_;
  DueQueue<Due> due_;
  std::uint64_t unsent_ = 0;
};

}  // namespace censor
