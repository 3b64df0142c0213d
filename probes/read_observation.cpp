#include "probes/read_observation.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>

#include <openssl/x509.h>

#include "probes/json_values.hpp"
#include "probes/net/certificate.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

int depth_of(const json::object& entry) {
  constexpr std::string_view kPrefix = "depth=";
  constexpr int kMost = 1000;
  for (const json::value& value : array_of(entry, "tags")) {
    const auto* tag = value.if_string();
    if (tag == nullptr || !std::string_view(*tag).starts_with(kPrefix)) continue;
    int depth = 0;
    std::from_chars(tag->data() + kPrefix.size(), tag->data() + tag->size(), depth);
    return std::clamp(depth, 0, kMost);
  }
  return 0;
}

// OONI shakes hands on port 443 beside a plain-text service, with the intention to fetch nothing.
bool looks_only(const json::object& entry) {
  return std::ranges::any_of(array_of(entry, "tags"), [](const json::value& tag) {
    return tag.is_string() && tag.get_string() == "fetch_body=false";
  });
}

TcpInfo info_of(const json::object& object) {
  TcpInfo info;
  info.state = integer_of<std::uint8_t>(object, "state");
  info.bytes_acked = integer_of<std::uint64_t>(object, "bytes_acked");
  info.bytes_received = integer_of<std::uint64_t>(object, "bytes_received");
  info.unacked = integer_of<std::uint32_t>(object, "unacked");
  info.retransmits = integer_of<std::uint32_t>(object, "retransmits");
  info.rtt = time_of(object, "rtt");
  info.min_rtt = time_of(object, "min_rtt");
  return info;
}

// OONI keeps the certificate alone; what it says of itself is read from it, if it can be read.
Certificate certificate_of(std::string der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  X509* parsed = d2i_X509(nullptr, &bytes, static_cast<long>(der.size()));
  const auto free_chain = [](STACK_OF(X509) * chain) { sk_X509_pop_free(chain, X509_free); };
  const std::unique_ptr<STACK_OF(X509), decltype(free_chain)> chain(sk_X509_new_null());
  if (parsed != nullptr) sk_X509_push(chain.get(), parsed);
  std::vector<Certificate> read = net::read_chain(chain.get());
  Certificate certificate = read.empty() ? Certificate{} : std::move(read.front());
  certificate.der = std::move(der);
  return certificate;
}

}  // namespace

bool Budget::take() {
  if (left == 0) {
    exceeded = true;
    return false;
  }
  --left;
  return true;
}

Observation read_times(const json::object& entry, Stage stage) {
  Observation step;
  step.stage = stage;
  step.transaction = std::max(integer_of<int>(entry, "transaction_id"), 0);
  step.depth = depth_of(entry);
  const Micros ended = time_of(entry, "t");
  step.began = find_time(entry, "t0").value_or(ended);
  step.took = std::max(ended - step.began, Micros{0});
  step.failure = failure_of(entry, "failure");
  if (looks_only(entry)) step.purpose = Purpose::tls_only;
  return step;
}

Observation read_connect(const json::object& entry) {
  Observation step = read_times(entry, Stage::tcp);
  step.peer = {address_of(text_of(entry, "ip")), integer_of<std::uint16_t>(entry, "port")};
  const json::object& status = object_of(entry, "status");
  step.failure = failure_of(status, "failure");
  if (!step.failure && !flag_of(status, "success", true)) step.failure = Failure{};
  step.seen = TcpSeen{};
  return step;
}

void add_connect_facts(Observation& connect, const json::object& step,
                       const json::object& tcp_info) {
  auto& seen = std::get<TcpSeen>(connect.seen);
  seen.local_port = integer_of<std::uint16_t>(step, "local_port");
  const json::value* info = tcp_info.if_contains(std::to_string(connect.transaction));
  if (info != nullptr && info->is_object()) seen.info = info_of(info->get_object());
}

Observation read_handshake(const json::object& entry, Origin origin, Budget& budget) {
  Observation step = read_times(entry, Stage::tls);
  step.peer = endpoint_of(text_of(entry, "address"));
  TlsSeen seen;
  seen.server_name = text_of(entry, "server_name");
  seen.version = text_of(entry, "tls_version");
  seen.cipher = text_of(entry, "cipher_suite");
  seen.alpn = text_of(entry, "negotiated_protocol");
  std::vector<Certificate> chain;
  for (const json::value& value : array_of(entry, "peer_certificates")) {
    if (!budget.take()) break;
    std::string der = text_of(value);
    if (origin == Origin::ooni) {
      chain.push_back(certificate_of(std::move(der)));
    } else {
      chain.emplace_back().der = std::move(der);
    }
  }
  seen.chain = std::move(chain);
  // OONI shakes hands only over a connection that is open: the ClientHello left in any case.
  seen.client_hello_sent = origin == Origin::ooni;
  seen.server_hello_seen =
      origin == Origin::ooni && (!step.failure || !seen.version.empty() || !seen.chain.empty());
  step.seen = std::move(seen);
  return step;
}

void add_handshake_facts(Observation& handshake, const json::object& step, Budget& budget) {
  auto& seen = std::get<TlsSeen>(handshake.seen);
  seen.client_hello_sent = flag_of(step, "client_hello_sent");
  seen.server_hello_seen = flag_of(step, "server_hello_seen");
  seen.alert = std::clamp(integer_of<int>(step, "alert", -1), -1, 255);
  seen.alert_received = flag_of(step, "alert_received");
  seen.verify_error = text_of(step, "verify_error");
  const json::array& names = array_of(step, "chain");
  std::vector<Certificate> chain(seen.chain.begin(), seen.chain.end());
  for (std::size_t i = 0; i < std::min(names.size(), chain.size()) && budget.take(); ++i) {
    const json::object& name = object_of(names[i]);
    chain[i].subject = text_of(name, "subject");
    chain[i].issuer = text_of(name, "issuer");
    chain[i].not_before = integer_of<std::int64_t>(name, "not_before");
    chain[i].not_after = integer_of<std::int64_t>(name, "not_after");
    chain[i].key_sha256 = text_of(name, "key_sha256");
  }
  seen.chain = std::move(chain);
}

Observation read_conversation(const json::object& entry, Budget& budget) {
  Observation step = read_times(entry, Stage::mail);
  step.peer = endpoint_of(text_of(entry, "address"));
  MailSeen seen;
  seen.protocol = text_of(entry, "protocol");
  seen.greeting = text_of(entry, "greeting");
  for (const json::value& value : array_of(entry, "capabilities")) {
    if (!budget.take()) break;
    seen.capabilities.push_back(text_of(value));
  }
  seen.starttls_offered = flag_of(entry, "starttls_offered");
  seen.starttls_accepted = flag_of(entry, "starttls_accepted");
  seen.last_reply = text_of(entry, "last_reply");
  seen.first_byte = time_of(entry, "first_byte");
  step.seen = std::move(seen);
  return step;
}

}  // namespace reachd
