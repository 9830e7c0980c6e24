# The same extension in its three load modes: what status() says, and what is refused.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;

my %loading = (
	cluster => 'cluster mode: shared_preload_libraries',
	database => 'database mode: loaded when this session started',
	lazy => 'triggers only: loaded by the first command that needed it');

sub fill
{
	my ($node, $database) = @_;
	$node->safe_psql($database, q{
		CREATE TABLE prompts (id int PRIMARY KEY, version text);
		INSERT INTO prompts SELECT n, 'v' || n FROM generate_series(1, 3) n;
		CREATE VIEW titles AS SELECT id FROM prompts});
	return;
}

sub state_of
{
	my ($node, $database, $protection) = @_;
	return rows($node, $database, "SELECT state || '|' || detail || '|' || (how_to_turn_on IS NOT NULL)
		FROM langchef_guard.status() WHERE protection = '$protection'");
}

# What holds in every mode.
sub common
{
	my ($node, $mode) = @_;
	my $database = $mode;
	my $preloaded = $mode ne 'lazy';

	is(state_of($node, $database, 'library loaded in every session of the server'),
		($mode eq 'cluster' ? 'on' : 'off') . "|$loading{$mode}|" . ($mode eq 'cluster' ? 'false' : 'true'),
		"$mode: status() tells the mode");
	like(state_of($node, $database, 'commands that fire no event trigger'), $preloaded ? qr/^on\|/ : qr/^off\|.*\|true$/,
		"$mode: status() tells whether TRUNCATE is judged from the start");
	is(rows($node, $database, q{SELECT count(*) FROM langchef_guard.status() WHERE state NOT IN ('on', 'off')
		OR protection IS NULL OR detail IS NULL OR (state = 'off') <> (how_to_turn_on IS NOT NULL)}),
		0, "$mode: each row of status() is on, or says how to turn it on");
	is(rows($node, $database, q{SELECT string_agg(state, ' ') FROM langchef_guard.status() WHERE protection LIKE 'event trigger %'}),
		'on on on', "$mode: the event triggers are on");

	fill($node, $database);
	my $first = attempt($node, $database, 'DROP TABLE prompts CASCADE');
	my $proposal = refused_with($first, qr/^dropping table "public.prompts" is not approved$/, "$mode: DROP as the first statement is refused");
	like($first->{detail}, qr/^Rule D01 \(destructive\): 3 rows would be lost\.  Also dropping view "public.titles": rule D02\.$/,
		"$mode: the detail names what would be lost");
	is(rows($node, $database, 'SELECT count(*) FROM prompts'), 3, "$mode: the table is untouched");
	is(rows($node, $database, 'SELECT id, status, attempts, command_tag, rules FROM langchef_guard.proposals'),
		"$proposal|pending|1|DROP TABLE|{D01,D02}", "$mode: the proposal outlives the refused transaction");

	my $later = attempt($node, $database, "SELECT 1; CREATE TABLE other (); ALTER TABLE prompts DROP COLUMN version");
	refused_with($later, qr/^dropping column "version" of table "public.prompts" is not approved$/, "$mode: a later statement is refused");
	my $again = attempt($node, $database, "BEGIN; DROP TABLE IF EXISTS \"prompts\" /* again */ CASCADE; ROLLBACK");
	is(refused_with($again, qr/^dropping table/, "$mode: the same effects in other words"), $proposal, "$mode: count on the same proposal");
	is(rows($node, $database, "SELECT attempts FROM langchef_guard.proposals WHERE id = $proposal"), 2, "$mode: as its second attempt");
	my $inner = attempt($node, $database, q{DO $$ BEGIN EXECUTE 'dro' || 'p table prompts cascade'; END $$});
	is(refused_with($inner, qr/^dropping table/, "$mode: DDL inside DO is refused"), $proposal, "$mode: as the same proposal");
	my $caught = attempt($node, $database, q{DO $$ BEGIN DROP VIEW titles; EXCEPTION WHEN OTHERS THEN NULL; END $$});
	passes($caught, "$mode: a handler may swallow the refusal");
	is(rows($node, $database, "SELECT count(*) FROM langchef_guard.proposals WHERE rules = '{D10}'"), 1, "$mode: but not the proposal");
	is(rows($node, $database, "SELECT count(*) FROM pg_views WHERE viewname = 'titles'"), 1, "$mode: and the view stays");
	my $replica = attempt($node, $database, 'SET session_replication_role = replica; DROP VIEW titles');
	refused_with($replica, qr/^dropping view/, "$mode: session_replication_role does not help");

	my $token = rows($node, $database, "SELECT langchef_guard.approve($proposal, 'agreed')");
	my $approved = attempt($node, $database, "SET langchef_guard.approval_token = '$token'; DROP TABLE prompts CASCADE");
	passes($approved, "$mode: the approved command runs");
	is(rows($node, $database, q{SELECT string_agg(object_type || ' ' || identity || ' ' || (approval_id IS NOT NULL), ', ' ORDER BY object_type)
		FROM langchef_guard.ledger WHERE operation = 'drop' AND object_type IN ('table', 'view')}),
		'table public.prompts true, view public.titles true', "$mode: and is recorded with its approval");
	my $spent = attempt($node, $database, "CREATE TABLE prompts (); CREATE VIEW titles AS SELECT FROM prompts;
		SET langchef_guard.approval_token = '$token'; BEGIN; DROP TABLE prompts CASCADE");
	refused_with($spent, qr/^dropping table/, "$mode: the token does not cover a new table of the old name");
	return;
}

# What the mode adds or lacks: commands that fire no event trigger.
sub truncate_in_preloaded
{
	my ($node, $mode) = @_;
	$node->safe_psql($mode, 'CREATE TABLE full_table AS SELECT 1 AS a');
	refused_with(attempt($node, $mode, 'TRUNCATE full_table'), qr/^truncating table "public.full_table" is not approved$/,
		"$mode: TRUNCATE as the first statement is refused");
	refused_with(attempt($node, $mode, 'DELETE FROM full_table'), qr/^deleting every row of/, "$mode: and DELETE of every row");
	is(rows($node, $mode, 'SELECT count(*) FROM full_table'), 1, "$mode: no row is lost");
	return;
}

my $preloaded = new_cluster('cluster', preload => 1);
new_database($preloaded, 'cluster');
common($preloaded, 'cluster');
truncate_in_preloaded($preloaded, 'cluster');
passes(attempt($preloaded, 'postgres', 'CREATE TABLE free (); TRUNCATE free; DROP TABLE free'),
	'a database without the extension is left alone');
log_is_sound($preloaded, 'the preloaded server is sound');
$preloaded->stop;

my $plain = new_cluster('plain');
new_database($plain, 'database');
$plain->safe_psql('postgres', "ALTER DATABASE database SET session_preload_libraries = 'langchef_guard'");
common($plain, 'database');
truncate_in_preloaded($plain, 'database');

new_database($plain, 'lazy');
common($plain, 'lazy');
$plain->safe_psql('lazy', 'CREATE TABLE full_table AS SELECT 1 AS a');
passes(attempt($plain, 'lazy', 'TRUNCATE full_table'), 'lazy: TRUNCATE as the first statement passes');
is(rows($plain, 'lazy', 'SELECT count(*) FROM full_table'), 0, 'lazy: as status() says');
my $after = attempt($plain, 'lazy', 'INSERT INTO full_table VALUES (1); CREATE TABLE one_more (); TRUNCATE full_table');
refused_with($after, qr/^truncating table "public.full_table" is not approved$/, 'lazy: after one DDL command TRUNCATE is refused');
log_is_sound($plain, 'the server that preloads nothing is sound');
$plain->stop;

done_testing();
