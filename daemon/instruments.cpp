#include "daemon/instruments.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include <sys/resource.h>

#include "daemon/secret.hpp"

namespace reachd {

Instruments::Instruments(boost::asio::any_io_executor executor, const Config& config,
                         net::TrustStore store, std::vector<HelperDoor> doors,
                         std::vector<Fingerprints> known)
    : poller(executor),
      curl(executor, poller),
      trust(std::move(store)),
      pace(executor, config.schedule.rate, config.schedule.address_rate),
      resolvers(config.resolvers),
      way{executor, poller, curl, trust, pace},
      controls(config.controls),
      helpers(std::move(doors)),
      fingerprints(std::move(known)),
      residual(config.schedule.residual),
      witnesses(executor) {
  witnesses.set_controls(config.controls);
}

Instruments::~Instruments() {
  for (const auto& lane : lanes) lane->stop();  // a round that nobody awaits may hold it as well
}

void Instruments::set_lanes(const Config& config) {
  const auto wanted = static_cast<std::size_t>(std::max(1, config.schedule.threads)) - 1;
  if (lanes.size() > wanted) lanes.resize(wanted);
  for (const auto& lane : lanes) lane->configure(trust.separate(), config.resolvers);
  while (lanes.size() < wanted) {
    lanes.push_back(std::make_shared<Lane>(trust.separate(), config.resolvers, pace));
  }
}

void Instruments::configure(const Config& config, net::TrustStore store,
                            std::vector<HelperDoor> doors, std::vector<Fingerprints> known) {
  trust = std::move(store);
  pace.set_rates(config.schedule.rate, config.schedule.address_rate);
  resolvers = net::Resolvers(config.resolvers);
  controls = config.controls;
  helpers = std::move(doors);
  fingerprints = std::move(known);
  residual.set_window(config.schedule.residual);
  witnesses.set_controls(config.controls);
}

boost::system::result<std::vector<HelperDoor>, std::string> open_doors(const Config& config) {
  std::vector<HelperDoor> doors;
  for (const HelperAccess& access : config.controls.helpers) {
    HelperDoor door{access, {}};
    if (!access.token_file.empty()) {
      auto token = read_secret(access.token_file);
      if (!token) return token.error();
      door.token = std::move(*token);
    }
    doors.push_back(std::move(door));
  }
  return doors;
}

void prepare_process() {
  std::signal(SIGPIPE, SIG_IGN);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace reachd
