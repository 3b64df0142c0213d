// The lists of test_keys while they are being written: each observation puts its entry into the
// list that OONI's format has for it, and a step into x_reachd for the rest. Used by to_json only.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "probes/measurement.hpp"

namespace reachd {

// One set of lists; the ladder's are test_keys' own, each other purpose has a set in x_reachd.
struct Lists {
  boost::json::array queries;
  boost::json::array duplicates;  // x_dns_duplicate_responses
  boost::json::array tcp_connect;
  boost::json::array tls_handshakes;
  boost::json::array requests;  // last first
  boost::json::array mail;
  std::size_t requests_written = 0;
};

struct Sheet {
  Sheet(const Measurement& whole, bool with_bodies, const std::vector<std::string>& own_addresses);

  const Measurement& measurement;
  const bool bodies;
  const std::vector<std::string>& own;

  std::map<Purpose, Lists> lists;
  boost::json::array network_events;  // the ladder's
  boost::json::array steps;
  boost::json::object tcp_info;  // by transaction

  // Known from the measurement as a whole.
  std::set<int> depths_asked;  // of redirects at which a name was looked up
  std::set<std::pair<int, std::string>>
      of_system;                    // depth, address: what the system's resolver said
  std::map<int, std::string> alpn;  // by transaction: what TLS agreed on

  // Text from the network with our own addresses scrubbed; null where nothing failed.
  boost::json::value text(std::string_view bytes) const;
  boost::json::value failure(const std::optional<Failure>& failure) const;
  // Tags of an observation: depth, and how OONI would have come to its address.
  boost::json::array tags(const Observation& step) const;
};

void write_observation(Sheet& sheet, const Observation& step);

// The two stages with the most to say, each in a file of its own.
void write_lookup(Sheet& sheet, const Observation& step);
void write_request(Sheet& sheet, const Observation& step);

// What the measurement holds besides observations: the helper's report as OONI's `control` (null
// without one), and in `facts`, x_reachd, what the controls, the past and the fingerprints say.
boost::json::value control_of(const Sheet& sheet);
void write_knowledge(const Sheet& sheet, boost::json::object& facts);

// The members that entries of all lists share, t0 to transaction_id.
void add_times(const Sheet& sheet, boost::json::object& entry, const Observation& step);
// The step of x_reachd that stands for entry `index` of list `of` of the observation's purpose.
boost::json::object step_of(const Observation& step, std::string_view of, std::size_t index);
void add_event(Sheet& sheet, const Observation& step, std::string_view operation, Micros from,
               Micros to, bool failed);

}  // namespace reachd
