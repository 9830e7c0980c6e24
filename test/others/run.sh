#!/bin/sh
# Runs the regression tests of extensions that hook the same places with the guard loaded beside them, before and
# after it, in record mode and installed in the database; and tests of the guard with those extensions loaded.
#
#   sh test/others/run.sh 15          without root rights; needs Debian's archive
#
# LCG_OTHERS=DIR keeps what is downloaded.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/lib/postgres.sh"
. "$root/test/lib/tap.sh"
. "$root/test/others/sources.sh"
[ $# -eq 1 ] || die "usage: run.sh VERSION"
version=$1

clean_environment
work=$(mktemp -d)
# Kept across runs when a place is given for it.
others=${LCG_OTHERS:-$work/others}
mkdir -p "$others"
cleanup() {
	for cluster in "$work"/cluster*; do cluster_stop "$cluster"; done
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 129' HUP INT TERM
mkdir "$work/src" "$work/tmp"
export TMPDIR="$work/tmp"

private_postgres "$work/postgres" "$version"
pg_regress=$(dirname "$("$PG_CONFIG" --pgxs)")/../test/regress/pg_regress
bin=$("$PG_CONFIG" --bindir)
{
	prepare_sources
	source_of "postgresql-$version" "$others/postgresql-$version"
	source_of "postgresql-$version-pgaudit" "$others/pgaudit-$version"
	for package in pgaudit plpgsql-check; do install_into "$work/postgres" "postgresql-$version-$package"; done
	pack_tree "$root" | tar --extract --directory="$work/src"
	cd "$work/src"
	make -s -j "$(nproc)"
	make -s install
} >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; die "could not prepare"; }

number=0
# with LIBRARIES SETTING...: a cluster with those preloaded.
with() {
	cluster_stop "$work/cluster$number"
	number=$((number + 1))
	libraries=$1
	shift
	cluster_start "$work/cluster$number" "shared_preload_libraries = '$libraries'" "compute_query_id = on" "$@"
}

# suite NAME DIR TEST...: another extension's tests, in a database where the guard is installed.
suite() {
	name="$1: $libraries"
	dir=$2
	shift 2
	if "$pg_regress" --inputdir="$dir" --outputdir="$work/tmp" --bindir="$bin" --dbname=contrib_regression \
		--load-extension=langchef_guard "$@" >"$work/out" 2>&1; then
		verdict 0 "$name"
	else
		verdict 1 "$name"
		tail -n 20 "$work/out" | diagnose
		head -n 100 "$work/tmp/regression.diffs" | diagnose
	fi
	rows=$("$bin/psql" -XqAt -d contrib_regression -c 'SELECT count(*) > 0 FROM langchef_guard.ledger')
	is "$rows" t "$name, recorded"
}

# own TEST...: tests of the guard.
own() {
	if make -s -C "$work/src" installcheck TAP_TESTS= ISOLATION= REGRESS="$*" >"$work/out" 2>&1; then
		verdict 0 "langchef_guard: $libraries"
	else
		verdict 1 "langchef_guard: $libraries"
		head -n 100 "$work/src/regression.diffs" | diagnose
	fi
}

record="langchef_guard.mode = 'record'"
statements=$others/postgresql-$version/contrib/pg_stat_statements
statement_tests=$(sed -e ':more' -e '/\\$/{N;s/\\\n//;b more' -e '}' "$statements/Makefile" | sed -n 's/^REGRESS *= *//p')

for libraries in pgaudit,langchef_guard langchef_guard,pgaudit; do
	with "$libraries" "$record"
	suite pgaudit "$others/pgaudit-$version" pgaudit
done
for libraries in pg_stat_statements,langchef_guard langchef_guard,pg_stat_statements; do
	with "$libraries" "$record" "max_prepared_transactions = 5"
	# shellcheck disable=SC2086
	suite pg_stat_statements "$statements" $statement_tests
done
for libraries in auto_explain,plpgsql_check,langchef_guard langchef_guard,auto_explain,plpgsql_check \
	pgaudit,pg_stat_statements,langchef_guard langchef_guard,pgaudit,pg_stat_statements; do
	with "$libraries" "auto_explain.log_min_duration = 0" "auto_explain.log_analyze = on" "auto_explain.log_nested_statements = on" \
		"pgaudit.log = 'all'" "$(cat "$root/test/regress.conf" 2>/dev/null || true)"
	# shellcheck disable=SC2046
	own $(cd "$root/sql" && ls record*.sql refuse*.sql approval.sql drift.sql | sed 's/\.sql$//')
done
done_testing
