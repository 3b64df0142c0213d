// Which series a target has, by what it measures and in which detail: all that exist from the
// moment it is configured. Targets alike share one shape. The labels service_name and target are on
// all series; no other label has a value that comes from the network. A compact target has only
// what alerts and the overview need.
#pragma once

#include <array>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "config/target.hpp"
#include "daemon/phases.hpp"
#include "daemon/sample_shape.hpp"
#include "probes/judge/verdict.hpp"
#include "probes/observation.hpp"

namespace reachd {

// The upper bounds of a phase's buckets in seconds, and as the label says them. From a neighbour's
// 5 ms to a timeout's 10 s, about three steps a decade: enough for quantiles of a path, few enough
// for thousands of targets.
inline constexpr std::array<std::pair<double, std::string_view>, 12> kPhaseBuckets{
    {{0.005, "0.005"},
     {0.01, "0.01"},
     {0.025, "0.025"},
     {0.05, "0.05"},
     {0.1, "0.1"},
     {0.25, "0.25"},
     {0.5, "0.5"},
     {1, "1"},
     {2.5, "2.5"},
     {5, "5"},
     {10, "10"},
     {std::numeric_limits<double>::infinity(), "+Inf"}}};

struct TargetShape {
  using Place = SampleShape::Place;
  using ByStatus = std::array<Place, kStatuses.size()>;
  struct Histogram {
    std::array<Place, kPhaseBuckets.size()> buckets;
    Place sum;
    Place count;
  };

  // The families that targets have, in the order of what is scraped.
  enum Head : std::size_t {
    kReachable,
    kStatus,
    kKind,
    kSince,
    kChanges,
    kRoundStatus,
    kRounds,
    kFailures,
    kPhase,
    kLastPhase,
    kLastRound,
    kAddresses,
    kAddressesReachable,
    kHttpStatus,
    kCertificate,
    kSpeed,
    kHeads
  };
  static std::span<const FamilyHead> families();

  explicit TargetShape(const Target& target);

  SampleShape samples;
  Place reachable;
  Place since;
  Place last_round;
  ByStatus status;
  ByStatus rounds;
  std::array<std::optional<Place>, kPhases.size()> last_phase;  // none where the scheme has none
  std::optional<Place> certificate;                             // only with TLS

  bool full;  // the rest stands only where this is true
  ByStatus round_status{};
  ByStatus changes{};
  std::array<std::optional<Histogram>, kPhases.size()> phases;
  std::array<Place, 2> addresses{};  // by Family
  std::array<Place, 2> addresses_reachable{};
  // Those that occur in practice.
  std::map<std::pair<Stage, Word>, Place> failures;
  std::optional<Place> http_status;  // only http(s)
  std::optional<Place> speed;        // only http(s)

 private:
  ByStatus by_status(std::size_t family);
  void make_full(const Target& target);
  void make_failures(const Target& target);
};

// All shapes and all lines of late samples there are: some dozens, kept for good.
class TargetShapes {
 public:
  using Line = std::shared_ptr<const SampleLine>;

  TargetShapes();

  std::shared_ptr<const TargetShape> of(const Target& target);
  // Of samples that appear when there is reason to: a kind of trouble, a failure that is rare.
  const Line& kind(const std::string& kind);
  const Line& failures(Stage stage, Word word);

 private:
  using Alike = std::tuple<Detail, Scheme, bool, bool>;  // has TLS, has a name to look up
  const SampleShape none_;                               // lines are made by it
  std::map<Alike, std::shared_ptr<const TargetShape>> shapes_;
  std::map<std::string, Line> kinds_;
  std::map<std::pair<Stage, Word>, Line> failures_;
};

}  // namespace reachd
