#include "tests/support/loop.hpp"

namespace reachd::test {
namespace {

net::TrustStore load(const std::string& ca_file) {
  auto store = net::TrustStore::load(ca_file);
  if (!store) throw std::runtime_error(store.error());
  return std::move(*store);
}

}  // namespace

Loop::Loop(const std::string& ca_file)
    : poller(io.get_executor()),
      curl(io.get_executor(), poller),
      trust(load(ca_file)),
      pace(io.get_executor(), {1e6, std::chrono::seconds(1)}, {1e6, std::chrono::seconds(1)}),
      way{io.get_executor(), poller, curl, trust, pace} {}

}  // namespace reachd::test
