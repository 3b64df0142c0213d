// One question over a connection: TCP, DNS over TLS, DNS over HTTPS. Whatever fails below DNS is
// the failure of the question, in the words of the layer that failed.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "probes/net/way_out.hpp"
#include "probes/steps/connect.hpp"
#include "probes/steps/dns.hpp"
#include "probes/steps/dns_question.hpp"

namespace reachd::steps {

// The connection's part of the options. It does not wait for the pace.
Attempt attempt_of(const DnsOptions& options, Clock::time_point deadline);

// Each fills `observation`'s failure and adds to its DnsSeen. Messages that are no answer are
// passed over; if the connection then ends or the deadline passes, the first of them is the
// failure.
boost::asio::awaitable<void> ask_tcp(net::WayOut& way, const DnsOptions& options,
                                     const DnsQuestion& question, Clock::time_point deadline,
                                     Observation& observation);
boost::asio::awaitable<void> ask_dot(net::WayOut& way, const DnsOptions& options,
                                     const DnsQuestion& question, Clock::time_point deadline,
                                     Observation& observation);

// One POST (RFC 8484). A status other than 200, another content type, or more than a DNS message
// may hold is unknown_failure with its text.
boost::asio::awaitable<void> ask_doh(net::WayOut& way, const DnsOptions& options,
                                     const DnsQuestion& question, Clock::time_point deadline,
                                     Observation& observation);

}  // namespace reachd::steps
