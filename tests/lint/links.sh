#!/usr/bin/env bash
# Every local link of the Markdown files leads to a file that exists.
# Usage: links.sh SOURCE_DIR. Prints the dead links; exit 1 if there are any.
set -euo pipefail
cd "$1"
status=0
while IFS= read -r page; do
  while IFS= read -r link; do
    path=${link%%#*}
    case $link in *://* | mailto:*) continue ;; esac
    if [[ -n $path && ! -e $(dirname "$page")/$path ]]; then
      echo "$page: nothing at $link"
      status=1
    fi
  done < <(grep -oE '\]\([^) ]+\)' "$page" | sed 's/^](//; s/)$//')
done < <(find . -name '*.md' ! -path './build/*' ! -path './node_modules/*' ! -path './.*/*' | sort)
exit $status
