#include "daemon/web/gate.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <openssl/crypto.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/log.hpp"
#include "daemon/web/answer.hpp"

namespace reachd::web {
namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace {

using Clock = std::chrono::steady_clock;

Response unauthorized(std::string_view why) {
  Response response = json_error(HttpStatus::unauthorized, why);
  response.set(http::field::www_authenticate, R"(Basic realm="reachd", charset="UTF-8")");
  return response;
}

Response later(HttpStatus status, std::string_view why, std::chrono::seconds wait) {
  Response response = json_error(status, why);
  response.set(http::field::retry_after, std::to_string(wait.count()));
  return response;
}

// The credentials of the request, which does not keep them.
std::optional<Credentials> take_credentials(Request& request) {
  std::optional<Credentials> credentials;
  if (request.count(http::field::authorization) == 1) {
    const auto value = request[http::field::authorization];
    credentials = parse_basic({value.data(), value.size()});
  }
  request.erase(http::field::authorization);
  return credentials;
}

const std::string* dearest(const std::vector<WebUser>& users) {
  const auto cost = [](const WebUser& user) { return bcrypt_cost(user.hash).value_or(0); };
  return &std::ranges::max_element(users, {}, cost)->hash;
}

}  // namespace

// One password that is being checked, for all requests that bring it meanwhile.
struct Gate::Check {
  explicit Check(asio::any_io_executor loop)
      : done(std::move(loop), asio::steady_timer::time_point::max()) {}
  asio::steady_timer done;  // never expires; cancelled by the result
  std::optional<bool> right;
};

// One configuration's users and what is known of them.
struct Gate::Book {
  explicit Book(std::vector<WebUser> of) : users(std::move(of)), decoy(dearest(users)) {}

  // Null for an unknown user.
  const std::string* hash_of(const std::string& name) const {
    const auto found = std::ranges::find(users, name, &WebUser::name);
    return found == users.end() ? nullptr : &found->hash;
  }

  const std::vector<WebUser> users;
  const std::string* const decoy;  // what an unknown user's password is held against
  Verified verified;
  std::map<Digest, std::shared_ptr<Check>> checks;
};

Gate::Gate(Entrance entrance) {
  set(std::move(entrance));
}

Gate::~Gate() {
  stop();
}

void Gate::set(Entrance entrance) {
  auto book = entrance.users.empty() ? nullptr : std::make_shared<Book>(entrance.users);
  if (book != nullptr && book_ != nullptr) {
    book->verified = book_->verified;
    book->verified.retain([&](const std::string& name) {
      const std::string* const before = book_->hash_of(name);
      const std::string* const now = book->hash_of(name);
      return before != nullptr && now != nullptr && *before == *now;
    });
  }
  if (book != nullptr && worker_ == nullptr) worker_ = std::make_unique<Worker>(kMostChecks);
  entrance_ = std::move(entrance);
  book_ = std::move(book);
}

void Gate::stop() {
  leave_out();
  if (worker_ != nullptr) worker_->stop();
}

void Gate::dress(Response& response) const {
  for (const auto& [name, value] : entrance_.headers) response.set(name, value);
}

// Whether the password is right; nothing if there was no room to ask.
asio::awaitable<std::optional<bool>> Gate::ask(std::shared_ptr<Book> book, Credentials credentials,
                                               Digest digest) {
  const auto check = std::make_shared<Check>(co_await asio::this_coro::executor);
  book->checks.emplace(digest, check);
  const auto tally = entrance_.tally;
  ++tally->checks;
  const std::shared_ptr<void> over(nullptr, [&](void*) {
    --tally->checks;
    book->checks.erase(digest);
    check->done.cancel();
  });
  const std::string* const hash = book->hash_of(credentials.user);
  auto right = co_await worker_->ask([matches = entrance_.matches, ended = ended_,
                                      password = std::move(credentials.password),
                                      hash = hash != nullptr ? *hash : *book->decoy]() mutable {
    const bool same = !*ended && matches(password, hash);
    OPENSSL_cleanse(password.data(), password.size());
    return same;
  });
  if (right && hash == nullptr) right = false;  // whatever the decoy says
  if (right && *right) book->verified.add_right(credentials.user, digest);
  if (right && !*right) book->verified.add_wrong(digest);
  check->right = right;
  co_return right;
}

asio::awaitable<std::optional<Response>> Gate::refuse(Request& request, std::string client) {
  const auto credentials = take_credentials(request);
  const auto book = book_;
  if (book == nullptr) co_return std::nullopt;
  if (!credentials) {
    count(Refusal::no_credentials);
    co_return unauthorized("a user and a password are needed");
  }
  const Digest digest = book->verified.digest(*credentials);
  if (book->verified.is_right(credentials->user, digest)) co_return std::nullopt;

  std::optional<bool> right;
  if (book->verified.is_wrong(digest)) {
    right = false;
  } else if (const auto known = book->checks.find(digest); known != book->checks.end()) {
    const auto check = known->second;
    co_await check->done.async_wait(asio::as_tuple(asio::use_awaitable));
    right = check->right;
  } else {
    if (const auto wait = guesses_.take(client, Clock::now())) {
      count(Refusal::too_many_guesses);
      co_return later(HttpStatus::too_many_requests, "too many wrong passwords from here", *wait);
    }
    right = co_await ask(book, *credentials, digest);
    if (right.value_or(true)) guesses_.give_back(client, Clock::now());
    if (right && !*right) {
      log::write(log::Level::warning, "wrong_password", {{"client", client}});
    }
  }
  if (!right) {
    count(Refusal::busy);
    co_return later(HttpStatus::service_unavailable, "too many passwords wait to be checked",
                    std::chrono::seconds(1));
  }
  if (*right) co_return std::nullopt;
  count(Refusal::wrong_credentials);
  co_return unauthorized("the user or the password is wrong");
}

}  // namespace reachd::web
