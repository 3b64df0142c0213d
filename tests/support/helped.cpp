#include "tests/support/helped.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "daemon/helper/inquiry.hpp"

namespace reachd::test {
namespace {

std::vector<ResolverSettings> resolver_at(std::uint16_t port) {
  ResolverSettings resolver;
  resolver.name = "test";
  resolver.kind = ResolverSettings::Kind::udp;
  resolver.address = "127.0.0.1";
  resolver.port = port;
  return {resolver};
}

}  // namespace

Helped::Helped(HelpedOptions options)
    : dns_(loop_.io, options.dns),
      resolvers_(resolver_at(dns_.port())),
      guard_(options.allow, {}),
      token_(options.token),
      desk_(options.settings, options.token,
            options.inquire ? options.inquire
                            : [this](HelperQuestion question) {
                                return helper::inquire(loop_.way, resolvers_, guard_,
                                                       std::move(question));
                              },
            metrics_),
      server_(loop_.io.get_executor(), {"127.0.0.1", 0}, nullptr, desk_, metrics_,
              options.limits) {}

Helped::Running::Running(Helped& helped)
    : helped_(helped), thread_([&helped] { helped.loop_.io.run_for(std::chrono::seconds(100)); }) {}

Helped::Running::~Running() {
  boost::asio::post(helped_.loop_.io, [this] {
    helped_.server_.stop();
    boost::asio::co_spawn(helped_.loop_.io, helped_.server_.stopped(),
                          [this](std::exception_ptr) { helped_.loop_.io.stop(); });
  });
  thread_.join();
}

std::string Helped::head(std::string_view first_line) const {
  return std::string(first_line) + "\r\nHost: test\r\nAuthorization: Bearer " + token_ + "\r\n";
}

RawAnswer Helped::send(std::string_view request) const {
  RawClient client(port());
  client.send(request);
  return client.receive();
}

RawAnswer Helped::ask(std::string_view body) const {
  return send(head("POST / HTTP/1.1") + "Content-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + std::string(body));
}

double Helped::metric(const std::string& series) const {
  const std::string text = send(head("GET /metrics HTTP/1.1") + "\r\n").body;
  const std::size_t at = text.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
}

}  // namespace reachd::test
