// What the controls say of the place we measure from. While it is not online nothing that fails is
// anybody else's fault. Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "probes/control_result.hpp"

namespace reachd {

enum class VantageStatus : std::uint8_t {
  online,
  offline,
  border_outage,
  captive_portal,
  instrument_fault
};
inline constexpr std::array kVantageStatuses{
    VantageStatus::online, VantageStatus::offline, VantageStatus::border_outage,
    VantageStatus::captive_portal, VantageStatus::instrument_fault};
std::string_view to_string(VantageStatus status);

struct Vantage {
  VantageStatus status = VantageStatus::online;
  std::string rule;
  bool vouched = false;        // a foreign control answered: the way abroad works
  bool trust_vouched = false;  // a control showed a certificate that we trust
  std::vector<Family> broken;  // families over which all controls fail that were tried
  bool operator==(const Vantage&) const = default;
};

// The rules, first match decides. A control by itself decides nothing, as it may be blocked itself.
//   vantage.no_controls       there are none                              → online, not vouched for
//   vantage.own_fault         what fails fails by our own doing           → instrument_fault
//   vantage.clock             the dates of two or more agree against ours → instrument_fault
//   vantage.portal            all names lead to one place that is not them→ captive_portal
//   vantage.interception      nobody is trusted, one issuer signs all     → instrument_fault
//   vantage.trust_store       nobody is trusted, each by its own issuer   → instrument_fault
//   vantage.nothing_answers   domestic and foreign controls fail          → offline
//   vantage.border            domestic answer, two or more foreign do not → border_outage
//   vantage.online            else
Vantage judge_vantage(const std::vector<ControlResult>& controls);

}  // namespace reachd
