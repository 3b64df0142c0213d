#include "config/url.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <cctype>
#include <optional>
#include <vector>

#include "config/ascii.hpp"
#include "config/endpoint.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

using Refusal = std::optional<std::string>;  // why the URL is refused

constexpr std::size_t kLongestUrl = 2048;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::vector<std::string_view> scheme_names() {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Scheme::dns); ++i) {
    names.push_back(to_string(static_cast<Scheme>(i)));
  }
  return names;
}

// A password may stand before an '@', wherever a typing mistake has put it.
std::string shown(std::string_view text) {
  return text.find('@') == std::string_view::npos ? in_quotes(text) : "this URL";
}

// What Boost.URL would only call a syntax error, said so that it can be mended.
Refusal look_over(std::string_view text) {
  const std::size_t start = std::min(text.find("://"), text.size());
  const std::string_view rest = text.substr(std::min(start + 3, text.size()));
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos ||
      text.substr(0, start).find('@') != std::string_view::npos) {
    return "this URL holds a user or password (before the '@'), which the page and the logs would "
           "show: remove it";
  }
  if (text.size() > kLongestUrl) return "this URL is longer than 2048 bytes";
  if (start == text.size()) {
    return shown(text) + " has no scheme: write it in full, such as https://www.example.org/";
  }
  const auto is_plain = [](char c) { return c > ' ' && c <= '~'; };
  if (!std::all_of(authority.begin(), authority.end(), is_plain)) {
    return shown(text) +
           " has a host with characters beyond ASCII: write its xn-- form, which "
           "`idn2 NAME` prints";
  }
  if (!std::all_of(text.begin(), text.end(), is_plain)) {
    return shown(text) + " has a space or a character beyond ASCII: write it as %XX";
  }
  return std::nullopt;
}

Refusal read_host(const boost::urls::url_view& url, TargetUrl& out) {
  using boost::urls::host_type;
  if (url.host_type() == host_type::ipv4 || url.host_type() == host_type::ipv6) {
    out.host = *canonical_address(url.encoded_host_address());
    return std::nullopt;
  }
  if (url.encoded_host().empty()) return "has no host, such as www.example.org";
  if (url.host_type() == host_type::ipvfuture) return "has a host that is no name and no address";
  const auto name = parse_host_name(url.encoded_host());
  if (!name) return "has a bad host: " + name.error();
  out.host = *name;
  return std::nullopt;
}

Refusal read_port(const boost::urls::url_view& url, TargetUrl& out) {
  out.port = default_port(out.scheme);
  if (!url.has_port()) {
    if (out.port != 0) return std::nullopt;
    return "needs a port: " + std::string(to_string(out.scheme)) + "://host:443";
  }
  out.port = parse_port(url.port()).value_or(0);
  if (out.port == 0) return "has a port that is no number from 1 to 65535";
  return std::nullopt;
}

// RFC 4501: the name is the path, the type one of the parameters, which ';' parts.
Refusal read_question(const boost::urls::url_view& url, TargetUrl& out) {
  std::string_view path = url.encoded_path();
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.empty()) return "asks for no name: write dns:///www.example.org?type=A";
  const auto name = parse_host_name(path);
  if (!name) return "asks for a name that is none: " + name.error();
  out.dns_name = *name;
  out.dns_type = "A";
  out.path = "/";
  std::string query = ascii::lower(url.encoded_query());
  while (!query.empty()) {
    const std::size_t end = std::min(query.find(';'), query.size());
    const std::string part = query.substr(0, end);
    query.erase(0, end + 1);
    if (part == "class=in") continue;
    if (part == "type=a") {
      out.dns_type = "A";
    } else if (part == "type=aaaa") {
      out.dns_type = "AAAA";
    } else if (part == "type=https") {
      out.dns_type = "HTTPS";
    } else {
      return "has the parameter " + in_quotes(part) +
             ": type=A, type=AAAA and type=HTTPS are known";
    }
  }
  return std::nullopt;
}

Refusal read_dns(const boost::urls::url_view& url, TargetUrl& out) {
  if (!url.encoded_host().empty()) {
    if (Refusal why = read_host(url, out)) return why;
    if (!canonical_address(out.host)) {
      return "names its server, which must be an IP address: dns://8.8.8.8/www.example.org?type=A, "
             "or dns:///www.example.org?type=A for the configured resolvers";
    }
  }
  if (Refusal why = read_port(url, out)) return why;
  return read_question(url, out);
}

Refusal read_path(const boost::urls::url_view& url, TargetUrl& out) {
  const std::string_view path = url.encoded_path();
  if (out.scheme != Scheme::http && out.scheme != Scheme::https) {
    if ((path.empty() || path == "/") && !url.has_query()) return std::nullopt;
    return "has a path, which " + std::string(to_string(out.scheme)) + " does not know: remove it";
  }
  out.path = path.empty() ? "/" : std::string(path);
  if (url.has_query()) out.path += "?" + std::string(std::string_view(url.encoded_query()));
  return std::nullopt;
}

}  // namespace

Parsed<std::string> parse_host_name(std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string name = ascii::lower(text);
  if (name.ends_with('.')) name.pop_back();
  const auto refuse = [&](std::string_view why) {
    return refused<std::string>(in_quotes(text) + " " + std::string(why));
  };
  if (name.empty()) return refuse("is no name");
  if (name.size() > 253) return refuse("is longer than the 253 characters of a DNS name");
  std::string_view rest = name;
  while (true) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (label.empty()) return refuse("has two dots in a row, or one in front");
    if (label.size() > 63) return refuse("has a part of more than 63 characters");
    if (label.find_first_not_of(kAllowed) != std::string_view::npos) {
      return refuse(
          "has a character that no DNS name has: letters, digits, '-' and '.' are allowed");
    }
    if (label.size() == rest.size()) {
      if (!std::all_of(label.begin(), label.end(), is_digit)) {
        return Parsed<std::string>(boost::system::in_place_value, name);
      }
      return refuse("ends in a number like an IPv4 address, but is none");
    }
    rest.remove_prefix(label.size() + 1);
  }
}

Parsed<TargetUrl> parse_target_url(std::string_view text) {
  if (const Refusal why = look_over(text)) return *why;
  const std::string name = ascii::lower(text.substr(0, text.find("://")));
  const auto scheme = parse_scheme(name);
  if (!scheme) {
    return shown(text) + " has the unknown scheme " + in_quotes(name) +
           suggestion(name, scheme_names());
  }
  const auto url = boost::urls::parse_uri(text);
  if (!url) return shown(text) + " is not a URL: write it like https://www.example.org/path";
  TargetUrl out;
  out.scheme = *scheme;
  Refusal fault;
  const std::string_view path = url->encoded_path();
  if (!path.empty() && path.front() != '/') {  // Boost 1.81 takes "a.example:80:80/" for a path
    fault = "has something after its host that is no port and no path";
  } else if (url->has_fragment()) {
    fault = "has a fragment (after '#'), which no server ever sees: remove it";
  } else if (out.scheme == Scheme::dns) {
    fault = read_dns(*url, out);
  } else {
    fault = read_host(*url, out);
    if (!fault) fault = read_port(*url, out);
    if (!fault) fault = read_path(*url, out);
  }
  if (fault) return shown(text) + " " + *fault;
  return out;
}

}  // namespace reachd
