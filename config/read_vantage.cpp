#include "config/endpoint.hpp"
#include "config/read.hpp"
#include "config/wording.hpp"

namespace reachd {

void read_vantage(const Field& field, VantageName& vantage) {
  Section section(field);
  take_name(section.optional("name"), vantage.name);
  const Field country = section.optional("country");
  if (const auto text = country.text()) {
    std::string upper;
    for (const char c : *text) {
      if (c >= 'a' && c <= 'z') upper += static_cast<char>(c - 'a' + 'A');
      if (c >= 'A' && c <= 'Z') upper += c;
    }
    if (text->size() == 2 && upper.size() == 2) {
      vantage.country = upper;
    } else {
      country.fault(in_quotes(*text) + " is not a country's code of two letters, such as CN or DE");
    }
  }
  const Field asn = section.optional("asn");
  if (const auto number = asn.number(1, 4'294'967'295)) {
    vantage.asn = static_cast<std::uint32_t>(*number);
  }
  section.close();
}

void read_listen(const Field& listen, const Field& insecure, Config& config) {
  const auto allowed = insecure.flag();
  config.insecure = allowed.value_or(false);
  if (!take_listen(listen, "127.0.0.1:10980", config.listen)) return;
  if (is_loopback(config.listen.address) || config.insecure) return;
  if (insecure.present() && !allowed) return;   // that fault comes first
  if (!config.web_config_file.empty()) return;  // which must then name more than that file alone
  listen.fault(
      "is not a loopback address, and the page has neither password nor encryption: keep "
      "127.0.0.1, name a 'web: {config_file: web.yml}' with both, or set 'insecure: true' if "
      "something else guards that address");
}

}  // namespace reachd
