#include "probes/wire/mail_reply.hpp"

#include <algorithm>
#include <utility>

namespace reachd::wire {
namespace {

constexpr std::size_t kCapabilities = 100;
constexpr std::size_t kCapabilityBytes = 256;
constexpr std::size_t kCodeBytes = 3;  // of an SMTP reply

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return upper(x) == upper(y); });
}

// Whether one of the two begins with the other: `line` may be cut short.
bool agree(std::string_view line, std::string_view start) {
  const std::size_t size = std::min(line.size(), start.size());
  return line.substr(0, size) == start.substr(0, size);
}

// The word at the front, which is removed together with the spaces after it.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return word;
}

// "OK" of "* OK ready" and of "a1 OK done".
std::string_view imap_status(std::string_view line) {
  take_word(line);
  return take_word(line);
}

void add(std::vector<std::string>& capabilities, std::string_view capability) {
  if (capability.empty() || capabilities.size() >= kCapabilities) return;
  capabilities.emplace_back(capability.substr(0, kCapabilityBytes));
}

// Of "* CAPABILITY A B" and of the code in "* OK [CAPABILITY A B] ready".
std::string_view imap_capabilities(std::string_view line) {
  take_word(line);
  std::string_view word = take_word(line);
  if (same(word, "CAPABILITY")) return line;
  word = take_word(line);
  return same(word, "[CAPABILITY") ? line.substr(0, line.find(']')) : std::string_view();
}

}  // namespace

std::string_view to_string(MailProtocol protocol) {
  return protocol == MailProtocol::imap ? "imap" : "smtp";
}

MailReply::MailReply(MailProtocol protocol, bool greeting, std::string tag)
    : protocol_(protocol), greeting_(greeting), tag_(std::move(tag)) {}

MailReply MailReply::greeting(MailProtocol protocol) {
  return {protocol, true, {}};
}

MailReply MailReply::answer(MailProtocol protocol, std::string tag) {
  return {protocol, false, std::move(tag)};
}

MailReply::State MailReply::feed(std::string_view& bytes) {
  while (state_ == State::more && !bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    std::string_view piece = bytes.substr(0, end);
    const bool too_long = piece.size() > kLineBytes - line_.size();
    piece = piece.substr(0, kLineBytes - line_.size());
    line_ += piece;
    bytes_ += piece.size();
    bytes.remove_prefix(piece.size());
    if (!may_begin(line_)) return break_off(Fault::foreign);
    if (too_long) return break_off(Fault::line);
    if (bytes_ > kBytes) return break_off(Fault::size);
    if (bytes.empty()) break;
    bytes.remove_prefix(1);
    end_line();
  }
  return state_;
}

void MailReply::end_line() {
  if (line_.ends_with('\r')) line_.pop_back();
  if (!is_line(line_)) {
    break_off(Fault::foreign);
  } else if (lines_.size() == kLines) {
    break_off(Fault::size);
  } else {
    if (ends_reply(line_)) state_ = State::complete;
    lines_.push_back(std::exchange(line_, {}));
  }
}

MailReply::State MailReply::break_off(Fault fault) {
  lines_.push_back(std::exchange(line_, {}));
  fault_ = fault;
  return state_ = State::broken;
}

bool MailReply::may_begin(std::string_view line) const {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (protocol_ == MailProtocol::smtp) {
    if (line.size() > kCodeBytes && line[kCodeBytes] != ' ' && line[kCodeBytes] != '-')
      return false;
    const std::string_view code = line.substr(0, kCodeBytes);
    if (!lines_.empty()) return agree(code, lines_.front().substr(0, kCodeBytes));
    return std::ranges::all_of(code, is_digit) &&
           (code.empty() || (code[0] >= '2' && code[0] <= '5'));
  }
  if (agree(line, "* ")) return true;
  return !greeting_ && (agree(line, "+") || agree(line, tag_ + ' '));
}

bool MailReply::is_line(std::string_view line) const {
  if (!may_begin(line)) return false;
  if (protocol_ == MailProtocol::smtp) return line.size() >= kCodeBytes;
  const std::string_view status = imap_status(line);
  if (line.starts_with('+')) return true;
  if (greeting_) return same(status, "OK") || same(status, "PREAUTH") || same(status, "BYE");
  if (!ends_reply(line)) return !status.empty();
  return same(status, "OK") || same(status, "NO") || same(status, "BAD");
}

bool MailReply::ends_reply(std::string_view line) const {
  if (protocol_ == MailProtocol::smtp) return line.size() == kCodeBytes || line[kCodeBytes] == ' ';
  return greeting_ || (!tag_.empty() && line.starts_with(tag_ + ' '));
}

bool MailReply::positive() const {
  if (state_ != State::complete) return false;
  const std::string& line = lines_.back();
  if (protocol_ == MailProtocol::smtp) return line.starts_with('2');
  const std::string_view status = imap_status(line);
  return same(status, "OK") || same(status, "PREAUTH");
}

std::string MailReply::fault() const {
  switch (fault_) {
    case Fault::none:
      return {};
    case Fault::line:
      return "line too long";
    case Fault::size:
      return "reply too long";
    case Fault::foreign:
      break;
  }
  const std::string name = protocol_ == MailProtocol::imap ? "not an IMAP " : "not an SMTP ";
  if (greeting_) return name + "greeting";
  return name + (protocol_ == MailProtocol::imap ? "response" : "reply");
}

std::vector<std::string> MailReply::capabilities() const {
  std::vector<std::string> found;
  if (state_ != State::complete) return found;
  if (protocol_ == MailProtocol::smtp) {
    // The first line is the server's name and its compliments.
    for (std::size_t i = 1; i < lines_.size(); ++i) {
      if (lines_[i].size() > kCodeBytes)
        add(found, std::string_view(lines_[i]).substr(kCodeBytes + 1));
    }
    return found;
  }
  for (const std::string& line : lines_) {
    std::string_view words = imap_capabilities(line);
    if (words.empty() || !found.empty()) continue;  // said once, whatever is said again
    while (!words.empty()) add(found, take_word(words));
  }
  return found;
}

bool offers_starttls(const std::vector<std::string>& capabilities) {
  return std::ranges::any_of(capabilities, [](std::string_view capability) {
    return same(take_word(capability), "STARTTLS");
  });
}

}  // namespace reachd::wire
