// <directory>/archive/: every measurement as a line, in files by day (see files.hpp), the days gone
// by packed, all of it within a bound. Used on the worker's thread alone. Never throws; what cannot
// be written is dropped and counted, for it is not what the daemon knows but what it has seen.
//
// A line is in the kernel's hands when append() returns, so the end of the process loses none;
// every ten seconds the files are synced, so a power cut loses no more. A line is of the day on
// which its round began; the file of a day closes ten minutes after it, and takes what comes later
// still in another part.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "daemon/archive/files.hpp"
#include "daemon/archive/pack.hpp"
#include "daemon/when.hpp"

namespace reachd::archive {

struct Limits {
  std::chrono::milliseconds retention = std::chrono::hours(24 * 30);
  // Of all files together, but for the one that is being packed: the earliest go first.
  std::uint64_t most_bytes = std::uint64_t{1536} << 20U;
  // A file that has grown to this becomes a part of its day, packed at once.
  std::uint64_t part_bytes = std::uint64_t{64} << 20U;
};

Limits limits_of(const StateSettings& settings);  // three quarters of its bytes

struct Line {
  Day day;
  std::string text;  // without its end
};

struct Counts {
  bool up = true;             // the last attempt to write or to list succeeded
  std::string text;           // of the last trouble
  std::uint64_t bytes = 0;    // of all files, now
  std::uint64_t lines = 0;    // written
  std::uint64_t dropped = 0;  // not written, for trouble or for want of room within the bound
  std::uint64_t errors = 0;   // attempts to write, pack or list that failed
  std::uint64_t torn = 0;     // lines cut off at the start: a crash had torn them
};

class Archive {
 public:
  Archive(const std::string& directory, Limits limits);

  void set_limits(Limits limits) { limits_ = limits; }

  // Mends what a crash left: to be called once, first.
  void open();

  void append(const std::vector<Line>& lines, WallTime now);

  // A slice of what must be done now and then: packing (1 MiB), deleting. True if there is more.
  bool tidy(WallTime now);

  Counts counts() const { return counts_; }

 private:
  std::string path_of(const FileName& name) const;
  bool refresh();
  void write(FileName name, const std::string& text, std::uint64_t lines);
  bool make_room(std::uint64_t bytes, const FileName& kept);
  bool remove(const FileName& name);
  void roll(const FileName& name);
  void sync();
  bool pack(WallTime now);
  bool settle(FileName name);
  bool prune(WallTime now);
  void fail(std::string why);

  std::string directory_;
  Limits limits_;
  std::vector<File> files_;  // as last listed and changed since, the earliest first
  std::optional<Packing> packing_;
  std::set<std::string> unsynced_;  // paths
  std::chrono::steady_clock::time_point synced_;
  std::chrono::steady_clock::time_point pack_again_;  // after a failure: not at once
  Counts counts_;
};

}  // namespace reachd::archive
