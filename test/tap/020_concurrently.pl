# Commands that run in several transactions: refused, they leave nothing invalid; approved, the token is spent
# outside the transaction that cannot be.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use Test::More;

my $invalid = q{SELECT (SELECT count(*) FROM pg_index WHERE NOT indisvalid OR NOT indisready OR NOT indislive)
	+ (SELECT count(*) FROM pg_inherits WHERE inhdetachpending)};
my $uses = 'SELECT id, max_uses, uses FROM langchef_guard.approval ORDER BY id DESC LIMIT 1';

sub ledger_since
{
	my ($node, $mode, $id) = @_;
	return rows($node, $mode, qq{SELECT string_agg(command_tag || ': ' || operation || ' ' || object_type || ' ' || identity
		|| coalesce(' under ' || approval_id, ''), ', ' ORDER BY id) FROM langchef_guard.ledger WHERE id > $id});
}

sub last_ledger { my ($node, $mode) = @_; return rows($node, $mode, 'SELECT coalesce(max(id), 0) FROM langchef_guard.ledger'); }

# Refuses, approves and runs one command.
sub through_approval
{
	my ($node, $mode, $command, $phrase, $untouched, $record) = @_;
	my $before = last_ledger($node, $mode);
	my $proposal = refused_with(attempt($node, $mode, $command), $phrase, "$mode: $command is refused");
	is(rows($node, $mode, $invalid), 0, "$mode: nothing is left invalid");
	is(rows($node, $mode, $untouched), 1, "$mode: nothing has changed");
	is(ledger_since($node, $mode, $before), '', "$mode: nothing is recorded");

	my $token = rows($node, $mode, "SELECT langchef_guard.approve($proposal)");
	is(attempt($node, $mode, "SET langchef_guard.approval_token = '$token'; BEGIN; $command")->{sqlstate}, '25001',
		"$mode: in a transaction block it is the server that says no");
	my ($approval) = split /\|/, rows($node, $mode, $uses);
	is(rows($node, $mode, $uses), "$approval|1|{0}", "$mode: and the token is still good");
	passes(attempt($node, $mode, "SET langchef_guard.approval_token = '$token'; $command"), "$mode: approved, it runs");
	is(rows($node, $mode, $uses), "$approval|1|{1}", "$mode: the token is spent");
	is(rows($node, $mode, $invalid), 0, "$mode: nothing is invalid");
	is(rows($node, $mode, $untouched), 0, "$mode: the change is made");
	is(ledger_since($node, $mode, $before), $record =~ s/%/$approval/gr, "$mode: and recorded");
	return $token;
}

sub concurrently
{
	my ($node, $mode) = @_;
	$node->safe_psql($mode, q{
		CREATE TABLE runs (id int PRIMARY KEY, cost int, day date NOT NULL);
		INSERT INTO runs SELECT n, n, '2025-01-01' FROM generate_series(1, 100) n;
		CREATE TABLE days (id int, day date NOT NULL) PARTITION BY RANGE (day);
		CREATE TABLE january PARTITION OF days FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
		INSERT INTO days SELECT n, '2025-01-02' FROM generate_series(1, 10) n});

	my $before = last_ledger($node, $mode);
	passes(attempt($node, $mode, 'CREATE INDEX CONCURRENTLY runs_cost ON runs (cost)'), "$mode: CREATE INDEX CONCURRENTLY passes");
	is(rows($node, $mode, $invalid), 0, "$mode: the index is valid");
	is(ledger_since($node, $mode, $before), 'CREATE INDEX: create index public.runs_cost', "$mode: it is recorded");
	passes(attempt($node, $mode, 'CREATE INDEX CONCURRENTLY IF NOT EXISTS runs_cost ON runs (cost)'), "$mode: again, IF NOT EXISTS");
	is(attempt($node, $mode, 'CREATE UNIQUE INDEX CONCURRENTLY runs_day ON runs (day)')->{sqlstate}, '23505',
		"$mode: an error of the server's own is passed on");
	is(rows($node, $mode, $invalid), 1, "$mode: it leaves its invalid index, as without the guard");
	passes(attempt($node, $mode, "SET langchef_guard.mode = 'record'; DROP INDEX CONCURRENTLY runs_day"), "$mode: which can be dropped");

	my $token = through_approval($node, $mode, 'DROP INDEX CONCURRENTLY runs_cost', qr/^dropping index "public.runs_cost" is not approved$/,
		q{SELECT count(*) FROM pg_class WHERE relname = 'runs_cost'}, 'DROP INDEX: drop index public.runs_cost under %');
	$node->safe_psql($mode, 'CREATE INDEX runs_cost ON runs (cost)');
	my $spent = attempt($node, $mode, "SET langchef_guard.approval_token = '$token'; DROP INDEX CONCURRENTLY runs_cost");
	refused_with($spent, qr/^dropping index/, "$mode: a token does not pass for the next index of the name");
	passes(attempt($node, $mode, 'DROP INDEX CONCURRENTLY IF EXISTS absent'), "$mode: IF EXISTS on what is absent passes");

	through_approval($node, $mode, 'ALTER TABLE days DETACH PARTITION january CONCURRENTLY',
		qr/^detaching partition (?:table )?"public.january" from table "public.days" is not approved$/,
		q{SELECT count(*) FROM pg_inherits WHERE inhrelid = 'january'::regclass},
		'ALTER TABLE: alter table public.january under %');
	is(rows($node, $mode, 'SELECT count(*) FROM january'), 10, "$mode: the partition's rows are there");
	return;
}

# A mode that came with the session is put on record, but not in the way of the command.
sub with_a_mode_of_its_own
{
	my ($node, $mode) = @_;
	$node->safe_psql($mode, 'CREATE TABLE modal (a int); CREATE INDEX modal_a ON modal (a)');
	local $ENV{PGOPTIONS} = '-c langchef_guard.mode=record';
	my $before = last_ledger($node, $mode);
	passes(attempt($node, $mode, 'DROP INDEX CONCURRENTLY modal_a'), "$mode: DROP INDEX CONCURRENTLY in a session with a mode of its own");
	passes(attempt($node, $mode, 'CREATE INDEX CONCURRENTLY modal_a ON modal (a)'), "$mode: and CREATE INDEX CONCURRENTLY");
	is(rows($node, $mode, $invalid), 0, "$mode: leave nothing invalid");
	like(ledger_since($node, $mode, $before), qr/DROP INDEX: drop index public.modal_a.*CREATE INDEX: create index public.modal_a/, "$mode: and are recorded");
	is(rows($node, $mode, "SELECT count(*) FROM langchef_guard.ledger WHERE id > $before AND identity = 'langchef_guard.mode'"),
		$mode eq 'lazy' ? 1 : 2, "$mode: with the mode of their sessions");
	return;
}

# A token that two sessions want at once is spent by one.
sub raced
{
	my ($node, $mode) = @_;
	$node->safe_psql($mode, 'CREATE TABLE raced (a int, b int); CREATE INDEX raced_a ON raced (a); CREATE INDEX raced_b ON raced (b)');
	my $token = rows($node, $mode, q{SELECT langchef_guard.issue_token(current_user, '{D17}', '{public.raced_a,public.raced_b}')});
	passes(attempt($node, $mode, "SET langchef_guard.approval_token = '$token'; DROP INDEX CONCURRENTLY raced_a"), "$mode: a scoped token serves");
	my $second = attempt($node, $mode, "SET langchef_guard.approval_token = '$token'; DROP INDEX CONCURRENTLY raced_b");
	refused_with($second, qr/^dropping index/, "$mode: once");
	like($second->{detail}, qr/The token is spent\.$/, "$mode: the refusal says why");
	return;
}

my $preloaded = new_cluster('preloaded', preload => 1);
my $plain = new_cluster('plain');
foreach ([ $preloaded, 'preloaded' ], [ $plain, 'lazy' ])
{
	my ($node, $mode) = @$_;
	new_database($node, $mode);
	concurrently($node, $mode);
	raced($node, $mode);
	with_a_mode_of_its_own($node, $mode);
	log_is_sound($node, "$mode: the server is sound");
	$node->stop;
}

done_testing();
