#include "tests/support/scrape.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <utility>

namespace reachd::test {
namespace {

// Sorts the labels of `name{a="x",b="y"}`; knows that a quoted value may hold anything but a quote
// without a backslash before it.
std::string sorted(const std::string& series) {
  const std::size_t brace = series.find('{');
  if (brace == std::string::npos) return series;
  std::set<std::string> labels;
  std::string label;
  bool quoted = false;
  for (std::size_t i = brace + 1; i < series.size() - 1; ++i) {
    const char c = series[i];
    if (quoted && c == '\\') {
      label += c;
      label += series[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) {
      labels.insert(std::exchange(label, {}));
    } else {
      label += c;
    }
  }
  labels.insert(label);
  std::string text = series.substr(0, brace) + "{";
  for (const std::string& one : labels) text += (text.back() == '{' ? "" : ",") + one;
  return text + "}";
}

}  // namespace

double Scrape::operator[](const std::string& series) const {
  const auto found = values.find(series);
  if (found == values.end()) {
    ADD_FAILURE() << series << " does not exist";
    return std::nan("");
  }
  return found->second;
}

std::set<std::string> Scrape::series() const {
  std::set<std::string> names;
  for (const auto& [name, value] : values) names.insert(name);
  return names;
}

bool Scrape::has_any(const std::string& part) const {
  for (const auto& [name, value] : values) {
    if (name.find(part) != std::string::npos) return true;
  }
  return false;
}

Scrape read_scrape(const std::string& text) {
  Scrape scrape;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# ")) {
      std::istringstream words(line.substr(2));
      std::string kind;
      std::string name;
      std::string rest;
      words >> kind >> name;
      std::getline(words >> std::ws, rest);
      auto& known = kind == "HELP" ? scrape.helps : scrape.types;
      EXPECT_TRUE(known.emplace(name, rest).second) << "said twice: " << line;
      continue;
    }
    const std::size_t space = line.rfind(' ');
    if (space == std::string::npos) {
      ADD_FAILURE() << "not a sample: " << line;
      continue;
    }
    std::size_t read = 0;
    const std::string value = line.substr(space + 1);
    const double number = std::stod(value, &read);
    EXPECT_EQ(read, value.size()) << line;
    EXPECT_TRUE(scrape.values.emplace(sorted(line.substr(0, space)), number).second) << line;
  }
  return scrape;
}

}  // namespace reachd::test
