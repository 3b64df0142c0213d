// Reads what mail servers say, SMTP (RFC 5321) and IMAP (RFC 9051), as far as a stranger hears it.
// The bytes are hostile: every bound below holds whatever comes, and nothing is looked at twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reachd::wire {

enum class MailProtocol : std::uint8_t { imap, smtp };
std::string_view to_string(MailProtocol protocol);  // "imap", "smtp"

class MailReply {
 public:
  static constexpr std::size_t kLineBytes = 2048;
  static constexpr std::size_t kLines = 100;
  static constexpr std::size_t kBytes = 64 * 1024;  // of all lines

  enum class State : std::uint8_t { more, complete, broken };

  // What a server says first.
  static MailReply greeting(MailProtocol protocol);
  // What it says to a command: SMTP's lines of one code; IMAP's untagged responses up to the one
  // with the command's tag.
  static MailReply answer(MailProtocol protocol, std::string tag = {});

  // Takes bytes from the front of `bytes`. Once the reply is complete, those left were sent after
  // it.
  State feed(std::string_view& bytes);
  State state() const { return state_; }

  // Bytes as sent, without their line ends. Complete: the last is the one that ended the reply.
  // Broken: the last is what broke it, as far as it was read.
  const std::vector<std::string>& lines() const { return lines_; }

  // Complete, and the answer is yes: 2xx, OK or PREAUTH.
  bool positive() const;

  // Why it is broken: "line too long", "reply too long", "not an IMAP greeting", "not an SMTP
  // reply"…
  std::string fault() const;

  // What the reply announces: SMTP's extensions with their parameters ("SIZE 1000"), IMAP's
  // capabilities. At most 100 of at most 256 bytes, as sent.
  std::vector<std::string> capabilities() const;

 private:
  enum class Fault : std::uint8_t { none, line, size, foreign };

  MailReply(MailProtocol protocol, bool greeting, std::string tag);
  bool may_begin(std::string_view line) const;  // a line may go on like this
  bool is_line(std::string_view line) const;
  bool ends_reply(std::string_view line) const;
  State break_off(Fault fault);
  void end_line();

  MailProtocol protocol_;
  bool greeting_;
  std::string tag_;
  State state_ = State::more;
  Fault fault_ = Fault::none;
  std::string line_;  // the one that is not yet ended
  std::size_t bytes_ = 0;
  std::vector<std::string> lines_;
};

bool offers_starttls(const std::vector<std::string>& capabilities);

// A line as text for a failure: printable ASCII, at most 200 bytes, the rest of the bytes as \xNN.
// Addresses become "[scrubbed]": servers like to tell a client its own.
std::string quoted_line(std::string_view line);

}  // namespace reachd::wire
