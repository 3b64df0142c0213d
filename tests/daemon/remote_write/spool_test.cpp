#include "daemon/remote_write/spool.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/support/child.hpp"
#include "tests/support/folder.hpp"

namespace reachd::remote_write {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kPlenty = 1U << 20U;
const WallTime kBegan{1'700'000'000s};

Body body(const std::string& bytes, std::uint32_t samples = 10) {
  return {bytes, samples};
}

void put(Spool& spool, WallTime at, const std::vector<Body>& bodies) {
  spool.begin(at);
  for (const Body& one : bodies) spool.add(one);
  spool.end();
}

std::vector<std::string> take_all(Spool& spool) {
  std::vector<std::string> taken;
  while (const auto lent = spool.lend()) {
    taken.push_back(lent->bytes);
    spool.settle(true);
  }
  return taken;
}

std::vector<fs::path> files_in(const std::string& folder) {
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.insert(entry.path());
  return {files.begin(), files.end()};
}

TEST(Spool, GivesTheOldestFirstUntilItIsSettled) {
  const test::Folder folder;
  Spool spool(folder / "spool", kPlenty);
  spool.open();
  put(spool, kBegan, {body("a1"), body("a2", 5)});
  put(spool, kBegan + 30s, {body("b1")});
  EXPECT_EQ(spool.counts().samples, 25U);
  EXPECT_EQ(spool.lend()->bytes, "a1");
  spool.settle(false);
  EXPECT_EQ(spool.lend()->bytes, "a1") << "it was not taken";
  spool.settle(true);
  EXPECT_EQ(spool.counts().samples, 15U);
  EXPECT_THAT(take_all(spool), ElementsAre("a2", "b1"));
  EXPECT_EQ(spool.counts().samples, 0U);
  EXPECT_EQ(spool.counts().bytes, 0U);
  EXPECT_EQ(spool.counts().dropped, 0U);
  EXPECT_TRUE(spool.counts().up);
  EXPECT_THAT(files_in(folder / "spool"), IsEmpty());
}

TEST(Spool, GivesWhatIsWrittenSoFarOfASnapshot) {
  const test::Folder folder;
  Spool spool(folder.path(), kPlenty);
  spool.open();
  spool.begin(kBegan);
  EXPECT_FALSE(spool.lend());
  spool.add(body("a1"));
  EXPECT_THAT(take_all(spool), ElementsAre("a1"));
  spool.add(body("a2"));
  EXPECT_THAT(take_all(spool), ElementsAre("a2"));
  spool.end();
  EXPECT_FALSE(spool.lend());
  EXPECT_THAT(files_in(folder.path()), IsEmpty());
}

TEST(Spool, KeepsTheOrderInWhichItWasWrittenThoughTheClockStepsBack) {
  const test::Folder folder;
  {
    Spool spool(folder.path(), kPlenty);
    spool.open();
    put(spool, kBegan, {body("first")});
    put(spool, kBegan - 1h, {body("second")});
  }
  Spool spool(folder.path(), kPlenty);
  spool.open();
  put(spool, kBegan - 2h, {body("third")});
  EXPECT_THAT(take_all(spool), ElementsAre("first", "second", "third"));
}

TEST(Spool, ARestartLosesNothing) {
  const test::Folder folder;
  {
    Spool spool(folder.path(), kPlenty);
    spool.open();
    put(spool, kBegan, {body("a1", 3), body("a2", 4)});
    put(spool, kBegan + 1s, {body("b1", 5)});
    ASSERT_EQ(spool.lend()->bytes, "a1");
    spool.settle(true);
  }
  Spool spool(folder.path(), kPlenty);
  spool.open();
  EXPECT_EQ(spool.counts().samples, 12U) << "a segment is given from its beginning";
  EXPECT_EQ(spool.counts().torn, 0U);
  EXPECT_THAT(take_all(spool), ElementsAre("a1", "a2", "b1"));
}

TEST(Spool, TheOldestGoesWhenThereIsNoRoom) {
  const test::Folder folder;
  const std::string large(400, 'x');
  Spool spool(folder.path(), 1000);  // two of them with their headers, not three
  spool.open();
  put(spool, kBegan, {body("a" + large)});
  put(spool, kBegan + 1s, {body("b" + large)});
  put(spool, kBegan + 2s, {body("c" + large)});
  EXPECT_EQ(spool.counts().dropped, 10U);
  EXPECT_LE(spool.counts().bytes, 1000U);
  std::uint64_t on_disk = 0;
  for (const auto& file : files_in(folder.path())) on_disk += fs::file_size(file);
  EXPECT_EQ(on_disk, spool.counts().bytes);
  EXPECT_THAT(take_all(spool), ElementsAre("b" + large, "c" + large));
  // What is larger than all the room takes what there is.
  put(spool, kBegan + 3s, {body("d" + large), body("e" + large), body("f" + large)});
  EXPECT_EQ(spool.counts().dropped, 20U);
  EXPECT_THAT(take_all(spool), ElementsAre("d" + large, "e" + large));
}

TEST(Spool, ASmallerBoundHoldsAfterARestart) {
  const test::Folder folder;
  {
    Spool spool(folder.path(), kPlenty);
    spool.open();
    for (int i = 0; i < 4; ++i) put(spool, kBegan + i * 1s, {body(std::string(100, 'a'))});
  }
  Spool spool(folder.path(), 250);
  spool.open();
  EXPECT_EQ(spool.counts().dropped, 20U);
  EXPECT_EQ(take_all(spool).size(), 2U);
}

TEST(Spool, WhatIsLentAndHasToGoIsCountedOnce) {
  const test::Folder folder;
  const std::string large(400, 'x');
  for (const bool taken : {true, false}) {
    Spool spool(folder.path(), 1000);
    spool.open();
    put(spool, kBegan, {body("a" + large, 7), body("b", 2)});
    ASSERT_EQ(spool.lend()->samples, 7U);
    put(spool, kBegan + 1s, {body("c" + large)});
    put(spool, kBegan + 2s, {body("d" + large)});  // the first must go
    spool.settle(taken);
    EXPECT_EQ(spool.counts().dropped, taken ? 2U : 9U);
    EXPECT_THAT(take_all(spool), ElementsAre("c" + large, "d" + large));
  }
}

TEST(Spool, ARecordThatACrashToreIsDroppedAndCounted) {
  const test::Folder folder;
  {
    Spool spool(folder.path(), kPlenty);
    spool.open();
    put(spool, kBegan, {body("whole", 3), body("torn to pieces", 4)});
    put(spool, kBegan + 1s, {body("later", 5)});
    put(spool, kBegan + 2s, {body("x", 6)});
  }
  const auto files = files_in(folder.path());
  ASSERT_EQ(files.size(), 3U);
  fs::resize_file(files[0], fs::file_size(files[0]) - 5);
  fs::resize_file(files[2], 7);  // not even a header
  std::ofstream(folder / "1.rrw.tmp") << "not ours";
  Spool spool(folder.path(), kPlenty);
  spool.open();
  EXPECT_EQ(spool.counts().torn, 2U);
  EXPECT_EQ(spool.counts().dropped, 4U) << "how many the other one had nobody knows";
  EXPECT_EQ(spool.counts().samples, 8U);
  EXPECT_THAT(take_all(spool), ElementsAre("whole", "later"));
}

TEST(Spool, BentBytesAreNeverSent) {
  const test::Folder folder;
  Spool spool(folder.path(), kPlenty);
  spool.open();
  put(spool, kBegan, {body("aaaaaaaa"), body("bbbbbbbb")});
  put(spool, kBegan + 1s, {body("cccccccc")});
  {
    std::fstream file(files_in(folder.path()).front(), std::ios::in | std::ios::out);
    file.seekp(kHeaderBytes + 3);
    file.put('X');
  }
  EXPECT_THAT(take_all(spool), ElementsAre("cccccccc"));
  EXPECT_EQ(spool.counts().torn, 1U);
  EXPECT_EQ(spool.counts().dropped, 20U);
  EXPECT_EQ(spool.counts().samples, 0U);
}

TEST(Spool, KilledAtAnyMomentGivesWhatItHadWritten) {
  const test::Folder folder;
  const pid_t child = test::begin_child([&]() -> int {
    Spool spool(folder.path(), std::uint64_t{64} << 20U);
    spool.open();
    for (int i = 0;; ++i) put(spool, kBegan + i * 1ms, {body(std::string(5000, 'k')), body("end")});
  });
  while (files_in(folder.path()).size() < 20) std::this_thread::sleep_for(1ms);
  test::kill_child(child);
  Spool spool(folder.path(), std::uint64_t{64} << 20U);
  spool.open();
  EXPECT_LE(spool.counts().torn, 1U);
  const auto taken = take_all(spool);
  EXPECT_GE(taken.size(), 38U);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    ASSERT_EQ(taken[i].size(), i % 2 == 0 ? 5000U : 3U) << i;
  }
}

// A file may not grow in this child: the kernel's way to say that there is no room.
TEST(Spool, WithoutRoomOnTheDiskTheLatestWaitInMemory) {
  const test::Folder folder;
  const int code = test::end_of(test::begin_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    Spool spool(folder.path(), std::uint64_t{64} << 20U);
    spool.open();
    put(spool, kBegan, {body("on the disk")});
    const rlimit full{50, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &full);
    put(spool, kBegan + 1s, {body("short"), body(std::string(100, 'm')), body("after")});
    if (spool.counts().up || spool.counts().text.find("too large") == std::string::npos) return 1;
    const std::string large(std::size_t{3} << 20U, 'l');
    put(spool, kBegan + 2s, {body("2" + large)});
    put(spool, kBegan + 3s, {body("3" + large)});
    put(spool, kBegan + 4s, {body("4" + large)});  // no room for the first two in memory
    if (spool.counts().dropped != 30) return 2;
    const rlimit room{RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &room);
    put(spool, kBegan + 5s, {body("on the disk again")});
    if (!spool.counts().up) return 3;
    const std::vector<std::string> wanted{"on the disk", "short", "3" + large, "4" + large,
                                          "on the disk again"};
    return take_all(spool) == wanted && spool.counts().dropped == 30 ? 0 : 4;
  }));
  EXPECT_EQ(code, 0);
}

TEST(Spool, AFolderThatCannotBeMadeSilencesNobody) {
  const test::Folder folder;
  std::ofstream(folder / "file") << "in the way";
  Spool spool(folder / "file/spool", kPlenty);
  spool.open();
  EXPECT_FALSE(spool.counts().up);
  put(spool, kBegan, {body("a")});
  EXPECT_THAT(take_all(spool), ElementsAre("a"));
}

}  // namespace
}  // namespace reachd::remote_write
