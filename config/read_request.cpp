#include <algorithm>
#include <set>

#include "config/ascii.hpp"
#include "config/pattern.hpp"
#include "config/read.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

constexpr std::size_t kMostHeaders = 32;
constexpr std::size_t kLongestHeader = 4096;

// RFC 9110, 5.6.2: a token.
bool is_header_name(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

// Names and values of a map of headers; a bad name has its fault and is left out.
std::vector<std::pair<std::string, Field>> header_entries(const Field& field) {
  std::vector<std::pair<std::string, Field>> good;
  std::set<std::string> seen;
  for (auto& [name, value] : field.entries()) {
    if (!is_header_name(name)) {
      value.fault("is not the name of a header: letters, digits and '-', such as Accept-Language");
    } else if (!seen.insert(ascii::lower(name)).second) {
      value.fault("names a header that stands above already (capitals do not count): keep one");
    } else if (seen.size() > kMostHeaders) {
      value.fault("is one header more than the 32 that are allowed");
    } else {
      good.emplace_back(std::move(name), value);
    }
  }
  return good;
}

void read_headers(const Field& field, Target& target) {
  for (const auto& [name, value] : header_entries(field)) {
    const auto text = value.text();
    if (!text) continue;
    const std::string key = ascii::lower(name);
    // Their values may be secrets: no fault shows one.
    if (key == "content-length" || key == "transfer-encoding" || key == "connection") {
      value.fault("is set by reachd itself: remove it");
    } else if (text->size() > kLongestHeader) {
      value.fault("is longer than 4096 bytes");
    } else if (std::any_of(text->begin(), text->end(),
                           [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; })) {
      value.fault("holds a control character, such as a line break: a header is one line");
    } else {
      target.headers.emplace_back(name, *text);
    }
  }
}

void read_object(const Field& field, Target& target) {
  const auto text = field.text();
  if (!text) return;
  const bool path = text->starts_with('/') && !text->starts_with("//") && text->size() <= 2048 &&
                    std::all_of(text->begin(), text->end(),
                                [](char c) { return c > ' ' && c <= '~' && c != '#'; });
  if (!path) {
    return field.fault(in_quotes(*text) +
                       " is not the path of something large on the target's host, such as "
                       "/images/large.jpg");
  }
  target.object = *text;
}

// One entry of expect.status: "204", or "2xx" for its hundred codes.
void read_status(const Field& field, std::vector<int>& codes) {
  const auto text = field.text();
  if (!text) return;
  const bool digits = text->size() == 3 && (*text)[0] >= '1' && (*text)[0] <= '5';
  if (digits && text->ends_with("xx")) {
    const int first = ((*text)[0] - '0') * 100;
    for (int code = first; code < first + 100; ++code) codes.push_back(code);
  } else if (digits && (*text)[1] >= '0' && (*text)[1] <= '9' && (*text)[2] >= '0' &&
             (*text)[2] <= '9') {
    codes.push_back(std::stoi(*text));
  } else {
    field.fault(in_quotes(*text) + " is not an HTTP status: write 204, [200, 301] or 2xx");
  }
}

// Keeps the text of a regular expression that compiles.
void read_pattern(const Field& field, std::string& out) {
  std::regex compiled;
  if (take(field, compiled, compile_pattern)) out = *field.text();
}

void read_expect(const Field& field, Target& target) {
  if (!field.present()) return;
  Section section(field);
  Expect& expect = target.expect;
  for (const Field& status : section.optional("status").one_or_more()) {
    read_status(status, expect.status);
  }
  std::sort(expect.status.begin(), expect.status.end());
  expect.status.erase(std::unique(expect.status.begin(), expect.status.end()), expect.status.end());
  const Field body_regex = section.optional("body_regex");
  read_pattern(body_regex, expect.body_regex);
  if (body_regex.present() && target.method == "HEAD") {
    body_regex.fault("cannot hold with method HEAD, whose answer has no body: use GET");
  }
  for (const auto& [name, value] : header_entries(section.optional("header"))) {
    std::string pattern;
    read_pattern(value, pattern);
    if (!pattern.empty()) expect.headers.emplace_back(name, pattern);
  }
  section.close();
}

}  // namespace

void read_request(Section& section, bool is_http, Target& target) {
  const Field method = section.optional("method");
  const Field headers = section.optional("headers");
  const Field expect = section.optional("expect");
  const Field object = section.optional("object");
  if (!is_http) {
    for (const Field& field : {method, headers, expect, object}) {
      field.fault("belongs to http and https only: remove it");
    }
    return;
  }
  if (const auto text = method.text()) {
    if (*text == "GET" || *text == "HEAD") {
      target.method = *text;
    } else {
      method.fault(in_quotes(*text) + " is neither GET nor HEAD: a monitor only looks");
    }
  }
  read_headers(headers, target);
  read_object(object, target);
  read_expect(expect, target);
}

}  // namespace reachd
