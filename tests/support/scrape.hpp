// What a scraper makes of the Prometheus text format: strict enough that a malformed line is a
// failure of the test that reads it.
#pragma once

#include <map>
#include <set>
#include <string>

namespace reachd::test {

struct Scrape {
  std::map<std::string, double> values;      // by `name{a="x",b="y"}`, labels in alphabetical order
  std::map<std::string, std::string> types;  // by name
  std::map<std::string, std::string> helps;

  double operator[](const std::string& series) const;  // a failure and NaN if it does not exist
  std::set<std::string> series() const;
  bool has_any(const std::string& part) const;  // a series whose text holds `part`
};

// A line that is no sample, a series or a header said twice is a failure.
Scrape read_scrape(const std::string& text);

}  // namespace reachd::test
