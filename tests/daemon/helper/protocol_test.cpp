// The helper as OONI's probe would use it: its request in, its response out.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "probes/control/helper_report_json.hpp"
#include "tests/support/helped.hpp"
#include "tests/support/tcp_server.hpp"

namespace reachd {
namespace {

namespace json = boost::json;
using test::Helped;
using test::HelpedOptions;
using test::Send;
using test::TcpServer;

// As OONI's probe writes it (web_connectivity 0.5).
std::string question(const std::string& url, const std::string& endpoint) {
  return R"({"http_request":")" + url + R"(","http_request_headers":{"Accept":["text/html"],)" +
         R"("Accept-Language":["en-US"],"User-Agent":["probe/1"]},"tcp_connect":[")" + endpoint +
         R"("],"x_quic_enabled":true})";
}

const std::string kPage =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nServer: test\r\nContent-Length: 32\r\n\r\n"
    "<title>A page</title>0123456789a";

TEST(HelperProtocol, OonisRequestIsAnsweredInOonisFormat) {
  Helped helped;
  TcpServer server(helped.io(), {test::request(), Send{kPage}, test::Finish{}});
  const Helped::Running running(helped);
  const std::string place = "127.0.0.1:" + std::to_string(server.port());
  const std::string url = "http://www.example.org:" + std::to_string(server.port()) + "/";
  const auto answer = helped.ask(question(url, place));
  ASSERT_EQ(answer.status, 200) << answer.body;

  const json::object response = json::parse(answer.body).as_object();
  EXPECT_EQ(response.at("tcp_connect"),
            (json::object{{place, {{"status", true}, {"failure", nullptr}}}}));
  EXPECT_EQ(response.at("tls_handshake"), json::object{}) << "only on port 443";
  EXPECT_EQ(response.at("quic_handshake"), json::object{});
  EXPECT_EQ(response.at("dns"),
            (json::object{{"failure", nullptr}, {"addrs", json::array{"127.0.0.1"}}}));
  const json::object& fetched = response.at("http_request").as_object();
  EXPECT_EQ(fetched.at("status_code"), 200);
  EXPECT_EQ(fetched.at("failure"), nullptr);
  EXPECT_EQ(fetched.at("title"), "A page");
  EXPECT_EQ(fetched.at("body_length"), 32);
  EXPECT_EQ(fetched.at("headers").at("Server"), "test");
  EXPECT_EQ(response.at("ip_info").at("127.0.0.1").at("flags"), 1 + 2 + 4)
      << "asked for, resolved here too, not public";
}

TEST(HelperProtocol, OnlyTheThreeHeadersOfTheProtocolArePassedOn) {
  Helped helped;
  TcpServer server(helped.io(), {test::request(), Send{kPage}, test::Finish{}});
  const Helped::Running running(helped);
  const std::string port = std::to_string(server.port());
  const auto answer = helped.ask(
      R"({"http_request":"http://www.example.org:)" + port +
      R"(/","tcp_connect":[],"http_request_headers":{"User-Agent":["probe/1"],"Cookie":["a=b"]}})");
  ASSERT_EQ(answer.status, 200);
  EXPECT_THAT(server.received(), testing::HasSubstr("User-Agent: probe/1"));
  EXPECT_THAT(server.received(), testing::Not(testing::HasSubstr("Cookie")));
}

TEST(HelperProtocol, FailuresAreInTheHelpersWords) {
  HelpedOptions options;
  options.dns = test::answering({}, 3);
  Helped helped(std::move(options));
  test::DnsServer closed(helped.io(), nullptr);  // holds a port that refuses TCP
  const Helped::Running running(helped);
  const std::string place = "127.0.0.1:" + std::to_string(closed.port());
  const auto answer = helped.ask(question("http://gone.example.org/", place));
  ASSERT_EQ(answer.status, 200);
  const json::object response = json::parse(answer.body).as_object();
  EXPECT_EQ(response.at("dns").at("failure"), "dns_name_error");
  EXPECT_EQ(response.at("tcp_connect").at(place).at("failure"), "connection_refused_error");
  EXPECT_EQ(response.at("tcp_connect").at(place).at("status"), false);
  EXPECT_EQ(response.at("http_request").at("failure"), "dns_lookup_error");
  EXPECT_EQ(response.at("http_request").at("status_code"), -1);
  EXPECT_EQ(response.at("http_request").at("body_length"), -1);
}

TEST(HelperProtocol, TheExtensionShakesHandsOnAnyPortAndFetchesNothing) {
  Helped helped;
  TcpServer server(helped.io(), {test::Pause{std::chrono::milliseconds(1)}, test::Reset{}});
  const Helped::Running running(helped);
  const std::string place = "127.0.0.1:" + std::to_string(server.port());
  const auto answer = helped.ask(R"({"http_request":"https://imap.example.org:)" +
                                 std::to_string(server.port()) + R"(/","tcp_connect":[")" + place +
                                 R"("],"x_reachd":{"handshake_everywhere":true,"fetch":false}})");
  ASSERT_EQ(answer.status, 200);
  const auto report = parse_report(answer.body);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->handshakes.size(), 1U);
  EXPECT_EQ(report->handshakes[0].server_name, "imap.example.org");
  EXPECT_EQ(report->handshakes[0].failure, "connection_reset");
  EXPECT_FALSE(report->request);
}

TEST(HelperProtocol, AGetSaysThatAHelperIsThere) {
  Helped helped;
  const Helped::Running running(helped);
  const auto answer = helped.send(helped.head("GET / HTTP/1.1") + "\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"message\":\"Hello OONItarian!\"}\n");
  EXPECT_EQ(helped.metric("reachd_helper_requests_total{code=\"200\"}"), 1);
}

}  // namespace
}  // namespace reachd
