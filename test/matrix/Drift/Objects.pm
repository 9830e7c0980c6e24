# Changes of everything else.
package Drift::Objects;

use strict;
use warnings FATAL => 'all';

# Class, then attribute, change, and what is told of it: operation, kind and attribute.  With a fourth element, that is
# done before the schema is registered.
our @changes = (
	sequence => [
		[ 'add', 'CREATE SEQUENCE app.more', 'unexpected sequence' ],
		[ 'increment', 'ALTER SEQUENCE app.numbering INCREMENT 3', 'changed sequence increment' ],
		[ 'minmax', 'ALTER SEQUENCE app.numbering MAXVALUE 99', 'changed sequence max' ],
		[ 'start', 'ALTER SEQUENCE app.numbering START 5', 'changed sequence start' ],
		[ 'cache', 'ALTER SEQUENCE app.numbering CACHE 50', 'changed sequence cache' ],
		[ 'cycle', 'ALTER SEQUENCE app.numbering CYCLE', 'changed sequence cycle' ],
		[ 'type', 'ALTER SEQUENCE app.numbering AS int', 'changed sequence type' ],
		[ 'owned by', 'ALTER SEQUENCE app.numbering OWNED BY app.bare.k', 'changed sequence owned_by' ],
		[ 'unlogged', 'ALTER SEQUENCE app.numbering SET UNLOGGED', 'changed sequence persistence' ],
		[ 'acl', 'GRANT USAGE ON SEQUENCE app.numbering TO drift_reader', 'changed sequence acl' ],
	],
	view => [
		[ 'add', 'CREATE VIEW app.more AS SELECT 1', 'unexpected view' ],
		[ 'definition', 'CREATE OR REPLACE VIEW app.people AS SELECT id, name FROM app.customer WHERE id > 1', 'changed view definition' ],
		[ 'security invoker', 'ALTER VIEW app.people SET (security_invoker = on)', 'changed view security_invoker' ],
		[ 'security barrier', 'ALTER VIEW app.people SET (security_barrier)', 'changed view security_barrier' ],
		[ 'check option', 'ALTER VIEW app.rich SET (check_option = local)', 'changed view check_option' ],
		[ 'owner', 'ALTER VIEW app.people OWNER TO drift_owner', 'changed view owner' ],
		[ 'acl', 'GRANT SELECT ON app.people TO drift_reader', 'changed view acl' ],
		[ 'column name', 'ALTER VIEW app.people RENAME name TO title', 'renamed column' ],
	],
	matview => [
		[ 'definition', 'DROP MATERIALIZED VIEW app.sums; CREATE MATERIALIZED VIEW app.sums AS SELECT customer_id, max(amount) AS total FROM app.invoice GROUP BY 1', 'changed matview definition' ],
		[ 'reloptions', 'ALTER MATERIALIZED VIEW app.sums SET (fillfactor = 70)', 'changed matview options' ],
		[ 'populated', 'REFRESH MATERIALIZED VIEW app.sums WITH NO DATA', 'changed matview populated' ],
	],
	rule => [
		[ 'add', 'CREATE RULE more AS ON DELETE TO app.bare DO INSTEAD NOTHING', 'unexpected rule' ],
		[ 'disabled', 'ALTER TABLE app.bare DISABLE RULE quiet', 'changed rule enabled' ],
	],
	function => [
		[ 'add', q{CREATE FUNCTION app.more() RETURNS int LANGUAGE sql AS 'SELECT 1'}, 'unexpected function' ],
		[ 'body', q{CREATE OR REPLACE FUNCTION app.add(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT a - b'}, 'changed function body' ],
		(map { [ $_->[0], "ALTER FUNCTION app.add(int, int) $_->[1]", "changed function $_->[2]" ] }
			([ 'volatility', 'STABLE', 'volatility' ], [ 'strict', 'STRICT', 'strict' ], [ 'security definer', 'SECURITY DEFINER', 'security_definer' ],
			[ 'leakproof', 'LEAKPROOF', 'leakproof' ], [ 'parallel', 'PARALLEL SAFE', 'parallel' ], [ 'cost', 'COST 7', 'cost' ],
			[ 'set config', 'SET work_mem = 64', 'config' ], [ 'owner', 'OWNER TO drift_owner', 'owner' ], [ 'extension dependency', 'DEPENDS ON EXTENSION citext', 'depends_on_extension' ])),
		[ 'rows', 'ALTER FUNCTION app.numbers() ROWS 7', 'changed function rows' ],
		[ 'support', 'ALTER FUNCTION app.numbers() SUPPORT generate_series_int4_support', 'changed function support' ],
		[ 'arg name', q{DROP FUNCTION app.add(int, int); CREATE FUNCTION app.add(a int, c int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT a + b'}, 'changed function arguments', 'SET LOCAL check_function_bodies = off' ],
		[ 'arg default', q{CREATE OR REPLACE FUNCTION app.add(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql AS 'SELECT a + b'}, 'changed function arguments' ],
		[ 'arg mode out', q{DROP FUNCTION app.numbers(); CREATE FUNCTION app.numbers(OUT n int) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1'}, 'changed function arguments' ],
		[ 'return type', q{DROP FUNCTION app.add(int, int); CREATE FUNCTION app.add(a int, b int DEFAULT 1) RETURNS bigint LANGUAGE sql AS 'SELECT a + b'}, 'changed function returns' ],
		[ 'language', q{CREATE OR REPLACE FUNCTION app.add(a int, b int DEFAULT 1) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'}, 'changed function language' ],
		[ 'acl revoke public', 'REVOKE EXECUTE ON FUNCTION app.add(int, int) FROM PUBLIC', 'changed function acl' ],
		[ 'acl grant', 'GRANT EXECUTE ON FUNCTION app.add(int, int) TO drift_reader', 'changed function acl' ],
		[ 'comment', q{COMMENT ON FUNCTION app.add(int, int) IS 'x'}, 'changed function comment' ],
		[ 'sql body atomic', 'CREATE OR REPLACE FUNCTION app.answer() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 43; END', 'changed function sql_body' ],
	],
	procedure => [ [ 'body', q{CREATE OR REPLACE PROCEDURE app.work(n int) LANGUAGE plpgsql AS 'BEGIN COMMIT; END'}, 'changed procedure body' ] ],
	aggregate => [
		[ 'add', 'CREATE AGGREGATE app.more(int) (SFUNC = int4pl, STYPE = int)', 'unexpected aggregate' ],
		[ 'initcond', q{CREATE OR REPLACE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '1')}, 'changed aggregate initial_value' ],
		[ 'parallel', q{CREATE OR REPLACE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', PARALLEL = SAFE)}, 'changed aggregate parallel' ],
	],
	operator => [
		[ 'add', 'CREATE OPERATOR app.<=> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)', 'unexpected operator' ],
		[ 'attrs', 'ALTER OPERATOR app.=== (int, int) SET (RESTRICT = eqsel)', 'changed operator restrict' ],
		[ 'commutator', 'CREATE OPERATOR app.!== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4ne, NEGATOR = OPERATOR(app.===))', 'changed operator negator' ],
	],
	opclass => [
		[ 'add', 'CREATE OPERATOR CLASS app.more FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(int)', 'unexpected operator_class' ],
		[ 'family entry', 'ALTER OPERATOR FAMILY app.loose USING btree ADD OPERATOR 1 < (int, int)', 'changed operator_family operators' ],
		[ 'family', 'CREATE OPERATOR FAMILY app.more USING hash', 'unexpected operator_family' ],
		[ 'entry added to the family', 'ALTER OPERATOR FAMILY app.loose USING btree ADD OPERATOR 1 < (int, int)', 'changed operator_class operators',
			'CREATE OPERATOR CLASS app.part FOR TYPE int USING btree FAMILY app.loose AS FUNCTION 1 btint4cmp(int, int)' ],
	],
	enum => [
		[ 'add label', q{ALTER TYPE app.mood ADD VALUE 'great'}, 'changed enum labels' ],
		[ 'order', q{DROP TYPE app.mood; CREATE TYPE app.mood AS ENUM ('ok', 'sad', 'happy')}, 'changed enum labels', 'ALTER TABLE app.customer DROP mood' ],
		[ 'label before', q{ALTER TYPE app.mood ADD VALUE 'awful' BEFORE 'sad'}, 'changed enum labels' ],
		[ 'rename label', q{ALTER TYPE app.mood RENAME VALUE 'ok' TO 'fine'}, 'renamed enum labels' ],
		[ 'owner', 'ALTER TYPE app.mood OWNER TO drift_owner', 'changed enum owner' ],
	],
	type => [
		[ 'acl', 'REVOKE USAGE ON TYPE app.mood FROM PUBLIC', 'changed enum acl' ],
		[ 'comment', q{COMMENT ON TYPE app.mood IS 'x'}, 'changed enum comment' ],
		[ 'base', 'CREATE TYPE app.bytes; CREATE FUNCTION app.bytes_in(cstring) RETURNS app.bytes LANGUAGE internal IMMUTABLE STRICT AS $$byteain$$; CREATE FUNCTION app.bytes_out(app.bytes) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS $$byteaout$$; CREATE TYPE app.bytes (INPUT = app.bytes_in, OUTPUT = app.bytes_out)', 'unexpected type' ],
		[ 'shell', 'CREATE TYPE app.later', 'unexpected type' ],
	],
	composite => [
		[ 'attr type', 'ALTER TYPE app.pair ALTER ATTRIBUTE x TYPE bigint', 'changed attribute type' ],
		[ 'attr add', 'ALTER TYPE app.pair ADD ATTRIBUTE z int', 'unexpected attribute' ],
		[ 'attr order', 'DROP CAST (app.pair AS text); DROP TYPE app.pair; CREATE TYPE app.pair AS (y text, x int)', 'changed attribute ordinal' ],
	],
	domain => [
		[ 'add', 'CREATE DOMAIN app.more AS int', 'unexpected domain' ],
		[ 'check', 'ALTER DOMAIN app.word ADD CONSTRAINT more CHECK (VALUE <> $$$$)', 'unexpected constraint' ],
		[ 'notnull', 'ALTER DOMAIN app.word SET NOT NULL', 'changed domain not_null' ],
		[ 'default', 'ALTER DOMAIN app.positive SET DEFAULT 2', 'changed domain default' ],
		[ 'not valid', 'ALTER DOMAIN app.positive DROP CONSTRAINT above; ALTER DOMAIN app.positive ADD CONSTRAINT above CHECK (VALUE > 0) NOT VALID', 'changed constraint validated' ],
		[ 'collation', 'DROP DOMAIN app.word; CREATE DOMAIN app.word AS text COLLATE app.plain', 'changed domain collation' ],
	],
	range => [
		[ 'add', 'CREATE TYPE app.more AS RANGE (subtype = int)', 'unexpected range' ],
		[ 'subtype diff', 'DROP TYPE app.span; CREATE TYPE app.span AS RANGE (subtype = float8, subtype_diff = app.difference)', 'changed range subtype_diff' ],
	],
	trigger => [
		[ 'add', 'CREATE TRIGGER more AFTER DELETE ON app.bare FOR EACH ROW EXECUTE FUNCTION app.fire()', 'unexpected trigger' ],
		(map { [ $_->[0], "CREATE OR REPLACE TRIGGER touched BEFORE $_->[1]", "changed trigger $_->[2]" ] }
			([ 'events', 'INSERT OR DELETE ON app.customer FOR EACH ROW EXECUTE FUNCTION app.fire()', 'events' ],
			[ 'when', 'INSERT ON app.customer FOR EACH ROW WHEN (NEW.points > 1) EXECUTE FUNCTION app.fire()', 'condition' ],
			[ 'update of', 'UPDATE OF name ON app.customer FOR EACH ROW EXECUTE FUNCTION app.fire()', 'update_of' ],
			[ 'args', q{INSERT ON app.customer FOR EACH ROW EXECUTE FUNCTION app.fire('a')}, 'arguments' ])),
		[ 'disabled', 'ALTER TABLE app.customer DISABLE TRIGGER touched', 'changed trigger enabled' ],
		[ 'enable always', 'ALTER TABLE app.customer ENABLE ALWAYS TRIGGER touched', 'changed trigger enabled' ],
		[ 'enable replica', 'ALTER TABLE app.customer ENABLE REPLICA TRIGGER touched', 'changed trigger enabled' ],
		[ 'constraint deferrable', 'DROP TRIGGER later ON app.invoice; CREATE CONSTRAINT TRIGGER later AFTER INSERT ON app.invoice FOR EACH ROW EXECUTE FUNCTION app.fire()', 'changed trigger deferrable' ],
		[ 'comment', q{COMMENT ON TRIGGER touched ON app.customer IS 'x'}, 'changed trigger comment' ],
	],
	'event trigger' => [
		[ 'add', 'CREATE EVENT TRIGGER more ON sql_drop EXECUTE FUNCTION app.watch()', 'unexpected event_trigger' ],
		[ 'tags', q{DROP EVENT TRIGGER watcher; CREATE EVENT TRIGGER watcher ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION app.watch()}, 'changed event_trigger tags' ],
		[ 'disabled', 'ALTER EVENT TRIGGER watcher DISABLE', 'changed event_trigger enabled' ],
	],
	policy => [
		[ 'add', 'CREATE POLICY more ON app.bare USING (true)', 'unexpected policy' ],
		[ 'using', 'ALTER POLICY own ON app.customer USING (points > 1)', 'changed policy using' ],
		[ 'with check', 'ALTER POLICY own ON app.customer WITH CHECK (points > 1)', 'changed policy with_check' ],
		[ 'roles', 'ALTER POLICY own ON app.customer TO drift_reader', 'changed policy roles' ],
		[ 'cmd', 'DROP POLICY own ON app.customer; CREATE POLICY own ON app.customer FOR SELECT USING (points > 0)', 'changed policy command' ],
		[ 'restrictive', 'DROP POLICY own ON app.customer; CREATE POLICY own ON app.customer AS RESTRICTIVE USING (points > 0)', 'changed policy restrictive' ],
		[ 'comment', q{COMMENT ON POLICY own ON app.customer IS 'x'}, 'changed policy comment' ],
	],
	'default privileges' => [
		[ 'add', 'ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO drift_reader', 'unexpected default_privileges' ],
		[ 'revoke public func', 'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC', 'unexpected default_privileges' ],
	],
	database => [
		[ 'acl', 'GRANT CREATE ON DATABASE drift TO drift_reader', 'changed database acl' ],
		[ 'setting', 'ALTER DATABASE drift SET work_mem = 65', 'changed database settings' ],
		[ 'setting of an application', q{ALTER DATABASE drift SET app.key = 'other'}, 'changed database settings', q{ALTER DATABASE drift SET app.key = 'secret'} ],
		[ 'comment', q{COMMENT ON DATABASE drift IS 'x'}, 'changed database comment' ],
		[ 'owner', 'ALTER DATABASE drift OWNER TO drift_owner', 'changed database owner' ],
		[ 'connection limit', 'ALTER DATABASE drift CONNECTION LIMIT 7', 'changed database connection_limit' ],
	],
	largeobject => [ [ 'acl', 'GRANT SELECT ON LARGE OBJECT 4711 TO drift_reader', 'unexpected large_object' ] ],
	language => [
		[ 'acl', 'REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC', 'unexpected system_object' ],
		[ 'acl of a user\'s', 'ALTER LANGUAGE speech OWNER TO drift_owner', 'changed language owner' ],
		[ 'add', 'CREATE LANGUAGE more HANDLER plpgsql_call_handler', 'unexpected language' ],
	],
	'system object' => [
		[ 'acl', 'REVOKE EXECUTE ON FUNCTION pg_catalog.now() FROM PUBLIC', 'unexpected system_object' ],
		[ 'acl of a column', 'GRANT SELECT (rolpassword) ON pg_catalog.pg_authid TO drift_reader', 'unexpected system_object' ],
		[ 'acl of a view', 'GRANT SELECT ON pg_catalog.pg_authid TO drift_reader', 'unexpected system_object' ],
	],
	parameter => [ [ 'role db setting', 'ALTER ROLE drift_reader IN DATABASE drift SET work_mem = 65', 'unexpected role_settings' ] ],
	collation => [
		[ 'add', q{CREATE COLLATION app.more (provider = libc, locale = 'C')}, 'unexpected collation' ],
		[ 'deterministic', q{DROP COLLATION app.fine; CREATE COLLATION app.fine (provider = icu, locale = 'und', deterministic = false)}, 'changed collation deterministic',
			q{CREATE COLLATION app.fine (provider = icu, locale = 'und')} ],
	],
	'ts config' => [
		[ 'add', 'CREATE TEXT SEARCH CONFIGURATION app.more (COPY = pg_catalog.simple)', 'unexpected text_search_configuration' ],
		[ 'mapping', 'ALTER TEXT SEARCH CONFIGURATION app.search ALTER MAPPING FOR word WITH app.words', 'changed text_search_configuration mappings' ],
	],
	'ts dict' => [
		[ 'options', 'ALTER TEXT SEARCH DICTIONARY app.words (STOPWORDS = german)', 'changed text_search_dictionary options' ],
		[ 'template', 'CREATE TEXT SEARCH TEMPLATE app.more (LEXIZE = dsimple_lexize)', 'unexpected text_search_template' ],
		[ 'parser', 'CREATE TEXT SEARCH PARSER app.more (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)', 'unexpected text_search_parser' ],
	],
	statistics => [
		[ 'add', 'CREATE STATISTICS app.more ON k, v FROM app.bare', 'unexpected statistics' ],
		[ 'kinds', 'DROP STATISTICS app.together; CREATE STATISTICS app.together (mcv) ON a, b FROM app.pairs', 'changed statistics kinds' ],
		[ 'target', 'ALTER STATISTICS app.together SET STATISTICS 99', 'changed statistics target' ],
	],
	cast => [
		[ 'add', 'CREATE CAST (app.mood AS bytea) WITH INOUT', 'unexpected cast' ],
		[ 'context', 'DROP CAST (app.pair AS text); CREATE CAST (app.pair AS text) WITH INOUT AS ASSIGNMENT', 'changed cast context' ],
	],
	conversion => [ [ 'add', q{CREATE CONVERSION app.more FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8}, 'unexpected conversion' ] ],
	fdw => [
		[ 'add', 'CREATE FOREIGN DATA WRAPPER more', 'unexpected foreign_data_wrapper' ],
		[ 'options', q{ALTER FOREIGN DATA WRAPPER remote OPTIONS (ADD debug 'true')}, 'changed foreign_data_wrapper options' ],
	],
	server => [
		[ 'options', q{ALTER SERVER far OPTIONS (SET host 'b')}, 'changed server options' ],
		[ 'secret option', q{ALTER SERVER far OPTIONS (SET token 'other')}, 'changed server options' ],
	],
	'user mapping' => [
		[ 'add', 'CREATE USER MAPPING FOR drift_reader SERVER far', 'unexpected user_mapping' ],
		[ 'options', q{ALTER USER MAPPING FOR PUBLIC SERVER far OPTIONS (SET password 'other')}, 'changed user_mapping options' ],
	],
	'foreign table' => [
		[ 'options', q{ALTER FOREIGN TABLE app.distant OPTIONS (SET path 'y')}, 'changed foreign_table fdw_options' ],
		[ 'secret option', q{ALTER FOREIGN TABLE app.distant OPTIONS (SET password 'other')}, 'changed foreign_table fdw_options' ],
		[ 'column options', q{ALTER FOREIGN TABLE app.distant ALTER k OPTIONS (SET path 'z')}, 'changed column fdw_options' ],
	],
	publication => [
		[ 'add', 'CREATE PUBLICATION more', 'unexpected publication' ],
		[ 'ops', q{ALTER PUBLICATION news SET (publish = 'insert')}, 'changed publication operations' ],
		[ 'row filter', 'ALTER PUBLICATION news SET TABLE app.customer WHERE (points > 1), app.pairs', 'changed publication tables' ],
		[ 'column list', 'ALTER PUBLICATION news SET TABLE app.customer (id, name), app.pairs', 'changed publication tables' ],
		[ 'schema', 'ALTER PUBLICATION news ADD TABLES IN SCHEMA other', 'changed publication schemas' ],
		[ 'viaroot', 'ALTER PUBLICATION news SET (publish_via_partition_root = on)', 'changed publication via_root' ],
	],
	subscription => [
		[ 'add', q{CREATE SUBSCRIPTION more CONNECTION 'dbname=d' PUBLICATION news WITH (connect = false, slot_name = NONE)}, 'unexpected subscription' ],
		[ 'options', 'ALTER SUBSCRIPTION copy SET (binary = on)', 'changed subscription options' ],
		[ 'connection', q{ALTER SUBSCRIPTION copy CONNECTION 'host=h dbname=d password=other'}, 'changed subscription connection' ],
	],
	transform => [ [ 'add', 'CREATE TRANSFORM FOR app.pair LANGUAGE sql (FROM SQL WITH FUNCTION app.from_sql(internal))', 'unexpected transform', 'CREATE FUNCTION app.from_sql(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS $$prsd_end$$' ] ],
	'access method' => [ [ 'add', 'CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler', 'unexpected access_method' ] ],
	'extension member' => [
		[ 'acl', 'REVOKE EXECUTE ON FUNCTION app.citext_eq(app.citext, app.citext) FROM PUBLIC', 'changed function acl' ],
		[ 'altered', 'ALTER FUNCTION app.citext_eq(app.citext, app.citext) VOLATILE', 'changed function volatility' ],
	],
	'extension config' => [ [ 'user table in ext', 'ALTER EXTENSION citext ADD TABLE app.bare', 'changed table extension' ] ],
	'system catalog' => [ [ 'object of none', 'INSERT INTO pg_attrdef SELECT 4294967001, 4294967002, adnum, adbin FROM pg_attrdef LIMIT 1', 'not_compared system_catalog' ] ],
	'extension owned' => [ [ 'plain table change', 'ALTER TABLE app.bare ADD w int', 'unexpected column', 'ALTER EXTENSION citext ADD TABLE app.bare' ] ],
);

1;
