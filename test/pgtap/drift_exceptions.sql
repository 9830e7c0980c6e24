-- Who may say what does not count as drift, and see it; members of extensions; has_no_drift() in a plan of pgTAP.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET langchef_guard.mode = 'record';
CREATE ROLE lcg_exception_keeper;
CREATE ROLE lcg_exception_auditor;
CREATE ROLE lcg_exception_dba;
CREATE ROLE lcg_exception_nobody;
SELECT langchef_guard.grant_auditor('lcg_exception_auditor'), langchef_guard.grant_approver('lcg_exception_dba') \g /dev/null
GRANT EXECUTE ON FUNCTION langchef_guard.configure_expected(text, jsonb), langchef_guard.ignore_drift(text, text, text, text, timestamptz),
    langchef_guard.unignore_drift(bigint, text), langchef_guard.accept_drift(text[], text, text), langchef_guard.unaccept_drift(text[], text, text),
    langchef_guard.drift(text, boolean), langchef_guard.is_clean(text), langchef_guard.has_no_drift(text) TO lcg_exception_keeper;
CREATE FUNCTION public.outcome(command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE command;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
CREATE SCHEMA app;
CREATE TABLE app.t (a int);
SELECT langchef_guard.register_expected('base') \g /dev/null
CREATE TABLE app.u (a int);
SELECT no_plan();

-- Nobody may; an auditor and an approver may not change what counts.
CREATE TABLE public.decisions (call text);
GRANT SELECT ON public.decisions TO PUBLIC;
INSERT INTO public.decisions VALUES ('configure_expected(''base'', ''{"owners": false}'')'), ('ignore_drift(''table'', NULL, NULL, ''x'')'),
    ('unignore_drift(1, ''x'')'), ('accept_drift(''{x}'', ''x'')'), ('unaccept_drift(''{x}'', ''x'')');
CREATE TABLE public.readings (call text);
GRANT SELECT ON public.readings TO PUBLIC;
INSERT INTO public.readings VALUES ('compare(''base'', ''base'')'), ('drift(''base'', true)'), ('drift_report(''base'')'), ('drift_by_schema(''base'')'),
    ('drift_summary(''base'')'), ('drift_json(''base'')'), ('ignore_rules'), ('accepted_differences'), ('expected_schemas');
SET ROLE lcg_exception_nobody;
SELECT matches(outcome('SELECT FROM langchef_guard.' || call), '^42501: permission denied', 'nobody: ' || call)
  FROM (TABLE public.decisions UNION ALL TABLE public.readings) AS all_calls;
SET ROLE lcg_exception_dba;
SELECT matches(outcome('SELECT FROM langchef_guard.' || call), '^42501: permission denied for function', 'an approver: ' || call) FROM public.decisions;
SET ROLE lcg_exception_auditor;
SELECT matches(outcome('SELECT FROM langchef_guard.' || call), '^42501: permission denied for function', 'an auditor: ' || call) FROM public.decisions;
SELECT is(outcome('SELECT FROM langchef_guard.' || call), 'done', 'an auditor: ' || call) FROM public.readings;
SELECT matches(outcome('SELECT FROM langchef_guard.' || name), '^42501: permission denied for table', 'an auditor: ' || name)
  FROM unnest(ARRAY['expected_option', 'ignore_rule', 'accepted_difference']) AS name;
SELECT is(has_function_privilege('langchef_guard.has_no_drift(text)', 'EXECUTE'), true, 'an auditor: has_no_drift()');
-- Who was given the functions needs no more.
SET ROLE lcg_exception_keeper;
SELECT is(langchef_guard.configure_expected('base', '{"outside_schemas": false, "schemas": ["app"]}'), '{"outside_schemas": false, "schemas": ["app"]}', 'a keeper sets options');
SELECT langchef_guard.ignore_drift('table', NULL, 'app.u', E'a reason\u0007 that rings') AS rule \gset
SELECT is(langchef_guard.is_clean('base'), true, 'and ignores');
SELECT lives_ok(format('SELECT langchef_guard.unignore_drift(%s, ''done'')', :rule), 'and ends that');
SELECT is(langchef_guard.is_clean('base'), false, 'after which it counts');
SELECT is(langchef_guard.accept_drift(ARRAY(SELECT drift_id FROM langchef_guard.drift('base') WHERE implied_by IS NULL), 'agreed', 'base'), 2::bigint, 'and accepts');
SELECT is(langchef_guard.is_clean('base'), true, 'after which it does not');
SELECT matches(outcome('SELECT FROM langchef_guard.accepted_difference'), '^42501', 'but the table stays closed');
RESET ROLE;
-- SET ROLE is not who it was.
SELECT is(ARRAY(SELECT DISTINCT created_by FROM langchef_guard.ignore_rules), ARRAY[SESSION_USER::name], 'the session''s role is on record');
SELECT is(ARRAY(SELECT DISTINCT outer_role::text FROM langchef_guard.changes WHERE command_tag LIKE '%DRIFT'), '{lcg_exception_keeper}', 'and the ledger has the other');
SELECT is((SELECT reason FROM langchef_guard.ignore_rules), 'a reason\0007 that rings', 'what rings does not ring in the view');
-- What was decided in a transaction is not blamed for what changed in it.
BEGIN;
ALTER TABLE app.t ADD b int;
SELECT langchef_guard.ignore_drift('view', NULL, NULL, 'in the same transaction') \g /dev/null
COMMIT;
SELECT matches((SELECT statement FROM langchef_guard.drift('base') WHERE object = 'app.t.b'), '^ALTER TABLE', 'the change is blamed, not the rule');
ALTER TABLE app.t DROP b;

-- Members of extensions.
CREATE SCHEMA tools;
CREATE EXTENSION citext SCHEMA tools;
CREATE TABLE tools.own (a int);
SELECT langchef_guard.register_expected('members') \g /dev/null
SELECT langchef_guard.configure_expected('members', '{"extension_members": false}') \g /dev/null
GRANT EXECUTE ON FUNCTION tools.citext_eq(tools.citext, tools.citext) TO lcg_exception_nobody;
ALTER TABLE tools.own ADD b int;
CREATE FUNCTION tools.mine() RETURNS int LANGUAGE sql AS 'SELECT 1';
SELECT is(ARRAY(SELECT concat_ws(' ', operation, kind, object, attribute) FROM langchef_guard.drift('members') ORDER BY object),
          '{"unexpected function tools.mine()","unexpected column tools.own.b"}', 'only what is no member');
SELECT is((SELECT differences FROM langchef_guard.drift_summary('members') WHERE kind = 'extension members'), 1::bigint, 'the rest is counted');
ALTER EXTENSION citext ADD FUNCTION tools.mine();
ALTER EXTENSION citext DROP FUNCTION tools.citext_ne(tools.citext, tools.citext);
SELECT is(ARRAY(SELECT concat_ws(' ', operation, kind, object, attribute) FROM langchef_guard.drift('members') ORDER BY object),
          '{"changed function tools.citext_ne(tools.citext,tools.citext) extension","unexpected column tools.own.b"}', 'what joined is one, what left tells so');
DROP EXTENSION citext CASCADE;
SELECT is(ARRAY(SELECT concat_ws(' ', operation, kind, object, attribute) FROM langchef_guard.drift('members') WHERE implied_by IS NULL ORDER BY object),
          '{"missing extension citext","unexpected column tools.own.b"}', 'the extension itself is compared');

-- A test in a plan of pgTAP is counted by it, with what there is to say.
SELECT langchef_guard.unaccept_drift(ARRAY(SELECT drift_id FROM langchef_guard.accepted_differences WHERE accepted_with = drift_id), 'not any more', 'base') \g /dev/null
SELECT * FROM check_test((SELECT string_agg(line, E'\n') FROM langchef_guard.has_no_drift('base') AS line), false, 'has_no_drift() with drift',
    'schema is as expected schema "base"', '^Table app.u is not in the expected schema\.  Changed by role "[^"]*"\.\s+Column app.u.a is not', true);
SELECT langchef_guard.configure_expected('base', '{"schemas": null, "except_schemas": ["app", "tools", "public"]}') \g /dev/null
SELECT * FROM check_test((SELECT string_agg(line, E'\n') FROM langchef_guard.has_no_drift('base') AS line), true, 'has_no_drift() without',
    'schema is as expected schema "base"', '');
SELECT * FROM langchef_guard.has_no_drift('base');
SELECT * FROM finish();
