// Asks each request for its password before anybody else sees it. Lives on the web server's thread;
// the hashing is another thread's, so that neither this loop nor the daemon's ever waits for it. A
// password that was right is known from then on and costs nothing; wrong ones are few, for each
// client and in all. Never shows a password, in a log or anywhere.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "daemon/web/entrance.hpp"
#include "daemon/web/guesses.hpp"
#include "daemon/web/routes.hpp"
#include "daemon/web/verified.hpp"
#include "daemon/worker.hpp"

namespace reachd::web {

class Gate {
 public:
  static constexpr std::size_t kMostChecks = 32;  // that wait or run

  explicit Gate(Entrance entrance);
  ~Gate();

  // From now on; forgets whose password was right, but for those whose hash is the same. What is
  // being checked ends by the old rules.
  void set(Entrance entrance);

  // How new connections begin; null: in clear.
  TlsContext tls() const { return entrance_.tls; }

  // Nothing if the request may pass: 401, 429 or 503 otherwise. `client`: as of client_of(). Takes
  // the credentials out of the request. The loop and this object must live until it completes or
  // stop() was called.
  boost::asio::awaitable<std::optional<Response>> refuse(Request& request, std::string client);

  void dress(Response& response) const;  // with the configured headers
  void count(Refusal refusal) { entrance_.tally->count(refusal); }

  void leave_out() { *ended_ = true; }  // from now on those checks that wait, unanswered

  // Ends the thread; a check that runs is waited for. From any thread once the loop has stopped.
  void stop();

 private:
  struct Book;
  struct Check;
  boost::asio::awaitable<std::optional<bool>> ask(std::shared_ptr<Book> book,
                                                  Credentials credentials, Digest digest);

  Entrance entrance_;
  std::shared_ptr<Book> book_;  // of the users in force; null: none are
  Guesses guesses_;
  std::shared_ptr<std::atomic<bool>> ended_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<Worker> worker_;  // from the first user on
};

}  // namespace reachd::web
