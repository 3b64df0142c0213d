// Checked access to a YAML tree: every look at a value may leave a fault, none stops the reading,
// so that one run tells the operator all that is wrong. Never holds a value: the tree and the
// faults must outlive the fields and sections that look at them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/units.hpp"
#include "config/yaml_tree.hpp"

namespace reachd {

// Collects what is wrong with one file. Bounded: past 1000 faults only a last one says that it
// stopped.
class Faults {
 public:
  explicit Faults(std::string file) : file_(std::move(file)) {}
  void add(const YamlNode& at, std::string key, std::string why);
  std::vector<Fault> in_order() &&;  // of line and column, each once
  bool empty() const { return faults_.empty(); }

 private:
  std::string file_;
  std::vector<Fault> faults_;
};

class Section;

// A value at its path, or nothing where an optional key is absent. Reading an absent field gives
// nothing and leaves no fault; reading one of the wrong type gives nothing and leaves one.
class Field {
 public:
  Field() = default;
  Field(const YamlNode& node, std::string path, Faults& faults)
      : node_(&node), path_(std::move(path)), faults_(&faults) {}

  bool present() const { return node_ != nullptr; }
  const std::string& path() const { return path_; }
  bool is_list() const { return present() && node_->kind == YamlNode::Kind::list; }
  bool is_map() const { return present() && node_->kind == YamlNode::Kind::map; }
  int line() const { return present() ? node_->line : 0; }  // as of YamlNode
  int column() const { return present() ? node_->column : 0; }
  void fault(std::string why) const;  // no-op on an absent field
  void fault_below(std::string_view key,
                   std::string why) const;  // about a key that is missing in it

  std::optional<std::string> text() const;  // not empty
  std::optional<std::int64_t> number(std::int64_t least, std::int64_t most) const;
  std::optional<bool> flag() const;
  std::vector<Field> items() const;        // of a list
  std::vector<Field> one_or_more() const;  // of a list, or the single value itself
  // Of a map whose keys are the operator's: name and value, each name once.
  std::vector<std::pair<std::string, Field>> entries() const;

 private:
  friend class Section;
  const YamlNode* expect(YamlNode::Kind kind, std::string_view what) const;

  const YamlNode* node_ = nullptr;
  std::string path_;
  Faults* faults_ = nullptr;
};

// A map whose keys are known. Ask for each of them, then close() refuses all others.
class Section {
 public:
  explicit Section(const Field& field);

  bool is_map() const { return map_.present(); }
  Field optional(std::string_view key);
  // A missing key is a fault of the section; `why` says what it is for and shows an example.
  Field required(std::string_view key, std::string_view why);
  void close() const;

 private:
  Field map_;  // absent if it is none
  std::vector<std::pair<std::string, Field>> entries_;
  std::vector<std::string_view> known_;
};

// Reads a text with `parse` (text in, Parsed out) into `out`; a fault and false if it does not
// parse. True only if `out` was set.
template <typename T, typename Parse>
bool take(const Field& field, T& out, Parse parse) {
  const auto text = field.text();
  if (!text) return false;
  auto parsed = parse(*text);
  if (!parsed) {
    field.fault(parsed.error());
    return false;
  }
  out = std::move(*parsed);
  return true;
}

}  // namespace reachd
