// Tries to get out of a sandbox, each way once, and prints `NAME ERRNO` a line: 0 where it got out.
// Runs twice: as the daemon's unit would run it, where each must be refused, and as root beside it,
// which shows that the attempts are real. Harmless where it succeeds: arguments are empty, or what
// it makes ends with the tree it runs in.
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

namespace {

bool opens(const char* path, int flags) {
  return ::open(path, flags | O_CLOEXEC, 0600) >= 0;
}

bool opens_socket(int family, int type, int protocol = 0) {
  return ::socket(family, type | SOCK_CLOEXEC, protocol) >= 0;
}

bool binds(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool makes_setuid_file() {
  const char* const state = std::getenv("STATE_DIRECTORY");
  const std::string path = std::string(state != nullptr ? state : "/tmp") + "/setuid";
  return opens(path.c_str(), O_WRONLY | O_CREAT) && ::chmod(path.c_str(), 04700) == 0;
}

// In a child, so that what it gains or loses stays there.
void attempt(const char* name, const std::function<bool()>& escapes) {
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) {
    errno = 0;
    const bool out = escapes();
    ::_exit(out ? 0 : errno != 0 ? errno : 255);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  std::printf("%s %d\n", name, WIFEXITED(status) ? WEXITSTATUS(status) : 254);
}

void files() {
  attempt("write_etc", [] { return opens("/etc/reachd/escaped", O_WRONLY | O_CREAT); });
  attempt("write_usr", [] { return opens("/usr/bin/escaped", O_WRONLY | O_CREAT); });
  attempt("write_var", [] { return opens("/var/lib/escaped", O_WRONLY | O_CREAT); });
  attempt("write_configuration", [] { return opens("/etc/reachd/reachd.yaml", O_WRONLY); });
  attempt("read_shadow", [] { return opens("/etc/shadow", O_RDONLY); });
  attempt("read_home", [] { return opens("/home/somebody/letter", O_RDONLY); });
  attempt("read_root", [] { return opens("/root/letter", O_RDONLY); });
  attempt("read_credstore", [] { return opens("/etc/credstore/helper-token", O_RDONLY); });
  attempt("read_others", [] { return opens("/proc/1/cmdline", O_RDONLY); });
  attempt("write_sysctl", [] { return opens("/proc/sys/kernel/hostname", O_WRONLY); });
  attempt("write_cgroup", [] { return opens("/sys/fs/cgroup/cgroup.procs", O_WRONLY); });
  attempt("make_device", [] { return ::mknod("/tmp/zero", S_IFCHR | 0600, makedev(1, 5)) == 0; });
  attempt("make_setuid_file", makes_setuid_file);
}

void sockets() {
  attempt("raw_socket", [] { return opens_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); });
  attempt("packet_socket", [] { return opens_socket(AF_PACKET, SOCK_RAW); });
  attempt("low_port", [] { return binds(80); });
}

void kernel() {
  attempt("trace", [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; });
  attempt("signal_init", [] { return ::kill(1, 0) == 0; });
  attempt("load_module", [] { return ::syscall(SYS_init_module, nullptr, 0UL, "") == 0; });
  attempt("bpf", [] { return ::syscall(SYS_bpf, 0, nullptr, 0) == 0; });
  attempt("mount", [] { return ::mount("tmpfs", "/mnt", "tmpfs", 0, nullptr) == 0; });
  attempt("new_user_namespace", [] { return ::unshare(CLONE_NEWUSER) == 0; });
  attempt("new_network_namespace", [] { return ::unshare(CLONE_NEWNET) == 0; });
  attempt("change_root", [] { return ::chroot("/") == 0; });
  attempt("become_root", [] { return ::setuid(0) == 0; });
  attempt("set_hostname", [] { return ::sethostname("machine", 7) == 0; });
  attempt("set_clock", [] { return ::syscall(SYS_settimeofday, nullptr, nullptr) == 0; });
  attempt("reboot", [] { return ::syscall(SYS_reboot, 0, 0, 0, nullptr) == 0; });
  attempt("realtime", [] {
    const sched_param priority{.sched_priority = 1};
    return ::sched_setscheduler(0, SCHED_FIFO, &priority) == 0;
  });
  attempt("other_personality", [] { return ::personality(PER_LINUX32) >= 0; });
  attempt("write_and_execute", [] {
    return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                  -1, 0) != MAP_FAILED;
  });
}

}  // namespace

int main() {
  files();
  sockets();
  kernel();
}
