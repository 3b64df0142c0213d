#include "daemon/remote_write/spool.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace reachd::remote_write {
namespace {

namespace fs = std::filesystem;
using archive::Descriptor;

constexpr std::string_view kEnding = ".rrw";

std::optional<std::int64_t> parse_name(std::string_view text) {
  if (!text.ends_with(kEnding)) return std::nullopt;
  text.remove_suffix(kEnding.size());
  std::int64_t name = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), name);
  if (error != std::errc() || end != text.data() + text.size() || name < 0) return std::nullopt;
  return name;
}

// Fewer bytes at the end of the file, or when it cannot be read.
std::string read_at(int file, std::uint64_t at, std::size_t bytes) {
  std::string text(bytes, '\0');
  std::size_t got = 0;
  while (got < bytes) {
    const ssize_t count =
        ::pread(file, text.data() + got, bytes - got, static_cast<off_t>(at + got));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  text.resize(got);
  return text;
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Spool::Spool(std::string directory, std::uint64_t most_bytes)
    : directory_(std::move(directory)), most_bytes_(most_bytes) {}

std::string Spool::path_of(const Segment& segment) const {
  return fmt::format("{}/{:013}{}", directory_, segment.name, kEnding);
}

void Spool::open() {
  std::error_code error;
  fs::create_directories(directory_, error);
  std::vector<std::int64_t> names;
  for (fs::directory_iterator it(directory_, error), end; !error && it != end;
       it.increment(error)) {
    if (const auto name = parse_name(it->path().filename().string())) names.push_back(*name);
  }
  if (error) fail("the folder cannot be used", error.value());
  std::ranges::sort(names);
  for (const std::int64_t name : names) take_over(name);
  if (!names.empty()) last_name_ = names.back();
  while (counts_.bytes > most_bytes_) drop(segments_.begin());
}

void Spool::take_over(std::int64_t name) {
  Segment segment{.name = name, .on_disk = true};
  const std::string path = path_of(segment);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat found{};
  if (!file || ::fstat(file.get(), &found) != 0) return fail("open " + path, errno);
  const Extent extent = measure(static_cast<std::uint64_t>(found.st_size), [&](std::uint64_t at) {
    return read_at(file.get(), at, kHeaderBytes);
  });
  counts_.torn += extent.torn ? 1U : 0U;
  counts_.dropped += extent.lost;
  if (extent.bytes == 0) {
    ::unlink(path.c_str());
    return;
  }
  segment.bytes = extent.bytes;
  segment.samples = extent.samples;
  counts_.bytes += segment.bytes;
  counts_.samples += segment.samples;
  segments_.push_back(std::move(segment));
}

void Spool::begin(WallTime at) {
  sync();
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  last_name_ = std::max<std::int64_t>(last_name_ + 1, now);
  segments_.push_back({.name = last_name_});
  writing_ = true;
}

void Spool::add(const Body& body) {
  std::string record;
  record.reserve(kHeaderBytes + body.bytes.size());
  append_record(body, record);
  if (!make_room(record.size())) {
    counts_.dropped += body.samples;
    return;
  }
  if (segments_.back().memory.empty() && write(record)) {
    segments_.back().on_disk = true;
  } else {
    // What it holds already stays on the disk.
    if (segments_.back().on_disk) segments_.push_back({.name = ++last_name_});
    if (!make_room_in_memory(record.size())) {
      counts_.dropped += body.samples;
      return;
    }
    segments_.back().memory += record;
  }
  segments_.back().bytes += record.size();
  segments_.back().samples += body.samples;
  counts_.bytes += record.size();
  counts_.samples += body.samples;
}

void Spool::end() {
  writing_ = false;
  if (segments_.back().bytes == 0) segments_.pop_back();
}

bool Spool::is_written(const Segment& segment) const {
  return writing_ && segment.name == segments_.back().name;
}

// False if only what is being written now could go.
bool Spool::make_room(std::uint64_t bytes) {
  while (counts_.bytes + bytes > most_bytes_) {
    if (is_written(segments_.front())) return false;
    drop(segments_.begin());
  }
  return true;
}

// The same for what waits in memory.
bool Spool::make_room_in_memory(std::uint64_t bytes) {
  std::uint64_t held = 0;
  for (const Segment& segment : segments_) held += segment.memory.size();
  for (auto segment = segments_.begin(); held + bytes > kMostMemory;) {
    if (is_written(*segment)) return false;
    held -= segment->memory.size();
    segment = segment->on_disk ? std::next(segment) : drop(segment);
  }
  return true;
}

// Appends to the latest segment's file.
bool Spool::write(const std::string& record) {
  const Segment& segment = segments_.back();
  if (file_name_ != segment.name) {
    std::error_code ignored;
    fs::create_directories(directory_, ignored);
    file_ =
        Descriptor(::open(path_of(segment).c_str(),
                          O_CREAT | O_EXCL | O_WRONLY | O_APPEND | O_CLOEXEC, archive::kFileMode));
    file_name_ = segment.name;
  }
  counts_.up = file_ && write_all(file_.get(), record);
  if (counts_.up) return true;
  fail("write " + path_of(segment), errno);
  if (!file_) return false;
  if (segment.bytes == 0) {
    ::unlink(path_of(segment).c_str());
  } else if (::ftruncate(file_.get(), static_cast<off_t>(segment.bytes)) != 0) {
    fail("truncate " + path_of(segment), errno);  // the torn record is known by its checksum
  }
  return false;
}

std::optional<Body> Spool::lend() {
  settle(false);
  while (!segments_.empty()) {
    Segment& first = segments_.front();
    if (first.at >= first.bytes) {
      if (is_written(first)) break;
      remove(segments_.begin());
      continue;
    }
    auto body = read(first);
    if (body) {
      lent_ = {first.name, first.at + kHeaderBytes + body->bytes.size(), body->samples};
      return body;
    }
    // Where the next record begins is not known either.
    ++counts_.torn;
    counts_.dropped += first.samples;
    counts_.samples -= first.samples;
    first.samples = 0;
    first.at = first.bytes;
  }
  return std::nullopt;
}

std::optional<Body> Spool::read(const Segment& segment) const {
  Descriptor file;
  if (segment.on_disk) {
    file = Descriptor(::open(path_of(segment).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return std::nullopt;
  }
  const auto take = [&](std::uint64_t at, std::size_t bytes) {
    return segment.on_disk ? read_at(file.get(), at, bytes)
                           : segment.memory.substr(std::min(at, segment.bytes), bytes);
  };
  const auto header = read_header(take(segment.at, kHeaderBytes));
  if (!header) return std::nullopt;
  Body body{take(segment.at + kHeaderBytes, header->length), header->samples};
  if (!is_whole(*header, body.bytes) || body.samples > segment.samples) return std::nullopt;
  return body;
}

void Spool::settle(bool done) {
  if (!lent_) return;
  const Lent lent = *std::exchange(lent_, std::nullopt);
  if (segments_.empty() || segments_.front().name != lent.segment) {
    if (!done) counts_.dropped += lent.samples;  // it had to go meanwhile
    return;
  }
  if (!done) return;
  Segment& first = segments_.front();
  first.at = lent.next;
  first.samples -= lent.samples;
  counts_.samples -= lent.samples;
  if (first.at >= first.bytes && !is_written(first)) remove(segments_.begin());
}

// Returns the one behind it.
Spool::Segments::iterator Spool::drop(Segments::iterator segment) {
  const bool lent = lent_ && lent_->segment == segment->name;  // counted when it is settled
  counts_.dropped += segment->samples - (lent ? lent_->samples : 0);
  return remove(segment);
}

Spool::Segments::iterator Spool::remove(Segments::iterator segment) {
  if (segment->on_disk) ::unlink(path_of(*segment).c_str());
  if (file_name_ == segment->name) file_.reset();
  counts_.bytes -= segment->bytes;
  counts_.samples -= segment->samples;
  return segments_.erase(segment);
}

// The latest segment, if it still waits, and that it is there.
void Spool::sync() {
  if (!file_) return;
  const Descriptor folder(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (::fdatasync(file_.get()) != 0 || !folder || ::fsync(folder.get()) != 0) {
    fail("sync " + directory_, errno);
  }
  file_.reset();
}

void Spool::fail(const std::string& what, int error) {
  counts_.up = false;
  counts_.text = fmt::format("{}: {}", what, std::strerror(error));
}

}  // namespace reachd::remote_write
