// What a helper on the free side said of the same names and addresses: the answer of OONI's test
// helper, as it spells it. Values only; who asks it is elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "probes/observation.hpp"

namespace reachd {

// `failure` is in the helper's own vocabulary ("connection_refused_error"), empty where none.
struct HelperConnect {
  Endpoint peer;
  std::string failure;
  bool operator==(const HelperConnect&) const = default;
};

// Success means a certificate that is valid for `server_name`.
struct HelperHandshake {
  Endpoint peer;
  std::string server_name;
  std::string failure;
  bool operator==(const HelperHandshake&) const = default;
};

// The last answer after redirects.
struct HelperRequest {
  std::string failure;
  int status = -1;                // -1: no answer
  std::int64_t body_length = -1;  // bytes; -1: no answer
  std::string title;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string h3_endpoint;  // where the answer says that HTTP/3 is spoken, empty: it does not
  bool operator==(const HelperRequest&) const = default;
};

struct HelperLookup {
  std::string failure;  // "dns_name_error"; no answer is no failure and no addresses
  std::vector<std::string> addresses;
  bool operator==(const HelperLookup&) const = default;
};

struct HelperAddress {
  static constexpr int kByProbe = 1, kByHelper = 2, kBogon = 4, kValidForName = 8;
  std::string address;
  std::uint32_t asn = 0;
  int flags = 0;  // sum of the constants above
  bool operator==(const HelperAddress&) const = default;
};

struct HelperReport {
  std::vector<HelperConnect> connects;
  std::vector<HelperHandshake> handshakes;
  std::optional<HelperRequest>
      request;  // nothing: the helper was not asked to fetch, or is too old
  std::optional<HelperLookup> lookup;
  std::vector<HelperAddress> addresses;
  bool operator==(const HelperReport&) const = default;
};

}  // namespace reachd
