// Who may look at page, API and metrics: the file that `web.config_file` names, in the format of
// Prometheus' exporter-toolkit. Knows nothing of TLS or of passwords: what it reads is looked into
// by the daemon. No hash of a password ever stands in a fault.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "config/config.hpp"

namespace reachd {

// A file and where it was named, for what turns out to be wrong with it later.
struct NamedFile {
  std::string path;  // empty: none
  int line = 0;
  int column = 0;
  bool operator==(const NamedFile&) const = default;
};

// Of a client: nothing; a certificate if it has one; any; one that verifies if it has one; one that
// verifies. In the order of Go's NoClientCert … RequireAndVerifyClientCert.
enum class ClientAuth : std::uint8_t { none, request, require_any, verify_if_given, verify };

enum class TlsVersion : std::uint8_t { tls12, tls13 };

struct WebTls {
  NamedFile certificate;  // PEM, the chain as it is sent
  NamedFile key;          // PEM
  NamedFile client_ca;    // PEM, whoever may sign clients; only with a ClientAuth that verifies
  ClientAuth client_auth = ClientAuth::none;
  // A certificate that is verified must bear one of these: names, addresses (canonical), mail
  // addresses, URIs. Empty: any.
  std::vector<std::string> client_sans;
  TlsVersion least = TlsVersion::tls12;
  TlsVersion most = TlsVersion::tls13;
  std::string suites12;  // in OpenSSL's words, by ':'; empty: its default
  std::string suites13;
  std::string groups;
  bool server_prefers = true;  // the server's order of suites goes before the client's
  bool operator==(const WebTls&) const = default;
};

struct WebUser {
  std::string name;
  std::string hash;  // of bcrypt, as crypt(3) writes it
  bool operator==(const WebUser&) const = default;
};

struct WebAccess {
  std::optional<WebTls> tls;
  std::vector<std::pair<std::string, std::string>> headers;  // put into every answer
  std::vector<WebUser> users;                                // empty: no password is asked for
  bool operator==(const WebAccess&) const = default;
};

using LoadedAccess = std::variant<WebAccess, std::vector<Fault>>;

// Text as if it came from `file`, to whose folder its paths are relative. `exposed`: what listens
// can be reached from other machines, so that less than TLS with passwords or verified clients is a
// fault.
LoadedAccess parse_web_access(const std::string& text, const std::string& file, bool exposed);

// The cost in "$2y$COST$…", from 4 to 31; nothing if the text is no hash of bcrypt.
std::optional<int> bcrypt_cost(std::string_view hash);
inline constexpr int kHighestCost = 14;  // about a second: dearer, and guesses would be an attack

}  // namespace reachd
