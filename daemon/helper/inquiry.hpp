// What a helper does for one question: asks for the name, connects and shakes hands as asked, and
// fetches. Every address passes the guard at the moment it is used.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "daemon/helper/guard.hpp"
#include "probes/control/helper_question.hpp"
#include "probes/helper_report.hpp"
#include "probes/net/resolvers.hpp"
#include "probes/net/way_out.hpp"

namespace reachd::helper {

// Failures are in the words of OONI's test helper. Endpoints that the guard refuses are left out;
// a name that resolves to none that it allows fails as `unknown_error`. Bounded: 8 addresses of the
// name, 4 s for it, 15 s for connections and for the fetch with its redirects (10), 512 KiB of
// body.
boost::asio::awaitable<HelperReport> inquire(net::WayOut& way, net::Resolvers& resolvers,
                                             Guard& guard, HelperQuestion question);

}  // namespace reachd::helper
