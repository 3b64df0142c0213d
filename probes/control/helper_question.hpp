// What a helper is asked, as OONI's test-helper protocol has it (research: oohelperd), with the one
// extension that services other than web sites need. Values and JSON only; sends nothing.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/system/result.hpp>

#include "config/target.hpp"
#include "probes/observation.hpp"

namespace reachd {

struct HelperQuestion {
  static constexpr std::size_t kMostEndpoints = 32;

  std::string url;   // http(s), absolute
  std::string host;  // of it
  std::uint16_t port = 443;
  bool secure = true;  // https
  // Of the request: Accept, Accept-Language, User-Agent, and no others.
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<Endpoint> endpoints;  // to connect to, at most kMostEndpoints
  // The extension `x_reachd`, which other helpers pass over: a handshake on every endpoint, not on
  // port 443 only; and no fetch.
  bool handshake_everywhere = false;
  bool fetch = true;
  bool operator==(const HelperQuestion&) const = default;
};

// What a helper is to be asked of a target and the addresses it resolved to. Mail, TLS and TCP
// services are asked for as https://host:port/ without a fetch.
HelperQuestion question_of(const Target& target, const std::vector<std::string>& addresses);

std::string to_json(const HelperQuestion& question);

// Hostile text in: the error is a sentence for whoever sent it. Unknown keys are passed over; too
// many endpoints, one that is no address and port, or a URL that is not http(s) are errors.
boost::system::result<HelperQuestion, std::string> parse_question(std::string_view text);

}  // namespace reachd
