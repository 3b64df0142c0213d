#include "daemon/archive/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <tuple>

#include <fcntl.h>
#include <unistd.h>

#include "daemon/archive/descriptor.hpp"

namespace reachd::archive {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPlain = ".jsonl";
constexpr std::string_view kPacked = ".jsonl.zst";

template <typename Number>
bool take(std::string_view& text, std::size_t digits, Number& out) {
  const std::string_view run = text.substr(0, digits);
  const auto [end, error] = std::from_chars(run.data(), run.data() + run.size(), out);
  text.remove_prefix(run.size());
  return error == std::errc{} && end == run.data() + run.size();
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

}  // namespace

std::string to_string(const FileName& name) {
  const std::chrono::year_month_day date(name.day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  std::string made = text.data();
  if (name.part != 0) made += "." + std::to_string(name.part);
  return made.append(name.packed ? kPacked : kPlain);
}

std::optional<FileName> parse_file_name(std::string_view text) {
  FileName name;
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  const std::string whole(text);
  if (!take(text, 4, year) || !take(text, "-") || !take(text, 2, month) || !take(text, "-") ||
      !take(text, 2, day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  name.day = date;
  if (text != kPlain && text != kPacked) {
    if (!take(text, ".") || !take(text, text.find('.'), name.part)) return std::nullopt;
  }
  name.packed = text == kPacked;
  if (to_string(name) != whole) return std::nullopt;  // "+1", "007"
  return name;
}

bool earlier(const FileName& a, const FileName& b) {
  static constexpr auto kLast = std::numeric_limits<std::uint32_t>::max();
  const auto order = [](const FileName& name) {
    return std::tuple(name.day, name.part == 0 ? kLast : name.part, name.packed ? 0 : 1);
  };
  return order(a) < order(b);
}

Result<std::vector<File>> list_files(const std::string& directory) {
  std::vector<File> files;
  std::error_code error;
  fs::directory_iterator entry(directory, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    const std::string text = entry->path().filename().string();
    const auto name = parse_file_name(text);
    if (!name || !entry->is_regular_file(ignored)) continue;
    const auto bytes = entry->file_size(ignored);
    if (!ignored) files.push_back({*name, bytes});
  }
  if (error) return error.message();
  std::ranges::sort(files, earlier, &File::name);
  return files;
}

void delete_leftovers(const std::string& directory) {
  std::error_code error;
  fs::directory_iterator entry(directory, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    std::string text = entry->path().filename().string();
    if (!text.ends_with(kUnfinished)) continue;
    text.resize(text.size() - kUnfinished.size());
    std::error_code ignored;
    if (parse_file_name(text)) fs::remove(entry->path(), ignored);
  }
}

Result<bool> cut_torn_line(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file) return std::string(std::strerror(errno));
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  std::array<char, 65536> chunk{};
  off_t kept = size;  // what follows it has no end of a line
  while (kept > 0) {
    const off_t begin = std::max<off_t>(0, kept - static_cast<off_t>(chunk.size()));
    const ssize_t read =
        ::pread(file.get(), chunk.data(), static_cast<std::size_t>(kept - begin), begin);
    if (read != kept - begin) return std::string(read < 0 ? std::strerror(errno) : "cut short");
    const std::string_view text(chunk.data(), static_cast<std::size_t>(read));
    const std::size_t end = text.rfind('\n');
    if (end != std::string_view::npos) {
      kept = begin + static_cast<off_t>(end) + 1;
      break;
    }
    kept = begin;
  }
  if (kept == size) return false;
  if (::ftruncate(file.get(), kept) != 0) return std::string(std::strerror(errno));
  return true;
}

}  // namespace reachd::archive
