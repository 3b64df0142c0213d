#include <set>

#include "config/ascii.hpp"
#include "config/endpoint.hpp"
#include "config/read.hpp"
#include "config/url.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

bool is_http(Scheme scheme) {
  return scheme == Scheme::http || scheme == Scheme::https;
}

void read_list(const Field& field, const Config& config, const std::string& service,
               std::vector<Target>& targets) {
  std::set<std::string> hosts;
  for (const Field& item : field.items()) {
    Target target = defaults_of(config, service);
    if (!read_url(item, target)) continue;
    if (!is_http(target.scheme)) {
      item.fault("a control needs an http or https URL, such as https://www.iana.org/");
      continue;
    }
    if (!hosts.insert(target.host).second) {
      item.fault(in_quotes(target.host) +
                 " stands in this list already: controls differ by their host");
      continue;
    }
    target.name = target.host;
    targets.push_back(std::move(target));
  }
}

// An address and nothing else.
void take_address(const Field& field, std::string_view trouble, std::string& out) {
  AddressAndPort endpoint;
  if (!take(field, endpoint, parse_endpoint)) return;
  if (endpoint.port) return field.fault(std::string(trouble));
  out = endpoint.address;
}

void read_helpers(const Field& field, const std::string& file, std::vector<HelperAccess>& helpers) {
  for (const Field& entry : field.one_or_more()) {
    Section section(entry);
    HelperAccess helper;
    const Field url = section.required("url", "such as https://helper.example.net/");
    TargetUrl parts;
    if (take(url, parts, parse_target_url)) {
      if (!is_http(parts.scheme)) {
        url.fault("a helper needs an https URL, such as https://helper.example.net/");
      }
      helper.url = *url.text();
      helper.host = parts.host;
      helper.port = parts.port;
    }
    take_address(section.optional("address"), "has a port, which belongs into 'url'",
                 helper.address);
    const Field token = section.optional("token_file");
    take_path(token, file, helper.token_file);
    if (token.present() && parts.scheme == Scheme::http && !is_loopback(parts.host)) {
      url.fault("is not encrypted, so that anybody on the way could read the token: use https");
    }
    section.close();
    helpers.push_back(std::move(helper));
  }
}

Parsed<ProxySettings> parse_proxy(std::string_view text) {
  ProxySettings proxy;
  std::string_view rest = text;
  const auto begins = [&](std::string_view scheme) {
    if (!ascii::lower(rest).starts_with(scheme)) return false;
    rest.remove_prefix(scheme.size());
    return true;
  };
  if (begins("socks5h://")) {
    proxy.kind = ProxySettings::Kind::socks5;
  } else if (begins("http://")) {
    proxy.kind = ProxySettings::Kind::http;
  } else {
    return refused<ProxySettings>(
        "is not a proxy as reachd uses one: write socks5h://127.0.0.1:9050 or "
        "http://192.0.2.1:3128 (names are resolved at its far end)");
  }
  if (rest.find('@') != std::string_view::npos) {
    return refused<ProxySettings>("holds a password, which would be shown: none is supported");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto endpoint = parse_endpoint(rest);
  if (!endpoint) return refused<ProxySettings>(endpoint.error());
  if (!endpoint->port || *endpoint->port == 0) {
    return refused<ProxySettings>("needs a port, such as socks5h://127.0.0.1:9050");
  }
  proxy.address = endpoint->address;
  proxy.port = *endpoint->port;
  return proxy;
}

}  // namespace

void read_controls(const Field& field, const Config& so_far, ControlSettings& controls) {
  Section section(field);
  read_list(section.optional("domestic"), so_far, "control.domestic", controls.domestic);
  read_list(section.optional("foreign"), so_far, "control.foreign", controls.foreign);
  read_helpers(section.optional("helper"), so_far.file, controls.helpers);
  const Field proxy = section.optional("proxy");
  ProxySettings second;
  if (take(proxy, second, parse_proxy)) controls.proxy = second;
  take_address(section.optional("non_resolver"),
               "has a port: port 53 is meant, where nobody may answer", controls.non_resolver);
  const Field swap_sni = section.optional("swap_sni");
  std::string name;
  if (take(swap_sni, name, parse_host_name)) {
    if (canonical_address(name) || name.find('.') == std::string::npos) {
      swap_sni.fault("must be a name that no censor minds, such as example.org");
    } else {
      controls.innocent = std::move(name);
    }
  }
  section.close();
}

}  // namespace reachd
