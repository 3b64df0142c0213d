#include "daemon/tracker/background.hpp"

#include <algorithm>
#include <vector>

namespace reachd {
namespace {

constexpr double kNew = 0.01;
constexpr double kPrior = 2;
constexpr double kBroken = 0.5;

}  // namespace

void note(Background& background, const std::string& control, bool ok) {
  const bool known = background.failing.contains(control);
  if (!known && background.failing.size() >= Background::kControls) return;
  double& share = background.failing.try_emplace(control, Background::kBefore).first->second;
  share += kNew * ((ok ? 0 : 1) - share);
}

double p0_of(const Background& background) {
  if (background.failing.empty()) return Background::kBefore;
  std::vector<double> shares;
  for (const auto& [control, share] : background.failing) shares.push_back(share);
  const auto middle = shares.begin() + static_cast<std::ptrdiff_t>((shares.size() - 1) / 2);
  std::ranges::nth_element(shares, middle);
  return std::clamp(*middle, Background::kLeast, Background::kMost);
}

double p0_of(const Background& background, const std::vector<ControlResult>& near) {
  const double usual = p0_of(background);
  double tried = 0;
  double failed = 0;
  for (const ControlResult& control : near) {
    const auto known = background.failing.find(control.name);
    const bool broken = known != background.failing.end() && known->second > kBroken;
    if (control.side != Side::foreign || broken) continue;
    ++tried;
    if (!control.ok) ++failed;
  }
  const double now = (kPrior * usual + failed) / (kPrior + tried);
  return std::clamp(now, usual, Background::kMost);
}

}  // namespace reachd
