#include "daemon/web/document.hpp"

#include <cstdint>

#include <fmt/format.h>

#include "daemon/web/assets.hpp"
#include "daemon/web/html.hpp"

namespace reachd::web {
namespace {

// One shape a status, told apart without colour. Drawn once, used by reference.
constexpr std::string_view kShapes =
    "<svg class=\"shapes\" width=\"0\" height=\"0\" aria-hidden=\"true\">"
    "<symbol id=\"ok\" viewBox=\"0 0 16 16\"><circle class=\"s-ok\" cx=\"8\" cy=\"8\" r=\"7\"/>"
    "<path class=\"cut\" d=\"M4.5 8.2l2.5 2.6 4.6-5.2\"/></symbol>"
    "<symbol id=\"blocked\" viewBox=\"0 0 16 16\">"
    "<path class=\"s-blocked\" d=\"M5 1h6l4 4v6l-4 4H5l-4-4V5z\"/>"
    "<path class=\"cut\" d=\"M4.2 8h7.6\"/></symbol>"
    "<symbol id=\"likely_blocked\" viewBox=\"0 0 16 16\">"
    "<path class=\"s-likely_blocked\" d=\"M8 .8L15.2 8 8 15.2.8 8z\"/>"
    "<path class=\"cut\" d=\"M5 8h6\"/></symbol>"
    "<symbol id=\"impaired\" viewBox=\"0 0 16 16\">"
    "<path class=\"s-impaired\" d=\"M8 1.2l7.2 13.3H.8z\"/>"
    "<path class=\"mark\" d=\"M8 6v4.2M8 11.6v1.2\"/></symbol>"
    "<symbol id=\"down\" viewBox=\"0 0 16 16\">"
    "<path class=\"s-down\" d=\"M5.2 1h5.6v6.2h4L8 15 1.2 7.2h4z\"/></symbol>"
    "<symbol id=\"insufficient\" viewBox=\"0 0 16 16\">"
    "<circle class=\"hollow\" cx=\"8\" cy=\"8\" r=\"6.4\"/></symbol></svg>\n";

std::string script(std::string_view name) {
  return fmt::format("<script type=\"module\" src=\"{}\"></script>\n", asset_path(name));
}

std::string style(std::string_view name) {
  return fmt::format("<link rel=\"stylesheet\" href=\"{}\">\n", asset_path(name));
}

std::string head(const Document& document) {
  return "<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n"
         "<noscript><meta http-equiv=\"refresh\" content=\"30\"></noscript>\n<title>" +
         escape_html(document.title) + "</title>\n" +
         fmt::format("<link rel=\"icon\" href=\"{}\">\n", asset_path("icon.svg")) +
         style("style.css") + (document.charts ? style("chart.css") : "") + script("live.js") +
         (document.charts ? script("chart.js") : "");
}

}  // namespace

std::string live(std::string_view id, const std::string& markup) {
  return fmt::format("<div id=\"{}\" data-live>\n{}</div>\n", id, markup);
}

std::string page(const Document& document, std::string_view tag, WallTime now) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\" data-tag=\"{}\">\n<head>\n{}</head>\n<body>\n{}"
      "<a class=\"skip\" href=\"#main\">To the content</a>\n"
      "<p id=\"stale\" role=\"alert\" hidden></p>\n<header>\n{}"
      "<p id=\"moment\">as of {}</p>\n</header>\n<main id=\"main\">\n{}</main>\n"
      "<footer>reachd " REACHD_VERSION
      " · <a href=\"/\">all targets</a> · <a href=\"/api/v1/targets\">JSON</a> · "
      "<a href=\"/metrics\">metrics</a></footer>\n</body>\n</html>\n",
      escape_html(tag), head(document), kShapes,
      live("top", "<h1>" + document.heading + "</h1>\n" + document.lead), moment(now),
      document.body);
}

std::string tag_of(const Document& document) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a: it need not withstand anybody
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  };
  for (const auto* part : {&document.title, &document.heading, &document.lead, &document.body}) {
    add(*part);
    add("\n");
  }
  add(head(document));
  return fmt::format("W/\"{:016x}\"", hash);
}

}  // namespace reachd::web
