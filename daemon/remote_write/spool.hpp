// What waits to be taken by a receiver: a folder of segments, one a snapshot, named by its time in
// milliseconds, the oldest given first. Within a bound: the oldest go when there is no room, and
// are counted. Used on the worker's thread alone; never throws.
//
// A segment is in the kernel's hands when end() returns. Most are sent before a disk would have
// them, so one is synced only if it still waits when the next begins: a power cut costs the latest
// snapshot. A crash may tear its last record, which is dropped. After a restart a segment is given
// from its beginning: receivers take what they have already.
//
// While nothing can be written, the latest snapshots wait in memory: a full disk silences nobody.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "daemon/archive/descriptor.hpp"
#include "daemon/remote_write/segment.hpp"
#include "daemon/when.hpp"

namespace reachd::remote_write {

struct SpoolCounts {
  std::uint64_t samples = 0;  // that wait
  std::uint64_t bytes = 0;    // of all segments
  std::uint64_t dropped = 0;  // samples that were lost here: no room, or torn
  std::uint64_t torn = 0;     // records that a crash had torn or that do not read back
  bool up = true;             // the last attempt to write succeeded
  std::string text;           // of the last trouble
};

class Spool {
 public:
  static constexpr std::uint64_t kMostMemory = 8U << 20U;  // bytes, while nothing can be written

  Spool(std::string directory, std::uint64_t most_bytes);
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  void set_most_bytes(std::uint64_t bytes) { most_bytes_ = bytes; }

  // Takes over what an earlier run left: to be called once, first.
  void open();

  // A snapshot: begin, its bodies, end.
  void begin(WallTime at);
  void add(const Body& body);
  void end();

  // The oldest body, until settle() says what became of it: `done`, or to be given again.
  std::optional<Body> lend();
  void settle(bool done);

  const SpoolCounts& counts() const { return counts_; }

 private:
  struct Segment {
    std::int64_t name = 0;    // milliseconds; later ones have higher ones, whatever the clock does
    std::uint64_t bytes = 0;  // of whole records
    std::uint64_t samples = 0;  // not settled
    std::uint64_t at = 0;       // where the next record to give begins
    bool on_disk = false;
    std::string memory;  // else
  };
  using Segments = std::deque<Segment>;
  struct Lent {
    std::int64_t segment = 0;
    std::uint64_t next = 0;  // where the record after it begins
    std::uint32_t samples = 0;
  };

  std::string path_of(const Segment& segment) const;
  void take_over(std::int64_t name);
  std::optional<Body> read(const Segment& segment) const;
  bool write(const std::string& record);
  void keep(const std::string& record, std::uint32_t samples);
  bool make_room(std::uint64_t bytes);
  bool make_room_in_memory(std::uint64_t bytes);
  bool is_written(const Segment& segment) const;
  Segments::iterator drop(Segments::iterator segment);
  Segments::iterator remove(Segments::iterator segment);
  void sync();
  void fail(const std::string& what, int error);

  std::string directory_;
  std::uint64_t most_bytes_;
  Segments segments_;  // the oldest first
  std::optional<Lent> lent_;
  std::int64_t last_name_ = 0;
  archive::Descriptor file_;    // of the latest segment, until it is synced or gone
  std::int64_t file_name_ = 0;  // that segment's
  bool writing_ = false;        // between begin() and end()
  SpoolCounts counts_;
};

}  // namespace reachd::remote_write
