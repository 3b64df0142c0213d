// The end of the process at any moment: what was said to be written is there, whole and once.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "daemon/archive/archive.hpp"
#include "daemon/store/store.hpp"
#include "tests/support/child.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/lines.hpp"
#include "tests/support/rows.hpp"

namespace reachd {
namespace {

using namespace std::chrono_literals;
using test::kNoon;

const auto kDay = std::chrono::floor<std::chrono::days>(kNoon);

// Writes event after event and line after line, and tells each number once both are written.
int write_for_ever(const std::string& path, int tell) {
  store::Store store(path, {});
  archive::Archive archive(path, {});
  archive.open();
  const store::Saved saved = store.load(kNoon);
  for (std::int64_t number = saved.last_event + 1;; ++number) {
    const std::string text = std::to_string(number);
    store::Batch batch = test::batch_with(store::EventRow{number, text, kNoon, kNoon, {}});
    batch.states["a/b"] = {"a/b", text, kNoon};
    for (int i = 0; i < 20; ++i) {
      batch.rounds.push_back(test::round_at("a/b", kNoon + number * 1s + i * 1ms));
    }
    if (!store.save(std::move(batch), kNoon)) return 1;
    archive.append({{kDay, R"({"number":)" + text + "}" + std::string(5000, ' ')}}, kNoon);
    if (write(tell, &number, sizeof number) != sizeof number) return 2;
  }
}

// One number, waited for; false if the writer is gone.
bool read_told(int from, std::set<std::int64_t>& numbers) {
  std::int64_t number = 0;
  if (read(from, &number, sizeof number) != sizeof number) return false;
  numbers.insert(number);
  return true;
}

// Without the spaces that make them as long as lines are.
std::set<std::string> lines_of(const std::string& path) {
  std::set<std::string> lines;
  if (!std::filesystem::exists(path)) return lines;
  for (const std::string& line : test::lines_in(path)) {
    lines.insert(line.substr(0, line.find('}') + 1));
  }
  return lines;
}

TEST(Kill, NothingThatWasWrittenIsLostOrDoubled) {
  constexpr std::size_t kTimes = 30;
  const test::Folder folder;
  std::mt19937 random(20260131);
  std::uniform_int_distribution<int> moment(0, 30);
  std::set<std::int64_t> numbers;  // that were told
  for (std::size_t time = 0; time < kTimes; ++time) {
    std::array<int, 2> pipe_ends{};
    ASSERT_EQ(pipe(pipe_ends.data()), 0);
    const pid_t child =
        test::begin_child([&] { return write_for_ever(folder.path(), pipe_ends[1]); });
    close(pipe_ends[1]);
    // In turn while it opens and mends, and while it writes.
    if (time % 2 == 1) {
      ASSERT_TRUE(read_told(pipe_ends[0], numbers));
    }
    std::this_thread::sleep_for(moment(random) * 1ms);
    ASSERT_EQ(test::kill_child(child), -1) << "the writer ended by itself";
    while (read_told(pipe_ends[0], numbers)) {
    }
    const std::int64_t told = numbers.empty() ? 0 : *numbers.rbegin();
    close(pipe_ends[0]);

    store::Store store(folder.path(), {});
    const store::Saved saved = store.load(kNoon);
    ASSERT_TRUE(store.health().up) << store.health().text;
    ASSERT_EQ(store.health().set_aside, 0U);
    ASSERT_GE(saved.last_event, told);
    ASSERT_EQ(saved.events.size(), static_cast<std::size_t>(saved.last_event));
    if (told > 0) {
      ASSERT_EQ(saved.states.at(0).json, std::to_string(saved.last_event));
    }
    archive::Archive archive(folder.path(), {});
    archive.open();
    ASSERT_EQ(archive.counts().errors, 0U);
    const auto lines = lines_of(folder / "archive/2026-01-31.jsonl");
    for (const std::int64_t number : numbers) {
      ASSERT_TRUE(lines.contains(R"({"number":)" + std::to_string(number) + "}")) << number;
    }
  }
  EXPECT_GE(numbers.size(), kTimes / 2);
}

}  // namespace
}  // namespace reachd
