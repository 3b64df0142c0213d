#include "tests/lab/censor/act.hpp"

namespace censor {

bool needs_in_path(const Act& act) {
  return std::holds_alternative<Drop>(act) || std::holds_alternative<Redirect>(act) ||
         std::holds_alternative<Throttle>(act) || std::holds_alternative<Loss>(act) ||
         std::holds_alternative<Freeze>(act) || std::holds_alternative<Delay>(act) ||
         std::holds_alternative<Rewrite>(act);
}

}  // namespace censor
