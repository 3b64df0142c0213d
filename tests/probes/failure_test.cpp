#include "probes/failure.hpp"

#include <cerrno>

#include <gtest/gtest.h>

namespace reachd {
namespace {

TEST(Failure, EveryWordSurvivesTextAndBack) {
  for (int i = 0; i <= static_cast<int>(Word::reachd_internal); ++i) {
    const Failure failure{static_cast<Word>(i), i % 2 ? "why: so" : ""};
    EXPECT_EQ(parse_failure(to_string(failure)), failure) << to_string(failure);
  }
}

TEST(Failure, AWordNobodyKnowsBecomesText) {
  EXPECT_EQ(parse_failure("socks_error"), (Failure{Word::unknown_failure, "socks_error"}));
  EXPECT_EQ(parse_failure("dns_nxdomain_errors"),
            (Failure{Word::unknown_failure, "dns_nxdomain_errors"}));
  EXPECT_EQ(parse_failure(""), std::nullopt);
}

TEST(Failure, OursAreExactlyThoseNamedReachd) {
  for (int i = 0; i <= static_cast<int>(Word::reachd_internal); ++i) {
    const Failure failure{static_cast<Word>(i), {}};
    EXPECT_EQ(is_ours(failure), to_string(failure).starts_with("reachd_")) << to_string(failure);
  }
}

TEST(Failure, LocalExhaustionIsOursAndThePeersRefusalIsNot) {
  for (int error : {EMFILE, ENFILE, ENOMEM, ENOBUFS, EADDRNOTAVAIL, EADDRINUSE, ECANCELED}) {
    EXPECT_TRUE(is_ours(failure_from_errno(error))) << error;
  }
  for (int error : {ECONNREFUSED, ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, EPIPE}) {
    EXPECT_FALSE(is_ours(failure_from_errno(error))) << error;
  }
}

}  // namespace
}  // namespace reachd
