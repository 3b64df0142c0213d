#include "daemon/remote_write/place.hpp"

#include <array>

#include <unistd.h>

#include <fmt/format.h>

#include "config/endpoint.hpp"

namespace reachd::remote_write {

Place place_of(const Config& config, const std::string& host) {
  const Listen& listen = config.listen;
  const std::string address = is_ipv6(listen.address) ? "[" + listen.address + "]" : listen.address;
  Place place;
  if (config.vantage.asn != 0) place.emplace_back("asn", std::to_string(config.vantage.asn));
  if (!config.vantage.country.empty()) place.emplace_back("country", config.vantage.country);
  place.emplace_back("instance", fmt::format("{}:{}", address, listen.port));
  place.emplace_back("job", "reachd");
  const std::string& vantage = config.vantage.name.empty() ? host : config.vantage.name;
  if (!vantage.empty()) place.emplace_back("vantage", vantage);
  return place;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

}  // namespace reachd::remote_write
