// One pusher for each receiver that the configuration names; what waits for one that it no longer
// names is deleted.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "daemon/remote_write/pusher.hpp"

namespace reachd::remote_write {

class Pushers {
 public:
  // As a Pusher. Their spools are in `state_directory`/remote-write/NAME.
  Pushers(boost::asio::any_io_executor loop, Worker& worker, const net::WayOut& way,
          Pusher::Collect collect, const std::string& state_directory);

  // `tokens` by the receivers' names. `departed`: series that are no more with this configuration.
  void configure(const Config& config, const std::map<std::string, std::string>& tokens,
                 const Texts& departed);

  std::map<std::string, PushCounts> counts() const;  // by the receiver's name

  void stop();  // what is not sent stays in the spools

 private:
  void remove_others();

  boost::asio::any_io_executor loop_;
  Worker& worker_;
  const net::WayOut& way_;
  Pusher::Collect collect_;
  std::string folder_;
  std::map<std::string, std::unique_ptr<Pusher>> pushers_;
};

}  // namespace reachd::remote_write
