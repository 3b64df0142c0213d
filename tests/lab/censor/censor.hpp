// The judge of packets: all rules, and all they remember. Knows no clock and sends nothing: times
// come in, an Outcome goes out.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "tests/lab/censor/play.hpp"
#include "tests/lab/censor/redirect.hpp"
#include "tests/lab/censor/rule.hpp"

namespace censor {

class Censor {
 public:
  Censor(std::vector<Rule> rules, std::uint64_t seed, Time epoch);

  // What becomes of a packet that stands before the censor of that wire; it may be rewritten.
  Outcome judge(std::size_t wire, Direction direction, Packet& packet, Time now);

  // False if there is no such rule.
  bool enable(std::string_view name, bool enabled);
  void set_epoch(Time epoch) { epoch_ = epoch; }
  // {"NAME": {"fired": …, "residual": …, "injected": …, "dropped": …}}
  boost::json::object counters() const;

 private:
  struct Hit {
    Time begins;
    Time ends;
  };
  struct State {
    bool enabled = true;
    LruTable<Tuple, Hit> residual{65536};
    std::array<Bucket, 2> buckets;
    std::size_t cursor = 0;
    std::uint64_t fired = 0;
    std::uint64_t residual_hits = 0;
    std::uint64_t injected = 0;
    std::uint64_t dropped = 0;
  };

  void apply(std::size_t index, Seen& seen, Time now, Outcome& outcome);
  // What is kept for the packet's tuple, if it has begun and not ended.
  Hit* kept(std::size_t index, const Seen& seen, Time now);
  // The whole match, dice and clock included.
  bool means(std::size_t index, const Match& match, const Seen& seen, Time now);
  void enact(std::size_t index, const std::vector<Act>& acts, const Match& match, Seen& seen,
             Outcome& outcome);
  void apply_mark(std::size_t index, Mark& mark, const Seen& seen, Time now, Outcome& outcome);

  std::vector<Rule> rules_;
  std::vector<State> states_;
  FlowTable flows_;
  Redirections redirections_;
  std::uint64_t seed_;
  std::mt19937_64 random_;
  Time epoch_;
};

}  // namespace censor
