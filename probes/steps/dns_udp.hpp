// Questions over UDP, asked side by side: each with a socket of its own, one repetition if nothing
// comes, every datagram recorded. Goes on listening after the answer without holding anybody up.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/net/way_out.hpp"
#include "probes/steps/dns.hpp"
#include "probes/steps/dns_question.hpp"

namespace reachd::steps {

class Inboxes;

// Owns the listening of an answered question: when it goes, the socket is closed.
class Listening {
 public:
  // To the question of that number, of whose replies `handed` are in the observation already.
  Listening(std::shared_ptr<Inboxes> inboxes, std::size_t number, std::size_t handed);
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  // Completes when the window is over; at once if cancelled. Of those that were asked together one
  // is waited for at a time.
  boost::asio::awaitable<void> over();
  void merge(DnsSeen& seen) const;  // puts the late replies in their place

 private:
  std::shared_ptr<Inboxes> inboxes_;
  std::size_t number_;
  std::size_t handed_;
};

// What a question is asked with, and what came of it.
struct AskedUdp {
  const DnsOptions* options;
  std::shared_ptr<const DnsQuestion> question;
  Clock::time_point deadline;
  Lookup* lookup;  // gets the failure, the replies, `took`, and the listening if an answer came
  bool truncated = false;  // the answer must be fetched over TCP
};

// Returns when each has its answer, or the reason why there is none.
boost::asio::awaitable<void> ask_udp(net::WayOut& way, std::vector<AskedUdp>& asked);

}  // namespace reachd::steps
