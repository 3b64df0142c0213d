#include "probes/steps/dns_udp.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <optional>
#include <ranges>
#include <span>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "probes/net/grid.hpp"
#include "probes/net/socket.hpp"
#include "probes/net/waiter.hpp"

namespace reachd::steps {
namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;
namespace {

// The socket of one question and what came to it.
class Inbox final : public net::Poller::Watcher {
 public:
  // Listens on for that long after the answer.
  Inbox(Inboxes& all, std::shared_ptr<const DnsQuestion> question, Clock::time_point start,
        Micros listen_on)
      : all_(all), question_(std::move(question)), start_(start), listen_on_(listen_on) {}

  // Connected, so that the kernel drops what others send and shows an ICMP refusal; the port is the
  // kernel's choice. From now on the question is under way: until the deadline, sent once more at
  // `repeat_at` if nothing has come.
  error_code ask(net::Poller& poller, const udp::endpoint& resolver, Clock::time_point repeat_at,
                 Clock::time_point deadline) {
    auto error = net::open_to(resolver.data(), resolver.size(), SOCK_DGRAM, socket_);
    if (!error) error = send();
    if (error) return error;
    if (!poller.watch(socket_.descriptor(), EPOLLIN, *this, watch_)) return net::error_now();
    may_repeat_ = repeat_at < deadline;
    deadline_ = deadline;
    alarm_ = may_repeat_ ? repeat_at : deadline;
    state_ = State::asked;
    return {};
  }

  // Ends the wait: with the answer, or with the reason why there is none.
  void finish(std::optional<Failure> failure) {
    failure_ = std::move(failure);
    ended_ = Clock::now();
    if (failure_) return close();
    state_ = State::listening;
    alarm_ = net::on_grid(ended_ + listen_on_);
  }

  void close() {
    watch_.end();
    socket_ = {};
    state_ = State::closed;
    alarm_ = net::Waiter::kNever;
  }

  // When on_alarm() is to be called next.
  Clock::time_point alarm() const { return alarm_; }

  bool is_waiting() const { return state_ == State::asked; }
  bool is_open() const { return state_ != State::closed; }
  const std::optional<Failure>& failure() const { return failure_; }
  Clock::time_point ended() const { return is_waiting() ? Clock::now() : ended_; }
  const DnsSeen& seen() const { return seen_; }  // of it only the replies and the answer
  bool truncated() const { return truncated_; }
  bool has_answer() const { return seen_.answer >= 0 || truncated_; }

  void on_ready(int descriptor, std::uint32_t events) override;

  // What has come is looked at first: a loop that was late must not call a resolver silent.
  void on_alarm() {
    error_code error = take(kMostAtOnce);
    if (state_ == State::listening) return close();
    if (has_answer()) return finish(std::nullopt);
    if (!error && !may_repeat_) return finish(failure_without_answer());
    if (!error && seen_.replies.empty()) error = send();
    if (error) return finish(failure_from_errno(error.value()));
    may_repeat_ = false;
    alarm_ = deadline_;
  }

 private:
  enum class State { closed, asked, listening };
  static constexpr int kMostErrors = 32;  // after the answer
  static constexpr int kMostAtOnce = 16;  // datagrams, so that others get their turn

  error_code send() {
    const auto& query = question_->query;
    const auto sent = ::send(socket_.descriptor(), query.data(), query.size(), MSG_NOSIGNAL);
    return sent < 0 ? net::error_now() : error_code{};
  }

  // Takes what has come, `most` datagrams; an ICMP message shows as an error.
  error_code take(int most) {
    thread_local std::array<std::uint8_t, 65536> buffer;  // nobody else on this loop is in here
    for (int i = 0; i < most; ++i) {
      const auto size = ::recv(socket_.descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size < 0) {
        const bool empty = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        return empty ? error_code{} : net::error_now();
      }
      const auto at = std::chrono::duration_cast<Micros>(Clock::now() - start_);
      const auto datagram = std::span(buffer).first(static_cast<std::size_t>(size));
      const Taken taken = add_reply(*question_, datagram, at, seen_);
      truncated_ = truncated_ || taken.worth == Worth::truncated;
    }
    return {};
  }

  Failure failure_without_answer() const {
    const auto& replies = seen_.replies;
    if (!replies.empty() && replies.front().failure) return *replies.front().failure;
    return {Word::generic_timeout_error, {}};
  }

  Inboxes& all_;
  std::shared_ptr<const DnsQuestion> question_;
  Clock::time_point start_;
  Micros listen_on_;
  Clock::time_point deadline_;
  Clock::time_point ended_;
  Clock::time_point alarm_ = net::Waiter::kNever;
  DnsSeen seen_;
  std::optional<Failure> failure_;
  State state_ = State::closed;
  bool truncated_ = false;
  bool may_repeat_ = false;
  int errors_ = 0;
  net::Socket socket_;
  net::Poller::Watch watch_;
};

}  // namespace

// The sockets of the questions that were asked together. Works by plain callbacks: of ten thousand
// questions each costs a socket, and each pair two timers, no coroutine.
class Inboxes : public std::enable_shared_from_this<Inboxes> {
 public:
  explicit Inboxes(const asio::any_io_executor& executor) : waiter(executor), timer_(executor) {}

  Inbox& add(const AskedUdp& asked) {
    const DnsOptions& options = *asked.options;
    return boxes_.emplace_back(*this, asked.question, options.start, options.listen_on);
  }

  Inbox& operator[](std::size_t number) { return boxes_[number]; }

  bool is_waiting() const { return std::ranges::any_of(boxes_, &Inbox::is_waiting); }

  void set_alarm() {
    const auto at = std::ranges::min(boxes_ | std::views::transform(&Inbox::alarm));
    if (at == net::Waiter::kNever) {
      timer_.cancel();
      alarm_at_ = at;
    }
    if (at >= alarm_at_) return;  // it looks again then
    alarm_at_ = at;
    timer_.expires_at(at);
    timer_.async_wait([weak = weak_from_this()](error_code error) {
      const auto self = weak.lock();
      if (!error && self) self->on_alarm();
    });
  }

  // One of them has its answer, or was closed.
  void on_change() {
    set_alarm();
    waiter.tell();
  }

  net::Waiter waiter;  // told of every change

 private:
  void on_alarm() {
    alarm_at_ = net::Waiter::kNever;
    const auto now = Clock::now();
    for (Inbox& box : boxes_) {
      if (box.alarm() <= now) box.on_alarm();
    }
    on_change();
  }

  std::deque<Inbox> boxes_;  // which neither move nor are copied
  asio::steady_timer timer_;
  Clock::time_point alarm_at_ = net::Waiter::kNever;
};

namespace {

// Level-triggered: what is left makes the poller tell us again.
void Inbox::on_ready(int, std::uint32_t) {
  const error_code error = take(1);
  if (state_ == State::asked) {
    if (has_answer()) {
      finish(std::nullopt);
    } else if (error) {
      finish(failure_from_errno(error.value()));
    } else {
      return;
    }
    return all_.on_change();
  }
  // After the answer an ICMP message says nothing; but it must not keep us busy.
  if (error) ++errors_;
  if (errors_ < kMostErrors && seen_.replies.size() < kMaxReplies) return;
  close();
  all_.on_change();
}

// Its answer as it is now; goes on listening for more.
void hand_over(AskedUdp& asked, const std::shared_ptr<Inboxes>& inboxes, std::size_t number) {
  const DnsOptions& options = *asked.options;
  Inbox& inbox = (*inboxes)[number];
  Observation& observation = asked.lookup->observation;
  observation.failure = inbox.is_waiting() ? Failure{Word::reachd_cancelled, {}} : inbox.failure();
  auto& seen = std::get<DnsSeen>(observation.seen);
  seen.replies = inbox.seen().replies;
  seen.answer = inbox.seen().answer;
  note_time(observation, inbox.ended() - options.start);
  if (observation.failure) return inbox.close();
  if (seen.answer >= 0) {
    observation.failure = seen.replies[static_cast<std::size_t>(seen.answer)].failure;
  }
  asked.truncated = seen.answer < 0 && inbox.truncated();
  asked.lookup->listening = std::make_shared<Listening>(inboxes, number, seen.replies.size());
}

}  // namespace

Listening::Listening(std::shared_ptr<Inboxes> inboxes, std::size_t number, std::size_t handed)
    : inboxes_(std::move(inboxes)), number_(number), handed_(handed) {}

Listening::~Listening() {
  (*inboxes_)[number_].close();
  inboxes_->on_change();
}

asio::awaitable<void> Listening::over() {
  while ((*inboxes_)[number_].is_open()) {
    const net::Ended ended = co_await inboxes_->waiter.until(net::Waiter::kNever);
    if (ended == net::Ended::cancelled) co_return;
  }
}

void Listening::merge(DnsSeen& seen) const {
  const auto& all = (*inboxes_)[number_].seen().replies;
  for (std::size_t i = handed_; i < all.size(); ++i) {
    const auto place = std::ranges::upper_bound(seen.replies, all[i].at, {}, &DnsReply::at);
    if (seen.answer >= place - seen.replies.begin()) ++seen.answer;
    seen.replies.insert(place, all[i]);
  }
}

asio::awaitable<void> ask_udp(net::WayOut& way, std::vector<AskedUdp>& asked) {
  if (asked.empty()) co_return;
  const auto inboxes = std::make_shared<Inboxes>(way.executor);
  const auto now = Clock::now();
  for (AskedUdp& one : asked) {
    const DnsOptions& options = *one.options;
    Inbox& inbox = inboxes->add(one);
    error_code error;
    const auto address = asio::ip::make_address(options.resolver.address, error);
    if (error) {
      inbox.finish(Failure{Word::reachd_internal, "the resolver is not an address"});
      continue;
    }
    error = inbox.ask(way.poller, {address, options.resolver.port}, now + options.timeout / 3,
                      one.deadline);
    if (error) inbox.finish(failure_from_errno(error.value()));
  }
  inboxes->set_alarm();
  while (inboxes->is_waiting()) {
    const net::Ended ended = co_await inboxes->waiter.until(net::Waiter::kNever);
    if (ended == net::Ended::cancelled) break;
  }
  for (std::size_t i = 0; i < asked.size(); ++i) hand_over(asked[i], inboxes, i);
}

}  // namespace reachd::steps
