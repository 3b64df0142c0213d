#include "probes/judge/vantage.hpp"

#include <algorithm>
#include <set>

#include "probes/judge/bogon.hpp"

namespace reachd {
namespace {

using Controls = std::vector<ControlResult>;
using std::chrono::seconds;

// Certificates and caches live with less; a clock that is further off is wrong for both.
constexpr seconds kClockOff{600};
constexpr seconds kClocksAgree{120};  // caches serve dates that are a little old

bool fails_with(const ControlResult& control, auto&& of) {
  return std::ranges::any_of(control.failures, of);
}

bool by_own_fault(const ControlResult& control) {
  return !control.ok && fails_with(control, [](const ControlFailure& failure) {
    return is_ours(failure.failure);
  });
}

bool by_certificate(const ControlResult& control) {
  return !control.ok && fails_with(control, [](const ControlFailure& failure) {
    const Word word = failure.failure.word;
    return word == Word::ssl_unknown_authority || word == Word::ssl_invalid_certificate ||
           word == Word::ssl_invalid_hostname;
  });
}

std::size_t count(const Controls& controls, auto&& which) {
  return static_cast<std::size_t>(std::ranges::count_if(controls, which));
}

bool clock_is_off(const Controls& controls) {
  std::vector<seconds> offsets;
  for (const ControlResult& control : controls) {
    if (control.clock_offset) offsets.push_back(*control.clock_offset);
  }
  if (offsets.size() < 2) return false;
  std::ranges::sort(offsets);
  const seconds middle = offsets[(offsets.size() - 1) / 2];
  const auto agreeing = std::ranges::count_if(offsets, [&](seconds offset) {
    return offset >= middle - kClocksAgree && offset <= middle + kClocksAgree;
  });
  const bool far = middle > kClockOff || middle < -kClockOff;
  return far && agreeing >= 2 && 2 * static_cast<std::size_t>(agreeing) > offsets.size();
}

// Names of different owners that lead to one private address, or are all sent to one other host.
bool in_a_portal(const Controls& controls) {
  std::multiset<std::string> places;
  for (const ControlResult& control : controls) {
    if (control.ok) return false;
    std::set<std::string> of_this;
    if (!control.redirected_to.empty()) of_this.insert(control.redirected_to);
    for (const std::string& address : control.addresses) {
      if (is_bogon(address)) of_this.insert(address);
    }
    places.insert(of_this.begin(), of_this.end());
  }
  return std::ranges::any_of(places,
                             [&](const std::string& place) { return places.count(place) >= 2; });
}

bool one_issuer(const Controls& controls) {
  std::set<std::string> issuers;
  for (const ControlResult& control : controls) {
    if (by_certificate(control)) issuers.insert(control.issuer);
  }
  return issuers.size() == 1 && !issuers.begin()->empty();
}

std::vector<Family> broken_families(const Controls& controls) {
  std::vector<Family> broken;
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    std::size_t tried = 0;
    std::size_t failed = 0;
    for (const ControlResult& control : controls) {
      if (std::ranges::find(control.families, family) == control.families.end()) continue;
      ++tried;
      failed += fails_with(control, [&](const ControlFailure& failure) {
        return failure.family == family && failure.stage != Stage::dns;
      });
    }
    if (tried >= 2 && failed == tried) broken.push_back(family);
  }
  return broken;
}

}  // namespace

std::string_view to_string(VantageStatus status) {
  switch (status) {
    case VantageStatus::online:
      return "online";
    case VantageStatus::offline:
      return "offline";
    case VantageStatus::border_outage:
      return "border_outage";
    case VantageStatus::captive_portal:
      return "captive_portal";
    case VantageStatus::instrument_fault:
      return "instrument_fault";
  }
  return "";
}

Vantage judge_vantage(const Controls& controls) {
  Vantage vantage;
  const auto decide = [&](VantageStatus status, std::string rule) {
    vantage.status = status;
    vantage.rule = std::move(rule);
    return vantage;
  };
  if (controls.empty()) return decide(VantageStatus::online, "vantage.no_controls");

  const auto ok_on = [](Side side) {
    return [side](const ControlResult& control) { return control.side == side && control.ok; };
  };
  const auto bad = [](const ControlResult& control) { return !control.ok; };
  const auto domestic_ok = count(controls, ok_on(Side::domestic));
  const auto foreign_ok = count(controls, ok_on(Side::foreign));
  const auto foreign =
      count(controls, [](const ControlResult& control) { return control.side == Side::foreign; });
  const auto failing = count(controls, bad);
  vantage.vouched = foreign_ok > 0;
  vantage.trust_vouched = std::ranges::any_of(
      controls, [](const ControlResult& control) { return control.ok && !control.issuer.empty(); });
  vantage.broken = broken_families(controls);

  if (count(controls, by_own_fault) * 2 > failing) {
    return decide(VantageStatus::instrument_fault, "vantage.own_fault");
  }
  if (clock_is_off(controls)) return decide(VantageStatus::instrument_fault, "vantage.clock");
  if (in_a_portal(controls)) return decide(VantageStatus::captive_portal, "vantage.portal");
  if (!vantage.trust_vouched && count(controls, by_certificate) >= 2) {
    return one_issuer(controls) ? decide(VantageStatus::instrument_fault, "vantage.interception")
                                : decide(VantageStatus::instrument_fault, "vantage.trust_store");
  }
  if (failing == controls.size() && failing >= 2) {
    return decide(VantageStatus::offline, "vantage.nothing_answers");
  }
  if (domestic_ok > 0 && foreign_ok == 0 && foreign >= 2) {
    return decide(VantageStatus::border_outage, "vantage.border");
  }
  return decide(VantageStatus::online, "vantage.online");
}

}  // namespace reachd
