// Block pages and poisoned answers that are known, in OONI's format of fingerprints, and the search
// for them. Finds facts for the judge; whether a match means anything is the judge's business.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "probes/measurement.hpp"

namespace reachd {

struct Fingerprint {
  enum class Where : std::uint8_t { dns, body, header };
  enum class How : std::uint8_t { full, prefix, contains, regexp };
  std::string name;
  std::string scope;
  Where where = Where::body;
  std::string header;  // in lower case, for Where::header
  How how = How::contains;
  std::string pattern;  // bytes; a dot in a regexp stands for line ends too
  std::vector<std::string> countries;
  bool operator==(const Fingerprint&) const = default;
};

inline constexpr std::size_t kMostTable = std::size_t{8} << 20U;  // bytes of a table

// What is wrong with a table as a whole.
struct TableFault {
  int line = 0;  // counts from 1; 0: of the file as such
  std::string why;
};

// Reads OONI's CSV: quoted fields may run over lines, bytes need not be UTF-8. Its columns may
// stand in any order; those that nobody needs may be missing. What names a place or a type that is
// not known is left out, as is a regexp that does not compile: a newer table is still of use. At
// most 8 MiB.
boost::system::result<std::vector<Fingerprint>, TableFault> parse_fingerprints(
    std::string_view text);

// A set made ready for the search: one pass over a body for all of its patterns together.
class Fingerprints {
 public:
  explicit Fingerprints(std::vector<Fingerprint> known);
  Fingerprints(Fingerprints&&) noexcept;
  Fingerprints& operator=(Fingerprints&&) noexcept;
  ~Fingerprints();

  // All matches in the answers and pages of the measurement, in its order.
  std::vector<FingerprintMatch> find(const Measurement& measurement) const;

 private:
  struct Ready;
  std::unique_ptr<const Ready> ready_;
};

// What several sets find together.
std::vector<FingerprintMatch> find_all(std::span<const Fingerprints> sets,
                                       const Measurement& measurement);

}  // namespace reachd
