# Sourced by the tests of this directory: a throw-away cluster, LangChef's migrations, and TAP.

root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/lib/postgres.sh"
. "$root/test/lib/tap.sh"

config_before=${PG_CONFIG:-}
clean_environment
if [ -z "$config_before" ]; then
	PG_CONFIG=$(ls -d /usr/lib/postgresql/*/bin/pg_config | sort -V | tail -n 1)
	export PG_CONFIG
fi
PATH=$("$PG_CONFIG" --bindir):$PATH
export PATH PYTHONDONTWRITEBYTECODE=1

work=$(mktemp -d /tmp/lcg.XXXXXX)
finish() {
	cluster_stop "$work/cluster"
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 129' HUP INT TERM

# migrate DATABASE ARGUMENT...: Alembic, as the owner of the database.
migrate() {
	database=$1
	shift
	DATABASE_URL="postgresql://${MIGRATOR:-postgres}@/$database" alembic -c "$root/demo/alembic/alembic.ini" "$@"
}

sql() { psql -qXAt -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }

# The schema of a database, without what differs from run to run.
schema_of() { pg_dump --schema-only --no-owner --no-privileges "$1" | sed -E '/^\\(un)?restrict /d; /^--/d; /^$/d'; }
