#include <csignal>
#include <memory>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "daemon/commands.hpp"
#include "daemon/helper/inquiry.hpp"
#include "daemon/helper/server.hpp"
#include "daemon/helper/settings.hpp"
#include "daemon/instruments.hpp"
#include "daemon/log.hpp"
#include "daemon/secret.hpp"
#include "daemon/systemd.hpp"
#include "daemon/web/tls_context.hpp"
#include "probes/net/route.hpp"

namespace reachd {
namespace asio = boost::asio;
namespace {

// Connections of all questions to one address: a flood through us would stop here.
constexpr Rate kAddressRate{5, std::chrono::seconds(1)};
constexpr Rate kTotalRate{200, std::chrono::seconds(1)};

web::TlsContext tls_of(const HelperSettings& settings) {
  if (settings.certificate_file.empty()) return nullptr;
  WebTls tls;
  tls.certificate.path = settings.certificate_file;
  tls.key.path = settings.key_file;
  auto made = web::make_tls_context(tls);
  if (!made) throw std::runtime_error(to_string(made.error()));
  return std::move(*made);
}

int fail(const std::string& why) {
  log::write(log::Level::error, "helper", {{"error", why}});
  return kExitUsage;
}

}  // namespace

int run_helper(const HelperOptions& options) {
  log::start(options.log_level);
  try {
    Config config = helper::configured(options);
    const HelperSettings& settings = *config.helper;
    std::string token;
    if (!settings.token_file.empty()) {
      auto read = read_secret(settings.token_file);
      if (!read) return fail(read.error());
      token = std::move(*read);
    }
    auto trust = net::TrustStore::load(config.ca_file);
    if (!trust) return fail(trust.error());
    prepare_process();

    asio::io_context io;
    config.schedule.rate = kTotalRate;
    config.schedule.address_rate = kAddressRate;
    Instruments instruments(io.get_executor(), config, std::move(*trust));
    helper::Guard guard(settings.allow, net::own_addresses());
    helper::Metrics metrics;
    helper::Desk desk(
        settings, std::move(token),
        [&](HelperQuestion question) -> asio::awaitable<HelperReport> {
          auto report = co_await helper::inquire(instruments.way, instruments.resolvers, guard,
                                                 std::move(question));
          metrics.set_refusals(guard.refusals());
          co_return report;
        },
        metrics);
    helper::Server server(io.get_executor(), settings.listen, tls_of(settings), desk, metrics);
    log::write(log::Level::info, "listening",
               {{"address", settings.listen.address},
                {"port", fmt::format("{}", server.port())},
                {"tls", settings.certificate_file.empty() ? "no" : "yes"}});
    Systemd systemd;
    asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&](boost::system::error_code error, int) {
      if (error) return;
      systemd.stopping();
      server.stop();
      asio::co_spawn(io, server.stopped(), [&](std::exception_ptr) { io.stop(); });
    });
    systemd.ready();
    io.run();
    log::write(log::Level::info, "stopped", {});
    return kExitOk;
  } catch (const std::exception& error) {
    return fail(error.what());
  }
}

}  // namespace reachd
