#include "daemon/process_series.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>

#include "daemon/metrics.hpp"
#include "tests/support/scrape.hpp"

namespace reachd {
namespace {

TEST(ProcessSeries, TheProcessTellsWhatItUses) {
  const Metrics metrics;
  const test::Scrape scrape = test::read_scrape(metrics.text());
  EXPECT_GT(scrape["process_resident_memory_bytes"], 1e6);
  EXPECT_GT(scrape["process_open_fds"], 2);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(scrape["process_max_fds"], static_cast<double>(limit.rlim_cur));
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_GT(scrape["process_start_time_seconds"], now - 86400);
  EXPECT_LE(scrape["process_start_time_seconds"], now + 2);
  EXPECT_GE(test::read_scrape(metrics.text())["process_cpu_seconds_total"],
            scrape["process_cpu_seconds_total"]);
}

}  // namespace
}  // namespace reachd
