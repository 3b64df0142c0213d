#include "config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace reachd {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

constexpr const char* kSmallest =
    "services: [{name: a, targets: [{name: web, url: https://www.example.org/}]}]\n";

Config good(const std::string& text, const std::string& file = "/etc/reachd/reachd.yaml") {
  const auto loaded = parse_config(text, file);
  if (const auto* faults = std::get_if<std::vector<Fault>>(&loaded)) {
    for (const auto& fault : *faults) ADD_FAILURE() << to_string(fault);
    return {};
  }
  return std::get<Config>(loaded);
}

std::vector<Fault> bad(const std::string& text) {
  const auto loaded = parse_config(text, "f.yaml");
  if (std::holds_alternative<Config>(loaded)) return {};
  return std::get<std::vector<Fault>>(loaded);
}

Target target(const std::string& lines) {
  const Config config = good("services: [{name: a, targets: [{name: b, " + lines + "}]}]");
  if (config.services.empty()) return {};
  return config.services.at(0).targets.at(0);
}

TEST(Config, WhatTheFileDoesNotSayHasItsDefault) {
  Config expected;
  expected.file = "/etc/reachd/reachd.yaml";
  expected.resolvers.emplace_back();
  expected.resolvers[0].name = "system";
  Target web;
  web.service = "a";
  web.name = "web";
  web.url = "https://www.example.org/";
  web.host = "www.example.org";
  expected.services = {{"a", {web}}};
  EXPECT_EQ(good(kSmallest), expected);
}

TEST(Config, TheSameTextGivesTheSameValueAndAnyChangeAnother) {
  EXPECT_EQ(good(kSmallest), good(kSmallest));
  for (const char* line :
       {"body_limit: 65KiB", "insecure: true", "listen: 127.0.0.1:1", "schedule: {jitter: 1%}",
        "controls: {foreign: [https://a.example/]}", "resolvers: [{name: x, udp: 192.0.2.1}]",
        "vantage: {asn: 1}", "state: {directory: /x}", "tls: {ca_file: /x}",
        "detector: {false_alarms: 1/30d}"}) {
    EXPECT_NE(good(std::string(kSmallest) + line), good(kSmallest)) << line;
  }
}

TEST(Config, EveryTopLevelKeyIsRead) {
  const Config config = good(std::string(kSmallest) + R"(
vantage: {name: shanghai-1, country: cn, asn: 4134}
listen: "[::]:9000"
insecure: true
schedule: {interval: 2m, jitter: 10%, concurrency: 8, rate: 1/s, address_rate: 10/min, timeout: 5s,
           confirm_after: 20s, deep_every: 1h, threads: 4}
tls: {ca_file: ca.pem}
state: {directory: ../state, retention: 90d, max_bytes: 512MiB}
detector: {false_alarms: 2/7d}
body_limit: 1MiB
)");
  EXPECT_EQ(config.vantage, (VantageName{"shanghai-1", "CN", 4134}));
  EXPECT_EQ(config.listen, (Listen{"::", 9000}));
  EXPECT_TRUE(config.insecure);
  ScheduleSettings schedule;
  schedule.interval = milliseconds(120'000);
  schedule.jitter = 0.1;
  schedule.concurrency = 8;
  schedule.rate = {1, milliseconds(1000)};
  schedule.address_rate = {10, milliseconds(60'000)};
  schedule.timeout = milliseconds(5000);
  schedule.confirm_after = milliseconds(20'000);
  schedule.deep_every = milliseconds(3'600'000);
  schedule.threads = 4;
  EXPECT_EQ(config.schedule, schedule);
  EXPECT_EQ(config.ca_file, "/etc/reachd/ca.pem");
  EXPECT_EQ(config.state, (StateSettings{"/etc/state", std::chrono::hours(24 * 90), 512U << 20U}));
  EXPECT_EQ(config.false_alarms, (Rate{2, std::chrono::hours(24 * 7)}));
  EXPECT_EQ(config.body_limit, 1024U * 1024U);
}

TEST(Config, RelativePathsStartAtTheFolderOfTheFile) {
  const std::string text = std::string(kSmallest) + "state: {directory: var/state}\n";
  EXPECT_EQ(good(text, "/srv/conf/r.yaml").state.directory, "/srv/conf/var/state");
  EXPECT_EQ(good(text, "conf/r.yaml").state.directory, "conf/var/state");
  EXPECT_EQ(good(text, "r.yaml").state.directory, "var/state");
  EXPECT_EQ(good(std::string(kSmallest) + "state: {directory: /abs}\n").state.directory, "/abs");
}

TEST(Config, ResolversOfEveryKindAreRead) {
  const Config config = good(std::string(kSmallest) + R"(
resolvers:
  - {name: system}
  - {name: u, udp: 8.8.8.8}
  - {name: t, tcp: "[2001:DB8:0::1]:5353"}
  - {name: v6, udp: "2001:db8::2"}
  - {name: d, dot: 9.9.9.9, server_name: DNS.quad9.net}
  - {name: h, doh: https://dns.google/dns-query, address: 8.8.4.4}
  - {name: i, doh: "https://[2001:db8::3]:8443/dns-query"}
)");
  using Kind = ResolverSettings::Kind;
  EXPECT_THAT(config.resolvers,
              ElementsAre(ResolverSettings{"system", Kind::system, "", 53, "", ""},
                          ResolverSettings{"u", Kind::udp, "8.8.8.8", 53, "", ""},
                          ResolverSettings{"t", Kind::tcp, "2001:db8::1", 5353, "", ""},
                          ResolverSettings{"v6", Kind::udp, "2001:db8::2", 53, "", ""},
                          ResolverSettings{"d", Kind::dot, "9.9.9.9", 853, "", "dns.quad9.net"},
                          ResolverSettings{"h", Kind::doh, "8.8.4.4", 443,
                                           "https://dns.google/dns-query", ""},
                          ResolverSettings{"i", Kind::doh, "2001:db8::3", 8443,
                                           "https://[2001:db8::3]:8443/dns-query", ""}));
}

TEST(Config, FingerprintFilesStandBesideTheConfiguration) {
  const Config config = good(R"(
fingerprints: {dns: known/dns.csv, http: /usr/share/http.csv}
services: [{name: a, targets: [{name: web, url: https://www.example.org/}]}]
)");
  EXPECT_THAT(config.fingerprints.dns, testing::EndsWith("known/dns.csv"));
  EXPECT_EQ(config.fingerprints.http, "/usr/share/http.csv");
}

TEST(Config, EveryKeyOfATargetIsRead) {
  const Config config = good(R"(
resolvers: [{name: system}, {name: google, udp: 8.8.8.8}]
services:
  - name: a
    interval: 5m
    targets:
      - name: full
        url: https://www.example.org/x?y=1
        interval: 30s
        timeout: 3s
        method: HEAD
        headers: {Accept-Language: "zh-CN,zh;q=0.9", X-Empty-Not: " "}
        expect: {status: [200, 204, 2xx, 301], header: {Server: ^gws}}
        pins: ["sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
        object: /large?size=1
        resolvers: [google]
        families: 6
        addresses: 16
        enabled: false
      - {name: plain, url: https://www.example.org/, expect: {status: 204, body_regex: "a|b"}}
)");
  ASSERT_THAT(config.services, SizeIs(1));
  ASSERT_THAT(config.services[0].targets, SizeIs(2));
  const Target& full = config.services[0].targets[0];
  EXPECT_EQ(full.interval, milliseconds(30'000));
  EXPECT_EQ(full.timeout, milliseconds(3000));
  EXPECT_EQ(full.method, "HEAD");
  EXPECT_EQ(full.path, "/x?y=1");
  EXPECT_THAT(full.headers,
              ElementsAre(Pair("Accept-Language", "zh-CN,zh;q=0.9"), Pair("X-Empty-Not", " ")));
  EXPECT_THAT(full.expect.status, SizeIs(101));
  EXPECT_EQ(full.expect.status.front(), 200);
  EXPECT_EQ(full.expect.status.back(), 301);
  EXPECT_THAT(full.expect.headers, ElementsAre(Pair("Server", "^gws")));
  EXPECT_THAT(full.pins, ElementsAre("e3b0c44298fc1c149afbf4c8996fb924"
                                     "27ae41e4649b934ca495991b7852b855"))
      << "of nothing, as any sha256sum says";
  EXPECT_EQ(full.object, "/large?size=1");
  EXPECT_THAT(full.resolvers, ElementsAre("google"));
  EXPECT_THAT(full.families, ElementsAre(Family::ipv6));
  EXPECT_EQ(full.addresses, 16);
  EXPECT_FALSE(full.enabled);
  const Target& plain = config.services[0].targets[1];
  EXPECT_EQ(plain.interval, milliseconds(300'000)) << "the service's";
  EXPECT_THAT(plain.expect.status, ElementsAre(204));
  EXPECT_EQ(plain.expect.body_regex, "a|b");
  EXPECT_THAT(targets_of(config), ElementsAre(plain)) << "only what is enabled";
}

TEST(Config, StarttlsIsOptionalForPlainMailAndNothingElsewhere) {
  EXPECT_EQ(target("url: smtp://m.example").starttls, Starttls::optional);
  EXPECT_EQ(target("url: imap://m.example").starttls, Starttls::optional);
  EXPECT_EQ(target("url: imap://m.example, starttls: none").starttls, Starttls::none);
  EXPECT_EQ(target("url: \"smtp://m.example:587\", starttls: required").starttls,
            Starttls::required);
  EXPECT_EQ(target("url: imaps://m.example").starttls, Starttls::none);
  EXPECT_EQ(target("url: https://m.example").starttls, Starttls::none);
}

TEST(Config, ControlsAreTargetsNamedAfterTheirHosts) {
  const Config config = good(std::string(kSmallest) + R"(
schedule: {interval: 90s, timeout: 7s}
controls: {domestic: [https://WWW.baidu.com/robots.txt], foreign: ["http://192.0.2.1:8080/"]}
)");
  ASSERT_THAT(config.controls.domestic, SizeIs(1));
  EXPECT_EQ(id_of(config.controls.domestic[0]), "control.domestic/www.baidu.com");
  EXPECT_EQ(config.controls.domestic[0].interval, milliseconds(90'000));
  EXPECT_EQ(config.controls.domestic[0].timeout, milliseconds(7000));
  ASSERT_THAT(config.controls.foreign, SizeIs(1));
  EXPECT_EQ(id_of(config.controls.foreign[0]), "control.foreign/192.0.2.1");
  EXPECT_EQ(config.controls.foreign[0].port, 8080);
  EXPECT_THAT(targets_of(config), SizeIs(1)) << "without the controls";
}

TEST(Config, SecondOpinionsAreRead) {
  const Config config = good(std::string(kSmallest) + R"(
schedule: {residual: 5s}
controls:
  helper: {url: "https://Helper.example.net:8443/x", address: 192.0.2.7, token_file: helper-token}
  proxy: socks5h://127.0.0.1:9050
  non_resolver: 198.51.100.7
  swap_sni: Example.COM
)");
  EXPECT_EQ(config.schedule.residual, milliseconds(5000));
  ASSERT_THAT(config.controls.helpers, SizeIs(1));
  EXPECT_EQ(config.controls.helpers[0].host, "helper.example.net");
  EXPECT_EQ(config.controls.helpers[0].port, 8443);
  EXPECT_EQ(config.controls.helpers[0].address, "192.0.2.7");
  EXPECT_THAT(config.controls.helpers[0].token_file, testing::EndsWith("helper-token"));
  EXPECT_EQ(config.controls.proxy, (ProxySettings{ProxySettings::Kind::socks5, "127.0.0.1", 9050}));
  EXPECT_EQ(config.controls.non_resolver, "198.51.100.7");
  EXPECT_EQ(config.controls.innocent, "example.com");

  const Config two = good(std::string(kSmallest) + R"(
controls: {helper: [{url: https://a.example/}, {url: https://b.example/}], proxy: "http://[::1]:3128/"}
)");
  EXPECT_THAT(two.controls.helpers, SizeIs(2));
  EXPECT_EQ(two.controls.proxy, (ProxySettings{ProxySettings::Kind::http, "::1", 3128}));
}

TEST(Config, WhoIsToldOfChangesIsRead) {
  const Config config = good(std::string(kSmallest) +
                             "alertmanager: {urls: ['http://127.0.0.1:9093/', "
                             "https://am.example.net/prefix], token_file: token, resend: 30s,\n"
                             "  external_url: https://reachd.example.net/}\n");
  EXPECT_THAT(config.alertmanager.urls,
              ElementsAre("http://127.0.0.1:9093", "https://am.example.net/prefix"));
  EXPECT_EQ(config.alertmanager.token_file, "/etc/reachd/token");
  EXPECT_EQ(config.alertmanager.resend, milliseconds(30'000));
  EXPECT_EQ(config.alertmanager.external_url, "https://reachd.example.net");
}

TEST(Config, ReceiversOfTheSeriesAreRead) {
  const Config one =
      good(std::string(kSmallest) + "remote_write: {url: 'http://127.0.0.1:9090/api/v1/write'}\n");
  EXPECT_THAT(one.remote_write,
              ElementsAre(RemoteWriteSettings{.url = "http://127.0.0.1:9090/api/v1/write"}));
  const Config two = good(std::string(kSmallest) + R"(remote_write:
  - {name: here, url: "https://a.example/write?extra_label=a=b", token_file: token, interval: 10s}
  - {name: there, url: https://b.example/write, max_bytes: 1GiB}
)");
  EXPECT_THAT(two.remote_write,
              ElementsAre(RemoteWriteSettings{.name = "here",
                                              .url = "https://a.example/write?extra_label=a=b",
                                              .token_file = "/etc/reachd/token",
                                              .interval = milliseconds(10'000)},
                          RemoteWriteSettings{.name = "there",
                                              .url = "https://b.example/write",
                                              .max_bytes = std::uint64_t{1} << 30U}));
}

TEST(Config, AHelperMayStandAlone) {
  const Config config = good(R"(helper:
  listen: "[::]:443"
  token_file: token
  certificate_file: /etc/chain.pem
  key_file: key.pem
  concurrency: 8
  rate: 5/s
  client_rate: 30/min
  allow: [10.0.0.0/8, 2001:db8::1]
)");
  ASSERT_TRUE(config.helper);
  EXPECT_EQ(config.helper->listen, (Listen{"::", 443}));
  EXPECT_EQ(config.helper->certificate_file, "/etc/chain.pem");
  EXPECT_EQ(config.helper->concurrency, 8);
  EXPECT_EQ(config.helper->rate, (Rate{5, milliseconds(1000)}));
  EXPECT_EQ(config.helper->client_rate, (Rate{30, milliseconds(60'000)}));
  EXPECT_THAT(config.helper->allow, ElementsAre("10.0.0.0/8", "2001:db8::1"));
  EXPECT_TRUE(config.services.empty());
}

TEST(Config, AllFaultsOfAFileAreToldAtOnceInItsOrder) {
  const auto faults = bad(R"(listen: 0.0.0.0:10980
schedule: {interval: 60, jitter: 90%, concurency: 3}
resolvers:
  - {name: google}
controls: {foreign: [smtp://x.example]}
services:
  - name: Gmail
    targets:
      - {name: web, url: mail.google.com}
      - {name: web, url: https://mail.google.com/, resolvers: [gogle], addresses: 0}
body_limit: 1
)");
  std::vector<std::string> keys;
  for (const auto& fault : faults) keys.push_back(fault.key);
  EXPECT_THAT(keys,
              ElementsAre("listen", "schedule.interval", "schedule.jitter", "schedule.concurency",
                          "resolvers[0]", "controls.foreign[0]", "services[0].name",
                          "services[0].targets[0].url", "services[0].targets[1].name",
                          "services[0].targets[1].resolvers[0]", "services[0].targets[1].addresses",
                          "body_limit"));
}

TEST(Config, CrLfAndAByteOrderMarkDoNotMatter) {
  EXPECT_EQ(good("\xef\xbb\xbf" + std::string(kSmallest)), good(kSmallest));
  EXPECT_EQ(good("body_limit: 2KiB\r\n" + std::string(kSmallest) + "\r\n").body_limit, 2048U);
}

TEST(Config, ALargeFileOfFaultsCostsBoundedMemoryAndTime) {
  std::string keys;
  for (int i = 0; keys.size() < 500'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  const auto faults = bad(keys);
  EXPECT_THAT(faults, SizeIs(1001));
  EXPECT_THAT(bad(std::string(4 * 1024 * 1024 + 1, '#')).at(0).why, HasSubstr("4 MiB"));
  std::string items = "a: [";
  while (items.size() < 1'000'000) items += "x,";
  EXPECT_THAT(bad(items + "]").at(0).why, HasSubstr("more than 200000 values"));
}

TEST(Config, NestingIsRefusedHoweverItIsWritten) {
  std::string block;
  for (int i = 0; i < 500; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  for (const auto& text :
       {block, std::string(100'000, '['), std::string("a: ") + std::string(60'000, '{'), [] {
          std::string dashes;
          for (int i = 0; i < 10'000; ++i) dashes += "- ";
          return dashes;
        }()}) {
    EXPECT_THAT(bad(text), SizeIs(1));
  }
}

TEST(Config, AFileThatCannotBeReadIsOneFaultWithTheReason) {
  const auto why = [](const std::string& file) {
    const auto faults = std::get<std::vector<Fault>>(load_config(file));
    return faults.size() == 1 ? to_string(faults[0]) : "";
  };
  EXPECT_EQ(why("/nonexistent/r.yaml"),
            "/nonexistent/r.yaml:0:0: file: cannot be read: No such file or directory");
  EXPECT_EQ(why("/"), "/:0:0: file: cannot be read: it is a folder");
  EXPECT_EQ(why("/dev/null"), "/dev/null:0:0: file: is empty: the shipped reachd.yaml is a start");
  EXPECT_EQ(why("/dev/zero"), "/dev/zero:0:0: file: is larger than 4 MiB");
}

}  // namespace
}  // namespace reachd
