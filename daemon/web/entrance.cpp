#include "daemon/web/entrance.hpp"

#include "config/text_file.hpp"
#include "config/yaml_tree.hpp"
#include "daemon/secret.hpp"

namespace reachd::web {

boost::system::result<Entrance, Fault> make_entrance(const WebAccess& access,
                                                     const std::string& file) {
  Entrance entrance;
  entrance.headers = access.headers;
  entrance.users = access.users;
  if (!access.tls) return entrance;
  auto made = make_tls_context(*access.tls);
  if (!made) {
    const TlsFault& fault = made.error();
    return Fault{file, fault.file.line, fault.file.column, "tls_server_config." + fault.key,
                 fault.file.path.empty() ? fault.why : to_string(fault)};
  }
  entrance.tls = std::move(*made);
  return entrance;
}

std::variant<Entrance, std::vector<Fault>> load_entrance(const std::string& file, bool exposed) {
  // One byte more than is allowed tells the parser that there was more.
  const auto text = read_text_file(place_of(file), kLongestYaml + 1);
  if (!text) {
    return std::vector<Fault>{{file, 0, 0, "web.config_file", "cannot be read: " + text.error()}};
  }
  LoadedAccess parsed = parse_web_access(*text, file, exposed);
  if (auto* faults = std::get_if<std::vector<Fault>>(&parsed)) return std::move(*faults);
  auto made = make_entrance(std::get<WebAccess>(parsed), file);
  if (!made) return std::vector<Fault>{made.error()};
  return std::move(*made);
}

}  // namespace reachd::web
