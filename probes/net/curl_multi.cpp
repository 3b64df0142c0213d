#include "probes/net/curl_multi.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <new>
#include <optional>
#include <system_error>
#include <unordered_map>

#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "probes/net/certificate_cache.hpp"
#include "probes/net/curl_global.hpp"
#include "probes/net/shared_context.hpp"

// Why an epoll set of our own, and not one Asio descriptor per socket of libcurl's: libcurl may
// close a socket before it says so (CURL_POLL_REMOVE comes late), and the number may belong to
// somebody else by then. An Asio descriptor on that number would deregister the stranger when it is
// released. The kernel, however, forgets a closed descriptor by itself, and an epoll set is
// level-triggered, which is what libcurl expects of its caller.

namespace reachd::net {
namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

struct CurlMulti::State : std::enable_shared_from_this<State> {
  explicit State(asio::any_io_executor ex) : executor(ex), timer(ex), poller(ex) {
    prepare_curl();
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    if (set < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    poller.assign(set);
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
    const int set = poller.native_handle();
    if (what == CURL_POLL_REMOVE) {
      ::epoll_ctl(set, EPOLL_CTL_DEL, socket, nullptr);  // may be closed, and so forgotten, already
      return true;
    }
    epoll_event event{};
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    event.data.fd = socket;
    return ::epoll_ctl(set, EPOLL_CTL_MOD, socket, &event) == 0 ||
           (errno == ENOENT && ::epoll_ctl(set, EPOLL_CTL_ADD, socket, &event) == 0);
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

  // One wait serves all sockets. It is armed only while transfers run, else run() would never
  // return.
  void arm() {
    if (armed || transfers.empty()) return;
    armed = true;
    poller.async_wait(asio::posix::stream_descriptor::wait_read,
                      [weak = weak_from_this()](error_code error) {
                        const auto state = weak.lock();
                        if (!state) return;
                        state->armed = false;
                        if (!error) state->poll();
                        state->arm();
                      });
  }

  // Asks again while the answer filled the array, a few times at most: sockets that are always
  // ready must not keep the loop from everybody else.
  void poll() {
    std::array<epoll_event, 64> events;
    for (int round = 0; round < 4; ++round) {
      const int count = ::epoll_wait(poller.native_handle(), events.data(), events.size(), 0);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        int mask = 0;
        if (event.events & EPOLLIN) mask |= CURL_CSELECT_IN;
        if (event.events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
        // An error alone is shown as readable: the read then yields the errno, which
        // CURL_CSELECT_ERR would hide behind a general "send error".
        if (mask == 0) mask = CURL_CSELECT_IN;
        act(event.data.fd, mask);
      }
      if (count < static_cast<int>(events.size())) break;
    }
    reap();
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
  void reap() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;  // the message dies with remove_handle
      finish(message->easy_handle, code);
    }
  }

  void finish(CURL* easy, CURLcode code) {
    const auto found = transfers.find(easy);
    if (found == transfers.end()) return;
    Handler handler = std::move(found->second);
    transfers.erase(found);
    asio::get_associated_cancellation_slot(handler).clear();
    curl_multi_remove_handle(multi, easy);
    if (transfers.empty() && armed) poller.cancel();
    asio::post(executor, asio::append(std::move(handler), code));
  }

  void abort_all() {
    while (!transfers.empty()) finish(transfers.begin()->first, CURLE_ABORTED_BY_CALLBACK);
  }

  asio::any_io_executor executor;
  SharedContext context;
  CertificateCache certificates;
  asio::steady_timer timer;
  asio::posix::stream_descriptor poller;  // the epoll set
  CURLM* multi = nullptr;
  std::optional<Clock::time_point> timer_at;  // when the timer ends, if it runs
  bool soon = false;                          // somebody is on the way
  bool armed = false;
  std::unordered_map<CURL*, Handler> transfers;
};

CurlMulti::CurlMulti(asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}

// Whoever still waits is told so, if the loop ever turns again.
CurlMulti::~CurlMulti() {
  state_->abort_all();
}

void CurlMulti::start(CURL* easy, Handler handler) {
  State& state = *state_;
  if (state.transfers.contains(easy)) {
    asio::post(state.executor, asio::append(std::move(handler), CURLE_FAILED_INIT));
    return;
  }
  if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
    slot.assign([weak = state.weak_from_this(), easy](asio::cancellation_type) {
      const auto alive = weak.lock();
      CURL* const transfer = easy;  // finishing clears the slot, and this closure with it
      if (alive) alive->finish(transfer, CURLE_ABORTED_BY_CALLBACK);
    });
  }
  state.transfers.emplace(easy, std::move(handler));
  if (curl_multi_add_handle(state.multi, easy) != CURLM_OK) {
    state.finish(easy, CURLE_FAILED_INIT);
    return;
  }
  state.arm();
}

}  // namespace reachd::net
