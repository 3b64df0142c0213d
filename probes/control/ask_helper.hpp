// Asks those on the free side how a target looks from there. A helper that cannot be reached, or is
// itself blocked, costs an answer and nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "config/config.hpp"
#include "probes/control/helper_question.hpp"
#include "probes/helper_report.hpp"
#include "probes/net/resolvers.hpp"
#include "probes/net/way_out.hpp"

namespace reachd {

// A configured helper with what opens it. The token never goes into a measurement or a log.
struct HelperDoor {
  HelperAccess access;
  std::string token;  // empty: none is sent
};

struct HelperAnswer {
  std::optional<HelperReport> report;
  std::optional<Failure> failure;  // of the last helper that was tried, if none answered
};

// One helper after the other, until one answers or 25 s have passed. Both members are empty if
// there are no helpers. Where an address is not configured all resolvers are asked for it: one of
// their answers proves itself by its certificate. Does not wait for the pace.
boost::asio::awaitable<HelperAnswer> ask_helper(net::WayOut& way, net::Resolvers& resolvers,
                                                std::vector<HelperDoor> doors,
                                                HelperQuestion question);

}  // namespace reachd
