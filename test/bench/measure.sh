#!/bin/sh
# measure.sh DIR PAIRS: the measuring itself; without root rights.
# Two databases of one cluster, one with the extension in mode record and one
# without; samples are taken in turn, so that the machine's moods hit both.
set -eu
dir=$1
pairs=$2
. "$dir/base.sh"
. "$dir/postgres.sh"

# Durability as shipped: what a commit costs is part of what DDL costs.
cluster_start "$dir/cluster" "shared_preload_libraries = 'langchef_guard'" "fsync = on" "autovacuum = off"
trap 'cluster_stop "$dir/cluster"' EXIT
for database in without with; do
    psql -qX -c "CREATE DATABASE \"$database\""
    psql -qX -d "$database" -c 'CREATE TABLE rows (id int PRIMARY KEY, value text)' -c "INSERT INTO rows SELECT g, 'x' FROM generate_series(1, 1000) g"
done
psql -qX -d with -c 'CREATE EXTENSION langchef_guard' -c "ALTER DATABASE \"with\" SET langchef_guard.mode = 'record'"

# One file of statements, so that psql's start is not what is measured.
: >"$dir/mix.sql"
for n in $(seq 1 60); do
    sed "s/:n/$n/g" "$dir/ddl.sql" >>"$dir/mix.sql"
done
echo 'SELECT value FROM rows WHERE id = 1 + (random() * 999)::int;' >"$dir/select.sql"
echo "INSERT INTO rows VALUES (1000 + nextval('ids'), 'y');" >"$dir/insert.sql"
for database in without with; do psql -qX -d "$database" -c 'CREATE SEQUENCE ids'; done

ddl() { psql -qX -d "$1" -f "$dir/mix.sql" >/dev/null; }
# The same without waiting for the disk: what is left is the work itself.
nowait() { PGOPTIONS='-c synchronous_commit=off' ddl "$1"; }
dml() { pgbench -n -M prepared -t 3000 -f "$dir/$2.sql" "$1" >/dev/null 2>&1; }

# sample WHAT DATABASE: microseconds.
sample() {
    begin=$(date +%s%N)
    case $1 in
        ddl | nowait) "$1" "$2" ;;
        *) dml "$2" "$1" ;;
    esac
    echo $((($(date +%s%N) - begin) / 1000))
}

for what in ddl nowait select insert; do
    sample "$what" without >/dev/null
    sample "$what" with >/dev/null
    for pair in $(seq 1 "$pairs"); do
        # Who goes first changes, too.
        if [ $((pair % 2)) -eq 0 ]; then
            a=$(sample "$what" without); b=$(sample "$what" with)
        else
            b=$(sample "$what" with); a=$(sample "$what" without)
        fi
        echo "$a $b"
    done | awk -v what="$what" '
        { ratio[NR] = $2 / $1; base[NR] = $1 }
        function sorted(v, n,   i, j, t) { for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j] < v[j-1]; j--) { t = v[j]; v[j] = v[j-1]; v[j-1] = t } }
        END {
            sorted(ratio, NR); sorted(base, NR)
            printf "%-7s median ratio with/without %.3f  (quartiles %.3f to %.3f, %d pairs; %.1f ms without)\n",
                   what, ratio[int((NR + 1) / 2)], ratio[int((NR + 3) / 4)], ratio[int((3 * NR + 3) / 4)], NR, base[int((NR + 1) / 2)] / 1000
        }'
done
