// Boards to look at: targets with rounds that went as the test says, at a time that stands still.
#pragma once

#include <string>

#include "daemon/board.hpp"

namespace reachd::test {

// 2026-11-24T10:00:00Z: the moment at which the boards are looked at.
WallTime board_now();

// Adds a target without a round; controls go by service "control.…".
TargetBoard& add_target(Board& board, const std::string& service, const std::string& name,
                        const std::string& url = "https://www.example.org/");

// Files a round of that status, `ago` before board_now(): DNS 5 ms, connect 20 ms, TLS 30 ms, first
// byte 40 ms, transfer 10 ms. Unless it is ok, TLS is reset and the rule is "plain.step_failed".
void add_round(TargetBoard& target, Status status, std::chrono::seconds ago);

}  // namespace reachd::test
