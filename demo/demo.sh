#!/bin/sh
# The guard at work on the migrations of LangChef, a platform for experiments with language models.
# Everything happens in a private copy of PostgreSQL and a throw-away cluster.  Called by ./run demo.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/lib/postgres.sh"
. "$root/demo/story.sh"

[ $# -eq 1 ] || die "usage: demo.sh POSTGRESQL-VERSION"
is_root && die "PostgreSQL does not run as root; use ./run demo"
clean_environment
migrations=$root/demo/alembic
work=$(mktemp -d /tmp/lcg.XXXXXX)
finish() {
	cluster_stop "$work/cluster"
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 129' HUP INT TERM
export HOME="$work"                            # no start-up file of the user's counts
export PYTHONDONTWRITEBYTECODE=1

chapter "Building and installing langchef_guard for PostgreSQL $1"
private_postgres "$work/postgres" "$1"
cd "$root"
say "$ make && make install"
{ make -s -j "$(nproc)" && make -s install; } >"$work/out" 2>&1 || { tail -n 40 "$work/out"; fail "the extension does not build"; }
say "done"

chapter "The server administrator turns the guard on"
cluster_start "$work/cluster" "shared_preload_libraries = 'langchef_guard'" "log_min_messages = warning"
say "postgresql.conf: shared_preload_libraries = 'langchef_guard'"
psql -X -q -v ON_ERROR_STOP=1 <<'SQL'
CREATE ROLE langchef_app LOGIN;
CREATE ROLE oncall LOGIN IN ROLE langchef_app;
CREATE ROLE dba LOGIN;
CREATE DATABASE langchef OWNER langchef_app;
SQL
say "Roles, none of them superuser: langchef_app owns the database and runs Alembic, oncall is a member of it, dba approves."
sql postgres "CREATE EXTENSION langchef_guard"
sql postgres "SELECT langchef_guard.grant_approver('dba')"
sql postgres "SELECT langchef_guard.grant_auditor('dba')"
sql postgres "SELECT * FROM langchef_guard.status()"

chapter "A developer migrates; nothing in env.py knows of the guard"
alembic_as "" upgrade head
passed
psql -X -q -v ON_ERROR_STOP=1 -U langchef_app -d langchef -f "$root/demo/rows.sql" || fail "the rows cannot be inserted"
sql langchef_app "SELECT (SELECT count(*) FROM prompts) AS prompts, (SELECT count(*) FROM dataset_items) AS dataset_items,
       (SELECT count(*) FROM traces) AS traces, (SELECT version_num FROM alembic_version) AS revision"
expect 'f36b91d04c8e' "the database is not at the last revision"

chapter "This is the schema of the release"
sql postgres "SELECT langchef_guard.register_expected('release')"
sql postgres "SELECT langchef_guard.is_clean('release')"
expect '^ t$' "the schema just registered must have no drift"

chapter "A downgrade would lose data: it is refused, and a proposal is filed"
alembic_as "" downgrade -1
refused 'dropping column "uuid" of table "public.dataset_items"'
[ "$(value langchef_app "SELECT count(uuid) FROM dataset_items")" = 500 ] || fail "values were lost"
say ""
say "Nothing was lost, and the transaction is rolled back.  psql gets the same answer; its SQLSTATE is for programs:"
say ""
say "langchef_app=> ALTER TABLE dataset_items DROP COLUMN uuid"
psql -X -q -U langchef_app -d langchef -v VERBOSITY=verbose -c "ALTER TABLE dataset_items DROP COLUMN uuid" >"$work/out" 2>&1 &&
	fail "psql could drop the column"
cat "$work/out"
expect 'ERROR:  LG001: ' "the refusal has another SQLSTATE"

chapter "The DBA reads the proposal and decides"
sql dba "SELECT id, status, requester, command_tag, summary, attempts FROM langchef_guard.proposals ORDER BY id"
expect "langchef_app" "the proposal does not name who asked"
attempts=0
while :; do
	sql dba "SELECT langchef_guard.approve($proposal, 'the export of uuids is done, going back is agreed')"
	token=$(sed -n 's/.*\(lcg_[A-Za-z0-9_-]*\).*/\1/p' "$work/out")
	[ -n "$token" ] || fail "approving gave no token"
	alembic_as "$token" downgrade -1
	[ "$status" -ne 0 ] || break
	attempts=$((attempts + 1))
	[ "$attempts" -lt 5 ] || fail "still refused after $attempts approvals"
	refused 'dropping column'
	say ""
	say "The first command was approved, the next one was not.  Proposal $proposal covers all of them:"
	sql dba "SELECT id, status, requester, command_tag, summary, attempts FROM langchef_guard.proposals ORDER BY id"
done
passed
[ "$(value langchef_app "SELECT version_num FROM alembic_version")" = d8e25a3f9170 ] || fail "the downgrade did not arrive"
say ""
say "The approved downgrade passed, and the way forward is free.  With new uuids there is something to lose again,"
say "and the old token is spent:"
alembic_as "" upgrade head
passed
sql langchef_app "UPDATE dataset_items SET uuid = gen_random_uuid() WHERE uuid IS NULL"
alembic_as "$token" downgrade -1
refused 'dropping column'

chapter "The ledger knows every change, who made it, and the revision it belongs to"
sql dba "SELECT id, session_role, command_tag, identity, revision_from, revision_to
  FROM langchef_guard.changes ORDER BY id DESC LIMIT 9"
expect 'd8e25a3f9170 *\| f36b91d04c8e' "the ledger does not know the upgrade"
expect 'f36b91d04c8e *\| d8e25a3f9170' "the ledger does not know the downgrade"

chapter "At night, somebody repairs something by hand; in the morning it is found"
sql oncall "ALTER TABLE experiments ALTER COLUMN status SET DEFAULT 'queued'"
sql dba "SELECT severity, operation, object, attribute, expected, actual, caused_by, caused_at, statement
  FROM langchef_guard.drift('release')"
expect "public.experiments.status .*'queued'.* oncall " "the drift does not name the new default and its author"
expect '^\(1 row\)' "the drift is not one row"

say ""
say "That was the demo.  The cluster is stopped and removed."
