#include "daemon/web/listing.hpp"

#include <algorithm>
#include <charconv>

#include "daemon/when.hpp"

namespace reachd::web {
namespace {

std::optional<Status> parse_status(std::string_view text) {
  for (const Status status : kStatuses) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

std::optional<std::size_t> parse_count(std::string_view text) {
  std::size_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return count;
}

std::string known_statuses() {
  std::string all;
  for (const Status status : kStatuses) {
    all += (all.empty() ? "" : ", ") + std::string(to_string(status));
  }
  return all;
}

constexpr std::array kWorstFirst{Status::blocked, Status::likely_blocked, Status::impaired,
                                 Status::down,    Status::insufficient,   Status::ok};
static_assert(kWorstFirst.size() == kStatuses.size());

template <typename Wanted>
void collect(const Board& board, std::vector<const TargetBoard*>& targets, Wanted wanted) {
  for (const auto& [id, target] : board.targets) {
    if (wanted(shown(target).status)) targets.push_back(&target);
  }
}

}  // namespace

boost::system::result<Filter, std::string> parse_filter(const Query& query) {
  Filter filter;
  for (const auto& [key, value] : query) {
    if (key == "status") {
      const auto status = parse_status(value);
      if (!status) return "status must be one of " + known_statuses();
      filter.statuses.push_back(*status);
    } else if (key == "offset" || key == "limit") {
      const auto count = parse_count(value);
      if (!count) return key + " must be a whole number from 0 on";
      (key == "offset" ? filter.offset : filter.limit) = *count;
    }
  }
  filter.limit = std::min(filter.limit, Filter::kMaxLimit);
  return filter;
}

boost::system::result<Window, std::string> parse_window(const Query& query) {
  Window window;
  for (const auto& [key, value] : query) {
    if (key == "since") {
      const auto since = parse_rfc3339(value);
      if (!since) return "since must be a time such as 2026-11-24T10:00:00Z";
      window.since = *since;
    } else if (key == "limit") {
      const auto count = parse_count(value);
      if (!count) return "limit must be a whole number from 0 on";
      window.limit = std::min(*count, Filter::kMaxLimit);
    }
  }
  return window;
}

Listing list(const Board& board, const Filter& filter, Order order) {
  Listing listing;
  const auto passes = [&](Status status) {
    return filter.statuses.empty() ||
           std::ranges::find(filter.statuses, status) != filter.statuses.end();
  };
  if (order == Order::by_name) {
    collect(board, listing.targets, passes);
  } else {
    for (const Status status : kWorstFirst) {
      if (!passes(status)) continue;
      collect(board, listing.targets, [&](Status other) { return other == status; });
    }
  }
  auto& all = listing.targets;
  listing.total = all.size();
  const std::size_t begin = std::min(filter.offset, all.size());
  const std::size_t end = begin + std::min(filter.limit, all.size() - begin);
  listing.targets = {all.begin() + static_cast<std::ptrdiff_t>(begin),
                     all.begin() + static_cast<std::ptrdiff_t>(end)};
  return listing;
}

std::array<std::size_t, kStatuses.size()> count_by_status(const Board& board) {
  std::array<std::size_t, kStatuses.size()> counts{};
  for (const auto& [id, target] : board.targets) {
    ++counts.at(static_cast<std::size_t>(shown(target).status));
  }
  return counts;
}

const TargetBoard* find(const Board& board, const TargetName& name) {
  const std::string id = name.service + "/" + name.target;
  for (const auto* boards : {&board.targets, &board.controls}) {
    const auto found = boards->find(id);
    // The same id can be parted in two ways where a name holds a slash.
    if (found != boards->end() && found->second.target.service == name.service) {
      return &found->second;
    }
  }
  return nullptr;
}

std::optional<FailedRound> last_failure(const TargetBoard& target) {
  if (!target.last_failed) return std::nullopt;
  for (const RoundRecord& round : target.rounds) {
    if (round.verdict.status != Status::ok && round.began == target.last_failed->began) {
      return FailedRound{*target.last_failed, round.verdict};
    }
  }
  return std::nullopt;
}

}  // namespace reachd::web
