#!/bin/sh
# Expected schemas from the SQL that Alembic writes offline, each at its revision: what is still to be applied is no drift.
set -eu
. "$(dirname "$0")/setup.sh"
cluster_start "$work/cluster" "shared_preload_libraries = 'langchef_guard'" "langchef_guard.seal_interval = 0"

createdb app
sql app "CREATE EXTENSION langchef_guard"
runs "upgrade to the fifth revision" migrate app upgrade d8e25a3f9170
register() { psql -qXAt -v ON_ERROR_STOP=1 -v ddl="$(cat "$2")" -d app -c '\set QUIET on' -f - <<E
SELECT langchef_guard.register_expected_ddl('$1', :'ddl') > 50;
E
}
migrate app upgrade d8e25a3f9170 --sql >"$work/now.sql" 2>/dev/null
migrate app upgrade head --sql >"$work/head.sql" 2>/dev/null
is "$(register now "$work/now.sql")" t "what alembic upgrade --sql writes is registered"
is "$(register next "$work/head.sql")" t "and that of the next revision"
is "$(sql app "SELECT string_agg(name || ' ' || revision, ', ' ORDER BY name) FROM langchef_guard.expected_schemas")" \
	"next f36b91d04c8e, now d8e25a3f9170" "each at the revision that it leads to"
is "$(sql app "SELECT langchef_guard.expected_at()")" now "the database's revision has its schema"
is "$(sql app "SELECT count(*) FROM langchef_guard.drift(langchef_guard.expected_at())")" 0 "without drift"
is "$(sql app "SELECT count(*) > 0 FROM langchef_guard.drift('next')")" t "the next one is not there yet"
runs "upgrade head" migrate app upgrade head
is "$(sql app "SELECT langchef_guard.expected_at()")" next "then it is"
is "$(sql app "SELECT count(*) FROM langchef_guard.drift(langchef_guard.expected_at())")" 0 "without drift"
is "$(sql app "SELECT langchef_guard.expected_at('d8e25a3f9170')")" now "the other can be asked for"
is "$(sql app "SELECT langchef_guard.expected_at('nowhere')" 2>&1 | head -n 1)" \
	'ERROR:  no expected schema is registered at revision "nowhere"' "a revision without one is an error"
is "$(sql app "SELECT count(*) FROM pg_database WHERE datname LIKE 'langchef\\_guard\\_scratch%'")" 0 "no scratch database is left"

done_testing
