// A table of fingerprints and, after a NUL, a page: the table is read or refused with a reason, and
// the search finds of its plain patterns exactly those that are in the page.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "probes/judge/fingerprints.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using reachd::Fingerprint;

using reachd::fuzz::require;

bool is_in(const Fingerprint& known, std::string_view body) {
  switch (known.how) {
    case Fingerprint::How::full:
      return body == known.pattern;
    case Fingerprint::How::prefix:
      return body.starts_with(known.pattern);
    case Fingerprint::How::contains:
    case Fingerprint::How::regexp:
      break;
  }
  return body.find(known.pattern) != std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reachd;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view table = text.substr(0, text.find('\0'));
  const std::string_view body = text.substr(std::min(table.size() + 1, size));
  auto parsed = parse_fingerprints(table);
  if (!parsed) {
    require(parsed.error().line >= 0 && !parsed.error().why.empty());
    return 0;
  }

  Measurement measurement;
  HttpSeen page;
  page.body = body;
  page.headers = {{"Server", page.body}};
  measurement.observations.emplace_back().seen = page;
  std::erase_if(*parsed, [](const Fingerprint& known) {
    return known.how == Fingerprint::How::regexp && known.pattern.size() > 64;  // only slow
  });
  std::ptrdiff_t plain = 0;
  for (const Fingerprint& known : *parsed) {
    const bool regexp = known.how == Fingerprint::How::regexp;
    if (known.where == Fingerprint::Where::body && !regexp && !body.empty()) {
      plain += is_in(known, body) ? 1 : 0;
    }
  }
  std::erase_if(*parsed, [&](const Fingerprint& known) {
    return known.how == Fingerprint::How::regexp && body.size() > 4096;
  });
  std::vector<Fingerprint> bodies = *parsed;
  std::erase_if(bodies, [](const Fingerprint& known) {
    return known.where != Fingerprint::Where::body || known.how == Fingerprint::How::regexp;
  });
  require(std::ssize(Fingerprints(std::move(bodies)).find(measurement)) == plain);
  for (const FingerprintMatch& match : Fingerprints(std::move(*parsed)).find(measurement)) {
    require(match.observation == 0);
  }
  return 0;
}
