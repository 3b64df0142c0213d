#include "daemon/remote_write/pushers.hpp"

#include <filesystem>
#include <set>
#include <utility>

namespace reachd::remote_write {
namespace {

namespace fs = std::filesystem;

void remove_all_but(const std::string& folder, const std::set<std::string>& names) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (!names.contains(it->path().filename().string())) fs::remove_all(it->path(), ignored);
  }
}

}  // namespace

Pushers::Pushers(boost::asio::any_io_executor loop, Worker& worker, const net::WayOut& way,
                 Pusher::Collect collect, const std::string& state_directory)
    : loop_(std::move(loop)),
      worker_(worker),
      way_(way),
      collect_(std::move(collect)),
      folder_(state_directory + "/remote-write") {}

void Pushers::configure(const Config& config, const std::map<std::string, std::string>& tokens,
                        const Texts& departed) {
  auto before = std::exchange(pushers_, {});
  const std::string host = config.remote_write.empty() ? std::string() : host_name();
  for (const RemoteWriteSettings& settings : config.remote_write) {
    const auto token = tokens.find(settings.name);
    Pusher::Receiver receiver{settings, token == tokens.end() ? std::string() : token->second,
                              place_of(config, host)};
    auto& pusher = pushers_[settings.name];
    if (const auto known = before.find(settings.name); known != before.end()) {
      pusher = std::move(known->second);
      pusher->forget(departed);
      pusher->configure(std::move(receiver));
    } else {
      pusher = std::make_unique<Pusher>(loop_, worker_, way_, collect_,
                                        folder_ + "/" + settings.name, std::move(receiver));
    }
  }
  before.clear();  // those that go write no more
  remove_others();
}

void Pushers::remove_others() {
  std::set<std::string> names;
  for (const auto& [name, pusher] : pushers_) names.insert(name);
  worker_.post([folder = folder_, names = std::move(names)] { remove_all_but(folder, names); });
}

std::map<std::string, PushCounts> Pushers::counts() const {
  std::map<std::string, PushCounts> counts;
  for (const auto& [name, pusher] : pushers_) counts[name] = pusher->counts();
  return counts;
}

void Pushers::stop() {
  pushers_.clear();
}

}  // namespace reachd::remote_write
