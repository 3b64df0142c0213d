#include "config/text_file.hpp"

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
  std::string text(most, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) {
    return refuse(std::generic_category().message(errno != 0 ? errno : EIO));
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return Read(boost::system::in_place_value, std::move(text));
}

}  // namespace reachd
