#!/usr/bin/env bash
# Every script of the project parses: bash by `bash -n`, Python by its own parser.
# Usage: scripts.sh SOURCE_DIR. Prints what is wrong; exit 1 if anything is.
set -euo pipefail
cd "$1"
status=0
while IFS= read -r file; do
  case $(head -n 1 "$file" | tr -d '\0') in
    '#!'*bash*) bash -n "$file" || status=1 ;;
  esac
done < <(find .ci deploy tests -type f ! -path '*/corpus/*' ! -path '*/data/*' | sort)
while IFS= read -r file; do
  /usr/bin/python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file" ||
    status=1
done < <(find deploy tests -name '*.py' | sort)
exit $status
