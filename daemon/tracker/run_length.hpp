// How long a CUSUM over rounds that fail or pass takes until it alarms, on average: exactly, by the
// chain of its excursions from zero. Pure arithmetic.
#pragma once

namespace reachd {

// What a round adds to the sum, which never falls below zero: up > 0 > down.
struct Weights {
  double up = 0;    // a round that failed
  double down = 0;  // one that passed
};

// Log-likelihood ratios of failing with p1 against failing with p0, 0 < p0 < p1 < 1; `up` is
// capped.
Weights weights_of(double p0, double p1, double cap);

// Average number of rounds, each failing with probability p by itself, until the sum is at `h` or
// above, begun at zero. Infinite if that cannot happen.
double run_length(const Weights& weights, double h, double p);

}  // namespace reachd
