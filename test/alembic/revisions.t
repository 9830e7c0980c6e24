#!/bin/sh
# LangChef's revisions by themselves, without the guard: they give the schema LangChef has, and go both ways.
set -eu
. "$(dirname "$0")/setup.sh"
cluster_start "$work/cluster"

revisions="initial_migration add_user_model add_aws_credentials update_datasets_table add_chat_history_tables
 add_column_mapping_and_uuid"

createdb forward
runs "upgrade head" migrate forward upgrade head
schema_of forward >"$work/forward"

# Loading the reference into the same server and dumping it again leaves no difference between versions of pg_dump.
reference=${LCG_SHARED:-$root/../shared}/langchef/schema.sql
if [ -f "$reference" ]; then
	createdb reference
	sed -E '/^\\(un)?restrict /d' "$reference" | psql -qX -v ON_ERROR_STOP=1 -d reference >/dev/null
	schema_of reference >"$work/reference"
	same_file "$work/forward" "$work/reference" "the schema is LangChef's"
else
	skip "the schema is LangChef's" "no reference schema; set LCG_SHARED"
fi

is "$(sql forward 'SELECT count(*) FROM alembic_version')" 1 "one head"
is "$(migrate forward history 2>/dev/null | sed -E 's/.*, //' | tac | tr '\n' ' ')" \
	"initial_migration add_user_model add_aws_credentials update_datasets_table add_chat_history_tables \
add_column_mapping_and_uuid " "six revisions in order"

# With rows in the tables, each revision can be applied, taken back and applied again.
createdb stepwise
step=0
: >"$work/step0"
for revision in $revisions; do
	runs "$revision: upgrade with rows" migrate stepwise upgrade +1
	step=$((step + 1))
	schema_of stepwise >"$work/step$step"
	runs "$revision: downgrade" migrate stepwise downgrade -1
	if [ "$step" -gt 1 ]; then
		schema_of stepwise >"$work/back"
		same_file "$work/back" "$work/step$((step - 1))" "$revision: downgrade gives the schema before it"
	fi
	runs "$revision: upgrade again" migrate stepwise upgrade +1
	if [ "$step" -eq 1 ]; then
		sql stepwise "INSERT INTO datasets (name, examples, version) VALUES ('greetings', '[]', 1);
			INSERT INTO dataset_items (dataset_id, content) VALUES (1, '{\"text\": \"hello\"}');
			INSERT INTO dataset_versions (dataset_id, version) VALUES (1, 1)"
	fi
done
same_file "$work/step$step" "$work/forward" "one by one gives the same schema as all at once"
is "$(sql stepwise 'SELECT type, is_active FROM datasets')" "text|t" "old datasets are active and hold text"

runs "downgrade base" migrate stepwise downgrade base
is "$(sql stepwise "SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")" \
	alembic_version "downgrade base leaves no table but Alembic's"
is "$(sql stepwise "SELECT count(*) FROM pg_type WHERE typtype = 'e'")" 0 "downgrade base leaves no type"

# Offline: the SQL that Alembic writes, run by psql.
createdb offline
migrate offline upgrade head --sql >"$work/upgrade.sql" 2>/dev/null
lacks "$(cat "$work/upgrade.sql")" 'DROP (TABLE|COLUMN|TYPE|INDEX|CONSTRAINT)|TRUNCATE|DELETE FROM|ALTER COLUMN [^ ]+ TYPE' \
	"no upgrade takes anything away"
runs "the SQL of upgrade head" psql -qX -v ON_ERROR_STOP=1 -d offline -f "$work/upgrade.sql"
schema_of offline >"$work/offline"
same_file "$work/offline" "$work/forward" "offline gives the same schema"

done_testing
