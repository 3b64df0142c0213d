#include "tests/support/measurements.hpp"

#include <array>
#include <random>
#include <string>
#include <utility>

namespace reachd::test {
namespace {

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  Measurement measurement() {
    Measurement made;
    made.vantage.name = text();
    made.vantage.country = pick<std::string>({"", "CN", "DE"});
    made.vantage.asn = number<std::uint32_t>();
    made.service = text();
    made.target = text();
    made.scheme = static_cast<Scheme>(below(9));
    made.url = std::string(to_string(made.scheme)) + "://www.example.com/" + text();
    made.round = static_cast<Round>(below(3));
    made.began = std::chrono::system_clock::time_point(Micros(1 + below(4'000'000'000'000'000)));
    made.runtime = micros();
    const std::size_t lookups = below(5);
    for (std::size_t i = 0; i < lookups; ++i) made.observations.push_back(lookup());
    const std::size_t connections = below(5);
    for (std::size_t i = 0; i < connections; ++i) connection(made.observations);
    return made;
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool maybe() { return below(2) == 0; }
  template <typename T>
  T number() {
    return static_cast<T>(random_());
  }
  template <typename T>
  T pick(std::initializer_list<T> of) {
    return *(of.begin() + below(of.size()));
  }
  Micros micros() { return Micros(pick<std::uint64_t>({0, below(1000), below(60'000'000)})); }

  std::string bytes(std::size_t most) {
    std::string made(below(most + 1), '\0');
    for (char& c : made) c = number<char>();
    return made;
  }
  std::string text() {
    return pick<std::string>({"", "plain", "Grüße, 你好", std::string("nul\0inside", 10),
                              "\x1b[31mred", "\xff\xfe not text", "quote\" slash\\ \n", bytes(40)});
  }
  std::optional<Failure> failure() {
    if (maybe()) return std::nullopt;
    Failure made;
    made.word = static_cast<Word>(below(static_cast<std::uint64_t>(Word::reachd_internal) + 1));
    if (maybe()) made.text = "why: so, " + text();
    return made;
  }
  Endpoint endpoint() {
    return {pick<std::string>({"192.0.2.1", "198.51.100.200", "2001:db8::1", "fe80::1%eth0"}),
            number<std::uint16_t>()};
  }
  Observation step(Stage stage, int transaction, int depth) {
    Observation made;
    made.stage = stage;
    made.transaction = transaction;
    made.depth = depth;
    made.peer = endpoint();
    made.began = micros();
    made.took = micros();
    made.failure = failure();
    return made;
  }

  DnsReply reply() {
    DnsReply made;
    made.at = micros();
    made.failure = failure();
    made.rcode = static_cast<int>(below(26)) - 1;
    const std::size_t records = below(4);
    for (std::size_t i = 0; i < records; ++i) {
      made.answers.push_back({pick<std::string>({"www.example.com", "cdn.example.net", text()}),
                              pick<std::string>({"A", "AAAA", "CNAME", "HTTPS", "SOA", "TYPE99"}),
                              number<std::uint32_t>(), pick<std::string>({"192.0.2.7", text()})});
    }
    const std::string raw = bytes(60);
    made.raw.assign(raw.begin(), raw.end());
    return made;
  }
  Observation lookup() {
    Observation made = step(Stage::dns, ++transactions_ + 20000, static_cast<int>(below(3)));
    DnsSeen seen;
    seen.resolver = pick<std::string>({"system", "google", text()});
    seen.engine = pick<std::string>({"udp", "tcp", "dot", "doh"});
    if (seen.engine == "doh") seen.url = "https://dns.example.net/dns-query";
    seen.hostname = "www.example.com";
    seen.query_type = pick<std::string>({"A", "AAAA", "HTTPS"});
    const std::size_t replies = below(4);
    for (std::size_t i = 0; i < replies; ++i) seen.replies.push_back(reply());
    seen.answer = static_cast<int>(below(replies + 1)) - 1;
    made.seen = std::move(seen);
    return made;
  }

  TcpSeen tcp() {
    TcpSeen seen;
    seen.local_port = number<std::uint16_t>();
    if (maybe()) {
      seen.info =
          TcpInfo{number<std::uint8_t>(),  random_() >> 2, random_() >> 2, number<std::uint32_t>(),
                  number<std::uint32_t>(), micros(),       micros()};
    }
    return seen;
  }
  TlsSeen tls() {
    TlsSeen seen;
    seen.server_name = "www.example.com";
    seen.version = pick<std::string>({"", "TLSv1.2", "TLSv1.3"});
    seen.cipher = pick<std::string>({"", "TLS_AES_128_GCM_SHA256"});
    seen.alpn = pick<std::string>({"", "h2", "http/1.1"});
    std::vector<Certificate> chain(below(4));
    for (Certificate& certificate : chain) {
      certificate = {bytes(80), text(), text(), number<std::int32_t>(), number<std::int64_t>()};
    }
    seen.chain = std::move(chain);
    seen.alert = static_cast<int>(below(257)) - 1;
    seen.alert_received = maybe();
    seen.verify_error = text();
    seen.client_hello_sent = maybe();
    seen.server_hello_seen = maybe();
    return seen;
  }
  std::vector<std::pair<std::string, std::string>> headers() {
    std::vector<std::pair<std::string, std::string>> made(below(5));
    for (auto& [name, value] : made) {
      name = pick<std::string>({"Date", "Set-Cookie", "set-cookie", text()});
      value = text();
    }
    return made;
  }
  HttpSeen http() {
    HttpSeen seen;
    seen.url = "https://www.example.com/" + text();
    seen.method = pick<std::string>({"GET", "HEAD"});
    seen.request_headers = headers();
    seen.status = pick({0, 200, 302, 451, 999});
    seen.version = pick<std::string>({"", "HTTP/1.1", "HTTP/2"});
    seen.headers = headers();
    seen.body = pick<std::string>({"", "<title>Hello</title>", bytes(4096)});
    seen.body_truncated = maybe();
    seen.title = text();
    seen.body_sha256 = pick<std::string>({"", std::string(64, 'a')});
    seen.first_byte = micros();
    seen.transfer = micros();
    seen.bytes_per_second = static_cast<double>(below(1'000'000'000));
    seen.location = pick<std::string>({"", "https://www.example.org/" + text()});
    return seen;
  }
  MailSeen mail() {
    MailSeen seen;
    seen.protocol = pick<std::string>({"imap", "smtp"});
    seen.greeting = text();
    seen.capabilities.resize(below(4));
    for (std::string& capability : seen.capabilities) capability = text();
    seen.starttls_offered = maybe();
    seen.starttls_accepted = maybe();
    seen.first_byte = micros();
    seen.last_reply = text();
    return seen;
  }
  void connection(std::vector<Observation>& steps) {
    const int transaction = ++transactions_ + 50000;
    const int depth = static_cast<int>(below(11));
    steps.push_back(step(Stage::tcp, transaction, depth));
    steps.back().seen = tcp();
    if (maybe()) {
      steps.push_back(step(Stage::tls, transaction, depth));
      steps.back().seen = tls();
    }
    if (maybe()) {
      steps.push_back(step(Stage::http, transaction, depth));
      steps.back().seen = http();
    }
    if (maybe()) {
      steps.push_back(step(Stage::mail, transaction, depth));
      steps.back().seen = mail();
    }
  }

  std::mt19937_64 random_;
  int transactions_ = 0;
};

Observation timed(Stage stage, int transaction, int began, int took) {
  Observation step;
  step.stage = stage;
  step.transaction = transaction;
  step.peer = stage == Stage::dns ? Endpoint{"192.0.2.53", 53} : Endpoint{"192.0.2.10", 443};
  step.began = std::chrono::milliseconds(began);
  step.took = std::chrono::milliseconds(took);
  return step;
}

}  // namespace

Measurement made_up_measurement(std::uint64_t seed) {
  return Maker(seed).measurement();
}

Measurement blank_measurement() {
  using namespace std::chrono;
  Measurement made;
  made.vantage = {"shanghai-1", "CN", 4134};
  made.service = "example";
  made.target = "web";
  made.url = "https://www.example.com/";
  made.scheme = Scheme::https;
  made.began = sys_days(2026y / January / 31) + 23h + 59min + 58s + 500ms;
  made.runtime = 310ms;
  return made;
}

Observation lookup_step(int began, int took, std::string query_type,
                        std::vector<std::string> addresses) {
  Observation step = timed(Stage::dns, 20001, began, took);
  DnsSeen seen;
  seen.resolver = "system";
  seen.engine = "udp";
  seen.hostname = "www.example.com";
  seen.query_type = query_type;
  DnsReply reply;
  reply.at = step.began + step.took;
  reply.rcode = 0;
  reply.raw = {0x12, 0x34};
  for (std::string& address : addresses) {
    reply.answers.push_back({seen.hostname, query_type, 300, std::move(address)});
  }
  if (reply.answers.empty()) reply.failure = step.failure = Failure{Word::dns_no_answer, {}};
  seen.replies.push_back(std::move(reply));
  seen.answer = 0;
  step.seen = std::move(seen);
  return step;
}

Observation connect_step(int began, int took) {
  Observation step = timed(Stage::tcp, 50001, began, took);
  TcpSeen seen;
  seen.info = TcpInfo{1, 1700, 5200, 0, 0, Micros(8200), Micros(7900)};
  seen.local_port = 40000;
  step.seen = seen;
  return step;
}

Observation handshake_step(int began, int took) {
  Observation step = timed(Stage::tls, 50001, began, took);
  TlsSeen seen;
  seen.server_name = "www.example.com";
  seen.version = "TLSv1.3";
  seen.cipher = "TLS_AES_128_GCM_SHA256";
  seen.alpn = "h2";
  // Good for 63 days from the start of blank_measurement().
  seen.chain = {{"not really a certificate", "CN=www.example.com",
                 "C=XX,O=Example Trust,CN=Example CA 1", 1'760'000'000,
                 1'769'903'998 + 63 * 86400 + 3600}};
  seen.client_hello_sent = true;
  seen.server_hello_seen = true;
  step.seen = std::move(seen);
  return step;
}

Observation fetch_step(int began, int took, int status, std::string body) {
  Observation step = timed(Stage::http, 50001, began, took);
  HttpSeen seen;
  seen.url = "https://www.example.com/";
  seen.method = "GET";
  seen.request_headers = {{"User-Agent", "reachd"}};
  seen.status = status;
  seen.version = "HTTP/2";
  seen.headers = {{"Content-Type", "text/html"}};
  seen.body = std::move(body);
  seen.title = "Example";
  seen.first_byte = std::chrono::milliseconds(20);
  seen.transfer = step.took - seen.first_byte;
  step.seen = std::move(seen);
  return step;
}

Measurement good_measurement() {
  Measurement made = blank_measurement();
  made.observations = {lookup_step(0, 12, "A", {"192.0.2.10", "192.0.2.11"}), connect_step(12, 8),
                       handshake_step(20, 17),
                       fetch_step(37, 45, 200, "<html><title>Example</title></html>")};
  return made;
}

Measurement reset_measurement() {
  Measurement made = good_measurement();
  made.observations.pop_back();
  Observation& tls = made.observations.back();
  tls.failure = Failure{Word::connection_reset, {}};
  TlsSeen seen;
  seen.server_name = "www.example.com";
  seen.client_hello_sent = true;
  tls.seen = std::move(seen);
  return made;
}

}  // namespace reachd::test
