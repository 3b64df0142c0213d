// Carries out acts upon one packet. What leaves, and when, is written into an Outcome; nothing is
// sent from here.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "tests/lab/censor/act.hpp"
#include "tests/lab/censor/match.hpp"

namespace censor {

struct Leaving {
  bool inside = false;      // towards the vantage
  Time::duration after{0};  // the packet that caused it
  Bytes frame;
};

struct Outcome {
  bool gone = false;    // the packet itself goes no further
  bool passed = false;  // no further rule shall see it
  Time::duration delay{0};
  std::vector<Time::duration> copies;  // when further copies of it leave, after itself
  std::vector<Leaving> forged;

  bool ended() const { return gone || passed; }
};

// The rule's part in it.
struct Stage {
  const DnsMatch* dns = nullptr;  // which of several queries is meant; null: the first
  bool on_path = false;
  Mark& mark;           // the rule's, of this flow
  std::size_t& cursor;  // the rule's, into the forged DNS answers
  std::mt19937_64& random;
};

void play(const std::vector<Act>& acts, Seen& seen, Stage& stage, Outcome& outcome);

}  // namespace censor
