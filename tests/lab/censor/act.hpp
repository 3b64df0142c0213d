// What a rule does to the packets it means: plain values, as the file gives them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tests/lab/censor/dns.hpp"
#include "tests/lab/censor/forge.hpp"
#include "tests/lab/censor/http.hpp"
#include "tests/lab/censor/throttle.hpp"

namespace censor {

// When copies of a forgery leave, after the packet that provoked them.
struct Delays {
  std::vector<std::chrono::microseconds> each{std::chrono::microseconds(0)};  // the last repeats
  std::vector<std::chrono::microseconds> sample;  // if not empty: drawn from these
};

struct Forgery {
  int copies = 1;
  Delays delays;
  std::uint8_t ttl = 64;
  std::optional<std::uint16_t> ip_id;  // else random
  bool dont_fragment = false;
};

enum class Ending : std::uint8_t { fin, reset, none };

struct Drop {
  bool flow = false;
  bool out = true;
  bool in = true;
};

// A forged end of the connection: RST, or FIN.
struct Cut {
  bool to_client = true;
  bool to_server = true;
  std::uint8_t flags = 0;
  Bytes payload;
  std::vector<std::uint16_t> window{0};  // the last repeats
  std::uint32_t seq_step = 0;
  Forgery forgery;
};

struct IcmpError {
  Unreachable code = Unreachable::admin;
  std::vector<Address> from;  // the packet's destination if none is of its family
  std::uint16_t mtu = 1280;
};

// Data as if the server had said it: a TLS alert, an HTTP answer.
struct Say {
  Bytes data;
  Ending then = Ending::fin;
  Forgery forgery;
};

struct ForgeDns {
  std::vector<std::vector<Address>> answers;
  AnswerLook look;
  bool any_type = false;
  Forgery forgery;
};

struct Redirect {
  std::vector<Address> to;  // the first of the flow's family
  std::optional<std::uint16_t> port;
};

struct Loss {
  double p = 0;
};

struct Freeze {
  std::uint64_t after = 16384;
};

struct Delay {
  std::chrono::microseconds by{0};
};

struct Duplicate {
  int copies = 1;
  std::chrono::microseconds delay{0};
};

struct Rewrite {
  Bytes from;
  Bytes to;  // as long as `from`
  bool server_only = false;
};

struct Pass {};

using Act = std::variant<Drop, Cut, IcmpError, Say, ForgeDns, Redirect, Throttle, Loss, Freeze,
                         Delay, Duplicate, Rewrite, Pass>;

// Whether it takes a censor that every packet passes through.
bool needs_in_path(const Act& act);

}  // namespace censor
