#!/bin/sh
# Runs layers of the test suite against one PostgreSQL version, in the tree it stands in, without root rights.
#
#   suite.sh VERSION LAYER...      layers: see layers.sh
#
# For each layer it prints the failures and one row "LAYER version name passed failed seconds".
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/lib/postgres.sh"
. "$root/test/lib/layers.sh"
. "$root/test/lib/count.sh"

[ $# -ge 2 ] || die "usage: suite.sh VERSION LAYER..."
version=$1
shift

clean_environment
work=$(mktemp -d /tmp/lcg.XXXXXX)
cleanup() {
	cluster_stop "$work/cluster"
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 129' HUP INT TERM
mkdir "$work/tmp"
export TMPDIR="$work/tmp"                      # what a test forgets there is removed with it
export HOME="$work"                            # no start-up file of the user's counts

private_postgres "$work/postgres" "$version"
cd "$root"
failures=0
for layer; do
	log=$work/$layer.log
	started=$(date +%s)
	set +e                                         # not "|| status=$?", which would disable -e inside
	( set -e; "layer_$layer" ) >"$log" 2>&1 </dev/null
	status=$?
	set -e
	counts=$("count_$layer" "$status" <"$log")
	echo "LAYER $version $layer $counts $(($(date +%s) - started)) s"
	if [ "${counts#* }" -ne 0 ]; then
		failures=1
		explain_failure "$layer" "$log"
	else
		grep -i '# skip' "$log" || true
	fi
done
exit "$failures"
