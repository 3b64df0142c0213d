#include "config/yaml_reader.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include "config/wording.hpp"

namespace reachd {
namespace {

constexpr std::size_t kMostFaults = 1000;

std::string_view describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::empty:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "a single value";  // not shown: it may be a secret
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a group of keys";
  }
  return {};
}

// A key as it stands in a path: printable and short whatever the file holds.
std::string path_to(const std::string& parent, std::string_view key) {
  const std::string shown = in_quotes(key);
  const std::string plain = shown.substr(1, shown.size() - 2);
  return parent.empty() ? plain : parent + "." + plain;
}

}  // namespace

void Faults::add(const YamlNode& at, std::string key, std::string why) {
  if (key.empty()) key = "yaml";  // the document as a whole
  if (faults_.size() > kMostFaults) return;
  if (faults_.size() == kMostFaults) {
    faults_.push_back(
        {file_, at.line, at.column, "file", "too many faults, the rest is not shown"});
    return;
  }
  faults_.push_back({file_, at.line, at.column, std::move(key), std::move(why)});
}

std::vector<Fault> Faults::in_order() && {
  std::sort(faults_.begin(), faults_.end(), [](const Fault& a, const Fault& b) {
    return std::tie(a.line, a.column, a.key, a.why) < std::tie(b.line, b.column, b.key, b.why);
  });
  faults_.erase(std::unique(faults_.begin(), faults_.end()), faults_.end());
  return std::move(faults_);
}

void Field::fault(std::string why) const {
  if (present()) faults_->add(*node_, path_, std::move(why));
}

void Field::fault_below(std::string_view key, std::string why) const {
  if (present()) faults_->add(*node_, path_to(path_, key), std::move(why));
}

const YamlNode* Field::expect(YamlNode::Kind kind, std::string_view what) const {
  if (!present()) return nullptr;
  if (node_->kind == kind) return node_;
  if (node_->kind == YamlNode::Kind::empty) {
    fault("is empty: give it " + std::string(what) + ", or remove the key");
  } else {
    fault("needs " + std::string(what) + ", but found " + std::string(describe(*node_)));
  }
  return nullptr;
}

std::optional<std::string> Field::text() const {
  const YamlNode* node = expect(YamlNode::Kind::scalar, "a single value");
  if (!node) return std::nullopt;
  if (node->text.empty()) {
    fault("is empty: give it a value, or remove the key");
    return std::nullopt;
  }
  return node->text;
}

std::optional<std::int64_t> Field::number(std::int64_t least, std::int64_t most) const {
  const auto value = text();
  if (!value) return std::nullopt;
  std::int64_t number = 0;
  const char* end = value->data() + value->size();
  const auto result = std::from_chars(value->data(), end, number);
  if (result.ec == std::errc{} && result.ptr == end && number >= least && number <= most) {
    return number;
  }
  fault(in_quotes(*value) + " is not a whole number from " + std::to_string(least) + " to " +
        std::to_string(most));
  return std::nullopt;
}

std::optional<bool> Field::flag() const {
  const auto value = text();
  if (!value) return std::nullopt;
  if (*value == "true") return true;
  if (*value == "false") return false;
  fault(in_quotes(*value) + " is neither true nor false");
  return std::nullopt;
}

std::vector<Field> Field::items() const {
  std::vector<Field> fields;
  const YamlNode* node = expect(YamlNode::Kind::list, "a list: one '- …' a line, or [a, b]");
  if (!node) return fields;
  if (node->children.empty()) fault("is an empty list: add an entry, or remove the key");
  for (std::size_t i = 0; i < node->children.size(); ++i) {
    fields.emplace_back(node->children[i], path_ + "[" + std::to_string(i) + "]", *faults_);
  }
  return fields;
}

std::vector<Field> Field::one_or_more() const {
  if (!present() || is_list()) return items();
  return {*this};
}

std::vector<std::pair<std::string, Field>> Field::entries() const {
  std::vector<std::pair<std::string, Field>> fields;
  const YamlNode* node = expect(YamlNode::Kind::map, "a group of keys: one 'key: value' a line");
  if (!node) return fields;
  std::map<std::string_view, int> lines;
  for (std::size_t i = 0; i + 1 < node->children.size(); i += 2) {
    const YamlNode& key = node->children[i];
    if (key.kind != YamlNode::Kind::scalar) {
      faults_->add(key, path_,
                   "a key must be a plain word, but found " + std::string(describe(key)));
      continue;
    }
    const auto [first, fresh] = lines.emplace(key.text, key.line);
    if (!fresh) {
      faults_->add(key, path_to(path_, key.text),
                   "stands here a second time, first in line " + std::to_string(first->second) +
                       ": keep one");
      continue;
    }
    fields.emplace_back(key.text, Field(node->children[i + 1], path_to(path_, key.text), *faults_));
  }
  return fields;
}

Section::Section(const Field& field) : entries_(field.entries()) {
  if (field.present() && field.node_->kind == YamlNode::Kind::map) map_ = field;
}

Field Section::optional(std::string_view key) {
  known_.push_back(key);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  return found == entries_.end() ? Field() : found->second;
}

Field Section::required(std::string_view key, std::string_view why) {
  const Field field = optional(key);
  if (!field.present()) map_.fault_below(key, "is missing: " + std::string(why));
  return field;
}

void Section::close() const {
  if (!is_map()) return;
  const auto& children = map_.node_->children;
  for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
    const YamlNode& key = children[i];
    if (key.kind != YamlNode::Kind::scalar) continue;
    if (std::find(known_.begin(), known_.end(), key.text) != known_.end()) continue;
    map_.faults_->add(key, path_to(map_.path_, key.text),
                      "unknown key" + suggestion(key.text, known_));
  }
}

}  // namespace reachd
