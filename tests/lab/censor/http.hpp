// The head of a plain HTTP request as it passes, and a forged answer.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/lab/censor/bytes.hpp"

namespace censor {

struct RequestHead {
  std::string host;  // without port; empty if there is none (yet)
  std::string path;
  std::size_t end = 0;  // bytes up to the empty line's end; 0: cut off before
};

// A head that begins with the first byte; host and path in lower case. Nothing without a request
// line's method and path.
std::optional<RequestHead> read_request(View stream);

struct HttpAnswer {
  int status = 403;
  std::string reason;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

Bytes write_answer(const HttpAnswer& answer);

}  // namespace censor
