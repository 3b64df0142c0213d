#include "tests/lab/censor/facts.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "tests/lab/censor/names.hpp"

namespace censor {
namespace {

constexpr std::uint16_t kDnsPort = 53;

// All framed messages of the stream that this segment brings.
std::vector<Query> framed_queries(const Stream& stream, const Stream::Added& added) {
  std::vector<Query> queries;
  Reader in(stream.whole());
  while (in.left() > 0) {
    const View message = in.take(in.u16());
    if (!in.ok()) {
      break;
    }
    if (brings(added, stream, in.at())) {
      if (auto query = read_query(message)) {
        queries.push_back(std::move(*query));
      }
    }
  }
  return queries;
}

// SMTP and IMAP say STARTTLS, POP3 STLS; what follows is a stream of its own.
bool ends_with_starttls(View stream) {
  const std::string tail =
      lower_case(as_text(stream.last(std::min<std::size_t>(stream.size(), 12))));
  return tail.ends_with("starttls\r\n") || tail.ends_with("stls\r\n");
}

void learn_stream(const Packet& packet, Flow& flow, Facts& facts) {
  Stream& stream = flow.from_client;
  const View payload = packet.payload();
  if (!stream.begun()) {
    stream.begin_at(packet.seq);
  }
  facts.hello_here = read_client_hello(payload);
  facts.request_here = read_request(payload);
  const auto added = stream.add(packet.seq, payload);
  if (added) {
    if (flow.tuple.server.port == kDnsPort) {
      facts.queries = framed_queries(stream, *added);
    }
    auto hello = read_client_hello(stream.whole());
    if (hello && brings(*added, stream, hello->end)) {
      facts.hello = std::move(hello);
    }
    auto request = read_request(stream.whole());
    if (request && brings(*added, stream, request->end)) {
      facts.request = std::move(request);
    }
    if (added->ends > added->whole_before && ends_with_starttls(stream.whole())) {
      stream.begin_anew();
    }
  }
  // A later request of a connection that is kept.
  if (!facts.request && facts.request_here && facts.request_here->end != 0) {
    facts.request = facts.request_here;
  }
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.starts_with(word); });
}

}  // namespace

Facts learn(const Packet& packet, Flow& flow, bool from_client) {
  Facts facts;
  if (!from_client || packet.payload().empty()) {
    return facts;
  }
  if (packet.protocol == Protocol::tcp) {
    learn_stream(packet, flow, facts);
  } else if (packet.protocol == Protocol::udp && flow.tuple.server.port == kDnsPort) {
    if (auto query = read_query(packet.payload())) {
      facts.queries.push_back(std::move(*query));
    }
  }
  return facts;
}

bool looks_like(Look look, const Packet& packet) {
  const View payload = packet.payload();
  const std::string_view text = as_text(payload);
  const bool udp = packet.protocol == Protocol::udp;
  switch (look) {
    case Look::tls:
      return !udp && payload.size() >= 3 && payload[0] >= 20 && payload[0] <= 23 &&
             payload[1] == 3 && payload[2] <= 4;
    case Look::http:
      return !udp && (read_request(payload).has_value() || text.starts_with("HTTP/1."));
    case Look::dns: {
      Reader in(payload);
      in.take(udp ? 2 : 4);
      const std::uint16_t flags = in.u16();
      return in.u16() == 1 && in.ok() && (flags & 0x7800) == 0;
    }
    case Look::ssh:
      return !udp && text.starts_with("SSH-");
    case Look::smtp:
      return !udp && starts_with_any(text, {"EHLO ", "HELO ", "MAIL ", "220 ", "220-", "250"});
    case Look::quic:
      return udp && payload.size() >= 5 && (payload[0] & 0xc0) == 0xc0;
  }
  return false;
}

}  // namespace censor
