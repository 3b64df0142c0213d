#!/usr/bin/env bash
# The Debian package is built with what deploy/packages.txt names for building, and nothing else:
# Debian's own Build-Depends and that list say the same.
# Usage: package_lists.sh SOURCE_DIR. Prints what only one of them has; exit 1 if there is anything.
set -euo pipefail
cd "$1"
# Every Debian that builds packages has dpkg-dev; debhelper comes by its compatibility level.
listed=$(awk '/^\[/ { section = $1; next }
  NF && $1 !~ /^#/ && (section == "[build]" || section == "[package]") { print $1 }' \
  deploy/packages.txt | grep -vxE 'debhelper|dpkg-dev' | sort)
depends=$(sed -n '/^Build-Depends:/,/^[A-Z][a-z-]*-[A-Z]/{s/^ \([a-z0-9.+-]*\).*,$/\1/p}' \
  deploy/debian/control | grep -vx debhelper-compat | sort)
diff --old-line-format='packages.txt alone: %L' --new-line-format='control alone: %L' \
  --unchanged-line-format='' <(echo "$listed") <(echo "$depends")
