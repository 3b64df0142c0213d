// deploy/man/keys.yaml and web-keys.yaml are what operators read: every key that they name must be
// known to its reader with that default, and every key that a reader asks for must stand in one.
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "config/config.hpp"
#include "config/web_access.hpp"

namespace reachd {
namespace {

const std::filesystem::path kSource = REACHD_SOURCE_DIR;
constexpr const char* kServices =
    "services: [{name: a, targets: [{name: b, url: 'https://www.example.org/'}]}]\n";

struct Key {
  std::vector<std::string> path;  // "services[]" for an entry of a list
  std::string value;              // as flow YAML
  bool is_default = false;
};

std::vector<Key> documented(const std::string& table = "keys.yaml") {
  std::vector<Key> keys;
  for (const auto& entry : YAML::LoadFile(kSource / "deploy/man" / table)) {
    Key key;
    std::istringstream path(entry["key"].as<std::string>());
    for (std::string word; std::getline(path, word, '.');) key.path.push_back(word);
    key.is_default = entry["default"].IsDefined();
    key.value = entry[key.is_default ? "default" : "example"].as<std::string>();
    keys.push_back(std::move(key));
  }
  return keys;
}

bool is_list(const std::string& word) {
  return word.ends_with("[]");
}

// {"a", "b[]", "c"} and "1" as "a: {b: [{c: 1}]}".
std::string yaml_of(const Key& key) {
  const bool structured = key.value.starts_with('[') || key.value.starts_with('{');
  std::string text = structured ? key.value : "\"" + key.value + "\"";
  for (std::size_t i = key.path.size(); i-- > 0;) {
    const std::string& word = key.path[i];
    if (is_list(word)) text = "[" + text + "]";
    text = (is_list(word) ? word.substr(0, word.size() - 2) : word) + ": " + text;
    if (i > 0) text = "{" + text + "}";
  }
  return text;
}

std::string name_of(const std::string& word) {
  return is_list(word) ? word.substr(0, word.size() - 2) : word;
}

TEST(DocumentedKeys, AreKnownToTheReader) {
  ASSERT_GT(documented().size(), 40U);
  for (const Key& key : documented()) {
    const std::string text = yaml_of(key);
    const Loaded loaded = parse_config(text, "keys.yaml");
    const auto* faults = std::get_if<std::vector<Fault>>(&loaded);
    if (faults == nullptr) continue;
    for (const Fault& fault : *faults) {
      // Alone the key lacks its neighbours; that it is unknown or malformed may not be.
      EXPECT_FALSE(fault.why.starts_with("unknown key") || fault.key == "yaml")
          << text << ": " << fault.key << ": " << fault.why;
    }
  }
}

TEST(DocumentedKeys, HaveTheirDefaults) {
  for (const Key& key : documented()) {
    if (!key.is_default) continue;
    // A group that means something by being there is compared with itself, empty but there.
    const bool helper = key.path.front() == "helper";
    const bool services = key.path.front() == "services";
    const std::string rest = std::string(services ? "" : kServices);
    const Loaded plain = parse_config(rest + (helper ? "helper: {}\n" : ""), "keys.yaml");
    const Loaded told = parse_config(rest + yaml_of(key), "keys.yaml");
    ASSERT_TRUE(std::holds_alternative<Config>(plain));
    ASSERT_TRUE(std::holds_alternative<Config>(told)) << yaml_of(key);
    EXPECT_EQ(std::get<Config>(plain), std::get<Config>(told)) << yaml_of(key);
  }
}

// TLS is there only where its files are named.
WebAccess web_access_of(const std::vector<Key>& keys) {
  std::map<std::string, std::string, std::greater<>> groups;  // so that TLS comes first
  groups["tls_server_config"] = "cert_file: a, key_file: b";
  std::string rest;
  for (const Key& key : keys) {
    if (key.path.size() == 1) {
      rest += yaml_of(key) + "\n";
      continue;
    }
    std::string& group = groups[key.path[0]];
    group += (group.empty() ? "" : ", ") + yaml_of({{key.path[1]}, key.value});
  }
  for (const auto& [name, inner] : groups) rest += name + ": {" + inner + "}\n";
  const LoadedAccess loaded = parse_web_access(rest, "web-keys.yaml", false);
  if (const auto* faults = std::get_if<std::vector<Fault>>(&loaded)) {
    for (const Fault& fault : *faults) ADD_FAILURE() << to_string(fault);
    return {};
  }
  return std::get<WebAccess>(loaded);
}

TEST(DocumentedKeys, OfWebYmlAreKnownToItsReader) {
  std::vector<Key> together;  // all examples at once are a good file
  for (Key& key : documented("web-keys.yaml")) {
    if (key.path.back() == "cert_file" || key.path.back() == "key_file") continue;
    if (key.is_default) {
      EXPECT_EQ(web_access_of({key}), web_access_of({})) << yaml_of(key);
    }
    if (key.path.back() == "client_auth_type") key.value = "RequireAndVerifyClientCert";
    together.push_back(std::move(key));
  }
  ASSERT_GT(together.size(), 10U);
  EXPECT_FALSE(web_access_of(together).users.empty());
}

TEST(DocumentedKeys, AreAllThatTheReaderAsksFor) {
  std::set<std::string> known;
  for (const char* table : {"keys.yaml", "web-keys.yaml"}) {
    for (const Key& key : documented(table)) {
      for (const std::string& word : key.path) known.insert(name_of(word));
    }
  }
  const std::regex asked(R"re((?:optional|required)\(\s*"([a-z_]+)"|\{"([a-z]+)", Kind::)re");
  std::size_t found = 0;
  for (const auto& file : std::filesystem::directory_iterator(kSource / "config")) {
    if (file.path().extension() != ".cpp") continue;
    std::ifstream in(file.path());
    std::ostringstream text;
    text << in.rdbuf();
    const std::string source = text.str();
    for (std::sregex_iterator it(source.begin(), source.end(), asked), end; it != end; ++it) {
      const std::string key = (*it)[1].matched ? (*it)[1].str() : (*it)[2].str();
      ++found;
      EXPECT_TRUE(known.contains(key))
          << file.path() << " reads '" << key << "', which deploy/man does not explain";
    }
  }
  EXPECT_GT(found, 40U);
}

}  // namespace
}  // namespace reachd
