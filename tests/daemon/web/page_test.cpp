// What pages are beyond their words: their ETags, what they load, what is asked of the store for
// them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/json/parse.hpp>

#include "daemon/web/assets.hpp"
#include "daemon/web/routes.hpp"
#include "tests/support/boards.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/measurements.hpp"
#include "tests/support/rows.hpp"

namespace reachd::web {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class Pages : public testing::Test {
 protected:
  Pages() {
    board.ready = true;
    test::add_round(test::add_target(board, "gmail", "web"), Status::blocked, 1h);
    test::add_round(test::add_target(board, "gmail", "imap"), Status::ok, 2h);
  }

  Response get(std::string_view target, std::string_view tag = {}, std::string_view encoding = {}) {
    Request request(http::verb::get, {target.data(), target.size()}, 11);
    if (!tag.empty()) request.set(http::field::if_none_match, {tag.data(), tag.size()});
    if (!encoding.empty()) {
      request.set(http::field::accept_encoding, {encoding.data(), encoding.size()});
    }
    Sources sources{board, [] { return LateText{}; }, [] { return true; }, [this] { return now; }};
    sources.past = past;
    return respond(request, sources);
  }

  Board board;
  WallTime now = test::board_now();
  AskPast past;
};

TEST_F(Pages, WhoHasThePageIsToldSoUntilItSaysSomethingElse) {
  for (const char* path : {"/", "/?status=blocked", "/targets/gmail/web"}) {
    const Response whole = get(path);
    const std::string tag(whole[http::field::etag]);
    EXPECT_THAT(whole.body(), HasSubstr("data-tag=\"W/&quot;"));
    const Response same = get(path, tag);
    EXPECT_EQ(same.result_int(), 304) << path;
    EXPECT_EQ(same.body(), "");
    EXPECT_EQ(same[http::field::etag], tag);
    EXPECT_EQ(get(path, "W/\"another\"").result_int(), 200);
  }
  const std::string tag(get("/")[http::field::etag]);
  now += 1s;
  EXPECT_EQ(get("/", tag).result_int(), 304) << "the moment alone is nothing new";
  test::add_round(board.targets.at("gmail/web"), Status::ok, 0s);
  EXPECT_EQ(get("/", tag).result_int(), 200);
}

TEST_F(Pages, AreCompressedForThoseWhoTakeIt) {
  Response packed = get("/", {}, "gzip, br");
  EXPECT_EQ(packed[http::field::content_encoding], "gzip");
  EXPECT_EQ(packed[http::field::vary], "Accept-Encoding");
  ASSERT_TRUE(packed.late_body);
  EXPECT_FALSE(packed.late_body(packed.body())) << "it is one piece";
  EXPECT_EQ(packed.body().substr(0, 2), "\x1f\x8b");
  EXPECT_LT(packed.body().size(), get("/").body().size() / 2);
}

TEST_F(Pages, LoadOnlyWhatIsPartOfTheProgramAndMayBeKeptForEver) {
  const std::string page = get("/targets/gmail/web").body();
  for (const char* name : {"style.css", "chart.css", "live.js", "chart.js", "icon.svg"}) {
    const std::string path = asset_path(name);
    EXPECT_THAT(page, HasSubstr("\"" + path + "\""));
    const Response asset = get(path);
    EXPECT_EQ(asset.result_int(), 200);
    EXPECT_THAT(std::string(asset[http::field::cache_control]), HasSubstr("immutable"));
    EXPECT_EQ(asset["X-Content-Type-Options"], "nosniff");
    const Response packed = get(path, {}, "gzip");
    EXPECT_EQ(packed[http::field::content_encoding], "gzip");
    EXPECT_EQ(packed.body().substr(0, 2), "\x1f\x8b");
  }
  for (const char* word : {"style=", "onload", "onclick", "http://", "javascript:", "<style"}) {
    EXPECT_THAT(page, Not(HasSubstr(word)));
  }
}

TEST_F(Pages, AreSearchedByNameAndUrlInAnyCase) {
  test::add_target(board, "apple", "site", "https://www.Apple.example/");
  EXPECT_THAT(get("/?q=GMAIL%2Fw").body(), HasSubstr("Targets 1 to 1 of 1"));
  EXPECT_THAT(get("/?q=apple.EXAMPLE").body(), HasSubstr("/targets/apple/site"));
  EXPECT_THAT(get("/?q=gmail&status=ok").body(), HasSubstr("Targets 1 to 1 of 1"));
  EXPECT_THAT(get("/?q=gmail&status=").body(), HasSubstr("Targets 1 to 2 of 2"));
  const std::string hostile = get("/?q=%22%3E%3Cscript%3E%E2%80%AE").body();
  EXPECT_THAT(hostile, HasSubstr("value=\"&quot;&gt;&lt;script&gt;\\u{202e}\""));
  EXPECT_THAT(hostile, Not(HasSubstr("<script>")));
}

TEST_F(Pages, ATargetThatIsNotMeasuredAnyMoreSaysSo) {
  EXPECT_THAT(get("/").body(), HasSubstr("no round for 2 h 0 min"));
  for (const auto* id : {"gmail/imap", "gmail/web"}) {
    Target slow = board.targets.at(id).target;
    slow.interval = 3h;
    board.targets.at(id).target = slow;
  }
  EXPECT_THAT(get("/").body(), Not(HasSubstr("no round for")));
}

TEST_F(Pages, WhileTheVantageIsNotOnlineNothingElseIsSaidAbove) {
  board.vantage_state.confirmed = VantageStatus::offline;
  board.vantage_state.since = now - 5min;
  const std::string page = get("/").body();
  EXPECT_THAT(page,
              HasSubstr("</svg> This vantage is offline: of the services nothing can be said"));
  EXPECT_THAT(page, HasSubstr("</strong> for <time"));
  EXPECT_THAT(page, HasSubstr("no fault of the services"));
  EXPECT_THAT(page, HasSubstr("<tr class=\"r-insufficient\">"));
  EXPECT_THAT(page, Not(HasSubstr("<tr class=\"r-blocked\">")));
}

TEST_F(Pages, TheMeasurementIsTakenAwayAsAFile) {
  const Response file = get("/api/v1/targets/gmail/web/measurement");
  EXPECT_EQ(file[http::field::content_disposition],
            "attachment; filename=\"reachd-gmail-web.json\"");
  EXPECT_EQ(json::parse(file.body()).at("test_name"), "web_connectivity");
  EXPECT_EQ(get("/api/v1/targets/gmail/imap/measurement?of=last_failed").result_int(), 404);
  test::add_round(board.targets.at("gmail/web"), Status::ok, 0s);
  const Response failed = get("/api/v1/targets/gmail/web/measurement?of=last_failed");
  EXPECT_EQ(json::parse(failed.body()).at("test_keys").at("x_reachd").at("verdict").at("status"),
            "blocked");
  test::add_target(board, "NEWS", "https://a.example/measurement");
  EXPECT_EQ(get("/api/v1/targets/NEWS/https%3A%2F%2Fa.example%2Fmeasurement").result_int(), 200);
  EXPECT_EQ(
      get("/api/v1/targets/NEWS/https%3A%2F%2Fa.example%2Fmeasurement/measurement").result_int(),
      404)
      << "not measured yet";
}

TEST_F(Pages, TheLineThatRepeatsItIsOneWordForAShell) {
  EXPECT_THAT(get("/targets/gmail/web").body(), HasSubstr(">reachd probe --deep gmail/web</pre>"));
  test::add_target(board, "NEWS", "https://a.example/?a=b'$(c)");
  EXPECT_THAT(get("/targets/NEWS/https%3A%2F%2Fa.example%2F%3Fa%3Db%27%24%28c%29").body(),
              HasSubstr("--deep &#39;NEWS/https://a.example/?a=b&#39;\\&#39;&#39;$(c)&#39;</pre>"));
}

TEST_F(Pages, TheHistoryIsAskedOfTheStoreAndToldInColumns) {
  WallTime asked;
  past = [&](std::string id, WallTime since) -> asio::awaitable<Past> {
    asked = since;
    Past found;
    found.rounds = {test::round_at(id, now - 1min, Status::blocked),
                    test::round_at(id, now - 2min)};
    co_return found;
  };
  const auto complete = [&](std::string_view encoding) {
    constexpr const char* kPath = "/api/v1/targets/gmail/web/history?since=2026-11-24T08:00:00Z";
    Response response = get(kPath, {}, encoding);
    asio::io_context io;
    const auto story = [&]() -> asio::awaitable<int> {
      co_await response.completion(response);
      co_return 0;
    };
    test::run(io, story());
    return response;
  };
  Response packed = complete("gzip");
  EXPECT_EQ(packed[http::field::content_encoding], "gzip");
  ASSERT_TRUE(packed.late_body);
  EXPECT_FALSE(packed.late_body(packed.body()));
  EXPECT_EQ(packed.body().substr(0, 2), "\x1f\x8b");

  const Response response = complete({});
  EXPECT_EQ(response.count(http::field::content_encoding), 0U);
  EXPECT_EQ(asked, now - 2h);
  const json::value told = json::parse(response.body());
  EXPECT_EQ(told.at("resolution"), "round");
  EXPECT_EQ(told.at("status"), (json::array{"ok", "blocked"}));
  EXPECT_LT(told.at("times").at(0).as_int64(), told.at("times").at(1).as_int64());
  EXPECT_DOUBLE_EQ(told.at("dns").at(0).as_double(), 5.0);
  EXPECT_TRUE(told.at("transfer").at(0).is_null());
  EXPECT_EQ(get("/api/v1/targets/gmail/web/history?since=x").result_int(), 400);
}

TEST(History, AnHourIsAsBadAsATenthOfItsRounds) {
  Past past;
  past.hours = {{"a/b", test::kNoon, {91, 9, 0, 0, 0, 0}, {}, {}},
                {"a/b", test::kNoon + 1h, {90, 10, 0, 0, 0, 0}, {}, {}}};
  const auto told = history_json(past, {}, "a/b", test::kNoon);
  EXPECT_EQ(told.at("resolution"), "hour");
  EXPECT_EQ(told.at("status"), (json::array{"ok", "blocked"}));
}

TEST_F(Pages, HostileRoundsStayText) {
  TargetBoard& target = board.targets.at("gmail/web");
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto measurement = std::make_shared<Measurement>(test::made_up_measurement(seed));
    measurement->began = now;
    Verdict verdict;
    verdict.status = Status::blocked;
    verdict.kinds = {"<i>\u202e", "tls.reset.sni"};
    record(target, measurement, verdict, now);
    for (const char* path : {"/", "/targets/gmail/web"}) {
      const std::string page = get(path).body();
      ASSERT_THAT(page, Not(HasSubstr("<i>")));
      ASSERT_THAT(page, Not(HasSubstr("\u202e"))) << seed;
      ASSERT_LT(page.size(), 2'000'000U);
    }
  }
}

}  // namespace
}  // namespace reachd::web
