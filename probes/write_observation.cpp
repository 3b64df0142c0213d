#include "probes/write_observation.hpp"

#include "probes/json_values.hpp"
#include "probes/measurement_json.hpp"
#include "probes/text.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

bool from_the_system(const DnsSeen& question) {
  return question.resolver == "system";
}

void note_answer(Sheet& sheet, const Observation& step, const DnsSeen& question) {
  if (step.purpose != Purpose::ladder) return;
  sheet.depths_asked.insert(step.depth);
  const auto believed = static_cast<std::size_t>(question.answer);
  if (!from_the_system(question) || question.answer < 0 || believed >= question.replies.size())
    return;
  for (const DnsRecord& record : question.replies[believed].answers) {
    sheet.of_system.emplace(step.depth, record.data);
  }
}

// OONI calls "classic" what came from the system's resolver. An address that stands in the URL came
// from nobody, which OONI counts as classic too.
bool is_classic(const Sheet& sheet, const Observation& step) {
  if (const auto* question = std::get_if<DnsSeen>(&step.seen)) return from_the_system(*question);
  return !sheet.depths_asked.contains(step.depth) ||
         sheet.of_system.contains({step.depth, step.peer.address});
}

json::object info_of(const TcpInfo& info) {
  return {{"state", info.state},
          {"bytes_acked", info.bytes_acked},
          {"bytes_received", info.bytes_received},
          {"unacked", info.unacked},
          {"retransmits", info.retransmits},
          {"rtt", seconds(info.rtt)},
          {"min_rtt", seconds(info.min_rtt)}};
}

void write_connect(Sheet& sheet, const Observation& step) {
  const auto* seen = std::get_if<TcpSeen>(&step.seen);
  json::object entry{{"ip", step.peer.address},
                     {"port", step.peer.port},
                     {"status",
                      {{"blocked", nullptr},
                       {"failure", sheet.failure(step.failure)},
                       {"success", !step.failure}}}};
  add_times(sheet, entry, step);
  Lists& lists = sheet.lists[step.purpose];
  json::object extra = step_of(step, "tcp_connect", lists.tcp_connect.size());
  lists.tcp_connect.push_back(std::move(entry));
  if (seen != nullptr && seen->local_port != 0) extra["local_port"] = seen->local_port;
  if (seen != nullptr && seen->info) {
    sheet.tcp_info[std::to_string(step.transaction)] = info_of(*seen->info);
  }
  sheet.steps.push_back(std::move(extra));
  add_event(sheet, step, "connect", step.began, step.began + step.took, true);
}

json::value chain_of(const TlsSeen& seen) {
  if (seen.chain.empty()) return nullptr;
  json::array chain;
  for (const Certificate& certificate : seen.chain) {
    chain.push_back({{"data", to_base64(certificate.der)}, {"format", "base64"}});
  }
  return chain;
}

json::array names_of(const Sheet& sheet, const TlsSeen& seen) {
  json::array names;
  for (const Certificate& certificate : seen.chain) {
    names.push_back({{"subject", sheet.text(certificate.subject)},
                     {"issuer", sheet.text(certificate.issuer)},
                     {"not_before", certificate.not_before},
                     {"not_after", certificate.not_after},
                     {"key_sha256", sheet.text(certificate.key_sha256)}});
  }
  return names;
}

void write_handshake(Sheet& sheet, const Observation& step) {
  const auto* known = std::get_if<TlsSeen>(&step.seen);
  const TlsSeen seen = known == nullptr ? TlsSeen{} : *known;
  json::object entry{{"network", "tcp"},
                     {"address", endpoint_text(step.peer)},
                     {"cipher_suite", sheet.text(seen.cipher)},
                     {"failure", sheet.failure(step.failure)},
                     {"negotiated_protocol", sheet.text(seen.alpn)},
                     {"no_tls_verify", false},
                     {"peer_certificates", chain_of(seen)},
                     {"server_name", sheet.text(seen.server_name)},
                     {"tls_version", sheet.text(seen.version)}};
  add_times(sheet, entry, step);
  Lists& lists = sheet.lists[step.purpose];
  json::object extra = step_of(step, "tls_handshakes", lists.tls_handshakes.size());
  lists.tls_handshakes.push_back(std::move(entry));
  extra["client_hello_sent"] = seen.client_hello_sent;
  extra["server_hello_seen"] = seen.server_hello_seen;
  if (seen.alert >= 0) extra["alert"] = seen.alert;
  if (seen.alert_received) extra["alert_received"] = true;
  if (!seen.verify_error.empty()) extra["verify_error"] = sheet.text(seen.verify_error);
  if (!seen.chain.empty()) extra["chain"] = names_of(sheet, seen);
  sheet.steps.push_back(std::move(extra));
  add_event(sheet, step, "tls_handshake_start", step.began, step.began, false);
  add_event(sheet, step, "tls_handshake_done", step.began + step.took, step.began + step.took,
            true);
}

void write_conversation(Sheet& sheet, const Observation& step) {
  const auto* known = std::get_if<MailSeen>(&step.seen);
  const MailSeen seen = known == nullptr ? MailSeen{} : *known;
  json::array capabilities;
  for (const std::string& capability : seen.capabilities) {
    capabilities.push_back(sheet.text(capability));
  }
  json::object entry{
      {"protocol", sheet.text(seen.protocol)},       {"address", endpoint_text(step.peer)},
      {"failure", sheet.failure(step.failure)},      {"greeting", sheet.text(seen.greeting)},
      {"capabilities", std::move(capabilities)},     {"starttls_offered", seen.starttls_offered},
      {"starttls_accepted", seen.starttls_accepted}, {"last_reply", sheet.text(seen.last_reply)},
      {"first_byte", seconds(seen.first_byte)}};
  add_times(sheet, entry, step);
  Lists& lists = sheet.lists[step.purpose];
  sheet.steps.push_back(step_of(step, "mail", lists.mail.size()));
  lists.mail.push_back(std::move(entry));
}

}  // namespace

Sheet::Sheet(const Measurement& whole, bool with_bodies,
             const std::vector<std::string>& own_addresses)
    : measurement(whole), bodies(with_bodies), own(own_addresses) {
  for (const Observation& step : whole.observations) {
    if (step.stage == Stage::http) lists[step.purpose].requests.emplace_back(nullptr);
    if (const auto* seen = std::get_if<DnsSeen>(&step.seen)) note_answer(*this, step, *seen);
    if (const auto* seen = std::get_if<TlsSeen>(&step.seen)) alpn[step.transaction] = seen->alpn;
  }
}

json::value Sheet::text(std::string_view bytes) const {
  return own.empty() ? text_value(bytes) : text_value(scrub(std::string(bytes), own));
}

json::value Sheet::failure(const std::optional<Failure>& failure) const {
  return failure ? text(to_string(*failure)) : json::value(nullptr);
}

json::array Sheet::tags(const Observation& step) const {
  json::array tags;
  if (is_classic(*this, step)) tags.emplace_back("classic");
  if (step.stage != Stage::dns && step.depth == 0) tags.emplace_back("tcptls_experiment");
  tags.emplace_back("depth=" + std::to_string(step.depth));
  const bool fetches = measurement.scheme == Scheme::http || measurement.scheme == Scheme::https;
  if (step.stage != Stage::dns && fetches) tags.emplace_back("fetch_body=true");
  return tags;
}

void add_times(const Sheet& sheet, json::object& entry, const Observation& step) {
  entry["t0"] = seconds(step.began);
  entry["t"] = seconds(step.began + step.took);
  entry["tags"] = sheet.tags(step);
  entry["transaction_id"] = step.transaction;
}

json::object step_of(const Observation& step, std::string_view of, std::size_t index) {
  json::object made{{"of", of}, {"index", index}};
  if (step.purpose != Purpose::ladder) made["purpose"] = to_string(step.purpose);
  if (step.ttl != 0) made["ttl"] = step.ttl;
  if (step.residual) made["residual"] = true;
  return made;
}

void add_event(Sheet& sheet, const Observation& step, std::string_view operation, Micros from,
               Micros to, bool failed) {
  if (step.purpose != Purpose::ladder) return;
  sheet.network_events.push_back({{"address", endpoint_text(step.peer)},
                                  {"failure", failed ? sheet.failure(step.failure) : nullptr},
                                  {"operation", operation},
                                  {"proto", "tcp"},
                                  {"t0", seconds(from)},
                                  {"t", seconds(to)},
                                  {"tags", sheet.tags(step)},
                                  {"transaction_id", step.transaction}});
}

void write_observation(Sheet& sheet, const Observation& step) {
  switch (step.stage) {
    case Stage::dns:
      write_lookup(sheet, step);
      break;
    case Stage::tcp:
      write_connect(sheet, step);
      break;
    case Stage::tls:
      write_handshake(sheet, step);
      break;
    case Stage::http:
      write_request(sheet, step);
      break;
    case Stage::mail:
      write_conversation(sheet, step);
      break;
  }
}

}  // namespace reachd
