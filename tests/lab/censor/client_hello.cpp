#include "tests/lab/censor/client_hello.hpp"

#include "tests/lab/censor/names.hpp"

namespace censor {
namespace {

constexpr std::size_t kLargestHello = 16384;

struct Handshake {
  Bytes bytes;
  std::size_t end = 0;  // of the stream
  bool whole = false;
};

// The first handshake message, put together from as many records as it takes.
Handshake join_records(View stream) {
  Reader in(stream);
  Handshake message;
  while (in.left() > 0) {
    const std::uint8_t type = in.u8();
    const std::uint8_t major = in.u8();
    in.u8();
    const std::size_t size = in.u16();
    if (!in.ok() || type != 22 || major != 3 || size == 0 || size > kLargestHello) {
      break;
    }
    const std::size_t begins = in.at();
    const std::size_t had = message.bytes.size();
    const bool cut = size > in.left();
    put(message.bytes, in.take(cut ? in.left() : size));
    if (message.bytes.size() >= 4) {
      Reader head(message.bytes);
      head.u8();
      const std::size_t needed = 4 + std::size_t{head.u24()};
      if (message.bytes.size() >= needed) {
        message.bytes.resize(needed);
        message.end = begins + (needed - had);
        message.whole = true;
        break;
      }
    }
    if (cut || message.bytes.size() > kLargestHello) {
      break;
    }
  }
  return message;
}

// The body of an extension, which may be cut off itself.
void read_extension(std::uint16_t type, View body, ClientHello& hello) {
  Reader in(body);
  if (type == 0xffce) {
    hello.esni = true;
  } else if (type == 0xfe0d) {
    hello.ech = true;
  } else if (type == 0) {
    in.u16();
    const std::uint8_t kind = in.u8();
    const View name = in.take(in.u16());
    if (in.ok() && kind == 0) {
      hello.sni = lower_case(as_text(name));
    }
  } else if (type == 16) {
    in.u16();
    while (in.ok() && in.left() > 0) {
      const View protocol = in.take(in.u8());
      if (in.ok()) {
        hello.alpn.emplace_back(as_text(protocol));
      }
    }
  }
}

}  // namespace

std::optional<ClientHello> read_client_hello(View stream) {
  const Handshake message = join_records(stream);
  Reader in(message.bytes);
  const std::uint8_t type = in.u8();
  in.u24();
  if (!in.ok() || type != 1) {
    return std::nullopt;
  }
  ClientHello hello;
  hello.end = message.whole ? message.end : 0;
  in.take(34);        // version, random
  in.take(in.u8());   // session
  in.take(in.u16());  // cipher suites
  in.take(in.u8());   // compression
  in.u16();           // size of the extensions: the message's end says the same
  while (in.ok() && in.left() > 0) {
    const std::uint16_t extension = in.u16();
    const std::size_t size = in.u16();
    if (in.ok()) {
      read_extension(extension, in.take(size < in.left() ? size : in.left()), hello);
    }
  }
  return hello;
}

}  // namespace censor
