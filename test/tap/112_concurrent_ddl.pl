# DDL of other sessions beside drift() and the registrations: no error, no crash, and nothing told of what stands still.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;

my $rounds = $ENV{LCG_CONCURRENT_ROUNDS} // 12;
my $node = new_cluster('concurrent', preload => 1, settings => [ 'autovacuum = off', 'log_statement = none' ]);
new_database($node, 'app');
$node->safe_psql('app', q{SET langchef_guard.mode = record; CREATE SCHEMA still; CREATE TABLE still.t (a int PRIMARY KEY, b text DEFAULT 'x'); CREATE VIEW still.v AS SELECT a FROM still.t});
$node->safe_psql('app', q{SET langchef_guard.mode = record; SELECT langchef_guard.register_expected('still'); SELECT langchef_guard.register_expected('twins')});

# Each makes, changes and drops what is its own, for as long as nobody tells it to stop; what is always together is made and dropped in one
# transaction.
sub worker
{
	my ($number) = @_;
	my $script = "$PostgreSQL::Test::Utils::tmp_check/worker_$number.sql";
	append_to_file($script, join "\n", 'SET langchef_guard.mode = record;', "SET client_min_messages = error;",
		"BEGIN; CREATE SCHEMA moving_$number; CREATE TABLE moving_$number.twin_a (a int CHECK (a > 0)); CREATE TABLE moving_$number.twin_b (a int CHECK (a > 0));",
		"CREATE VIEW moving_$number.v AS SELECT a FROM moving_$number.twin_a; CREATE INDEX i ON moving_$number.twin_a (a); COMMIT;",
		"ALTER TABLE moving_$number.twin_a ADD b text DEFAULT 'y'; COMMENT ON TABLE moving_$number.twin_b IS 'x';",
		"CREATE FUNCTION moving_$number.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE moving_$number.e AS ENUM ('a');",
		"CREATE OR REPLACE VIEW moving_$number.v AS SELECT a, b FROM moving_$number.twin_a; ALTER TABLE moving_$number.twin_a RENAME b TO c;",
		"DROP SCHEMA moving_$number CASCADE;\n");
	return [ 'pgbench', '-n', '-c', '1', '-T', '600', '-f', $script, $node->connstr('app') ];
}
my @workers = map { IPC::Run::start(worker($_), '>', '/dev/null', '2>', "$PostgreSQL::Test::Utils::tmp_check/worker_$_.err") } 1 .. 2;
ok($node->poll_query_until('app', q{SELECT count(*) > 50 FROM langchef_guard.changes WHERE identity LIKE 'moving%'}), 'DDL is under way');

my %error;
foreach my $round (1 .. $rounds)
{
	foreach my $call (q{SELECT count(*) FROM langchef_guard.drift('still') WHERE object LIKE 'still%'}, q{SELECT langchef_guard.is_clean('still') IS NULL}, q{SELECT count(*) FROM langchef_guard.snapshot() LIMIT 0},
		q{SELECT langchef_guard.register_expected('now') IS NULL}, q{SELECT count(*) FROM langchef_guard.drift('now') WHERE object LIKE 'still%'},
		q{BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1; SELECT count(*) FROM langchef_guard.drift('now') WHERE object LIKE 'still%'; COMMIT})
	{
		my $result = attempt($node, 'app', $call);
		$error{"$call: $result->{text}"}++ if $result->{sqlstate};
		$error{"$call: $result->{out}"}++ if $result->{out} =~ /^[^01ft]/;
	}
}
my $ddl = attempt($node, 'app', q{SELECT langchef_guard.register_expected_ddl('ddl', 'CREATE TABLE t (a int)') > 0});
is("$ddl->{sqlstate}$ddl->{out}", 't', 'DDL text is registered beside it, too') or diag($ddl->{text});
my $running = grep { $_->pumpable } @workers;
is($running, 2, 'DDL went on all the time') or diag(slurp_file("$PostgreSQL::Test::Utils::tmp_check/worker_1.err"));
$_->signal('INT') foreach @workers;
eval { $_->finish } foreach @workers;
is(join("\n", sort keys %error), '', 'no call failed, and none told of what stood still');
$node->safe_psql('app', "SET langchef_guard.mode = record; SET client_min_messages = error; DROP SCHEMA IF EXISTS moving_$_ CASCADE") foreach 1 .. 2;
is(rows($node, 'app', q{SELECT count(*) FROM langchef_guard.drift('still')}), '0', 'in the end all is as it was');

# A view's text is written down under locks on the view and on what it reads, which a migration takes in the other order.
$node->safe_psql('app', q{SET langchef_guard.mode = record; CREATE SCHEMA apart; CREATE TABLE apart.t (a int)});
$node->safe_psql('app', q{SELECT langchef_guard.register_expected('apart')});
# What was registered needs no reading.
$node->safe_psql('app', q{SET langchef_guard.mode = record; CREATE VIEW apart.v AS SELECT a FROM apart.t});
my $migration = $node->background_psql('app', on_error_stop => 0);
$migration->query_safe(q{SET langchef_guard.mode = record; SET deadlock_timeout = '500ms'; BEGIN; LOCK TABLE ONLY apart.t});
my $reader = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('app'), '-c', q{SELECT count(*) FROM langchef_guard.drift('apart')} ], '<', \undef, '>', \my $report, '2>', \my $complaint);
ok($node->poll_query_until('app', q{SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'apart.t'::regclass}), 'a comparison waits for the table');
# By now it would have looked for deadlocks itself, were its wait one.
sleep 2;
is($migration->query(q{LOCK TABLE apart.v; DROP VIEW apart.v; COMMIT; SELECT 'done'}), 'done', 'the migration goes on');
unlike($migration->{stderr}, qr/ERROR/, 'with no deadlock');
ok($reader->finish, 'and the comparison ends') or diag($complaint);
is($report, "0\n", 'with what there is then');
$migration->query_safe(q{BEGIN; LOCK TABLE apart.t; ALTER TABLE apart.t ADD b int; CREATE VIEW apart.v AS SELECT a FROM apart.t});
my $impatient = attempt($node, 'app', q{SET lock_timeout = '300ms'; SELECT count(*) FROM langchef_guard.drift('apart')});
is($impatient->{out}, '0', 'what is not committed is not waited for');
$migration->query_safe(q{COMMIT; BEGIN; LOCK TABLE ONLY apart.t});
$impatient = attempt($node, 'app', q{SET lock_timeout = '300ms'; SELECT count(*) FROM langchef_guard.drift('apart')});
is($impatient->{sqlstate}, '55P03', 'a session that does not wait for locks for long does not here') or diag("$impatient->{sqlstate} $impatient->{out} $impatient->{text}");
# What the reader's own transaction holds is a deadlock like any other, and found.
my $holder = $node->background_psql('app', on_error_stop => 0);
$holder->query_safe(q{SET deadlock_timeout = '200ms'; CREATE TABLE held (a int); BEGIN; LOCK TABLE held IN ACCESS SHARE MODE});
$migration->{stdin} .= "LOCK TABLE held;\n";
$migration->{run}->pump_nb;
ok($node->poll_query_until('app', q{SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'held'::regclass}), 'the migration waits for the reader');
sleep 1;
$holder->query(q{SELECT count(*) FROM langchef_guard.drift('apart')});
like($holder->{stderr}, qr/deadlock detected/, 'the reader is the victim of its own deadlock');
$_->quit foreach $holder, $migration;

log_is_sound($node, 'no process was lost');
$node->stop;
done_testing();
