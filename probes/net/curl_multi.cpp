#include "probes/net/curl_multi.hpp"

#include <sys/epoll.h>

#include <chrono>
#include <new>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "probes/net/certificate_cache.hpp"
#include "probes/net/curl_global.hpp"
#include "probes/net/shared_context.hpp"

namespace reachd::net {
namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

// One that is under way, in the frame of the coroutine that waits for it.
struct CurlMulti::Transfer {
  Transfer(const std::shared_ptr<State>& state, CURL* handle);
  ~Transfer();  // breaks it off if it has not ended
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  void end(CURLcode with) {
    code = with;
    under_way = false;
    waiter.tell();
  }

  std::weak_ptr<State> multi;
  CURL* const easy;
  Waiter waiter;
  CURLcode code = CURLE_ABORTED_BY_CALLBACK;
  bool under_way = false;
};

struct CurlMulti::State final : Poller::Watcher, std::enable_shared_from_this<State> {
  State(asio::any_io_executor ex, Poller& watching)
      : executor(std::move(ex)), poller(watching), timer(executor) {
    prepare_curl();
    multi = curl_multi_init();
    if (multi == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &State::on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &State::on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Calls on_socket for connections that are still kept: the poller must be alive, and is.
  ~State() { curl_multi_cleanup(multi); }

  // libcurl tells us to watch, rewatch or forget one socket. Never call into libcurl from here.
  static int on_socket(CURL*, curl_socket_t socket, int what, void* user, void*) {
    return static_cast<State*>(user)->watch(socket, what) ? 0 : -1;
  }

  bool watch(curl_socket_t socket, int what) {
    if (what == CURL_POLL_REMOVE) {
      poller.forget(socket, *this);
      return true;
    }
    std::uint32_t events = 0;
    if (what & CURL_POLL_IN) events |= EPOLLIN;
    if (what & CURL_POLL_OUT) events |= EPOLLOUT;
    return poller.watch(socket, events, *this);
  }

  void on_ready(int socket, std::uint32_t events) override {
    int mask = 0;
    if (events & EPOLLIN) mask |= CURL_CSELECT_IN;
    if (events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
    // An error alone is shown as readable: the read then yields the errno, which CURL_CSELECT_ERR
    // would hide behind a general "send error".
    if (mask == 0) mask = CURL_CSELECT_IN;
    act(socket, mask);
    reap();
  }

  // libcurl has one timer; each call replaces the former. 0 means soon, but not from in here.
  static int on_timer(CURLM*, long milliseconds, void* user) {
    auto* self = static_cast<State*>(user);
    if (milliseconds == 0) {
      self->act_soon();
    } else if (milliseconds > 0) {
      self->act_at(Clock::now() + std::chrono::milliseconds(milliseconds));
    } else {
      self->timer_at.reset();
      self->timer.cancel();  // else run() would not return before it
    }
    return 0;
  }

  // Weak: a handler that is queued already may survive us.
  void act_soon() {
    if (soon) return;
    soon = true;
    asio::post(executor, [weak = weak_from_this()] {
      const auto state = weak.lock();
      if (!state) return;
      state->soon = false;
      state->act(CURL_SOCKET_TIMEOUT, 0);
      state->reap();
    });
  }

  // libcurl takes its timer back and sets another with every step of a transfer. It may be called
  // too early, and says then when it wants to be: so the timer is only ever moved forward.
  void act_at(Clock::time_point at) {
    if (timer_at && *timer_at <= at) return;
    timer_at = at;
    timer.expires_at(at);
    timer.async_wait([weak = weak_from_this()](error_code error) {
      const auto state = weak.lock();
      if (error || !state) return;
      state->timer_at.reset();
      state->act(CURL_SOCKET_TIMEOUT, 0);
      state->reap();
    });
  }

  void act(curl_socket_t socket, int mask) {
    int running = 0;
    const SharedContext::Offer offer(context);
    const CertificateCache::Use use(certificates);
    const CURLMcode code = curl_multi_socket_action(multi, socket, mask, &running);
    // Only after a callback of ours failed (no memory for a watch): nothing will move any more.
    if (code != CURLM_OK && code != CURLM_BAD_SOCKET) abort_all();
  }

  // Transfers are finished here only, after socket_action has returned: within it libcurl refuses.
  // All messages are read before the first is acted upon: a message dies with its handle's removal,
  // which looks through all that are left.
  void reap() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg == CURLMSG_DONE) {
        ended.emplace_back(message->easy_handle, message->data.result);
      }
    }
    for (const auto& [easy, code] : ended) finish(easy, code);
    ended.clear();
  }

  void finish(CURL* easy, CURLcode code) {
    const auto found = transfers.find(easy);
    if (found == transfers.end()) return;
    Transfer& transfer = *found->second;
    transfers.erase(found);
    curl_multi_remove_handle(multi, easy);
    transfer.end(code);
  }

  void abort_all() {
    while (!transfers.empty()) finish(transfers.begin()->first, CURLE_ABORTED_BY_CALLBACK);
  }

  asio::any_io_executor executor;
  SharedContext context;
  CertificateCache certificates;
  Poller& poller;
  asio::steady_timer timer;
  CURLM* multi = nullptr;
  std::optional<Clock::time_point> timer_at;  // when the timer ends, if it runs
  bool soon = false;                          // somebody is on the way
  std::unordered_map<CURL*, Transfer*> transfers;
  std::vector<std::pair<CURL*, CURLcode>> ended;  // while they are reaped
};

CurlMulti::Transfer::Transfer(const std::shared_ptr<State>& state, CURL* handle)
    : multi(state), easy(handle), waiter(state->executor) {
  if (!state->transfers.emplace(easy, this).second) {
    end(CURLE_FAILED_INIT);
    return;
  }
  under_way = true;
  if (curl_multi_add_handle(state->multi, easy) != CURLM_OK) state->finish(easy, CURLE_FAILED_INIT);
}

CurlMulti::Transfer::~Transfer() {
  if (!under_way) return;
  if (const auto state = multi.lock()) state->finish(easy, CURLE_ABORTED_BY_CALLBACK);
}

CurlMulti::CurlMulti(asio::any_io_executor executor, Poller& poller)
    : state_(std::make_shared<State>(std::move(executor), poller)) {}

CurlMulti::~CurlMulti() {
  state_->abort_all();
}

asio::awaitable<CurlMulti::Performed> CurlMulti::perform_until(
    CURL* easy, std::chrono::steady_clock::time_point deadline) {
  Transfer transfer(state_, easy);
  const Ended ended = co_await transfer.waiter.until(deadline);
  co_return Performed{transfer.code, ended};
}

asio::awaitable<CURLcode> CurlMulti::perform(CURL* easy) {
  const Performed performed = co_await perform_until(easy, Waiter::kNever);
  co_return performed.code;
}

}  // namespace reachd::net
