// Turns the configured resolvers into ones that can be asked: `system` stands for the nameservers
// of resolv.conf, which is read again when it changes. The search list is not applied: we measure
// names as they are written.
#pragma once

#include <sys/types.h>

#include <ctime>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace reachd::net {

class Resolvers {
 public:
  explicit Resolvers(std::vector<ResolverSettings> configured,
                     std::string resolv_conf = "/etc/resolv.conf");

  // Those named, in that order; all, if none is named. `system` becomes one entry per nameserver,
  // all with the name "system" and kind udp; 127.0.0.1 if the file names none (as resolv.conf(5)
  // says). A stat(2) of the file per call.
  std::vector<ResolverSettings> pick(const std::vector<std::string>& names);

 private:
  // What tells one version of the file from the next.
  struct Stamp {
    bool exists = false;
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    time_t seconds = 0;
    long nanoseconds = 0;
    bool operator==(const Stamp&) const = default;
  };
  void refresh();

  std::vector<ResolverSettings> configured_;
  std::string resolv_conf_;
  std::vector<std::string> nameservers_;
  bool read_ = false;
  Stamp stamp_;
};

// The nameservers of a resolv.conf's text, at most three, addresses that parse (a scope id is
// kept).
std::vector<std::string> parse_resolv_conf(const std::string& text);

}  // namespace reachd::net
