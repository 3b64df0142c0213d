#include "probes/purpose.hpp"

namespace reachd {

std::string_view to_string(Purpose purpose) {
  switch (purpose) {
    case Purpose::ladder:
      return "ladder";
    case Purpose::tls_only:
      return "tls_only";
    case Purpose::retry:
      return "retry";
    case Purpose::resolver:
      return "resolver";
    case Purpose::innocent_name:
      return "innocent_name";
    case Purpose::non_resolver:
      return "non_resolver";
    case Purpose::non_resolver_check:
      return "non_resolver_check";
    case Purpose::sni_swap:
      return "sni_swap";
    case Purpose::host_swap:
      return "host_swap";
    case Purpose::bare_path:
      return "bare_path";
    case Purpose::connect_only:
      return "connect_only";
    case Purpose::ttl_limited:
      return "ttl_limited";
    case Purpose::plain_tcp:
      return "plain_tcp";
    case Purpose::proxy:
      return "proxy";
    case Purpose::large_object:
      return "large_object";
  }
  return "";
}

std::optional<Purpose> parse_purpose(std::string_view text) {
  for (const Purpose purpose : kPurposes) {
    if (text == to_string(purpose)) return purpose;
  }
  return std::nullopt;
}

}  // namespace reachd
