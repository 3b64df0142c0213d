// Makes request bodies of a snapshot of all series, and ends the series that are no more. Used on
// the worker's thread, a slice at a time: ten thousand targets are more than a million samples.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "daemon/remote_write/wire.hpp"

namespace reachd::remote_write {

// Samples as Prometheus scrapes them, a line each without any that describes; nobody changes them
// any more.
using Text = std::shared_ptr<const std::string>;

// Such lines of many targets, made when they are read, one target's after the other's: never are
// all there at once.
struct Texts {
  std::size_t count = 0;
  // Appends the lines of one of them. On the worker; what it looks at nobody changes any more.
  std::function<void(std::size_t, std::string&)> append;
  // Of whom: those of two that are called the same may share series, others never do. Holds as long
  // as the function.
  std::function<std::string_view(std::size_t)> name;
};

// All series at one moment.
struct Snapshot {
  std::int64_t at = 0;  // milliseconds since 1970
  Place place;
  Text own;                     // of the daemon itself
  Texts parts;                  // of the targets
  std::vector<Texts> departed;  // of targets that are no more since the snapshot before
};

class Composer {
 public:
  // Samples in a request. Receivers take more; a fetch that fails costs no more than this again.
  static constexpr std::uint32_t kMostSamples = 5000;

  // Series of the snapshot before that are not in this one end with it, and so do all of them if
  // the place is called otherwise now.
  void begin(Snapshot snapshot);
  std::optional<Body> next();  // nothing: that was all

 private:
  using Series = std::unordered_set<std::string_view>;  // as series_of(), of a text that is kept
  struct Passage {                                      // texts that are still to be said
    Texts texts;
    const Place* place = nullptr;
    bool ends = false;         // their series are told to have ended
    Series* unsaid = nullptr;  // what is said is taken from it
    std::size_t next = 0;      // of the texts
  };
  // What was said of one that is no more, and what is said of one that is called the same.
  struct End {
    std::vector<std::pair<const Texts*, std::size_t>> before;
    std::optional<std::size_t> now;
  };
  using Ends = std::map<std::string_view, End>;  // by name

  void find_ends();
  bool step();
  bool turn();
  bool turn_end();
  void say(std::string_view line, const Passage& passage);

  Snapshot now_;                 // without its targets
  Snapshot before_;              // the same
  Texts parts_;                  // its targets, until all is said
  std::vector<Texts> departed_;  // and those that are no more
  Ends ends_;                    // of those, what is still to be ended
  std::string gone_text_;        // lines of one of them
  Series own_unsaid_;            // the daemon's of before that this snapshot has not said so far
  Series gone_;                  // those of `gone_text_` that are still to be ended
  std::deque<Passage> passages_;
  std::string text_;    // of the first passage, what is being said
  std::size_t at_ = 0;  // in it
  WriteRequest request_;
  Sample sample_;
  std::string scratch_;
};

}  // namespace reachd::remote_write
