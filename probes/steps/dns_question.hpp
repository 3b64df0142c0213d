// A question as it goes out, and what a message that came back is worth as its answer. Pure: knows
// no socket, so every transport takes replies by the same rules.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "probes/failure.hpp"
#include "probes/observation.hpp"

namespace reachd::steps {

inline constexpr std::size_t kMaxReplies = 32;            // recorded per question
inline constexpr std::size_t kMaxRawReplies = 64 * 1024;  // bytes of them kept in all

struct DnsQuestion {
  std::uint16_t id = 0;
  std::string name;  // as dns_name.hpp writes it
  std::string type;
  std::vector<std::uint8_t> query;
};

// With an id from the system's generator of secrets, or 0 where caches should find the same
// question again (DoH). Fails with what the observation then says.
boost::system::result<DnsQuestion, Failure> make_question(const std::string& hostname,
                                                          const std::string& type, bool random_id);

enum class Worth : std::uint8_t {
  nothing,    // not an answer to this question: wait on
  truncated,  // the answer is to be had over TCP
  answer,     // of whatever rcode
};

struct Taken {
  Worth worth = Worth::nothing;
  std::optional<Failure> failure;  // the reply's
};

// Records a message that arrived `at` and says what it is worth; the first answer becomes the one
// that is believed. Of the rest, what exceeds the bounds above is dropped.
//
// A message with another id fails as dns_reply_with_wrong_query_id; malformed ones, queries,
// answers to another question and truncated ones as unknown_failure with that text. An error may
// come without the question. An rcode other than 0 is a failure of its name; without a record of
// the type asked for, CNAMEs followed, the failure is dns_no_answer.
Taken add_reply(const DnsQuestion& question, std::span<const std::uint8_t> message, Micros at,
                DnsSeen& seen);

// Notes how long a question took: until the reply that is believed or, without one, until it ended;
// that is counted from the start of the measurement, as the replies are.
void note_time(Observation& observation, Clock::duration ended);

}  // namespace reachd::steps
