-- Expected schemas from DDL text: what it makes, and what it may not hold.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
CREATE SCHEMA regress_ddl;
CREATE TABLE regress_ddl.users (id integer PRIMARY KEY, email varchar(40) NOT NULL);
CREATE INDEX users_email_idx ON regress_ddl.users (lower(email));
\set text 'BEGIN; CREATE SCHEMA regress_ddl; CREATE TABLE regress_ddl.users (id int4 PRIMARY KEY, email character varying(80) NOT NULL); COMMIT; CREATE INDEX CONCURRENTLY ON regress_ddl.users USING btree (lower((email)::text));'
SELECT langchef_guard.register_expected_ddl('regress text', :'text') > 5 AS registered;
SELECT name, source, revision, registered_by = session_user AS by_us FROM langchef_guard.expected_schemas WHERE name LIKE 'regress%';
SELECT operation, object, attribute, expected, actual FROM langchef_guard.drift('regress text') WHERE object LIKE 'regress_ddl%' ORDER BY object, attribute;
SELECT langchef_guard.register_expected_ddl('regress text', :'text', timeout => '2 minutes') > 5 AS registered;

-- Errors.
SELECT langchef_guard.register_expected_ddl('regress x', NULL);
SELECT langchef_guard.register_expected_ddl('', 'SELECT 1');
SELECT langchef_guard.register_expected_ddl('regress x', 'SELECT 1', timeout => '0');
SELECT langchef_guard.register_expected_ddl('regress x', E'CREATE TABLE a ();\nCREATE TABLE b (\n  c intt)');
SELECT langchef_guard.register_expected_ddl('regress x', E'\\connect other');
SELECT langchef_guard.register_expected_ddl('regress x', E'CREATE TABLE a ();\n\\include more.sql');
SELECT langchef_guard.register_expected_ddl('regress x', E'BEGIN;\nCREATE TABLE a ();');
SELECT langchef_guard.register_expected_ddl('regress x', 'CREATE ROLE regress_lcg_none');
SELECT langchef_guard.register_expected_ddl('regress x', 'CREATE SERVER s FOREIGN DATA WRAPPER none OPTIONS (password ''opensesame'')');
SELECT langchef_guard.register_expected_ddl('regress x', 'DO ''BEGIN RAISE EXCEPTION $$no$$ USING HINT = $$Try again.$$; END''');
SELECT count(*) FROM langchef_guard.expected_schemas WHERE name = 'regress x';
SELECT count(*) FROM pg_database WHERE datname LIKE 'langchef\_guard\_scratch%';
SELECT langchef_guard.register_expected_lines('regress x', NULL);
SELECT langchef_guard.register_expected_lines('regress x', 'regress_ddl.users');
CREATE TEMP TABLE snapshot_lines AS SELECT line FROM langchef_guard.snapshot() AS line;
SELECT langchef_guard.register_expected_lines('regress lines', 'snapshot_lines') = count(*) - 1 AS registered FROM snapshot_lines;
SELECT langchef_guard.is_clean('regress lines');
SELECT langchef_guard.unregister_expected('regress text'), langchef_guard.unregister_expected('regress lines');
SET client_min_messages = warning;
DROP SCHEMA regress_ddl CASCADE;
