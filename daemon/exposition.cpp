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

void join(const Exposition& first, const std::vector<std::shared_ptr<const Exposition>>& parts,
          std::string& text) {
  text.clear();
  for (const auto& [name, family] : first) text += family.header + family.samples;

  std::map<std::string_view, std::pair<std::string_view, std::vector<std::string_view>>> families;
  std::size_t size = text.size();
  for (const auto& part : parts) {
    for (const auto& [name, family] : *part) {
      auto& [header, pieces] = families[name];
      header = family.header;
      pieces.push_back(family.samples);
      size += family.samples.size();
    }
  }
  size += families.size() * 256;
  if (text.capacity() < size) text.reserve(size + size / 8);  // numbers get longer with time
  for (const auto& [name, family] : families) {
    text += family.first;
    for (const std::string_view samples : family.second) text += samples;
  }
}

}  // namespace reachd
