// Tells every configured Alertmanager of the alerts in the book: at once when something changed,
// again before what it was told would expire, with ever longer pauses while it does not answer. One
// that is away delays nobody else.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "config/config.hpp"
#include "daemon/notifier/alert_book.hpp"
#include "probes/net/way_out.hpp"

namespace reachd {

class Notifier {
 public:
  // Told of every post, on the loop.
  using Report = std::function<void(const std::string& url, bool delivered)>;

  // `way` must outlive the notifier and what it has under way.
  Notifier(boost::asio::any_io_executor executor, const net::WayOut& way, Report report);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // Begins with what was stored; before the first configure().
  void restore(AlertBook book);
  // `token` is sent as a bearer token unless it is empty. Receivers that are new hear all.
  void configure(const AlertmanagerSettings& settings, std::string token);

  const AlertBook& book() const;
  // Changes the book by `change`, and tells everybody at once if that made a difference.
  void update(const std::function<void(AlertBook&)>& change);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace reachd
