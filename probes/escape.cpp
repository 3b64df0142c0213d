#include <cstdio>

#include "probes/print.hpp"
#include "probes/text.hpp"

namespace reachd {
namespace {

std::string escaped(std::string_view bytes, const Character& character) {
  char text[16];
  if (!character.value || *character.value < 0x80) {
    const unsigned byte = static_cast<unsigned char>(bytes.front());
    std::snprintf(text, sizeof text, "\\x%02x", byte);
  } else {
    std::snprintf(text, sizeof text, "\\u{%04x}", static_cast<unsigned>(*character.value));
  }
  return text;
}

}  // namespace

std::string escape_for_people(std::string_view bytes, std::size_t limit) {
  std::string out;
  std::size_t length = 0;    // in characters
  std::size_t cut_here = 0;  // where "…" still finds room
  while (!bytes.empty()) {
    const Character character = first_character(bytes);
    const bool plain = character.value && shows(*character.value);
    const std::string piece =
        plain ? std::string(bytes.substr(0, character.size)) : escaped(bytes, character);
    length += plain ? 1 : piece.size();
    if (length > limit) {
      out.resize(cut_here);
      return limit == 0 ? out : out + "…";
    }
    out += piece;
    if (length < limit) cut_here = out.size();
    bytes.remove_prefix(character.size);
  }
  return out;
}

}  // namespace reachd
