#include "daemon/web/listing.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "config/ascii.hpp"
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

}  // namespace

boost::system::result<Filter, std::string> parse_filter(const Query& query) {
  Filter filter;
  std::optional<std::size_t> page;
  for (const auto& [key, value] : query) {
    if (key == "q") {
      filter.text = value.substr(0, Filter::kMaxText);
    } else if (key == "status" && value.empty()) {
      continue;
    } else if (key == "status") {
      const auto status = parse_status(value);
      if (!status) return "status must be one of " + known_statuses();
      filter.statuses.push_back(*status);
    } else if (key == "page") {
      page = parse_count(value);
      if (!page || *page == 0) return "page must be a whole number from 1 on";
    } else if (key == "offset" || key == "limit") {
      const auto count = parse_count(value);
      if (!count) return key + " must be a whole number from 0 on";
      (key == "offset" ? filter.offset : filter.limit) = *count;
    }
  }
  filter.limit = std::min(filter.limit, Filter::kMaxLimit);
  if (page) {
    const std::size_t most = std::numeric_limits<std::uint32_t>::max();
    filter.offset = std::min(*page - 1, most) * filter.limit;
  }
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
  std::array<std::vector<const TargetBoard*>, kStatuses.size()> by_status;
  for (const auto& [id, target] : board.targets) {
    const Status status = shown_status(target);
    if (!filter.statuses.empty() &&
        std::ranges::find(filter.statuses, status) == filter.statuses.end()) {
      continue;
    }
    if (!ascii::icontains(id, filter.text) && !ascii::icontains(target.target->url, filter.text))
      continue;
    auto& into =
        order == Order::by_name ? listing.targets : by_status.at(static_cast<std::size_t>(status));
    into.push_back(&target);
  }
  for (const Status status : kWorstFirst) {
    const auto& some = by_status.at(static_cast<std::size_t>(status));
    listing.targets.insert(listing.targets.end(), some.begin(), some.end());
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
    ++counts.at(static_cast<std::size_t>(shown_status(target)));
  }
  return counts;
}

std::size_t page_of(const Filter& filter) {
  return filter.limit == 0 ? 1 : filter.offset / filter.limit + 1;
}

std::string query_of(const Filter& filter, std::size_t page) {
  const std::size_t usual = Filter{}.limit;
  std::string query;
  const auto add = [&](std::string_view key, std::string_view value) {
    query += (query.empty() ? "?" : "&") + std::string(key) + "=" +
             boost::urls::encode(value, boost::urls::unreserved_chars);
  };
  if (!filter.text.empty()) add("q", filter.text);
  for (const Status status : filter.statuses) add("status", to_string(status));
  if (filter.limit != usual) add("limit", std::to_string(filter.limit));
  if (page > 1) add("page", std::to_string(page));
  return query;
}

const TargetBoard* find(const Board& board, const TargetName& name) {
  const std::string id = name.service + "/" + name.target;
  for (const auto* boards : {&board.targets, &board.controls}) {
    const auto found = boards->find(id);
    // The same id can be parted in two ways where a name holds a slash.
    if (found != boards->end() && found->second.target->service == name.service) {
      return &found->second;
    }
  }
  return nullptr;
}

}  // namespace reachd::web
