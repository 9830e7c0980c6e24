# The first command in a copy of a database, made by CREATE DATABASE ... TEMPLATE or by pg_upgrade, is recorded with
# what it changed, though the table of what is known came from elsewhere.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_cluster('primary', preload => 1);
new_database($node, 'source');
$node->safe_psql('source', q{
	SET langchef_guard.mode = 'record';
	CREATE TABLE parent (a int);
	CREATE TABLE heir () INHERITS (parent);
	CREATE TYPE composite AS (x int, z int);
	CREATE TABLE typed OF composite;
	CREATE TABLE plain (a int);
	CREATE INDEX plain_a ON plain (a);
	CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
	CREATE SCHEMA app;
	CREATE FUNCTION app.two() RETURNS int LANGUAGE sql AS 'SELECT 2';
	SELECT langchef_guard.register_expected('source')});

# Each with the differences that drift finds after it, all of them by that command.
my @relations = (
	[ 'ALTER TABLE plain RENAME TO renamed', 'renamed table public.renamed' ],
	[ 'ALTER INDEX plain_a RENAME TO plain_b', 'renamed index public.plain_b' ],
	[ 'ALTER TABLE parent DROP COLUMN a, ADD COLUMN b int', 'missing column public.heir.a, missing column public.parent.a, '
		. 'unexpected column public.heir.b, unexpected column public.parent.b' ],
	[ 'ALTER TYPE composite DROP ATTRIBUTE z CASCADE', 'missing attribute public.composite.z, missing column public.typed.z' ],
	[ 'ALTER TYPE composite RENAME ATTRIBUTE x TO y CASCADE', 'renamed attribute public.composite.y, renamed column public.typed.y' ],
	[ 'DROP TABLE plain', 'missing column public.plain.a, missing index public.plain_a, missing table public.plain' ]);
# pg_upgrade gives functions and schemas other addresses.
my @others = (
	[ 'ALTER FUNCTION one() RENAME TO uno', 'renamed function public.uno()' ],
	[ 'ALTER SCHEMA app RENAME TO apps', 'renamed schema apps' ]);

sub is_blamed
{
	my ($cluster, $database, $statement, $expected, $name) = @_;
	passes(attempt($cluster, $database, "SET langchef_guard.mode = 'record'; $statement"), "$name: $statement");
	is(rows($cluster, $database, q{SELECT string_agg(operation || ' ' || kind || ' ' || object, ', ' ORDER BY operation, kind, object)
		FROM langchef_guard.drift('source')}), $expected, "$name: drift finds what it changed");
	is(rows($cluster, $database, q{SELECT DISTINCT blame || ': ' || statement FROM langchef_guard.drift('source')}), "ledger: $statement",
		"$name: and who did it");
	return;
}

my $number = 0;
foreach my $case (@relations, @others)
{
	my $database = 'copy_' . ++$number;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE source");
	is_blamed($node, $database, @$case, 'TEMPLATE');
	is(rows($node, $database, q{SELECT count(*) FROM langchef_guard.baseline_state s JOIN pg_database d ON d.oid = s.database_oid
		WHERE d.datname = current_database()}), 1, 'TEMPLATE: what is known is the copy\'s from now on');
	$node->safe_psql('postgres', "SET langchef_guard.mode = off;\nDROP DATABASE $database");
}

$number = 0;
$node->safe_psql('postgres', 'CREATE DATABASE upgrade_' . ++$number . ' TEMPLATE source') foreach @relations;
$node->stop;
my $new = PostgreSQL::Test::Cluster->new('new');
$new->init(extra => [ '--encoding=UTF8', '--no-locale' ]);
$new->append_conf('postgresql.conf', q{shared_preload_libraries = 'langchef_guard'});
my $bin = $node->config_data('--bindir');
{
	local $ENV{PGHOST};
	delete $ENV{PGHOST};
	chdir PostgreSQL::Test::Utils::tempdir();
	command_ok([ 'pg_upgrade', '--no-sync', '-d', $node->data_dir, '-D', $new->data_dir, '-b', $bin, '-B', $bin,
			'-s', $new->host, '-p', $node->port, '-P', $new->port ], 'pg_upgrade upgrades the cluster');
}
$new->start;
$number = 0;
is_blamed($new, 'upgrade_' . ++$number, @$_, 'pg_upgrade') foreach @relations;
log_is_sound($new, 'pg_upgrade: the server is sound');
$new->stop;

done_testing();
