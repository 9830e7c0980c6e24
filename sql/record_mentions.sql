-- What mentions an object shows its change at once: the row of the command has it, and the next comment only the comment.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
\set VERBOSITY terse
LOAD 'langchef_guard';
SET langchef_guard.mode = record;
CREATE SCHEMA regress_mentions;
SET search_path = regress_mentions;
CREATE TYPE e AS ENUM ('a', 'b');
CREATE DOMAIN de AS e DEFAULT 'a' CHECK (VALUE IN ('a', 'b'));
CREATE TABLE n (z e DEFAULT 'a', y e[] DEFAULT '{a}', CONSTRAINT zz CHECK (z IN ('a', 'b')));
CREATE INDEX ni ON n (z) WHERE z = 'a';
CREATE VIEW nv AS SELECT z FROM n WHERE z = 'a';
CREATE FUNCTION nf(e DEFAULT 'a') RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1 WHERE 'a'::e = $1; END;
CREATE TABLE np (z e) PARTITION BY LIST (z);
CREATE TABLE np1 PARTITION OF np FOR VALUES IN ('a');
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TABLE p (a int) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TRIGGER ptr BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION tf();
CREATE TABLE k (id int PRIMARY KEY, v int UNIQUE, w text);
CREATE FUNCTION fs(i int) RETURNS int LANGUAGE sql BEGIN ATOMIC
    INSERT INTO k VALUES (i, i, 'x') ON CONFLICT ON CONSTRAINT k_v_key DO NOTHING; SELECT 1; END;
CREATE TABLE c2 (a int NOT NULL) PARTITION BY RANGE (a);
CREATE TABLE c21 (a int NOT NULL);
ALTER TABLE ONLY c2 ATTACH PARTITION c21 FOR VALUES FROM (0) TO (10);
ALTER TABLE ONLY c2 ADD CONSTRAINT c2_u UNIQUE (a);
ALTER TABLE ONLY c21 ADD CONSTRAINT c21_u UNIQUE (a);
ALTER TABLE p DISABLE TRIGGER ptr;
ALTER TABLE p1 ENABLE TRIGGER ptr;
SELECT coalesce(max(id), 0) AS start FROM langchef_guard.ledger \gset

ALTER TYPE e RENAME VALUE 'a' TO 'aa';
CREATE OR REPLACE TRIGGER ptr BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION tf();
ALTER INDEX k_v_key RENAME TO k_v;
ALTER INDEX c2_u ATTACH PARTITION c21_u;
SELECT command_tag, source, replace(identity, 'regress_mentions.', '') AS identity FROM langchef_guard.ledger
 WHERE id > :start ORDER BY command_tag, replace(identity, 'regress_mentions.', '') COLLATE "C";

SELECT max(id) AS start FROM langchef_guard.ledger \gset
COMMENT ON TYPE e IS 'x';
COMMENT ON DOMAIN de IS 'x';
COMMENT ON TABLE n IS 'x';
COMMENT ON INDEX ni IS 'x';
COMMENT ON VIEW nv IS 'x';
COMMENT ON FUNCTION nf(e) IS 'x';
COMMENT ON TABLE np1 IS 'x';
COMMENT ON TABLE p1 IS 'x';
COMMENT ON FUNCTION fs(int) IS 'x';
COMMENT ON TABLE c21 IS 'x';
COMMENT ON TABLE c2 IS 'x';
SELECT l.source, replace(l.identity, 'regress_mentions.', '') AS identity, d ->> 'attribute' AS attribute
  FROM langchef_guard.ledger l, jsonb_array_elements(l.difference) d WHERE l.id > :start ORDER BY l.id, 3;
SET langchef_guard.mode = off;
DROP SCHEMA regress_mentions CASCADE;
