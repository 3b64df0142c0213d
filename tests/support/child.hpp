// Work in a process of its own: to be killed, or to have a file system of its own.
#pragma once

#include <csignal>
#include <functional>
#include <stdexcept>

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

namespace reachd::test {

// Runs `work` in a child and returns its number; the child ends with what `work` returns. No other
// thread may run in the test.
inline pid_t begin_child(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child process");
  if (child > 0) return child;
  int code = 99;
  try {
    code = work();
  } catch (const std::exception&) {
    code = 98;
  }
  _exit(code);
}

// What the child returned; -1 if a signal ended it.
inline int end_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

inline int kill_child(pid_t child) {
  kill(child, SIGKILL);
  return end_of(child);
}

// In a child: mounts of its own from here on. Needs root or user namespaces.
inline bool own_mounts() {
  const int what = geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
  return unshare(what) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

}  // namespace reachd::test
