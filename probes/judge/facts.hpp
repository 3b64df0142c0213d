// A measurement put in order for the rules: questions with their answers, connections with their
// steps, and what is known of each address. Own faults are left out here, once and for all, so no
// rule can take one for evidence. The order of the observations makes no difference.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probes/judge/vantage.hpp"
#include "probes/measurement.hpp"

namespace reachd {

// All that one resolver said of one name, its types and nameservers together.
struct Lookup {
  std::string resolver;
  std::string hostname;
  Purpose purpose = Purpose::ladder;
  int depth = 0;
  bool encrypted = false;           // over DoH or DoT
  std::vector<int> steps;           // indices of observations
  std::set<std::string> addresses;  // of the answers that were believed
  std::optional<Failure> failure;   // nothing if there is an address, else the telling one
  int failed_step = -1;
};

// One connection, or an attempt at it, and what ran on it. Indices of observations; -1: none.
struct Connection {
  Endpoint peer;
  int depth = 0;
  Purpose purpose = Purpose::ladder;
  int tcp = -1, tls = -1, http = -1, mail = -1;
  int failed_step = -1;  // the first that failed; -1: all fine
  bool operator==(const Connection&) const = default;
};

// What is known of an address for the name that led to it.
enum class Trust : std::uint8_t {
  right,    // completed TLS with a certificate for the name, or the outside knows it
  unknown,  // nothing speaks for or against it
  foreign,  // others who should know give other addresses, of other networks
  bogon     // no public name has it
};

struct Facts {
  explicit Facts(const Measurement& of);

  const Measurement& measurement;
  std::string host;  // of the target's URL
  std::uint16_t port = 0;
  Vantage vantage;
  std::vector<Lookup> lookups;                 // sorted: the one that leads first
  std::vector<Connection> connections;         // sorted by depth, purpose, peer
  bool own_faults = false;                     // some were left out
  std::map<int, std::set<std::string>> hosts;  // by depth: names that were visited there

  const Observation& step(int index) const;
  // What the step saw; the step must be of that kind.
  const DnsSeen* dns(int index) const;
  const TcpSeen* tcp(int index) const;
  const TlsSeen* tls(int index) const;
  const HttpSeen* http(int index) const;
  const MailSeen* mail(int index) const;

  Trust trust(const std::string& address, int depth) const;
  // The resolver that the ladder leaned on, at a depth; nullptr if no name was asked for.
  const Lookup* leading(int depth) const;
  // The word a step failed with; nothing if it did not.
  std::optional<Word> word(int index) const;

 private:
  void note_lookup(int index, const DnsSeen& seen);
  void note_step(int index, const Observation& step);
  void close();

  std::map<int, std::set<std::string>> valid_;    // by depth: addresses with a valid certificate
  std::map<int, std::set<std::string>> vouched_;  // by depth: what an encrypted resolver says
  std::set<std::string> helpers_;                 // what the helper says, of the target's name
  std::set<std::uint32_t> networks_;              // of what the helper or an encrypted resolver say
};

// The addresses that the believed answer of a lookup step holds.
std::set<std::string> answered_addresses(const DnsSeen& seen);

// Host and port of a URL, lower case, without brackets; as far as it can be read.
std::pair<std::string, std::uint16_t> place_of(std::string_view url);

}  // namespace reachd
