// Who may look, ready for use: the certificate loaded, the users known. Made when the configuration
// is read, so that whatever is wrong with a file of it is a fault of the configuration.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/web_access.hpp"
#include "daemon/web/password.hpp"
#include "daemon/web/tally.hpp"
#include "daemon/web/tls_context.hpp"

namespace reachd::web {

struct Entrance {
  TlsContext tls;  // null: plain HTTP
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<WebUser> users;                                // empty: no password is asked for
  std::shared_ptr<Tally> tally = std::make_shared<Tally>();  // never null
  // Whether a password has that hash; called on a thread of its own, and nowhere else.
  std::function<bool(const std::string& password, const std::string& hash)> matches = web::matches;
};

// The fault is in `file`, which `access` was read from.
boost::system::result<Entrance, Fault> make_entrance(const WebAccess& access,
                                                     const std::string& file);

// What `file` says, read from the service's credentials if one has its name. `exposed`: as for
// parse_web_access().
std::variant<Entrance, std::vector<Fault>> load_entrance(const std::string& file, bool exposed);

}  // namespace reachd::web
