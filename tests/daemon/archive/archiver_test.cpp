// From measured rounds to lines and back to verdicts.
#include "daemon/archive/archiver.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "probes/judge/judge.hpp"
#include "probes/measurement_json.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/lines.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/scene.hpp"

namespace reachd::archive {
namespace {

namespace asio = boost::asio;
using Own = std::vector<std::string>;

std::vector<Measurement> rounds() {
  using test::Scene;
  return {Scene().answers("system", {test::kRight}).visits(test::kRight).made,
          Scene()
              .answers("system", {test::kRight})
              .visits(test::kSecond, Purpose::sni_swap)
              .stops(test::kRight, Stage::tls, Word::connection_reset)
              .helper({test::kRight, test::kSecond})
              .controls()
              .made,
          Scene().refuses("system", Word::dns_nxdomain_error).helper().controls().made};
}

asio::awaitable<bool> archive_all(Archiver& archiver, const std::vector<Measurement>& measured) {
  archiver.start();
  const auto own = std::make_shared<const Own>(Own{"203.0.113.77"});
  for (const Measurement& measurement : measured) {
    archiver.put(std::make_shared<const Measurement>(measurement), judge(measurement), own);
  }
  co_await archiver.stop();
  co_return true;
}

std::vector<std::string> archived_lines(const std::string& folder) {
  std::vector<std::string> lines;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    for (const std::string& line : test::lines_in(entry.path().string())) lines.push_back(line);
  }
  return lines;
}

TEST(Archiver, WhatIsReadBackIsJudgedAsItWas) {
  const test::Folder folder;
  asio::io_context io;
  const auto measured = rounds();
  {
    Worker worker;
    Archiver archiver(io.get_executor(), worker, folder.path(), {});
    test::run(io, archive_all(archiver, measured));
    EXPECT_EQ(archiver.counts().lines, measured.size());
  }
  const auto lines = archived_lines(folder / "archive");
  ASSERT_EQ(lines.size(), measured.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto read = parse_measurement(lines[i]);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(judge(*read), judge(measured[i])) << lines[i];
  }
  EXPECT_EQ(judge(measured[0]).status, Status::ok);
  EXPECT_NE(judge(measured[1]).status, Status::ok);
}

TEST(Archiver, OwnAddressesAndBodiesOfGoodRoundsAreNotKept) {
  const test::Folder folder;
  asio::io_context io;
  const std::string body = "your address is 203.0.113.77 and that of a friend is 203.0.113.78";
  Measurement good = test::Scene().answers("system", {test::kRight}).visits(test::kRight).made;
  good.url = "https://www.example.net/?from=203.0.113.77";
  const Measurement page = test::Scene("http://www.example.net/")
                               .answers("system", {test::kRight})
                               .visits(test::kRight)
                               .page(403, body)
                               .made;
  const Measurement fine = test::Scene("http://www.example.net/")
                               .answers("system", {test::kRight})
                               .visits(test::kRight)
                               .page(200, "a body of no interest")
                               .made;
  {
    Worker worker;
    Archiver archiver(io.get_executor(), worker, folder.path(), {});
    test::run(io, archive_all(archiver, {good, page, fine}));
  }
  const auto lines = archived_lines(folder / "archive");
  ASSERT_EQ(lines.size(), 3U);
  std::string all;
  for (const std::string& line : lines) all += line;
  EXPECT_EQ(all.find("203.0.113.77"), std::string::npos);
  EXPECT_NE(all.find("203.0.113.78"), std::string::npos);
  EXPECT_NE(all.find("[scrubbed]"), std::string::npos);
  EXPECT_EQ(all.find("a body of no interest"), std::string::npos);
}

}  // namespace
}  // namespace reachd::archive
