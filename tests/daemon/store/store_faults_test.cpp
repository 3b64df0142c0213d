// What can happen to the file: none of it may stop the daemon or cost what is confirmed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "daemon/store/database.hpp"
#include "daemon/store/store.hpp"
#include "tests/support/child.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/rows.hpp"

namespace reachd::store {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::batch_with;
using test::Folder;
using test::kNoon;
using test::round_at;
using testing::ElementsAre;

const StateRow kState{"a/b", R"({"status":"blocked"})", kNoon};
const StateRow kOther{"a/c", R"({"status":"ok"})", kNoon};

std::vector<std::string> set_aside_in(const Folder& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    const std::string name = entry.path().filename().string();
    if (name.find(".corrupt-") != std::string::npos) names.push_back(name);
  }
  return names;
}

// A store that holds one state and many rounds, closed well.
void fill(const Folder& folder) {
  Store store(folder.path(), {});
  store.load(kNoon);
  Batch batch = batch_with(kState);
  for (int i = 0; i < 2000; ++i) batch.rounds.push_back(round_at("a/b", kNoon + i * 1s));
  ASSERT_TRUE(store.save(batch, kNoon));
}

void overwrite(const std::string& path, std::uint64_t from, std::uint64_t size) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(from));
  file << std::string(size, '\xa5');
}

TEST(StoreFaults, WhatIsNoDatabaseIsSetAsideAndANewOneBegun) {
  const Folder folder;
  std::ofstream(folder / "state.sqlite") << std::string(10'000, 'x');
  Store store(folder.path(), {});
  EXPECT_EQ(store.load(kNoon), Saved{});
  EXPECT_TRUE(store.save(batch_with(kState), kNoon));
  EXPECT_TRUE(store.health().up);
  EXPECT_EQ(store.health().set_aside, 1U);
  EXPECT_THAT(set_aside_in(folder), ElementsAre("state.sqlite.corrupt-20260131T120000Z"));
}

TEST(StoreFaults, OfADamagedFileWhatCanBeReadIsKept) {
  const Folder folder;
  fill(folder);
  const auto size = fs::file_size(folder / "state.sqlite");
  overwrite(folder / "state.sqlite", size / 2, size - size / 2);  // rounds
  {
    Store store(folder.path(), {});
    EXPECT_THAT(store.load(kNoon).states, ElementsAre(kState));
    // The damage shows when it is touched, and does not show in what is saved.
    store.rounds_of("a/b", WallTime{}, WallTime::max(), 10'000);
    store.save(batch_with(kOther), kNoon);
    for (int i = 0; i < 100 && store.tidy(kNoon + 96h); ++i) {
    }
    EXPECT_TRUE(store.save(batch_with(round_at("a/b", kNoon)), kNoon));
  }
  Store store(folder.path(), {});
  EXPECT_THAT(store.load(kNoon).states, ElementsAre(kState, kOther));
}

TEST(StoreFaults, ADamagedHeadOfTheFileCostsNoStart) {
  const Folder folder;
  fill(folder);
  overwrite(folder / "state.sqlite", 0, 5000);
  Store store(folder.path(), {});
  store.load(kNoon);
  EXPECT_TRUE(store.save(batch_with(kOther), kNoon));
  EXPECT_EQ(set_aside_in(folder).size(), 1U);
}

TEST(StoreFaults, AFileThatIsDeletedUnderTheDaemonIsBegunAnewWithEventsAndAlertsAndSaysSo) {
  const Folder folder;
  const AlertRow alert{"f1", "{}"};
  {
    Store store(folder.path(), {});
    store.load(kNoon);
    Batch batch = batch_with(kState);
    batch.events[7] = {7, "{}", kNoon, kNoon, {}};
    batch.alerts[alert.fingerprint] = alert.json;
    ASSERT_TRUE(store.save(batch, kNoon));
    EXPECT_EQ(store.health().begun, 1U);
    fs::remove(folder / "state.sqlite");
    fs::remove(folder / "state.sqlite-wal");
    ASSERT_TRUE(store.save(batch_with(kOther), kNoon));
    EXPECT_EQ(store.health().begun, 2U);
  }
  Store store(folder.path(), {});
  const Saved saved = store.load(kNoon);
  EXPECT_EQ(store.health().begun, 0U);
  EXPECT_THAT(saved.states, ElementsAre(kOther)) << "the others are their owner's to put again";
  EXPECT_THAT(saved.alerts, ElementsAre(alert));
  ASSERT_EQ(saved.events.size(), 1U);
  EXPECT_EQ(saved.events[0].number, 7);
}

TEST(StoreFaults, WithoutAFolderAllIsKeptInMemoryAndWrittenOnceThereIsOne) {
  const Folder folder;
  std::ofstream(folder / "state") << "a file in the way";
  Store store(folder / "state", {});
  EXPECT_EQ(store.load(kNoon), Saved{});
  EXPECT_FALSE(store.save(batch_with(kState), kNoon));
  EXPECT_FALSE(store.save(batch_with(round_at("a/b", kNoon)), kNoon));
  EXPECT_FALSE(store.health().up);
  EXPECT_EQ(store.health().trouble, Trouble::read_only);
  EXPECT_EQ(store.health().errors, 3U);
  EXPECT_EQ(store.health().waiting, 2U);
  fs::remove(folder / "state");
  EXPECT_TRUE(store.save({}, kNoon));
  EXPECT_TRUE(store.health().up);
  EXPECT_EQ(store.health().waiting, 0U);
  EXPECT_EQ(store.rounds_of("a/b", WallTime{}, WallTime::max(), 9)->size(), 1U);
}

TEST(StoreFaults, ASecondDaemonDoesNotTouchTheFirstOnesFile) {
  const Folder folder;
  Store first(folder.path(), {});
  first.load(kNoon);
  ASSERT_TRUE(first.save(batch_with(kState), kNoon));
  Store second(folder.path(), {});
  EXPECT_EQ(second.load(kNoon), Saved{});
  EXPECT_EQ(second.health().trouble, Trouble::locked);
  EXPECT_FALSE(second.save(batch_with(kOther), kNoon));
  EXPECT_TRUE(first.save(batch_with(StateRow{"a/d", "{}", kNoon}), kNoon));
  EXPECT_TRUE(set_aside_in(folder).empty());
}

TEST(StoreFaults, ALaterVersionsFileIsLeftAlone) {
  const Folder folder;
  fill(folder);
  {
    Database database(folder / "state.sqlite", Database::Access::write);
    database.run("PRAGMA user_version = 99");
  }
  Store store(folder.path(), {});
  EXPECT_EQ(store.load(kNoon), Saved{});
  EXPECT_FALSE(store.save(batch_with(kOther), kNoon));
  EXPECT_EQ(store.health().trouble, Trouble::newer);
  EXPECT_TRUE(set_aside_in(folder).empty());
}

// Returns the number of the first expectation that does not hold.
int on_a_small_disk(const std::string& path) {
  if (!test::own_mounts()) return 1;
  if (mount("small", path.c_str(), "tmpfs", 0, "size=400k") != 0) return 2;
  Store store(path, {});
  store.load(kNoon);
  if (!store.save(batch_with(kState), kNoon)) return 3;
  const std::string ballast = path + "/ballast";
  std::ofstream(ballast, std::ios::binary) << std::string(400'000, 'x') << std::flush;
  Batch batch = batch_with(kOther);
  for (int i = 0; i < 1000; ++i) batch.rounds.push_back(round_at("a/b", kNoon + i * 1s));
  if (store.save(std::move(batch), kNoon)) return 4;
  if (store.health().trouble != Trouble::full) return 5;
  if (store.health().waiting != 1001) return 6;
  fs::remove(ballast);
  if (!store.save({}, kNoon)) return 7;
  if (store.rounds_of("a/b", WallTime{}, WallTime::max(), 9999)->size() != 1000) return 8;
  return 0;
}

TEST(StoreFaults, AFullDiskHealsWhenThereIsSpaceAgain) {
  const Folder folder;
  EXPECT_EQ(test::end_of(test::begin_child([&] { return on_a_small_disk(folder.path()); })), 0);
}

int on_a_read_only_disk(const std::string& path) {
  if (!test::own_mounts()) return 1;
  if (mount(path.c_str(), path.c_str(), nullptr, MS_BIND, nullptr) != 0) return 2;
  if (mount(nullptr, path.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
    return 3;
  }
  Store store(path, {});
  if (store.load(kNoon).states != std::vector{kState}) return 4;
  if (store.save(batch_with(kOther), kNoon)) return 5;
  if (store.health().trouble != Trouble::read_only) return 6;
  if (mount(nullptr, path.c_str(), nullptr, MS_BIND | MS_REMOUNT, nullptr) != 0) return 7;
  return store.save({}, kNoon) ? 0 : 8;
}

TEST(StoreFaults, WhatACrashLeftIsReadEvenOnAReadOnlyDisk) {
  const Folder folder;
  const auto crash = [&]() -> int {  // all is in the log still
    Store store(folder.path(), {});
    store.load(kNoon);
    store.save(batch_with(kState), kNoon);
    _exit(0);
  };
  ASSERT_EQ(test::end_of(test::begin_child(crash)), 0);
  ASSERT_GT(fs::file_size(folder / "state.sqlite-wal"), 0U);
  EXPECT_EQ(test::end_of(test::begin_child([&] { return on_a_read_only_disk(folder.path()); })), 0);
  Store store(folder.path(), {});
  EXPECT_THAT(store.load(kNoon).states, ElementsAre(kState, kOther));
}

}  // namespace
}  // namespace reachd::store
