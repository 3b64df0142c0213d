// One conversation with a mail server, in the clear and then perhaps over TLS: a command goes out,
// the reply is read within its bounds and the deadline. Knows the two languages, not what to say in
// them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "probes/observation.hpp"
#include "probes/steps/tls.hpp"
#include "probes/wire/mail_reply.hpp"

namespace reachd::steps {

// A reply, or as much of it as came before the failure. A reply that says no is not a failure here.
struct Heard {
  wire::MailReply reply;
  std::optional<Failure> failure;
  Clock::time_point first_byte{};  // when the first byte of it was there; unset if none came
};

class MailTalk {
 public:
  MailTalk(wire::MailProtocol protocol, boost::asio::ip::tcp::socket socket)
      : protocol_(protocol), plain_(std::move(socket)) {}

  wire::MailProtocol protocol() const { return protocol_; }

  // What the server says unasked.
  boost::asio::awaitable<Heard> listen(Clock::time_point deadline);
  // "CAPABILITY", "EHLO [127.0.0.1]": without line end and tag.
  boost::asio::awaitable<Heard> ask(std::string command, Clock::time_point deadline);

  // Whether bytes have been read that no reply needed.
  bool has_leftovers() const { return !pending_.empty(); }

  // Gives the socket away for a handshake; the talk goes on with the stream that came of it.
  boost::asio::ip::tcp::socket release() { return std::move(plain_); }
  void go_on(std::unique_ptr<TlsStream> stream) { secure_ = std::move(stream); }

  std::optional<TcpInfo> tcp_info();  // nullopt while the socket is given away

 private:
  using Transferred = std::pair<std::optional<Failure>, std::size_t>;
  boost::asio::awaitable<Heard> read_reply(wire::MailReply reply, Clock::time_point deadline);
  boost::asio::awaitable<Transferred> read_some(char* data, std::size_t size,
                                                Clock::time_point deadline);
  boost::asio::awaitable<Transferred> write(std::string bytes, Clock::time_point deadline);

  wire::MailProtocol protocol_;
  boost::asio::ip::tcp::socket plain_;
  std::unique_ptr<TlsStream> secure_;  // instead of plain_, once there is one
  std::string pending_;                // read and not yet used, at most one read
  int commands_ = 0;
};

}  // namespace reachd::steps
