#include <algorithm>
#include <map>
#include <optional>

#include "config/ascii.hpp"
#include "config/csv.hpp"
#include "probes/judge/fingerprints.hpp"

namespace reachd {
namespace {

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
    fingerprint.header = ascii::lower(where.substr(kHeader.size()));
  } else {
    return false;
  }
  return true;
}

}  // namespace

boost::system::result<std::vector<Fingerprint>, TableFault> parse_fingerprints(
    std::string_view text) {
  if (text.size() > kMostTable) return TableFault{0, "is too long: more than 8 MiB"};
  const CsvTable table = parse_csv(text);
  if (!table.unclosed.empty()) {
    return TableFault{table.unclosed.front(), "has a quote that is never closed"};
  }
  const std::vector<CsvRow>& rows = table.rows;
  if (rows.empty()) return TableFault{0, "is empty: its first line must name the columns"};
  std::map<std::string, std::size_t> columns;
  for (std::size_t i = 0; i < rows.front().fields.size(); ++i) {
    columns[rows.front().fields[i]] = i;
  }
  for (const char* needed : {"name", "scope", "location_found", "pattern_type", "pattern"}) {
    if (!columns.contains(needed)) {
      return TableFault{1, "has no column '" + std::string(needed) + "' as OONI's tables have"};
    }
  }
  std::vector<Fingerprint> fingerprints;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto field = [&](const char* name) {
      const auto column = columns.find(name);
      const auto& fields = rows[i].fields;
      const bool has_it = column != columns.end() && column->second < fields.size();
      return has_it ? fields[column->second] : std::string{};
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
