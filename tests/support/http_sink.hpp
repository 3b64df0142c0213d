// A receiver on loopback that takes whole HTTP requests and answers each as the test says. It runs
// on the test's own loop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

namespace reachd::test {

struct TakenRequest {
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct SinkAnswer {
  unsigned status = 204;
  std::map<std::string, std::string> headers;
};

class HttpSink {
 public:
  using Answer = std::function<SinkAnswer(const TakenRequest&)>;

  // `port` 0: one of the system's choice. Throws if it cannot listen.
  HttpSink(boost::asio::io_context& io, Answer answer, std::uint16_t port = 0);
  ~HttpSink();
  HttpSink(const HttpSink&) = delete;
  HttpSink& operator=(const HttpSink&) = delete;

  std::uint16_t port() const;
  int connections() const;  // accepted so far
  std::string url(const std::string& path = "/api/v1/write") const;
  void close();  // accepts no more, and ends every connection

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace reachd::test
