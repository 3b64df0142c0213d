// One line of the exposition as remote write wants it: labels and a value. What is pushed is read
// from the very text that a scrape gets, so that the two can never differ. Reads our own text only.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace reachd::remote_write {

struct Label {
  std::string_view name;
  std::string_view value;
  auto operator<=>(const Label&) const = default;
};

struct Sample {
  std::vector<Label> labels;  // by name; the metric's own name is `__name__`
  double value = 0;
};

// The series of a line, "name{a=\"x\"}": what comes before its value. Empty: the line is no sample.
std::string_view series_of(std::string_view line);

// Reads a line of the text format (without timestamp) into `sample`, whose labels look into `line`
// and, where a value was escaped, into `scratch`. False if it is no sample.
bool read_sample(std::string_view line, Sample& sample, std::string& scratch);

// A NaN of its own by which Prometheus tells that a series has ended (value.StaleNaN).
double stale_marker();

}  // namespace reachd::remote_write
