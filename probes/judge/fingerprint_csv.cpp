#include <algorithm>
#include <map>
#include <optional>

#include "probes/judge/fingerprints.hpp"

namespace reachd {
namespace {

using Row = std::vector<std::string>;

// RFC 4180: fields may be quoted, and then hold commas, line ends and doubled quotes.
boost::system::result<std::vector<Row>, TableFault> rows_of(std::string_view text) {
  std::vector<Row> rows;
  Row row;
  std::string field;
  bool quoted = false;
  int line = 1;
  int opened = 0;  // line of the last quote that began a field
  const auto end_row = [&] {
    row.push_back(std::move(field));
    field.clear();
    if (row.size() > 1 || !row.front().empty()) rows.push_back(std::move(row));
    row.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += c;
      ++i;
    } else if (c == '"' && (quoted || field.empty())) {
      quoted = !quoted;
      if (quoted) opened = line;
    } else if (quoted) {
      field += c;
    } else if (c == ',') {
      row.push_back(std::move(field));
      field.clear();
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      field += c;
    }
  }
  if (quoted) return TableFault{opened, "has a quote that is never closed"};
  if (!field.empty() || !row.empty()) end_row();
  return rows;
}

std::vector<std::string> countries_of(const std::string& text) {
  std::vector<std::string> countries;
  std::string country;
  for (const char c : text + ",") {
    if (c == ',') {
      if (!country.empty()) countries.push_back(std::move(country));
      country.clear();
    } else if (c != ' ') {
      country += c;
    }
  }
  return countries;
}

std::optional<Fingerprint::How> how_of(const std::string& text) {
  static const std::map<std::string, Fingerprint::How> kHows{
      {"full", Fingerprint::How::full},
      {"prefix", Fingerprint::How::prefix},
      {"contains", Fingerprint::How::contains},
      {"regexp", Fingerprint::How::regexp}};
  const auto found = kHows.find(text);
  return found == kHows.end() ? std::nullopt : std::optional(found->second);
}

// Where a fingerprint is to be found; false if that is nowhere we look.
bool place(Fingerprint& fingerprint, const std::string& where) {
  constexpr std::string_view kHeader = "header.";
  if (where == "dns") {
    fingerprint.where = Fingerprint::Where::dns;
  } else if (where == "body") {
    fingerprint.where = Fingerprint::Where::body;
  } else if (where.starts_with(kHeader)) {
    fingerprint.where = Fingerprint::Where::header;
    fingerprint.header = where.substr(kHeader.size());
    for (char& c : fingerprint.header) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
  } else {
    return false;
  }
  return true;
}

}  // namespace

boost::system::result<std::vector<Fingerprint>, TableFault> parse_fingerprints(
    std::string_view text) {
  if (text.size() > kMostTable) return TableFault{0, "is too long: more than 8 MiB"};
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const auto read = rows_of(text);
  if (!read) return read.error();
  const std::vector<Row>& rows = *read;
  if (rows.empty()) return TableFault{0, "is empty: its first line must name the columns"};
  std::map<std::string, std::size_t> columns;
  for (std::size_t i = 0; i < rows.front().size(); ++i) columns[rows.front()[i]] = i;
  for (const char* needed : {"name", "scope", "location_found", "pattern_type", "pattern"}) {
    if (!columns.contains(needed)) {
      return TableFault{1, "has no column '" + std::string(needed) + "' as OONI's tables have"};
    }
  }
  std::vector<Fingerprint> fingerprints;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto field = [&](const char* name) {
      const auto column = columns.find(name);
      return column != columns.end() && column->second < rows[i].size() ? rows[i][column->second]
                                                                        : std::string{};
    };
    Fingerprint fingerprint;
    fingerprint.name = field("name");
    fingerprint.scope = field("scope");
    fingerprint.pattern = field("pattern");
    fingerprint.countries = countries_of(field("expected_countries"));
    const auto how = how_of(field("pattern_type"));
    if (!how || fingerprint.pattern.empty() || !place(fingerprint, field("location_found"))) {
      continue;
    }
    fingerprint.how = *how;
    fingerprints.push_back(std::move(fingerprint));
  }
  return fingerprints;
}

}  // namespace reachd
