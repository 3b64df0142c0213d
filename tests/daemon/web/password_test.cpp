#include "daemon/web/password.hpp"

#include <gtest/gtest.h>

#include "daemon/web/verified.hpp"
#include "tests/support/entrances.hpp"

namespace reachd::web {
namespace {

TEST(Password, FitsItsHashAndNoOther) {
  const std::string hash = test::hash_of("open sesame");
  EXPECT_TRUE(matches("open sesame", hash));
  for (const std::string& other :
       {std::string(), std::string("open sesam"), std::string("open sesame "),
        std::string(511, 'x'), std::string(512, 'x'), std::string(100'000, 'x')}) {
    EXPECT_FALSE(matches(other, hash)) << other.size();
  }
  EXPECT_FALSE(matches("open sesame", "*0"));
  EXPECT_FALSE(matches("open sesame", ""));
  EXPECT_FALSE(matches("open sesame", "$2b$04$"));
}

// As htpasswd (2y), Python's bcrypt (2b) and older ones (2a) write them; from crypt_blowfish's own
// test vectors.
TEST(Password, HashesOfOtherProgramsAreUnderstood) {
  for (const auto& [password, hash] :
       {std::pair<const char*, const char*>{
            "\xff\xff\xa3", "$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e"},
        {"U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}}) {
    EXPECT_EQ(bcrypt_cost(hash), 5) << hash;
    EXPECT_TRUE(matches(password, hash)) << hash;
    EXPECT_FALSE(matches("U*V", hash)) << hash;
  }
}

TEST(Verified, KnowsAPasswordByItsDigestOnly) {
  Verified verified;
  const Digest right = verified.digest({"me", "secret"});
  EXPECT_FALSE(verified.is_right("me", right));
  verified.add_right("me", right);
  EXPECT_TRUE(verified.is_right("me", verified.digest({"me", "secret"})));
  EXPECT_FALSE(verified.is_right("me", verified.digest({"me", "secret2"})));
  EXPECT_FALSE(verified.is_right("you", verified.digest({"you", "secret"})));
  EXPECT_NE(verified.digest({"a", "bc"}), verified.digest({"ab", "c"}));
  EXPECT_NE(Verified().digest({"me", "secret"}), right) << "each has a key of its own";
}

TEST(Verified, RemembersTheLatestThatWereWrong) {
  Verified verified;
  const auto nth = [&](std::size_t i) { return verified.digest({"me", std::to_string(i)}); };
  for (std::size_t i = 0; i <= Verified::kMostWrong; ++i) verified.add_wrong(nth(i));
  EXPECT_FALSE(verified.is_wrong(nth(0)));
  EXPECT_TRUE(verified.is_wrong(nth(1)));
  EXPECT_TRUE(verified.is_wrong(nth(Verified::kMostWrong)));
  EXPECT_FALSE(verified.is_right("me", nth(1)));
  verified.add_right("me", nth(1));
  verified.add_right("you", nth(2));
  verified.retain([](const std::string& user) { return user == "you"; });
  EXPECT_FALSE(verified.is_wrong(nth(1)));
  EXPECT_FALSE(verified.is_right("me", nth(1)));
  EXPECT_TRUE(verified.is_right("you", nth(2)));
}

}  // namespace
}  // namespace reachd::web
