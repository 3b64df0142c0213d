#include "daemon/exposition.hpp"

#include <utility>

#include <prometheus/text_serializer.h>

namespace reachd {

Exposition render(const prometheus::Registry& registry) {
  const prometheus::TextSerializer serializer;
  Exposition exposition;
  for (auto& family : registry.Collect()) {
    const std::string name = family.name;
    const std::string text = serializer.Serialize({std::move(family)});
    // Two lines of header, "# HELP …" and "# TYPE …", then the samples.
    const std::size_t end = text.find('\n', text.find('\n') + 1) + 1;
    exposition[name] = {text.substr(0, end), text.substr(end)};
  }
  return exposition;
}

void join(const Exposition& first, std::span<const FamilyHead> families, const Samples& samples,
          std::string& text) {
  text.clear();
  for (const auto& [name, family] : first) text += family.header + family.samples;

  const std::size_t size = text.size() + families.size() * 256 + samples.bytes();
  if (text.capacity() < size) text.reserve(size);
  for (std::size_t family = 0; family < families.size(); ++family) {
    const FamilyHead& head = families[family];
    const std::size_t before = text.size();
    text.append("# HELP ").append(head.name).append(" ").append(head.help);
    text.append("\n# TYPE ").append(head.name).append(" ").append(head.type).append("\n");
    const std::size_t begin = text.size();
    samples.render_family(family, text);
    if (text.size() == begin) text.resize(before);  // nobody has any of it
  }
}

}  // namespace reachd
