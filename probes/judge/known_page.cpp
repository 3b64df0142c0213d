#include "probes/judge/known_page.hpp"

#include <algorithm>
#include <array>

namespace reachd {
namespace {

// National, of an ISP, a product, an institution, injected. Not those: "vbw" is a vague word,
// "prov" the server's own provider.
constexpr std::array<std::string_view, 5> kTelling{"nat", "isp", "prod", "inst", "injb"};

}  // namespace

KnownPage known_page(const Facts& facts, int step) {
  KnownPage known = KnownPage::none;
  const std::string& here = facts.measurement.vantage.country;
  for (const FingerprintMatch& match : facts.measurement.fingerprints) {
    if (match.observation != step) continue;
    if (match.scope == "fp") return KnownPage::none;
    if (std::ranges::find(kTelling, match.scope) == kTelling.end()) continue;
    const bool fits = match.countries.empty() ||
                      std::ranges::find(match.countries, here) != match.countries.end();
    if (fits) {
      known = KnownPage::certain;
    } else if (here.empty()) {
      known = std::max(known, KnownPage::likely);
    }
  }
  return known;
}

}  // namespace reachd
