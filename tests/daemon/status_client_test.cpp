#include "daemon/status_client.hpp"

#include <fstream>
#include <memory>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/web/answer.hpp"
#include "daemon/web/routes.hpp"
#include "tests/support/boards.hpp"
#include "tests/support/entrances.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/served.hpp"

namespace reachd {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

struct Printed {
  int code = 0;
  std::string out;
  std::string err;
};

Printed status_of(const std::string& url, bool colour = false) {
  std::ostringstream out;
  std::ostringstream err;
  StatusOptions options;
  options.url = url;
  options.colour = colour;
  const int code = print_status(options, out, err);
  return {code, out.str(), err.str()};
}

Printed status_of(web::Server::Handler handler, bool colour = false) {
  const test::Served served(std::move(handler));
  return status_of("http://127.0.0.1:" + std::to_string(served.port()) + "/", colour);
}

Printed status_of(const Board& board, bool colour = false) {
  return status_of(
      [&board](const web::Request& request) {
        return web::respond(request, {board, [] { return web::LateText{}; }, [] { return true; }});
      },
      colour);
}

TEST(StatusClient, AllOkIsZeroAndTheTableIsAligned) {
  Board board;
  test::add_round(test::add_target(board, "apple", "a-long-name"), Status::ok, seconds(5));
  test::add_round(test::add_target(board, "gmail", "web"), Status::ok, seconds(5));
  const Printed got = status_of(board);
  EXPECT_EQ(got.code, 0);
  EXPECT_THAT(got.out, HasSubstr("STATE  TARGET             SINCE"));
  EXPECT_THAT(got.out, HasSubstr("\nok     apple/a-long-name  "));
  EXPECT_THAT(got.out, HasSubstr("\nok     gmail/web          "));
  EXPECT_THAT(got.out, HasSubstr("2 of 2 targets ok"));
  EXPECT_EQ(got.err, "");
}

TEST(StatusClient, TroubleIsTwoAndComesFirstWithSinceAndWhy) {
  Board board;
  TargetBoard& site = test::add_target(board, "apple", "site");
  TargetBoard& web = test::add_target(board, "gmail", "web");
  test::add_round(site, Status::ok, seconds(5));
  test::add_round(web, Status::blocked, seconds(5));
  // The client counts from the present, whatever the time at which the board stands still.
  site.since = web.since = std::chrono::system_clock::now() - hours(3) - minutes(12) - seconds(30);
  test::add_target(board, "zoo", "fresh");
  const Printed got = status_of(board);
  EXPECT_EQ(got.code, 2);
  EXPECT_LT(got.out.find("gmail/web"), got.out.find("apple/site"));
  EXPECT_THAT(got.out, HasSubstr("3 h 12 min  tls: connection_reset at 192.0.2.1:443\n"));
  EXPECT_THAT(got.out, HasSubstr("no round finished yet"));
  EXPECT_THAT(got.out, HasSubstr("1 of 3 targets ok"));
  EXPECT_THAT(got.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(status_of(board, true).out, HasSubstr("\x1b[31mblocked"));
}

TEST(StatusClient, MoreTargetsThanOnePageAreAllShown) {
  Board board;
  for (int i = 0; i < 2500; ++i) test::add_target(board, "many", std::to_string(i));
  EXPECT_THAT(status_of(board).out, HasSubstr("0 of 2500 targets ok"));
}

TEST(StatusClient, NoDaemonIsOneAndSaysWhatWasTriedAndWhatToDo) {
  std::string url;
  {
    const test::Served gone([](const web::Request&) { return web::Response{}; });
    url = "http://127.0.0.1:" + std::to_string(gone.port());
  }
  const Printed got = status_of(url);
  EXPECT_EQ(got.code, 1);
  EXPECT_EQ(got.out, "");
  EXPECT_THAT(got.err, HasSubstr(url + "/api/v1/targets"));
  EXPECT_THAT(got.err, HasSubstr("reachd run"));
  EXPECT_EQ(status_of("file:///etc").code, 1);
}

TEST(StatusClient, AnythingElseThatAnswersIsNoDaemon) {
  for (const char* body : {"", "<html>", "[]", "{}", "{\"targets\":3}", "{\"targets\":["}) {
    const Printed got = status_of(
        [body](const web::Request&) { return web::answer(web::HttpStatus::ok, web::kJson, body); });
    EXPECT_EQ(got.code, 1) << body;
  }
  const Printed missing = status_of(
      [](const web::Request&) { return web::answer(web::HttpStatus::not_found, web::kText, ""); });
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err, HasSubstr("404"));
}

TEST(StatusClient, AHostileAnswerReachesTheTerminalEscaped) {
  const Printed got = status_of([](const web::Request&) {
    return web::answer(web::HttpStatus::ok, web::kJson,
                       R"({"targets":[3,{},{"status":"\u001b[2J","service":"\u202e","target":[],)"
                       R"("last_round":"x","reason":"\u0007\u001b]0;x"}]})");
  });
  EXPECT_EQ(got.code, 2);
  EXPECT_THAT(got.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(got.out, Not(HasSubstr("\x07")));
  EXPECT_THAT(got.out, Not(HasSubstr("\xe2\x80\xae")));
}

// A daemon behind a certificate and a password, and the files of one who knows it.
class GuardedStatus : public testing::Test {
 protected:
  GuardedStatus() {
    test::add_round(test::add_target(board, "gmail", "web"), Status::ok, seconds(5));
    WebAccess access;
    access.tls = test::tls_of(pki.issue());
    access.tls->client_auth = ClientAuth::verify_if_given;
    access.tls->client_ca.path = pki.ca_file();
    access.users = {{"me", test::hash_of("secret")}};
    served = std::make_unique<test::Served>(
        [this](const web::Request& request) {
          return web::respond(request,
                              {board, [] { return web::LateText{}; }, [] { return true; }});
        },
        web::Limits{}, test::entrance_of(access));
    options.url = "https://127.0.0.1:" + std::to_string(served->port());
    options.ca_file = pki.ca_file();
    options.user = "me";
    options.password_file = write("secret\n");
  }
  std::string write(const std::string& text) const {
    std::ofstream(folder / "password") << text;
    return folder / "password";
  }
  Printed print() const {
    std::ostringstream out;
    std::ostringstream err;
    const int code = print_status(options, out, err);
    return {code, out.str(), err.str()};
  }

  const test::Folder folder;
  test::Pki pki;
  Board board;
  StatusOptions options;
  std::unique_ptr<test::Served> served;
};

TEST_F(GuardedStatus, IsAskedWithThePassword) {
  EXPECT_EQ(print().code, 0) << print().err;
  EXPECT_THAT(print().out, HasSubstr("gmail/web"));
  write("secret");  // without an end of line
  EXPECT_EQ(print().code, 0);
}

TEST_F(GuardedStatus, AWrongOrMissingPasswordIsSaid) {
  write("wrong\n");
  EXPECT_EQ(print().code, 1);
  EXPECT_THAT(print().err, HasSubstr("it asks for a user and a password, see --user"));
  options.user.clear();
  EXPECT_THAT(print().err, HasSubstr("--password-file needs a --user"));
  options.password_file = folder / "gone";
  options.user = "me";
  EXPECT_THAT(print().err, HasSubstr("gone cannot be read: No such file"));
}

TEST_F(GuardedStatus, AStrangeAuthorityIsNotTrusted) {
  options.ca_file.clear();
  EXPECT_EQ(print().code, 1);
  EXPECT_THAT(print().err, HasSubstr("certificate"));
}

TEST_F(GuardedStatus, AClientCertificateIsShown) {
  const test::Leaf own = pki.issue();
  options.certificate_file = own.certificate_file;
  options.key_file = own.key_file;
  EXPECT_EQ(print().code, 0) << print().err;
  test::LeafOptions stranger;
  stranger.signer = test::LeafOptions::Signer::stranger;
  const test::Leaf foreign = pki.issue(stranger);
  options.certificate_file = foreign.certificate_file;
  options.key_file = foreign.key_file;
  EXPECT_EQ(print().code, 1) << "it was not even shown";
}

TEST_F(GuardedStatus, APasswordGoesToNobodyElseInClear) {
  for (const char* url :
       {"http://192.0.2.1:10980", "http://reachd.example.net", "192.0.2.1:10980"}) {
    options.url = url;
    EXPECT_EQ(print().code, 1);
    EXPECT_THAT(print().err, HasSubstr("may be read along on the way")) << url;
  }
}

}  // namespace
}  // namespace reachd
