// The step that talks to a mail server as far as a stranger may: greeting, capabilities, STARTTLS,
// TLS, a polite goodbye. Never a login, never a message.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "config/target.hpp"
#include "probes/net/way_out.hpp"
#include "probes/observation.hpp"
#include "probes/steps/connect.hpp"

namespace reachd::steps {

struct MailOptions {
  Scheme scheme = Scheme::imaps;  // imap, imaps, smtp, smtps
  Starttls starttls = Starttls::none;
  std::string server_name;
};

// The observations are, in order: imaps and smtps: tls, mail. imap and smtp: mail (what was said in
// the clear, STARTTLS included) and, if TLS was started, tls and a second mail without a greeting.
// STARTTLS that is required and not offered, or refused, fails that first mail; where it is
// optional the talk goes on in the clear and MailSeen tells. A goodbye that is not answered is no
// failure.
struct Conversed {
  std::vector<Observation> observations;  // mail and tls, in order; a failure ends the list
  std::optional<TcpInfo> tcp_info;        // taken just before the connection was closed
};

boost::asio::awaitable<Conversed> converse(net::WayOut& way, const Attempt& attempt,
                                           boost::asio::ip::tcp::socket socket,
                                           MailOptions options);

}  // namespace reachd::steps
