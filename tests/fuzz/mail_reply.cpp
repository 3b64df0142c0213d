// Replies of mail servers: whatever comes, and however it is cut, the bounds hold and the same
// bytes mean the same. The first byte of the input chooses the reader, the second where the bytes
// are cut.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "probes/wire/mail_reply.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using reachd::wire::MailProtocol;
using reachd::wire::MailReply;

using reachd::fuzz::require;

MailReply reader(std::uint8_t choice) {
  const auto protocol = (choice & 1U) != 0 ? MailProtocol::imap : MailProtocol::smtp;
  return (choice & 2U) != 0 ? MailReply::greeting(protocol) : MailReply::answer(protocol, "a1");
}

// Returns what was left over.
std::string_view feed(MailReply& reply, std::string_view bytes, std::size_t step) {
  while (!bytes.empty() && reply.state() == MailReply::State::more) {
    std::string_view piece = bytes.substr(0, step);
    const std::size_t offered = piece.size();
    reply.feed(piece);
    bytes.remove_prefix(offered - piece.size());
  }
  return bytes;
}

void check_bounds(const MailReply& reply) {
  std::size_t total = 0;
  require(reply.lines().size() <= MailReply::kLines + 1);
  for (const auto& line : reply.lines()) {
    require(line.size() <= MailReply::kLineBytes);
    total += line.size();
    const auto quoted = reachd::wire::quoted_line(line);
    require(quoted.size() <= 200);
    for (const char c : quoted) require(c >= ' ' && c <= '~');
  }
  require(total <= MailReply::kBytes + MailReply::kLineBytes);
  const auto capabilities = reply.capabilities();
  require(capabilities.size() <= 100);
  for (const auto& capability : capabilities) require(capability.size() <= 256);
  reachd::wire::offers_starttls(capabilities);
  require(!reply.positive() || reply.state() == MailReply::State::complete);
  require(reply.fault().empty() == (reply.state() != MailReply::State::broken));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  auto whole = reader(data[0]);
  auto pieces = reader(data[0]);
  const auto left = feed(whole, bytes, bytes.size());
  const auto left_of_pieces = feed(pieces, bytes, std::size_t{1} + data[1]);
  require(whole.state() == pieces.state());
  require(whole.fault() == pieces.fault());
  if (whole.state() == MailReply::State::complete) {
    require(left == left_of_pieces);
    require(whole.lines() == pieces.lines());
  }
  check_bounds(whole);
  check_bounds(pieces);
  return 0;
}
