// How an answer compares with the one that the helper got, by the rules of OONI's Web Connectivity.
#pragma once

#include <optional>

#include "probes/helper_report.hpp"
#include "probes/observation.hpp"

namespace reachd {

struct PageMatch {
  std::optional<bool> status;
  std::optional<bool> headers;  // an uncommon header in common
  std::optional<bool> title;
  std::optional<bool> body_length;
  double proportion = 0;  // smaller length by larger; 0: cannot be told
  bool operator==(const PageMatch&) const = default;
};

PageMatch compare_pages(const HttpSeen& ours, const HelperRequest& theirs);

// Another page: the status is not the same, or nothing else speaks for its being the same.
bool is_other_page(const PageMatch& match);

// An answer that is the end of the way: no 1xx, no redirect.
bool is_final_status(int status);

}  // namespace reachd
