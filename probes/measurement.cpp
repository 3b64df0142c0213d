#include "probes/measurement.hpp"

namespace reachd {

std::string_view to_string(Round round) {
  switch (round) {
    case Round::light: return "light";
    case Round::deep: return "deep";
    case Round::confirm: return "confirm";
  }
  return "";
}

}  // namespace reachd
