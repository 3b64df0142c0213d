// What the daemon tells its operator: one line an event, `event key=value …`, on standard error.
// Under systemd the lines carry journald's priorities and no time; elsewhere time and level. Must
// never carry a secret, and nothing that came from the network can break a line or a terminal.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace reachd::log {

enum class Level : std::uint8_t { debug, info, warning, error };
std::string_view to_string(Level level);
std::optional<Level> parse_level(std::string_view text);

// One key with its value. Keys are ours: lower case and underscores.
struct Field {
  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  template <typename T>
    requires std::is_arithmetic_v<T>
  Field(std::string_view name, T number) : key(name) {
    if constexpr (std::same_as<T, bool>) {
      value = number ? "true" : "false";
    } else {
      value = std::to_string(number);
    }
  }
  std::string_view key;
  std::string value;
};
using Fields = std::initializer_list<Field>;

// Where lines go from here on: standard error, nothing below `level`. Before the first call lines
// go where spdlog sends them. An unknown level means `info`.
void start(std::string_view level);

void write(Level level, std::string_view event, Fields fields = {});
// Whether write() would say anything: for who would have to put much together first.
bool is_told(Level level);
inline void debug(std::string_view event, Fields fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) {
  write(Level::info, event, fields);
}
inline void warning(std::string_view event, Fields fields = {}) {
  write(Level::warning, event, fields);
}
inline void error(std::string_view event, Fields fields = {}) {
  write(Level::error, event, fields);
}

// The pure part.

// "status target=gmail/web reason=\"tls: eof_error\"". A value is cut at 2000 bytes.
std::string line(std::string_view event, Fields fields);
// A value as it stands in a line: in quotes if it is empty or holds a space, a quote or an equals
// sign; controls, bytes that are not text and what a terminal would obey or hide become \xNN.
std::string quote(std::string_view value);

// How one line begins and what it holds, in spdlog's terms.
enum class Style : std::uint8_t { journal, plain };
// `journal_stream` is the value of JOURNAL_STREAM, "device:inode": the journal reads this
// descriptor only if it is that very file (a redirection may have come in between).
Style style_for(const char* journal_stream, int descriptor);

}  // namespace reachd::log
