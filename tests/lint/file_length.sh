#!/usr/bin/env bash
# No file of the three rooms is longer than 400 lines: a longer one hides a second noun.
# Usage: file_length.sh SOURCE_DIR. Prints the files at fault; exit 1 if there are any.
set -euo pipefail
cd "$1"
find config probes daemon \( -name '*.hpp' -o -name '*.cpp' \) -exec wc -l {} + |
  awk '$2 != "total" && $1 > 400 { print $2 ": " $1 " lines, 400 at most"; bad = 1 } END { exit bad }'
