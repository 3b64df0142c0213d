#include "probes/control/helper_question.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reachd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Target target(Scheme scheme, const std::string& url, std::uint16_t port) {
  Target made;
  made.scheme = scheme;
  made.url = url;
  made.host = "mail.example.org";
  made.port = port;
  return made;
}

TEST(HelperQuestion, ComesThroughItsJson) {
  HelperQuestion question;
  question.url = "https://www.example.org:8443/a?b=c";
  question.host = "www.example.org";
  question.port = 8443;
  question.headers = {{"Accept", "*/*"}, {"User-Agent", "Mozilla/5.0"}};
  question.endpoints = {{"192.0.2.1", 8443}, {"2001:db8::1", 8443}};
  question.handshake_everywhere = true;
  question.fetch = false;
  const auto read = parse_question(to_json(question));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, question);
}

TEST(HelperQuestion, AWebSiteIsAskedForAsItIs) {
  Target web = target(Scheme::http, "http://mail.example.org/x", 80);
  web.headers = {{"user-agent", "me"}, {"X-Other", "no"}};
  const auto question = question_of(web, {"192.0.2.1"});
  EXPECT_EQ(question.url, "http://mail.example.org/x");
  EXPECT_THAT(question.endpoints, ElementsAre(Endpoint{"192.0.2.1", 80}));
  EXPECT_THAT(question.headers,
              ElementsAre(std::pair<std::string, std::string>("User-Agent", "me")));
  EXPECT_TRUE(question.fetch);
  EXPECT_FALSE(question.handshake_everywhere);
}

TEST(HelperQuestion, MailIsConnectedToAndNothingIsFetched) {
  const auto imap =
      question_of(target(Scheme::imaps, "imaps://mail.example.org", 993), {"2001:db8::1"});
  EXPECT_EQ(imap.url, "https://mail.example.org:993/");
  EXPECT_EQ(imap.host, "mail.example.org");
  EXPECT_TRUE(imap.handshake_everywhere);
  EXPECT_FALSE(imap.fetch);
  const auto smtp = question_of(target(Scheme::smtp, "smtp://mail.example.org:587", 587), {});
  EXPECT_FALSE(smtp.handshake_everywhere) << "it begins in plain text";
}

TEST(HelperQuestion, NeverAsksForMoreThanAHelperTakes) {
  std::vector<std::string> many;
  for (int i = 0; i < 100; ++i) many.push_back("192.0.2." + std::to_string(i));
  const auto question = question_of(target(Scheme::https, "https://mail.example.org/", 443), many);
  EXPECT_EQ(question.endpoints.size(), HelperQuestion::kMostEndpoints);
  EXPECT_TRUE(parse_question(to_json(question)));
}

TEST(HelperQuestion, AScopeIsNoAddressOfTheInternet) {
  const auto read =
      parse_question(R"({"http_request":"http://a.example/","tcp_connect":["[fe80::1%lo]:80"]})");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("no address"));
}

}  // namespace
}  // namespace reachd
