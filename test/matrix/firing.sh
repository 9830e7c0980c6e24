#!/bin/sh
# Prints the page of what the guard sees on one PostgreSQL version, as docs/firing-matrix-VERSION.md keeps it:
#
#   sh test/matrix/firing.sh 15                                     without root rights
#   sh test/matrix/in-root.sh 17 sh test/matrix/firing.sh 17        with them
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/lib/postgres.sh"
. "$root/test/matrix/page.sh"
[ $# -eq 1 ] || die "usage: firing.sh VERSION"

print_page "$root" "$1" test/matrix/firing_matrix.pl LCG_FIRING_WRITE "firing-matrix-$1.md"
