#include "probes/steps/dns_question.hpp"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace reachd::steps {
namespace {

std::vector<int> ids(std::size_t count) {
  std::vector<int> drawn;
  while (drawn.size() < count) drawn.push_back(make_question("example.org", "A", true)->id);
  return drawn;
}

// Ids are drawn from a stock: a later one must be neither the earlier one again nor run dry.
TEST(DnsQuestionIds, DoNotComeAgainInTheOrderTheyWere) {
  const auto first = ids(1024);
  const auto second = ids(1024);
  EXPECT_GT(std::set<int>(first.begin(), first.end()).size(),
            900U);  // 1,016 of 65,536 are expected
  EXPECT_GT(std::set<int>(second.begin(), second.end()).size(), 900U);
  EXPECT_NE(first, second);
}

TEST(DnsQuestionIds, AreZeroWhereCachesShouldFindTheSame) {
  EXPECT_EQ(make_question("example.org", "A", false)->id, 0);
}

}  // namespace
}  // namespace reachd::steps
