#include "daemon/log.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <regex>
#include <string>

#include <spdlog/spdlog.h>

#include "tests/support/environment.hpp"

namespace reachd::log {
namespace {

using test::Environment;

TEST(Log, ALineIsAnEventAndItsFields) {
  EXPECT_EQ(
      line("round", {{"target", "gmail/web"}, {"status", "ok"}, {"took", 12}, {"deep", true}}),
      "round target=gmail/web status=ok took=12 deep=true");
  EXPECT_EQ(line("stopped", {}), "stopped");
}

TEST(Log, AValueIsQuotedWhereItCouldBeMisread) {
  struct {
    std::string value;
    std::string written;
  } const table[] = {
      {"plain-1.2/x:y", "plain-1.2/x:y"},
      {"", "\"\""},
      {"two words", "\"two words\""},
      {"a=b", "\"a=b\""},
      {"say \"hi\"", "\"say \\\"hi\\\"\""},
      {"back\\slash", "\"back\\\\slash\""},
      {"one\ntwo\r\t", "\"one\\x0atwo\\x0d\\x09\""},
      {std::string("nul\0end", 7), "\"nul\\x00end\""},
      {"\x1b[31mred", "\"\\x1b[31mred\""},
      {"\x7f", "\"\\x7f\""},
      {"谷歌", "\"谷歌\""},
      {"\u202e"
       "txt",
       "\"\\xe2\\x80\\xaetxt\""},
      {"\xff\xfe", "\"\\xff\\xfe\""},
      {"\xc2\x9b"
       "31m",
       "\"\\xc2\\x9b31m\""},
  };
  for (const auto& row : table) EXPECT_EQ(quote(row.value), row.written);
}

TEST(Log, NoValueOfAnyByteBreaksALine) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const char c : quote(std::string(1, static_cast<char>(byte)))) {
      EXPECT_TRUE(c >= 0x20 && c < 0x7f) << byte;
    }
  }
}

TEST(Log, AnEndlessValueIsCut) {
  const std::string written = quote(std::string(1'000'000, 'x'));
  EXPECT_LT(written.size(), 2100U);
  EXPECT_TRUE(written.ends_with("...\""));
}

TEST(Log, LevelsHaveNames) {
  for (const Level level : {Level::debug, Level::info, Level::warning, Level::error}) {
    EXPECT_EQ(parse_level(to_string(level)), level);
  }
  EXPECT_EQ(parse_level("loud"), std::nullopt);
}

TEST(Log, TheJournalIsWrittenToOnlyIfTheDescriptorIsTheJournals) {
  struct stat status{};
  ASSERT_EQ(fstat(STDERR_FILENO, &status), 0);
  const std::string ours = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  EXPECT_EQ(style_for(ours.c_str(), STDERR_FILENO), Style::journal);
  EXPECT_EQ(style_for((ours + "1").c_str(), STDERR_FILENO), Style::plain);
  EXPECT_EQ(style_for(nullptr, STDERR_FILENO), Style::plain);
  EXPECT_EQ(style_for("", STDERR_FILENO), Style::plain);
  EXPECT_EQ(style_for(ours.c_str(), -1), Style::plain);
}

// What a logger that was just started writes to standard error, which is a file for that time.
std::string written_by(void (*work)(), bool as_journal) {
  std::FILE* file = std::tmpfile();
  std::fflush(stderr);
  const int kept = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  struct stat status{};
  fstat(STDERR_FILENO, &status);
  const std::string stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  const auto before = spdlog::default_logger();
  {
    const Environment journal("JOURNAL_STREAM", as_journal ? stream.c_str() : nullptr);
    start("info");
  }
  work();
  std::fflush(stderr);
  spdlog::set_default_logger(before);
  dup2(kept, STDERR_FILENO);
  close(kept);
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

void write_some() {
  debug("unseen");
  info("round", {{"target", "gmail/web"}});
  warning("odd");
  error("broken", {{"why", "{} is no format"}});
}

TEST(Log, UnderSystemdLinesCarryPriorities) {
  EXPECT_EQ(written_by(write_some, true),
            "<6>round target=gmail/web\n<4>odd\n<3>broken why=\"{} is no format\"\n");
}

TEST(Log, ElsewhereLinesCarryTimeAndLevelAndNoColour) {
  const std::string stamp = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d )";
  const std::regex whole(stamp + "info round target=gmail/web\n" + stamp + "warning odd\n" + stamp +
                         "error broken why=\"\\{\\} is no format\"\n");
  const std::string text = written_by(write_some, false);
  EXPECT_TRUE(std::regex_match(text, whole)) << text;
}

}  // namespace
}  // namespace reachd::log
