// lab_censor FILE.json: the path between the lab's namespaces. See README.md.
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>

#include <boost/json/parse.hpp>

#include "tests/lab/censor/bridge.hpp"

namespace censor {
namespace {

int stop_descriptor() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC);
}

// What the timer slacks is added to every path, and so is what a busy machine makes us wait: a turn
// before all others where that is allowed, else a better place among them, else neither.
void keep_time() {
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  sched_param turn{};
  turn.sched_priority = 1;
  if (sched_setscheduler(0, SCHED_RR, &turn) != 0) {
    setpriority(PRIO_PROCESS, 0, -10);
  }
}

int run(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) {
    throw BadFile(path + ": cannot be read");
  }
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const boost::json::value value = boost::json::parse(text);
  Fields fields(value, "");
  std::vector<Path> paths;
  for (const Fields& wire : fields.objects("wires")) {
    paths.push_back(read_path(wire));
  }
  Censor judge(read_rules(fields, paths),
               static_cast<std::uint64_t>(fields.integer("seed", 0, 1LL << 62).value_or(1)),
               std::chrono::steady_clock::now());
  const auto control = fields.text("control");
  fields.refuse_others();
  keep_time();
  const int stop = stop_descriptor();
  Bridge bridge(std::move(paths), std::move(judge), control);
  std::puts("ready");
  std::fflush(stdout);
  bridge.run(stop);
  std::puts(bridge.counters().c_str());
  return 0;
}

}  // namespace
}  // namespace censor

int main(int count, char** words) {
  if (count != 2) {
    std::fputs("usage: lab_censor FILE.json\n", stderr);
    return 2;
  }
  try {
    return censor::run(words[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lab_censor: %s\n", error.what());
    return 1;
  }
}
