# Guessing tokens: what a guess costs is bounded, what is guessed is seen, and nobody else is held up.
# LCG_GUESSES sets the number of guesses (make brute: a million, from 8 sessions).

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Racer;
use Test::More;
use Time::HiRes qw(sleep time);

my $guesses = $ENV{LCG_GUESSES} // 16000;
my $sessions = 8;
my $each = int($guesses / $sessions);
$guesses = $each * $sessions;

my $node = new_cluster('brute', preload => 1, settings => [ 'max_worker_processes = 8', q{log_line_prefix = ''}, q{log_statement = 'none'} ]);
new_database($node, 'brute');
$node->safe_psql('brute', q{
	CREATE ROLE guesser LOGIN; CREATE ROLE developer LOGIN;
	CREATE SCHEMA work; GRANT ALL ON SCHEMA work TO guesser, developer;
	SET SESSION AUTHORIZATION guesser;
	CREATE TABLE work.prize AS SELECT 1 AS a});

# The fastest way to guess: inside the server, with the refusals caught, one token or a list of them in each try.
sub guessing
{
	my ($count, $tokens_each) = @_;
	return qq{DO \$\$
		DECLARE
			guess text;
		BEGIN
			FOR n IN 1 .. $count LOOP
				SELECT string_agg('lcg_' || encode(sha256(convert_to(random()::text || i, 'UTF8')), 'hex'), ',') INTO guess FROM generate_series(1, $tokens_each) AS i;
				PERFORM set_config('langchef_guard.approval_token', guess, false);
				BEGIN
					EXECUTE 'DROP TABLE work.prize';
				EXCEPTION WHEN SQLSTATE 'LG001' THEN
					NULL;
				END;
			END LOOP;
		END \$\$;};
}

# A DBA approves beforehand; the time is that of the approved command alone, in milliseconds.
my $number = 0;
my $legitimate = Racer->new($node, 'brute', user => 'developer');
sub latencies
{
	my ($count) = @_;
	my @took;
	foreach (1 .. $count)
	{
		my $table = 'work.own' . ++$number;
		$legitimate->run("CREATE TABLE $table AS SELECT 1 AS a;");
		my $token = rows($node, 'brute', "SELECT langchef_guard.issue_token('developer', '{D01}', '{$table}')");
		$legitimate->run("SET langchef_guard.approval_token = '$token';");
		my $start = time;
		my $state = $legitimate->run("DROP TABLE $table;\n\\echo :SQLSTATE");
		push @took, (time - $start) * 1000;
		die "the approved command ended with $state" if $state ne '00000';
	}
	return sort { $a <=> $b } @took;
}

sub cpu_seconds
{
	my (@pids) = @_;
	my $ticks = 0;
	foreach my $pid (@pids)
	{
		my (undef, $rest) = split /\) /, slurp_file("/proc/$pid/stat"), 2;
		my @field = split / /, $rest;
		$ticks += $field[11] + $field[12];
	}
	return $ticks / 100;
}

my $measures = q{SELECT (SELECT count(*) FROM langchef_guard.proposal) || ' ' || (SELECT count(*) FROM langchef_guard.ledger WHERE effective_role = 'guesser')
	|| ' ' || pg_total_relation_size('langchef_guard.proposal') || ' ' || pg_total_relation_size('langchef_guard.approval')};

my @quiet = latencies(30);
my @guessers = map { Racer->new($node, 'brute', user => 'guesser') } 1 .. $sessions;
my @pids = map { $_->run('SELECT pg_backend_pid();') } @guessers;
# Caches are filled, plans are made.
$_->start(guessing(200, 1)) foreach @guessers;
$_->finish foreach @guessers;
my @memory = map { resident_kilobytes($_) } @pids;
my $cpu = cpu_seconds(@pids);
my $log = -s $node->logfile;
my $before = rows($node, 'brute', $measures);

my $start = time;
$_->start(guessing($each, 1)) foreach @guessers;
sleep 0.2;
my @busy = latencies(30);
$_->finish foreach @guessers;
my $took = time - $start;
$cpu = cpu_seconds(@pids) - $cpu;
my ($growth) = sort { $b <=> $a } map { resident_kilobytes($pids[$_]) - $memory[$_] } 0 .. $#pids;
my $logged = (-s $node->logfile) - $log;
my $after = rows($node, 'brute', $measures);

# What was only counted goes to the database with the next refusal.
sleep 1.1;
$_->run(guessing(1, 1)) foreach @guessers;
my $all = $guesses + $sessions * 201;
is(rows($node, 'brute', q{SELECT count(*) || ' ' || sum(attempts) || ' ' || sum(invalid_tokens) FROM langchef_guard.proposals WHERE requester = 'guesser'}), "1 $all $all",
	'the guesses are one proposal, which counts every one of them');
is(rows($node, 'brute', 'SELECT count(*) FROM work.prize'), 1, 'none of them was right');
is((split / /, $after)[1], (split / /, $before)[1], 'the ledger is as it was');
cmp_ok((split / /, $after)[2], '<', 2_000_000, 'the proposals take little room');
cmp_ok($growth, '<', 4096, 'no session has grown by 4 MB');

# A list of many in each try.
my $lists = int($each / 64) + 1;
my $list_start = time;
$_->start(guessing($lists, 64)) foreach @guessers;
$_->finish foreach @guessers;
my $list_took = time - $list_start;
sleep 1.1;
$_->run(guessing(1, 100)) foreach @guessers;
is(rows($node, 'brute', q{SELECT sum(invalid_tokens) FROM langchef_guard.proposals WHERE requester = 'guesser'}), $all + $sessions * ($lists * 64 + 64),
	'a list is counted by its tokens, of which at most 64 are looked at');

# The same role with a right token, in a session of its own and in one that has guessed.
my $token = rows($node, 'brute', q{SELECT langchef_guard.issue_token('guesser', '{D01}', '{work.prize}', max_uses => 2)});
push @guessers, Racer->new($node, 'brute', user => 'guesser');
foreach my $session (@guessers[ 0, -1 ])
{
	is($session->run("SET langchef_guard.approval_token = '$token';\nBEGIN;\nDROP TABLE work.prize;\n\\echo :SQLSTATE\nROLLBACK;"), '00000', 'a right token is good whatever was guessed');
}
$_->quit foreach @guessers;
$node->poll_query_until('brute', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE usename = 'guesser'});

my $text = slurp_file($node->logfile);
my $told = 0;
$told += $_ foreach $text =~ /^LOG:  langchef_guard: role "guesser" presented (\d+) (?:more )?approval tokens? that (?:is|are) not valid$/mg;
is($told, $all + $sessions * ($lists * 64 + 64), 'the log tells how many tokens were not valid');
my $lines = () = $text =~ /approval tokens? that (?:is|are) not valid/g;
cmp_ok($lines, '<', 2 * $sessions * ($took + $list_took + 30), 'in a line a second for each session');
my $refused = () = $text =~ /^LOG:  langchef_guard: refused DROP TABLE/mg;
my $more = 0;
$more += $_ foreach $text =~ /^LOG:  langchef_guard: (?:refused DROP TABLE .* and )?(\d+) (?:more )?refusals? (?:since|of role)/mg;
is($refused + $more, $all + $sessions * ($lists + 1), 'and of every refusal');
cmp_ok($refused, '<', 3 * $sessions * ($took + $list_took + 30), 'in about as few');
unlike($text, qr/lcg_[0-9a-f]{16}/, 'without any of the tokens');

# SET by itself asks nothing, so it tells nothing and costs nothing.
my $set = Racer->new($node, 'brute', user => 'guesser');
my $set_start = time;
$set->run(q{DO $$ BEGIN FOR n IN 1 .. 10000 LOOP PERFORM set_config('langchef_guard.approval_token', 'lcg_' || repeat('0', 64), false); END LOOP; END $$;});
my $set_took = time - $set_start;
$set->quit;

my $median = sub { return $_[ int(@_ / 2) ] };
diag(sprintf '%d guesses from %d sessions in %.1f s: %.0f a second, %.1f us of CPU each; in lists of 64: %.0f a second; SET alone: %.1f us',
	$guesses, $sessions, $took, $guesses / $took, 1e6 * $cpu / $guesses, $sessions * $lists * 64 / $list_took, 1e6 * $set_took / 10000);
diag(sprintf 'sessions grew by %d kB at most; the log by %d bytes (%.0f a guess); proposals, ledger rows, bytes of proposals and approvals: %s, then %s',
	$growth, $logged, $logged / $guesses, $before, $after);
diag(sprintf 'an approved DROP TABLE elsewhere: %.1f ms (%.1f at most) before, %.1f ms (%.1f at most) meanwhile', $median->(@quiet), $quiet[-1], $median->(@busy), $busy[-1]);
$legitimate->quit;
log_is_sound($node, 'the server is sound');
$node->stop;

done_testing();
