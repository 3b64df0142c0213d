#include "daemon/archive/archive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/support/child.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/lines.hpp"

namespace reachd::archive {
namespace {

using namespace std::chrono_literals;
using test::Folder;
using test::lines_in;
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

TEST(Archive, AFileThatGrowsLargeBecomesAPartOfItsDay) {
  World world;
  world.archive.set_limits({24h * 30, 1'000'000, 100});
  for (const char* text : {"1", "2", "3"}) {
    world.archive.append({{kDay, text + std::string(99, '.')}}, kDay + 1h);
  }
  world.archive.append({{kDay, "last"}}, kDay + 1h);
  finish(world.archive, kDay + 2h);
  EXPECT_THAT(names_in(world.folder / "archive"),
              ElementsAre("2026-01-31.1.jsonl.zst", "2026-01-31.2.jsonl.zst",
                          "2026-01-31.3.jsonl.zst", "2026-01-31.jsonl"));
  EXPECT_THAT(lines_in(world.at("2026-01-31.2.jsonl.zst")),
              ElementsAre("2" + std::string(99, '.')));
}

TEST(Archive, ALineThatComesAfterItsDayWasPackedIsKeptBesideIt) {
  World world;
  world.archive.append({{kDay, "in time"}}, kNext);
  finish(world.archive, kNext + 1h);
  world.archive.append({{kDay, "late"}}, kNext + 1h);
  finish(world.archive, kNext + 1h);
  EXPECT_THAT(lines_in(world.at("2026-01-31.jsonl.zst")), ElementsAre("in time"));
  EXPECT_THAT(lines_in(world.at("2026-01-31.1.jsonl.zst")), ElementsAre("late"));
}

TEST(Archive, ACrashInTheMidstOfPackingLosesAndDoublesNothing) {
  World world;
  world.archive.append({{kDay, "one"}}, kDay);
  std::filesystem::copy(world.at("2026-01-31.jsonl"), world.folder / "plain");
  finish(world.archive, kNext + 1h);
  // After the packed file came, before the plain one went; and a half-packed one of another day.
  std::filesystem::copy(world.folder / "plain", world.at("2026-01-31.jsonl"));
  write_file(world.at("2026-01-30.jsonl"), "two\n");
  write_file(world.at("2026-01-30.jsonl.zst.tmp"), "half");
  Archive again(world.folder.path(), {});
  again.open();
  finish(again, kNext + 1h);
  EXPECT_THAT(names_in(world.folder / "archive"),
              ElementsAre("2026-01-30.jsonl.zst", "2026-01-31.jsonl.zst"));
  EXPECT_THAT(lines_in(world.at("2026-01-30.jsonl.zst")), ElementsAre("two"));
  EXPECT_THAT(lines_in(world.at("2026-01-31.jsonl.zst")), ElementsAre("one"));
  EXPECT_EQ(again.counts().errors, 0U);
}

TEST(Archive, WhatIsTooOldGoesAndSoDoesTheOldestWhereThereIsTooMuch) {
  World world;
  for (int i = 0; i < 5; ++i) {
    world.archive.append({{kDay + std::chrono::days(i), std::string(1000, 'x')}}, kDay);
  }
  world.archive.set_limits({48h, 10'000, 10'000});
  const Day last = kDay + std::chrono::days(4);
  finish(world.archive, last + 1h);
  EXPECT_THAT(names_in(world.folder / "archive"),
              ElementsAre("2026-02-02.jsonl.zst", "2026-02-03.jsonl.zst", "2026-02-04.jsonl"));
  world.archive.set_limits({48h, 1'500, 10'000});
  world.archive.append({{last, std::string(480, 'y')}}, last + 2h);
  finish(world.archive, last + 2h);
  EXPECT_THAT(names_in(world.folder / "archive"), ElementsAre("2026-02-04.jsonl"));
  world.archive.append({{last, "more than there is room for"}}, last + 3h);
  EXPECT_EQ(world.archive.counts().dropped, 1U);
  EXPECT_EQ(world.archive.counts().lines, 6U);
  EXPECT_LE(world.archive.counts().bytes, 1'500U);
}

TEST(Archive, WhatCannotBeWrittenIsDroppedAndCountedUntilItCan) {
  World world;
  write_file(world.folder / "archive", "a file in the way");
  world.archive.append({{kDay, "lost"}, {kDay, "too"}}, kDay);
  EXPECT_FALSE(world.archive.counts().up);
  EXPECT_EQ(world.archive.counts().dropped, 2U);
  EXPECT_EQ(world.archive.counts().errors, 1U);
  std::filesystem::remove(world.folder / "archive");
  world.archive.append({{kDay, "kept"}}, kDay);
  EXPECT_TRUE(world.archive.counts().up);
  EXPECT_THAT(lines_in(world.at("2026-01-31.jsonl")), ElementsAre("kept"));
}

// Returns the number of the first expectation that does not hold.
int on_a_small_disk(const std::string& path) {
  if (!test::own_mounts()) return 1;
  if (mount("small", path.c_str(), "tmpfs", 0, "size=100k") != 0) return 2;
  Archive archive(path, {});
  archive.append({{kDay, "first"}}, kDay);
  archive.append({{kDay, std::string(200'000, 'x')}}, kDay);
  if (archive.counts().up || archive.counts().dropped != 1) return 3;
  archive.append({{kDay, "second"}}, kDay);
  if (!archive.counts().up) return 4;
  return lines_in(path + "/archive/2026-01-31.jsonl") == std::vector<std::string>{"first", "second"}
             ? 0
             : 5;
}

TEST(Archive, AFullDiskLeavesNoTornLine) {
  const Folder folder;
  EXPECT_EQ(test::end_of(test::begin_child([&] { return on_a_small_disk(folder.path()); })), 0);
}

TEST(ArchiveFiles, NamesAreReadAsTheyAreWrittenAndNoOthers) {
  for (const char* name : {"2026-01-31.jsonl", "2026-01-31.jsonl.zst", "2026-01-31.1.jsonl",
                           "2026-01-31.12.jsonl.zst"}) {
    const auto parsed = parse_file_name(name);
    ASSERT_TRUE(parsed) << name;
    EXPECT_EQ(to_string(*parsed), name);
  }
  for (const char* name :
       {"", "2026-01-31", "2026-02-30.jsonl", "2026-1-31.jsonl", "2026-01-31.0.jsonl",
        "2026-01-31.01.jsonl", "2026-01-31..jsonl", "2026-01-31.jsonl.gz", "2026-01-31.x.jsonl",
        "+026-01-31.jsonl", "2026-01-31.jsonl.zst.tmp", "2026-01-31.99999999999.jsonl"}) {
    EXPECT_FALSE(parse_file_name(name)) << name;
  }
}

}  // namespace
}  // namespace reachd::archive
