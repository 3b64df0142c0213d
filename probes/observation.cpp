#include "probes/observation.hpp"

namespace reachd {

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::dns:
      return "dns";
    case Stage::tcp:
      return "tcp";
    case Stage::tls:
      return "tls";
    case Stage::http:
      return "http";
    case Stage::mail:
      return "mail";
  }
  return "";
}

Chain::Chain(std::vector<Certificate> certificates) {
  if (certificates.empty()) return;
  certificates_ = std::make_shared<const std::vector<Certificate>>(std::move(certificates));
}

Chain::Chain(std::initializer_list<Certificate> certificates)
    : Chain(std::vector<Certificate>(certificates)) {}

bool Chain::operator==(const Chain& other) const {
  if (certificates_ == other.certificates_) return true;
  return !empty() && !other.empty() && *certificates_ == *other.certificates_;
}

bool is_ipv6(const Endpoint& endpoint) {
  return endpoint.address.find(':') != std::string::npos;
}

std::string to_string(const Endpoint& endpoint) {
  const std::string port = std::to_string(endpoint.port);
  return is_ipv6(endpoint) ? "[" + endpoint.address + "]:" + port : endpoint.address + ":" + port;
}

}  // namespace reachd
