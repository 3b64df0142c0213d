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

void join(const Exposition& first, std::span<const FamilyHead> families,
          const std::vector<std::shared_ptr<const BlockText>>& parts, std::string& text) {
  text.clear();
  for (const auto& [name, family] : first) text += family.header + family.samples;

  std::size_t size = text.size() + families.size() * 256;
  for (const auto& part : parts) size += part->lines.size();
  if (text.capacity() < size) text.reserve(size + size / 8);  // numbers get longer with time
  for (std::size_t family = 0; family < families.size(); ++family) {
    const FamilyHead& head = families[family];
    bool named = false;
    for (const auto& part : parts) {
      const std::size_t from = family == 0 ? 0 : part->ends[family - 1];
      const std::size_t length = part->ends[family] - from;
      if (length == 0) continue;
      if (!named) {
        text.append("# HELP ").append(head.name).append(" ").append(head.help);
        text.append("\n# TYPE ").append(head.name).append(" ").append(head.type).append("\n");
        named = true;
      }
      text.append(part->lines, from, length);
    }
  }
}

}  // namespace reachd
