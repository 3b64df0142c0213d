// One rule of the file, and the reader of all of them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tests/lab/censor/act.hpp"
#include "tests/lab/censor/fields.hpp"
#include "tests/lab/censor/match.hpp"
#include "tests/lab/censor/path.hpp"

namespace censor {

struct Residual {
  int tuple = 3;
  std::chrono::milliseconds lasts{0};
  std::chrono::microseconds begins_after{0};
  bool rearm = false;
  Match match;
  std::vector<Act> acts;
};

struct Rule {
  std::string name;
  std::size_t wire = 0;
  bool enabled = true;
  bool on_path = false;
  Match match;
  std::vector<Act> acts;
  std::optional<Residual> residual;
};

// All rules, in order; `file` is the whole file's object. Throws BadFile.
std::vector<Rule> read_rules(Fields& file, const std::vector<Path>& paths);

// Parts of it. `rules`: the names that `after` may mention.
Match read_match(Fields fields, const std::vector<std::string>& rules);
Act read_act(Fields fields);

}  // namespace censor
