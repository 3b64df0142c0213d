#include "config/text_file.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace reachd {

boost::system::result<std::string, std::string> read_text_file(const std::string& file,
                                                               std::size_t most) {
  using Read = boost::system::result<std::string, std::string>;
  const auto refuse = [](std::string why) {
    return Read(boost::system::in_place_error, std::move(why));
  };
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) return refuse("it is a folder");
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text;
  // Piece by piece: what is allowed may be far more than what is there.
  for (std::size_t piece = 4096; in.is_open() && in && text.size() < most; piece *= 2) {
    const std::size_t had = text.size();
    text.resize(std::min(most, had + piece));
    in.read(text.data() + had, static_cast<std::streamsize>(text.size() - had));
    text.resize(had + static_cast<std::size_t>(in.gcount()));
  }
  if (!in.is_open() || in.bad()) {
    return refuse(std::generic_category().message(errno != 0 ? errno : EIO));
  }
  return Read(boost::system::in_place_value, std::move(text));
}

}  // namespace reachd
