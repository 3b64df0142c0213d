// Reads the acts of a rule: each an object with one key.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>

#include "tests/lab/censor/rule.hpp"

namespace censor {
namespace {

constexpr std::int64_t kMinute = 60'000'000;  // µs

std::vector<std::chrono::microseconds> read_times(Fields& fields, std::string_view key) {
  std::vector<std::chrono::microseconds> times;
  const auto numbers = fields.integers(key, 0, kMinute);
  for (const std::int64_t number : numbers.value_or(std::vector<std::int64_t>{})) {
    times.emplace_back(number);
  }
  return times;
}

Forgery read_forgery(Fields& fields, std::string_view copies, std::string_view ttl) {
  Forgery forgery;
  forgery.copies = static_cast<int>(fields.integer(copies, 1, 100).value_or(1));
  if (auto each = read_times(fields, "delay_us"); !each.empty()) {
    forgery.delays.each = std::move(each);
  }
  forgery.delays.sample = read_times(fields, "delay_sample_us");
  forgery.ttl = static_cast<std::uint8_t>(fields.integer(ttl, 1, 255).value_or(64));
  if (const auto id = fields.integer("ip_id", 0, 65535)) {
    forgery.ip_id = static_cast<std::uint16_t>(*id);
  }
  forgery.dont_fragment = fields.boolean("df").value_or(false);
  return forgery;
}

Ending read_ending(Fields& fields) {
  return static_cast<Ending>(fields.word("then", {"fin", "reset", "none"}).value_or(0));
}

void read_direction(Fields& fields, bool& out, bool& in) {
  const std::size_t word = fields.word("direction", {"both", "out", "in"}).value_or(0);
  out = word != 2;
  in = word != 1;
}

Act read_drop(Fields& act) {
  Drop drop;
  if (act.find("drop")->is_string()) {
    drop.flow = act.word("drop", {"packet", "flow"}) == 1;
    return drop;
  }
  Fields fields(*act.find("drop"), act.place("drop"));
  drop.flow = fields.word("what", {"packet", "flow"}).value_or(0) == 1;
  read_direction(fields, drop.out, drop.in);
  fields.refuse_others();
  return drop;
}

Act read_cut(Fields fields, bool reset) {
  Cut cut;
  const std::size_t to = fields.word("to", {"both", "client", "server"}).value_or(0);
  cut.to_client = to != 2;
  cut.to_server = to != 1;
  cut.flags = tcp::kFin | tcp::kAck;
  if (reset) {
    cut.flags =
        fields.word("flags", {"RA", "R"}).value_or(0) == 0 ? tcp::kRst | tcp::kAck : tcp::kRst;
    cut.payload = fields.hex("payload").value_or(Bytes{});
    if (cut.payload.size() > 1200) {
      fields.refuse("payload", "is longer than 1200 bytes");
    }
  }
  if (const auto window = fields.integers("window", 0, 65535)) {
    cut.window.clear();
    for (const std::int64_t number : *window) {
      cut.window.push_back(static_cast<std::uint16_t>(number));
    }
  }
  cut.seq_step = static_cast<std::uint32_t>(fields.integer("seq_step", 0, 1 << 24).value_or(0));
  cut.forgery = read_forgery(fields, "count", "ttl");
  fields.refuse_others();
  return cut;
}

Act read_icmp(Fields fields) {
  IcmpError icmp;
  const auto code = fields.word("code", {"admin", "host", "net", "port", "too_big"});
  icmp.code = static_cast<Unreachable>(code.value_or(0));
  icmp.from = fields.addresses("from").value_or(std::vector<Address>{});
  icmp.mtu = static_cast<std::uint16_t>(fields.integer("mtu", 68, 65535).value_or(1280));
  fields.refuse_others();
  return icmp;
}

Act read_alert(Fields fields) {
  Say say;
  const bool fatal = fields.word("level", {"fatal", "warning"}).value_or(0) == 0;
  say.data = {21, 3, 3, 0, 2, static_cast<std::uint8_t>(fatal ? 2 : 1)};
  put8(say.data, static_cast<std::uint32_t>(fields.integer("description", 0, 255).value_or(40)));
  say.then = read_ending(fields);
  say.forgery = read_forgery(fields, "copies", "ip_ttl");
  fields.refuse_others();
  return say;
}

Act read_http(Fields fields) {
  HttpAnswer answer;
  answer.status = static_cast<int>(fields.integer("status", 100, 599).value_or(403));
  answer.reason = fields.text("reason").value_or("Forbidden");
  answer.body = fields.text("body").value_or("");
  if (answer.body.size() > 65536) {
    fields.refuse("body", "is longer than 64 KiB");
  }
  if (const auto* headers = fields.find("headers")) {
    if (!headers->is_object()) {
      fields.refuse("headers", "must be an object of texts");
    }
    for (const auto& pair : headers->get_object()) {
      if (!pair.value().is_string()) {
        fields.refuse("headers", "must be an object of texts");
      }
      answer.headers.emplace_back(pair.key(), pair.value().get_string());
    }
  }
  Say say;
  say.data = write_answer(answer);
  say.then = read_ending(fields);
  say.forgery = read_forgery(fields, "copies", "ip_ttl");
  fields.refuse_others();
  return say;
}

std::vector<std::vector<Address>> read_answers(Fields& fields) {
  std::vector<std::vector<Address>> answers;
  const boost::json::value* value = fields.find("answers");
  if (value == nullptr) {
    return answers;
  }
  if (!value->is_array()) {
    fields.refuse("answers", "must be a list of lists of addresses");
  }
  for (const boost::json::value& element : value->get_array()) {
    // Each list is read as if it stood under a key of its own.
    const boost::json::value entry{{"answer", element}};
    const std::string place = fields.place("answers") + "[" + std::to_string(answers.size()) + "]";
    answers.push_back(*Fields(entry, place).addresses("answer"));
  }
  return answers;
}

Act read_dns(Fields fields) {
  ForgeDns dns;
  dns.answers = read_answers(fields);
  const auto rcode =
      fields.word("rcode", {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"});
  dns.look.rcode = static_cast<std::uint8_t>(rcode.value_or(0));
  dns.look.ttl = static_cast<std::uint32_t>(fields.integer("ttl", 0, 0x7fffffff).value_or(300));
  dns.look.authoritative = fields.boolean("aa").value_or(false);
  dns.look.recursion_available = fields.boolean("ra").value_or(true);
  dns.any_type = fields.boolean("any_type").value_or(false);
  dns.forgery = read_forgery(fields, "copies", "ip_ttl");
  fields.refuse_others();
  return dns;
}

Act read_redirect(Fields fields) {
  Redirect redirect;
  redirect.to = fields.addresses("to").value_or(std::vector<Address>{});
  if (redirect.to.empty()) {
    fields.refuse("to", "is needed");
  }
  if (const auto port = fields.integer("port", 1, 65535)) {
    redirect.port = static_cast<std::uint16_t>(*port);
  }
  fields.refuse_others();
  return redirect;
}

Act read_throttle(Fields fields) {
  Throttle throttle;
  const double rate = fields.number("rate_bps").value_or(0);
  if (!(rate >= 1)) {
    fields.refuse("rate_bps", "is needed, in bits per second");
  }
  throttle.bytes_per_second = rate / 8;
  // Less than a packet, and no full packet would ever pass.
  throttle.burst = static_cast<double>(fields.integer("burst", 1514, 1 << 30).value_or(8192));
  throttle.mode =
      static_cast<Throttle::Mode>(fields.word("mode", {"policer", "shaper"}).value_or(0));
  throttle.per_flow = fields.word("per", {"flow", "rule"}).value_or(0) == 0;
  throttle.queue = static_cast<double>(fields.integer("queue", 1514, 1 << 30).value_or(65536));
  read_direction(fields, throttle.out, throttle.in);
  fields.refuse_others();
  return throttle;
}

Act read_rewrite(Fields fields) {
  const std::string from = fields.text("from").value_or("");
  const std::string to = fields.text("to").value_or("");
  if (from.empty() || from.size() != to.size()) {
    fields.refuse("to", "and from must be texts of the same length");
  }
  fields.refuse_others();
  Rewrite rewrite;
  put(rewrite.from, from);
  put(rewrite.to, to);
  return rewrite;
}

Act read_strip(Fields& act) {
  act.word("strip", {"starttls"});
  Rewrite rewrite;
  put(rewrite.from, "STARTTLS");
  put(rewrite.to, std::string(rewrite.from.size(), 'X'));
  rewrite.server_only = true;
  return rewrite;
}

Act read_duplicate(Fields fields) {
  Duplicate duplicate;
  duplicate.copies = static_cast<int>(fields.integer("copies", 1, 100).value_or(1));
  duplicate.delay = std::chrono::microseconds(fields.integer("delay_us", 0, kMinute).value_or(0));
  fields.refuse_others();
  return duplicate;
}

Act read_freeze(Fields fields) {
  Freeze freeze;
  freeze.after = static_cast<std::uint64_t>(fields.integer("after", 0, 1LL << 40).value_or(16384));
  fields.refuse_others();
  return freeze;
}

Act read_loss(Fields& act) {
  const Loss loss{act.number("loss").value_or(0)};
  if (!(loss.p >= 0 && loss.p <= 1)) {
    act.refuse("loss", "must be from 0 to 1");
  }
  return loss;
}

}  // namespace

Act read_act(Fields act) {
  using Read = Act (*)(Fields);
  static constexpr std::array<std::pair<std::string_view, Read>, 11> kReaders{{
      {"reset", [](Fields fields) { return read_cut(std::move(fields), true); }},
      {"fin", [](Fields fields) { return read_cut(std::move(fields), false); }},
      {"icmp", read_icmp},
      {"alert", read_alert},
      {"http", read_http},
      {"dns", read_dns},
      {"redirect", read_redirect},
      {"throttle", read_throttle},
      {"rewrite", read_rewrite},
      {"duplicate", read_duplicate},
      {"freeze", read_freeze},
  }};
  std::optional<Act> read;
  for (const auto& [key, reader] : kReaders) {
    if (!read && act.has(key)) {
      read = reader({*act.find(key), act.place(key)});
    }
  }
  if (!read && act.has("drop")) {
    read = read_drop(act);
  } else if (!read && act.has("strip")) {
    read = read_strip(act);
  } else if (!read && act.has("loss")) {
    read = read_loss(act);
  } else if (!read && act.has("delay_us")) {
    read = Delay{std::chrono::microseconds(*act.integer("delay_us", 0, kMinute))};
  } else if (!read && act.boolean("pass").value_or(false)) {
    read = Pass{};
  }
  if (!read) {
    throw BadFile(act.place() + ": no act that is known");
  }
  act.refuse_others();  // one key an act
  return *read;
}

}  // namespace censor
