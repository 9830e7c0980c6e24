#!/bin/sh
# Prints the page of the attacks on the guard as one PostgreSQL version makes it; docs/security-matrix.md keeps it:
#
#   sh test/matrix/security.sh 15                                     without root rights
#   sh test/matrix/in-root.sh 17 sh test/matrix/security.sh 17        with them
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/lib/postgres.sh"
. "$root/test/matrix/page.sh"
[ $# -eq 1 ] || die "usage: security.sh VERSION"

print_page "$root" "$1" test/matrix/security_matrix.pl LCG_SECURITY_WRITE security-matrix.md
