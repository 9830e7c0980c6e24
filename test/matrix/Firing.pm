# Which statements the guard refuses, records, or does not see: each is run in a database of its own, in a session of
# its own, with the library preloaded and with nothing preloaded.
package Firing;

use strict;
use warnings FATAL => 'all';

use Guarded;
use KeptPage;
use POSIX ();
use PostgreSQL::Test::Utils;

# Made once in the database that the others are copies of.
my $fixture = q{
	CREATE SCHEMA app;
	CREATE TABLE app.t (id int PRIMARY KEY, a int, b varchar(10), c timestamp, g int GENERATED ALWAYS AS IDENTITY,
		e int GENERATED ALWAYS AS (a * 2) STORED);
	INSERT INTO app.t (id, a, b, c) SELECT n, n, 'b' || n, '2025-01-01' FROM generate_series(1, 10) n;
	CREATE INDEX t_a ON app.t (a);
	CREATE TABLE app.child (id serial PRIMARY KEY, t_id int CONSTRAINT child_t REFERENCES app.t);
	INSERT INTO app.child (t_id) SELECT n FROM generate_series(1, 5) n;
	CREATE TABLE app.lonely (x int, y text, CONSTRAINT positive CHECK (x > 0));
	INSERT INTO app.lonely VALUES (1, 'y'), (2, 'y');
	CREATE TABLE app.plain (x int, y text);
	INSERT INTO app.plain VALUES (1, 'y'), (2, 'y');
	CREATE VIEW app.v AS SELECT id, a FROM app.t;
	CREATE MATERIALIZED VIEW app.m AS SELECT x FROM app.lonely;
	CREATE SEQUENCE app.s;
	CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
	CREATE PROCEDURE app.p() LANGUAGE sql AS 'SELECT 1';
	CREATE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int);
	CREATE OPERATOR app.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
	CREATE OPERATOR FAMILY app.family USING btree;
	CREATE OPERATOR CLASS app.class FOR TYPE int USING btree FAMILY app.family AS OPERATOR 1 <;
	CREATE TYPE app.mood AS ENUM ('good', 'bad');
	CREATE TYPE app.pair AS (x int, y int);
	CREATE DOMAIN app.positive AS int CONSTRAINT more CHECK (VALUE > 0);
	CREATE TABLE app.typed (m app.mood, p app.positive, q app.pair);
	CREATE TYPE app.unused AS ENUM ('x');
	CREATE SCHEMA empty;
	CREATE TABLE app.whole (k int, v int) PARTITION BY RANGE (k);
	CREATE TABLE app.part PARTITION OF app.whole FOR VALUES FROM (1) TO (10);
	CREATE TABLE app.loose (k int, v int);
	INSERT INTO app.whole VALUES (1, 1);
	CREATE TABLE app.heir () INHERITS (app.lonely);
	CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
	CREATE TRIGGER trg BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.fire();
	CREATE RULE quiet AS ON INSERT TO app.lonely DO ALSO NOTHING;
	CREATE POLICY pol ON app.t USING (true);
	ALTER TABLE app.t ENABLE ROW LEVEL SECURITY;
	CREATE STATISTICS app.stats ON a, id FROM app.t;
	CREATE PUBLICATION pub FOR TABLE app.t;
	CREATE EXTENSION citext SCHEMA app;
	CREATE FOREIGN DATA WRAPPER fdw;
	CREATE SERVER srv FOREIGN DATA WRAPPER fdw;
	CREATE USER MAPPING FOR PUBLIC SERVER srv;
	CREATE FOREIGN TABLE app.ft (x int) SERVER srv;
	CREATE LANGUAGE lang HANDLER plpgsql_call_handler;
	CREATE FUNCTION app.in_lang() RETURNS int LANGUAGE lang AS 'BEGIN RETURN 1; END';
	CREATE COLLATION app.coll (locale = 'C');
	CREATE CONVERSION app.conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
	CREATE CAST (app.pair AS text) WITH INOUT;
	CREATE TEXT SEARCH DICTIONARY app.dict (TEMPLATE = simple);
	CREATE TEXT SEARCH CONFIGURATION app.conf (COPY = simple);
	CREATE TEXT SEARCH PARSER app.parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
	CREATE TEXT SEARCH TEMPLATE app.template (LEXIZE = dsimple_lexize);
	CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
	CREATE FUNCTION app.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
	CREATE EVENT TRIGGER watcher ON sql_drop EXECUTE FUNCTION app.watch();
	CREATE TABLE app.owned (x int);
	ALTER TABLE app.owned OWNER TO firing_owner;
	GRANT SELECT ON app.t TO firing_owner;
	CREATE FUNCTION app.drops() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN DROP TABLE app.lonely CASCADE; END';
	CREATE PROCEDURE app.dropper() LANGUAGE plpgsql AS 'BEGIN COMMIT; DROP TABLE app.lonely CASCADE; END';
	CREATE FUNCTION app.drops_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DROP TABLE app.lonely CASCADE; RETURN NEW; END';
	CREATE TRIGGER indirect BEFORE INSERT ON app.loose FOR EACH ROW EXECUTE FUNCTION app.drops_row();
	SELECT lo_create(4711)};

# Sections of statements; a statement is text, or [ text, set-up in the copy, set-up in another database ].
# %db is the name of the copy.
my @sections = (
	'Dropping' => [
		'DROP TABLE app.lonely CASCADE', 'DROP TABLE app.t CASCADE', 'DROP TABLE app.part', 'DROP FOREIGN TABLE app.ft',
		'DROP VIEW app.v', 'DROP MATERIALIZED VIEW app.m', 'DROP INDEX app.t_a', 'DROP INDEX CONCURRENTLY app.t_a', 'DROP SEQUENCE app.s',
		'DROP FUNCTION app.f(int)', 'DROP PROCEDURE app.p()', 'DROP AGGREGATE app.total(int)', 'DROP OPERATOR app.=== (int, int)',
		'DROP OPERATOR CLASS app.class USING btree', 'DROP OPERATOR FAMILY app.family USING btree CASCADE',
		'DROP TYPE app.mood CASCADE', 'DROP TYPE app.pair CASCADE', 'DROP DOMAIN app.positive CASCADE', 'DROP TYPE app.unused',
		'DROP SCHEMA empty', 'DROP SCHEMA app CASCADE', 'DROP TRIGGER trg ON app.t', 'DROP RULE quiet ON app.lonely', 'DROP POLICY pol ON app.t',
		'DROP STATISTICS app.stats', 'DROP PUBLICATION pub', 'DROP EXTENSION citext', 'DROP SERVER srv CASCADE',
		'DROP USER MAPPING FOR PUBLIC SERVER srv', 'DROP FOREIGN DATA WRAPPER fdw CASCADE', 'DROP COLLATION app.coll',
		'DROP CONVERSION app.conv', 'DROP CAST (app.pair AS text)', 'DROP TEXT SEARCH DICTIONARY app.dict',
		'DROP TEXT SEARCH CONFIGURATION app.conf', 'DROP TEXT SEARCH PARSER app.parser', 'DROP TEXT SEARCH TEMPLATE app.template',
		'DROP ACCESS METHOD heap_too', 'DROP LANGUAGE lang CASCADE',
		[ 'DROP SUBSCRIPTION sub', q{CREATE SUBSCRIPTION sub CONNECTION 'dbname=none password=secret' PUBLICATION p WITH (connect = false, slot_name = NONE)} ],
		'DROP OWNED BY firing_owner', 'REASSIGN OWNED BY firing_owner TO CURRENT_USER',
		'DROP TABLE IF EXISTS app.absent', 'DROP SCHEMA IF EXISTS absent CASCADE', 'SELECT lo_unlink(4711)' ],
	'Dropping by another road' => [
		q{DO $$ BEGIN EXECUTE 'drop table app.lonely cascade'; END $$}, 'SELECT app.drops()', 'CALL app.dropper()', 'INSERT INTO app.loose VALUES (1, 1)',
		'BEGIN; SAVEPOINT a; DROP TABLE app.lonely CASCADE; ROLLBACK TO a; COMMIT',
		'SET session_replication_role = replica; DROP TABLE app.lonely CASCADE',
		q{PREPARE a AS DELETE FROM app.lonely; EXECUTE a}, q{SELECT 1 \; DROP TABLE app.lonely CASCADE} ],
	'Emptying and mass changes' => [
		'TRUNCATE app.lonely', 'TRUNCATE app.t CASCADE', 'TRUNCATE app.whole', 'TRUNCATE ONLY app.lonely RESTART IDENTITY', 'TRUNCATE app.loose',
		'DELETE FROM app.lonely', 'DELETE FROM app.lonely WHERE true', 'DELETE FROM app.lonely WHERE x = 1', 'UPDATE app.lonely SET y = NULL',
		q{UPDATE app.lonely SET y = 'z' WHERE x = 1}, 'WITH d AS (DELETE FROM app.lonely RETURNING 1) SELECT count(*) FROM d',
		'EXPLAIN DELETE FROM app.lonely', 'EXPLAIN ANALYZE DELETE FROM app.lonely',
		'REFRESH MATERIALIZED VIEW app.m WITH NO DATA', 'REFRESH MATERIALIZED VIEW app.m', 'TRUNCATE that a subscription applies' ],
	'ALTER TABLE' => [
		'ALTER TABLE app.t ADD COLUMN n int', 'ALTER TABLE app.t ADD COLUMN n uuid DEFAULT gen_random_uuid()',
		'ALTER TABLE app.t DROP COLUMN b', 'ALTER TABLE app.t DROP COLUMN a CASCADE', [ 'ALTER TABLE app.t DROP COLUMN n', 'ALTER TABLE app.t ADD COLUMN n int' ],
		'ALTER TABLE app.plain ALTER COLUMN x TYPE bigint', 'ALTER TABLE app.t ALTER COLUMN b TYPE varchar(5)',
		'ALTER TABLE app.t ALTER COLUMN b TYPE varchar(20)', 'ALTER TABLE app.t ALTER COLUMN b TYPE text',
		'ALTER TABLE app.plain ALTER COLUMN y TYPE text USING NULL', 'ALTER TABLE app.t ALTER COLUMN c TYPE timestamptz',
		'ALTER TABLE app.t ALTER COLUMN g DROP IDENTITY', 'ALTER TABLE app.t ALTER COLUMN e DROP EXPRESSION',
		'ALTER TABLE app.t ALTER COLUMN a SET DEFAULT 1', 'ALTER TABLE app.t ALTER COLUMN a SET NOT NULL',
		'ALTER TABLE app.child DROP CONSTRAINT child_t', 'ALTER TABLE app.lonely DROP CONSTRAINT positive', 'ALTER TABLE app.t DROP CONSTRAINT t_pkey CASCADE',
		'ALTER TABLE app.lonely SET UNLOGGED', 'ALTER TABLE app.t SET (fillfactor = 70)', 'ALTER TABLE app.t REPLICA IDENTITY FULL',
		'ALTER TABLE app.t ALTER COLUMN a SET STATISTICS 500', 'ALTER TABLE app.t CLUSTER ON t_a',
		'ALTER TABLE app.whole DETACH PARTITION app.part', 'ALTER TABLE app.whole DETACH PARTITION app.part CONCURRENTLY',
		'ALTER TABLE app.whole ATTACH PARTITION app.loose FOR VALUES FROM (10) TO (20)', 'ALTER TABLE app.heir NO INHERIT app.lonely',
		[ 'ALTER TABLE app.loose INHERIT app.base', 'CREATE TABLE app.base (k int)' ],
		'ALTER TABLE app.t RENAME TO t_old', 'ALTER TABLE app.t RENAME COLUMN a TO aa', 'ALTER TABLE app.t SET SCHEMA public',
		'ALTER TABLE app.t OWNER TO firing_owner', 'ALTER TABLE app.t DISABLE TRIGGER trg', 'ALTER TABLE app.t DISABLE TRIGGER ALL',
		'ALTER TABLE app.t ENABLE TRIGGER ALL', 'ALTER TABLE app.lonely DISABLE RULE quiet', 'ALTER TABLE app.t DISABLE ROW LEVEL SECURITY',
		'ALTER TABLE app.t FORCE ROW LEVEL SECURITY', 'ALTER TABLE IF EXISTS app.absent ADD COLUMN x int' ],
	'Other changes of objects' => [
		'CREATE OR REPLACE VIEW app.v AS SELECT id, a FROM app.t WHERE id > 1',
		'CREATE OR REPLACE VIEW app.v WITH (security_barrier) AS SELECT id, a FROM app.t',
		q{CREATE OR REPLACE FUNCTION app.f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1'},
		q{CREATE OR REPLACE FUNCTION app.f(int) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT $1'}, 'ALTER FUNCTION app.f(int) VOLATILE',
		'ALTER FUNCTION app.f(int) RENAME TO ff', 'CREATE OR REPLACE TRIGGER trg AFTER DELETE ON app.t FOR EACH ROW EXECUTE FUNCTION app.fire()',
		'CREATE OR REPLACE RULE quiet AS ON INSERT TO app.lonely DO INSTEAD NOTHING', 'CREATE RULE silent AS ON UPDATE TO app.lonely DO INSTEAD NOTHING',
		'ALTER POLICY pol ON app.t USING (false)', q{ALTER TYPE app.mood ADD VALUE 'so-so'}, q{ALTER TYPE app.mood RENAME VALUE 'bad' TO 'worse'},
		'ALTER TYPE app.pair ADD ATTRIBUTE z int', 'ALTER DOMAIN app.positive DROP CONSTRAINT more', 'ALTER DOMAIN app.positive SET DEFAULT 1',
		'ALTER SEQUENCE app.s RESTART', q{SELECT setval('app.s', 10)}, 'ALTER INDEX app.t_a RENAME TO t_b', 'ALTER SCHEMA app RENAME TO app2',
		'ALTER VIEW app.v RENAME TO w', 'ALTER EXTENSION citext SET SCHEMA public', 'ALTER EXTENSION citext DROP FUNCTION app.citext_eq(app.citext, app.citext)',
		'ALTER PUBLICATION pub ADD TABLE app.lonely', q{ALTER SERVER srv OPTIONS (ADD x 'y')}, 'ALTER STATISTICS app.stats SET STATISTICS 100',
		'ALTER LARGE OBJECT 4711 OWNER TO firing_owner', 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO firing_owner',
		'GRANT UPDATE ON app.t TO firing_owner', 'GRANT SELECT (x) ON app.plain TO firing_owner', 'REVOKE SELECT ON app.t FROM firing_owner',
		'GRANT SELECT ON ALL TABLES IN SCHEMA app TO firing_owner', q{COMMENT ON TABLE app.t IS 'text'}, q{COMMENT ON COLUMN app.t.a IS 'text'} ],
	'Creating' => [
		'CREATE TABLE app.new (id serial PRIMARY KEY, t_id int REFERENCES app.t)', 'CREATE TABLE IF NOT EXISTS app.t (id int)',
		'CREATE TABLE app.new AS SELECT 1 AS x', 'SELECT 1 AS x INTO app.new', 'CREATE TABLE app.new (LIKE app.t INCLUDING ALL)',
		'CREATE TABLE app.new PARTITION OF app.whole FOR VALUES FROM (10) TO (20)', 'CREATE INDEX new ON app.t (c)',
		'CREATE INDEX CONCURRENTLY new ON app.t (c)', 'CREATE INDEX IF NOT EXISTS t_a ON app.t (a)', 'CREATE UNIQUE INDEX new ON app.t (id, a)',
		'CREATE VIEW app.new AS SELECT 1 AS x', 'CREATE MATERIALIZED VIEW app.new AS SELECT 1 AS x',
		'CREATE SCHEMA new CREATE TABLE inner_table (id int PRIMARY KEY) CREATE VIEW inner_view AS SELECT 1 AS x', 'CREATE SEQUENCE app.new',
		q{CREATE FUNCTION app.new() RETURNS int LANGUAGE sql AS 'SELECT 1'}, q{CREATE TYPE app.new AS ENUM ('a')}, 'CREATE TYPE app.new AS (x int)',
		'CREATE DOMAIN app.new AS int', 'CREATE TRIGGER new AFTER INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.fire()',
		'CREATE POLICY new ON app.t USING (true)', 'CREATE EXTENSION pg_trgm', 'CREATE EXTENSION IF NOT EXISTS citext', 'CREATE PUBLICATION new FOR TABLE app.lonely',
		'CREATE STATISTICS app.new ON id, a FROM app.t', q{CREATE COLLATION app.new (locale = 'C')}, 'CREATE SERVER new FOREIGN DATA WRAPPER fdw',
		'EXPLAIN ANALYZE CREATE TABLE app.new AS SELECT 1 AS x', 'EXPLAIN ANALYZE CREATE MATERIALIZED VIEW app.new AS SELECT 1 AS x' ],
	'Temporary and short-lived objects' => [
		'CREATE TEMP TABLE tt (x int)', 'CREATE TEMP TABLE tt AS SELECT 1 AS x; DROP TABLE tt', 'BEGIN; CREATE TEMP TABLE tt (x int) ON COMMIT DROP; COMMIT',
		'CREATE TEMP TABLE tt AS SELECT 1 AS x; TRUNCATE tt', 'BEGIN; CREATE TABLE app.new AS SELECT 1 AS x; DROP TABLE app.new; COMMIT',
		'BEGIN; CREATE TABLE app.new AS SELECT 1 AS x; ALTER TABLE app.new DROP COLUMN x; COMMIT',
		'BEGIN; CREATE TABLE app.new AS SELECT 1 AS x; TRUNCATE app.new; DELETE FROM app.new; COMMIT' ],
	'Maintenance and the session' => [
		'VACUUM FULL app.t', 'CLUSTER app.t USING t_a', 'REINDEX TABLE app.t', 'REINDEX INDEX CONCURRENTLY app.t_a', 'ANALYZE app.t',
		'BEGIN; LOCK TABLE app.t; COMMIT', 'DISCARD ALL', 'RESET ALL', q{LOAD 'langchef_guard'}, q{COPY app.lonely TO PROGRAM 'cat >/dev/null'}, 'COPY app.lonely TO STDOUT' ],
	'Objects of the whole cluster' => [
		[ 'CREATE ROLE firing_new', undef, undef, undef, 'DROP ROLE IF EXISTS firing_new' ],
		[ 'DROP ROLE firing_new', undef, 'CREATE ROLE firing_new', undef, 'DROP ROLE IF EXISTS firing_new' ], 'DROP ROLE IF EXISTS firing_absent',
		[ 'ALTER ROLE firing_owner SUPERUSER', undef, undef, undef, 'ALTER ROLE firing_owner NOSUPERUSER' ],
		[ q{ALTER ROLE firing_owner PASSWORD 'secret'}, undef, undef, undef, 'ALTER ROLE firing_owner PASSWORD NULL' ],
		[ q{ALTER ROLE firing_owner SET work_mem = '1MB'}, undef, undef, undef, 'ALTER ROLE firing_owner RESET ALL' ],
		[ 'GRANT pg_monitor TO firing_owner', undef, undef, undef, 'REVOKE pg_monitor FROM firing_owner' ],
		[ 'CREATE DATABASE firing_new', undef, undef, undef, 'DROP DATABASE IF EXISTS firing_new' ],
		[ 'DROP DATABASE firing_new', undef, 'CREATE DATABASE firing_new', undef, 'DROP DATABASE IF EXISTS firing_new' ],
		[ 'ALTER DATABASE firing_new RENAME TO firing_newer', undef, 'CREATE DATABASE firing_new', undef, 'DROP DATABASE IF EXISTS firing_new; DROP DATABASE IF EXISTS firing_newer' ],
		'ALTER DATABASE %db CONNECTION LIMIT 50', q{ALTER DATABASE %db SET work_mem = '1MB'},
		[ q{ALTER SYSTEM SET work_mem = '4MB'}, undef, undef, undef, 'ALTER SYSTEM RESET work_mem' ],
		[ q{CREATE TABLESPACE firing LOCATION ''}, q{ALTER DATABASE %db SET allow_in_place_tablespaces = on}, undef, undef, 'DROP TABLESPACE IF EXISTS firing' ],
		[ 'DROP TABLESPACE firing', undef, q{SET allow_in_place_tablespaces = on; CREATE TABLESPACE firing LOCATION ''}, undef, 'DROP TABLESPACE IF EXISTS firing' ],
		q{COMMENT ON DATABASE %db IS 'firing'}, 'GRANT CONNECT ON DATABASE %db TO firing_owner' ],
	'Event triggers and the guard itself' => [
		'CREATE EVENT TRIGGER new ON sql_drop EXECUTE FUNCTION app.watch()', 'ALTER EVENT TRIGGER watcher DISABLE', 'DROP EVENT TRIGGER watcher',
		'ALTER EVENT TRIGGER langchef_guard_sql_drop DISABLE', 'DROP EVENT TRIGGER langchef_guard_sql_drop', 'DROP FUNCTION langchef_guard.sql_drop() CASCADE',
		'DROP SCHEMA langchef_guard CASCADE', 'DROP EXTENSION langchef_guard', 'ALTER EXTENSION langchef_guard DROP EVENT TRIGGER langchef_guard_sql_drop',
		q{SET langchef_guard.mode = 'off'}, q{ALTER DATABASE %db SET langchef_guard.mode = 'off'},
		q{SET allow_system_table_mods = on; UPDATE pg_event_trigger SET evtenabled = 'D' WHERE evtname = 'langchef_guard_sql_drop'},
		q{SET allow_system_table_mods = on; DELETE FROM pg_class WHERE relname = 'lonely'} ]);

sub entry
{
	my ($entry) = @_;
	return { shown => $entry, run => $entry } if !ref $entry;
	my ($shown, $here, $elsewhere, $run, $after) = @$entry;
	return { shown => $shown, run => $run // $shown, here => $here, elsewhere => $elsewhere, after => $after };
}

sub last_row { my ($node, $database) = @_; return rows($node, $database, 'SELECT coalesce(max(id), 0) FROM langchef_guard.ledger'); }

# A copy of the database with the fixture.  The guard reads all definitions anew at the first change in a copied
# database; this is that change.
sub copy_of_fixture
{
	my ($node, $database, $mode) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE firing;"
		. ($mode eq 'enforce' ? '' : "\nALTER DATABASE $database SET langchef_guard.mode = '$mode'"));
	$node->safe_psql($database, q{LOAD 'langchef_guard'; SET langchef_guard.mode = 'record'; COMMENT ON SCHEMA empty IS 'settled'});
	return;
}

# A guarded database is not dropped without leave, from wherever.
sub drop_database { my ($node, $database) = @_; return $node->safe_psql('postgres', "SET langchef_guard.mode = 'off';\nDROP DATABASE $database"); }

# What the ledger has of the rows under a condition.
sub recorded_query
{
	my ($entry, $condition) = @_;
	# Each session records the mode it found, unless that is what the statement is about.
	my $subject = $entry->{run} =~ /langchef_guard\.mode/ ? '' : q{AND identity <> 'langchef_guard.mode'};
	return qq{SELECT coalesce(string_agg(DISTINCT operation || ' ' || coalesce(object_type, ''), ', '
		ORDER BY operation || ' ' || coalesce(object_type, '')), '') FROM langchef_guard.ledger WHERE $condition $subject};
}

# Statements that end transactions, or that another database has a part in.
sub needs_copy { my ($entry) = @_; return $entry->{here} || $entry->{elsewhere} || $entry->{run} =~ /^(?:BEGIN|CALL)\b|\bCOMMIT\b/; }

# Runs a statement in a transaction that is rolled back.  Gives nothing when the server wants it outside of one.
sub run_and_roll_back
{
	my ($node, $entry, $mode) = @_;
	return if needs_copy($entry);
	my $database = "firing_$mode";
	my $run = $entry->{run} =~ s/%db/$database/gr;
	my $recorded = recorded_query($entry, 'xid = pg_current_xact_id_if_assigned()') =~ s/\s+/ /gr;
	my $result = attempt($node, $database, qq{BEGIN;
		$run;
		SELECT to_regclass('langchef_guard.ledger') IS NOT NULL AS there \\gset
		\\if :there
		SELECT 'firing:' || ($recorded);
		\\else
		\\echo firing-gone
		\\endif
		ROLLBACK});
	return if $result->{sqlstate} eq '25001';
	my %outcome = (sqlstate => $result->{sqlstate}, message => $result->{message});
	$outcome{recorded} = $1 if $result->{out} =~ /^firing:(.*)$/m;
	$outcome{gone} = 1 if $result->{out} =~ /^firing-gone$/m;
	die "nothing came of $run: $result->{text}" if !$result->{sqlstate} && !$outcome{gone} && !defined $outcome{recorded};
	return \%outcome;
}

# Runs it in a database of its own.
sub run_in_copy
{
	my ($node, $entry, $mode) = @_;
	my $database = 'firing_copy';
	my ($here, $run) = map { ($_ // '') =~ s/%db/$database/gr } @{$entry}{qw(here run)};
	$node->safe_psql('postgres', $entry->{elsewhere}) if $entry->{elsewhere};
	copy_of_fixture($node, $database, $mode);
	$node->safe_psql($database, "LOAD 'langchef_guard'; SET langchef_guard.mode = 'record'; $here") if $here;
	my $before = last_row($node, $database);
	my $result = attempt($node, $database, $run);
	my %outcome = (sqlstate => $result->{sqlstate}, message => $result->{message});
	$outcome{recorded} = rows($node, $database, recorded_query($entry, "id > $before"));
	$node->safe_psql($database, q{LOAD 'langchef_guard'; SET langchef_guard.mode = 'off'; DROP SUBSCRIPTION IF EXISTS sub}) if $here =~ /SUBSCRIPTION/;
	drop_database($node, $database);
	return \%outcome;
}

# What came of one statement: what was recorded, and the error.
sub run_once
{
	my ($node, $entry, $mode) = @_;
	my $outcome = run_and_roll_back($node, $entry, $mode) // run_in_copy($node, $entry, $mode);
	$node->safe_psql('postgres', $entry->{after}) if $entry->{after};
	return $outcome;
}

# As a cell of the table.  What belongs to an extension the server itself will not drop.
sub told
{
	my ($outcome) = @_;
	return 'refused' if $outcome->{sqlstate} =~ /^LG/;
	return 'the server refuses' if $outcome->{sqlstate} eq '2BP01' && $outcome->{message} =~ /because extension langchef_guard requires it/;
	return "error $outcome->{sqlstate}: $outcome->{message}" =~ s/\s+/ /gr if $outcome->{sqlstate};
	return 'neither; the record is gone' if $outcome->{gone};
	return $outcome->{recorded} eq '' ? 'neither' : "recorded: $outcome->{recorded}";
}

sub cell
{
	my ($node, $entry) = @_;
	my $enforced = told(run_once($node, $entry, 'enforce'));
	return $enforced if $enforced ne 'refused';
	my $let_through = told(run_once($node, $entry, 'record'));
	return 'refused, in mode record as well' if $let_through eq 'refused';
	return "refused; if let through, $let_through";
}

# TRUNCATE that arrives by logical replication; returns a cell.
sub replicated_truncate
{
	my ($node) = @_;
	$node->safe_psql('postgres', 'CREATE DATABASE firing_publisher');
	$node->safe_psql('postgres', 'CREATE DATABASE firing_copy TEMPLATE firing');
	$node->safe_psql('firing_publisher', q{CREATE SCHEMA app; CREATE TABLE app.loose (k int, v int); CREATE PUBLICATION sent FOR TABLE app.loose;
		SELECT pg_create_logical_replication_slot('firing_slot', 'pgoutput')});
	my $connection = $node->connstr('firing_publisher') =~ s/'/''/gr;
	$node->safe_psql('firing_copy', "CREATE SUBSCRIPTION got CONNECTION '$connection' PUBLICATION sent
		WITH (create_slot = false, slot_name = 'firing_slot', copy_data = false)");
	$node->safe_psql('firing_publisher', 'INSERT INTO app.loose VALUES (100, 1)');
	$node->poll_query_until('firing_copy', 'SELECT count(*) = 1 FROM app.loose') or die 'no row was replicated';
	my $before = last_row($node, 'firing_copy');
	$node->safe_psql('firing_publisher', 'TRUNCATE app.loose; INSERT INTO app.loose VALUES (101, 1)');
	$node->poll_query_until('firing_copy', 'SELECT count(*) = 1 FROM app.loose WHERE k = 101') or die 'TRUNCATE was not replicated';
	my $recorded = rows($node, 'firing_copy', "SELECT string_agg(operation || ' ' || object_type, ', ') FROM langchef_guard.ledger WHERE id > $before");
	$node->safe_psql('firing_copy', q{LOAD 'langchef_guard'; SET langchef_guard.mode = 'off'; ALTER SUBSCRIPTION got DISABLE; ALTER SUBSCRIPTION got SET (slot_name = NONE)});
	$node->poll_query_until('postgres', q{SELECT NOT active FROM pg_replication_slots WHERE slot_name = 'firing_slot'}) or die 'the slot stays in use';
	$node->safe_psql('firing_copy', q{LOAD 'langchef_guard'; SET langchef_guard.mode = 'off'; DROP SUBSCRIPTION got});
	$node->safe_psql('firing_publisher', q{SELECT pg_drop_replication_slot('firing_slot')});
	drop_database($node, 'firing_copy');
	$node->safe_psql('postgres', 'DROP DATABASE firing_publisher');
	return told({ sqlstate => '', recorded => $recorded });
}

sub node_with_fixture
{
	my ($name, $preload) = @_;
	my $node = new_cluster($name, preload => $preload, streaming => 'logical', settings => [ 'max_worker_processes = 16', 'autovacuum = off' ]);
	$node->safe_psql('postgres', 'CREATE ROLE firing_owner; CREATE DATABASE firing');
	$node->safe_psql('firing', 'CREATE EXTENSION langchef_guard');
	$node->safe_psql('firing', $fixture);
	copy_of_fixture($node, "firing_$_", $_) foreach qw(enforce record);
	return $node;
}

sub all_cells
{
	my ($node) = @_;
	my @entries = map { @{ $sections[ 2 * $_ + 1 ] } } 0 .. $#sections / 2;
	return map { my $entry = entry($_); $entry->{shown} =~ /subscription applies/ ? replicated_truncate($node) : cell($node, $entry) } @entries;
}

# The results of several bodies, each run in a process of its own.
sub in_parallel
{
	my @bodies = @_;
	my @children;
	foreach my $body (@bodies)
	{
		pipe(my $from, my $to) or die "pipe: $!";
		my $pid = fork() // die "fork: $!";
		if ($pid == 0)
		{
			close $from;
			my $failed = !eval { print {$to} "$_\n" foreach $body->(), 'done'; close $to; 1 };
			print STDERR $@ if $failed;
			POSIX::_exit($failed);    # the clusters are the parent's to stop
		}
		close $to;
		push @children, [ $pid, $from ];
	}
	my @results;
	foreach (@children)
	{
		my ($pid, $from) = @$_;
		chomp(my @lines = <$from>);
		waitpid $pid, 0;
		die 'a part of the table could not be made' if $? != 0 || !@lines || pop @lines ne 'done';
		push @results, \@lines;
	}
	return @results;
}

# The whole document, and the cells that are errors of the statement itself.
sub document
{
	my $preloaded = node_with_fixture('preloaded', 1);
	my $lazy = node_with_fixture('lazy', 0);
	my $version = major_version($preloaded);
	my (@lines, @errors, %count);
	my $row = sub {
		my ($shown, @cells) = @_;
		push @lines, '| `' . escaped($shown) . '` | ' . join(' | ', map { escaped($_) } @cells) . ' |';
		foreach my $i (0, 1)
		{
			push @errors, "$shown: $cells[$i]" if $cells[$i] =~ /error/;
			$count{ (split /[;:]/, $cells[$i])[0] }[$i]++;
		}
	};
	my @cells = in_parallel(sub { return all_cells($preloaded); }, sub { return all_cells($lazy); });
	my $at = 0;
	for (my $i = 0; $i < @sections; $i += 2)
	{
		push @lines, '', "## $sections[$i]", '', '| statement | preloaded | triggers only |', '|---|---|---|';
		foreach my $entry (map { entry($_) } @{ $sections[ $i + 1 ] })
		{
			$row->($entry->{shown}, $cells[0][$at], $cells[1][$at]);
			$at++;
		}
	}
	my $sound = join '', map { slurp_file($_->logfile) =~ /^(.*(?:terminated by signal|PANIC:).*)$/m ? $1 : '' } $preloaded, $lazy;
	$_->stop foreach $preloaded, $lazy;
	my @head = ("# What the guard refuses, records and does not see on PostgreSQL $version", '',
		'Generated by `test/matrix/firing_matrix.pl`, which fails when a statement no longer does what this page says.',
		'Each statement ran in a session of its own, in enforce mode and without an approval.',
		'*Preloaded*: langchef_guard in `shared_preload_libraries`.  *Triggers only*: nothing preloaded, so that the statement',
		'is the first the session runs and the library is not loaded before it.', '',
		'*refused*: SQLSTATE LG001; then what the ledger holds when the same statement runs in record mode.',
		'*recorded*: it ran, and the ledger has these rows.  *neither*: it ran, and the ledger has nothing.', '',
		'| outcome | preloaded | triggers only |', '|---|---|---|',
		map { sprintf '| %s | %d | %d |', $_, $count{$_}[0] // 0, $count{$_}[1] // 0 } sort keys %count);
	return (join("\n", @head, @lines, ''), \@errors, $version, $sound);
}

1;
