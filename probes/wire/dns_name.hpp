// Domain names between wire and text. Text never holds a byte that a terminal, a CSV or a JSON
// reader could stumble over: whatever is not plain is written \DDD, dots and backslashes within a
// label too. Never follows a compression pointer forward, nor more than a few.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reachd::wire {

// Reads the name that begins at `at` of a whole message and moves `at` behind it. Text without the
// final dot, "." for the root; at most 255 bytes on the wire. nullopt if it is malformed.
std::optional<std::string> read_dns_name(std::span<const std::uint8_t> message, std::size_t& at);

// Appends the wire form of a name in text, with or without its final dot, uncompressed. False, with
// nothing appended, if the text is no name: empty, an empty or too long label, above 255 bytes.
bool write_dns_name(std::string_view text, std::vector<std::uint8_t>& out);

// Whether two names in text are the same: ASCII case does not matter, nor does the final dot.
bool same_dns_name(std::string_view a, std::string_view b);

// A byte string as it may stand in text: printable ASCII but space, quotes, backslash and `also`
// stay.
std::string escape_dns_text(std::span<const std::uint8_t> bytes, char also = '.');

}  // namespace reachd::wire
