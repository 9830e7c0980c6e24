# Valid work of all kinds passes, and each change is recorded once: what the server does in several processes, in
# one message or many, and what one command makes of many objects.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use IO::Socket::UNIX;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_cluster('company', preload => 1, settings => [ 'max_worker_processes = 16', 'max_parallel_maintenance_workers = 4', 'max_prepared_transactions = 2' ]);
new_database($node, 'app');
$node->safe_psql('app', 'CREATE ROLE worker LOGIN; GRANT CREATE ON DATABASE app TO worker; GRANT ALL ON SCHEMA public TO worker');

my $since = 0;
sub mark { $since = rows($node, 'app', 'SELECT coalesce(max(id), 0) FROM langchef_guard.ledger'); return; }
# What was recorded since the mark, in any order: operation, kind and name.
sub recorded
{
	my ($name, @expected) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $found = rows($node, 'app', qq{SELECT concat_ws(' ', operation, object_type, identity) FROM langchef_guard.ledger WHERE id > $since});
	is(join("\n", sort split /\n/, $found), join("\n", sort @expected), "$name is recorded once");
	return;
}
# The statements pass, without a word of the guard's.
sub works
{
	my ($name, $sql, @expected) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	mark();
	my ($out, $err);
	$node->psql('app', "SET client_min_messages = warning; $sql", stdout => \$out, stderr => \$err, on_error_stop => 0, extra_params => [ '-U', 'worker' ]);
	is($err, '', "$name passes");
	recorded($name, @expected);
	return;
}

works('a table with its parts', q{
CREATE TABLE parent (id serial PRIMARY KEY, name text UNIQUE);
CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent_id int REFERENCES parent ON DELETE CASCADE, CHECK (parent_id > 0))},
	'create table public.parent', 'create sequence public.parent_id_seq', 'create table public.child');
works('what is not there', 'DROP TABLE IF EXISTS absent; DROP VIEW IF EXISTS absent; DROP SCHEMA IF EXISTS absent CASCADE; DROP FUNCTION IF EXISTS absent(); ALTER TABLE IF EXISTS absent ADD i int; ALTER TABLE parent DROP COLUMN IF EXISTS absent');
works('a temporary table', 'CREATE TEMP TABLE t AS SELECT 1 AS i; ALTER TABLE t ADD j int; TRUNCATE t; ALTER TABLE t DROP i; DROP TABLE t; CREATE TEMP TABLE u (i int) ON COMMIT DROP');
works('what is made and gone again', 'BEGIN; CREATE TABLE here (i int); INSERT INTO here VALUES (1); TRUNCATE here; DROP TABLE here; COMMIT', 'create table public.here', 'truncate table public.here', 'drop table public.here');
works('what changes nothing', 'ALTER TABLE parent ALTER name SET STORAGE EXTENDED; ALTER TABLE parent ALTER id SET NOT NULL; COMMENT ON TABLE parent IS NULL; CREATE TABLE IF NOT EXISTS parent (i int)');
works('a table of Alembic\'s', q{
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES ('a'); UPDATE alembic_version SET version_num = 'b'; DELETE FROM alembic_version}, 'create table public.alembic_version');
works('a schema with elements', 'CREATE SCHEMA made CREATE VIEW v AS SELECT i FROM t CREATE TABLE t (i int PRIMARY KEY) CREATE INDEX x ON t (i) GRANT SELECT ON v TO PUBLIC',
	'create schema made', 'create table made.t', 'create index made.x', 'create view made.v');
works('a partitioned table', q{
CREATE TABLE p (i int, j text) PARTITION BY RANGE (i);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE pd PARTITION OF p DEFAULT;
INSERT INTO p VALUES (1), (50);
CREATE TABLE p2 (i int, j text);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20)},
	'create table public.p', 'create table public.p1', 'create table public.pd', 'create table public.p2', 'alter table public.p2');
works('an index on all its partitions', 'CREATE INDEX pi ON p (i)', 'create index public.pi');
works('a materialized view', 'CREATE MATERIALIZED VIEW m AS SELECT 1 AS i; CREATE UNIQUE INDEX mi ON m (i)', 'create materialized view public.m', 'create index public.mi');
works('its refresh, which changes no schema,', 'REFRESH MATERIALIZED VIEW CONCURRENTLY m; REFRESH MATERIALIZED VIEW m');
works('an index that several processes build', q{
CREATE TABLE big AS SELECT i, i % 100 AS j FROM generate_series(1, 50000) AS i;
SET min_parallel_table_scan_size = 0; SET max_parallel_maintenance_workers = 2; ALTER TABLE big SET (parallel_workers = 2);
CREATE INDEX bi ON big (j, i); CREATE INDEX CONCURRENTLY bc ON big (i)}, 'create table public.big', 'alter table public.big', 'create index public.bi', 'create index public.bc');
works('queries of several processes', 'SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; CREATE TABLE sums AS SELECT j, sum(i) FROM big GROUP BY j', 'create table public.sums');
works('prepared statements', q{
PREPARE ins (int) AS INSERT INTO big VALUES ($1, $1); PREPARE upd (int) AS UPDATE big SET j = 0 WHERE i = $1; PREPARE sel AS SELECT 1 AS i;
EXECUTE ins (1); EXECUTE upd (1); CREATE TABLE selected AS EXECUTE sel; ALTER TABLE big ADD k int; EXECUTE ins (2); EXECUTE upd (2); DEALLOCATE ALL}, 'create table public.selected', 'alter table public.big');
works('a session that is used again', q{SET langchef_guard.migration = 'x'; CREATE TEMP TABLE t (i int); PREPARE s AS SELECT 1; DECLARE c CURSOR WITH HOLD FOR SELECT 1; LISTEN x; SELECT pg_advisory_lock(1) \g /dev/null
DISCARD ALL; RESET ALL; DISCARD TEMP; CREATE TABLE after_discard (i int)}, 'create table public.after_discard');
works('a prepared transaction', q{BEGIN; CREATE TABLE two (i int); PREPARE TRANSACTION 'two'; COMMIT PREPARED 'two'}, 'create table public.two');
works('a savepoint', q{BEGIN; SAVEPOINT a; CREATE TABLE undone (i int); ROLLBACK TO a; CREATE TABLE kept (i int); RELEASE a; COMMIT}, 'create table public.kept');
works('a block of code', q{DO $$ BEGIN FOR i IN 1..3 LOOP EXECUTE format('CREATE TABLE loop_%s (i int)', i); END LOOP; BEGIN CREATE TABLE failed (i int); PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN NULL; END; END $$},
	map { "create table public.loop_$_" } 1 .. 3);
works('a thousand tables', 'DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE format($f$CREATE TABLE many_%s (i int)$f$, i); END LOOP; END $$', map { "create table public.many_$_" } 1 .. 1000);

# From another server, which is this one.
SKIP:
{
	skip 'postgres_fdw is not installed', 2 unless rows($node, 'app', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'});
	$node->safe_psql('postgres', q{CREATE SCHEMA far; CREATE TABLE far.a (i int PRIMARY KEY, j text); CREATE TABLE far.b (i int)});
	my ($host, $port, $owner) = ($node->host, $node->port, rows($node, 'postgres', 'SELECT current_user'));
	$node->safe_psql('app', qq{CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'postgres');
CREATE USER MAPPING FOR worker SERVER far OPTIONS (user '$owner', password_required 'false'); GRANT USAGE ON FOREIGN SERVER far TO worker});
	works('a schema of another server', 'CREATE SCHEMA near; IMPORT FOREIGN SCHEMA far FROM SERVER far INTO near; INSERT INTO near.b VALUES (1)', 'create schema near', 'create foreign table near.a', 'create foreign table near.b');
}

# The extended protocol, statement by statement and in a pipeline.
my $directory = PostgreSQL::Test::Utils::tempdir();
sub bench
{
	my ($modes, $name, $script, @expected) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	foreach my $mode (@$modes)
	{
		my $file = "$directory/$mode.sql";
		(my $text = $script) =~ s/\bNAME\b/${mode}_$name/g;
		unlink $file;
		append_to_file($file, $text);
		mark();
		$node->command_ok([ 'pgbench', '-n', '-t', '1', '-M', $mode, '-f', $file, '-U', 'worker', $node->connstr('app') ], "$name of $mode messages passes");
		recorded("$name of $mode messages", map { s/\bNAME\b/public.${mode}_$name/r } @expected);
	}
	return;
}
bench([qw(extended prepared)], 'messages', "CREATE TABLE NAME (i int);\nALTER TABLE NAME ADD j int;\nINSERT INTO NAME VALUES (1, 2);\nUPDATE NAME SET j = 3 WHERE i = 1;\n", 'create table NAME', 'alter table NAME');
bench(['extended'], 'pipeline', "\\startpipeline\nCREATE TABLE NAME (i int);\nALTER TABLE NAME ADD j int;\nINSERT INTO NAME VALUES (1, 2);\nCOMMENT ON TABLE NAME IS 'x';\n\\endpipeline\n", 'create table NAME', 'alter table NAME', 'alter table NAME');

# A portal that is left before its end, and taken up again after a change.
my $socket = IO::Socket::UNIX->new(Peer => $node->host . '/.s.PGSQL.' . $node->port) or die "no connection: $!";
sub message { my ($type, $body) = @_; return $type . pack('N', 4 + length $body) . $body; }
sub receive { my ($length) = @_; my $data = ''; while (length $data < $length) { $socket->sysread($data, $length - length $data, length $data) or die 'connection lost'; } return $data; }
# The messages up to ReadyForQuery: their types, and the fields of an error.
sub answer
{
	my ($types, $error) = ('', '');
	while (1)
	{
		my ($type, $length) = unpack 'aN', receive(5);
		my $body = receive($length - 4);
		die "refused: $body" if $type eq 'E' && $types eq '';
		$types .= $type unless $type =~ /[SKRN]/;
		$error .= $body if $type eq 'E';
		return wantarray ? ($types, $error) : $types if $type eq 'Z';
	}
}
sub run_portal { my ($portal, $rows) = @_; return message('E', "$portal\0" . pack('N', $rows)); }
sub open_portal { my ($portal, $sql) = @_; return message('P', "$portal\0$sql\0" . pack('n', 0)) . message('B', "$portal\0$portal\0" . pack('nnn', 0, 0, 0)); }
my $startup = pack('N', 196608) . "user\0worker\0database\0app\0\0";
$socket->syswrite(pack('N', 4 + length $startup) . $startup);
answer();
mark();
$socket->syswrite(open_portal('long', 'SELECT i FROM public.big ORDER BY i') . run_portal('long', 2) . open_portal('ddl', 'CREATE TABLE public.suspended (i int)') . run_portal('ddl', 0)
	  . run_portal('long', 2) . open_portal('alter', 'ALTER TABLE public.suspended ADD j int') . run_portal('alter', 0) . run_portal('long', 1) . message('S', ''));
is(scalar answer(), '12DDs12CDDs12CDsZ', 'a suspended portal goes on after commands');
recorded('each', 'create table public.suspended', 'alter table public.suspended');
mark();
$socket->syswrite(open_portal('rows', 'SELECT i FROM public.parent, generate_series(1, 5) AS i') . open_portal('fill', q{INSERT INTO public.parent (name) VALUES ('x')}) . run_portal('fill', 0) . message('S', ''));
answer();
$socket->syswrite(open_portal('held', 'SELECT i FROM public.parent, generate_series(1, 5) AS i') . run_portal('held', 1) . open_portal('drop', 'DROP TABLE public.child') . run_portal('drop', 0)
	  . open_portal('gone', 'DROP TABLE public.parent') . run_portal('gone', 0) . message('S', ''));
my ($types, $error) = answer();
like($error, qr/is not approved|being used by active queries/, 'one whose table is to be dropped keeps it');
recorded('nothing');
$socket->close;
is(rows($node, 'app', 'SELECT langchef_guard.resync()'), '0', 'nothing went unrecorded');
is(rows($node, 'app', q{SELECT coalesce(string_agg(identity, ', '), '') FROM langchef_guard.ledger WHERE source = 'unobserved'}), '', 'nor unobserved');
log_is_sound($node, 'the server stayed sound');
unlike(slurp_file($node->logfile), qr/langchef_guard: refused DROP TABLE.*absent/, 'and nothing valid was refused');
done_testing();
