// One step, one fact: what was asked of whom, when, how long it took, what was seen or what failed.
// No opinions. Times count from the start of the measurement.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "probes/failure.hpp"
#include "probes/purpose.hpp"

namespace reachd {

using Clock = std::chrono::steady_clock;
using Micros = std::chrono::microseconds;

enum class Stage : std::uint8_t { dns, tcp, tls, http, mail };
std::string_view to_string(Stage stage);

struct Endpoint {
  std::string address;  // an IP literal without brackets
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};
std::string to_string(const Endpoint& endpoint);  // "192.0.2.1:443", "[2001:db8::1]:443"
bool is_ipv6(const Endpoint& endpoint);

// A record of an answer, as far as we use it. `data` is the address, the target of a CNAME, or the
// presentation of an HTTPS/SOA record.
struct DnsRecord {
  std::string name;
  std::string type;  // "A", "AAAA", "CNAME", "HTTPS", "SOA", "TYPE65"…
  std::uint32_t ttl = 0;
  std::string data;
  std::uint32_t asn = 0;  // network of the address, where the line that we read says so
  bool operator==(const DnsRecord&) const = default;
};

// One datagram or message that came back for a query. The first acceptable one is the step's
// answer; all are evidence.
struct DnsReply {
  Micros at{0};                    // since the start of the measurement
  std::optional<Failure> failure;  // of this reply: an rcode, a wrong id, a malformed message
  int rcode = -1;                  // -1: could not be read
  std::vector<DnsRecord> answers;
  std::vector<std::uint8_t> raw;
  bool operator==(const DnsReply&) const = default;
};

struct DnsSeen {
  std::string resolver;  // its name in the configuration
  std::string engine;    // "udp", "tcp", "dot", "doh"
  std::string url;       // doh: what was fetched
  std::string hostname;
  std::string query_type;         // "A", "AAAA", "HTTPS"
  int answer = -1;                // index into replies of the one that was believed, -1: none
  std::vector<DnsReply> replies;  // in order of arrival, late ones too
  bool operator==(const DnsSeen&) const = default;
};

// What the kernel knew of the connection when it was closed.
struct TcpInfo {
  std::uint8_t state = 0;  // TCP_ESTABLISHED = 1 …
  std::uint64_t bytes_acked = 0;
  std::uint64_t bytes_received = 0;
  std::uint32_t unacked = 0;
  std::uint32_t retransmits = 0;
  Micros rtt{0};
  Micros min_rtt{0};
  bool operator==(const TcpInfo&) const = default;
};

struct TcpSeen {
  std::optional<TcpInfo> info;
  std::uint16_t local_port = 0;
  bool operator==(const TcpSeen&) const = default;
};

// A certificate of the chain that the peer sent, whether or not it verified. Leaf first.
struct Certificate {
  std::string der;
  std::string subject;
  std::string issuer;
  std::int64_t not_before = 0;  // seconds since the epoch
  std::int64_t not_after = 0;
  std::string key_sha256;  // hex, of the public key (SubjectPublicKeyInfo)
  bool operator==(const Certificate&) const = default;
};

// What a peer sent, leaf first. Copies share the certificates, which nobody changes: a target shows
// the same ones round after round.
class Chain {
 public:
  Chain() = default;
  Chain(std::vector<Certificate> certificates);
  Chain(std::initializer_list<Certificate> certificates);

  bool empty() const { return certificates_ == nullptr; }
  std::size_t size() const { return empty() ? 0 : certificates_->size(); }
  const Certificate& operator[](std::size_t index) const { return (*certificates_)[index]; }
  const Certificate& front() const { return certificates_->front(); }
  const Certificate* begin() const { return empty() ? nullptr : certificates_->data(); }
  const Certificate* end() const { return begin() + size(); }
  bool operator==(const Chain& other) const;

 private:
  std::shared_ptr<const std::vector<Certificate>> certificates_;  // null: there are none
};

struct TlsSeen {
  std::string server_name;
  std::string version;  // "TLSv1.3", empty if it was not negotiated
  std::string cipher;   // IANA's name: "TLS_AES_128_GCM_SHA256"
  std::string alpn;     // negotiated, empty if none
  Chain chain;
  int alert = -1;               // number of the last alert seen
  bool alert_received = false;  // from the peer; otherwise we sent it
  std::string verify_error;     // OpenSSL's words for what was wrong with the chain
  bool client_hello_sent = false;
  bool server_hello_seen = false;
  bool operator==(const TlsSeen&) const = default;
};

struct HttpSeen {
  std::string url;
  std::string method;
  std::vector<std::pair<std::string, std::string>> request_headers;
  int status = 0;       // 0: no answer
  std::string version;  // "HTTP/1.1", "HTTP/2"
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;             // at most the body limit; raw bytes; in an archive line less
  std::size_t body_length = 0;  // bytes that were read
  bool body_truncated = false;  // the limit was reached; not a failure
  std::string title;            // of an HTML page, bytes as sent, at most 256
  std::string body_sha256;      // hex, of what was read
  Micros first_byte{0};         // from the request to the first byte of the answer; 0: none came
  Micros transfer{0};           // from there to the end
  Micros stalled{0};            // from the last byte to the end, where the end is a failure
  double bytes_per_second = 0;  // of the body, 0 if too short to tell
  std::string location;         // absolute, where the answer redirects to; empty if it does not
  bool operator==(const HttpSeen&) const = default;
};

struct MailSeen {
  std::string protocol;                   // "imap", "smtp"
  std::string greeting;                   // first line, bytes as sent, at most 512
  std::vector<std::string> capabilities;  // as announced before TLS, or over it where it is there
  bool starttls_offered = false;
  bool starttls_accepted = false;
  Micros first_byte{0};    // from the connection (or handshake) to the greeting
  std::string last_reply;  // the line that ended the conversation
  bool operator==(const MailSeen&) const = default;
};

struct Observation {
  Stage stage = Stage::dns;
  int transaction = 0;  // the same for the steps of one connection; OONI's transaction_id
  int depth = 0;        // how many redirects led here
  Endpoint peer;        // dns: the resolver
  Micros began{0};
  Micros took{0};
  std::optional<Failure> failure;
  std::variant<std::monostate, DnsSeen, TcpSeen, TlsSeen, HttpSeen, MailSeen> seen;
  Purpose purpose = Purpose::ladder;
  int ttl = 0;  // ttl_limited: the IP_TTL of the packets; 0 otherwise
  // The address and port may still be under the penalty of an earlier hit: that an innocent name
  // fails here proves nothing.
  bool residual = false;
  bool operator==(const Observation&) const = default;
};

}  // namespace reachd
