#include <algorithm>

#include "config/endpoint.hpp"
#include "config/read.hpp"
#include "config/url.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

// A server of the operator's own: http(s), no password, no query; comes without the slash at its
// end.
bool take_base_url(const Field& field, bool secret, std::string& out) {
  TargetUrl parts;
  if (!take(field, parts, parse_target_url)) return false;
  if (parts.scheme != Scheme::http && parts.scheme != Scheme::https) {
    field.fault("needs an http or https URL, such as http://127.0.0.1:9093");
    return false;
  }
  if (parts.path.find('?') != std::string::npos) {
    field.fault("has a query, which nothing can be put behind");
    return false;
  }
  if (secret && parts.scheme == Scheme::http && !is_loopback(parts.host)) {
    field.fault("is not encrypted, so that anybody on the way could read the token: use https");
    return false;
  }
  out = *field.text();
  while (out.ends_with('/')) out.pop_back();
  return true;
}

}  // namespace

void read_alertmanager(const Field& field, const std::string& file, AlertmanagerSettings& out) {
  if (!field.present()) return;
  Section section(field);
  const Field token = section.optional("token_file");
  take_path(token, file, out.token_file);
  for (const Field& item :
       section.required("urls", "such as [http://127.0.0.1:9093]").one_or_more()) {
    std::string url;
    if (!take_base_url(item, token.present(), url)) continue;
    if (std::ranges::find(out.urls, url) != out.urls.end()) {
      item.fault(in_quotes(url) + " stands in this list already");
      continue;
    }
    out.urls.push_back(std::move(url));
  }
  take_duration(section.optional("resend"), out.resend, std::chrono::seconds(5),
                std::chrono::minutes(10), "an alert that is not sent again in time is over");
  const Field page = section.optional("external_url");
  if (page.present()) take_base_url(page, false, out.external_url);
  section.close();
}

}  // namespace reachd
