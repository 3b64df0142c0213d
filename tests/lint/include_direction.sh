#!/usr/bin/env bash
# config <- probes <- daemon: no file may include a room above its own, and nobody includes tests/.
# Usage: include_direction.sh SOURCE_DIR. Prints the lines at fault; exit 1 if there are any.
set -euo pipefail
cd "$1"
status=0
forbid() {  # ROOM PATTERN: no file below ROOM may include a path that matches PATTERN
  local lines
  lines=$(grep -rnE "^#include \"($2)/" "$1" --include='*.hpp' --include='*.cpp' || true)
  if [[ -n $lines ]]; then
    printf '%s may not look into %s:\n%s\n' "$1" "$2" "$lines"
    status=1
  fi
}
forbid config 'probes|daemon|tests|deploy'
forbid probes 'daemon|tests|deploy'
forbid daemon 'tests|deploy'

# The pure core stays free of Asio, so that it compiles in a blink.
asio=$(grep -rnE '^#include <boost/asio' config probes/judge probes/observation.hpp \
  probes/measurement.hpp probes/failure.hpp || true)
if [[ -n $asio ]]; then
  printf 'Asio in a pure room:\n%s\n' "$asio"
  status=1
fi

# Every project include names its room: "probes/failure.hpp", never "failure.hpp".
bare=$(grep -rnE '^#include "' config probes daemon tests --include='*.hpp' --include='*.cpp' |
  grep -vE '#include "(config|probes|daemon|tests)/' || true)
if [[ -n $bare ]]; then
  printf 'an include without its room:\n%s\n' "$bare"
  status=1
fi
exit $status
