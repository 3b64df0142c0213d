// One question over UDP: a socket of its own, one repetition of the question if nothing comes,
// every datagram recorded. Goes on listening after the answer without holding anybody up.
#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

#include "probes/net/way_out.hpp"
#include "probes/steps/dns.hpp"
#include "probes/steps/dns_question.hpp"

namespace reachd::steps {

class Inbox;

// Owns the listening of an answered question: when it goes, the socket is closed.
class Listening {
 public:
  // `handed` replies of the inbox are in the observation already.
  Listening(std::shared_ptr<Inbox> inbox, std::size_t handed);
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  boost::asio::awaitable<void> over();  // completes when the window is; at once if cancelled
  void merge(DnsSeen& seen) const;      // puts the late replies in their place

 private:
  std::shared_ptr<Inbox> inbox_;
  std::size_t handed_;
};

struct AskedUdp {
  std::shared_ptr<Listening> listening;  // null if no answer came
  bool truncated = false;                // the answer must be fetched over TCP
};

// Fills the observation's failure and the replies of its DnsSeen.
boost::asio::awaitable<AskedUdp> ask_udp(net::WayOut& way, const DnsOptions& options,
                                         const DnsQuestion& question, Clock::time_point deadline,
                                         Observation& observation);

}  // namespace reachd::steps
