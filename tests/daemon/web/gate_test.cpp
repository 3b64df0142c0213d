// Passwords at the gate: who passes, who does not, what each costs, and that nobody waits for
// another's hash.
#include "daemon/web/gate.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/web/answer.hpp"
#include "tests/support/entrances.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/served.hpp"

namespace reachd::web {
namespace {

using test::basic;
using test::RawAnswer;
using test::RawClient;
using test::Served;
using testing::HasSubstr;
using testing::Not;

// Counts what gets as far as the handler, and what it still bears.
struct Handler {
  std::shared_ptr<std::atomic<int>> asked = std::make_shared<std::atomic<int>>(0);
  Response operator()(const Request& request) const {
    ++*asked;
    const bool bare = request.count(boost::beast::http::field::authorization) == 0;
    return answer(HttpStatus::ok, kText, bare ? "fine" : "a password came along");
  }
};

WebAccess users(const std::string& password) {
  WebAccess access;
  access.users = {{"me", test::hash_of(password)}, {"you", test::hash_of("other", 5)}};
  return access;
}

std::uint64_t refused(const std::shared_ptr<Tally>& tally, Refusal why) {
  return tally->refused.at(static_cast<std::size_t>(why));
}

// In the place of crypt(3): nobody gets an answer before the test opens. "right" is right.
class SlowHash {
 public:
  bool operator()(const std::string& password, const std::string& hash) {
    std::unique_lock lock(mutex_);
    hashes_.push_back(hash);
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    return password == "right";
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  std::vector<std::string> hashes() {
    const std::lock_guard lock(mutex_);
    return hashes_;
  }
  bool await_first() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [this] { return !hashes_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  std::vector<std::string> hashes_;
};

// A server with SlowHash, which opens at the latest when the test ends.
struct Slow {
  explicit Slow(const WebAccess& access) : entrance(test::entrance_of(access)) {
    entrance.matches = [hash = hash](const std::string& password, const std::string& of) {
      return (*hash)(password, of);
    };
    served = std::make_unique<Served>(handler, Limits{}, entrance);
  }
  ~Slow() { hash->open(); }
  Slow(const Slow&) = delete;
  Slow& operator=(const Slow&) = delete;

  // A client from 127.0.0.`last` that has asked, and has no answer yet.
  std::unique_ptr<RawClient> ask(int last, const std::string& user, const std::string& password) {
    const std::string source = "127.0.0." + std::to_string(last);
    auto client = std::make_unique<RawClient>(served->port(), 0, source.c_str());
    client->send("GET /late HTTP/1.1\r\nHost: test\r\n" + basic(user, password) + "\r\n");
    return client;
  }
  bool await_checks(std::uint64_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (entrance.tally->checks != count) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  Handler handler;
  std::shared_ptr<SlowHash> hash = std::make_shared<SlowHash>();
  Entrance entrance;
  std::unique_ptr<Served> served;
};

TEST(Gate, LetsInWhoeverHasThePassword) {
  const Handler handler;
  const Entrance entrance = test::entrance_of(users("secret"));
  Served served(handler, {}, entrance);
  RawClient client(served.port());
  for (int i = 0; i < 20; ++i) {  // more than may be wrong: what is right is no guess
    const RawAnswer got = client.get("/", basic("me", "secret"));
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, "fine");
  }
  EXPECT_EQ(client.get("/", basic("you", "other")).status, 200);
  for (const std::atomic<std::uint64_t>& count : entrance.tally->refused) EXPECT_EQ(count, 0U);
}

TEST(Gate, TurnsAwayEverybodyElseBeforeAnybodySeesTheRequest) {
  const Handler handler;
  const Entrance entrance = test::entrance_of(users("secret"));
  Served served(handler, {}, entrance);
  for (const std::string& fields :
       {std::string(), basic("me", "wrong"), basic("me", ""), basic("nobody", "secret"),
        basic("", "secret"), basic("you", "secret"),
        std::string("Authorization: Bearer secret\r\n"),
        basic("me", "secret") + basic("me", "secret"), std::string("Authorization: Basic\r\n")}) {
    for (const char* path : {"/", "/metrics", "/-/healthy", "/nowhere"}) {
      // Each from an address of its own, so that none has guessed too often.
      static int last = 10;
      const std::string source = "127.0.0." + std::to_string(++last);
      const RawAnswer got = RawClient(served.port(), 0, source.c_str()).get(path, fields);
      EXPECT_EQ(got.status, 401) << fields;
      EXPECT_THAT(got.header, HasSubstr("WWW-Authenticate: Basic realm=\"reachd\""));
      EXPECT_THAT(got.body, Not(HasSubstr("secret")));
    }
  }
  EXPECT_EQ(*handler.asked, 0);
  EXPECT_EQ(refused(entrance.tally, Refusal::no_credentials), 16U);
  EXPECT_EQ(refused(entrance.tally, Refusal::wrong_credentials), 20U);
}

TEST(Gate, GuessingIsSlowedAndTheKnownUserStillPasses) {
  const Entrance entrance = test::entrance_of(users("secret"));
  Served served(Handler{}, {}, entrance);
  RawClient known(served.port());
  EXPECT_EQ(known.get("/", basic("me", "secret")).status, 200);
  RawClient guesser(served.port());
  for (int i = 0; i < Guesses::kAtOnce; ++i) {
    EXPECT_EQ(guesser.get("/", basic("me", std::to_string(i))).status, 401);
  }
  for (int i = 0; i < 20; ++i) {
    const RawAnswer got = guesser.get("/", basic("me", "again " + std::to_string(i)));
    EXPECT_EQ(got.status, 429);
    EXPECT_THAT(got.header, HasSubstr("\r\nRetry-After: 1"));  // 1 to 12 s: one digit or two
  }
  EXPECT_EQ(guesser.get("/", basic("you", "other")).status, 429) << "right, but nobody knows yet";
  EXPECT_EQ(known.get("/", basic("me", "secret")).status, 200) << "from the same address";
  RawClient other(served.port(), 0, "127.0.0.2");
  EXPECT_EQ(other.get("/", basic("me", "wrong")).status, 401) << "another address has its own";
  EXPECT_EQ(other.get("/", basic("you", "other")).status, 200);
  EXPECT_EQ(guesser.get("/", basic("you", "other")).status, 200) << "known from now on";
  EXPECT_EQ(refused(entrance.tally, Refusal::too_many_guesses), 21U);
}

TEST(Gate, NobodyWaitsForTheHashesOfOthers) {
  Slow slow(users("unused"));
  slow.hash->open();
  RawClient known(slow.served->port());
  EXPECT_EQ(known.get("/", basic("me", "right")).status, 200);

  slow.hash = std::make_shared<SlowHash>();  // from now on nobody gets an answer
  slow.entrance.matches = [hash = slow.hash](const std::string& password, const std::string& of) {
    return password == "known" || (*hash)(password, of);
  };
  slow.served->set_entrance(slow.entrance);
  EXPECT_EQ(known.get("/", basic("me", "known")).status, 200);
  std::vector<std::unique_ptr<RawClient>> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.push_back(slow.ask(10 + i / 4, "me", "guess " + std::to_string(i)));
  }
  ASSERT_TRUE(slow.await_checks(20));
  const int before = *slow.handler.asked;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(known.get("/", basic("me", "known")).status, 200);
  EXPECT_EQ(*slow.handler.asked, before + 100) << "both loops turned";
  EXPECT_EQ(slow.entrance.tally->checks, 20U) << "and none of the twenty was done";
  slow.hash->open();
  for (const auto& client : waiting) EXPECT_EQ(client->receive().status, 401);
  EXPECT_TRUE(slow.await_checks(0));
}

TEST(Gate, ChecksBeyondTheQueueAreToldToComeLater) {
  Slow slow(users("unused"));
  std::vector<std::unique_ptr<RawClient>> waiting;
  for (std::size_t i = 0; i < Gate::kMostChecks; ++i) {
    const int last = 10 + static_cast<int>(i) / 4;
    waiting.push_back(slow.ask(last, "me", "guess " + std::to_string(i)));
  }
  ASSERT_TRUE(slow.await_checks(Gate::kMostChecks));
  for (int i = 0; i < 10; ++i) {  // not looked at, so not wrong either
    const RawAnswer got = slow.ask(9, "me", "one more " + std::to_string(i))->receive();
    EXPECT_EQ(got.status, 503);
    EXPECT_THAT(got.header, HasSubstr("\r\nRetry-After: "));
  }
  EXPECT_EQ(refused(slow.entrance.tally, Refusal::busy), 10U);
  slow.hash->open();
  for (const auto& client : waiting) EXPECT_EQ(client->receive().status, 401);
}

TEST(Gate, APasswordThatManyBringAtOnceIsCheckedOnce) {
  Slow slow(users("unused"));
  std::vector<std::unique_ptr<RawClient>> waiting;
  for (int i = 0; i < 12; ++i) waiting.push_back(slow.ask(1, "me", "right"));
  ASSERT_TRUE(slow.hash->await_first());
  // The thirteenth is answered without a password, so the twelve have been read.
  EXPECT_EQ(RawClient(slow.served->port()).get("/").status, 401);
  slow.hash->open();
  for (const auto& client : waiting) EXPECT_EQ(client->receive().status, 200);
  EXPECT_EQ(slow.hash->hashes().size(), 1U);
}

TEST(Gate, AnUnknownUserCostsAsMuchAsTheDearestAndNeverPasses) {
  const WebAccess access = users("unused");
  Slow slow(access);
  slow.hash->open();
  EXPECT_EQ(slow.ask(1, "nobody", "right")->receive().status, 401);
  ASSERT_EQ(slow.hash->hashes().size(), 1U);
  EXPECT_EQ(slow.hash->hashes()[0], access.users[1].hash);
  EXPECT_EQ(slow.ask(1, "nobody", "right")->receive().status, 401) << "nor the second time";
}

// A scraper that is told the wrong password says it again and again: it does not guess.
TEST(Gate, TheSameWrongPasswordIsCheckedOnceAndIsOneGuess) {
  Slow slow(users("unused"));
  slow.hash->open();
  RawClient client(slow.served->port());
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.get("/", basic("me", "wrong")).status, 401);
  EXPECT_EQ(slow.hash->hashes().size(), 1U);
  EXPECT_EQ(client.get("/", basic("me", "right")).status, 200) << "from the same address";
  EXPECT_EQ(refused(slow.entrance.tally, Refusal::wrong_credentials), 50U);
}

TEST(Gate, AReloadKeepsWhatIsKnownOfUsersThatAreTheSame) {
  Slow slow(users("unused"));
  slow.hash->open();
  RawClient client(slow.served->port());
  EXPECT_EQ(client.get("/", basic("me", "right")).status, 200);
  EXPECT_EQ(client.get("/", basic("you", "right")).status, 200);
  EXPECT_EQ(client.get("/", basic("me", "wrong")).status, 401);
  slow.entrance.users[1].hash = test::hash_of("unused too");
  slow.served->set_entrance(slow.entrance);
  EXPECT_EQ(client.get("/", basic("me", "right")).status, 200);
  EXPECT_EQ(slow.hash->hashes().size(), 3U) << "known before";
  EXPECT_EQ(client.get("/", basic("you", "right")).status, 200);
  EXPECT_EQ(client.get("/", basic("me", "wrong")).status, 401);
  EXPECT_EQ(slow.hash->hashes().size(), 5U) << "checked again";
}

TEST(Gate, AReloadForgetsOldPasswordsOnOpenConnectionsToo) {
  Entrance entrance = test::entrance_of(users("first"));
  Served served(Handler{}, {}, entrance);
  RawClient client(served.port());
  EXPECT_EQ(client.get("/", basic("me", "first")).status, 200);
  Entrance next = test::entrance_of(users("second"));
  next.tally = entrance.tally;
  served.set_entrance(next);
  EXPECT_EQ(client.get("/", basic("me", "first")).status, 401);
  EXPECT_EQ(client.get("/", basic("me", "second")).status, 200);
  served.set_entrance({});  // nobody asks any more
  EXPECT_EQ(client.get("/").status, 200);
}

TEST(Gate, TheConfiguredHeadersAreInEveryAnswer) {
  WebAccess access = users("secret");
  access.headers = {{"Strict-Transport-Security", "max-age=31536000"}, {"X-Frame-Options", "deny"}};
  Served served(Handler{}, {}, test::entrance_of(access));
  for (const std::string& request :
       {"GET / HTTP/1.1\r\nHost: test\r\n" + basic("me", "secret") + "\r\n",
        std::string("GET / HTTP/1.1\r\nHost: test\r\n\r\n"), std::string("nonsense\r\n\r\n")}) {
    RawClient client(served.port());
    client.send(request);
    const RawAnswer got = client.receive();
    EXPECT_THAT(got.header, HasSubstr("\r\nStrict-Transport-Security: max-age=31536000\r\n"));
    EXPECT_THAT(got.header, HasSubstr("\r\nX-Frame-Options: deny\r\n"));
    EXPECT_THAT(got.header, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
  }
}

TEST(Gate, StopsThoughPasswordsWait) {
  Slow slow(users("unused"));
  std::vector<std::unique_ptr<RawClient>> waiting;
  for (int i = 0; i < 8; ++i) waiting.push_back(slow.ask(10 + i / 4, "me", std::to_string(i)));
  ASSERT_TRUE(slow.await_checks(8));
  ASSERT_TRUE(slow.hash->await_first());
  std::thread opener([&] {
    for (const auto& client : waiting) EXPECT_TRUE(client->at_end());
    slow.hash->open();
  });
  EXPECT_TRUE(slow.served->stop());
  opener.join();
  EXPECT_EQ(slow.hash->hashes().size(), 1U) << "those that waited are left out";
  EXPECT_EQ(*slow.handler.asked, 0);
}

}  // namespace
}  // namespace reachd::web
