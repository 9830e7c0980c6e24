# What the attacks are made on.
package Attack::Fixture;

use strict;
use warnings FATAL => 'all';

our %role = (o => 'attack_owner', d => 'attack_dbo', s => 'postgres');
our %title = (o => 'owner', d => 'database owner', s => 'superuser');

# The owner of the database is a member of the objects' owner: so it may do what that one may, and more.
our $roles = q{
	CREATE ROLE attack_owner LOGIN;
	CREATE ROLE attack_dbo LOGIN CREATEDB CREATEROLE;
	CREATE ROLE attack_approver LOGIN;
	CREATE ROLE attack_auditor LOGIN;
	CREATE ROLE attack_other LOGIN;
	CREATE ROLE attack_super SUPERUSER;
	CREATE ROLE attack_spare LOGIN;
	GRANT attack_owner TO attack_dbo;
	GRANT attack_spare TO attack_dbo WITH ADMIN OPTION};

our $objects = q{
	SELECT langchef_guard.grant_approver('attack_approver');
	SELECT langchef_guard.grant_auditor('attack_auditor');
	CREATE EXTENSION dblink;
	CREATE EXTENSION file_fdw;
	CREATE EXTENSION postgres_fdw;
	GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO attack_owner;
	GRANT CREATE ON SCHEMA public TO attack_owner;
	CREATE SCHEMA app AUTHORIZATION attack_owner;
	GRANT CREATE ON SCHEMA app TO attack_dbo;
	SET ROLE attack_owner;
	CREATE TABLE app.t (id int PRIMARY KEY, a int NOT NULL DEFAULT 1, b varchar(10), c text, g int GENERATED ALWAYS AS IDENTITY,
		e int GENERATED ALWAYS AS (a * 2) STORED);
	INSERT INTO app.t (id, a, b, c) SELECT n, n, 'b' || n, 'c' FROM generate_series(1, 10) n;
	CREATE INDEX t_a ON app.t (a);
	CREATE TABLE app.child (id serial PRIMARY KEY, t_id int CONSTRAINT child_t REFERENCES app.t ON DELETE CASCADE);
	INSERT INTO app.child (t_id) SELECT n FROM generate_series(1, 5) n;
	CREATE TABLE app.lonely (x int, y text, CONSTRAINT positive CHECK (x > 0));
	INSERT INTO app.lonely VALUES (1, 'y'), (2, 'y');
	CREATE TABLE app.other (x int, y text);
	INSERT INTO app.other VALUES (1, 'y'), (2, 'y');
	CREATE TABLE app.fresh (x int, y text);
	CREATE VIEW app.v AS SELECT id, a FROM app.t;
	CREATE MATERIALIZED VIEW app.m AS SELECT x FROM app.other;
	CREATE SEQUENCE app.s;
	SELECT setval('app.s', 41);
	CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
	CREATE TABLE app.calls (x int DEFAULT app.f(1));
	CREATE PROCEDURE app.p() LANGUAGE sql AS 'SELECT 1';
	CREATE TYPE app.mood AS ENUM ('good', 'bad');
	CREATE TYPE app.pair AS (x int, y int);
	CREATE DOMAIN app.positive AS int CONSTRAINT more CHECK (VALUE > 0);
	CREATE TABLE app.typed (m app.mood, p app.positive);
	INSERT INTO app.typed VALUES ('good', 1);
	CREATE TABLE app.of_pair OF app.pair;
	INSERT INTO app.of_pair VALUES (1, 2);
	CREATE TABLE app.whole (k int, v int) PARTITION BY RANGE (k);
	CREATE TABLE app.part PARTITION OF app.whole FOR VALUES FROM (1) TO (10);
	INSERT INTO app.whole VALUES (1, 1);
	CREATE TABLE app.base (k int);
	CREATE TABLE app.heir () INHERITS (app.base);
	INSERT INTO app.heir VALUES (1);
	CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
	CREATE TRIGGER trg BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.fire();
	CREATE RULE quiet AS ON INSERT TO app.other DO ALSO NOTHING;
	CREATE POLICY pol ON app.t USING (true);
	ALTER TABLE app.t ENABLE ROW LEVEL SECURITY;
	CREATE STATISTICS app.stats ON a, id FROM app.t;
	CREATE COLLATION app.coll (locale = 'C');
	CREATE SERVER srv FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '/nowhere', dbname 'none');
	CREATE USER MAPPING FOR CURRENT_USER SERVER srv OPTIONS (user 'none', password 'hidden');
	CREATE FOREIGN TABLE app.ft (x int) SERVER srv;
	SELECT lo_from_bytea(4711, 'content');
	CREATE TABLE app.ruled (x int);
	INSERT INTO app.ruled VALUES (1);
	CREATE RULE empties AS ON INSERT TO app.ruled DO ALSO DELETE FROM app.lonely;
	CREATE VIEW app.iv AS SELECT x FROM app.lonely;
	CREATE FUNCTION app.empty_lonely() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM app.lonely; RETURN OLD; END';
	CREATE TRIGGER instead INSTEAD OF DELETE ON app.iv FOR EACH ROW EXECUTE FUNCTION app.empty_lonely();
	CREATE TABLE app.trap (x int);
	CREATE FUNCTION app.drop_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DROP TABLE app.lonely CASCADE; RETURN NEW; END';
	CREATE TRIGGER indirect BEFORE INSERT ON app.trap FOR EACH ROW EXECUTE FUNCTION app.drop_row();
	CREATE FUNCTION app.drops() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN DROP TABLE app.lonely CASCADE; END';
	CREATE PROCEDURE app.committer() LANGUAGE plpgsql AS 'BEGIN COMMIT; DROP TABLE app.lonely CASCADE; COMMIT; END';
	CREATE PROCEDURE app.catcher() LANGUAGE plpgsql AS
		'BEGIN BEGIN DROP TABLE app.lonely CASCADE; EXCEPTION WHEN OTHERS THEN NULL; END; COMMIT; END';
	CREATE SCHEMA full_of AUTHORIZATION attack_owner;
	CREATE TABLE full_of.rows AS SELECT 1 AS x;
	CREATE PUBLICATION pub FOR TABLE app.t;
	RESET ROLE;
	CREATE TABLE app.owned AS SELECT 1 AS x;
	ALTER TABLE app.owned OWNER TO attack_other;
	CREATE FUNCTION app.loop_back(sql text) RETURNS text LANGUAGE sql SECURITY DEFINER AS
		$$SELECT public.dblink_exec(format('host=%s port=%s dbname=%s user=attack_owner',
			split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database()), sql)$$;
	CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw;
	CREATE USER MAPPING FOR PUBLIC SERVER loop OPTIONS (user 'attack_owner', password_required 'false');
	DO $$ BEGIN EXECUTE format('ALTER SERVER loop OPTIONS (host %L, port %L, dbname %L)',
		split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database()); END $$;
	CREATE FOREIGN TABLE app.far (x int, y text) SERVER loop OPTIONS (schema_name 'app', table_name 'lonely');
	ALTER FOREIGN TABLE app.far OWNER TO attack_owner;
	ANALYZE};

# What the ledger has of this transaction, and what everything looks like: roles of attackers may not read the ledger.
our $probe = q{
	CREATE SCHEMA probe;
	GRANT USAGE ON SCHEMA probe TO PUBLIC;
	CREATE FUNCTION probe.recorded(with_mode boolean) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	BEGIN
		IF to_regclass('langchef_guard.ledger') IS NULL THEN RETURN 'gone'; END IF;
		RETURN (SELECT string_agg(DISTINCT command_tag, ', ' ORDER BY command_tag) FROM langchef_guard.ledger
			WHERE xid = pg_current_xact_id_if_assigned() AND (with_mode OR identity IS DISTINCT FROM 'langchef_guard.mode'));
	END $$;
	CREATE FUNCTION probe.state() RETURNS TABLE (part text, digest text) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
	DECLARE
		query text;
	BEGIN
		FOR part, query IN VALUES
			('pg_class', 'SELECT to_jsonb(c) - ''{relpages,reltuples,relallvisible,relallfrozen,relfrozenxid,relminmxid,relhastriggers,relhasrules,relhassubclass}''::text[] FROM pg_class c WHERE oid >= 16384 AND relpersistence <> ''t'' AND relkind <> ''t'''),
			('pg_attribute', 'SELECT a FROM pg_attribute a WHERE attrelid IN (SELECT oid FROM pg_class WHERE oid >= 16384 AND relpersistence <> ''t'')'),
			('pg_proc', 'SELECT p FROM pg_proc p WHERE oid >= 16384 AND pronamespace::regnamespace::text !~ ''^pg_temp'''), ('pg_type', 'SELECT t FROM pg_type t WHERE oid >= 16384 AND typcategory <> ''A'' AND typnamespace::regnamespace::text !~ ''^pg_temp'''),
			('pg_trigger', 'SELECT t FROM pg_trigger t'), ('pg_rewrite', 'SELECT r FROM pg_rewrite r WHERE oid >= 16384'),
			('pg_policy', 'SELECT p FROM pg_policy p'), ('pg_constraint', 'SELECT c FROM pg_constraint c WHERE oid >= 16384'),
			('pg_enum', 'SELECT e FROM pg_enum e'), ('pg_attrdef', 'SELECT a FROM pg_attrdef a'), ('pg_event_trigger', 'SELECT e FROM pg_event_trigger e'),
			('pg_namespace', 'SELECT n FROM pg_namespace n WHERE nspname !~ ''^pg_(temp|toast_temp)'''), ('pg_extension', 'SELECT e FROM pg_extension e'),
			('pg_depend', 'SELECT d FROM pg_depend d WHERE deptype IN (''e'', ''x'')'), ('pg_publication', 'SELECT p FROM pg_publication p'),
			('pg_publication_rel', 'SELECT p FROM pg_publication_rel p'), ('pg_foreign_server', 'SELECT f FROM pg_foreign_server f'),
			('pg_user_mapping', 'SELECT u FROM pg_user_mapping u'), ('pg_default_acl', 'SELECT d FROM pg_default_acl d'),
			('pg_description', 'SELECT d FROM pg_description d WHERE objoid >= 16384'), ('pg_statistic_ext', 'SELECT s FROM pg_statistic_ext s'),
			('pg_sequence', 'SELECT s FROM pg_sequence s'), ('pg_inherits', 'SELECT i FROM pg_inherits i'),
			('pg_index', 'SELECT i FROM pg_index i WHERE indexrelid >= 16384'), ('pg_collation', 'SELECT c FROM pg_collation c WHERE oid >= 16384'),
			('pg_largeobject', 'SELECT l FROM pg_largeobject l'), ('pg_largeobject_metadata', 'SELECT l FROM pg_largeobject_metadata l'),
			('pg_authid', 'SELECT a FROM pg_authid a WHERE oid >= 10'), ('pg_auth_members', 'SELECT roleid, member, admin_option FROM pg_auth_members m'),
			('pg_database', 'SELECT to_jsonb(d) - ''{datfrozenxid,datminmxid,dathasloginevt}''::text[] FROM pg_database d'),
			('pg_db_role_setting', 'SELECT s FROM pg_db_role_setting s'), ('pg_tablespace', 'SELECT s FROM pg_tablespace s'),
			('configuration', 'SELECT pg_read_file(current_setting(''data_directory'') || ''/postgresql.auto.conf'')'),
			('policy', 'SELECT p FROM langchef_guard.policy p'), ('last value', 'SELECT last_value FROM app.s')
		LOOP
			BEGIN
				EXECUTE format('SELECT md5(coalesce(string_agg(t::text, E''\n'' ORDER BY t::text), '''')) FROM (%s) t', query) INTO digest;
			EXCEPTION WHEN undefined_table OR invalid_schema_name THEN digest := 'gone';
			END;
			RETURN NEXT;
		END LOOP;
		FOR part, query IN SELECT 'rows of ' || translate(c.oid::regclass::text, E'\n\x1b|', '???'), format('SELECT x FROM ONLY %s x', c.oid::regclass)
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname IN ('app', 'full_of', 'public') AND relkind IN ('r', 'm') AND relispopulated
		LOOP
			EXECUTE format('SELECT md5(coalesce(string_agg(t::text, E''\n'' ORDER BY t::text), '''')) FROM (%s) t', query) INTO digest;
			RETURN NEXT;
		END LOOP;
	END $$;
	REVOKE ALL ON FUNCTION probe.state() FROM PUBLIC};

1;
