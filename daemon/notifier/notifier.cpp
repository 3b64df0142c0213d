#include "daemon/notifier/notifier.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/log.hpp"
#include "daemon/notifier/alert_json.hpp"
#include "daemon/post.hpp"

namespace reachd {
namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kFirstPause = 1s;
constexpr std::size_t kMostAtOnce = 500;  // alerts in a post
// What is in force is said to end after so many intervals of sending: some may fail.
constexpr int kIntervalsAlive = 5;

// One Alertmanager.
struct Receiver {
  std::string url;
  asio::steady_timer alarm;
  std::uint64_t told_version = 0;  // of the book
  bool gone = false;
  bool answers = true;
  std::chrono::milliseconds pause = kFirstPause;  // after the next failure

  Receiver(asio::any_io_executor executor, std::string where)
      : url(std::move(where)), alarm(std::move(executor)) {}
};

}  // namespace

struct Notifier::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor loop, const net::WayOut& how, Report told)
      : executor(std::move(loop)), way(how), report(std::move(told)) {}

  asio::awaitable<void> serve(std::shared_ptr<Receiver> receiver);
  asio::awaitable<bool> tell(std::shared_ptr<Receiver> receiver);
  void note(Receiver& receiver, const Posted& posted);
  void wake();

  asio::any_io_executor executor;
  const net::WayOut& way;
  Report report;
  AlertBook book;
  AlertmanagerSettings settings;
  std::string token;
  std::map<std::string, std::shared_ptr<Receiver>> receivers;
};

// One line when it stops to answer, one when it answers again.
void Notifier::State::note(Receiver& receiver, const Posted& posted) {
  const bool delivered = posted.trouble.empty();
  if (delivered != receiver.answers) {
    log::write(delivered ? log::Level::info : log::Level::warning, "alertmanager",
               {{"url", receiver.url},
                {"result", delivered ? std::string("answers again") : posted.trouble}});
  }
  receiver.answers = delivered;
  if (report) report(receiver.url, delivered);
}

// Whether all there was to tell is told.
asio::awaitable<bool> Notifier::State::tell(std::shared_ptr<Receiver> receiver) {
  const std::uint64_t version = book.version();
  const std::vector<Alert> alerts = book.to_tell(receiver->url);
  for (std::size_t from = 0; from < alerts.size(); from += kMostAtOnce) {
    const auto begin = alerts.begin() + static_cast<std::ptrdiff_t>(from);
    const auto length = std::min(kMostAtOnce, alerts.size() - from);
    const std::vector<Alert> some(begin, begin + static_cast<std::ptrdiff_t>(length));
    Post what{.url = receiver->url + "/api/v2/alerts",
              .headers = {{"Content-Type", "application/json"}},
              .body = alertmanager_body(
                  some, std::chrono::system_clock::now() + kIntervalsAlive * settings.resend)};
    if (!token.empty()) what.headers.emplace_back("Authorization", "Bearer " + token);
    const Posted posted = co_await post(way, std::move(what));
    if (receiver->gone) co_return true;
    note(*receiver, posted);
    if (!posted.trouble.empty()) co_return false;
    book.told(receiver->url, some);
  }
  receiver->told_version = version;
  co_return true;
}

asio::awaitable<void> Notifier::State::serve(std::shared_ptr<Receiver> receiver) {
  while (!receiver->gone) {
    const bool told = co_await tell(receiver);
    if (receiver->gone) co_return;
    std::chrono::milliseconds pause = settings.resend;
    if (told) {
      receiver->pause = kFirstPause;
      if (receiver->told_version != book.version()) continue;  // changed while it was told
    } else {
      pause = std::min(receiver->pause, pause);
      receiver->pause *= 2;
    }
    receiver->alarm.expires_after(pause);
    boost::system::error_code woken;
    co_await receiver->alarm.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    book.expire(std::chrono::system_clock::now());
  }
}

void Notifier::State::wake() {
  for (const auto& [url, receiver] : receivers) receiver->alarm.cancel();
}

Notifier::Notifier(asio::any_io_executor executor, const net::WayOut& way, Report report)
    : state_(std::make_shared<State>(std::move(executor), way, std::move(report))) {}

Notifier::~Notifier() {
  state_->report = nullptr;
  for (const auto& [url, receiver] : state_->receivers) receiver->gone = true;
  state_->wake();
}

void Notifier::restore(AlertBook book) {
  state_->book = std::move(book);
}

void Notifier::configure(const AlertmanagerSettings& settings, std::string token) {
  state_->settings = settings;
  state_->token = std::move(token);
  const std::set<std::string> urls(settings.urls.begin(), settings.urls.end());
  state_->book.set_receivers(urls);
  std::erase_if(state_->receivers, [&](const auto& item) {
    if (urls.contains(item.first)) return false;
    item.second->gone = true;
    item.second->alarm.cancel();
    return true;
  });
  for (const std::string& url : urls) {
    auto& receiver = state_->receivers[url];
    if (receiver) continue;
    receiver = std::make_shared<Receiver>(state_->executor, url);
    asio::co_spawn(
        state_->executor,
        [state = state_, receiver]() -> asio::awaitable<void> { co_await state->serve(receiver); },
        [url](std::exception_ptr error) {
          if (!error) return;
          try {
            std::rethrow_exception(error);
          } catch (const std::exception& bug) {
            log::write(log::Level::error, "bug", {{"alertmanager", url}, {"error", bug.what()}});
          }
        });
  }
  state_->wake();
}

const AlertBook& Notifier::book() const {
  return state_->book;
}

void Notifier::update(const std::function<void(AlertBook&)>& change) {
  const std::uint64_t before = state_->book.version();
  change(state_->book);
  if (state_->book.version() != before) state_->wake();
}

}  // namespace reachd
