#include "daemon/lane.hpp"

#include <functional>
#include <utility>

#include <boost/asio/post.hpp>

#include "probes/net/elsewhere.hpp"

namespace reachd {
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

Lane::Lane(net::TrustStore trust, std::vector<ResolverSettings> resolvers, net::Pace& pace)
    : busy_(asio::make_work_guard(io_)),
      turned_(Clock::now()),
      poller_(io_.get_executor()),
      curl_(io_.get_executor(), poller_),
      trust_(std::move(trust)),
      resolvers_(std::move(resolvers)),
      way_{io_.get_executor(), poller_, curl_, trust_, pace},
      thread_([this] { io_.run(); }) {}

Lane::~Lane() {
  stop();
}

void Lane::configure(net::TrustStore trust, std::vector<ResolverSettings> resolvers) {
  asio::post(io_, [this, trust = std::move(trust), resolvers = std::move(resolvers)]() mutable {
    trust_ = std::move(trust);
    resolvers_ = net::Resolvers(std::move(resolvers));
  });
}

void Lane::ask_for_sign() {
  asio::post(io_, [this] { turned_.store(Clock::now()); });
}

Clock::time_point Lane::turned() const {
  return turned_.load();
}

void Lane::stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

asio::awaitable<Measurement> climb_on(std::shared_ptr<Lane> lane, SharedTarget target,
                                      const Climb& climb) {
  co_return co_await net::elsewhere(lane->executor(),
                                    reachd::climb(lane->way_, lane->resolvers_, *target, climb));
}

std::shared_ptr<Lane> lane_of(const std::vector<std::shared_ptr<Lane>>& lanes,
                              const Target& target) {
  if (lanes.empty()) return nullptr;
  const std::size_t share = std::hash<std::string>{}(id_of(target)) % (2 * lanes.size() + 1);
  return share == 0 ? nullptr : lanes[(share - 1) / 2];
}

}  // namespace reachd
