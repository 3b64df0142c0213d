#include "daemon/web/location.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>

namespace reachd::web {
namespace urls = boost::urls;
namespace {

std::optional<std::string> decode(std::string_view encoded) {
  const auto checked = urls::make_pct_string_view(encoded);
  if (!checked) return std::nullopt;
  return checked->decode();
}

}  // namespace

std::optional<Location> parse_location(std::string_view request_target) {
  auto parsed = urls::parse_origin_form(request_target);
  if (!parsed) parsed = urls::parse_absolute_uri(request_target);
  if (!parsed) return std::nullopt;
  Location location;
  location.path = parsed->encoded_path();
  if (location.path.empty()) location.path = "/";
  urls::encoding_opts form;
  form.space_as_plus = true;
  for (const auto& param : parsed->params(form)) {
    location.query.emplace_back(param.key, param.value);
  }
  return location;
}

std::optional<TargetName> parse_target_name(std::string_view encoded) {
  const std::size_t slash = encoded.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto service = decode(encoded.substr(0, slash));
  auto target = decode(encoded.substr(slash + 1));
  if (!service || !target || service->empty() || target->empty()) return std::nullopt;
  return TargetName{std::move(*service), std::move(*target)};
}

std::string target_path(std::string_view service, std::string_view target) {
  return urls::encode(service, urls::unreserved_chars) + "/" +
         urls::encode(target, urls::unreserved_chars);
}

}  // namespace reachd::web
