#include "probes/steps/dns_udp.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reachd::steps {
namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

// The socket of one question and what came to it.
class Inbox {
 public:
  enum class Woke : std::uint8_t { readable, expired, cancelled };

  Inbox(const asio::any_io_executor& executor, DnsQuestion question, Clock::time_point start)
      : over(executor, Clock::time_point::max()),
        question_(std::move(question)),
        start_(start),
        socket_(executor),
        timer_(executor) {}

  // Connected, so that the kernel drops what others send and shows an ICMP refusal; the port is the
  // kernel's choice.
  error_code open(const udp::endpoint& resolver) {
    error_code error;
    socket_.open(resolver.protocol(), error);
    if (!error) socket_.non_blocking(true, error);
    if (!error) socket_.connect(resolver, error);
    return error;
  }

  error_code send() {
    error_code error;
    socket_.send(asio::buffer(question_.query), 0, error);
    return error;
  }

  asio::awaitable<Woke> wait(Clock::time_point until) {
    timer_.expires_at(until);
    auto both = asio::experimental::make_parallel_group(
        socket_.async_wait(udp::socket::wait_read, asio::deferred),
        timer_.async_wait(asio::deferred));
    const auto [order, readable, expired] =
        co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    co_return !readable ? Woke::readable : !expired ? Woke::expired : Woke::cancelled;
  }

  // Takes what has come, a few datagrams at most so that others get their turn; an ICMP message
  // shows as an error.
  error_code drain() {
    thread_local std::array<std::uint8_t, 65536> buffer;  // nobody else on this loop is in here
    for (int i = 0; i < 16; ++i) {
      error_code error;
      const std::size_t size = socket_.receive(asio::buffer(buffer), 0, error);
      if (error == asio::error::would_block) return {};
      if (error) return error;
      const auto at = std::chrono::duration_cast<Micros>(Clock::now() - start_);
      const Taken taken = add_reply(question_, std::span(buffer).first(size), at, seen);
      truncated = truncated || taken.worth == Worth::truncated;
    }
    return {};
  }

  bool has_answer() const { return seen.answer >= 0 || truncated; }
  bool is_full() const { return seen.replies.size() >= kMaxReplies; }
  bool is_open() const { return socket_.is_open(); }

  void close() {
    error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
    over.cancel();
  }

  DnsSeen seen;  // of it only the replies and the answer
  bool truncated = false;
  asio::steady_timer over;  // cancelled when the listening ends

 private:
  DnsQuestion question_;
  Clock::time_point start_;
  udp::socket socket_;
  asio::steady_timer timer_;
};

namespace {

asio::awaitable<void> listen(std::shared_ptr<Inbox> inbox, Clock::time_point until) {
  // After the answer an ICMP message says nothing; but it must not keep us busy.
  for (int errors = 0; errors < 32 && inbox->is_open() && !inbox->is_full();) {
    const Inbox::Woke woke = co_await inbox->wait(until);
    if (woke == Inbox::Woke::cancelled) break;
    if (inbox->drain()) ++errors;
    if (woke == Inbox::Woke::expired) break;
  }
  inbox->close();
}

Failure failure_without_answer(const DnsSeen& seen) {
  if (!seen.replies.empty() && seen.replies.front().failure) return *seen.replies.front().failure;
  return {Word::generic_timeout_error, {}};
}

// Waits until there is an answer or the reason why there is none.
asio::awaitable<std::optional<Failure>> await_answer(Inbox& inbox, Clock::time_point repeat_at,
                                                     Clock::time_point deadline) {
  bool repeated = false;
  for (;;) {
    const bool may_repeat = !repeated && inbox.seen.replies.empty() && repeat_at < deadline;
    const Inbox::Woke woke = co_await inbox.wait(may_repeat ? repeat_at : deadline);
    if (woke == Inbox::Woke::cancelled) co_return Failure{Word::reachd_cancelled, {}};
    // After the deadline too: a loop that was late must not call a resolver silent.
    error_code error = inbox.drain();
    if (inbox.has_answer()) co_return std::nullopt;
    if (!error && woke == Inbox::Woke::expired) {
      if (!may_repeat) co_return failure_without_answer(inbox.seen);
      if (inbox.seen.replies.empty()) error = inbox.send();
      repeated = true;
    }
    if (error) co_return failure_from_errno(error.value());
  }
}

}  // namespace

Listening::Listening(std::shared_ptr<Inbox> inbox, std::size_t handed)
    : inbox_(std::move(inbox)), handed_(handed) {}

Listening::~Listening() {
  inbox_->close();
}

asio::awaitable<void> Listening::over() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (!inbox_->is_open() || state.cancelled() != asio::cancellation_type::none) co_return;
  error_code ended;
  co_await inbox_->over.async_wait(asio::redirect_error(asio::use_awaitable, ended));
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

  const auto repeat_at = Clock::now() + options.timeout / 3;
  observation.failure = co_await await_answer(*inbox, repeat_at, deadline);
  auto& seen = std::get<DnsSeen>(observation.seen);
  seen.replies = inbox->seen.replies;
  seen.answer = inbox->seen.answer;
  if (observation.failure) co_return AskedUdp{};
  if (seen.answer >= 0) {
    observation.failure = seen.replies[static_cast<std::size_t>(seen.answer)].failure;
  }
  AskedUdp asked{std::make_shared<Listening>(inbox, seen.replies.size()),
                 seen.answer < 0 && inbox->truncated};
  asio::co_spawn(way.executor, listen(inbox, Clock::now() + options.listen_on),
                 [inbox](const std::exception_ptr&) { inbox->close(); });
  co_return asked;
}

}  // namespace reachd::steps
