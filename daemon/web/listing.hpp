// Which targets a request wants to see, and those: a board of ten thousand is never shown whole.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "daemon/board.hpp"
#include "daemon/web/location.hpp"

namespace reachd::web {

struct Filter {
  static constexpr std::size_t kMaxLimit = 1000;
  static constexpr std::size_t kMaxText = 200;  // bytes; what is longer is cut
  std::vector<Status> statuses;                 // empty: all
  std::string text;  // what "service/target" or the URL must hold, in any case; empty: anything
  std::size_t offset = 0;
  std::size_t limit = 100;
};

// Reads `q`, `status` (may be repeated; empty: all), `limit` (more than kMaxLimit is kMaxLimit) and
// `offset` or, from 1 on, `page`; other parameters are none of its business. The error is a
// sentence.
boost::system::result<Filter, std::string> parse_filter(const Query& query);

struct Window {
  WallTime since;  // the epoch: from the beginning
  std::size_t limit = 100;
};
// Reads `since` (RFC 3339) and `limit`, as parse_filter does.
boost::system::result<Window, std::string> parse_window(const Query& query);

enum class Order : std::uint8_t {
  by_name,
  trouble_first,  // by status, the worst before ok, then by name
};
struct Listing {
  std::size_t total = 0;  // of those that pass, before offset and limit
  std::vector<const TargetBoard*> targets;
};
// Which `limit` of targets that is, and the same filter for another one; pages count from 1.
std::size_t page_of(const Filter& filter);
std::string query_of(const Filter& filter, std::size_t page);  // "?q=…&status=…&page=2", or empty

Listing list(const Board& board, const Filter& filter, Order order);

std::array<std::size_t, kStatuses.size()> count_by_status(const Board& board);

// A target or a control; null if there is none of that name.
const TargetBoard* find(const Board& board, const TargetName& name);

}  // namespace reachd::web
