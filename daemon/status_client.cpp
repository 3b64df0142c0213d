#include "daemon/status_client.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/system/result.hpp>

#include "config/endpoint.hpp"
#include "config/text_file.hpp"
#include "config/url.hpp"
#include "daemon/when.hpp"
#include "probes/print.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxAnswer = 16 * 1024 * 1024;  // bytes of one page of the list
constexpr std::size_t kPage = 1000;                   // targets of one page
constexpr std::size_t kMaxTargets = 1'000'000;
constexpr std::size_t kLongestPassword = 4096;
constexpr long kConnectMs = 5'000;
constexpr long kTotalMs = 30'000;

template <typename T>
using Result = boost::system::result<T, std::string>;  // the error is a sentence

struct Row {
  std::string status;
  std::string target;
  std::string since;
  std::string why;
};

std::size_t keep(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > kMaxAnswer) return 0;
  body.append(bytes, size * count);
  return size * count;
}

struct Fetched {
  std::string body;
  std::string error;  // empty: none
};

// What both the command line and the files say of how to come in.
struct Way {
  const StatusOptions& options;
  std::string password;
};

void equip(CURL* curl, const Way& way) {
  const auto set = [curl](CURLoption option, const std::string& value) {
    if (!value.empty()) curl_easy_setopt(curl, option, value.c_str());
  };
  const StatusOptions& options = way.options;
  set(CURLOPT_CAINFO, options.ca_file);
  set(CURLOPT_SSLCERT, options.certificate_file);
  set(CURLOPT_SSLKEY, options.key_file);
  if (options.user.empty()) return;
  curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  set(CURLOPT_USERNAME, options.user);
  curl_easy_setopt(curl, CURLOPT_PASSWORD, way.password.c_str());
}

std::string explain(long status) {
  if (status == 401) return "it asks for a user and a password, see --user and --password-file";
  if (status == 429) return "too many wrong passwords came from here, it wants us to wait";
  return fmt::format("it answers with status {}: is it reachd?", status);
}

Fetched fetch(const std::string& url, const Way& way) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 curl_easy_cleanup);
  if (!curl) return {{}, "libcurl does not start"};
  std::string body;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  equip(curl.get(), way);
  std::array<char, CURL_ERROR_SIZE> words{};
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, words.data());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, kTotalMs);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  if (const CURLcode code = curl_easy_perform(curl.get()); code != CURLE_OK) {
    return {{}, escape_for_people(words[0] != '\0' ? words.data() : curl_easy_strerror(code))};
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return {{}, explain(status)};
  return {std::move(body), {}};
}

std::string text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::string* string = value != nullptr ? value->if_string() : nullptr;
  return string != nullptr ? std::string(string->data(), string->size()) : std::string();
}

Row row_of(const json::object& entry) {
  Row row;
  const json::value* const state_value = entry.if_contains("state");
  const json::object* const own = state_value != nullptr ? state_value->if_object() : nullptr;
  const json::object& state = own != nullptr ? *own : entry;
  row.status = escape_for_people(text(state, "status"), 20);
  row.target = escape_for_people(text(entry, "service") + "/" + text(entry, "target"), 60);
  row.why = text(entry, "last_round").empty() ? "no round finished yet"
                                              : escape_for_people(text(entry, "reason"));
  const auto since = parse_rfc3339(text(state, "since"));
  row.since = since ? to_words(std::chrono::floor<std::chrono::seconds>(
                          std::chrono::system_clock::now() - *since))
                    : "-";
  return row;
}

// All targets, page by page.
Result<std::vector<Row>> ask(const std::string& list, const Way& way) {
  std::vector<Row> rows;
  while (rows.size() < kMaxTargets) {
    const Fetched fetched =
        fetch(fmt::format("{}?limit={}&offset={}", list, kPage, rows.size()), way);
    if (!fetched.error.empty()) return fetched.error;
    json::error_code error;
    const json::value parsed = json::parse(fetched.body, error);
    const json::object* answer = error ? nullptr : parsed.if_object();
    const json::value* targets = answer != nullptr ? answer->if_contains("targets") : nullptr;
    if (targets == nullptr || !targets->is_array()) {
      return std::string("it does not answer as reachd does");
    }
    for (const json::value& entry : targets->get_array()) {
      if (const json::object* object = entry.if_object()) rows.push_back(row_of(*object));
    }
    if (targets->get_array().size() < kPage) break;
  }
  return rows;
}

std::string_view colour_of(std::string_view status) {
  if (status == "ok") return "\x1b[32m";
  if (status == "insufficient") return "\x1b[2m";
  return status == "blocked" || status == "likely_blocked" ? "\x1b[31m" : "\x1b[33m";
}

// Columns that a terminal needs, taking every character for one wide.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t to) {
  const std::size_t have = width(text);
  return have < to ? text + std::string(to - have, ' ') : text;
}

void print_table(const std::vector<Row>& rows, bool colour, std::ostream& out) {
  std::array<std::size_t, 3> widths{};
  const Row head{"STATE", "TARGET", "SINCE", "WHY"};
  const auto measure = [&](const Row& row) {
    widths[0] = std::max(widths[0], width(row.status));
    widths[1] = std::max(widths[1], width(row.target));
    widths[2] = std::max(widths[2], width(row.since));
  };
  measure(head);
  std::ranges::for_each(rows, measure);
  const auto print = [&](const Row& row, std::string_view on, std::string_view off) {
    const std::string rest =
        row.why.empty() ? row.since : padded(row.since, widths[2]) + "  " + row.why;
    out << fmt::format("{}{}{}  {}  {}\n", on, padded(row.status, widths[0]), off,
                       padded(row.target, widths[1]), rest);
  };
  print(head, "", "");
  for (const Row& row : rows) {
    print(row, colour ? colour_of(row.status) : "", colour ? "\x1b[0m" : "");
  }
}

// A sentence if there is none to be had, or none that should be sent there.
std::string read_password(const StatusOptions& options, std::string& password) {
  if (options.password_file.empty()) return {};
  if (options.user.empty()) return "--password-file needs a --user";
  const auto url = parse_target_url(options.url);
  const bool safe =
      url && (url->scheme == Scheme::https || is_loopback(url->host) || url->host == "localhost");
  if (!safe) {
    return "A password may be read along on the way to " + options.url + ": use https.";
  }
  const auto text = read_text_file(options.password_file, kLongestPassword);
  if (!text) return options.password_file + " cannot be read: " + text.error();
  password = text->substr(0, text->find_first_of("\r\n"));
  return {};
}

}  // namespace

int print_status(const StatusOptions& options, std::ostream& out, std::ostream& err) {
  Way way{options, {}};
  if (const std::string fault = read_password(options, way.password); !fault.empty()) {
    err << fault << '\n';
    return 1;
  }
  std::string base = options.url;
  while (base.ends_with('/')) base.pop_back();
  const std::string list = base + "/api/v1/targets";
  auto asked = ask(list, way);
  if (!asked) {
    err << fmt::format(
        "No reachd answers at {}: {}.\nStart it with `systemctl start reachd` or `reachd run`, or "
        "name another one with --url.\n",
        list, asked.error());
    return 1;
  }
  std::vector<Row> rows;
  for (const bool wanted : {false, true}) {
    std::ranges::copy_if(*asked, std::back_inserter(rows),
                         [&](const Row& row) { return (row.status == "ok") == wanted; });
  }
  if (rows.empty()) {
    out << "reachd runs, but no target is configured.\n";
    return 0;
  }
  print_table(rows, options.colour, out);
  const auto ok = std::ranges::count(rows, std::string("ok"), &Row::status);
  const auto all = std::ssize(rows);
  out << fmt::format("\n{} of {} targets ok\n", ok, all);
  return ok == all ? 0 : 2;
}

}  // namespace reachd
