#!/bin/sh
# PostgreSQL's regression database, the one that its own test suite leaves behind: registered, dumped and restored, and
# compared; then changed in many ways, one at a time.
#
#   sh test/others/regression.sh 15          without root rights; needs Debian's archive and a C compiler
#
# LCG_OTHERS=DIR keeps what is downloaded.  LCG_CHANGES is the number of changes (200), LCG_SEED chooses others.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/lib/postgres.sh"
. "$root/test/lib/tap.sh"
. "$root/test/others/sources.sh"
[ $# -eq 1 ] || die "usage: regression.sh VERSION"
version=$1
changes=${LCG_CHANGES:-200}
seed=${LCG_SEED:-1}

clean_environment
work=$(mktemp -d)
others=${LCG_OTHERS:-$work/others}
mkdir -p "$others"
cleanup() {
	cluster_stop "$work/cluster"
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 129' HUP INT TERM
mkdir "$work/src" "$work/tmp" "$work/modules"
export TMPDIR="$work/tmp"

private_postgres "$work/postgres" "$version"
bin=$("$PG_CONFIG" --bindir)
modules=$("$PG_CONFIG" --pkglibdir)
suite=$others/postgresql-$version/src/test/regress
{
	prepare_sources
	source_of "postgresql-$version" "$others/postgresql-$version"
	pack_tree "$root" | tar --extract --directory="$work/src"
	make -s -C "$work/src" -j "$(nproc)"
	make -s -C "$work/src" install
	# What the suite's functions are written in, and Debian does not package.
	cc -O1 -fPIC -shared -I"$("$PG_CONFIG" --includedir-server)" -o "$work/modules/regress.so" "$suite/regress.c"
	for module in autoinc refint; do
		[ ! -e "$modules/$module.so" ] || ln -s "$modules/$module.so" "$work/modules/"
	done
} >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; die "could not prepare"; }

cluster_start "$work/cluster" "shared_preload_libraries = 'langchef_guard'" "langchef_guard.mode = 'record'" "wal_level = logical"
query() {
	database=$1
	shift
	"$bin/psql" -XqAt -v ON_ERROR_STOP=1 -d "$database" "$@"
}

# Some tests need the very minor version that the sources are of: what matters is the database they leave.
"$modules/pgxs/src/test/regress/pg_regress" --inputdir="$suite" --outputdir="$work/tmp" --bindir="$bin" --dlpath="$work/modules" \
	--dbname=regression --no-locale --max-concurrent-tests=20 --schedule="$suite/parallel_schedule" >"$work/out" 2>&1 || true
grep -E '^ (All )?[0-9]+ (of|tests)' "$work/out" | sed 's/^/# suite: /'

query regression -c 'CREATE EXTENSION langchef_guard'
facts=$(query regression -c "SELECT langchef_guard.register_expected('base')")
note "$facts facts"
contains "$facts" '^[0-9]{4,}$' "the regression database is registered"
is "$(query regression -c "SELECT langchef_guard.is_clean('base')")" t "and does not differ from itself"
query regression -c 'SELECT * FROM langchef_guard.snapshot()' >"$work/snapshot"
query regression -c 'SELECT * FROM langchef_guard.snapshot()' | cmp -s - "$work/snapshot"
verdict $? "its snapshot is the same every time"

createdb restored
runs "it is dumped" pg_dump --format=custom --file="$work/dump" regression
runs "and restored with the expected schema" pg_restore --dbname=restored --exit-on-error "$work/dump"
# Settings of the database are dumped with --create only, which gives it the name it had.
pg_dump --create --schema-only regression | sed -n 's/^ALTER DATABASE regression SET /ALTER DATABASE restored SET /p' | query restored

# What pg_dump does not dump: the order of columns in heirs that had them before they inherited them, and what
# operators name that were never made.
unlike="SELECT string_agg(concat_ws(' ', operation, kind, object, attribute), E'\n')
  FROM langchef_guard.drift('base')
 WHERE NOT (kind = 'column' AND attribute = 'ordinal' AND EXISTS (SELECT FROM pg_inherits i
            WHERE parent = (SELECT format('%s.%s', quote_ident(n.nspname), quote_ident(c.relname)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = i.inhrelid)))
   AND NOT (kind = 'operator' AND operation = 'missing' AND object = ANY (:'shells'))"
shells=$(query regression -c "SELECT array_agg(format('%s.\"%s\"(%s,%s)', oprnamespace::regnamespace, oprname, oprleft::regtype, oprright::regtype)) FROM pg_operator WHERE oprcode = 0")
is "$(echo "$unlike;" | query restored -v shells="$shells")" "" "drift between the two is empty but for what pg_dump does not dump"
note "$(query restored -c "SELECT count(*) FILTER (WHERE attribute = 'ordinal') || ' columns in another order, ' || count(*) FILTER (WHERE kind = 'operator') || ' operators that were never made' FROM langchef_guard.drift('base')")"

# The same by a document: drift() of a database whose expected schema came from another one.
query restored -v document="$work/snapshot" >"$work/log" <<'SQL'
\set content `cat :'document'`
SELECT langchef_guard.register_expected('document', :'content') > 0
SQL
is "$(query restored -c "SELECT count(*) FROM langchef_guard.drift('document')")" "$(query restored -c "SELECT count(*) FROM langchef_guard.drift('base')")" \
	"drift from its snapshot is the same"

# More than wanted: the server refuses some.
query regression -v seed="$seed" -v changes="$((changes * 3 / 2))" -f "$root/test/others/changes.sql" >"$work/changes.sql"
"$bin/psql" -XqAt -v VERBOSITY=terse -d regression -f "$work/changes.sql" >"$work/changes.out" 2>&1 || true
awk -v wanted="$changes" -f "$root/test/others/judge.awk" "$work/changes.out" >"$work/verdict"
head -n -1 "$work/verdict" | diagnose
is "$(tail -n 1 "$work/verdict")" "$changes of $changes" "each of $changes changes is found with its object and its ledger row, and nothing else"
done_testing
