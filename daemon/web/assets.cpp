#include "daemon/web/assets.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "daemon/web/answer.hpp"
#include "daemon/web/gzip.hpp"

namespace reachd::web {
namespace http = boost::beast::http;
namespace {

constexpr std::size_t kDigest = 16;  // digits of it that an address holds

std::string path_of(const Asset& asset) {
  const std::size_t dot = asset.name.rfind('.');
  return "/assets/" + std::string(asset.name.substr(0, dot)) + "." +
         std::string(asset.digest.substr(0, kDigest)) + std::string(asset.name.substr(dot));
}

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".css")) return kCss;
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  return "image/svg+xml";
}

// Each is compressed once, when it is asked for first; on the loop alone.
const std::string& compressed(const Asset& asset) {
  static std::map<std::string_view, std::string> done;
  std::string& bytes = done[asset.name];
  if (bytes.empty()) bytes = gzipped(asset.bytes, 9);
  return bytes;
}

}  // namespace

std::string asset_path(std::string_view name) {
  const auto found = std::ranges::find(assets(), name, &Asset::name);
  if (found == assets().end()) throw std::logic_error("no asset " + std::string(name));
  return path_of(*found);
}

std::optional<Response> asset_answer(std::string_view path, bool gzip) {
  const auto found =
      std::ranges::find_if(assets(), [&](const Asset& asset) { return path_of(asset) == path; });
  if (found == assets().end()) return std::nullopt;
  Response response = answer(HttpStatus::ok, type_of(found->name),
                             gzip ? compressed(*found) : std::string(found->bytes));
  if (gzip) response.set(http::field::content_encoding, "gzip");
  response.set(http::field::vary, "Accept-Encoding");
  response.set(http::field::cache_control, "public, max-age=31536000, immutable");
  return response;
}

}  // namespace reachd::web
