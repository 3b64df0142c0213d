#include "tests/lab/censor/http.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "tests/lab/censor/names.hpp"

namespace censor {
namespace {

constexpr std::array<std::string_view, 7> kMethods{"GET ",    "POST ",    "HEAD ",   "PUT ",
                                                   "DELETE ", "OPTIONS ", "CONNECT "};

std::string_view trim(std::string_view text) {
  const std::size_t begins = text.find_first_not_of(" \t");
  const std::size_t ends = text.find_last_not_of(" \t\r");
  return begins == std::string_view::npos ? "" : text.substr(begins, ends + 1 - begins);
}

// [::1]:80 → [::1], name:80 → name
std::string_view without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  const bool port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon);
  return port ? host.substr(0, colon) : host;
}

}  // namespace

std::optional<RequestHead> read_request(View stream) {
  std::string_view rest = as_text(stream);
  const auto* const method =
      std::find_if(kMethods.begin(), kMethods.end(),
                   [&](std::string_view word) { return rest.starts_with(word); });
  if (method == kMethods.end()) {
    return std::nullopt;
  }
  RequestHead head;
  bool first = true;
  while (!rest.empty()) {
    const std::size_t newline = rest.find('\n');
    const std::string_view line = trim(rest.substr(0, newline));
    if (first) {
      const std::string_view target = line.substr(std::min(method->size(), line.size()));
      head.path = lower_case(target.substr(0, target.find(' ')));
      first = false;
    } else if (newline != std::string_view::npos && line.empty()) {
      head.end = stream.size() - rest.size() + newline + 1;
      break;
    } else if (newline != std::string_view::npos && head.host.empty() && line.size() > 5 &&
               lower_case(line.substr(0, 5)) == "host:") {
      head.host = lower_case(without_port(trim(line.substr(5))));
    }
    if (newline == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(newline + 1);
  }
  return head;
}

Bytes write_answer(const HttpAnswer& answer) {
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " " + answer.reason + "\r\n";
  for (const auto& [name, value] : answer.headers) {
    head += name + ": " + value + "\r\n";
  }
  head += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n";
  Bytes bytes;
  put(bytes, head);
  put(bytes, answer.body);
  return bytes;
}

}  // namespace censor
