#include "daemon/web/html.hpp"

#include <fmt/format.h>

#include "daemon/web/location.hpp"
#include "daemon/when.hpp"
#include "probes/print.hpp"

namespace reachd::web {

std::string escape_html(std::string_view text, std::size_t limit) {
  // Of bytes beyond these nothing can be shown any more.
  const std::string shown = escape_for_people(text.substr(0, 4 * limit + 4), limit);
  std::string escaped;
  escaped.reserve(shown.size());
  for (const char c : shown) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string isolated(std::string_view text, std::size_t limit) {
  return "<bdi>" + escape_html(text, limit) + "</bdi>";
}

std::string shape(Status status) {
  return fmt::format("<svg class=\"shape\" aria-hidden=\"true\"><use href=\"#{}\"/></svg>",
                     to_string(status));
}

std::string status_word(Status status) {
  if (status == Status::likely_blocked) return "likely blocked";
  if (status == Status::insufficient) return "not known";
  return std::string(to_string(status));
}

std::string status_mark(Status status) {
  return "<span class=\"status\">" + shape(status) + " " + status_word(status) + "</span>";
}

std::string span_since(const std::optional<WallTime>& time, WallTime now) {
  if (!time) return "–";
  return fmt::format("<time datetime=\"{}\" title=\"{}\">{}</time>", to_rfc3339(*time), utc(*time),
                     to_words(std::chrono::floor<std::chrono::seconds>(now - *time)));
}

std::string moment(WallTime time) {
  return fmt::format("<time datetime=\"{}\">{}</time>", to_rfc3339(time), utc(time));
}

std::string utc(WallTime time) {
  std::string text = to_rfc3339(time);
  text.replace(10, 1, " ");
  text.replace(text.size() - 1, 1, " UTC");
  return text;
}

std::string clock_time(WallTime time) {
  return to_rfc3339(time).substr(11, 8);
}

std::string duration(Micros took) {
  const double ms = std::chrono::duration<double, std::milli>(took).count();
  if (ms >= 1000) return fmt::format("{:.2f} s", ms / 1000);
  return ms < 10 ? fmt::format("{:.1f} ms", ms) : fmt::format("{:.0f} ms", ms);
}

std::string grouped(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string link_to(std::string_view service, std::string_view target, const std::string& markup) {
  return fmt::format("<a href=\"/targets/{}\">{}</a>",
                     escape_html(target_path(service, target), 8192), markup);
}

}  // namespace reachd::web
