#include "daemon/log.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "probes/text.hpp"

namespace reachd::log {
namespace {

constexpr std::size_t kValueLimit = 2000;

constexpr std::array<std::pair<Level, std::string_view>, 4> kLevels{{{Level::debug, "debug"},
                                                                     {Level::info, "info"},
                                                                     {Level::warning, "warning"},
                                                                     {Level::error, "error"}}};

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// "<6>": how journald learns the priority of a line on standard error, see sd-daemon(3).
class Priority : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    std::string_view prefix = "<7>";
    if (message.level == spdlog::level::info) prefix = "<6>";
    if (message.level == spdlog::level::warn) prefix = "<4>";
    if (message.level == spdlog::level::err) prefix = "<3>";
    if (message.level == spdlog::level::critical) prefix = "<2>";
    out.append(prefix.data(), prefix.data() + prefix.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<Priority>();
  }
};

// Of ASCII, what can stand without quotes.
bool plain(char c) {
  return c > 0x20 && c < 0x7f && c != '"' && c != '=' && c != '\\';
}

void escape(std::string& out, std::string_view bytes, const Character& character) {
  if (bytes.front() == '"' || bytes.front() == '\\') {
    out += '\\';
    out += bytes.front();
  } else if (character.value && shows(*character.value)) {
    out += bytes.substr(0, character.size);
  } else {
    for (const char c : bytes.substr(0, character.size)) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
}

}  // namespace

std::string_view to_string(Level level) {
  for (const auto& [known, name] : kLevels) {
    if (known == level) return name;
  }
  return "info";
}

std::optional<Level> parse_level(std::string_view text) {
  for (const auto& [level, name] : kLevels) {
    if (name == text) return level;
  }
  return std::nullopt;
}

Style style_for(const char* journal_stream, int descriptor) {
  struct stat status{};
  if (journal_stream == nullptr || fstat(descriptor, &status) != 0) return Style::plain;
  return journal_stream == fmt::format("{}:{}", status.st_dev, status.st_ino) ? Style::journal
                                                                              : Style::plain;
}

void start(std::string_view level) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  if (style_for(std::getenv("JOURNAL_STREAM"), STDERR_FILENO) == Style::journal) {
    formatter->add_flag<Priority>('*').set_pattern("%*%v");
  } else {
    formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  }
  auto logger =
      std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog_level(parse_level(level).value_or(Level::info)));
  spdlog::set_default_logger(std::move(logger));
}

bool is_told(Level level) {
  const auto* logger = spdlog::default_logger_raw();
  return logger != nullptr && logger->should_log(spdlog_level(level));
}

void write(Level level, std::string_view event, Fields fields) {
  if (!is_told(level)) return;
  spdlog::default_logger_raw()->log(spdlog_level(level),
                                    spdlog::string_view_t(line(event, fields)));
}

std::string line(std::string_view event, Fields fields) {
  std::string text(event);
  for (const Field& field : fields) {
    text += ' ';
    text += field.key;
    text += '=';
    text += quote(field.value);
  }
  return text;
}

std::string quote(std::string_view value) {
  const bool cut = value.size() > kValueLimit;
  value = value.substr(0, kValueLimit);
  bool bare = !value.empty() && !cut;
  for (const char c : value) bare = bare && plain(c);
  if (bare) return std::string(value);
  std::string text = "\"";
  while (!value.empty()) {
    const Character character = first_character(value);
    escape(text, value, character);
    value.remove_prefix(character.size);
  }
  return text + (cut ? "...\"" : "\"");
}

}  // namespace reachd::log
