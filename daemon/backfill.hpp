// Fills the timelines of targets that are new on the board from what the store kept of them. In
// slices, while rounds go on: nothing waits for it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "daemon/board.hpp"
#include "daemon/store/saver.hpp"

namespace reachd {

// Board and saver outlive it; targets may come and go meanwhile. Takes rounds that began before
// `until`, which is the moment at which the targets came onto the board: later ones are recorded as
// they end. What cannot be read stays empty.
boost::asio::awaitable<void> fill_timelines(Board& board, store::Saver& saver, WallTime until);

}  // namespace reachd
