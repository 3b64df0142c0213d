#include "daemon/archive/archive.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace reachd::archive {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kSyncEvery = 10s;
constexpr auto kRetryPacking = 60s;
constexpr std::size_t kSlice = std::size_t{1} << 20U;
constexpr auto kLateRounds = 10min;  // a round that began before midnight ends after it

std::string why() {
  return std::strerror(errno);
}

// All of it or none: what was written of it is taken back. The error is a sentence.
std::optional<std::string> append_whole(const std::string& path, const std::string& text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kFileMode));
  if (!file) return why();
  struct stat before{};
  if (::fstat(file.get(), &before) != 0) return why();
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t written = ::write(file.get(), left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      std::string error = why();
      if (::ftruncate(file.get(), before.st_size) != 0) error += "; a torn line is left";
      return error;
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  return std::nullopt;
}

}  // namespace

Limits limits_of(const StateSettings& settings) {
  Limits limits;
  limits.retention = settings.retention;
  limits.most_bytes = settings.max_bytes / 4 * 3;
  limits.part_bytes = std::min(limits.part_bytes, limits.most_bytes / 8);
  return limits;
}

Archive::Archive(const std::string& directory, Limits limits)
    : directory_(directory + "/archive"), limits_(limits), synced_(Clock::now()) {}

std::string Archive::path_of(const FileName& name) const {
  return directory_ + "/" + to_string(name);
}

void Archive::fail(std::string why) {
  counts_.up = false;
  counts_.text = std::move(why);
  ++counts_.errors;
}

bool Archive::refresh() {
  std::error_code ignored;  // listing says what is wrong
  fs::create_directories(directory_, ignored);
  auto files = list_files(directory_);
  if (!files) {
    fail(files.error());
    return false;
  }
  files_ = std::move(*files);
  counts_.bytes = 0;
  for (const File& file : files_) counts_.bytes += file.bytes;
  return true;
}

void Archive::open() {
  if (!refresh()) return;
  delete_leftovers(directory_);
  for (const File& file : files_) {
    if (file.name.packed) continue;
    const auto cut = cut_torn_line(path_of(file.name));
    if (!cut) {
      fail(to_string(file.name) + ": " + cut.error());
    } else if (*cut) {
      ++counts_.torn;
    }
  }
}

void Archive::append(const std::vector<Line>& lines, WallTime now) {
  if (lines.empty()) return;
  struct Piece {
    std::string text;
    std::uint64_t lines = 0;
  };
  std::map<Day, Piece> pieces;
  for (const Line& line : lines) {
    FileName name{line.day};
    // What is being packed takes no more; such a late round goes to the day it ends in.
    if (packing_ && packing_->from() == path_of(name)) {
      name.day = std::chrono::floor<std::chrono::days>(now);
    }
    Piece& piece = pieces[name.day];
    piece.text.append(line.text).push_back('\n');
    ++piece.lines;
  }
  if (!refresh()) {
    counts_.dropped += lines.size();
    return;
  }
  counts_.up = true;
  for (const auto& [day, piece] : pieces) write({day}, piece.text, piece.lines);
  if (Clock::now() - synced_ >= kSyncEvery) sync();
}

void Archive::write(FileName name, const std::string& text, std::uint64_t lines) {
  if (!make_room(text.size(), name)) {
    counts_.dropped += lines;
    return;
  }
  const std::string path = path_of(name);
  if (auto error = append_whole(path, text)) {
    counts_.dropped += lines;
    return fail(std::move(*error));
  }
  counts_.lines += lines;
  counts_.bytes += text.size();
  unsynced_.insert(path);
  auto file = std::ranges::find(files_, name, &File::name);
  if (file == files_.end()) {
    sync_directory(directory_);
    file = files_.insert(std::ranges::upper_bound(files_, name, earlier, &File::name), {name});
  }
  file->bytes += text.size();
  if (file->bytes >= limits_.part_bytes) roll(name);
}

// Deletes the earliest files until there is room for `bytes`; false if `kept` and what is being
// packed alone leave none.
bool Archive::make_room(std::uint64_t bytes, const FileName& kept) {
  while (counts_.bytes + bytes > limits_.most_bytes) {
    const auto oldest = std::ranges::find_if(files_, [&](const File& file) {
      return file.name != kept && !(packing_ && packing_->from() == path_of(file.name));
    });
    if (oldest == files_.end() || !remove(oldest->name)) return false;
  }
  return true;
}

bool Archive::remove(const FileName& name) {
  const auto file = std::ranges::find(files_, name, &File::name);
  if (::unlink(path_of(name).c_str()) != 0 && errno != ENOENT) {
    fail(why());
    return false;
  }
  counts_.bytes -= file->bytes;
  files_.erase(file);
  return true;
}

// The file of a day becomes its next part.
void Archive::roll(const FileName& name) {
  FileName part = name;
  for (const File& file : files_) {
    if (file.name.day == name.day) part.part = std::max(part.part, file.name.part);
  }
  ++part.part;
  if (std::rename(path_of(name).c_str(), path_of(part).c_str()) != 0) return fail(why());
  if (unsynced_.erase(path_of(name)) > 0) unsynced_.insert(path_of(part));
  std::ranges::find(files_, name, &File::name)->name = part;
  std::ranges::sort(files_, earlier, &File::name);
}

void Archive::sync() {
  for (const std::string& path : unsynced_) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) continue;  // packed meanwhile, which syncs too, or deleted
    if (::fdatasync(file.get()) != 0) fail(why());
  }
  unsynced_.clear();
  synced_ = Clock::now();
}

bool Archive::tidy(WallTime now) {
  if (packing_) {
    const auto done = packing_->go_on(kSlice);
    if (done && !*done) return true;
    if (!done) {
      fail("packing: " + done.error());
      pack_again_ = Clock::now() + kRetryPacking;
    }
    packing_.reset();
  }
  if (!refresh()) return false;
  return prune(now) || pack(now);
}

bool Archive::prune(WallTime now) {
  if (files_.empty()) return false;
  const FileName oldest = files_.front().name;
  if (oldest.day + std::chrono::days(1) < now - limits_.retention) return remove(oldest);
  return counts_.bytes > limits_.most_bytes && remove(oldest);
}

// Begins with the earliest file that takes no more lines.
bool Archive::pack(WallTime now) {
  if (Clock::now() < pack_again_) return false;
  const auto closed = std::ranges::find_if(files_, [&](const File& file) {
    const bool over = now >= file.name.day + std::chrono::days(1) + kLateRounds;
    return !file.name.packed && (file.name.part != 0 || over);
  });
  return closed != files_.end() && settle(closed->name);
}

bool Archive::settle(FileName name) {
  FileName packed = name;
  packed.packed = true;
  const auto plain = std::ranges::find(files_, name, &File::name);
  if (std::ranges::find(files_, packed, &File::name) != files_.end()) {
    if (holds_all_of(path_of(packed), plain->bytes)) return remove(name);
    roll(name);  // late lines: a part of their own
    return true;
  }
  auto begun = Packing::begin(path_of(name), path_of(packed));
  if (!begun) {
    fail("packing: " + begun.error());
    pack_again_ = Clock::now() + kRetryPacking;
    return false;
  }
  packing_.emplace(std::move(*begun));
  return true;
}

}  // namespace reachd::archive
