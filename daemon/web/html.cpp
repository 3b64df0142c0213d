#include "daemon/web/html.hpp"

#include <fmt/format.h>

#include "daemon/when.hpp"

namespace reachd::web {
namespace {

std::string_view shape(Status status) {
  switch (status) {
    case Status::ok:
      return "●";
    case Status::blocked:
      return "■";
    case Status::likely_blocked:
      return "◧";
    case Status::impaired:
      return "▲";
    case Status::down:
      return "▼";
    case Status::insufficient:
      return "○";
  }
  return "";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
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
      case '\n':
      case '\t':
        escaped += c;
        break;
      default:
        if (code < 0x20 || code == 0x7f) {
          escaped += "\xEF\xBF\xBD";
        } else {
          escaped += c;
        }
    }
  }
  return escaped;
}

std::string document(std::string_view title, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"refresh\" content=\"30\">\n"
      "<title>{}</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n"
      "<body>\n{}</body>\n</html>\n",
      escape_html(title), body);
}

std::string status_word(Status status) {
  return status == Status::likely_blocked ? "likely blocked" : std::string(to_string(status));
}

std::string status_mark(Status status) {
  return fmt::format(
      "<span class=\"status {}\"><span class=\"shape\" aria-hidden=\"true\">{}</span> {}</span>",
      to_string(status), shape(status), status_word(status));
}

std::string span_since(const std::optional<WallTime>& time, WallTime now) {
  if (!time) return "–";
  return fmt::format("<time datetime=\"{}\" title=\"{}\">{}</time>", to_rfc3339(*time), utc(*time),
                     to_words(std::chrono::floor<std::chrono::seconds>(now - *time)));
}

std::string utc(WallTime time) {
  std::string text = to_rfc3339(time);
  text.replace(10, 1, " ");
  text.replace(text.size() - 1, 1, " UTC");
  return text;
}

std::string duration(Micros took) {
  const double ms = std::chrono::duration<double, std::milli>(took).count();
  if (ms >= 1000) return fmt::format("{:.2f} s", ms / 1000);
  return ms < 10 ? fmt::format("{:.1f} ms", ms) : fmt::format("{:.0f} ms", ms);
}

}  // namespace reachd::web
