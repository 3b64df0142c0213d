#include "probes/judge/verdict.hpp"

namespace reachd {

std::string_view to_string(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::blocked:
      return "blocked";
    case Status::likely_blocked:
      return "likely_blocked";
    case Status::impaired:
      return "impaired";
    case Status::down:
      return "down";
    case Status::insufficient:
      return "insufficient";
  }
  return "";
}

std::string_view to_string(Locus locus) {
  switch (locus) {
    case Locus::network:
      return "network";
    case Locus::resolver:
      return "resolver";
    case Locus::server:
      return "server";
    case Locus::local:
      return "local";
    case Locus::unknown:
      return "unknown";
  }
  return "";
}

}  // namespace reachd
