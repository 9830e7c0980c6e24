-- DELETE, UPDATE and MERGE: a condition in whatever plan is one, and none is none.
-- In a database of its own, so that the numbers of the proposals are known.
\set home :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_lcg_refuse_dml TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
\c regress_lcg_refuse_dml
SET client_min_messages = warning;
CREATE EXTENSION langchef_guard;
LOAD 'langchef_guard';
\set VERBOSITY terse
CREATE TABLE t (id int PRIMARY KEY, s_id int, x int);
CREATE TABLE s (id int PRIMARY KEY, x int);
INSERT INTO t SELECT g, g, g FROM generate_series(1, 5) AS g;
INSERT INTO s SELECT g, g FROM generate_series(1, 20000) AS g;
ANALYZE t, s;

-- A join with a condition, however the plan is made.
DELETE FROM t USING s WHERE s.id = t.s_id AND s.x < 0;
DELETE FROM t WHERE NOT EXISTS (SELECT FROM s WHERE s.id = t.s_id);
DELETE FROM t WHERE EXISTS (SELECT FROM s WHERE s.id = t.s_id AND s.x < 0);
DELETE FROM t WHERE s_id NOT IN (SELECT id FROM s);
DELETE FROM t WHERE s_id IN (SELECT x FROM s WHERE x < 0);
UPDATE t SET x = s.x FROM s WHERE s.id = t.s_id;
UPDATE t SET x = s.x FROM s LEFT JOIN s AS other ON other.id = s.x WHERE s.id = t.s_id;
UPDATE t SET x = s.x FROM s WHERE s.id > t.s_id AND s.id < 0;
MERGE INTO t USING s ON s.id = t.s_id WHEN MATCHED THEN UPDATE SET x = s.x;
MERGE INTO t USING s ON s.id = t.s_id + 20000 WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN DO NOTHING;
WITH gone AS (DELETE FROM t USING s WHERE s.id = t.s_id AND s.x < 0 RETURNING t.id) SELECT count(*) FROM gone;
SET enable_nestloop = off;
DELETE FROM t USING s WHERE s.id = t.s_id AND s.x < 0;
DELETE FROM t WHERE NOT EXISTS (SELECT FROM s WHERE s.id = t.s_id);
SET enable_hashjoin = off;
DELETE FROM t USING s WHERE s.id = t.s_id AND s.x < 0;
DELETE FROM t WHERE NOT EXISTS (SELECT FROM s WHERE s.id = t.s_id);
SET enable_nestloop = on;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SET enable_indexonlyscan = off;
DELETE FROM t USING s WHERE s.id = t.s_id AND s.x < 0;
DELETE FROM t WHERE NOT EXISTS (SELECT FROM s WHERE s.id = t.s_id);
RESET ALL;
SELECT count(*) FROM t;

-- No condition, or one that concerns no row of the table.
DELETE FROM t;
DELETE FROM t USING s;
DELETE FROM t USING s WHERE s.x < 10;
DELETE FROM t USING s JOIN s AS other ON other.id = s.x WHERE s.id < 10;
DELETE FROM t WHERE EXISTS (SELECT FROM s);
UPDATE t SET x = 0 FROM (SELECT max(x) AS x FROM s) AS most;
UPDATE t SET x = s.x FROM s LEFT JOIN s AS other ON other.id = s.x;
MERGE INTO t USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE;
MERGE INTO t USING (SELECT 1) AS one ON true WHEN MATCHED AND t.x = 1 THEN UPDATE SET x = 2 WHEN MATCHED THEN DELETE;
WITH gone AS (DELETE FROM t RETURNING id) SELECT count(*) FROM gone;
-- Some rows are spared.
MERGE INTO t USING (SELECT 1) AS one ON true WHEN MATCHED AND t.x > 0 THEN DO NOTHING WHEN MATCHED THEN DELETE;
SELECT count(*) FROM t;

-- Partitions; a foreign one cannot be looked into.
CREATE TABLE whole (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE part_1 PARTITION OF whole FOR VALUES FROM (1) TO (10);
CREATE TABLE part_2 PARTITION OF whole FOR VALUES FROM (10) TO (20);
INSERT INTO whole VALUES (1, 1), (11, 11);
DELETE FROM whole WHERE a = 2;
DELETE FROM whole WHERE b = 2;
DELETE FROM whole USING s WHERE s.id = whole.a AND s.x < 0;
DELETE FROM whole;
CREATE EXTENSION postgres_fdw;
SELECT current_setting('port') AS port, coalesce(nullif(split_part(current_setting('unix_socket_directories'), ',', 1), ''), 'localhost') AS host \gset
CREATE SERVER loopback FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host :'host', port :'port', dbname 'regress_lcg_refuse_dml');
CREATE USER MAPPING FOR CURRENT_USER SERVER loopback;
CREATE TABLE far (a int, b int);
INSERT INTO far VALUES (21, 21);
CREATE FOREIGN TABLE part_3 PARTITION OF whole FOR VALUES FROM (20) TO (30) SERVER loopback OPTIONS (table_name 'far');
DELETE FROM whole;
UPDATE whole SET b = 0;
DELETE FROM whole WHERE b = 2;
SELECT count(*) FROM whole;

-- Alembic empties its own table.
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);
INSERT INTO alembic_version VALUES ('1');
UPDATE alembic_version SET version_num = '2';
DELETE FROM alembic_version;
SELECT revision_from, revision_to FROM langchef_guard.alembic_step ORDER BY id;
INSERT INTO alembic_version VALUES ('3');
TRUNCATE alembic_version;

SET langchef_guard.mode = 'off';
\c :home
LOAD 'langchef_guard';
SET langchef_guard.mode = 'off';
DROP DATABASE regress_lcg_refuse_dml;
