-- Approvals: who may decide, what a token covers, what is an error.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE ROLE lcg_developer LOGIN;
CREATE ROLE "lcg dev ""ü""" LOGIN;
CREATE ROLE lcg_dba LOGIN;
CREATE ROLE lcg_auditor LOGIN;
CREATE SCHEMA work;
CREATE SCHEMA other;
GRANT ALL ON SCHEMA work, other TO lcg_developer, "lcg dev ""ü""";
SELECT langchef_guard.grant_approver('lcg_dba'), langchef_guard.grant_auditor('lcg_auditor') \g /dev/null

-- Runs a command as the current role and tells what became of it.
CREATE FUNCTION public.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE command;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ': ' || SQLERRM || coalesce(' / ' || nullif(detail, ''), '');
END $$;
-- The newest proposal.
CREATE FUNCTION public.newest() RETURNS bigint LANGUAGE sql AS 'SELECT max(id) FROM langchef_guard.proposals';

SELECT plan(103);

-- Filing
SET SESSION AUTHORIZATION lcg_developer;
CREATE TABLE work.a (i integer);
CREATE TABLE work.b (i integer);
CREATE TABLE work.c (i integer);
CREATE VIEW work.v AS SELECT i FROM work.c;
SELECT try('DROP TABLE work.a') AS refused, try('DROP TABLE work.a') AS again \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'refused' LIKE 'LG001: dropping table "work.a" is not approved%', 'a drop is refused');
SELECT is(:'again'::text, :'refused', 'and refused again, in the same words');
SELECT newest() AS first \gset
SELECT is(status, 'pending', 'the proposal is pending') FROM langchef_guard.proposals WHERE id = :first;
SELECT is(attempts, 2::bigint, 'equal attempts are counted on one proposal') FROM langchef_guard.proposals WHERE id = :first;
SELECT is(requester, 'lcg_developer'::name, 'it names the requester') FROM langchef_guard.proposals WHERE id = :first;
SELECT is(statements, ARRAY['DROP TABLE work.a'], 'it holds the statement') FROM langchef_guard.proposals WHERE id = :first;
SELECT is(rules, ARRAY['D01'], 'it holds the rule') FROM langchef_guard.proposals WHERE id = :first;
SELECT is(summary, 'dropping table "work.a"', 'it has a summary') FROM langchef_guard.proposals WHERE id = :first;

-- Who may do what
SET SESSION AUTHORIZATION lcg_developer;
SELECT try('SELECT langchef_guard.approve(1)') AS approve, try('SELECT langchef_guard.reject(1, ''x'')') AS reject,
       try('SELECT langchef_guard.revoke(1)') AS revoke, try('SELECT langchef_guard.revoke_token(1)') AS revoke_token,
       try('SELECT langchef_guard.issue_token(''lcg_developer'', NULL, NULL)') AS issue_token,
       try('SELECT langchef_guard.grant_approver(''lcg_developer'')') AS grant_approver,
       try('TABLE langchef_guard.proposals') AS proposals, try('TABLE langchef_guard.approvals') AS approvals,
       try('TABLE langchef_guard.approval') AS approval,
       try('UPDATE langchef_guard.proposal SET status = ''approved''') AS forged,
       (SELECT count(*) FROM langchef_guard.my_proposals) AS mine \gset
SET SESSION AUTHORIZATION lcg_auditor;
SELECT try('TABLE langchef_guard.approvals') AS audited, try('SELECT langchef_guard.approve(1)') AS audit_approve,
       (SELECT count(*) FROM langchef_guard.my_proposals) AS not_mine \gset
SET SESSION AUTHORIZATION lcg_dba;
SELECT try('TABLE langchef_guard.approval') AS hashes \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'approve' LIKE '42501:%', 'a developer cannot approve');
SELECT ok(:'reject' LIKE '42501:%', 'nor reject');
SELECT ok(:'revoke' LIKE '42501:%', 'nor revoke');
SELECT ok(:'revoke_token' LIKE '42501:%', 'nor revoke a token');
SELECT ok(:'issue_token' LIKE '42501:%', 'nor issue a token');
SELECT ok(:'grant_approver' LIKE '42501:%', 'nor become an approver');
SELECT ok(:'proposals' LIKE '42501:%', 'nor read all proposals');
SELECT ok(:'approvals' LIKE '42501:%', 'nor approvals');
SELECT ok(:'approval' LIKE '42501:%', 'nor the table');
SELECT ok(:'forged' LIKE '42501:%', 'nor forge one');
SELECT is(:mine, 1, 'but reads the own proposals');
SELECT is(:'audited'::text, 'done', 'an auditor reads approvals');
SELECT ok(:'audit_approve' LIKE '42501:%', 'and cannot approve');
SELECT is(:not_mine, 0, 'nobody reads others'' proposals in my_proposals');
SELECT ok(:'hashes' LIKE '42501:%', 'not even an approver reads the hashes');
SELECT hasnt_column('langchef_guard', 'approvals', 'token_hash', 'the view does not show them');

-- Arguments
SELECT throws_ok('SELECT langchef_guard.approve(NULL)', '22004', 'proposal must not be null');
SELECT throws_ok('SELECT langchef_guard.approve(-1)', '42704', 'proposal -1 does not exist');
SELECT throws_ok(format('SELECT langchef_guard.approve(%s, '''')', :first), '22023', 'reason must not be empty');
SELECT throws_ok(format('SELECT langchef_guard.approve(%s, ''x'', NULL)', :first), '22004', 'valid_for must not be null');
SELECT throws_ok(format('SELECT langchef_guard.approve(%s, ''x'', ''0'')', :first), '22023', 'valid_for must be positive and at most 30 days');
SELECT throws_ok(format('SELECT langchef_guard.approve(%s, ''x'', ''31 days'')', :first), '22023', 'valid_for must be positive and at most 30 days');
SELECT throws_ok(format('SELECT langchef_guard.approve(%s, ''x'', ''1 h'', NULL)', :first), '22004', 'max_uses must not be null');
SELECT throws_ok(format('SELECT langchef_guard.approve(%s, ''x'', ''1 h'', 1001)', :first), '22023', 'max_uses must be between 1 and 1000');
SELECT throws_ok('SELECT langchef_guard.reject(NULL, ''x'')', '22004', 'proposal must not be null');
SELECT throws_ok(format('SELECT langchef_guard.reject(%s, NULL)', :first), '22004', 'reason must not be null');
SELECT throws_ok(format('SELECT langchef_guard.reject(%s, E'' \n'')', :first), '22023', 'reason must not be empty');
SELECT throws_ok(format('SELECT langchef_guard.revoke(%s)', :first), '55000', format('proposal %s is not approved', :first));
SELECT throws_ok('SELECT langchef_guard.revoke(NULL)', '22004', 'proposal must not be null');
SELECT throws_ok('SELECT langchef_guard.revoke_token(NULL)', '22004', 'approval must not be null');
SELECT throws_ok('SELECT langchef_guard.revoke_token(-1)', '42704', 'approval -1 does not exist');
SELECT throws_ok('SELECT langchef_guard.issue_token(NULL, NULL, NULL)', '22004', 'role must not be null');
SELECT throws_ok('SELECT langchef_guard.issue_token(''nobody'', NULL, NULL)', '42704', 'role "nobody" does not exist');
SELECT throws_ok('SELECT langchef_guard.issue_token(''lcg_dba'', ''{X99}'', NULL)', '42704', 'rule "X99" does not exist');
SELECT throws_ok('SELECT langchef_guard.issue_token(''lcg_dba'', ''{}'', NULL)', '22023', 'rules must not be empty');
SELECT throws_ok('SELECT langchef_guard.issue_token(''lcg_dba'', NULL, ''{NULL}'')', '22004', 'objects must not contain nulls');
SELECT throws_ok('SELECT langchef_guard.issue_token(''lcg_dba'', NULL, ''{work.nope}'')', '42704', 'object "work.nope" does not exist');
SELECT throws_ok('SELECT langchef_guard.issue_token(''lcg_dba'', NULL, ''{nope.*}'')', '42704', 'object "nope.*" does not exist');
SELECT throws_ok('SELECT langchef_guard.issue_token(''lcg_dba'', NULL, ''{work.nope(integer)}'')', '42704', 'object "work.nope(integer)" does not exist');
SELECT throws_ok(format('SELECT langchef_guard.issue_token(''lcg_dba'', NULL, ARRAY[%L])', name), '42602', format('object name "%s" is not valid', name))
FROM (VALUES ('f('), ('f)'), ('work.f('), ('work.f)'), ('work.f(('), ('*'), ('.*'), ('a.b c.d'), ('public.*.*'), ('work.a.i'), ('a'), ('work.'), ('"work.a'), ('.'), ('work.f(integer[)')) AS names (name);
SELECT throws_ok('SELECT langchef_guard.issue_token(''lcg_dba'', NULL, ''{work.nope(nope)}'')', '42704', 'object "work.nope(nope)" does not exist');
SELECT throws_ok('SELECT langchef_guard.use_token(NULL)', '22004', 'token must not be null');
SELECT throws_ok('SELECT langchef_guard.use_token('''')', '22023', 'token must not be empty');
SELECT throws_ok('SELECT langchef_guard.use_token(''lcg_secret'')', '22023', 'invalid approval token', 'a malformed token is not echoed');
SELECT throws_ok('SELECT langchef_guard.use_token(repeat(''x'', 10000000))', '22023', 'invalid approval token');
SELECT throws_ok('SELECT langchef_guard.grant_approver(NULL)', '22004', 'role must not be null');

-- Tokens of others, unknown tokens
SELECT langchef_guard.approve(:first, 'fine') AS token \gset
SELECT langchef_guard.issue_token('lcg_dba', NULL, NULL) AS foreign_token \gset
SET SESSION AUTHORIZATION lcg_developer;
SET langchef_guard.approval_token = 'not a token';
SELECT try('DROP TABLE work.a') AS malformed \gset
SELECT langchef_guard.use_token('lcg_' || repeat('0', 64)) \g /dev/null
SELECT try('DROP TABLE work.a') AS unknown \gset
SELECT langchef_guard.use_token(:'foreign_token') \g /dev/null
SELECT try('DROP TABLE work.a') AS of_other \gset
SELECT langchef_guard.use_token(:'token') \g /dev/null
SELECT try('DROP TABLE work.b') AS other_table, try('DROP TABLE work.a, work.b') AS wider \gset
-- With another token beside it, in one list.
SELECT langchef_guard.use_token(:'foreign_token' || ', ' || :'token') \g /dev/null
SELECT try('DROP TABLE work.a') AS covered \gset
CREATE TABLE work.a (i integer);
SELECT try('DROP TABLE work.a') AS swapped \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'malformed' LIKE '%is not a token of this guard.', 'a malformed token is no token');
SELECT ok(:'unknown' LIKE '%is not a token of this guard.', 'an unknown token is no token');
SELECT ok(:'of_other' LIKE '%The token was issued to role "lcg_dba", not to the session''s role "lcg_developer".', 'a foreign token is no use');
SELECT ok(:'other_table' LIKE 'LG001:%does not contain this command with these effects.', 'a token does not cover another table');
SELECT ok(:'wider' LIKE 'LG001:%', 'nor a wider command');
SELECT is(:'covered'::text, 'done', 'it covers what was proposed');
SELECT ok(:'swapped' LIKE 'LG001:%', 'and not another table of the same name');
SELECT is(status, 'used', 'the proposal is used') FROM langchef_guard.proposals WHERE id = :first;
SELECT throws_ok(format('SELECT langchef_guard.reject(%s, ''late'')', :first), '55000', format('proposal %s is approved already', :first));

-- Several commands in one transaction: the newest proposal holds them all.
SET SESSION AUTHORIZATION lcg_developer;
SELECT try('DROP TABLE work.a') \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT langchef_guard.approve(newest()) AS token \gset
SET SESSION AUTHORIZATION lcg_developer;
SET langchef_guard.approval_token = :'token';
BEGIN;
SELECT try('DROP TABLE work.a') AS step_one, try('DROP TABLE work.b') AS step_two \gset
ROLLBACK;
RESET SESSION AUTHORIZATION;
SELECT is(statements, ARRAY['DROP TABLE work.a', 'DROP TABLE work.b'], 'the proposal holds both commands')
FROM langchef_guard.proposals WHERE id = newest();
SELECT langchef_guard.approve(newest()) AS token \gset
SET SESSION AUTHORIZATION lcg_developer;
SET langchef_guard.approval_token = :'token';
BEGIN;
SELECT try('DROP TABLE work.a') AS step_one, try('DROP TABLE work.b') AS step_two \gset
ROLLBACK;
BEGIN;
SAVEPOINT s;
SELECT try('DROP TABLE work.a') \g /dev/null
ROLLBACK TO s;
SELECT try('DROP VIEW work.v') \g /dev/null
ROLLBACK;
RESET SESSION AUTHORIZATION;
SELECT is(:'step_one'::text, 'done', 'its token lets the first pass');
SELECT is(:'step_two'::text, 'done', 'and the second');
SELECT is(statements, ARRAY['DROP VIEW work.v'], 'what a savepoint took back is not proposed')
FROM langchef_guard.proposals WHERE id = newest();

-- Uses, expiry, revocation
SELECT langchef_guard.issue_token('lcg_developer', '{D11}', '{work.c}', max_uses => 2) AS twice \gset
SELECT langchef_guard.issue_token('lcg_developer', NULL, NULL, '1 millisecond') AS expired \gset
SELECT langchef_guard.issue_token('lcg_developer', NULL, NULL) AS revoked \gset
SELECT langchef_guard.revoke_token(max(id), 'mistake') FROM langchef_guard.approvals \g /dev/null
SELECT pg_sleep(0.01) \g /dev/null
SET SESSION AUTHORIZATION lcg_developer;
SET langchef_guard.approval_token = :'expired';
SELECT try('DROP VIEW work.v') AS when_expired \gset
SET langchef_guard.approval_token = :'revoked';
SELECT try('DROP VIEW work.v') AS when_revoked \gset
SET langchef_guard.approval_token = :'twice';
SELECT try('DROP VIEW work.v') AS other_rule \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'when_expired' LIKE '%The token has expired.', 'an expired token is told');
SELECT ok(:'when_revoked' LIKE '%The token has been revoked.', 'a revoked one, too');
SELECT ok(:'other_rule' LIKE '%The token does not cover rule %', 'a token for other rules, too');
SELECT set_eq('SELECT DISTINCT state FROM langchef_guard.approvals', ARRAY['active', 'spent', 'expired', 'revoked'], 'approvals tell their state');

-- Scope by schema
SELECT langchef_guard.issue_token('lcg_developer', '{D01}', '{work.*}', max_uses => 1) AS token \gset
SET SESSION AUTHORIZATION lcg_developer;
CREATE TABLE other.t (i integer);
SET langchef_guard.approval_token = :'token';
SELECT try('DROP TABLE other.t') AS elsewhere, try('DROP TABLE work.a') AS inside, try('DROP TABLE work.b') AS spent \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'elsewhere' LIKE '%The token does not cover table "other.t".', 'a scope does not reach another schema');
SELECT is(:'inside'::text, 'done', 'and covers its own');
SELECT ok(:'spent' LIKE '%The token is spent.', 'as often as it was allowed');

-- Four eyes
SET langchef_guard.four_eyes = on;
SELECT langchef_guard.grant_approver('lcg_developer') \g /dev/null
SET SESSION AUTHORIZATION lcg_developer;
RESET langchef_guard.approval_token;
SELECT try('DROP TABLE work.b') \g /dev/null
SELECT try(format('SELECT langchef_guard.approve(%s)', newest())) AS own,
       try('SELECT langchef_guard.issue_token(''lcg_developer'', NULL, NULL)') AS own_token \gset
SET SESSION AUTHORIZATION lcg_dba;
SELECT try(format('SELECT langchef_guard.approve(%s)', newest())) AS of_other \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'own' LIKE '42501: a requester cannot approve proposal %', 'nobody approves the own proposal');
SELECT ok(:'own_token' LIKE '42501: a token cannot be issued to its issuer%', 'nor issues a token to oneself');
SELECT ok(:'of_other' LIKE '42501: a requester cannot approve proposal %', 'nor does the same login under another role');
RESET langchef_guard.four_eyes;

-- Privileges cannot be lent
CREATE FUNCTION public.lent(proposal bigint) RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT langchef_guard.approve(proposal)';
SELECT throws_ok('SELECT lent(newest())', '42501', 'approvals cannot be decided inside a security-definer function');

-- Names
SET SESSION AUTHORIZATION "lcg dev ""ü""";
CREATE TABLE work."odd
""name"" ü" (i integer);
SELECT try(E'DROP TABLE work."odd\n""name"" ü"') AS odd \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'odd' LIKE 'LG001:%', 'a table with an odd name is refused');
SELECT is(requester || ': ' || statements[1], E'lcg dev "ü": DROP TABLE work.U&"odd\\000A""name"" ü"', 'and proposed by its name')
FROM langchef_guard.proposals WHERE id = newest();
SELECT langchef_guard.approve(newest(), E'it''s "fine"\n') AS token \gset
SET SESSION AUTHORIZATION "lcg dev ""ü""";
SET langchef_guard.approval_token = :'token';
SELECT try(E'DROP TABLE work."odd\n""name"" ü"') AS odd \gset
RESET SESSION AUTHORIZATION;
SELECT is(:'odd'::text, 'done', 'and dropped with its token');

-- Several tokens, none of which covers: the objection to the closest is told, wherever it stands.
SET SESSION AUTHORIZATION lcg_developer;
SELECT try('DROP TABLE work.b') \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT langchef_guard.approve((SELECT id FROM langchef_guard.proposals WHERE statements = ARRAY['DROP TABLE work.b'] AND status = 'pending'),
                              'short', '1 millisecond') AS too_late,
       langchef_guard.issue_token('lcg_developer', '{D11}', NULL) AS rule_only \gset
SELECT pg_sleep(0.01) \g /dev/null
SET SESSION AUTHORIZATION lcg_developer;
SELECT langchef_guard.use_token(:'too_late' || ',' || :'foreign_token') \g /dev/null
SELECT try('DROP TABLE work.b') AS late_and_foreign \gset
SELECT langchef_guard.use_token(:'foreign_token' || ',' || :'too_late' || ',' || :'rule_only') \g /dev/null
SELECT try('DROP TABLE work.b') AS all_three \gset
SELECT langchef_guard.use_token(:'rule_only' || ',' || :'foreign_token') \g /dev/null
SELECT try('DROP TABLE work.b') AS foreign_and_rule \gset
SELECT langchef_guard.use_token(:'rule_only' || ',lcg_' || repeat('0', 64)) \g /dev/null
SELECT try('DROP TABLE work.b') AS unknown_and_rule \gset
RESET SESSION AUTHORIZATION;
SELECT ok(:'late_and_foreign' LIKE '%The token has expired.', 'an expired token for the command before a foreign one');
SELECT ok(:'all_three' LIKE '%The token has expired.', 'in any order');
SELECT ok(:'foreign_and_rule' LIKE '%The token was issued to role "lcg_dba", not to %', 'a foreign one for the command before an own for another');
SELECT ok(:'unknown_and_rule' LIKE '%The token does not cover rule D01.', 'an own one for another before none');

-- Very long names are cut in summaries, between characters
SELECT repeat('"', 44) || 'a' || repeat('ü', 9) AS long_name \gset
SELECT format('CREATE SCHEMA %I', :'long_name'), format('CREATE TABLE %I.%1$I ()', :'long_name') \gexec
SELECT try(format('DROP TABLE %I.%1$I', :'long_name')) AS long_one \gset
SELECT ok(:'long_one' LIKE 'LG001: dropping table "%" is not approved%', 'a table with a long name is refused');
SELECT ok(summary LIKE 'dropping table "%...' AND octet_length(summary) BETWEEN 210 AND 225, 'and its summary is short') FROM langchef_guard.proposals WHERE id = newest();

-- A token is in no table
SELECT is_empty(format($$ SELECT 1 FROM langchef_guard.approval a WHERE a::text LIKE '%%' || %L || '%%' $$, right(:'token', 64)), 'no table holds the token');
SELECT is_empty(format($$ SELECT 1 FROM langchef_guard.ledger l WHERE l::text LIKE '%%' || %L || '%%' $$, right(:'token', 64)), 'nor does the ledger');

SELECT * FROM finish();
