// Lists of URLs as the Citizen Lab keeps them: one URL a line, with its category. Such a list is
// somebody else's and long: a line that cannot be used is passed over and told, never fatal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "config/config.hpp"
#include "config/target.hpp"

namespace reachd {

inline constexpr std::size_t kMostList = std::size_t{64} << 20U;  // bytes of one file
inline constexpr std::size_t kMostListed = 100'000;  // targets of all lists of a configuration

struct SkippedLine {
  int line = 0;
  std::string why;  // one printable line
  bool operator==(const SkippedLine&) const = default;
};

// What became of a list.
struct ListReport {
  std::string file;
  std::size_t taken = 0;  // targets
  std::vector<SkippedLine> skipped;
  bool operator==(const ListReport&) const = default;
};

// Takes the lines of `text` into `config.services`, to those of earlier lists too. The columns are
// found by their names in the first line; only `url` is needed. A target's service is its
// category_code in small letters, "uncategorised" without one; its name is its URL as it is asked
// for: without a fragment, the host in ASCII, what lies beyond ASCII in its path as %XX, at most
// 1024 bytes. The first of several URLs that ask for the same stays. The error, a sentence, says
// why the list cannot be used as a whole: no column `url`, nothing left, too much, or a category
// that is a service of the configuration's own (`configured` first ones of config.services).
boost::system::result<ListReport, std::string> take_list(std::string_view text,
                                                         const ListSettings& settings,
                                                         std::size_t configured, Config& config);

}  // namespace reachd
