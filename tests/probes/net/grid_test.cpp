#include "probes/net/grid.hpp"

#include <gtest/gtest.h>

namespace reachd::net {
namespace {
using namespace std::chrono_literals;
using Time = std::chrono::steady_clock::time_point;

TEST(Grid, EndsFallTogetherAndNeverTooEarly) {
  EXPECT_EQ(on_grid(Time(1s)), Time(1s));
  EXPECT_EQ(on_grid(Time(1s + 1ns)), Time(1020ms));
  EXPECT_EQ(on_grid(Time(1s + 19ms)), Time(1020ms));
  EXPECT_EQ(on_grid(Time(1020ms)), Time(1020ms));
}

}  // namespace
}  // namespace reachd::net
