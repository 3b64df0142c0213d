#include "probes/net/resolvers.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace reachd::net {
namespace {

using Kind = ResolverSettings::Kind;

std::vector<std::string> addresses(const std::vector<ResolverSettings>& resolvers) {
  std::vector<std::string> found;
  for (const ResolverSettings& one : resolvers) found.push_back(one.address);
  return found;
}

ResolverSettings resolver(std::string name, Kind kind, std::string address) {
  ResolverSettings one;
  one.name = std::move(name);
  one.kind = kind;
  one.address = std::move(address);
  return one;
}

// A file in a folder of its own, gone at the end.
class File {
 public:
  File() {
    std::string pattern = std::filesystem::temp_directory_path() / "reachd-resolvers-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~File() { std::filesystem::remove_all(folder_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::string path() const { return folder_ / "resolv.conf"; }
  void write(const std::string& text) const { std::ofstream(path()) << text; }
  // As resolvconf does it: a new file takes the old one's place.
  void replace(const std::string& text) const {
    std::ofstream(path() + ".new") << text;
    std::filesystem::rename(path() + ".new", path());
  }

 private:
  std::filesystem::path folder_;
};

TEST(ResolvConf, NameserversAreReadAsTheCLibraryDoes) {
  EXPECT_EQ(parse_resolv_conf("# nameserver 192.0.2.9\n"
                              "; nameserver 192.0.2.8\n"
                              "search example.org\n"
                              "nameserver 192.0.2.1 # first\n"
                              "nameserver\t2001:db8::1\r\n"
                              " nameserver 192.0.2.7\n"
                              "nameservers 192.0.2.6\n"
                              "nameserver not-an-address\n"
                              "nameserver\n"
                              "nameserver fe80::1%eth0\n"
                              "nameserver 192.0.2.2\n"),
            (std::vector<std::string>{"192.0.2.1", "2001:db8::1", "fe80::1%eth0"}));
  EXPECT_TRUE(parse_resolv_conf("").empty());
  EXPECT_EQ(parse_resolv_conf("nameserver 192.0.2.1"), std::vector<std::string>{"192.0.2.1"});
}

TEST(Resolvers, SystemStandsForEveryNameserverOfTheFile) {
  const File file;
  file.write("nameserver 192.0.2.1\nnameserver 192.0.2.2\n");
  Resolvers resolvers(
      {resolver("system", Kind::system, ""), resolver("far", Kind::tcp, "192.0.2.3")}, file.path());
  const auto all = resolvers.pick({});
  ASSERT_EQ(addresses(all), (std::vector<std::string>{"192.0.2.1", "192.0.2.2", "192.0.2.3"}));
  EXPECT_EQ(all[0].name, "system");
  EXPECT_EQ(all[1].name, "system");
  EXPECT_EQ(all[0].kind, Kind::udp);
  EXPECT_EQ(all[0].port, 53);
  EXPECT_EQ(all[2].kind, Kind::tcp);
}

TEST(Resolvers, NamesPickInTheOrderGiven) {
  const File file;
  Resolvers resolvers({resolver("a", Kind::udp, "192.0.2.1"), resolver("b", Kind::udp, "192.0.2.2"),
                       resolver("c", Kind::udp, "192.0.2.3")},
                      file.path());
  EXPECT_EQ(addresses(resolvers.pick({"c", "a"})),
            (std::vector<std::string>{"192.0.2.3", "192.0.2.1"}));
  EXPECT_TRUE(resolvers.pick({"nobody"}).empty());
}

TEST(Resolvers, AFileThatIsMissingOrSilentMeansThisHost) {
  const File file;
  Resolvers resolvers({resolver("system", Kind::system, "")}, file.path());
  EXPECT_EQ(addresses(resolvers.pick({})), std::vector<std::string>{"127.0.0.1"});
  file.write("search example.org\n");
  EXPECT_EQ(addresses(resolvers.pick({})), std::vector<std::string>{"127.0.0.1"});
}

TEST(Resolvers, TheFileIsReadAgainWhenItChangesAndAfterItVanished) {
  const File file;
  file.write("nameserver 192.0.2.1\n");
  Resolvers resolvers({resolver("system", Kind::system, "")}, file.path());
  EXPECT_EQ(addresses(resolvers.pick({})), std::vector<std::string>{"192.0.2.1"});
  file.replace("nameserver 192.0.2.2\n");  // the same size
  EXPECT_EQ(addresses(resolvers.pick({})), std::vector<std::string>{"192.0.2.2"});
  file.write("nameserver 192.0.2.33\n");  // the same inode
  EXPECT_EQ(addresses(resolvers.pick({})), std::vector<std::string>{"192.0.2.33"});
  std::filesystem::remove(file.path());
  EXPECT_EQ(addresses(resolvers.pick({})), std::vector<std::string>{"127.0.0.1"});
  file.write("nameserver 192.0.2.4\n");
  EXPECT_EQ(addresses(resolvers.pick({})), std::vector<std::string>{"192.0.2.4"});
}

}  // namespace
}  // namespace reachd::net
