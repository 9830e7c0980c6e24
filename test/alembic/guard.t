#!/bin/sh
# LangChef's revisions under the guard, by the real Alembic with an env.py that knows nothing of it.
set -eu
. "$(dirname "$0")/setup.sh"
cluster_start "$work/cluster" "shared_preload_libraries = 'langchef_guard'"
psql -qX -v ON_ERROR_STOP=1 -c 'CREATE ROLE langchef_app LOGIN' -c 'CREATE DATABASE langchef OWNER langchef_app'
MIGRATOR=langchef_app

# with TOKEN COMMAND...: as a deployment hands a token on.
with() {
	PGOPTIONS="-c langchef_guard.approval_token=$1"
	export PGOPTIONS
	shift
	"$@"
	unset PGOPTIONS
}
rows() { sql langchef 'SELECT count(uuid) FROM dataset_items'; }
approve() { sql langchef "SELECT langchef_guard.approve($1, 'agreed')"; }
proposal_in() { printf '%s\n' "$1" | sed -n 's/.*[Pp]roposal \([0-9][0-9]*\) .*/\1/p' | tail -n 1; }

sql langchef 'CREATE EXTENSION langchef_guard'
runs "upgrade head passes" migrate langchef upgrade head
is "$(sql langchef 'SELECT version_num FROM alembic_version')" f36b91d04c8e "the database is at head"
lacks "$output" 'WARNING|ERROR' "nothing is said about additive revisions"
is "$(sql langchef 'SELECT count(*) FROM langchef_guard.proposals')" 0 "no proposal was filed"
is "$(sql langchef "SELECT string_agg(DISTINCT revision_to, ' ' ORDER BY revision_to) FROM langchef_guard.changes")" \
	"1c0a4f27be90 58d3e1b9c6a4 a97b20c85d13 c41f7d6e0b52 d8e25a3f9170 f36b91d04c8e" "the ledger knows all six revisions"
is "$(sql langchef "SELECT DISTINCT revision_from || ' ' || revision_to FROM langchef_guard.changes
	WHERE identity LIKE '%ix_dataset_items_uuid%'")" "d8e25a3f9170 f36b91d04c8e" "an index belongs to its revision"

psql -qX -v ON_ERROR_STOP=1 -d langchef -U langchef_app -f "$root/demo/rows.sql"
sql langchef "SELECT langchef_guard.register_expected('release')" >/dev/null

# Two destructive commands in one revision: each refusal names what is lost, and the second proposal covers both.
refuses "downgrade is refused" migrate langchef downgrade -1
contains "$output" 'dropping column "uuid" of table "public.dataset_items" is not approved' "the error names the column"
contains "$output" 'Rule D0[34].*500 ' "the detail counts the values"
contains "$output" 'langchef_guard.approve\([0-9]+\)' "the hint names the proposal"
is "$(rows)" 500 "no value is lost"
is "$(sql langchef 'SELECT version_num FROM alembic_version')" f36b91d04c8e "the revision did not move"
is "$(sql langchef "SELECT status || ' ' || requester FROM langchef_guard.proposals")" "pending langchef_app" "a proposal is filed"

first=$(proposal_in "$output")
token=$(approve "$first")
contains "$token" '^lcg_' "approving gives a token"
refuses "the second command is refused" with "$token" migrate langchef downgrade -1
contains "$output" 'dropping column "column_mapping" of table "public.datasets" is not approved' "the error names the second column"
is "$(rows)" 500 "the first command is rolled back with the second"

both=$(approve "$(proposal_in "$output")")
runs "with the second token the downgrade passes" with "$both" migrate langchef downgrade -1
is "$(sql langchef 'SELECT version_num FROM alembic_version')" d8e25a3f9170 "the database is at the revision before"
is "$(sql langchef "SELECT count(*) FROM langchef_guard.changes WHERE revision_from = 'f36b91d04c8e'
	AND revision_to = 'd8e25a3f9170' AND operation = 'alter'
	AND (difference @> '[{\"op\": \"removed\", \"fact\": \"column:public.dataset_items.uuid\"}]'
	OR difference @> '[{\"op\": \"removed\", \"fact\": \"column:public.datasets.column_mapping\"}]')")" 2 "the ledger has both drops under their step"
is "$(sql langchef "SELECT count(*) FROM langchef_guard.changes AS c WHERE strpos(c::text, '$both') > 0")" 0 \
	"the token is not in the ledger"

runs "upgrade again passes" migrate langchef upgrade head
is "$(sql langchef "SELECT langchef_guard.is_clean('release')")" t "the schema is the release's again"
psql -qX -v ON_ERROR_STOP=1 -d langchef -U langchef_app -c 'UPDATE dataset_items SET uuid = gen_random_uuid() WHERE uuid IS NULL'
refuses "a spent token does not work twice" with "$both" migrate langchef downgrade -1
refuses "downgrade base is refused" migrate langchef downgrade base

# Offline SQL run by psql goes the same way.
createdb -O langchef_app offline
sql offline 'CREATE EXTENSION langchef_guard'
migrate offline upgrade head --sql >"$work/upgrade.sql" 2>/dev/null
runs "offline SQL passes" psql -qX -v ON_ERROR_STOP=1 -d offline -U langchef_app -f "$work/upgrade.sql"
is "$(sql offline "SELECT count(DISTINCT revision_to) FROM langchef_guard.changes")" 6 "offline steps are known, too"

done_testing
