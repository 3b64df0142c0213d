#include <algorithm>
#include <set>

#include "config/endpoint.hpp"
#include "config/pin.hpp"
#include "config/read.hpp"
#include "config/url.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kTargetExample = "such as {name: web, url: https://www.example.org/}";

bool is_http(Scheme scheme) {
  return scheme == Scheme::http || scheme == Scheme::https;
}

// The interval may be inherited from the service, whose key then has the fault.
void read_times(const Field& interval, const Field& timeout, const Field& service_interval,
                Target& target) {
  const bool interval_known = take_interval(interval, target.interval) || !interval.present();
  const bool timeout_known = take_timeout(timeout, target.timeout) || !timeout.present();
  if (!interval_known || !timeout_known || target.timeout < target.interval) return;
  const std::string relation = " must be shorter than the interval: they are " +
                               to_string(target.timeout) + " and " + to_string(target.interval);
  if (timeout.present()) return timeout.fault("the timeout" + relation);
  const Field& at = interval.present() ? interval : service_interval;
  at.fault("the timeout of 'schedule'" + relation + "; set the target's 'timeout' too");
}

void read_starttls(const Field& field, Target& target) {
  const auto text = field.text();
  if (!text) return;
  if (target.scheme != Scheme::imap && target.scheme != Scheme::smtp) {
    field.fault("belongs to imap and smtp only, which begin without TLS: remove it");
  } else if (*text == "none") {
    target.starttls = Starttls::none;
  } else if (*text == "optional") {
    target.starttls = Starttls::optional;
  } else if (*text == "required") {
    target.starttls = Starttls::required;
  } else {
    field.fault(in_quotes(*text) + " is not one of none, optional and required");
  }
}

void read_pins(const Field& field, Target& target) {
  if (!field.present()) return;
  const bool mail = target.scheme == Scheme::imap || target.scheme == Scheme::smtp;
  const bool plain = target.scheme == Scheme::http || target.scheme == Scheme::tcp ||
                     target.scheme == Scheme::dns || (mail && target.starttls == Starttls::none);
  if (plain) return field.fault("needs TLS, where a key is shown: remove it");
  for (const Field& item : field.one_or_more()) {
    std::string key;
    if (take(item, key, parse_pin)) target.pins.push_back(std::move(key));
  }
}

void read_detail(const Field& field, Target& target) {
  const auto text = field.text();
  if (!text) return;
  if (*text != "full" && *text != "compact") {
    field.fault(in_quotes(*text) + " is neither full nor compact");
  } else {
    target.detail = *text == "full" ? Detail::full : Detail::compact;
  }
}

void read_families(const Field& field, Target& target) {
  std::vector<Family> families;
  for (const Field& item : field.one_or_more()) {
    const auto text = item.text();
    if (!text) continue;
    if (*text != "4" && *text != "6") {
      item.fault(in_quotes(*text) + " is neither 4 (IPv4) nor 6 (IPv6): write [4, 6]");
      continue;
    }
    const Family family = *text == "4" ? Family::ipv4 : Family::ipv6;
    if (std::find(families.begin(), families.end(), family) != families.end()) {
      item.fault("stands twice");
    } else {
      families.push_back(family);
    }
  }
  if (families.empty()) return;
  target.families = std::move(families);
  if (!canonical_address(target.host)) return;
  const Family own = is_ipv6(target.host) ? Family::ipv6 : Family::ipv4;
  if (std::find(target.families.begin(), target.families.end(), own) == target.families.end()) {
    field.fault("leaves out the family of the URL's own address, so nothing could be measured");
  }
}

void read_resolver_names(const Field& field, const std::vector<ResolverSettings>& configured,
                         Target& target) {
  std::vector<std::string_view> known;
  for (const auto& resolver : configured) {
    if (!resolver.name.empty()) known.push_back(resolver.name);
  }
  for (const Field& item : field.one_or_more()) {
    const auto name = item.text();
    if (!name) continue;
    if (std::find(known.begin(), known.end(), *name) == known.end()) {
      item.fault(in_quotes(*name) + " is not a configured resolver" + suggestion(*name, known));
    } else if (std::find(target.resolvers.begin(), target.resolvers.end(), *name) !=
               target.resolvers.end()) {
      item.fault("stands twice");
    } else {
      target.resolvers.push_back(*name);
    }
  }
}

void read_target(const Field& entry, const Config& config, const Field& service_interval,
                 std::set<std::string>& names, Target& target) {
  Section section(entry);
  const Field name = section.required("name", kTargetExample);
  if (take_name(name, target.name) && !names.insert(target.name).second) {
    name.fault(in_quotes(target.name) +
               " is the name of another target of this service: choose a new "
               "one");
  }
  const bool url_known = read_url(section.required("url", kTargetExample), target);
  read_times(section.optional("interval"), section.optional("timeout"), service_interval, target);
  const Field starttls = section.optional("starttls");
  if (url_known) read_starttls(starttls, target);
  const Field pins = section.optional("pins");
  if (url_known) read_pins(pins, target);
  read_request(section, !url_known || is_http(target.scheme), target);
  read_resolver_names(section.optional("resolvers"), config.resolvers, target);
  read_families(section.optional("families"), target);
  if (const auto addresses = section.optional("addresses").number(1, 16)) {
    target.addresses = static_cast<int>(*addresses);
  }
  if (const auto enabled = section.optional("enabled").flag()) target.enabled = *enabled;
  section.close();
}

}  // namespace

Target defaults_of(const Config& config, std::string service) {
  Target target;
  target.service = std::move(service);
  target.interval = config.schedule.interval;
  target.timeout = config.schedule.timeout;
  return target;
}

bool read_url(const Field& field, Target& target) {
  TargetUrl url;
  if (!take(field, url, parse_target_url)) return false;
  set_url(target, *field.text(), url);
  return true;
}

void set_url(Target& target, const std::string& text, const TargetUrl& url) {
  target.url = text;
  target.scheme = url.scheme;
  target.host = url.host;
  target.port = url.port;
  target.path = url.path;
  target.dns_name = url.dns_name;
  target.dns_type = url.dns_type;
  const bool upgradable = url.scheme == Scheme::imap || url.scheme == Scheme::smtp;
  target.starttls = upgradable ? Starttls::optional : Starttls::none;
}

void read_services(const Field& field, const Config& so_far, std::vector<Service>& services) {
  std::set<std::string> names;
  for (const Field& entry : field.items()) {
    Section section(entry);
    Service service;
    const Field name = section.required("name", "such as {name: gmail, targets: […]}");
    if (take_name(name, service.name)) {
      if (!names.insert(service.name).second) {
        name.fault(in_quotes(service.name) +
                   " is the name of another service: put its targets there");
      } else if (service.name.starts_with("control.")) {
        name.fault("names that begin with 'control.' are those of the controls: choose another");
      }
    }
    Target defaults = defaults_of(so_far, service.name);
    const Field interval = section.optional("interval");
    take_interval(interval, defaults.interval);
    read_detail(section.optional("detail"), defaults);
    std::set<std::string> target_names;
    const Field targets = section.required(
        "targets", "such as targets: [{name: web, url: https://www.example.org/}]");
    for (const Field& item : targets.items()) {
      Target target = defaults;
      read_target(item, so_far, interval, target_names, target);
      service.targets.push_back(std::move(target));
    }
    section.close();
    services.push_back(std::move(service));
  }
}

}  // namespace reachd
