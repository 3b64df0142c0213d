// One bad file a rule in tests/data/config: bad-<rule>.yaml, and in bad-<rule>.expected the very
// lines that `reachd check` prints for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "config/config.hpp"

namespace reachd {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(REACHD_SOURCE_DIR) / "tests/data/config";

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) ADD_FAILURE() << "cannot be read: " << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> files_with(const std::string& extension) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == extension) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string lines_of(const Loaded& loaded) {
  std::string lines;
  if (const auto* faults = std::get_if<std::vector<Fault>>(&loaded)) {
    for (const auto& fault : *faults) lines += to_string(fault) + "\n";
  }
  return lines;
}

TEST(BadFiles, EachHasExactlyTheFaultsThatAreExpected) {
  const auto paths = files_with(".yaml");
  EXPECT_GE(paths.size(), 100U);
  for (auto path : paths) {
    const std::string text = contents(path);
    const std::string name = path.filename().string();
    const std::string expected = contents(path.replace_extension(".expected"));
    EXPECT_FALSE(expected.empty()) << name << " is expected to be good";
    EXPECT_EQ(lines_of(parse_config(text, name)), expected) << name;
  }
}

TEST(BadFiles, EachExpectationHasItsFile) {
  for (auto path : files_with(".expected")) {
    EXPECT_TRUE(fs::exists(path.replace_extension(".yaml"))) << path;
  }
}

// A line is one fault, printable, with its place and key, whatever the file holds.
TEST(BadFiles, EachFaultIsOnePrintableLineThatStartsWithItsPlace) {
  for (const auto& path : files_with(".yaml")) {
    const auto loaded = parse_config(contents(path), "f.yaml");
    for (const auto& fault : std::get<std::vector<Fault>>(loaded)) {
      const std::string line = to_string(fault);
      EXPECT_TRUE(std::none_of(line.begin(), line.end(), [](char c) {
        return (c >= '\0' && c < ' ') || c == '\x7f';
      })) << line;
      EXPECT_FALSE(fault.key.empty()) << line;
      EXPECT_GE(fault.why.size(), 10U) << line;
      EXPECT_LT(line.size(), 400U) << line;
      std::istringstream in(line);
      std::string file, number, column;
      std::getline(in, file, ':');
      std::getline(in, number, ':');
      std::getline(in, column, ':');
      EXPECT_EQ(file, "f.yaml");
      EXPECT_EQ(number, std::to_string(fault.line));
      EXPECT_EQ(column, std::to_string(fault.column));
    }
  }
}

TEST(BadFiles, APasswordInAUrlIsNeverRepeated) {
  for (const char* url :
       {"https://me:hunter2@a.example/", "me:hunter2@https://a.example/", "me:hunter2@a.example",
        "https:/me:hunter2@a", "https:///me:hunter2@a.example/", "htps://me:hunter2@a.example/",
        "https://a.example:x/hunter2@b"}) {
    const std::string text =
        "services: [{name: a, targets: [{name: b, url: \"" + std::string(url) + "\"}]}]";
    const std::string lines = lines_of(parse_config(text, "f.yaml"));
    EXPECT_NE(lines, "") << url;
    EXPECT_EQ(lines.find("hunter2"), std::string::npos) << lines;
  }
}

}  // namespace
}  // namespace reachd
