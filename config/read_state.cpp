#include "config/read.hpp"

namespace reachd {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
constexpr std::uint64_t kTiB = std::uint64_t{1} << 40U;

}  // namespace

void read_state(const Field& field, const std::string& file, StateSettings& state) {
  using std::chrono::hours;
  Section section(field);
  take_path(section.optional("directory"), file, state.directory);
  take_duration(section.optional("retention"), state.retention, hours(24), hours(24 * 3650),
                "less than a day has no day to compare with; what is kept is bounded by max_bytes "
                "too");
  take_bytes(section.optional("max_bytes"), state.max_bytes, 16 * kMiB, 16 * kTiB,
             "from 16MiB (a day of a dozen targets, packed, and their states) to 16TiB; 2GiB is "
             "usual");
  section.close();
}

}  // namespace reachd
