#include "daemon/web/authorization.hpp"

#include <gtest/gtest.h>

#include "tests/support/entrances.hpp"

namespace reachd::web {
namespace {

// The value of the header that a client would send.
std::string value_of(const std::string& user, const std::string& password) {
  const std::string line = test::basic(user, password);
  const std::size_t begin = line.find("Basic");
  return line.substr(begin, line.size() - begin - 2);
}

TEST(Authorization, IsReadAsItWasWritten) {
  for (const auto& [user, password] : {std::pair<std::string, std::string>{"me", "secret"},
                                       {"", ""},
                                       {"a", ":b:c:"},
                                       {"größe", "pässwörd €"},
                                       {"x", std::string(300, 'y')},
                                       {"ab", "c"},
                                       {"ab", "cd"}}) {
    const auto read = parse_basic(value_of(user, password));
    ASSERT_TRUE(read) << user;
    EXPECT_EQ(read->user, user);
    EXPECT_EQ(read->password, password);
  }
  EXPECT_EQ(parse_basic("bAsIc   QWxhZGRpbjpvcGVuIHNlc2FtZQ==")->password, "open sesame");
}

TEST(Authorization, AnythingElseIsNothing) {
  for (const std::string& value :
       {std::string(), std::string("Basic"), std::string("Basic "), std::string("Basic ===="),
        std::string("Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), std::string("BasicQWxhZGRpbjpv"),
        std::string("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ="),
        std::string("Basic QWxhZGRpbjpvcGVu IHNl"),
        std::string("Basic QWxhZGRpbjpvcGVuIHNlc2FtZR=="),  // bits that mean nothing
        std::string("Basic QWxh=GRpbjpv"), std::string("Basic _-__"),
        std::string("Basic bm8gY29sb24="), value_of("me", std::string("secret\0more", 11)),
        value_of("m\ne", "secret"), value_of("me", "sec\x7fret")}) {
    EXPECT_FALSE(parse_basic(value)) << value;
  }
}

}  // namespace
}  // namespace reachd::web
