// Entries of OONI's lists as observations, one by one, and what a step of x_reachd adds to them.
// Every element of every list costs a bit of a budget, so that a hostile line costs bounded memory.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "probes/observation.hpp"

namespace reachd {

// How many more elements may be read. Once it is spent, lists read as ended.
struct Budget {
  std::size_t left = 100'000;
  bool exceeded = false;
  bool take();
};

// All observations of a measurement, from test_keys and its x_reachd: in the order of our steps, or
// of time in a line of OONI's.
std::vector<Observation> read_observations(const boost::json::object& keys,
                                           const boost::json::object& ours, Budget& budget);

// Who wrote the line: what OONI leaves out is inferred, what we leave out was not seen.
enum class Origin : std::uint8_t { ooni, reachd };

Observation read_query(const boost::json::object& entry, Origin origin, Budget& budget);
Observation read_connect(const boost::json::object& entry);
Observation read_handshake(const boost::json::object& entry, Origin origin, Budget& budget);
Observation read_request(const boost::json::object& entry, Origin origin, Budget& budget);
Observation read_conversation(const boost::json::object& entry, Budget& budget);

// The only reply of an observation that read_query made.
std::optional<DnsReply> take_reply(Observation& query);

// What the step says beyond the entry. `duplicates` are the further replies, each taken once;
// `tcp_info` is keyed by transaction.
void add_lookup_facts(Observation& query, const boost::json::object& step,
                      std::vector<std::optional<Observation>>& duplicates, Budget& budget);
void add_connect_facts(Observation& connect, const boost::json::object& step,
                       const boost::json::object& tcp_info);
void add_handshake_facts(Observation& handshake, const boost::json::object& step, Budget& budget);
void add_request_facts(Observation& request, const boost::json::object& step);

// The members that entries of all lists share.
Observation read_times(const boost::json::object& entry, Stage stage);

}  // namespace reachd
