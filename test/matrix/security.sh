#!/bin/sh
# Prints the page of the attacks on the guard as one PostgreSQL version makes it; docs/security-matrix.md keeps it:
#
#   sh test/matrix/security.sh 15                                     without root rights
#   sh test/matrix/in-root.sh 17 sh test/matrix/security.sh 17        with them
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/lib/postgres.sh"
[ $# -eq 1 ] || die "usage: security.sh VERSION"

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
	LCG_SECURITY_WRITE="$work/page" TMPDIR="$work/tmp" make -s installcheck REGRESS= ISOLATION= PROVE_TESTS=test/matrix/security_matrix.pl || true
} >"$work/log" 2>&1
cat "$work/page/security-matrix.md" || { tail -n 50 "$work/log" >&2; exit 1; }
