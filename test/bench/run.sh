#!/bin/sh
# What the guard costs: DDL in record mode, SELECT and INSERT, each in pairs taken in turn in one run: a database with
# the extension and one without, in one cluster that preloads the library.  Prints plain figures and judges nothing.
#
#   make bench                           in a built tree, with the PostgreSQL of PG_CONFIG or the distribution's
#   LCG_PAIRS=31 LCG_ROUNDS=500 ...      more pairs, more rounds of the DDL mix in a sample
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/bench/common.sh"

pairs=${LCG_PAIRS:-15}
rounds=${LCG_ROUNDS:-300}
seconds=${LCG_SECONDS:-2}
version=${LCG_BENCH_VERSION:-$(bench_version)}
bench_in_scratch run.sh LCG_BENCH_VERSION="$version" LCG_PAIRS="$pairs" LCG_ROUNDS="$rounds" LCG_SECONDS="$seconds"
# Durability as everybody has it.
bench_cluster "$version" "fsync = on" "max_wal_size = '8GB'"

for database in without with; do
	createdb "$database"
	psql -qX -d "$database" -v ON_ERROR_STOP=1 -c 'CREATE TABLE facts (id int PRIMARY KEY, body text)' \
		-c "INSERT INTO facts SELECT n, repeat('x', 100) FROM generate_series(1, 100000) n" \
		-c 'CREATE TABLE arrivals (id bigint, body text)' -c 'VACUUM ANALYZE facts'
done
psql -qX -d with -c 'CREATE EXTENSION langchef_guard'

# The mix: a table with a key, a column, an index, a comment, and the end of it.
i=0
while [ "$i" -lt "$rounds" ]; do
	i=$((i + 1))
	cat <<-SQL
		CREATE TABLE mix (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, made timestamptz DEFAULT now());
		ALTER TABLE mix ADD COLUMN version text;
		CREATE INDEX mix_name ON mix (name);
		COMMENT ON TABLE mix IS 'round $i';
		DROP TABLE mix;
	SQL
done >"$work/mix.sql"
echo '\set id random(1, 100000)
SELECT body FROM facts WHERE id = :id;' >"$work/select.sql"
echo '\set id random(1, 1000000)
INSERT INTO arrivals VALUES (:id, repeat(chr(97), 100));' >"$work/insert.sql"

# The time of one sample of the mix, in milliseconds for each round.
sample_ddl() {
	start=$(milliseconds)
	psql -qX -d "$1" -v ON_ERROR_STOP=1 -f "$work/mix.sql" >/dev/null
	end=$(milliseconds)
	awk -v took=$((end - start)) -v rounds="$rounds" 'BEGIN { printf "%.4f\n", took / rounds }'
}

# The mean time of one statement, in milliseconds.
sample_dml() {
	pgbench -n -M prepared -c 1 -T "$seconds" -f "$work/$2.sql" "$1" 2>/dev/null |
		awk '$1 == "tps" { printf "%.6f\n", 1000 / $3; exit }'
}
sample_select() { sample_dml "$1" select; }
sample_insert() { sample_dml "$1" insert; }

# measure WHAT UNIT: pairs in turn, the first of each pair changing, after one pair that does not count.
measure() {
	: >"$work/$1"
	pair=0
	while [ "$pair" -le "$pairs" ]; do
		if [ $((pair % 2)) -eq 0 ]; then
			without=$("sample_$1" without)
			with=$("sample_$1" with)
		else
			with=$("sample_$1" with)
			without=$("sample_$1" without)
		fi
		[ "$pair" -eq 0 ] || echo "$without $with" >>"$work/$1"
		pair=$((pair + 1))
		psql -qX -d postgres -c CHECKPOINT
	done
	awk -v what="$1" -v unit="$2" '
		function median(values, n,    i, j, kept) {
			for (i = 2; i <= n; i++) {
				kept = values[i]
				for (j = i - 1; j > 0 && values[j] > kept; j--) values[j + 1] = values[j]
				values[j + 1] = kept
			}
			return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
		}
		{ a[NR] = $1; b[NR] = $2; ratio[NR] = $2 / $1 }
		END {
			m = median(ratio, NR)
			printf "%-7s without %8.4f ms, with %8.4f ms per %s; ratio: median %.3f, quartiles %.3f to %.3f, range %.3f to %.3f, %d pairs\n",
				what, median(a, NR), median(b, NR), unit, m, ratio[int((NR + 3) / 4)], ratio[int((3 * NR + 3) / 4)], ratio[1], ratio[NR], NR
		}' "$work/$1"
}

note "PostgreSQL $version, langchef_guard in record mode; a round of ddl is CREATE TABLE, ADD COLUMN, CREATE INDEX, COMMENT, DROP TABLE"
measure ddl "round"
measure select "statement"
measure insert "statement"
psql -AtqX -d with -c "SELECT '# the ledger has ' || count(*) || ' rows, ' || pg_size_pretty(pg_total_relation_size('langchef_guard.ledger')) FROM langchef_guard.ledger"
