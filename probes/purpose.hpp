// Why a step was taken. The ladder's steps show the service as a visitor would see it; all others
// are asked because of them, and say something else if read as if they were the ladder's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace reachd {

enum class Purpose : std::uint8_t {
  ladder,
  tls_only,            // a handshake beside a plain-text service, nothing fetched over it
  retry,               // the ladder's step again, from a new source port
  resolver,            // the target's name asked of a further resolver
  innocent_name,       // an innocent name asked of a resolver that failed on the target's
  non_resolver,        // the target's name asked of an address that runs no DNS
  non_resolver_check,  // an innocent name asked there: who answers this too answers everything
  sni_swap,            // the target's address, an innocent name in the ClientHello
  host_swap,           // the target's address, an innocent Host in the plain request
  bare_path,           // the target's Host, the path "/" instead of the target's
  connect_only,        // a connection without a word said; also to other ports of the address
  ttl_limited,         // as the ladder's, with packets that die on the way: see Observation::ttl
  plain_tcp,           // as the ladder's, without TCP options (timestamps hide some filters' work)
  proxy,               // the same fetch through the second way out
  large_object,        // enough bytes to meet a freeze or a throttle
};

inline constexpr std::array kPurposes{Purpose::ladder,
                                      Purpose::tls_only,
                                      Purpose::retry,
                                      Purpose::resolver,
                                      Purpose::innocent_name,
                                      Purpose::non_resolver,
                                      Purpose::non_resolver_check,
                                      Purpose::sni_swap,
                                      Purpose::host_swap,
                                      Purpose::bare_path,
                                      Purpose::connect_only,
                                      Purpose::ttl_limited,
                                      Purpose::plain_tcp,
                                      Purpose::proxy,
                                      Purpose::large_object};

std::string_view to_string(Purpose purpose);
std::optional<Purpose> parse_purpose(std::string_view text);

}  // namespace reachd
