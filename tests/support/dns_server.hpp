// A resolver on loopback that does to each query what a script says: answers, forgeries, silence,
// refusal. UDP and TCP share one port, chosen by the system; it runs on the test's own loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace reachd::test {

using Bytes = std::vector<std::uint8_t>;

struct DnsSend {
  Bytes bytes;
  std::chrono::milliseconds after{0};  // counted from the query
};

// What to send for a query; `nth` counts them from 0.
using DnsScript = std::function<std::vector<DnsSend>(const Bytes& query, int nth)>;

class DnsServer {
 public:
  enum class End { hold, finish, reset };  // of a TCP connection, after all is sent

  // Without a script the transport's port refuses, and nobody else can take it meanwhile. Over TCP
  // the script's bytes are sent as they are, without a length before them: see framed().
  DnsServer(boost::asio::io_context& io, DnsScript udp, DnsScript tcp = nullptr,
            End end = End::hold);
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  std::uint16_t port() const;
  struct Heard {
    Bytes query;
    std::uint16_t from = 0;  // the asker's port
  };
  const std::vector<Heard>& heard() const;  // over UDP

  struct State;

 private:
  std::shared_ptr<State> state_;
};

// The reply to a query: its id and question, then an A or AAAA record per address.
Bytes reply_to(const Bytes& query, const std::vector<std::string>& addresses, int rcode = 0);

// The same with `bytes` at `at` in place of what stands there.
Bytes bent(Bytes message, std::size_t at, const Bytes& bytes);

// With its length before it, as over TCP.
Bytes framed(const Bytes& message);
std::string as_text(const Bytes& bytes);

// Scripts: the same reply to every query; nothing at all.
DnsScript answering(std::vector<std::string> addresses, int rcode = 0);
DnsScript silent();

}  // namespace reachd::test
