#include "probes/steps/dns_question.hpp"

#include <array>
#include <numeric>
#include <optional>
#include <utility>

#include <openssl/rand.h>

#include "probes/wire/dns_message.hpp"
#include "probes/wire/dns_name.hpp"

namespace reachd::steps {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint16_t kClassIn = 1;
constexpr int kNxdomain = 3;

Failure unknown(std::string text) {
  return {Word::unknown_failure, std::move(text)};
}

std::optional<Failure> failure_of_rcode(int rcode) {
  switch (rcode) {
    case 0:
      return std::nullopt;
    case 2:
      return Failure{Word::dns_servfail_error, {}};
    case kNxdomain:
      return Failure{Word::dns_nxdomain_error, {}};
    case 5:
      return Failure{Word::dns_refused_error, {}};
    default:
      return Failure{Word::dns_server_misbehaving, {}};
  }
}

bool is_same_question(const DnsQuestion& question, const wire::DnsMessage& message) {
  if (message.questions.empty()) return message.rcode != 0 && message.rcode != kNxdomain;
  const wire::DnsQuestionSeen& seen = message.questions.front();
  return message.questions.size() == 1 && wire::same_dns_name(seen.name, question.name) &&
         wire::dns_type_text(seen.type) == question.type && seen.klass == kClassIn;
}

// Fills in all of a reply but its time and its bytes.
Worth read_reply(const DnsQuestion& question, Bytes bytes, DnsReply& reply) {
  const auto refuse = [&reply](Failure failure) {
    reply.failure = std::move(failure);
    return Worth::nothing;
  };
  // The id first: what is not ours need not be well-formed behind its header.
  if (bytes.size() >= wire::kDnsHeader && (bytes[0] << 8 | bytes[1]) != question.id) {
    if (auto message = wire::decode_dns_message(bytes)) {
      reply.rcode = message->rcode;
      reply.answers = std::move(message->answers);
    }
    return refuse({Word::dns_reply_with_wrong_query_id, {}});
  }
  auto message = wire::decode_dns_message(bytes);
  if (!message) return refuse(unknown("malformed dns reply"));
  reply.rcode = message->rcode;
  reply.answers = std::move(message->answers);
  if (!message->response || message->opcode != 0) return refuse(unknown("not a dns reply"));
  if (!is_same_question(question, *message)) {
    return refuse(unknown("dns reply for another question"));
  }
  if (message->truncated) {
    refuse(unknown("truncated dns reply"));
    return Worth::truncated;
  }
  reply.failure = failure_of_rcode(message->rcode);
  if (!reply.failure && wire::records_for(reply.answers, question.name, question.type).empty()) {
    reply.failure = Failure{Word::dns_no_answer, {}};
  }
  return Worth::answer;
}

}  // namespace

namespace {

// An id that cannot be guessed; of a stock, since to ask OpenSSL for two bytes costs as much as for
// some hundreds. Nothing: there is no randomness.
std::optional<std::uint16_t> draw_id() {
  thread_local std::array<std::uint16_t, 128> stock;
  thread_local std::size_t left = 0;
  if (left == 0) {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(stock.data()), sizeof stock) != 1) {
      return std::nullopt;
    }
    left = stock.size();
  }
  return stock[--left];
}

}  // namespace

boost::system::result<DnsQuestion, Failure> make_question(const std::string& hostname,
                                                          const std::string& type, bool random_id) {
  DnsQuestion question;
  question.type = type;
  const auto number = wire::dns_type_number(type);
  if (!number) return Failure{Word::reachd_internal, "not a type that DNS can be asked for"};
  if (random_id) {
    const auto id = draw_id();
    if (!id) return Failure{Word::reachd_internal, "no randomness"};
    question.id = *id;
  }
  auto query = wire::encode_dns_query(question.id, hostname, *number);
  if (!query) return unknown(query.error());
  // The name as a reply will show it, whatever way the caller wrote it.
  std::size_t at = wire::kDnsHeader;
  question.name = wire::read_dns_name(*query, at).value_or(hostname);
  question.query = std::move(*query);
  return question;
}

Taken add_reply(const DnsQuestion& question, Bytes message, Micros at, DnsSeen& seen) {
  DnsReply reply;
  reply.at = at;
  const Worth worth = read_reply(question, message, reply);
  const bool believed = worth == Worth::answer && seen.answer < 0;
  const std::size_t kept =
      std::accumulate(seen.replies.begin(), seen.replies.end(), std::size_t{0},
                      [](std::size_t sum, const DnsReply& one) { return sum + one.raw.size(); });
  const bool has_room = message.size() <= kMaxRawReplies - kept;
  // One place stays free for the answer.
  const std::size_t places = seen.answer < 0 ? kMaxReplies - 1 : kMaxReplies;
  Taken taken{worth, reply.failure};
  if (!believed && (!has_room || seen.replies.size() >= places)) return taken;
  if (has_room) reply.raw.assign(message.begin(), message.end());
  if (believed) seen.answer = static_cast<int>(seen.replies.size());
  seen.replies.push_back(std::move(reply));
  return taken;
}

void note_time(Observation& observation, Clock::duration ended) {
  const auto& seen = std::get<DnsSeen>(observation.seen);
  const Micros end = seen.answer < 0 ? std::chrono::duration_cast<Micros>(ended)
                                     : seen.replies[static_cast<std::size_t>(seen.answer)].at;
  observation.took = end - observation.began;
}

}  // namespace reachd::steps
