#include "config/list.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <idn2.h>

#include "config/ascii.hpp"
#include "config/csv.hpp"
#include "config/read.hpp"
#include "config/units.hpp"
#include "config/url.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

constexpr std::size_t kLongestName = 1024;
constexpr const char* kNoCategory = "uncategorised";

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Parsed<std::string> done(std::string text) {
  return Parsed<std::string>(boost::system::in_place_value, std::move(text));
}

Parsed<std::string> in_ascii(const std::string& host) {
  char* raw = nullptr;
  const int code = idn2_to_ascii_8z(host.c_str(), &raw, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, void (*)(void*)> ascii(raw, &idn2_free);
  if (code == IDN2_OK) return done(ascii.get());
  return refused<std::string>("its host is no name: " + std::string(idn2_strerror(code)));
}

std::string escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte < 0x7f) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out;
}

// The URL as it is asked for, in ASCII. Whether it is one is for parse_target_url to say.
Parsed<std::string> cleaned(std::string_view listed) {
  if (find_broken_utf8(listed) != std::string_view::npos) {
    return refused<std::string>("its URL is not UTF-8");
  }
  const std::string url(ascii::trimmed(listed.substr(0, listed.find('#'))));
  if (url.empty()) return refused<std::string>("has no URL");
  const std::size_t start = url.find("://");
  if (start == std::string::npos) return done(url);
  const std::size_t path = std::min(url.find_first_of("/?", start + 3), url.size());
  std::string authority = url.substr(start + 3, path - start - 3);
  if (!is_ascii(authority)) {
    const std::size_t port = std::min(authority.find(':'), authority.size());
    const auto host = in_ascii(authority.substr(0, port));
    if (!host) return host;
    authority = *host + authority.substr(port);
  }
  return done(url.substr(0, start + 3) + authority + escaped(std::string_view(url).substr(path)));
}

// The place of a line's fields, by the names in the first line.
struct Columns {
  std::optional<std::size_t> url;
  std::optional<std::size_t> category;

  static std::string field(const CsvRow& row, const std::optional<std::size_t>& column) {
    return column && *column < row.fields.size() ? std::string(ascii::trimmed(row.fields[*column]))
                                                 : std::string{};
  }
};

Columns columns_of(const CsvRow& header) {
  Columns columns;
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    const std::string name = ascii::lower(ascii::trimmed(header.fields[i]));
    if (name == "url" && !columns.url) columns.url = i;
    if (name == "category_code" && !columns.category) columns.category = i;
  }
  return columns;
}

Parsed<Target> target_of(const CsvRow& row, const Columns& columns, const ListSettings& settings,
                         const Config& config) {
  const auto url = cleaned(Columns::field(row, columns.url));
  if (!url) return refused<Target>(url.error());
  if (url->size() > kLongestName) return refused<Target>("its URL is longer than 1024 bytes");
  const auto parts = parse_target_url(*url);
  if (!parts) return refused<Target>(parts.error());
  if (parts->scheme != Scheme::http && parts->scheme != Scheme::https) {
    return refused<Target>(in_quotes(*url) + " is neither http nor https");
  }
  std::string category = ascii::lower(Columns::field(row, columns.category));
  if (category.empty()) category = kNoCategory;
  if (!is_name(category) || category.starts_with("control.")) {
    return refused<Target>("its category " + in_quotes(category) + " can be no service's name");
  }
  Target target = defaults_of(config, std::move(category));
  target.name = *url;
  target.interval = settings.interval;
  target.detail = Detail::compact;
  set_url(target, *url, *parts);
  return target;
}

// What two targets have in common that ask for the same.
std::string asked_for(const Target& target) {
  return std::string(to_string(target.scheme)) + ' ' + target.host + ' ' +
         std::to_string(target.port) + ' ' + target.path;
}

}  // namespace

boost::system::result<ListReport, std::string> take_list(std::string_view text,
                                                         const ListSettings& settings,
                                                         std::size_t configured, Config& config) {
  using Taken = boost::system::result<ListReport, std::string>;
  const auto refuse = [](std::string why) {
    return Taken(boost::system::in_place_error, std::move(why));
  };
  if (text.size() > kMostList) return refuse("is too long: more than 64 MiB");
  const CsvTable table = parse_csv(text);
  if (table.rows.empty()) return refuse("is empty: its first line must name the columns");
  const Columns columns = columns_of(table.rows.front());
  if (!columns.url) {
    return refuse("has no column 'url' in its first line, as the Citizen Lab's lists have");
  }

  ListReport report{settings.file, 0, {}};
  for (const int line : table.unclosed) {
    report.skipped.push_back({line, "has a quote that is never closed"});
  }
  std::set<std::string> known;
  std::map<std::string, std::size_t> places;  // of the services, by name
  std::size_t listed = 0;
  for (std::size_t i = 0; i < config.services.size(); ++i) {
    places[config.services[i].name] = i;
    if (i < configured) continue;
    for (const Target& target : config.services[i].targets) known.insert(asked_for(target));
    listed += config.services[i].targets.size();
  }
  for (std::size_t i = 1; i < table.rows.size(); ++i) {
    const CsvRow& row = table.rows[i];
    auto target = target_of(row, columns, settings, config);
    if (!target) {
      report.skipped.push_back({row.line, target.error()});
      continue;
    }
    if (!known.insert(asked_for(*target)).second) {
      report.skipped.push_back({row.line, in_quotes(target->url) + " is listed already"});
      continue;
    }
    if (++listed > kMostListed) return refuse("is one target more than all lists may have: 100000");
    const auto [place, is_new] = places.try_emplace(target->service, config.services.size());
    if (is_new) config.services.push_back({target->service, {}});
    if (place->second < configured) {
      return refuse("line " + std::to_string(row.line) + " has the category " +
                    in_quotes(target->service) +
                    ", which is a service of the configuration: give that another name");
    }
    config.services[place->second].targets.push_back(std::move(*target));
    ++report.taken;
  }
  std::ranges::sort(report.skipped, {}, &SkippedLine::line);
  if (report.taken == 0) {
    return refuse(report.skipped.empty() ? "holds no URL"
                                         : "has no line that can be used; line " +
                                               std::to_string(report.skipped.front().line) + ": " +
                                               report.skipped.front().why);
  }
  return report;
}

}  // namespace reachd
