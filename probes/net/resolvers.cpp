#include "probes/net/resolvers.hpp"

#include <arpa/inet.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <sstream>
#include <utility>

namespace reachd::net {
namespace {

constexpr std::size_t kMaxNameservers = 3;   // MAXNS of resolv.conf(5)
constexpr std::size_t kMaxFile = 64 * 1024;  // bytes that are looked at

bool is_nameserver_address(const std::string& text) {
  in_addr v4{};
  in6_addr v6{};
  const std::string bare = text.substr(0, text.find('%'));
  return inet_pton(AF_INET, text.c_str(), &v4) == 1 || inet_pton(AF_INET6, bare.c_str(), &v6) == 1;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kMaxFile, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

std::vector<std::string> parse_resolv_conf(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && found.size() < kMaxNameservers;) {
    // As the C library reads it: the keyword stands at the very beginning.
    if (!line.starts_with("nameserver")) continue;
    std::istringstream words(line);
    std::string keyword;
    std::string address;
    words >> keyword >> address;
    if (keyword == "nameserver" && is_nameserver_address(address)) found.push_back(address);
  }
  return found;
}

Resolvers::Resolvers(std::vector<ResolverSettings> configured, std::string resolv_conf)
    : configured_(std::move(configured)), resolv_conf_(std::move(resolv_conf)) {}

void Resolvers::refresh() {
  struct stat now{};
  Stamp stamp;
  if (::stat(resolv_conf_.c_str(), &now) == 0) {
    stamp = {true, now.st_dev, now.st_ino, now.st_size, now.st_mtim.tv_sec, now.st_mtim.tv_nsec};
  }
  if (read_ && stamp == stamp_) return;
  read_ = true;
  stamp_ = stamp;
  nameservers_ =
      stamp.exists ? parse_resolv_conf(read_file(resolv_conf_)) : std::vector<std::string>{};
  if (nameservers_.empty()) nameservers_.emplace_back("127.0.0.1");
}

std::vector<ResolverSettings> Resolvers::pick(const std::vector<std::string>& names) {
  refresh();
  std::vector<ResolverSettings> picked;
  const auto take = [&](const ResolverSettings& resolver) {
    if (resolver.kind != ResolverSettings::Kind::system) {
      picked.push_back(resolver);
      return;
    }
    for (const std::string& nameserver : nameservers_) {
      ResolverSettings one;
      one.name = "system";
      one.kind = ResolverSettings::Kind::udp;
      one.address = nameserver;
      picked.push_back(std::move(one));
    }
  };
  if (names.empty()) {
    for (const ResolverSettings& resolver : configured_) take(resolver);
    return picked;
  }
  for (const std::string& name : names) {
    for (const ResolverSettings& resolver : configured_) {
      if (resolver.name == name) take(resolver);
    }
  }
  return picked;
}

}  // namespace reachd::net
