#!/bin/sh
# Prints the page of what the guard sees on one PostgreSQL version, as docs/firing-matrix-VERSION.md keeps it:
#
#   sh test/matrix/firing.sh 15                                     without root rights
#   sh test/matrix/in-root.sh 17 sh test/matrix/firing.sh 17        with them
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/lib/postgres.sh"
[ $# -eq 1 ] || die "usage: firing.sh VERSION"

clean_environment
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP INT TERM
private_postgres "$work/postgres" "$1"
mkdir "$work/src" "$work/page" "$work/tmp"
pack_tree "$root" | tar --extract --directory="$work/src"
cd "$work/src"
{
	make -s -j "$(nproc)"
	make -s install
	# The test fails where the page differs from the one that is kept; the page is written all the same.
	LCG_FIRING_WRITE="$work/page" TMPDIR="$work/tmp" make -s installcheck REGRESS= ISOLATION= PROVE_TESTS=test/matrix/firing_matrix.pl || true
} >"$work/log" 2>&1
cat "$work/page/firing-matrix-$1.md" || { tail -n 50 "$work/log" >&2; exit 1; }
