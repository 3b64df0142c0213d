// Threads that must not hold up the loop. The loop measures: what it does late reads as a slow
// target; what they do may wait.
#pragma once

namespace reachd {

// Leaves the calling thread less of a core that it shares with the loop (nice 10). Where that is
// not allowed it stays as it is.
void step_back();

}  // namespace reachd
