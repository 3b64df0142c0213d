// Where on the board a target's entry lies. A walk through the board's map compares names that lie
// in as many places of memory as it takes steps: of 25,000 targets that was 3 % of a plain round.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "daemon/board.hpp"

namespace reachd {

class BoardIndex {
 public:
  struct Place {
    TargetBoard* entry = nullptr;  // null: no such target
    bool control = false;
  };

  // By id_of(target). Valid until the board's targets are set again, which this notices.
  Place find(Board& board, const std::string& id);

 private:
  std::uint64_t plan_ = 0;                              // of the board, that this is made of
  std::unordered_map<std::string_view, Place> places_;  // by the keys of the board's maps
};

}  // namespace reachd
