#include "tests/lab/censor/play.hpp"

#include <algorithm>
#include <utility>

#include "tests/lab/censor/checksum.hpp"

namespace censor {
namespace {

// Below the least MTU of IPv6 with all headers, so that it passes everywhere.
constexpr std::size_t kSegment = 1200;

class Player {
 public:
  Player(Seen& seen, Stage& stage, Outcome& outcome, bool takes_packet)
      : seen_(seen), stage_(stage), outcome_(outcome), takes_packet_(takes_packet) {}

  void operator()(const Drop& drop) {
    if (drop.flow) {
      stage_.mark.drop_out = stage_.mark.drop_out || drop.out;
      stage_.mark.drop_in = stage_.mark.drop_in || drop.in;
    }
    outcome_.gone = outcome_.gone || (outwards() ? drop.out : drop.in);
  }

  void operator()(const Cut& cut) {
    if (packet().protocol != Protocol::tcp || packet().has(tcp::kRst)) {
      return;
    }
    for (int copy = 0; copy < cut.forgery.copies; ++copy) {
      const auto after = delay(cut.forgery.delays, copy);
      const auto at = std::min(static_cast<std::size_t>(copy), cut.window.size() - 1);
      for (const Way way : {Way::back, Way::along}) {
        if (to_client(way) ? !cut.to_client : !cut.to_server) {
          continue;
        }
        Segment segment = continuation(way);
        segment.seq += cut.seq_step * static_cast<std::uint32_t>(copy);
        segment.flags = cut.flags;
        segment.window = cut.window[at];
        if ((cut.flags & tcp::kAck) == 0) {
          segment.ack = 0;
        }
        forge(way, after, forge_tcp(packet(), way, segment, cut.payload, look(cut.forgery)));
      }
    }
  }

  void operator()(const IcmpError& icmp) {
    Address from = packet().destination.address;
    for (const Address& address : icmp.from) {
      if (address.family == from.family) {
        from = address;
        break;
      }
    }
    forge(Way::back, Time::duration(0), forge_icmp(packet(), icmp.code, from, icmp.mtu, look({})));
  }

  void operator()(const Say& say) {
    if (packet().protocol != Protocol::tcp) {
      return;
    }
    for (int copy = 0; copy < say.forgery.copies; ++copy) {
      speak(say.data, say.then, say.forgery, delay(say.forgery.delays, copy));
    }
    take_over();
  }

  void operator()(const ForgeDns& dns) {
    const auto& queries = seen_.facts.queries;
    const auto query = std::find_if(queries.begin(), queries.end(), [&](const Query& one) {
      return stage_.dns == nullptr || stage_.dns->holds(one);
    });
    if (query == queries.end()) {
      return;
    }
    for (int copy = 0; copy < dns.forgery.copies; ++copy) {
      const Bytes answer = forge_answer(*query, next_answer(dns, query->type), dns.look);
      const auto after = delay(dns.forgery.delays, copy);
      if (packet().protocol == Protocol::udp) {
        forge(Way::back, after,
              forge_udp(packet(), Way::back, packet().destination, packet().source, answer,
                        look(dns.forgery)));
      } else {
        Bytes framed;
        put16(framed, static_cast<std::uint32_t>(answer.size()));
        put(framed, answer);
        speak(framed, Ending::none, dns.forgery, after);
      }
    }
    take_over();
  }

  void operator()(const Redirect& redirect) {
    const Tuple& tuple = seen_.passage.flow->tuple;
    for (const Address& address : redirect.to) {
      if (address.family == tuple.server.address.family) {
        stage_.mark.redirect = Endpoint{address, redirect.port.value_or(tuple.server.port)};
        return;
      }
    }
  }

  void operator()(const Throttle& throttle) { stage_.mark.throttle = &throttle; }
  void operator()(const Freeze& freeze) { stage_.mark.freeze_after = freeze.after; }
  void operator()(const Delay& delay) { outcome_.delay += delay.by; }
  void operator()(const Pass&) { outcome_.passed = true; }

  void operator()(const Loss& loss) {
    outcome_.gone =
        outcome_.gone || std::uniform_real_distribution<double>()(stage_.random) < loss.p;
  }

  void operator()(const Duplicate& duplicate) {
    for (int copy = 1; copy <= duplicate.copies; ++copy) {
      outcome_.copies.emplace_back(duplicate.delay * copy);
    }
  }

  void operator()(const Rewrite& rewrite) {
    if (rewrite.server_only && seen_.passage.from_client) {
      return;
    }
    auto at = packet().frame.begin() + static_cast<std::ptrdiff_t>(packet().payload_begins);
    const auto end = packet().frame.begin() + static_cast<std::ptrdiff_t>(packet().end);
    bool changed = false;
    while ((at = std::search(at, end, rewrite.from.begin(), rewrite.from.end())) != end) {
      at = std::copy(rewrite.to.begin(), rewrite.to.end(), at);
      changed = true;
    }
    if (changed) {
      mend_checksums(packet());
    }
  }

 private:
  Packet& packet() const { return seen_.packet; }
  bool outwards() const { return seen_.direction == Direction::out; }
  bool to_client(Way way) const { return (way == Way::back) == seen_.passage.from_client; }

  void forge(Way way, Time::duration after, Bytes frame) {
    outcome_.forged.push_back({(way == Way::back) == outwards(), after, std::move(frame)});
  }

  // An in-path forger of answers keeps the true one away, and the rest of a TCP connection too.
  void take_over() {
    if (stage_.on_path) {
      return;
    }
    outcome_.gone = true;
    if (packet().protocol == Protocol::tcp) {
      stage_.mark.drop_out = stage_.mark.drop_in = true;
    }
  }

  // The next segment that the receiver on that way expects.
  Segment continuation(Way way) const {
    const Packet& cause = packet();
    const std::uint32_t behind = cause.seq + cause.seq_size();
    if (way == Way::along) {
      return {cause.source, cause.destination, takes_packet_ ? cause.seq : behind, cause.ack};
    }
    return {cause.destination, cause.source, cause.has(tcp::kAck) ? cause.ack : 0, behind};
  }

  // Data to the client, in as many segments as it takes, and the end of the connection.
  void speak(View data, Ending then, const Forgery& forgery, Time::duration after) {
    const Way way = seen_.passage.from_client ? Way::back : Way::along;
    Segment segment = continuation(way);
    while (!data.empty()) {
      const View piece = data.first(std::min(data.size(), kSegment));
      segment.flags = tcp::kPsh | tcp::kAck;
      segment.window = 64240;
      forge(way, after, forge_tcp(packet(), way, segment, piece, look(forgery)));
      segment.seq += static_cast<std::uint32_t>(piece.size());
      data = data.subspan(piece.size());
    }
    if (then != Ending::none) {
      segment.flags =
          static_cast<std::uint8_t>(tcp::kAck | (then == Ending::fin ? tcp::kFin : tcp::kRst));
      forge(way, after, forge_tcp(packet(), way, segment, {}, look(forgery)));
    }
  }

  // Round and round, past those that have nothing for this type.
  std::vector<Address> next_answer(const ForgeDns& dns, std::uint16_t type) {
    for (std::size_t i = 0; i < dns.answers.size(); ++i) {
      std::vector<Address> answer = dns.answers[stage_.cursor++ % dns.answers.size()];
      if (!dns.any_type) {
        std::erase_if(answer, [&](const Address& address) {
          return type != (address.family == 4 ? kTypeA : kTypeAaaa);
        });
      }
      if (!answer.empty()) {
        return answer;
      }
    }
    return {};
  }

  Time::duration delay(const Delays& delays, int copy) {
    if (!delays.sample.empty()) {
      return delays.sample[stage_.random() % delays.sample.size()];
    }
    return delays.each[std::min(static_cast<std::size_t>(copy), delays.each.size() - 1)];
  }

  IpLook look(const Forgery& forgery) {
    return {forgery.ttl, forgery.ip_id.value_or(static_cast<std::uint16_t>(stage_.random())),
            forgery.dont_fragment};
  }

  Seen& seen_;
  Stage& stage_;
  Outcome& outcome_;
  bool takes_packet_;
};

// Whether the packet itself will not arrive: forgeries take its place in the sequence then.
bool takes_packet(const std::vector<Act>& acts, const Seen& seen, bool on_path) {
  return !on_path && std::any_of(acts.begin(), acts.end(), [&](const Act& act) {
    const auto* drop = std::get_if<Drop>(&act);
    return std::holds_alternative<Say>(act) || std::holds_alternative<ForgeDns>(act) ||
           (drop != nullptr && (seen.direction == Direction::out ? drop->out : drop->in));
  });
}

}  // namespace

void play(const std::vector<Act>& acts, Seen& seen, Stage& stage, Outcome& outcome) {
  Player player(seen, stage, outcome, takes_packet(acts, seen, stage.on_path));
  for (const Act& act : acts) {
    std::visit(player, act);
  }
}

}  // namespace censor
