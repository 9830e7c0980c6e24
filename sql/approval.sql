-- The road of an approval: refused, proposed, approved, used once.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
CREATE ROLE regress_lcg_developer LOGIN;
CREATE ROLE regress_lcg_dba LOGIN;
SELECT langchef_guard.grant_approver('regress_lcg_dba');
CREATE SCHEMA regress_approval AUTHORIZATION regress_lcg_developer;

-- The texts hold numbers of proposals, which differ from run to run.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET SESSION AUTHORIZATION regress_lcg_developer;
CREATE TABLE regress_approval.prompts (id integer, version text);
CREATE TABLE regress_approval.runs (id integer);
DROP TABLE regress_approval.prompts;
DROP TABLE regress_approval.prompts;
SELECT max(id) AS proposal FROM langchef_guard.my_proposals \gset

-- The requester sees the proposal, and nobody else's.
SELECT status, summary, command_tag, statements, rules, attempts
FROM langchef_guard.my_proposals WHERE id = :proposal;
SELECT id FROM langchef_guard.proposals;
SELECT langchef_guard.approve(:proposal);

SET SESSION AUTHORIZATION regress_lcg_dba;
SELECT count(*) FROM langchef_guard.my_proposals;
SELECT status, requester, summary FROM langchef_guard.proposals WHERE id = :proposal;
SELECT langchef_guard.approve(:proposal, 'replaced by runs') AS token \gset
SELECT :'token' ~ '^lcg_[0-9a-f]{64}$' AS is_token;
SELECT p.status, a.state, a.role, a.max_uses, a.uses_left, a.issued_by, a.reason
FROM langchef_guard.proposals p JOIN langchef_guard.approvals a ON a.proposal_id = p.id WHERE p.id = :proposal;

-- Only the requester can use the token, and only for the command.
SELECT langchef_guard.use_token(:'token');
SET SESSION AUTHORIZATION regress_lcg_developer;
SHOW langchef_guard.approval_token;
DROP TABLE regress_approval.runs;
-- A use that is rolled back is given back.
BEGIN;
DROP TABLE regress_approval.prompts;
ROLLBACK;
-- Spelling does not matter.
DROP /* the old one */ TABLE IF EXISTS "regress_approval"."prompts" RESTRICT;
SELECT status FROM langchef_guard.my_proposals WHERE id = :proposal;
-- A table of the same name is another one.
CREATE TABLE regress_approval.prompts (id integer, version text);
DROP TABLE regress_approval.prompts;

-- Rejected: the requester reads why.
SELECT max(id) AS proposal FROM langchef_guard.my_proposals \gset
SET SESSION AUTHORIZATION regress_lcg_dba;
SELECT langchef_guard.reject(:proposal, 'still read by the importer');
SET SESSION AUTHORIZATION regress_lcg_developer;
SELECT status, decided_by, decision_reason FROM langchef_guard.my_proposals WHERE id = :proposal;
-- Refused again: a new proposal.
DROP TABLE regress_approval.prompts;
SELECT max(id) > :proposal AS is_new FROM langchef_guard.my_proposals;

-- A scoped token needs no proposal.
SET SESSION AUTHORIZATION regress_lcg_dba;
SELECT langchef_guard.issue_token('regress_lcg_developer', '{D01}', '{regress_approval.*}', max_uses => 2) AS token \gset
SET SESSION AUTHORIZATION regress_lcg_developer;
SELECT langchef_guard.use_token(:'token');
INSERT INTO regress_approval.prompts VALUES (1, 'one');
TRUNCATE regress_approval.prompts;
DROP TABLE regress_approval.prompts;
DROP TABLE regress_approval.runs;

-- What is no name is said in our own words, without the guard's queries.
RESET SESSION AUTHORIZATION;
\set VERBOSITY default
\set SHOW_CONTEXT always
SELECT langchef_guard.issue_token('regress_lcg_developer', NULL, '{"f("}');
SELECT langchef_guard.issue_token('regress_lcg_developer', NULL, '{"a.b c.d"}');
SELECT langchef_guard.issue_token('regress_lcg_developer', NULL, '{public.*.*}');
SELECT langchef_guard.issue_token('regress_lcg_developer', NULL, '{*}');

-- A policy that would never match is refused; one for later has a warning.
INSERT INTO langchef_guard.policy (rule, action) VALUES ('D99', 'deny');
INSERT INTO langchef_guard.policy (object, action) VALUES ('prompts', 'deny');
INSERT INTO langchef_guard.policy (schema_name, object, role, action)
VALUES ('REGRESS_approval', 'regress_approval.later', 'regress_lcg_nobody', 'deny') RETURNING schema_name, object, role;
DELETE FROM langchef_guard.policy WHERE role = 'regress_lcg_nobody';

RESET SESSION AUTHORIZATION;
RESET langchef_guard.approval_token;
SET client_min_messages = error;
SET langchef_guard.mode = record;
DROP SCHEMA regress_approval CASCADE;
DROP OWNED BY regress_lcg_developer, regress_lcg_dba;
DROP ROLE regress_lcg_developer, regress_lcg_dba;
