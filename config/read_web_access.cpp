#include <algorithm>

#include "config/read.hpp"
#include "config/read_web.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

constexpr std::string_view kReadable =
    "'listen' can be reached from other machines, and anybody on the way could read passwords and "
    "answers; name a certificate, listen on 127.0.0.1, or set 'insecure: true' beside 'listen'";
constexpr std::string_view kOpen =
    "'listen' can be reached from other machines, and anybody there could look; name users, have "
    "'client_auth_type: RequireAndVerifyClientCert', or set 'insecure: true' beside 'listen'";

bool is_control(char c) {
  return (c >= '\0' && c < ' ') || c == '\x7f';
}

// What the toolkit allows, with the values that it allows; none: any.
struct Header {
  std::string_view name;
  std::vector<std::string_view> values;
};

void read_headers(const Field& field, WebAccess& access) {
  Section section(field);
  for (const Header& known :
       {Header{"Strict-Transport-Security", {}}, Header{"X-Content-Type-Options", {"nosniff"}},
        Header{"X-Frame-Options", {"deny", "sameorigin"}}, Header{"X-XSS-Protection", {}},
        Header{"Content-Security-Policy", {}}}) {
    const Field header = section.optional(known.name);
    const auto value = header.text();
    if (!value) continue;
    if (std::ranges::any_of(*value, is_control)) {
      header.fault("holds a control character, which no header may");
    } else if (!known.values.empty() &&
               std::ranges::find(known.values, *value) == known.values.end()) {
      header.fault(in_quotes(*value) +
                   " is not a value of this header; known: " + listed(known.values));
    } else {
      access.headers.emplace_back(known.name, *value);
    }
  }
  section.close();
}

void read_http(const Field& field, WebAccess& access) {
  Section section(field);
  const Field http2 = section.optional("http2");
  if (http2.flag().value_or(false)) {
    http2.fault("cannot be: HTTP/1.1 is spoken here, HTTP/2 is not; set false, or remove the key");
  }
  read_headers(section.optional("headers"), access);
  section.close();
}

void read_users(const Field& field, std::vector<WebUser>& users) {
  const auto entries = field.entries();
  if (entries.empty() && field.is_map()) field.fault("names nobody: add a user, or remove the key");
  for (const auto& [name, value] : entries) {
    const auto hash = value.text();
    if (!hash) continue;
    const auto cost = bcrypt_cost(*hash);
    if (name.empty() || name.find(':') != std::string::npos ||
        std::ranges::any_of(name, is_control)) {
      value.fault("is not a name that can come with a password: no ':', no control character");
    } else if (!cost) {
      value.fault(
          "is not a hash of bcrypt, such as 'mkpasswd -m bcrypt' and 'htpasswd -nB' print: $2y$ or "
          "$2b$, two digits, $, 53 characters");
    } else if (*cost > kHighestCost) {
      value.fault("costs 2^" + std::to_string(*cost) + ", more than 2^" +
                  std::to_string(kHighestCost) +
                  ": each guess would keep a processor busy for seconds; 10 to 12 is usual");
    } else {
      users.push_back({name, *hash});
    }
  }
}

void read_access(const Field& root, const std::string& file, bool exposed, WebAccess& access) {
  Section section(root);
  const Field tls = exposed ? section.required("tls_server_config", kReadable)
                            : section.optional("tls_server_config");
  if (tls.present()) read_web_tls(tls, file, access.tls.emplace());
  read_http(section.optional("http_server_config"), access);
  const bool verified = access.tls && access.tls->client_auth == ClientAuth::verify;
  const Field users = exposed && !verified ? section.required("basic_auth_users", kOpen)
                                           : section.optional("basic_auth_users");
  if (users.present()) read_users(users, access.users);
  section.close();
}

}  // namespace

std::optional<int> bcrypt_cost(std::string_view hash) {
  constexpr std::size_t kLength = 60;
  const auto digit = [&](std::size_t at) { return hash[at] >= '0' && hash[at] <= '9'; };
  const bool framed = hash.size() == kLength && hash.starts_with("$2") &&
                      (hash[2] == 'a' || hash[2] == 'b' || hash[2] == 'y') && hash[3] == '$' &&
                      digit(4) && digit(5) && hash[6] == '$';
  if (!framed) return std::nullopt;
  for (const char c : hash.substr(7)) {
    const bool known = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '/';
    if (!known) return std::nullopt;
  }
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  if (cost < 4 || cost > 31) return std::nullopt;
  return cost;
}

LoadedAccess parse_web_access(const std::string& text, const std::string& file, bool exposed) {
  const auto parsed = parse_yaml(text, file);
  if (const auto* fault = std::get_if<Fault>(&parsed)) return std::vector<Fault>{*fault};
  const auto& root = std::get<YamlNode>(parsed);
  if (root.kind == YamlNode::Kind::empty) {
    return std::vector<Fault>{
        {file, 0, 0, "file", "is empty: give it tls_server_config or basic_auth_users"}};
  }
  WebAccess access;
  Faults faults(file);
  read_access(Field(root, "", faults), file, exposed, access);
  if (!faults.empty()) return std::move(faults).in_order();
  return access;
}

}  // namespace reachd
