-- What an approval is bound to beside objects: the text of the command, where it is what matters; and whose act it is.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE ROLE lcg_bound LOGIN;
CREATE ROLE lcg_binder LOGIN;
CREATE SCHEMA work;
CREATE SCHEMA trap;
GRANT ALL ON SCHEMA work, trap TO lcg_bound;
GRANT USAGE ON SCHEMA trap TO lcg_binder;
SELECT langchef_guard.grant_approver('lcg_binder') \g /dev/null

-- Runs a command as the current role and tells what became of it.
CREATE FUNCTION public.try(command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE command;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
CREATE FUNCTION public.newest() RETURNS bigint LANGUAGE sql AS 'SELECT max(id) FROM langchef_guard.proposals';

SELECT plan(33);

SET SESSION AUTHORIZATION lcg_bound;
CREATE TABLE work.users (id integer, password text);
INSERT INTO work.users VALUES (1, 'a'), (2, 'b');
CREATE FUNCTION work.allowed(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
CREATE FUNCTION trap.allowed(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE POLICY mine ON work.users USING (true);

-- A masked literal is not shown, and bound all the same.
SELECT try('UPDATE work.users SET password = ''harmless''') AS refused \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'refused' LIKE 'LG001: updating every row of table "work.users"%', 'overwriting a column is refused');
SELECT is(statements[1], 'UPDATE work.users SET password = ''<redacted>''', 'its literal is masked in the proposal') FROM langchef_guard.proposals WHERE id = newest();
SELECT langchef_guard.approve(newest()) AS token \gset
SET SESSION AUTHORIZATION lcg_bound;
SET langchef_guard.approval_token = :'token';
SELECT try('UPDATE work.users SET password = ''evil''') AS other, try('UPDATE work.users SET password = ''harmless''') AS same \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'other' LIKE 'LG001:%', 'another literal needs another approval');
SELECT is(:'same'::text, 'done', 'the same one passes');
SELECT is(string_agg(DISTINCT password, ','), 'harmless', 'and only it was written') FROM work.users;

-- Parameters are part of what is approved.
SET SESSION AUTHORIZATION lcg_bound;
PREPARE put (integer) AS UPDATE work.users SET id = $1;
SELECT try('EXECUTE put(7)') AS refused \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'refused' LIKE 'LG001:%', 'a prepared statement is refused');
SELECT ok((commands -> 0 -> 'effects' -> 0 ->> 'loss') LIKE '%with the present values of the statement''s parameters', 'the proposal says that there are parameters')
FROM langchef_guard.proposal WHERE id = newest();
SELECT langchef_guard.approve(newest()) AS token \gset
SET SESSION AUTHORIZATION lcg_bound;
SET langchef_guard.approval_token = :'token';
SELECT try('EXECUTE put(999)') AS other, try('EXECUTE put(NULL)') AS none, try('EXECUTE put(7)') AS same \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'other' LIKE 'LG001:%', 'another value needs another approval');
SELECT ok(:'none' LIKE 'LG001:%', 'no value, too');
SELECT is(:'same'::text, 'done', 'the same value passes');

-- So are the variables of PL/pgSQL.
SET SESSION AUTHORIZATION lcg_bound;
CREATE FUNCTION work.put(value integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    boxed record;
BEGIN
    SELECT value AS inside INTO boxed;
    UPDATE work.users SET id = boxed.inside;
END $$;
SELECT try('SELECT work.put(8)') AS refused \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'refused' LIKE 'LG001:%', 'a statement with variables is refused');
SELECT langchef_guard.approve(newest()) AS token \gset
SET SESSION AUTHORIZATION lcg_bound;
SET langchef_guard.approval_token = :'token';
SELECT try('SELECT work.put(888)') AS other, try('SELECT work.put(8)') AS same \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'other' LIKE 'LG001:%', 'another value of the variable needs another approval');
SELECT is(:'same'::text, 'done', 'the same value passes');

-- No value passes for a piece of another statement.
SET SESSION AUTHORIZATION lcg_bound;
RESET langchef_guard.approval_token;
SELECT try($sql$DO $do$ BEGIN EXECUTE 'UPDATE work.users SET id = 1 --' USING E'\n + 999999'; END $do$$sql$) AS refused \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'refused' LIKE 'LG001:%', 'a statement with a value it does not use is refused');
SELECT langchef_guard.approve(newest()) AS token \gset
SET SESSION AUTHORIZATION lcg_bound;
SET langchef_guard.approval_token = :'token';
SELECT try($sql$DO $do$ BEGIN EXECUTE E'UPDATE work.users SET id = 1 -- $1 25 10:\n + 999999'; END $do$$sql$) AS other \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'other' LIKE 'LG001:%', 'its token does not serve one that has the value in its text');

-- The body of a SQL-standard function has no text of its own.
SET SESSION AUTHORIZATION lcg_bound;
RESET langchef_guard.approval_token;
CREATE FUNCTION work.zero() RETURNS void LANGUAGE sql BEGIN ATOMIC UPDATE work.users SET id = 0; END;
CREATE FUNCTION work.nine() RETURNS void LANGUAGE sql BEGIN ATOMIC UPDATE work.users SET id = 99; END;
SELECT try('SELECT work.zero()') AS refused \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'refused' LIKE 'LG001:%', 'a statement in a parsed body is refused');
SELECT langchef_guard.approve(newest()) AS token \gset
SET SESSION AUTHORIZATION lcg_bound;
SET langchef_guard.approval_token = :'token';
SELECT try('SELECT work.nine()') AS other, try('SELECT work.zero()') AS same \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'other' LIKE 'LG001:%', 'another body needs another approval');
SELECT is(:'same'::text, 'done', 'the same body passes');

-- The same names under another search_path are another text.
SET SESSION AUTHORIZATION lcg_bound;
SET search_path = work, public;
SELECT try('ALTER POLICY mine ON work.users USING (allowed(id))') AS refused \gset
RESET search_path;
RESET SESSION AUTHORIZATION;
SELECT ok(:'refused' LIKE 'LG001: altering policy%', 'altering a policy is refused');
SELECT langchef_guard.approve(newest()) AS token \gset
SET SESSION AUTHORIZATION lcg_bound;
SET langchef_guard.approval_token = :'token';
SET search_path = trap, work, public;
SELECT try('ALTER POLICY mine ON work.users USING (allowed(id))') AS other \gset
SET search_path = work, public;
SELECT try('ALTER POLICY mine ON work.users USING (allowed(id))') AS same \gset
RESET search_path;
RESET SESSION AUTHORIZATION;
SELECT ok(:'other' LIKE 'LG001:%', 'under another search_path it needs another approval');
SELECT is(:'same'::text, 'done', 'under the same it passes');
SELECT is(pg_get_expr(polqual, polrelid), 'work.allowed(id)', 'with the function that was approved') FROM pg_policy WHERE polname = 'mine';

-- What others have planted is not the approver's act.
SET SESSION AUTHORIZATION lcg_bound;
RESET langchef_guard.approval_token;
SELECT try('DROP TABLE work.users') \g /dev/null
CREATE TABLE trap.loot (token text);
GRANT ALL ON trap.loot TO PUBLIC;
CREATE FUNCTION trap.peek() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO trap.loot SELECT langchef_guard.issue_token('lcg_bound', NULL, NULL, '30 days', 1000);
    RETURN 'nothing to see';
END $$;
CREATE VIEW trap.report WITH (security_invoker) AS SELECT trap.peek() AS news;
CREATE VIEW trap.approve WITH (security_invoker) AS SELECT langchef_guard.approve((SELECT max(id) FROM langchef_guard.proposals)) AS token;
CREATE FUNCTION trap.approve(bigint) RETURNS text LANGUAGE sql AS 'SELECT langchef_guard.approve($1)';
GRANT SELECT ON trap.report, trap.approve TO lcg_binder;
SET SESSION AUTHORIZATION lcg_binder;
SELECT try('TABLE trap.report -- langchef_guard.issue_token()') AS commented \gset
SELECT try('TABLE trap.report') AS planted, try('TABLE trap.approve') AS seen, try('SELECT trap.approve(1)') AS called,
       try(format('SELECT langchef_guard.reject(%s, ''no'')', newest())) AS own \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'planted' LIKE '42501: approvals cannot be decided by the code of a function, trigger or view', 'a planted function cannot issue a token');
SELECT ok(:'commented' LIKE '42501:%', 'nor with a comment that mentions the call');
SELECT ok(:'seen' LIKE '42501:%', 'nor can a view approve');
SELECT ok(:'called' LIKE '42501:%', 'nor a function of the same name in another schema');
SELECT is(:'own'::text, 'done', 'a statement that calls the function itself decides');
SELECT is_empty('TABLE trap.loot', 'nothing was given away');
-- Nor is what a literal looks like, whatever the server adds to the statement.
SET SESSION AUTHORIZATION lcg_bound;
CREATE TABLE trap.log (message text, token text DEFAULT langchef_guard.reject(1, 'planted')::text);
GRANT ALL ON trap.log TO PUBLIC;
CREATE FUNCTION trap.reject(integer, text) RETURNS void LANGUAGE sql AS 'SELECT langchef_guard.reject($1, $2)';
SET SESSION AUTHORIZATION lcg_binder;
\set ON_ERROR_STOP off
INSERT INTO trap.log (message) VALUES ('I did reject(1) it');
\set message_state :SQLSTATE
INSERT INTO trap.log (message) VALUES ('SELECT langchef_guard.reject(1, ''no'')');
\set statement_state :SQLSTATE
SET search_path = langchef_guard, trap, public;
SELECT reject(1, 'no');
\set bare_state :SQLSTATE
RESET search_path;
\set ON_ERROR_STOP on
RESET SESSION AUTHORIZATION;
SELECT is(:'message_state'::text, '42501', 'a message that looks like a call is none');
SELECT is(:'statement_state'::text, '42501', 'nor is a statement in a message');
SELECT is(:'bare_state'::text, '42501', 'a bare name that somebody else''s function shares is refused');

-- A transaction that only reads is the server's to refuse.
SET SESSION AUTHORIZATION lcg_bound;
SELECT count(*) AS before FROM langchef_guard.my_proposals \gset
BEGIN READ ONLY;
\set ON_ERROR_STOP off
DROP TABLE work.users CASCADE;
\set state :SQLSTATE
ROLLBACK;
\set ON_ERROR_STOP on
SELECT count(*) AS after FROM langchef_guard.my_proposals \gset
RESET SESSION AUTHORIZATION;
SELECT is(:after, :before, 'a command in a READ ONLY transaction files no proposal');
SELECT is(:'state'::text, '25006', 'and gets the server''s own error');

SELECT * FROM finish();
