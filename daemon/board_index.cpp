#include "daemon/board_index.hpp"

namespace reachd {

BoardIndex::Place BoardIndex::find(Board& board, const std::string& id) {
  if (plan_ != board.plans) {
    places_.clear();
    places_.reserve(board.targets.size() + board.controls.size());
    for (auto& [key, entry] : board.targets) places_[key] = {&entry, false};
    for (auto& [key, entry] : board.controls) places_[key] = {&entry, true};
    plan_ = board.plans;
  }
  const auto found = places_.find(id);
  return found == places_.end() ? Place{} : found->second;
}

}  // namespace reachd
