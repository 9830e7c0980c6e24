#!/bin/sh
# Prints the page of what drift tells, as docs/drift-battery.md keeps it for all PostgreSQL versions, made by one:
#
#   sh test/matrix/drift.sh 15                                     without root rights
#   sh test/matrix/in-root.sh 17 sh test/matrix/drift.sh 17        with them
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/lib/postgres.sh"
. "$root/test/matrix/page.sh"
[ $# -eq 1 ] || die "usage: drift.sh VERSION"

print_page "$root" "$1" test/matrix/drift_battery.pl LCG_DRIFT_WRITE drift-battery.md
