#include "daemon/web/routes.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/beast/http/verb.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/support/boards.hpp"

namespace reachd::web {
namespace {

namespace http = boost::beast::http;
namespace json = boost::json;
using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kScript = "<script>alert(1)</script>";

class Routes : public testing::Test {
 protected:
  Routes() {
    board.started = test::board_now() - hours(3);
    board.ready = true;
    board.vantage = {"shanghai-1", "CN", 4134};
    TargetBoard& web = test::add_target(board, "gmail", "web");
    test::add_round(web, Status::ok, hours(2));
    test::add_round(web, Status::blocked, hours(1));
    TargetBoard& imap = test::add_target(board, "gmail", "imap", "imaps://imap.example.org/");
    test::add_round(imap, Status::ok, seconds(30));
    test::add_target(board, "apple", "site");
    test::add_round(test::add_target(board, "control.foreign", "www.example.net"), Status::ok,
                    seconds(20));
  }

  Response get(std::string_view target, http::verb verb = http::verb::get) {
    Request request(verb, {target.data(), target.size()}, 11);
    const auto metrics = [] {
      return [](std::string& text) {
        text += "reachd_build_info 1\n";
        return false;
      };
    };
    Response response =
        respond(request, {board, metrics, [this] { return healthy; }, test::board_now});
    if (response.late_body) response.late_body(response.body());
    return response;
  }
  json::value get_json(std::string_view target) {
    const Response response = get(target);
    EXPECT_EQ(response[http::field::content_type], "application/json") << target;
    return json::parse(response.body());
  }

  Board board;
  bool healthy = true;
};

TEST_F(Routes, EachPathHasItsStatusTypeAndContent) {
  const struct {
    const char* path;
    unsigned status;
    const char* type;
    const char* content;
  } rows[] = {
      {"/", 200, "text/html; charset=utf-8", "gmail/web"},
      {"/?status=ok", 200, "text/html; charset=utf-8", "gmail/imap"},
      {"/?status=wrong", 400, "text/plain; charset=utf-8", "status must be one of ok, blocked"},
      {"/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", "reachd_build_info 1\n"},
      {"/-/healthy", 200, "text/plain; charset=utf-8", "healthy"},
      {"/-/ready", 200, "text/plain; charset=utf-8", "ready"},
      {"/targets/gmail/web", 200, "text/html; charset=utf-8", "connection_reset"},
      {"/targets/gmail/w%65b", 200, "text/html; charset=utf-8", "gmail/web"},
      {"/targets/control.foreign/www.example.net", 200, "text/html; charset=utf-8", "example.net"},
      {"/targets/gmail/none", 404, "text/html; charset=utf-8", "no such page or target"},
      {"/targets/gmail", 404, "text/html; charset=utf-8", "no such page or target"},
      {"/assets/none.css", 404, "text/html; charset=utf-8", "no such page or target"},
      {"/nothing", 404, "text/html; charset=utf-8", "no such page or target"},
      {"/metrics/", 404, "text/html; charset=utf-8", "no such page or target"},
      {"http://127.0.0.1/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", "reachd_"},
      {"/api/v1/targets", 200, "application/json", "\"total\":3"},
      {"/api/v1/vantage", 200, "application/json", "\"asn\":4134"},
      {"/api/v1/targets/gmail/web", 200, "application/json", "\"test_keys\""},
      {"/api/v1/targets/gmail/none", 404, "application/json",
       "{\"error\":\"there is no such target\"}"},
      {"/api/v1/targets/gmail/%zz", 400, "application/json", "\"error\""},
      {"/api/v1/targets?limit=-1", 400, "application/json", "limit must be a whole number"},
      {"/api/v1/targets?offset=1x", 400, "application/json", "offset must be a whole number"},
      {"/api/v1/targets?limit=", 400, "application/json", "limit must be a whole number"},
      {"/api/v1/targets?limit=99999999999999999999", 400, "application/json", "whole number"},
      {"/api/v2", 404, "application/json", "\"error\""},
      {"metrics", 400, "application/json", "\"error\""},
      {"", 400, "application/json", "\"error\""},
  };
  for (const auto& row : rows) {
    const Response got = get(row.path);
    EXPECT_EQ(got.result_int(), row.status) << row.path;
    EXPECT_EQ(got[http::field::content_type], row.type) << row.path;
    EXPECT_THAT(got.body(), HasSubstr(row.content)) << row.path;
  }
}

TEST_F(Routes, EveryAnswerIsFencedIn) {
  for (const char* path : {"/", "/metrics", "/api/v1/targets", "/nothing", "/api/v1/none"}) {
    const Response got = get(path);
    EXPECT_EQ(got["Content-Security-Policy"],
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
              "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    EXPECT_EQ(got["X-Content-Type-Options"], "nosniff") << path;
    EXPECT_EQ(got["Referrer-Policy"], "no-referrer") << path;
    EXPECT_EQ(got[http::field::cache_control], "no-store") << path;
  }
}

TEST_F(Routes, OnlyReadingIsAllowed) {
  for (const http::verb verb : {http::verb::post, http::verb::put, http::verb::delete_,
                                http::verb::options, http::verb::connect, http::verb::unknown}) {
    const Response got = get("/", verb);
    EXPECT_EQ(got.result_int(), 405);
    EXPECT_EQ(got[http::field::allow], "GET, HEAD");
  }
  EXPECT_EQ(get("/", http::verb::head).result_int(), 200);
}

TEST_F(Routes, HealthAndReadinessAreToldByStatus) {
  healthy = false;
  EXPECT_EQ(get("/-/healthy").result_int(), 503);
  EXPECT_THAT(get("/").body(), HasSubstr("may be stale"));
  board.ready = false;
  EXPECT_EQ(get("/-/ready").result_int(), 503);
  board.ready = board.stopping = true;
  EXPECT_EQ(get("/-/ready").result_int(), 503);
}

TEST_F(Routes, TheListSaysOfEachTargetWhatIsKnown) {
  const json::value list = get_json("/api/v1/targets");
  EXPECT_EQ(json::serialize(list.at("statuses")),
            R"({"ok":1,"blocked":1,"likely_blocked":0,"impaired":0,"down":0,"insufficient":1})");
  const json::value& fresh = list.at("targets").at(0);
  EXPECT_EQ(fresh.at("service"), "apple");
  EXPECT_TRUE(fresh.at("since").is_null());
  EXPECT_TRUE(fresh.at("last_round").is_null());
  EXPECT_TRUE(fresh.at("phases").at("dns").is_null());
  const json::value& web = list.at("targets").at(2);
  EXPECT_EQ(web.at("target"), "web");
  EXPECT_EQ(web.at("url"), "https://www.example.org/");
  EXPECT_EQ(web.at("scheme"), "https");
  EXPECT_EQ(web.at("status"), "blocked");
  EXPECT_EQ(web.at("since"), "2026-11-24T09:00:00Z");
  EXPECT_EQ(web.at("rule"), "plain.step_failed");
  EXPECT_EQ(web.at("reason"), "tls: connection_reset at 192.0.2.1:443");
  EXPECT_EQ(web.at("last_round"), "2026-11-24T09:00:00Z");
  EXPECT_DOUBLE_EQ(web.at("phases").at("connect").as_double(), 0.02);
  EXPECT_TRUE(web.at("phases").at("tls").is_null());
}

TEST_F(Routes, TheStateIsWhatIsConfirmedUnlessNothingCanBeSaid) {
  TargetBoard& web = board.targets.at("gmail/web");
  web.state.confirmed = {Status::ok, {}};
  web.state.since = test::board_now() - hours(30);
  json::value state = get_json("/api/v1/targets/gmail/web").at("state");
  EXPECT_EQ(state.at("status"), "ok") << "one round that failed is not a change";
  EXPECT_EQ(state.at("since"), "2026-11-23T04:00:00Z");
  EXPECT_THAT(get("/?status=blocked").body(), HasSubstr("No target to show"));
  test::add_round(web, Status::insufficient, seconds(10));
  state = get_json("/api/v1/targets/gmail/web").at("state");
  EXPECT_EQ(state.at("status"), "insufficient") << "what is stale is not shown as current";
  EXPECT_EQ(state.at("since"), "2026-11-24T09:59:50Z");
}

TEST_F(Routes, EventsAreListedFromATimeOn) {
  for (int hour = 1; hour <= 3; ++hour) {
    const WallTime at = test::board_now() - hours(10 - hour);
    board.chronicle.file(Subject::target,
                         {"gmail/web" + std::to_string(hour),
                          {.passage = Passage::trouble,
                           .from = {Status::ok, {}},
                           .to = {Status::blocked, {"tls.reset.sni"}},
                           .onset = {at - seconds(60), at},
                           .confirmed = at,
                           .reason = kScript}},
                         seconds(60));
  }
  const json::value all = get_json("/api/v1/events").at("events");
  ASSERT_EQ(all.as_array().size(), 3U);
  EXPECT_EQ(all.at(0).at("id"), 1);
  EXPECT_EQ(all.at(0).at("ended"), nullptr);
  EXPECT_EQ(all.at(0).at("members").at(0).at("onset").at("after"), "2026-11-24T00:59:00Z");
  EXPECT_EQ(get_json("/api/v1/events?limit=1").at("events").at(0).at("id"), 3);
  EXPECT_EQ(get_json("/api/v1/events?since=2026-11-24T02:00:00Z").at("events").as_array().size(),
            2U);
  EXPECT_EQ(get("/api/v1/events?since=yesterday").result_int(), 400);
  EXPECT_EQ(get("/api/v1/events?limit=-1").result_int(), 400);
}

TEST_F(Routes, TheListIsFilteredByStatus) {
  EXPECT_EQ(get_json("/api/v1/targets?status=blocked").at("total"), 1);
  EXPECT_EQ(get_json("/api/v1/targets?status=blocked&status=ok").at("total"), 2);
  EXPECT_EQ(get_json("/api/v1/targets?status=down").at("targets").as_array().size(), 0);
}

TEST_F(Routes, ATargetHasItsRoundsAndItsMeasurements) {
  const json::value target = get_json("/api/v1/targets/gmail/web");
  EXPECT_EQ(target.at("status"), "blocked");
  ASSERT_EQ(target.at("rounds").as_array().size(), 2);
  EXPECT_EQ(target.at("rounds").at(0).at("status"), "blocked");
  EXPECT_EQ(target.at("rounds").at(1).at("status"), "ok");
  EXPECT_EQ(target.at("last").at("test_name"), "web_connectivity");
  EXPECT_TRUE(target.at("last_failed").is_object());
  EXPECT_TRUE(get_json("/api/v1/targets/apple/site").at("last").is_null());
}

TEST_F(Routes, TheVantageHasItsControls) {
  test::add_target(board, "control.domestic", "www.example.com");
  const json::value vantage = get_json("/api/v1/vantage");
  EXPECT_EQ(vantage.at("name"), "shanghai-1");
  EXPECT_EQ(vantage.at("country"), "CN");
  const json::array& controls = vantage.at("controls").as_array();
  ASSERT_EQ(controls.size(), 2);
  EXPECT_TRUE(controls[0].at("reachable").is_null());
  EXPECT_EQ(controls[1].at("reachable"), true);
  EXPECT_EQ(controls[1].at("since"), "2026-11-24T09:59:40Z");
}

TEST_F(Routes, ThePageShowsTroubleFirstWithWordSinceAndWhy) {
  const std::string page = get("/").body();
  EXPECT_THAT(page,
              HasSubstr("</svg> gmail/web is blocked; the other 1 can be reached; of 1 nothing "
                        "is known yet</h1>"));
  EXPECT_LT(page.find("/targets/gmail/web"), page.find("/targets/gmail/imap"));
  EXPECT_THAT(page, HasSubstr("<use href=\"#blocked\"/></svg> blocked</span>"));
  EXPECT_THAT(page, HasSubstr("1 h 0 min</time>"));
  EXPECT_THAT(page, HasSubstr("tls: connection_reset at 192.0.2.1:443"));
  EXPECT_THAT(page, HasSubstr("not measured since the start"));
  EXPECT_THAT(page, HasSubstr("Vantage <bdi>shanghai-1</bdi></span> (CN, AS4134) online"));
  EXPECT_THAT(page, HasSubstr("controls abroad 1 of 1 answer"));
  EXPECT_THAT(page, HasSubstr("www.example.net"));
  EXPECT_THAT(page, Not(HasSubstr("No control answers")));
}

TEST_F(Routes, ThePageSaysWhenTheTroubleIsNotTheTargets) {
  test::add_round(board.controls.begin()->second, Status::impaired, seconds(5));
  EXPECT_THAT(get("/").body(), HasSubstr("No foreign control answers"));
  test::add_round(test::add_target(board, "control.domestic", "d"), Status::down, seconds(5));
  EXPECT_THAT(get("/").body(), HasSubstr("No control answers"));
}

TEST_F(Routes, HostileNamesAreEscapedWhereverTheyAreShown) {
  const std::string name = std::string(kScript) + "\"'&\x01";
  TargetBoard& bad = test::add_target(board, kScript, name, "https://x/\"><img src=x>");
  test::add_round(bad, Status::blocked, seconds(5));
  bad.rounds.front().reason = std::string(kScript) + "\x1b[31m\xff\"";
  bad.verdict.kinds = {kScript};
  bad.verdict.rule = kScript;
  const std::string path = "%3Cscript%3Ealert%281%29%3C%2Fscript%3E";
  for (const std::string& page : {std::string("/"), "/targets/" + path + "/" + path + "%22'&%01"}) {
    const Response got = get(page);
    EXPECT_EQ(got.result_int(), 200) << page;
    EXPECT_THAT(got.body(), HasSubstr("&lt;script&gt;alert(1)")) << page;
    EXPECT_THAT(got.body(), Not(HasSubstr("<script>"))) << page;
    EXPECT_THAT(got.body(), Not(HasSubstr("<img"))) << page;
    EXPECT_THAT(got.body(), Not(HasSubstr("\x1b"))) << page;
    EXPECT_THAT(got.body(), Not(HasSubstr("\xff"))) << page;
  }
  EXPECT_THAT(get("/").body(),
              HasSubstr("href=\"/targets/" + path + "/" + path + "%22%27%26%01\""));
  const json::value list = get_json("/api/v1/targets?status=blocked");
  EXPECT_EQ(list.at("targets").at(0).at("target"), json::value(name));
  EXPECT_THAT(get("/api/v1/targets").body(), Not(HasSubstr("\xff")));
}

TEST_F(Routes, ATargetNamedByItsUrlIsFoundEncodedAndBare) {
  test::add_target(board, "NEWS", "https://example.org/a?b");
  EXPECT_EQ(get("/targets/NEWS/https%3A%2F%2Fexample.org%2Fa%3Fb").result_int(), 200);
  test::add_target(board, "NEWS", "https://example.org/");
  EXPECT_EQ(get("/targets/NEWS/https://example.org/").result_int(), 200);
  EXPECT_EQ(get("/targets/NEWS%2Fhttps%3A/example.org").result_int(), 404);
}

TEST_F(Routes, ABoardOfTenThousandIsShownInPages) {
  for (int i = 0; i < 10'000; ++i) {
    test::add_target(board, "many", "t" + std::to_string(10'000 + i));
  }
  const json::value list = get_json("/api/v1/targets");
  EXPECT_EQ(list.at("total"), 10'003);
  EXPECT_EQ(list.at("targets").as_array().size(), 100);
  EXPECT_EQ(get_json("/api/v1/targets?limit=1000000").at("limit"), 1000);
  EXPECT_EQ(get_json("/api/v1/targets?limit=1000000").at("targets").as_array().size(), 1000);
  EXPECT_EQ(get_json("/api/v1/targets?offset=10000").at("targets").as_array().size(), 3);
  EXPECT_EQ(get_json("/api/v1/targets?offset=20000").at("targets").as_array().size(), 0);
  EXPECT_EQ(get_json("/api/v1/targets?limit=0").at("targets").as_array().size(), 0);

  const std::string first = get("/").body();
  EXPECT_LT(first.size(), 250'000U);
  EXPECT_THAT(first, HasSubstr("Targets 1 to 100 of 10,003"));
  EXPECT_THAT(first, HasSubstr("/?page=2\" rel=\"next\">next</a>"));
  EXPECT_THAT(first, HasSubstr("/?page=101\">last</a>"));
  EXPECT_THAT(get("/?page=101&status=insufficient").body(),
              HasSubstr("/?status=insufficient&amp;page=100\" rel=\"prev\">previous</a>"));
  EXPECT_EQ(get("/?page=0").result_int(), 400);
  EXPECT_EQ(get("/?page=99999999999999").result_int(), 200);
}

}  // namespace
}  // namespace reachd::web
