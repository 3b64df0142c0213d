// The files that pages load, as they stand in daemon/web/assets: part of the program, so that there
// is nothing to install and nothing to find. Their addresses hold their digest: whoever has one
// need not ask again.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/web/routes.hpp"

namespace reachd::web {

struct Asset {
  std::string_view name;    // "style.css"
  std::string_view digest;  // of its bytes, hex
  std::string_view bytes;
};
std::span<const Asset> assets();  // made by embed.cmake

// "/assets/style.0123456789abcdef.css". The asset must exist.
std::string asset_path(std::string_view name);

// The answer to a request for that path; nothing if there is no such asset.
std::optional<Response> asset_answer(std::string_view path, bool gzip);

}  // namespace reachd::web
