#include "probes/steps/dns_udp.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <span>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/net/grid.hpp"

namespace reachd::steps {
namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

// The socket of one question and what came to it. Works by plain callbacks: of ten thousand
// questions each costs a socket and two timers, no coroutine.
class Inbox : public std::enable_shared_from_this<Inbox> {
 public:
  Inbox(const asio::any_io_executor& executor, DnsQuestion question, Clock::time_point start)
      : done(executor, Clock::time_point::max()),
        question_(std::move(question)),
        start_(start),
        socket_(executor),
        alarm_(executor) {}

  // Connected, so that the kernel drops what others send and shows an ICMP refusal; the port is the
  // kernel's choice.
  error_code open(const udp::endpoint& resolver) {
    const auto failed = [] { return error_code(errno, boost::system::system_category()); };
    const auto protocol = resolver.protocol();
    const int type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    const int descriptor = ::socket(protocol.family(), type, IPPROTO_UDP);
    if (descriptor < 0) return failed();
    error_code error;
    socket_.assign(protocol, descriptor, error);
    if (error) {
      ::close(descriptor);
      return error;
    }
    const auto size = static_cast<socklen_t>(resolver.size());
    return ::connect(descriptor, resolver.data(), size) == 0 ? error_code{} : failed();
  }

  error_code send() {
    const auto& query = question_.query;
    const auto sent = ::send(socket_.native_handle(), query.data(), query.size(), MSG_NOSIGNAL);
    return sent < 0 ? error_code(errno, boost::system::system_category()) : error_code{};
  }

  // From now on `done` is cancelled once there is an answer or the reason why there is none.
  void ask(Clock::time_point repeat_at, Clock::time_point deadline) {
    deadline_ = deadline;
    may_repeat_ = repeat_at < deadline;
    watch();
    set_alarm(may_repeat_ ? repeat_at : deadline);
  }

  // Nothing before ask() has come to its end.
  bool is_answered() const { return answered_; }
  const std::optional<Failure>& failure() const { return failure_; }

  // From now on `done` is cancelled when the window is over.
  void listen(Clock::time_point until) {
    listening_ = true;
    watch();
    set_alarm(until);
  }

  bool has_answer() const { return seen.answer >= 0 || truncated; }
  bool is_open() const { return socket_.is_open(); }

  void close() {
    error_code ignored;
    socket_.close(ignored);
    alarm_.cancel();
    done.cancel();
  }

  DnsSeen seen;  // of it only the replies and the answer
  bool truncated = false;
  asio::steady_timer done;  // never expires

 private:
  static constexpr int kMostErrors = 32;  // after the answer
  static constexpr int kMostAtOnce = 16;  // datagrams, so that others get their turn

  // Takes what has come, `most` datagrams; an ICMP message shows as an error.
  error_code take(int most) {
    thread_local std::array<std::uint8_t, 65536> buffer;  // nobody else on this loop is in here
    for (int i = 0; i < most; ++i) {
      const auto size = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size < 0) {
        const bool empty = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        return empty ? error_code{} : error_code(errno, boost::system::system_category());
      }
      const auto at = std::chrono::duration_cast<Micros>(Clock::now() - start_);
      const auto datagram = std::span(buffer).first(static_cast<std::size_t>(size));
      const Taken taken = add_reply(question_, datagram, at, seen);
      truncated = truncated || taken.worth == Worth::truncated;
    }
    return {};
  }

  // Each wait is told of what has come before it too, so that one datagram at a time is enough.
  void watch() {
    if (watching_ || !socket_.is_open()) return;
    watching_ = true;
    socket_.async_wait(udp::socket::wait_read, [weak = weak_from_this()](error_code error) {
      const auto self = weak.lock();
      if (!self) return;
      self->watching_ = false;
      if (!error && self->socket_.is_open()) self->on_readable();
    });
  }

  void set_alarm(Clock::time_point at) {
    alarm_.expires_at(at);
    alarm_.async_wait([weak = weak_from_this()](error_code error) {
      const auto self = weak.lock();
      if (!error && self && self->socket_.is_open()) self->on_alarm();
    });
  }

  void on_readable() {
    const error_code error = take(1);
    if (listening_) {
      // After the answer an ICMP message says nothing; but it must not keep us busy.
      if (error) ++errors_;
      return errors_ < kMostErrors && seen.replies.size() < kMaxReplies ? watch() : close();
    }
    if (answered_) return;
    if (has_answer()) return finish(std::nullopt);
    if (error) return finish(failure_from_errno(error.value()));
    watch();
  }

  // What has come is looked at first: a loop that was late must not call a resolver silent.
  void on_alarm() {
    error_code error = take(kMostAtOnce);
    if (listening_) return close();
    if (answered_) return;
    if (has_answer()) return finish(std::nullopt);
    if (!error && !may_repeat_) return finish(failure_without_answer());
    if (!error && seen.replies.empty()) error = send();
    if (error) return finish(failure_from_errno(error.value()));
    may_repeat_ = false;
    set_alarm(deadline_);
  }

  Failure failure_without_answer() const {
    if (!seen.replies.empty() && seen.replies.front().failure) return *seen.replies.front().failure;
    return {Word::generic_timeout_error, {}};
  }

  void finish(std::optional<Failure> failure) {
    answered_ = true;
    failure_ = std::move(failure);
    alarm_.cancel();
    done.cancel();
  }

  DnsQuestion question_;
  Clock::time_point start_;
  Clock::time_point deadline_;
  std::optional<Failure> failure_;
  bool may_repeat_ = false;
  bool answered_ = false;
  bool listening_ = false;
  bool watching_ = false;
  int errors_ = 0;
  udp::socket socket_;
  asio::steady_timer alarm_;
};

Listening::Listening(std::shared_ptr<Inbox> inbox, std::size_t handed)
    : inbox_(std::move(inbox)), handed_(handed) {}

Listening::~Listening() {
  inbox_->close();
}

asio::awaitable<void> Listening::over() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (!inbox_->is_open() || state.cancelled() != asio::cancellation_type::none) co_return;
  error_code ended;
  co_await inbox_->done.async_wait(asio::redirect_error(asio::use_awaitable, ended));
}

void Listening::merge(DnsSeen& seen) const {
  const auto& all = inbox_->seen.replies;
  for (std::size_t i = handed_; i < all.size(); ++i) {
    const auto place = std::ranges::upper_bound(seen.replies, all[i].at, {}, &DnsReply::at);
    if (seen.answer >= place - seen.replies.begin()) ++seen.answer;
    seen.replies.insert(place, all[i]);
  }
}

asio::awaitable<AskedUdp> ask_udp(net::WayOut& way, const DnsOptions& options,
                                  const DnsQuestion& question, Clock::time_point deadline,
                                  Observation& observation) {
  error_code error;
  const auto address = asio::ip::make_address(options.resolver.address, error);
  if (error) {
    observation.failure = Failure{Word::reachd_internal, "the resolver is not an address"};
    co_return AskedUdp{};
  }
  const auto inbox = std::make_shared<Inbox>(way.executor, question, options.start);
  error = inbox->open({address, options.resolver.port});
  if (!error) error = inbox->send();
  if (error) {
    observation.failure = failure_from_errno(error.value());
    co_return AskedUdp{};
  }

  inbox->ask(Clock::now() + options.timeout / 3, deadline);
  error_code ended;  // cancelled: by the inbox, or by whoever calls us off
  co_await inbox->done.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  observation.failure =
      inbox->is_answered() ? inbox->failure() : Failure{Word::reachd_cancelled, {}};
  auto& seen = std::get<DnsSeen>(observation.seen);
  seen.replies = inbox->seen.replies;
  seen.answer = inbox->seen.answer;
  if (observation.failure) co_return AskedUdp{};
  if (seen.answer >= 0) {
    observation.failure = seen.replies[static_cast<std::size_t>(seen.answer)].failure;
  }
  AskedUdp asked{std::make_shared<Listening>(inbox, seen.replies.size()),
                 seen.answer < 0 && inbox->truncated};
  inbox->listen(net::on_grid(Clock::now() + options.listen_on));
  co_return asked;
}

}  // namespace reachd::steps
