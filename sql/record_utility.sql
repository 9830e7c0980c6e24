-- What commands without event triggers leave in the ledger, and what changes nothing.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
SELECT coalesce(max(id), 0) AS start FROM langchef_guard.ledger \gset

CREATE ROLE regress_record_utility LOGIN;
CREATE ROLE regress_record_utility_group;

-- A role by another word than its name.
SET SESSION AUTHORIZATION regress_record_utility;
ALTER ROLE CURRENT_USER SET work_mem = '5MB';
ALTER ROLE SESSION_USER RESET work_mem;
ALTER ROLE CURRENT_ROLE PASSWORD NULL;
RESET SESSION AUTHORIZATION;
-- All of them.
ALTER ROLE ALL IN DATABASE contrib_regression SET work_mem = '5MB';
ALTER ROLE ALL IN DATABASE contrib_regression RESET ALL;
ALTER ROLE PUBLIC SET work_mem = '5MB';
DROP TABLESPACE IF EXISTS regress_record_utility;

-- The second of each changes nothing.
GRANT regress_record_utility_group TO regress_record_utility;
GRANT regress_record_utility_group TO regress_record_utility;
GRANT regress_record_utility_group TO regress_record_utility WITH ADMIN OPTION;
GRANT regress_record_utility_group TO regress_record_utility WITH ADMIN OPTION;
REVOKE ADMIN OPTION FOR regress_record_utility_group FROM regress_record_utility;
REVOKE ADMIN OPTION FOR regress_record_utility_group FROM regress_record_utility;
REVOKE regress_record_utility_group FROM regress_record_utility;
REVOKE regress_record_utility_group FROM regress_record_utility;
COMMENT ON ROLE regress_record_utility IS 'one';
COMMENT ON ROLE regress_record_utility IS 'one';
COMMENT ON ROLE regress_record_utility IS NULL;
COMMENT ON ROLE regress_record_utility IS NULL;
COMMENT ON DATABASE contrib_regression IS 'one';
COMMENT ON DATABASE contrib_regression IS 'one';
COMMENT ON DATABASE contrib_regression IS NULL;
CREATE FUNCTION regress_record_utility() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER regress_record_utility ON sql_drop EXECUTE FUNCTION regress_record_utility();
ALTER EVENT TRIGGER regress_record_utility ENABLE ALWAYS;
ALTER EVENT TRIGGER regress_record_utility ENABLE ALWAYS;
ALTER EVENT TRIGGER regress_record_utility DISABLE;
ALTER EVENT TRIGGER regress_record_utility DISABLE;
DROP EVENT TRIGGER regress_record_utility;
DROP FUNCTION regress_record_utility();
DROP ROLE regress_record_utility, regress_record_utility_group;

SELECT command_tag, operation, object_type, identity, statement
  FROM langchef_guard.ledger WHERE id > :start ORDER BY id;

-- Constraints that become a part of their parent's are still there.
SELECT coalesce(max(id), 0) AS start FROM langchef_guard.ledger \gset
CREATE SCHEMA regress_record_inherited;
SET search_path = regress_record_inherited;
CREATE TABLE part (id integer, amount integer, CONSTRAINT part_pkey PRIMARY KEY (id), CONSTRAINT positive CHECK (amount > 0), CONSTRAINT less CHECK (amount < 9));
CREATE TABLE whole (id integer, amount integer, CONSTRAINT whole_pkey PRIMARY KEY (id), CONSTRAINT positive CHECK (amount > 0), CONSTRAINT less CHECK (amount < 9)) PARTITION BY RANGE (id);
CREATE TABLE born PARTITION OF whole FOR VALUES FROM (1) TO (2);
ALTER TABLE whole ATTACH PARTITION part DEFAULT;
-- Both lose it, and both say so; the one that never had it of its own does not.
ALTER TABLE whole DROP CONSTRAINT positive;
ALTER TABLE whole RENAME CONSTRAINT less TO fewer;
ALTER TABLE whole DETACH PARTITION part;
ALTER TABLE whole DETACH PARTITION born;
CREATE TABLE parent (amount integer, CONSTRAINT positive CHECK (amount > 0));
CREATE TABLE heir (amount integer, CONSTRAINT positive CHECK (amount > 0) NOT VALID);
ALTER TABLE heir VALIDATE CONSTRAINT positive;
ALTER TABLE heir INHERIT parent;
ALTER TABLE heir NO INHERIT parent;
SELECT l.command_tag, l.identity, d ->> 'op' AS op, d ->> 'fact' AS fact, d ->> 'attribute' AS attribute, d ->> 'before' AS before, d ->> 'after' AS after
  FROM langchef_guard.ledger l, jsonb_array_elements(l.difference) AS d
 WHERE l.id > :start AND l.operation = 'alter' AND d ->> 'kind' = 'constraint' ORDER BY l.id, d ->> 'fact' COLLATE "C";

-- The name of an object can be longer than an index row.
DO $$
DECLARE
    arguments text;
BEGIN
    FOR i IN 1 .. 90 LOOP
        EXECUTE format('CREATE DOMAIN %I AS integer', rpad('d' || i || '_', 63, 'd'));
    END LOOP;
    SELECT string_agg(quote_ident(rpad('d' || i || '_', 63, 'd')), ', ') INTO arguments FROM generate_series(1, 90) AS i;
    EXECUTE format('CREATE FUNCTION lengthy(%s) RETURNS integer LANGUAGE sql AS ''SELECT 1''', arguments);
    EXECUTE format('COMMENT ON FUNCTION lengthy(%s) IS ''long''', arguments);
END
$$;
SELECT command_tag, operation, length(identity) FROM langchef_guard.ledger
 WHERE id > :start AND object_type = 'function' ORDER BY id;
SELECT langchef_guard.baseline();
SELECT count(*) FROM langchef_guard.known_object WHERE identity LIKE 'regress\_record\_inherited.lengthy%';
DROP SCHEMA regress_record_inherited CASCADE;
SELECT command_tag, operation, length(identity) FROM langchef_guard.ledger
 WHERE id > :start AND object_type = 'function' AND operation = 'drop' ORDER BY id;

RESET search_path;

-- A password that a function puts together is not in the statement.
CREATE FUNCTION regress_record_secret() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'alter role app password ' || quote_literal('hidden');
    EXECUTE format('alter role app password %L', 'hidden');
    PERFORM 'shown';
END
$$;
SELECT statement FROM langchef_guard.ledger WHERE id > :start AND identity = 'public.regress_record_secret()';
DROP FUNCTION regress_record_secret();
