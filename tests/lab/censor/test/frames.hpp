// Frames for the tests of the censor: what a client and a server would send.
#pragma once

#include <string_view>

#include "tests/lab/censor/forge.hpp"

namespace censor::test {

inline Endpoint end(std::string_view address, std::uint16_t port) {
  return {parse_address(address).value_or(Address{}), port};
}

inline Packet nobody() {
  Packet cause;
  cause.frame.assign(kEthernetSize, 0);
  return cause;
}

inline Bytes bytes(std::string_view text) {
  Bytes made;
  put(made, text);
  return made;
}

inline Packet parsed(Bytes frame) {
  return parse_packet(std::move(frame)).value();
}

struct TcpSide {
  Endpoint from = end("10.0.0.1", 40000);
  Endpoint to = end("192.0.2.1", 443);
  std::uint32_t seq = 1000;
  std::uint32_t ack = 5000;

  Packet send(std::uint8_t flags, View payload = {}) {
    Packet packet =
        parsed(forge_tcp(nobody(), Way::along, {from, to, seq, ack, flags, 64240}, payload, {}));
    seq += packet.seq_size();
    return packet;
  }
  Packet say(View payload) { return send(tcp::kPsh | tcp::kAck, payload); }
};

inline Packet datagram(const Endpoint& from, const Endpoint& to, View payload) {
  return parsed(forge_udp(nobody(), Way::along, from, to, payload, {}));
}

struct HelloParts {
  std::string_view sni = "www.example.com";
  std::string_view alpn = "h2";
  std::uint16_t extra = 0;  // the type of one more extension; 0: none
  std::size_t padding = 0;
  std::size_t record = 16384;  // at most so many bytes in a record
};

inline void put_extension(Bytes& out, std::uint16_t type, View body) {
  put16(out, type);
  put16(out, static_cast<std::uint32_t>(body.size()));
  put(out, body);
}

inline Bytes hello(const HelloParts& parts = {}) {
  Bytes extensions;
  if (parts.padding > 0) {
    put_extension(extensions, 21, Bytes(parts.padding));
  }
  if (!parts.sni.empty()) {
    Bytes body;
    put16(body, static_cast<std::uint32_t>(parts.sni.size() + 3));
    put8(body, 0);
    put16(body, static_cast<std::uint32_t>(parts.sni.size()));
    put(body, parts.sni);
    put_extension(extensions, 0, body);
  }
  Bytes protocols;
  put16(protocols, static_cast<std::uint32_t>(parts.alpn.size() + 1));
  put8(protocols, static_cast<std::uint32_t>(parts.alpn.size()));
  put(protocols, parts.alpn);
  put_extension(extensions, 16, protocols);
  if (parts.extra != 0) {
    put_extension(extensions, parts.extra, Bytes(7));
  }
  Bytes body(34, 3);
  put8(body, 0);
  put16(body, 2);
  put16(body, 0x1301);
  put8(body, 1);
  put8(body, 0);
  put16(body, static_cast<std::uint32_t>(extensions.size()));
  put(body, extensions);
  Bytes message;
  put32(message, 0x01000000U | static_cast<std::uint32_t>(body.size()));
  put(message, body);
  Bytes stream;
  for (View rest(message); !rest.empty();) {
    const View piece = rest.first(std::min(rest.size(), parts.record));
    put8(stream, 22);
    put16(stream, 0x0301);
    put16(stream, static_cast<std::uint32_t>(piece.size()));
    put(stream, piece);
    rest = rest.subspan(piece.size());
  }
  return stream;
}

inline Bytes query(std::string_view first, std::string_view second, std::uint16_t type) {
  Bytes message;
  put32(message, 0x12340100);
  put32(message, 0x00010000);
  put32(message, 0);
  for (const std::string_view label : {first, second}) {
    put8(message, static_cast<std::uint32_t>(label.size()));
    put(message, label);
  }
  put8(message, 0);
  put16(message, type);
  put16(message, 1);
  return message;
}

}  // namespace censor::test
