#include "daemon/notifier/notifier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "daemon/when.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using test::TcpServer;
using testing::HasSubstr;
using testing::Not;

const std::string kTaken = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const std::string kBroken =
    "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops";

// Now, as what was over long ago is told to nobody.
const WallTime kBegan = std::chrono::system_clock::now();

Alert alert() {
  return {.labels = {{"alertname", "ReachdTargetBlocked"}, {"target", "web"}},
          .annotations = {{"summary", "words"}},
          .page = "http://reachd/targets/a/web",
          .starts = kBegan};
}

AlertmanagerSettings told_to(const TcpServer& server) {
  AlertmanagerSettings settings;
  settings.urls = {"http://127.0.0.1:" + std::to_string(server.port())};
  return settings;
}

// Turns the loop until `done`, which must happen.
void turn_until(test::Loop& loop, const std::function<bool()>& done) {
  const auto bound = std::chrono::steady_clock::now() + 10s;
  loop.io.restart();
  while (!done()) {
    ASSERT_LT(std::chrono::steady_clock::now(), bound) << "it did not happen";
    loop.io.run_one_for(100ms);
  }
}

TEST(Notifier, TellsInAlertmanagersWordsWithTheTokenAndAtOnce) {
  test::Loop loop;
  TcpServer server(loop.io, {test::ReadUntil{"}]"}, test::Send{kTaken}});
  int delivered = 0;
  Notifier notifier(loop.io.get_executor(), loop.way,
                    [&](const std::string&, bool ok) { delivered += ok ? 1 : 0; });
  notifier.configure(told_to(server), "secret-token");
  notifier.update([](AlertBook& book) { book.raise("a/web", alert()); });
  turn_until(loop, [&] { return delivered == 1; });
  const std::string request = server.received();
  EXPECT_THAT(request, HasSubstr("POST /api/v2/alerts HTTP/1.1"));
  EXPECT_THAT(request, HasSubstr("Authorization: Bearer secret-token"));
  const auto body = boost::json::parse(request.substr(request.find("\r\n\r\n") + 4)).as_array();
  ASSERT_EQ(body.size(), 1U);
  EXPECT_EQ(body[0].at("labels").at("alertname").as_string(), "ReachdTargetBlocked");
  EXPECT_EQ(body[0].at("startsAt").as_string(), to_rfc3339(kBegan));
  EXPECT_EQ(body[0].at("generatorURL").as_string(), "http://reachd/targets/a/web");
  EXPECT_GT(body[0].at("endsAt").as_string(), body[0].at("startsAt").as_string());

  const WallTime ended = kBegan + 5s;
  notifier.update([&](AlertBook& book) { book.resolve("a/web", ended); });
  turn_until(loop, [&] { return delivered == 2; });
  EXPECT_THAT(server.received(), HasSubstr(to_rfc3339(ended)));
  EXPECT_EQ(notifier.book().size(), 0U);
}

TEST(Notifier, TriesAgainWhenItIsNotTaken) {
  test::Loop loop;
  int asked = 0;
  TcpServer server(loop.io,
                   {test::ReadUntil{"}]"}, test::Call{[&] { ++asked; }}, test::Send{kBroken}});
  std::vector<bool> results;
  {
    Notifier notifier(loop.io.get_executor(), loop.way,
                      [&](const std::string&, bool ok) { results.push_back(ok); });
    notifier.update([](AlertBook& book) { book.raise("a/web", alert()); });
    notifier.configure(told_to(server), "");
    turn_until(loop, [&] { return results.size() == 2; });
    EXPECT_EQ(notifier.book().size(), 1U);
  }
  EXPECT_EQ(asked, 2);
  EXPECT_THAT(results, testing::ElementsAre(false, false));
  EXPECT_THAT(server.received(), Not(HasSubstr("Authorization")));
}

TEST(Notifier, OneThatIsAwayDelaysNobodyElse) {
  test::Loop loop;
  TcpServer silent(loop.io, {test::Hang{}});
  TcpServer good(loop.io, {test::ReadUntil{"}]"}, test::Send{kTaken}});
  AlertmanagerSettings settings = told_to(silent);
  settings.urls.push_back(told_to(good).urls.front());
  int delivered = 0;
  Notifier notifier(loop.io.get_executor(), loop.way,
                    [&](const std::string&, bool ok) { delivered += ok ? 1 : 0; });
  notifier.update([](AlertBook& book) { book.raise("a/web", alert()); });
  notifier.configure(settings, "");
  turn_until(loop, [&] { return delivered == 1; });
  EXPECT_EQ(silent.accepted(), 1);
}

TEST(Notifier, ItsEndEndsWhatIsUnderWay) {
  test::Loop loop;
  TcpServer silent(loop.io, {test::Hang{}});
  {
    Notifier notifier(loop.io.get_executor(), loop.way, nullptr);
    notifier.update([](AlertBook& book) { book.raise("a/web", alert()); });
    notifier.configure(told_to(silent), "");
    turn_until(loop, [&] { return silent.accepted() == 1; });
  }
  silent.close();
  loop.io.restart();
  loop.io.run_for(10s);
  EXPECT_TRUE(loop.io.stopped()) << "something goes on";
}

}  // namespace
}  // namespace reachd
