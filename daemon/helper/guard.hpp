// What a helper may be talked into reaching: public addresses that are not its own, and nothing
// else. Asked of the very address that is about to be connected to, so that no name, redirect or
// second answer of a resolver (rebinding) can slip another one in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/network.hpp"

namespace reachd::helper {

class Guard {
 public:
  // `allowed`: networks that may be reached though they are not public (parse_network's texts; bad
  // ones count for nothing). `own`: addresses of this host, refused even where they are public
  // unless they are allowed.
  Guard(const std::vector<std::string>& allowed, std::vector<std::string> own);

  bool allows(std::string_view address);  // counts the refusals
  std::uint64_t refusals() const { return refusals_; }

 private:
  std::vector<Network> allowed_;
  std::vector<std::string> own_;
  std::uint64_t refusals_ = 0;
};

}  // namespace reachd::helper
