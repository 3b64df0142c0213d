#include "daemon/instruments.hpp"

#include <csignal>
#include <utility>

#include <sys/resource.h>

namespace reachd {

Instruments::Instruments(boost::asio::any_io_executor executor, const Config& config,
                         net::TrustStore store)
    : curl(executor),
      trust(std::move(store)),
      pace(executor, config.schedule.rate, config.schedule.address_rate),
      resolvers(config.resolvers),
      way{executor, curl, trust, pace} {}

void Instruments::configure(const Config& config, net::TrustStore store) {
  trust = std::move(store);
  pace.set_rates(config.schedule.rate, config.schedule.address_rate);
  resolvers = net::Resolvers(config.resolvers);
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
