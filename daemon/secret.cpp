#include "daemon/secret.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "config/ascii.hpp"

namespace reachd {
namespace {

using Secret = boost::system::result<std::string, std::string>;

constexpr std::size_t kShortest = 8;
constexpr std::size_t kLongest = 4096;

Secret refuse(std::string why) {
  return Secret(boost::system::in_place_error, std::move(why));
}

}  // namespace

std::string place_of(const std::string& file) {
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr) return file;
  const auto credential = std::filesystem::path(directory) / std::filesystem::path(file).filename();
  std::error_code error;
  return std::filesystem::is_regular_file(credential, error) ? credential.string() : file;
}

Secret read_secret(const std::string& file) {
  std::ifstream in(place_of(file), std::ios::binary);
  std::string text(kLongest + 2, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) return refuse("cannot read the token in " + file);
  text.resize(static_cast<std::size_t>(in.gcount()));
  text.resize(std::min(text.find('\n'), text.size()));
  text = ascii::trimmed(text);
  const bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
  if (text.size() < kShortest || text.size() > kLongest || !printable) {
    return refuse("the first line of " + file + " is no token: 8 to 4096 printable characters");
  }
  return Secret(boost::system::in_place_value, std::move(text));
}

}  // namespace reachd
