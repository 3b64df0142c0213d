#include "probes/steps/tls.hpp"

#include <cerrno>
#include <utility>

#include <openssl/err.h>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/net/tls_watch.hpp"

namespace reachd::steps {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
namespace {

bool is_address(const std::string& name) {
  error_code error;
  asio::ip::make_address(name, error);
  return !error;
}

// The list as it goes over the wire: each protocol after a byte with its length.
std::vector<unsigned char> alpn_list(const std::vector<std::string>& protocols) {
  std::vector<unsigned char> list;
  for (const std::string& protocol : protocols) {
    if (protocol.empty() || protocol.size() > 255) continue;
    list.push_back(static_cast<unsigned char>(protocol.size()));
    list.insert(list.end(), protocol.begin(), protocol.end());
  }
  return list;
}

std::unique_ptr<TlsStream> open(const net::TrustStore& trust, net::TlsWatch& watch,
                                tcp::socket socket, const TlsOptions& options) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX* const native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  trust.install(native);
  watch.attach(native, options.server_name);

  auto stream = std::make_unique<TlsStream>(std::move(socket), context);
  SSL* const ssl = stream->native_handle();
  if (!is_address(options.server_name)) {
    SSL_set_tlsext_host_name(ssl, options.server_name.c_str());
  }
  if (const auto list = alpn_list(options.alpn); !list.empty()) {
    SSL_set_alpn_protos(ssl, list.data(), static_cast<unsigned>(list.size()));
  }
  return stream;
}

Failure failure_of(const net::TlsWatch& watch, error_code error, bool timeout) {
  if (error.category() == asio::error::get_ssl_category()) {
    const char* const reason = ERR_reason_error_string(static_cast<unsigned long>(error.value()));
    return net::tls_failure(watch, 0, false, timeout, reason != nullptr ? reason : "");
  }
  const bool eof = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  const bool system = error.category() == boost::system::system_category();
  return net::tls_failure(watch, system ? error.value() : 0, eof, timeout, "");
}

}  // namespace

asio::awaitable<Secured> secure(net::WayOut& way, const Attempt& attempt, tcp::socket socket,
                                TlsOptions options) {
  const auto began = Clock::now();
  Secured result;
  Observation& observation = result.observation;
  observation.stage = Stage::tls;
  observation.transaction = attempt.transaction;
  observation.depth = attempt.depth;
  observation.peer = attempt.peer;
  observation.began = std::chrono::duration_cast<Micros>(began - attempt.start);

  net::TlsWatch watch;
  auto stream = open(way.trust, watch, std::move(socket), options);
  asio::steady_timer timer(way.executor, attempt.deadline);
  auto both = asio::experimental::make_parallel_group(
      stream->async_handshake(TlsStream::client, asio::deferred), timer.async_wait(asio::deferred));
  const auto [order, shaken, expired] =
      co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);

  observation.took = std::chrono::duration_cast<Micros>(Clock::now() - began);
  observation.seen = watch.seen();
  if (shaken) {
    const bool timeout = shaken == asio::error::operation_aborted && !expired;
    observation.failure = failure_of(watch, shaken, timeout);
    result.tcp_info = tcp_info_of(stream->next_layer().native_handle());
    co_return result;
  }
  net::TlsWatch::release(stream->native_handle());
  result.stream = std::move(stream);
  co_return result;
}

}  // namespace reachd::steps
