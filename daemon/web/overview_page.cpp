#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "daemon/web/changes.hpp"
#include "daemon/web/html.hpp"
#include "daemon/web/page.hpp"
#include "daemon/web/situation.hpp"
#include "daemon/web/target_row.hpp"

namespace reachd::web {
namespace {

constexpr std::size_t kOpenServices = 12;  // in the strip …
constexpr std::size_t kServices = 60;      // … with those that are folded
// A rank by status: what is worst first.
constexpr std::array<std::size_t, kStatuses.size()> kRank{5, 0, 1, 2, 3, 4};

struct ServiceSum {
  std::string_view name;
  Status worst = Status::ok;
  std::size_t fine = 0;
  std::size_t all = 0;
};

std::size_t rank(Status status) {
  return kRank.at(static_cast<std::size_t>(status));
}

// All services, those in trouble first.
std::vector<ServiceSum> sums_of(const Board& board) {
  std::map<std::string_view, ServiceSum> sums;
  for (const auto& [id, target] : board.targets) {
    ServiceSum& sum = sums[target.target->service];
    const Status status = shown_status(target);
    sum.name = target.target->service;
    if (sum.all == 0 || rank(status) < rank(sum.worst)) sum.worst = status;
    sum.fine += status == Status::ok ? 1U : 0U;
    ++sum.all;
  }
  std::vector<ServiceSum> ordered;
  for (const auto& [name, sum] : sums) ordered.push_back(sum);
  std::ranges::sort(ordered, {},
                    [](const ServiceSum& sum) { return std::pair(rank(sum.worst), sum.name); });
  return ordered;
}

Status worst_of(const Board& board) {
  if (board.vantage_state.confirmed != VantageStatus::online) return Status::insufficient;
  const auto counts = count_by_status(board);
  Status worst = Status::insufficient;
  for (const Status status : kStatuses) {
    const bool there = counts.at(static_cast<std::size_t>(status)) > 0;
    if (there && (worst == Status::insufficient || rank(status) < rank(worst))) worst = status;
  }
  return worst;
}

std::string chip(const ServiceSum& sum) {
  Filter filter;
  filter.text = std::string(sum.name) + "/";
  return fmt::format(
      "<li><a class=\"chip r-{}\" href=\"/{}\">{} {} <span class=\"value\">{}/{}</span>"
      "<span class=\"silent\"> targets ok, the worst is {}</span></a></li>\n",
      to_string(sum.worst), escape_html(query_of(filter, 1), 1024), shape(sum.worst),
      isolated(sum.name, 40), grouped(sum.fine), grouped(sum.all), status_word(sum.worst));
}

std::string services_strip(const Board& board) {
  const auto sums = sums_of(board);
  if (sums.size() < 2) return {};
  std::string open;
  std::string folded;
  for (std::size_t i = 0; i < std::min(sums.size(), kServices); ++i) {
    (i < kOpenServices ? open : folded) += chip(sums[i]);
  }
  if (sums.size() > kServices) {
    folded += fmt::format("<li class=\"faint\">and {} more</li>\n", sums.size() - kServices);
  }
  std::string strip = "<nav aria-label=\"Services\">\n<ul class=\"chips\">\n" + open + "</ul>\n";
  if (!folded.empty()) {
    strip += fmt::format(
        "<details><summary>{} more services</summary>\n<ul class=\"chips\">\n{}</ul>\n</details>\n",
        sums.size() - kOpenServices, folded);
  }
  return strip + "</nav>\n";
}

std::string counts_line(const Board& board, const Filter& filter) {
  const auto counts = count_by_status(board);
  std::string items;
  const auto add = [&](const Filter& other, bool current, const std::string& markup) {
    items +=
        fmt::format("<li><a href=\"/{}\"{}>{}</a></li>\n", escape_html(query_of(other, 1), 1024),
                    current ? " aria-current=\"true\"" : "", markup);
  };
  Filter one;
  one.text = filter.text;
  add(one, filter.statuses.empty(), "all " + grouped(board.targets.size()));
  for (const Status status : kStatuses) {
    const std::size_t count = counts.at(static_cast<std::size_t>(status));
    if (count == 0) continue;
    one.statuses = {status};
    add(one, filter.statuses == one.statuses, grouped(count) + " " + status_mark(status));
  }
  return "<nav aria-label=\"Targets by state\">\n<ul class=\"line\">\n" + items + "</ul>\n</nav>\n";
}

std::string search_form(const Filter& filter) {
  std::string options;
  for (const Status status : kStatuses) {
    const bool chosen = filter.statuses == std::vector{status};
    options += fmt::format("<option value=\"{}\"{}>{}</option>", to_string(status),
                           chosen ? " selected" : "", status_word(status));
  }
  return fmt::format(
      "<form role=\"search\" action=\"/\">\n<label for=\"q\">Find</label> "
      "<input id=\"q\" name=\"q\" type=\"search\" maxlength=\"{}\" value=\"{}\" "
      "placeholder=\"service, target or URL\">\n<label for=\"status\">State</label> "
      "<select id=\"status\" name=\"status\"><option value=\"\">any</option>{}</select>\n"
      "<button>Show</button>\n</form>\n",
      Filter::kMaxText, escape_html(filter.text), options);
}

std::string paging(const Filter& filter, std::size_t total) {
  if (filter.limit == 0 || total == 0) return {};
  const std::size_t pages = (total + filter.limit - 1) / filter.limit;
  const std::size_t here = page_of(filter);
  if (pages <= 1 && here <= 1) return {};
  std::string links;
  const auto add = [&](std::size_t number, std::string_view text, std::string_view kind) {
    links += fmt::format("<li><a href=\"/{}\"{}>{}</a></li>\n",
                         escape_html(query_of(filter, number), 1024), kind, text);
  };
  if (here > 1) {
    add(1, "first", "");
    add(std::min(here - 1, pages), "previous", " rel=\"prev\"");
  }
  links += fmt::format("<li>page {} of {}</li>\n", grouped(here), grouped(pages));
  if (here < pages) {
    add(here + 1, "next", " rel=\"next\"");
    add(pages, "last", "");
  }
  return "<nav aria-label=\"More targets\">\n<ul class=\"line\">\n" + links + "</ul>\n</nav>\n";
}

std::string table(const Filter& filter, const Listing& listing, bool blind, WallTime now) {
  if (listing.targets.empty()) {
    return "<p>No target to show.</p>\n" + paging(filter, listing.total);
  }
  std::string rows;
  for (const TargetBoard* target : listing.targets) rows += target_row(*target, blind, now);
  return fmt::format(
             "<table class=\"cards targets\">\n<caption>Targets {} to {} of {}, trouble "
             "first. Bars: each half hour, each day; times are UTC.</caption>\n"
             "<thead>{}</thead>\n<tbody>\n{}</tbody>\n</table>\n",
             grouped(filter.offset + 1), grouped(filter.offset + listing.targets.size()),
             grouped(listing.total), target_row_head(), rows) +
         paging(filter, listing.total);
}

}  // namespace

Document overview_page(const Sources& sources, const Filter& filter) {
  const Board& board = sources.board;
  const WallTime now = sources.now();
  const bool blind = board.vantage_state.confirmed != VantageStatus::online;
  Document document;
  const std::string sentence = situation(board);
  document.title = sentence + " · reachd";
  document.heading = shape(worst_of(board)) + " " + escape_html(sentence);
  document.lead = vantage_line(board, now);
  document.body =
      live("news",
           alerts(sources) + (blind ? "" : services_strip(board)) + latest_changes(board, now)) +
      search_form(filter) +
      live("list", (blind ? "" : counts_line(board, filter)) +
                       table(filter, list(board, filter, Order::trouble_first), blind, now));
  return document;
}

Document missing_page() {
  Document document;
  document.title = "not found · reachd";
  document.heading = "Nothing here";
  document.body = "<p>There is no such page or target. <a href=\"/\">All targets</a></p>\n";
  return document;
}

}  // namespace reachd::web
