#include <algorithm>
#include <utility>

#include "config/read.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

// Something can be put behind it: no query; comes without the slash at its end.
bool take_base_url(const Field& field, bool secret, std::string& out) {
  std::string url;
  if (!take_server_url(field, secret, "http://127.0.0.1:9093", url)) return false;
  if (url.find('?') != std::string::npos) {
    field.fault("has a query, which nothing can be put behind");
    return false;
  }
  out = std::move(url);
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
