#include "daemon/instruments.hpp"

#include <csignal>
#include <utility>

#include <malloc.h>
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
  // The text of a scrape of thousands of targets is tens of megabytes: kept in the heap from one
  // scrape to the next, it does not have to be fetched from the kernel page by page each time.
  ::mallopt(M_MMAP_THRESHOLD, 256 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace reachd
