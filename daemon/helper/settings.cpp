#include "daemon/helper/settings.hpp"

#include <stdexcept>
#include <utility>

#include "config/endpoint.hpp"
#include "config/network.hpp"

namespace reachd::helper {

Config configured(const HelperOptions& options) {
  Config config;
  if (!options.config.empty()) {
    Loaded loaded = load_config(options.config);
    if (const auto* faults = std::get_if<std::vector<Fault>>(&loaded)) {
      throw std::runtime_error(to_string(faults->front()));
    }
    config = std::move(std::get<Config>(loaded));
  }
  if (!config.helper) config.helper.emplace();
  if (config.resolvers.empty()) {
    config.resolvers.emplace_back();
    config.resolvers.back().name = "system";
  }
  HelperSettings& settings = *config.helper;
  if (!options.listen.empty()) {
    const auto endpoint = parse_endpoint(options.listen);
    if (!endpoint) throw std::runtime_error(endpoint.error());
    if (!endpoint->port) throw std::runtime_error("--listen needs a port, such as 0.0.0.0:443");
    settings.listen = {endpoint->address, *endpoint->port};
  }
  if (!options.token_file.empty()) settings.token_file = options.token_file;
  if (!options.certificate_file.empty()) settings.certificate_file = options.certificate_file;
  if (!options.key_file.empty()) settings.key_file = options.key_file;
  for (const std::string& network : options.allow) {
    const auto parsed = parse_network(network);
    if (!parsed) throw std::runtime_error(parsed.error());
    settings.allow.push_back(network);
  }
  if (settings.certificate_file.empty() != settings.key_file.empty()) {
    throw std::runtime_error("TLS needs both a certificate and its key");
  }
  if (!is_loopback(settings.listen.address) && settings.token_file.empty()) {
    throw std::runtime_error("anybody could use a helper that listens on " +
                             settings.listen.address + " without a token: give it --token-file");
  }
  return config;
}

}  // namespace reachd::helper
