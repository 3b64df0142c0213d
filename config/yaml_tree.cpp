#include "config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "config/wording.hpp"

namespace reachd {
namespace {

constexpr std::size_t kDeepest = 32;
constexpr std::size_t kMostNodes = 200'000;

struct Refusal {
  YAML::Mark mark;
  std::string why;
};

// Builds the tree from yaml-cpp's events; throws Refusal at the first thing that is not allowed.
class TreeBuilder : public YAML::EventHandler {
 public:
  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode& node = append(mark, "", anchor);
    // The mark of nothing is that of the next token; the key is where the operator looks.
    if (const YamlNode* key = key_before(node)) {
      node.line = key->line;
      node.column = key->column;
    }
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refusal{mark, "aliases (*name) are not allowed: write the value out"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode& node = append(mark, tag, anchor);
    node.kind = YamlNode::Kind::scalar;
    node.text = value;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { path_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::map);
  }
  void OnMapEnd() override { path_.pop_back(); }

 private:
  // Nodes on the path are the last children of each other, so appending moves none of them.
  YamlNode& append(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0)
      throw Refusal{mark,
                    "anchors (&name) are not allowed: write the value out, or quote a text with "
                    "'&' in front"};
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw Refusal{mark, "tags (!name) are not allowed: write the plain value"};
    }
    if (++nodes_ > kMostNodes) {
      throw Refusal{mark, "more than " + std::to_string(kMostNodes) + " values in one file"};
    }
    YamlNode* node = &root_;
    if (!path_.empty()) node = &path_.back()->children.emplace_back();
    node->line = mark.line + 1;
    node->column = mark.column + 1;
    return *node;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    YamlNode& node = append(mark, tag, anchor);
    node.kind = kind;
    path_.push_back(&node);
    if (path_.size() > kDeepest) {
      throw Refusal{mark, "nested deeper than " + std::to_string(kDeepest) + " levels"};
    }
  }

  // The key that `node`, just appended, is the value of.
  const YamlNode* key_before(const YamlNode& node) const {
    if (path_.empty() || path_.back()->kind != YamlNode::Kind::map) return nullptr;
    const auto& children = path_.back()->children;
    return children.size() % 2 == 0 && &children.back() == &node ? &children[children.size() - 2]
                                                                 : nullptr;
  }

  YamlNode root_;
  std::vector<YamlNode*> path_;
  std::size_t nodes_ = 0;
};

// Whether the line (from 0) has a tab in front, the mistake that is never seen.
bool begins_with_tab(std::string_view text, int line) {
  for (; line > 0; --line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

std::string syntax_hint(std::string_view message, bool tab) {
  if (tab) return "; this line is indented with a tab: YAML allows spaces only";
  if (message.find("anchor") != std::string_view::npos) {
    return "; quote a text that begins with '*' or '&': \"*…\"";
  }
  if (message.find("end of ") != std::string_view::npos ||
      message.find("illegal map value") != std::string_view::npos) {
    return "; look for a missing ':' or space after it, a missing bracket or quote, or a line that "
           "is indented differently from its neighbours";
  }
  return "; indent with spaces, and quote values with special characters: \"…\"";
}

// NUL, broken UTF-8 or too long: nothing that a YAML parser should see.
std::optional<Fault> refuse_bytes(std::string_view text, const std::string& file) {
  if (text.size() > kLongestYaml) return Fault{file, 0, 0, "file", "is larger than 4 MiB"};
  const std::size_t at = std::min(text.find('\0'), find_broken_utf8(text));
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view before = text.substr(0, at);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  return Fault{file, static_cast<int>(line) + 1, static_cast<int>(at - start) + 1, "yaml",
               text[at] == '\0' ? "a NUL byte: this is not a text file"
                                : "not UTF-8: save the file in that encoding"};
}

}  // namespace

std::variant<YamlNode, Fault> parse_yaml(const std::string& text, const std::string& file) {
  if (auto fault = refuse_bytes(text, file)) return *fault;
  const auto fault_at = [&](const YAML::Mark& mark, std::string why) {
    return Fault{file, mark.line + 1, mark.column + 1, "yaml", std::move(why)};
  };
  try {
    std::istringstream in(text);
    YAML::Parser parser(in);
    TreeBuilder tree;
    if (!parser.HandleNextDocument(tree)) return YamlNode{};
    TreeBuilder second;
    if (parser.HandleNextDocument(second)) {
      const YamlNode extra = second.take();
      return Fault{file, extra.line, extra.column, "yaml",
                   "a second document (after '---' or '...') is not allowed"};
    }
    return tree.take();
  } catch (const Refusal& refusal) {
    return fault_at(refusal.mark, refusal.why);
  } catch (const YAML::Exception& error) {
    const bool tab = begins_with_tab(text, error.mark.line);
    // Some messages of the library quote the file.
    return fault_at(error.mark, "this is not valid YAML: " + printable(error.msg) +
                                    syntax_hint(error.msg, tab));
  }
}

}  // namespace reachd
