#include "daemon/board_index.hpp"

#include <string>

#include <gtest/gtest.h>

namespace reachd {
namespace {

Target target(const std::string& service, const std::string& name) {
  Target made;
  made.service = service;
  made.name = name;
  made.host = name + ".example";
  made.url = "https://" + made.host + "/";
  return made;
}

TEST(BoardIndex, KnowsTargetsAndControlsAsTheyAreNow) {
  Config config;
  config.services = {{"mail", {target("mail", "a"), target("mail", "b")}}};
  config.controls.foreign = {target("control.foreign", "c")};
  Board board;
  BoardIndex index;
  EXPECT_EQ(index.find(board, "mail/a").entry, nullptr) << "nothing is set yet";

  set_targets(board, config);
  EXPECT_EQ(index.find(board, "mail/a").entry, &board.targets.at("mail/a"));
  EXPECT_FALSE(index.find(board, "mail/a").control);
  EXPECT_EQ(index.find(board, "mail/b").entry, &board.targets.at("mail/b"));
  EXPECT_EQ(index.find(board, "control.foreign/c").entry, &board.controls.at("control.foreign/c"));
  EXPECT_TRUE(index.find(board, "control.foreign/c").control);
  EXPECT_EQ(index.find(board, "mail/c").entry, nullptr);

  config.services = {{"mail", {target("mail", "b"), target("mail", "d")}}};
  config.controls.foreign.clear();
  set_targets(board, config);
  EXPECT_EQ(index.find(board, "mail/a").entry, nullptr);
  EXPECT_EQ(index.find(board, "mail/b").entry, &board.targets.at("mail/b"));
  EXPECT_EQ(index.find(board, "mail/d").entry, &board.targets.at("mail/d"));
  EXPECT_EQ(index.find(board, "control.foreign/c").entry, nullptr);
}

}  // namespace
}  // namespace reachd
