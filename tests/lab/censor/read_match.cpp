// Reads the `match` of a rule.
#include <algorithm>
#include <array>
#include <utility>

#include "tests/lab/censor/rule.hpp"

namespace censor {
namespace {

std::optional<Ranges> read_ranges(Fields& fields, std::string_view key) {
  const boost::json::value* value = fields.find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  const boost::json::array one{*value};
  Ranges ranges;
  for (const boost::json::value& element : value->is_array() ? value->get_array() : one) {
    std::optional<Range> range;
    if (element.is_string()) {
      range = parse_range(element.get_string());
    } else if (element.is_int64() && element.get_int64() >= 0) {
      const auto number = static_cast<std::uint64_t>(element.get_int64());
      range = Range{number, number};
    }
    if (!range) {
      fields.refuse(key, R"(must be a range: a number, "<=3", ">3", "3-8")");
    }
    ranges.push_back(*range);
  }
  return ranges;
}

std::optional<Range> read_range(Fields& fields, std::string_view key) {
  const auto ranges = read_ranges(fields, key);
  if (!ranges) {
    return std::nullopt;
  }
  if (ranges->size() != 1) {
    fields.refuse(key, "must be one range");
  }
  return ranges->front();
}

std::optional<std::vector<std::string>> read_lower(Fields& fields, std::string_view key) {
  auto texts = fields.texts(key);
  if (texts) {
    for (std::string& text : *texts) {
      text = lower_case(text);
    }
  }
  return texts;
}

// A list of words, or one, as their indices.
template <typename T>
std::vector<T> read_words(Fields& fields, std::string_view key,
                          const std::vector<std::string_view>& words) {
  std::vector<T> found;
  for (const std::string& given : fields.texts(key).value_or(std::vector<std::string>{})) {
    const auto place = std::find(words.begin(), words.end(), given);
    if (place == words.end()) {
      fields.refuse(key, "'" + given + "' is unknown");
    }
    found.push_back(static_cast<T>(place - words.begin()));
  }
  return found;
}

DnsMatch read_dns(Fields fields) {
  DnsMatch match;
  match.name = read_lower(fields, "name");
  if (const auto types = fields.texts("type")) {
    match.type.emplace();
    for (const std::string& word : *types) {
      const auto type = record_type(word);
      if (!type) {
        fields.refuse("type", "'" + word + "' is no record type");
      }
      match.type->push_back(*type);
    }
  }
  fields.refuse_others();
  return match;
}

TlsMatch read_tls(Fields fields) {
  TlsMatch match;
  if (!fields.boolean("client_hello").value_or(true)) {
    fields.refuse("client_hello", "can only be true");
  }
  match.sni = read_lower(fields, "sni");
  match.sni_not = read_lower(fields, "sni_not");
  match.sni_present = fields.boolean("sni_present");
  match.esni = fields.boolean("esni");
  match.ech = fields.boolean("ech");
  match.alpn = fields.texts("alpn");
  match.reassemble = fields.boolean("reassemble").value_or(true);
  fields.refuse_others();
  return match;
}

HttpMatch read_http(Fields fields) {
  HttpMatch match;
  match.host = read_lower(fields, "host");
  match.path = read_lower(fields, "path");
  match.keyword = read_lower(fields, "keyword");
  match.reassemble = fields.boolean("reassemble").value_or(true);
  fields.refuse_others();
  return match;
}

PayloadMatch read_payload(Fields fields) {
  PayloadMatch match;
  for (const std::string& text : fields.texts("contains").value_or(std::vector<std::string>{})) {
    const View bytes = as_bytes(text);
    match.contains.emplace_back(bytes.begin(), bytes.end());
  }
  match.hex = fields.hex("hex").value_or(Bytes{});
  if (const auto at = fields.integer("at", 0, 65535)) {
    match.at = static_cast<std::size_t>(*at);
  }
  if (match.contains.empty() && match.hex.empty()) {
    fields.refuse("contains", "or hex is needed");
  }
  fields.refuse_others();
  return match;
}

HashMatch read_hash(Fields fields) {
  HashMatch match;
  match.mod = static_cast<std::uint64_t>(fields.integer("mod", 1, 1 << 30).value_or(2));
  match.is = static_cast<std::uint64_t>(fields.integer("is", 0, 1 << 30).value_or(0));
  match.of = static_cast<int>(fields.integer("of", 2, 4).value_or(4));
  if (match.is >= match.mod) {
    fields.refuse("is", "must be less than mod");
  }
  fields.refuse_others();
  return match;
}

FlowMatch read_flow(Fields fields) {
  FlowMatch match;
  match.packets = read_range(fields, "packets");
  match.bytes = read_range(fields, "bytes");
  match.up = read_range(fields, "up");
  match.down = read_range(fields, "down");
  match.nth = read_range(fields, "nth");
  match.idle_ms = read_range(fields, "idle_ms");
  match.first = fields.boolean("first");
  if (const auto* hash = fields.find("hash")) {
    match.hash = read_hash({*hash, fields.place("hash")});
  }
  fields.refuse_others();
  return match;
}

constexpr std::int64_t kYear = 31'536'000'000;  // ms

std::chrono::milliseconds read_ms(Fields& fields, std::string_view key, std::int64_t otherwise) {
  return std::chrono::milliseconds(fields.integer(key, 0, kYear).value_or(otherwise));
}

Window read_window(Fields fields) {
  Window window;
  window.from = read_ms(fields, "from_ms", 0);
  if (fields.has("to_ms")) {
    window.to = read_ms(fields, "to_ms", 0);
  }
  if (fields.has("every_ms")) {
    window.every = read_ms(fields, "every_ms", 0);
  }
  fields.refuse_others();
  return window;
}

double read_fraction(Fields& fields, std::string_view key, double otherwise) {
  const double number = fields.number(key).value_or(otherwise);
  if (!(number >= 0 && number <= 1)) {
    fields.refuse(key, "must be from 0 to 1");
  }
  return number;
}

Ramp read_ramp(Fields fields) {
  Ramp ramp;
  ramp.from = read_fraction(fields, "from", 0);
  ramp.to = read_fraction(fields, "to", 1);
  ramp.over = std::max(read_ms(fields, "over_ms", 1), std::chrono::milliseconds(1));
  ramp.start = read_ms(fields, "start_ms", 0);
  fields.refuse_others();
  return ramp;
}

Probability read_probability(Fields fields) {
  Probability probability;
  probability.p = read_fraction(fields, "p", 1);
  probability.per_flow = fields.word("per", {"flow", "packet"}).value_or(0) == 0;
  fields.refuse_others();
  return probability;
}

void read_transport(Fields& fields, Match& match) {
  if (const auto word = fields.word("proto", {"tcp", "udp", "icmp"})) {
    constexpr std::array kProtocols{Protocol::tcp, Protocol::udp, Protocol::icmp};
    match.protocol = kProtocols[*word];
  }
  match.server_port = read_ranges(fields, "port");
  match.client_port = read_ranges(fields, "src_port");
  if (const auto* value = fields.find("source_port")) {
    Fields above(*value, fields.place("source_port"));
    match.client_port_above = above.word("above", {"destination"}).has_value();
    above.refuse_others();
  }
  match.flags = read_words<TcpKind>(fields, "flags", {"syn", "synack", "data", "rst", "fin"});
  if (const auto* value = fields.find("tcp")) {
    Fields tcp(*value, fields.place("tcp"));
    match.timestamps = tcp.boolean("timestamps");
    match.tcp_header = read_range(tcp, "header");
    tcp.refuse_others();
  }
  match.length = read_range(fields, "length");
  match.size = read_range(fields, "size");
}

void read_addresses(Fields& fields, Match& match) {
  if (const auto family = fields.integer("family", 4, 6)) {
    match.family = static_cast<int>(*family);
  }
  if (const auto word = fields.word("direction", {"out", "in"})) {
    match.direction = static_cast<Direction>(*word);
  }
  if (const auto word = fields.word("from", {"client", "server"})) {
    match.from_client = *word == 0;
  }
  match.source = fields.prefixes("src");
  match.destination = fields.prefixes("dst");
  match.host = fields.prefixes("host");
}

// One nested object, if it is there.
template <typename T>
std::optional<T> read_part(Fields& fields, std::string_view key, T (*read)(Fields)) {
  const auto* value = fields.find(key);
  return value == nullptr ? std::nullopt : std::optional<T>(read({*value, fields.place(key)}));
}

}  // namespace

Match read_match(Fields fields, const std::vector<std::string>& rules) {
  const std::vector<std::string_view> looks{"tls", "http", "dns", "ssh", "smtp", "quic"};
  Match match;
  read_addresses(fields, match);
  read_transport(fields, match);
  match.dns = read_part(fields, "dns", read_dns);
  match.tls = read_part(fields, "tls", read_tls);
  match.http = read_part(fields, "http", read_http);
  match.payload = read_part(fields, "payload", read_payload);
  match.looks = read_words<Look>(fields, "looks", looks);
  match.looks_not = read_words<Look>(fields, "looks_not", looks);
  match.flow = read_part(fields, "flow", read_flow).value_or(FlowMatch{});
  match.window = read_part(fields, "window", read_window);
  match.ramp = read_part(fields, "ramp", read_ramp);
  match.probability = read_part(fields, "probability", read_probability);
  if (const auto name = fields.text("after")) {
    const auto rule = std::find(rules.begin(), rules.end(), *name);
    if (rule == rules.end()) {
      fields.refuse("after", "there is no rule '" + *name + "'");
    }
    match.after = static_cast<std::size_t>(rule - rules.begin());
  }
  fields.refuse_others();
  return match;
}

}  // namespace censor
