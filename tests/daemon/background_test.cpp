#include "daemon/background.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <thread>

#include <gtest/gtest.h>

namespace reachd {
namespace {

int nice_of(pid_t thread) {
  return ::getpriority(PRIO_PROCESS, static_cast<id_t>(thread));
}

TEST(Background, TheThreadThatStepsBackIsTheOnlyOne) {
  const int before = nice_of(::gettid());
  int after = before;
  std::thread([&after] {
    step_back();
    after = nice_of(::gettid());
  }).join();
  EXPECT_GE(after, 10);
  EXPECT_EQ(nice_of(::gettid()), before);
}

}  // namespace
}  // namespace reachd
