#!/bin/sh
# What drift costs in a database of many tables: 10 columns, 3 constraints and 2 indexes each.  Everything is taken in
# turn in one run, each in a session of its own; prints plain figures and judges nothing.
#
#   make drift-bench                     in a built tree, with the PostgreSQL of PG_CONFIG or the distribution's
#   LCG_TABLES=100000 LCG_ROUNDS=5 ...   more tables, more rounds
#   LCG_ALEMBIC=no ...                   without Alembic's autogenerate, which takes minutes
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/bench/common.sh"

tables=${LCG_TABLES:-10000}
rounds=${LCG_ROUNDS:-3}
with_alembic=${LCG_ALEMBIC:-yes}
version=${LCG_BENCH_VERSION:-$(bench_version)}
bench_in_scratch drift.sh LCG_BENCH_VERSION="$version" LCG_TABLES="$tables" LCG_ROUNDS="$rounds" LCG_ALEMBIC="$with_alembic"
# pg_dump locks every table in one transaction.
bench_cluster "$version" "max_wal_size = '16GB'" "max_locks_per_transaction = $((tables / 50 + 64))"

createdb many
cat >"$work/many.sql" <<SQL
CREATE PROCEDURE make_tables(first int, last int) LANGUAGE plpgsql AS \$\$
BEGIN
	FOR i IN first..last LOOP
		EXECUTE format('CREATE TABLE t%1\$s (c1 bigint GENERATED ALWAYS AS IDENTITY, c2 text NOT NULL, c3 varchar(100), c4 numeric(12,2) DEFAULT 0,'
			' c5 timestamptz DEFAULT now(), c6 boolean NOT NULL DEFAULT false, c7 integer, c8 jsonb, c9 date, c10 bigint,'
			' CONSTRAINT t%1\$s_pkey PRIMARY KEY (c1), CONSTRAINT t%1\$s_c7_check CHECK (c7 > 0),'
			' CONSTRAINT t%1\$s_c10_fkey FOREIGN KEY (c10) REFERENCES t%2\$s (c1))', i, (i + 1) / 2);
		EXECUTE format('CREATE INDEX t%1\$s_c2_idx ON t%1\$s (c2)', i);
		EXECUTE format('CREATE INDEX t%1\$s_c5_idx ON t%1\$s (c5, lower(c3)) WHERE c6', i);
		IF i % 500 = 0 THEN COMMIT; END IF;
	END LOOP;
END \$\$;
CALL make_tables(1, $tables);
DROP PROCEDURE make_tables;
CREATE EXTENSION langchef_guard;
VACUUM ANALYZE;
CHECKPOINT;
SQL
psql -qX -d many -v ON_ERROR_STOP=1 -f "$work/many.sql"

# timed NAME COMMAND...: adds the time to the file of that name.
timed() {
	name=$1
	shift
	start=$(milliseconds)
	"$@" >/dev/null
	end=$(milliseconds)
	echo $((end - start)) >>"$work/$name.ms"
}

# query NAME SQL: one statement in a new session, and what memory it took at most.
query() {
	cat >"$work/query.sql" <<-SQL
		SELECT pg_backend_pid() AS pid \gset
		\setenv PID :pid
		$2;
		\! awk '/^(VmHWM|RssShmem|RssFile):/ { value[\$1] = \$2 } END { print value["VmHWM:"], value["VmHWM:"] - value["RssShmem:"] - value["RssFile:"] }' /proc/\$PID/status >>"$work/$1.kb"
	SQL
	timed "$1" psql -qXAt -d many -v ON_ERROR_STOP=1 -f "$work/query.sql"
}

# The same in a session that has compared before, by the server's clock.
query_again() {
	cat >"$work/query.sql" <<-SQL
		SELECT pg_backend_pid() AS pid \gset
		\setenv PID :pid
		SELECT count(*) FROM langchef_guard.drift('release');
		\! psql -qXAt -d many -c '$2'
		SELECT clock_timestamp() AS start \gset
		SELECT count(*) FROM langchef_guard.drift('release');
		\o $work/again
		SELECT round(extract(epoch FROM clock_timestamp() - :'start'::timestamptz) * 1000);
		\o
		\! awk '/^(VmHWM|RssShmem|RssFile):/ { value[\$1] = \$2 } END { print value["VmHWM:"], value["VmHWM:"] - value["RssShmem:"] - value["RssFile:"] }' /proc/\$PID/status >>"$work/$1.kb"
	SQL
	psql -qXAt -d many -v ON_ERROR_STOP=1 -f "$work/query.sql" >/dev/null
	cat "$work/again" >>"$work/$1.ms"
}

sql() { psql -qXAt -d many -v ON_ERROR_STOP=1 -c "$1"; }

cat >"$work/autogenerate.py" <<'PYTHON'
import sys, time
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

model = sa.MetaData()
for i in range(1, int(sys.argv[2]) + 1):
    sa.Table(f't{i}', model, sa.Column('c1', sa.BigInteger, sa.Identity(always=True), primary_key=True), sa.Column('c2', sa.Text, nullable=False),
             sa.Column('c3', sa.String(100)), sa.Column('c4', sa.Numeric(12, 2), server_default='0'),
             sa.Column('c5', sa.DateTime(timezone=True), server_default=sa.text('now()')),
             sa.Column('c6', sa.Boolean, nullable=False, server_default='false'), sa.Column('c7', sa.Integer), sa.Column('c8', postgresql.JSONB),
             sa.Column('c9', sa.Date), sa.Column('c10', sa.BigInteger, sa.ForeignKey(f't{(i + 1) // 2}.c1', name=f't{i}_c10_fkey')),
             sa.CheckConstraint('c7 > 0', name=f't{i}_c7_check'), sa.Index(f't{i}_c2_idx', 'c2'))
with sa.create_engine(sys.argv[1]).connect() as connection:
    start = time.monotonic()
    compare_metadata(MigrationContext.configure(connection, opts={'compare_type': True}), model)
    print(int((time.monotonic() - start) * 1000))
PYTHON

query registration "SELECT langchef_guard.register_expected('release')"
round=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	timed pg_dump pg_dump -s -f /dev/null many
	sql 'DELETE FROM langchef_guard.expected_stamp; DELETE FROM langchef_guard.catalog_map' >/dev/null
	query cold "SELECT count(*) FROM langchef_guard.drift('release')"
	sql "ALTER TABLE t$((round * 7)) ADD COLUMN late int" >/dev/null
	query warm "SELECT count(*) FROM langchef_guard.drift('release')"
	query same "SELECT count(*) FROM langchef_guard.drift('release')"
	[ "$(sql "SELECT count(*) FROM langchef_guard.drift('release')")" = "$round" ] || die "drift does not tell of the columns added"
	query_again session "ALTER TABLE t$((round * 7)) DROP COLUMN late"
	sql "ALTER TABLE t$((round * 7)) ADD COLUMN late int" >/dev/null
	query again "SELECT langchef_guard.register_expected('other')"
done
if [ "$with_alembic" = yes ]; then
	if python3 -c 'import alembic' 2>/dev/null; then python=python3; else python=/usr/bin/python3; fi
	"$python" "$work/autogenerate.py" "postgresql://postgres@/many?host=$PGHOST" "$tables" >>"$work/alembic.ms" 2>"$work/alembic.log" ||
		note "Alembic was left out: it did not run"
fi

median() { sort -n "$1" | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
most() { sort -n -k"$2" "$1" | awk -v column="$2" 'END { printf "%.0f", $column / 1024 }'; }
note "PostgreSQL $version, $tables tables, $rounds rounds, medians; memory at its peak, with and without what all backends share"
dump=$(median "$work/pg_dump.ms")
line() {
	[ -s "$work/$1.ms" ] || return 0
	memory=
	if [ -s "$work/$1.kb" ]; then memory="$(most "$work/$1.kb" 1) MB, $(most "$work/$1.kb" 2) MB"; fi
	awk -v what="$2" -v took="$(median "$work/$1.ms")" -v dump="$dump" -v memory="$memory" \
		'BEGIN { printf "%-46s %8d ms, of pg_dump -s %7.3f  %s\n", what, took, took / dump, memory }'
}
line pg_dump "pg_dump -s"
line cold "drift, cold"
line warm "drift, warm, after one change, new session"
line session "drift, warm, after one change, same session"
line same "drift, warm, after none, new session"
line registration "registration, first"
line again "registration, again"
line alembic "Alembic, autogenerate"
