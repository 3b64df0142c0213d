// Reads the rules of the file, and refuses what an on-path censor cannot do.
#include <algorithm>

#include "tests/lab/censor/rule.hpp"

namespace censor {
namespace {

std::vector<Act> read_acts(Fields& fields, bool on_path) {
  std::vector<Act> acts;
  for (const Fields& entry : fields.objects("act")) {
    acts.push_back(read_act(entry));
    if (on_path && needs_in_path(acts.back())) {
      throw BadFile(entry.place() + ": an on-path censor cannot do this");
    }
  }
  return acts;
}

Residual read_residual(Fields fields, bool on_path, const std::vector<std::string>& names) {
  Residual residual;
  residual.tuple = static_cast<int>(fields.integer("tuple", 2, 4).value_or(3));
  residual.lasts =
      std::chrono::milliseconds(fields.integer("for_ms", 1, 86'400'000).value_or(180'000));
  residual.begins_after =
      std::chrono::microseconds(fields.integer("delay_us", 0, 3'600'000'000).value_or(0));
  residual.rearm = fields.boolean("rearm").value_or(false);
  if (const auto* match = fields.find("match")) {
    residual.match = read_match({*match, fields.place("match")}, names);
  } else {
    residual.match.from_client = true;
  }
  residual.acts = read_acts(fields, on_path);
  fields.refuse_others();
  return residual;
}

Rule read_rule(Fields fields, const std::vector<Path>& paths,
               const std::vector<std::string>& names) {
  Rule rule;
  rule.name = *fields.text("name");
  const std::string at = fields.text("at").value_or("");
  const auto path =
      std::find_if(paths.begin(), paths.end(), [&](const Path& one) { return one.name == at; });
  if (path == paths.end()) {
    fields.refuse("at", "there is no wire '" + at + "'");
  }
  rule.wire = static_cast<std::size_t>(path - paths.begin());
  rule.enabled = fields.boolean("enabled").value_or(true);
  rule.on_path = fields.boolean("on_path").value_or(false);
  if (const auto* match = fields.find("match")) {
    rule.match = read_match({*match, fields.place("match")}, names);
  }
  rule.acts = read_acts(fields, rule.on_path);
  if (const auto* residual = fields.find("residual")) {
    rule.residual = read_residual({*residual, fields.place("residual")}, rule.on_path, names);
  }
  fields.refuse_others();
  return rule;
}

}  // namespace

std::vector<Rule> read_rules(Fields& file, const std::vector<Path>& paths) {
  std::vector<std::string> names;
  for (Fields& fields : file.objects("rules")) {
    const std::string name = fields.text("name").value_or("");
    if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) {
      fields.refuse("name", "is needed, and each its own");
    }
    names.push_back(name);
  }
  std::vector<Rule> rules;
  for (const Fields& fields : file.objects("rules")) {
    rules.push_back(read_rule(fields, paths, names));
  }
  return rules;
}

}  // namespace censor
