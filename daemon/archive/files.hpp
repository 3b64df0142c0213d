// The archive's folder: which files there are, in what order, and their mending after a crash.
//   2026-01-31.jsonl         rounds begun that day (UTC), still written to
//   2026-01-31.jsonl.zst     the same, once the day is over
//   2026-01-31.1.jsonl[.zst] an earlier part of a day that grew large, the lowest number first
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

namespace reachd::archive {

using Day = std::chrono::sys_days;
template <typename T>
using Result = boost::system::result<T, std::string>;  // the error is a sentence

struct FileName {
  Day day;
  std::uint32_t part = 0;  // 0: none, which is the last of its day
  bool packed = false;
  bool operator==(const FileName&) const = default;
};

std::string to_string(const FileName& name);
std::optional<FileName> parse_file_name(std::string_view text);  // nothing: not a file of ours
bool earlier(const FileName& a, const FileName& b);  // its rounds came before the other's

struct File {
  FileName name;
  std::uint64_t bytes = 0;
};

// Ours, the earliest first.
Result<std::vector<File>> list_files(const std::string& directory);

// What a crash left of a packing: NAME.jsonl.zst and this.
inline constexpr std::string_view kUnfinished = ".tmp";
void delete_leftovers(const std::string& directory);

// Cuts off what follows the last end of a line: a line that a crash tore. True if there was any.
Result<bool> cut_torn_line(const std::string& path);

}  // namespace reachd::archive
