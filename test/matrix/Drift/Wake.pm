# What a command changes beside what it names: the ledger has it all.
package Drift::Wake;

use strict;
use warnings FATAL => 'all';

# What it is, the command, and what is done before the schema is registered.
our @cases = (
	[ 'shell type of a function', 'CREATE FUNCTION app.later_in(cstring) RETURNS app.later LANGUAGE internal IMMUTABLE STRICT AS $$byteain$$' ],
	[ 'operator drops its negator\'s link', 'DROP OPERATOR app.!== (int, int)', 'CREATE OPERATOR app.!== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4ne, NEGATOR = OPERATOR(app.===))' ],
	[ 'operator of a family goes', 'DROP OPERATOR app.=== (int, int) CASCADE', 'ALTER OPERATOR FAMILY app.loose USING btree ADD OPERATOR 3 app.=== (int, int)' ],
	[ 'default privileges of a role', 'DROP OWNED BY drift_reader', 'ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO drift_reader; ALTER DEFAULT PRIVILEGES FOR ROLE drift_reader GRANT SELECT ON TABLES TO drift_owner; GRANT USAGE ON FOREIGN SERVER far TO drift_reader' ],
	[ 'owner of all', 'REASSIGN OWNED BY drift_owner TO CURRENT_USER', 'ALTER OPERATOR app.=== (int, int) OWNER TO drift_owner; ALTER STATISTICS app.together OWNER TO drift_owner; ALTER SERVER far OWNER TO drift_owner; ALTER PUBLICATION news OWNER TO drift_owner; ALTER COLLATION app.plain OWNER TO drift_owner; ALTER TEXT SEARCH DICTIONARY app.words OWNER TO drift_owner; ALTER OPERATOR CLASS app.ints USING btree OWNER TO drift_owner; ALTER LANGUAGE speech OWNER TO drift_owner; ALTER CONVERSION app.latin OWNER TO drift_owner; ALTER FOREIGN DATA WRAPPER remote OWNER TO drift_owner; ALTER SUBSCRIPTION copy OWNER TO drift_owner' ],
	[ 'column of a publication and of statistics', 'ALTER TABLE app.pairs RENAME a TO c', 'ALTER PUBLICATION news SET TABLE app.customer, app.pairs (a, b)' ],
	[ 'table of a publication', 'ALTER TABLE app.pairs RENAME TO couples' ],
	[ 'published table goes', 'DROP TABLE app.pairs' ],
	[ 'published schema goes', 'DROP SCHEMA other CASCADE', 'ALTER PUBLICATION news ADD TABLES IN SCHEMA other' ],
	[ 'statistics made anew', 'ALTER TABLE app.pairs ALTER a TYPE bigint' ],
	[ 'statistics lose their column', 'ALTER TABLE app.pairs DROP a' ],
	[ 'schema gets a new name', 'ALTER SCHEMA app RENAME TO renamed' ],
	[ 'schema of default privileges gets a new name', 'ALTER SCHEMA other RENAME TO renamed', 'ALTER DEFAULT PRIVILEGES IN SCHEMA other GRANT SELECT ON TABLES TO drift_reader; ALTER PUBLICATION news ADD TABLES IN SCHEMA other' ],
	[ 'type gets a new name', 'ALTER TYPE app.pair RENAME TO twin' ],
	[ 'type of an operator gets a new name', 'ALTER TYPE app.mood RENAME TO feeling', 'CREATE FUNCTION app.same(app.mood, app.mood) RETURNS bool LANGUAGE sql AS $$SELECT true$$; CREATE OPERATOR app.~~~ (LEFTARG = app.mood, RIGHTARG = app.mood, FUNCTION = app.same); CREATE OPERATOR CLASS app.moods FOR TYPE app.mood USING hash AS OPERATOR 1 app.~~~, FUNCTION 1 hashenum(anyenum)' ],
	[ 'function gets a new name', 'ALTER FUNCTION app.same(app.mood, app.mood) RENAME TO equal', 'CREATE FUNCTION app.same(app.mood, app.mood) RETURNS bool LANGUAGE sql AS $$SELECT true$$; CREATE OPERATOR app.~~~ (LEFTARG = app.mood, RIGHTARG = app.mood, FUNCTION = app.same); CREATE FUNCTION app.to_int(app.mood) RETURNS int LANGUAGE sql AS $$SELECT 1$$; CREATE CAST (app.mood AS int) WITH FUNCTION app.to_int(app.mood)' ],
	[ 'function of a cast gets a new name', 'ALTER FUNCTION app.to_int(app.mood) RENAME TO as_int', 'CREATE FUNCTION app.to_int(app.mood) RETURNS int LANGUAGE sql AS $$SELECT 1$$; CREATE CAST (app.mood AS int) WITH FUNCTION app.to_int(app.mood)' ],
	[ 'operator family gets a new name', 'ALTER OPERATOR FAMILY app.loose USING btree RENAME TO tight', 'CREATE OPERATOR CLASS app.more FOR TYPE int USING btree FAMILY app.loose AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int)' ],
	[ 'dictionary gets a new name', 'ALTER TEXT SEARCH DICTIONARY app.words RENAME TO terms', 'ALTER TEXT SEARCH CONFIGURATION app.search ALTER MAPPING FOR word WITH app.words' ],
	[ 'server gets a new name', 'ALTER SERVER far RENAME TO near' ],
	[ 'wrapper gets a new name', 'ALTER FOREIGN DATA WRAPPER remote RENAME TO wrapped' ],
	[ 'language gets a new name', 'ALTER LANGUAGE speech RENAME TO talk', 'CREATE FUNCTION app.said() RETURNS int LANGUAGE speech AS $$BEGIN RETURN 1; END$$' ],
	[ 'collation gets a new name', 'ALTER COLLATION app.plain RENAME TO simple', 'CREATE INDEX collated ON app.bare (v COLLATE app.plain)' ],
	[ 'wrapper goes', 'DROP FOREIGN DATA WRAPPER remote CASCADE' ],
	[ 'operator class goes', 'DROP OPERATOR FAMILY app.ints USING btree CASCADE' ],
	[ 'language goes', 'DROP LANGUAGE speech CASCADE' ],
	[ 'role gets a new name', 'ALTER ROLE drift_owner RENAME TO drift_boss', 'ALTER OPERATOR app.=== (int, int) OWNER TO drift_owner; ALTER SERVER far OWNER TO drift_owner; ALTER DEFAULT PRIVILEGES FOR ROLE drift_owner GRANT SELECT ON TABLES TO drift_reader; CREATE USER MAPPING FOR drift_owner SERVER far; ALTER STATISTICS app.together OWNER TO drift_owner; ALTER PUBLICATION news OWNER TO drift_owner; ALTER SUBSCRIPTION copy OWNER TO drift_owner' ],
	[ 'role with privileges gets a new name', 'ALTER ROLE drift_reader RENAME TO drift_viewer', 'ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO drift_reader; GRANT USAGE ON FOREIGN SERVER far TO drift_reader' ],
	[ 'extension goes', 'DROP EXTENSION citext CASCADE' ],
	[ 'extension moves', 'ALTER EXTENSION citext SET SCHEMA other', 'CREATE CAST (app.pair AS app.citext) WITH INOUT' ],
	[ 'own index and view of a partition whose column gets a new name', 'ALTER TABLE app.e RENAME b TO c',
		'CREATE TABLE app.e (a int, b int) PARTITION BY LIST (a); CREATE TABLE app.e1 PARTITION OF app.e FOR VALUES IN (1); CREATE INDEX e1_own ON app.e1 ((b + 1)); CREATE VIEW app.of_e1 AS SELECT b FROM app.e1' ],
	[ 'label of an enum in statistics', q{ALTER TYPE app.mood RENAME VALUE 'ok' TO 'fine'}, q{CREATE STATISTICS app.felt ON (mood = 'ok'), id FROM app.customer} ],
	[ 'privileges of a system function', 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_logdir() TO drift_reader' ],
);

1;
