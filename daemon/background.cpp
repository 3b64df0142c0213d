#include "daemon/background.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace reachd {

void step_back() {
  // Linux knows threads by their own ids here, against POSIX, where a process is as nice as a
  // whole.
  constexpr int kNice = 10;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
}

}  // namespace reachd
