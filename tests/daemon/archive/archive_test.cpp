#include "daemon/archive/archive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "daemon/line_reader.hpp"
#include "tests/support/folder.hpp"

namespace reachd::archive {
namespace {

using namespace std::chrono_literals;
using test::Folder;
using testing::ElementsAre;

constexpr Day kDay{std::chrono::January / 31 / 2026};
constexpr Day kNext = kDay + std::chrono::days(1);

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> lines_in(const std::string& path) {
  auto source = open_source(path);
  if (!source) throw std::runtime_error(source.error());
  LineReader reader(std::move(*source));
  std::vector<std::string> lines;
  std::string_view line;
  while (true) {
    const auto more = reader.next(line);
    if (!more) throw std::runtime_error(more.error());
    if (!*more) return lines;
    lines.emplace_back(line);
  }
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

void finish(Archive& archive, WallTime now) {
  while (archive.tidy(now)) {
  }
}

struct World {
  Folder folder;
  Archive archive{folder.path(), {}};
  std::string at(const std::string& name) const { return folder / ("archive/" + name); }
};

TEST(Archive, ALineGoesToTheDayItsRoundBeganAndTheDayIsPackedTenMinutesAfterIt) {
  World world;
  world.archive.open();
  world.archive.append({{kDay, "one"}, {kNext, "three"}, {kDay, "two"}}, kNext + 1s);
  finish(world.archive, kNext + 9min);
  EXPECT_THAT(lines_in(world.at("2026-01-31.jsonl")), ElementsAre("one", "two"));
  finish(world.archive, kNext + 10min);
  EXPECT_THAT(names_in(world.folder / "archive"),
              ElementsAre("2026-01-31.jsonl.zst", "2026-02-01.jsonl"));
  EXPECT_THAT(lines_in(world.at("2026-01-31.jsonl.zst")), ElementsAre("one", "two"));
  EXPECT_EQ(world.archive.counts().lines, 3U);
  EXPECT_EQ(world.archive.counts().errors, 0U);
}

TEST(Archive, CutsOffWhatACrashToreAndCountsIt) {
  World world;
  std::filesystem::create_directories(world.folder / "archive");
  write_file(world.at("2026-01-30.jsonl"), "whole\nto");
  write_file(world.at("2026-01-31.jsonl"), "torn" + std::string(200'000, '\0'));
  write_file(world.at("2026-02-01.jsonl"), "whole\n");
  write_file(world.at("notes.txt"), "not ours");
  world.archive.open();
  EXPECT_EQ(world.archive.counts().torn, 2U);
  EXPECT_THAT(lines_in(world.at("2026-01-30.jsonl")), ElementsAre("whole"));
  EXPECT_EQ(std::filesystem::file_size(world.at("2026-01-31.jsonl")), 0U);
  EXPECT_THAT(lines_in(world.at("notes.txt")), ElementsAre("not ours"));
}

}  // namespace
}  // namespace reachd::archive
