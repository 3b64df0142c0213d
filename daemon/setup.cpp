#include "daemon/setup.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace reachd {

boost::system::result<Fingerprints, Fault> load_fingerprints(const std::string& file,
                                                             std::string key) {
  const auto unreadable = [&](const std::string& why) {
    return Fault{file, 0, 0, std::move(key), "cannot be read: " + why};
  };
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) return unreadable("it is a folder");
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return unreadable(std::generic_category().message(errno != 0 ? errno : EIO));
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  auto parsed = parse_fingerprints(text);
  if (!parsed) {
    const TableFault& fault = parsed.error();
    return Fault{file, fault.line, fault.line > 0 ? 1 : 0, std::move(key), fault.why};
  }
  return Fingerprints(std::move(*parsed));
}

std::variant<Setup, std::vector<Fault>> load_setup(const std::string& file) {
  Loaded loaded = load_config(file);
  if (auto* faults = std::get_if<std::vector<Fault>>(&loaded)) return std::move(*faults);
  Setup setup{std::move(std::get<Config>(loaded)), {}};
  std::vector<Fault> faults;
  const auto load = [&](const std::string& table, const char* key) {
    if (table.empty()) return;
    auto known = load_fingerprints(table, key);
    if (known) {
      setup.fingerprints.push_back(std::move(*known));
    } else {
      faults.push_back(known.error());
    }
  };
  load(setup.config.fingerprints.dns, "fingerprints.dns");
  load(setup.config.fingerprints.http, "fingerprints.http");
  if (!faults.empty()) return faults;
  return setup;
}

}  // namespace reachd
