#!/usr/bin/env bash
# Every C++ file looks as clang-format-19 would write it. Mend with: clang-format-19 -i FILE
# Usage: format.sh SOURCE_DIR. Prints the files at fault; exit 1 if there are any.
set -euo pipefail
cd "$1"
status=0
while IFS= read -r file; do
  if ! clang-format-19 --dry-run -Werror "$file" >/dev/null 2>&1; then
    echo "$file: clang-format-19 would change it"
    status=1
  fi
done < <(find config probes daemon tests -name '*.hpp' -o -name '*.cpp' | sort)
exit $status
