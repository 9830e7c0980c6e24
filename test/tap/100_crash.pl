# The server is crashed at random moments under a load of DDL and approvals: afterwards no token is spent without its
# command's effect and none unspent with it, every committed change is in the ledger, and the seals hold.
# LCG_CRASH_ROUNDS sets the number of crashes (make crash: 200).

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $rounds = $ENV{LCG_CRASH_ROUNDS} // 10;
my $seed = $ENV{LCG_CRASH_SEED} // time;
srand($seed);
note("seed $seed");

my $node = new_cluster('crash', preload => 1,
	settings => [ 'restart_after_crash = on', 'max_prepared_transactions = 20', q{log_min_messages = 'log'}, 'checkpoint_timeout = 30s' ]);
new_database($node, 'crash');
# One row for each token: how many of its objects are to be gone is what its uses say.
$node->safe_psql('crash', q{
	CREATE SCHEMA work;
	CREATE TABLE job (name text PRIMARY KEY, kind text NOT NULL, objects text[] NOT NULL, approval_id bigint NOT NULL)});
my $dir = PostgreSQL::Test::Utils::tempdir();

# Statements of one job, from the token on; the token is handed over in a committed row before it is used.
sub with_token
{
	my ($name, $kind, $objects, $rule, $uses, @statements) = @_;
	my $list = join ', ', map { "'work.$_'" } @$objects;
	return ('BEGIN;', qq{SELECT langchef_guard.issue_token(current_user, '{$rule}', ARRAY[$list], max_uses => $uses) AS token \\gset},
		job_row($name, $kind, $objects), 'COMMIT;', q{SET langchef_guard.approval_token = :'token';}, @statements);
}

sub job_row
{
	my ($name, $kind, $objects) = @_;
	my $list = join ', ', map { "'$_'" } @$objects;
	return qq{INSERT INTO job SELECT '$name', '$kind', ARRAY[$list], id FROM langchef_guard.approval WHERE token_hash = sha256(convert_to(:'token', 'UTF8'));};
}

# What the client was told to be done has to be so after the crash.
sub told { my ($what) = @_; return ('\if :ERROR', '\else', "\\echo $what", '\endif'); }

my %jobs = (
	alone => sub {
		my ($n) = @_;
		return ("CREATE TABLE work.$n AS SELECT 1 AS a;", with_token($n, 'table', [$n], 'D01', 1, "DROP TABLE work.$n;", told("gone $n")));
	},
	undone => sub {
		my ($n) = @_;
		return ("CREATE TABLE work.$n AS SELECT 1 AS a;",
			with_token($n, 'table', [$n], 'D01', 1, 'BEGIN;', "DROP TABLE work.$n;", "CREATE VIEW work.v$n AS SELECT 1 AS a;", 'ROLLBACK;', told("kept $n")));
	},
	savepoints => sub {
		my ($n) = @_;
		return ("CREATE TABLE work.$n AS SELECT 1 AS a;",
			with_token($n, 'table', [$n], 'D01', 1, 'BEGIN;', 'SAVEPOINT s;', "DROP TABLE work.$n;", 'ROLLBACK TO s;', "ALTER TABLE work.$n ADD COLUMN b int;",
				'SAVEPOINT t;', "DROP TABLE work.$n;", 'RELEASE t;', "CREATE TABLE work.y$n (a int);", 'COMMIT;', told("gone $n")));
	},
	several => sub {
		my ($n) = @_;
		my @tables = map { "$n$_" } qw(a b c d);
		return ((map { "CREATE TABLE work.$_ AS SELECT 1 AS a;" } @tables),
			with_token($n, 'table', \@tables, 'D01', 3, "DROP TABLE work.$tables[0];", told("gone $tables[0]"),
				'BEGIN;', "DROP TABLE work.$tables[1];", 'SAVEPOINT s;', "DROP TABLE work.$tables[2];", 'ROLLBACK TO s;', "DROP TABLE work.$tables[3];",
				'COMMIT;', told("gone $tables[1]"), told("gone $tables[3]")));
	},
	proposed => sub {
		my ($n) = @_;
		return ("CREATE TABLE work.$n AS SELECT 1 AS a;", "DROP TABLE work.$n;",
			qq{SELECT coalesce(max(id), 0) AS proposal FROM langchef_guard.proposals WHERE statements = ARRAY['DROP TABLE work.$n'] \\gset},
			'BEGIN;', 'SELECT langchef_guard.approve(:proposal) AS token \gset', job_row($n, 'table', [$n]), 'COMMIT;',
			q{SET langchef_guard.approval_token = :'token';}, "DROP TABLE work.$n;", told("gone $n"));
	},
	revoked => sub {
		my ($n) = @_;
		return ("CREATE TABLE work.$n AS SELECT 1 AS a;", "DROP TABLE work.$n;",
			qq{SELECT coalesce(max(id), 0) AS proposal FROM langchef_guard.proposals WHERE statements = ARRAY['DROP TABLE work.$n'] \\gset},
			'BEGIN;', 'SELECT langchef_guard.approve(:proposal) AS token \gset', job_row($n, 'table', [$n]), 'COMMIT;',
			'SELECT langchef_guard.revoke(:proposal);', told("kept $n"), q{SET langchef_guard.approval_token = :'token';}, "DROP TABLE work.$n;");
	},
	column => sub {
		my ($n) = @_;
		return ("CREATE TABLE work.$n AS SELECT 1 AS a, 2 AS b;", with_token($n, 'column', [$n], 'D03', 1, "ALTER TABLE work.$n DROP COLUMN b;", told("gone $n")));
	},
	prepared => sub {
		my ($n) = @_;
		my $end = rand() < 0.5 ? 'COMMIT' : 'ROLLBACK';
		return ("CREATE TABLE work.$n AS SELECT 1 AS a;",
			with_token($n, 'table', [$n], 'D01', 1, 'BEGIN;', "DROP TABLE work.$n;", "PREPARE TRANSACTION '$n';", "$end PREPARED '$n';",
				told(($end eq 'COMMIT' ? 'gone' : 'kept') . " $n")));
	},
	index => sub {
		my ($n) = @_;
		return ("CREATE TABLE work.$n AS SELECT 1 AS a;", "CREATE INDEX i$n ON work.$n (a);",
			with_token($n, 'index', ["i$n"], 'D17', 1, "DROP INDEX CONCURRENTLY work.i$n;", told("gone i$n")));
	},
	plain => sub {
		my ($n) = @_;
		return ("CREATE TABLE work.$n (a int PRIMARY KEY);", 'BEGIN;', "ALTER TABLE work.$n ADD COLUMN b text DEFAULT 'x';", "CREATE INDEX ON work.$n (b);",
			"COMMENT ON TABLE work.$n IS 'x';", 'SAVEPOINT s;', "CREATE VIEW work.v$n AS SELECT a FROM work.$n;", 'ROLLBACK TO s;', 'COMMIT;',
			"ALTER TABLE work.$n RENAME COLUMN a TO c;", told("kept $n"));
	});
my @kinds = sort keys %jobs;

# A session of the load: a script that is longer than the session will live.
sub script
{
	my ($round, $session) = @_;
	my @lines;
	foreach my $i (1 .. 150)
	{
		push @lines, $jobs{ $kinds[ rand @kinds ] }->("r${round}s${session}n$i");
	}
	return join "\n", @lines, '';
}

# Every fifth round what is sealed is pruned, too; then the ledger cannot tell of every use any more.
sub prunes { my ($round) = @_; return $round % 5 == 0; }

sub sealing
{
	my ($round) = @_;
	return join "\n", map { ('SELECT langchef_guard.seal();', 'SELECT pg_sleep(random() / 20);',
		prunes($round) ? q{SELECT langchef_guard.prune('0');} : ()) } 1 .. 200;
}

sub start_psql
{
	my ($name, $text) = @_;
	append_to_file("$dir/$name.sql", $text);
	my @command = ('psql', '-XqAt', '-v', 'ON_ERROR_STOP=0', '-f', "$dir/$name.sql", $node->connstr('crash'));
	my $pid = fork() // die "could not fork: $!";
	return $pid if $pid != 0;
	open STDIN, '<', '/dev/null' or die;
	open STDOUT, '>', "$dir/$name.out" or die;
	open STDERR, '>', "$dir/$name.err" or die;
	exec @command or die "could not run psql: $!";
}

# A process of this cluster, of those that carry the load; workers of the guard among them.
sub victim
{
	my ($out, $err) = run_command([ 'psql', '-XqAt', '-d', $node->connstr('postgres'), '-c',
		q{SELECT pid FROM pg_stat_activity WHERE datname = 'crash' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1} ]);
	return $out =~ /^(\d+)$/ ? $1 : undef;
}

sub crash
{
	my ($round) = @_;
	if ($round % 2 == 1 && defined(my $pid = victim()))
	{
		kill 'KILL', $pid;
		return 'a process killed';
	}
	$node->stop('immediate');
	return 'the server stopped';
}

sub recover
{
	my ($how) = @_;
	if ($how eq 'the server stopped') { $node->start; return; }
	# The server takes a moment to notice, and then restarts all of its processes.
	my $since = -s $node->logfile;
	foreach (1 .. 600)
	{
		last if slurp_file($node->logfile, $since > 20000 ? $since - 20000 : 0) =~ /was terminated by signal 9/;
		sleep 0.05;
	}
	# With its statement as an argument psql has no pipe that a connection which ends at once could break.
	my $there = 0;
	for (my $tries = 0; !$there && $tries < 1800; $tries++)
	{
		$there = system('psql', '-XAtq', '-d', $node->connstr('crash'), '-o', '/dev/null', '-c', 'SELECT 1') == 0;
		sleep 0.1 if !$there;
	}
	die 'the server did not come back' if !$there;
	return;
}

# What must hold of each token, as lines about those of which it does not.
my $violations = q{
	SELECT name || ' (' || kind || '): used ' || used || ', objects gone ' || gone || ', rows in the ledger ' || rows
	FROM (SELECT j.name, j.kind, (SELECT sum(u) FROM unnest(a.uses) AS u) AS used,
			(SELECT count(*) FROM unnest(j.objects) AS o WHERE CASE j.kind WHEN 'column'
				THEN NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('work.' || o) AND attname = 'b')
				ELSE to_regclass('work.' || o) IS NULL END) AS gone,
			(SELECT count(*) FROM langchef_guard.ledger AS l WHERE l.approval_id = a.id) AS rows
		FROM job AS j JOIN langchef_guard.approval AS a ON a.id = j.approval_id) AS seen
	WHERE CASE kind WHEN 'index' THEN gone > used OR rows > used ELSE gone <> used OR rows <> used END};

my $tokens = 0;
my $spent = 0;
my $told = 0;
my $lost = 0;
my $seen = 0;

sub check
{
	my ($round, $name) = @_;
	foreach my $prepared (split /\n/, rows($node, 'crash', 'SELECT gid FROM pg_prepared_xacts'))
	{
		$node->safe_psql('crash', (rand() < 0.5 ? 'COMMIT' : 'ROLLBACK') . " PREPARED '$prepared'");
	}
	my @bad = split /\n/, rows($node, 'crash', prunes($round) ? $violations =~ s/ OR rows <> used//r : $violations);
	# A crash between the transactions of DROP INDEX CONCURRENTLY leaves an invalid index that nobody has recorded.
	rows($node, 'crash', 'SELECT langchef_guard.resync()');
	push @bad, map { "unobserved: $_" } split /\n/, rows($node, 'crash', q{SELECT identity || ' ' || operation FROM langchef_guard.ledger
		WHERE source = 'unobserved' AND id > } . $seen . q{ AND identity NOT IN (SELECT 'work.' || objects[1] FROM job WHERE kind = 'index')});
	# The next round has other jobs.
	$seen = rows($node, 'crash', 'SELECT coalesce(max(id), 0) FROM langchef_guard.ledger');
	my $verified = attempt($node, 'crash', 'SELECT count(*) FROM langchef_guard.verify_ledger()');
	push @bad, "verify_ledger: $verified->{text}" if $verified->{sqlstate} ne '';
	# A prepared transaction that was resolved above is none the client was told about.
	my %exists = map { $_ => 1 } split /\n/, rows($node, 'crash', q{SELECT relname FROM pg_class WHERE relnamespace = 'work'::regnamespace});
	my %has_column = map { $_ => 1 } split /\n/, rows($node, 'crash', q{SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'work'::regnamespace AND a.attname = 'b' AND c.relname IN (SELECT name FROM job WHERE kind = 'column')});
	my %columns = map { $_ => 1 } split /\n/, rows($node, 'crash', q{SELECT name FROM job WHERE kind = 'column'});
	foreach my $session (1 .. 4)
	{
		foreach my $line (split /\n/, slurp_file("$dir/r${round}s$session.out"))
		{
			next unless $line =~ /^(gone|kept) (\S+)$/;
			$told++;
			my $is = $columns{$2} ? $has_column{$2} : $exists{$2};
			push @bad, "the client was told: $line" if ($1 eq 'gone') == ($is ? 1 : 0);
		}
	}
	my ($issued, $used, $weaker) = split /\|/, rows($node, 'crash', q{SELECT count(*), coalesce(sum((SELECT sum(u) FROM unnest(a.uses) AS u)), 0),
		count(*) FILTER (WHERE j.kind = 'index' AND a.uses[1] = 1 AND to_regclass('work.' || j.objects[1]) IS NOT NULL)
		FROM job j JOIN langchef_guard.approval a ON a.id = j.approval_id});
	$tokens += $issued;
	$spent += $used;
	$lost += $weaker;
	is(join("\n", @bad), '', "round $round, $name: $issued tokens, $used uses");
	# As a DBA clears up, in the open.
	$node->safe_psql('crash', q{SET langchef_guard.mode = 'record'; DROP SCHEMA work CASCADE; CREATE SCHEMA work; DELETE FROM job});
	return scalar @bad;
}

my $start = time;
my %crashes = ('a process killed' => 0, 'the server stopped' => 0);
my $failures = 0;
foreach my $round (1 .. $rounds)
{
	my @load = map { start_psql("r${round}s$_", script($round, $_)) } 1 .. 4;
	push @load, start_psql("r${round}seal", sealing($round));
	sleep(0.2 + rand(0.8));
	my $how = crash($round);
	$crashes{$how}++;
	waitpid $_, 0 foreach @load;
	recover($how);
	$failures += check($round, $how);
	unlink glob "$dir/r${round}*";
}
cmp_ok($spent, '>', $rounds, 'tokens were used under the load');
my @log = split /\n/, slurp_file($node->logfile);
is(join("\n", grep { /was terminated by signal (?!9: |3: )/ } @log), '', 'no process ended but those that were killed');
is(join("\n", grep { /PANIC:|TRAP:|reference leak/ } @log), '', 'the server is sound');
diag(sprintf '%d crashes (%d of a process, %d of the server) in %d s: %d tokens, %d uses, %d things told to clients, %d violations; %d tokens of DROP INDEX CONCURRENTLY spent without it',
	$rounds, $crashes{'a process killed'}, $crashes{'the server stopped'}, time - $start, $tokens, $spent, $told, $failures, $lost);
$node->stop;

done_testing();
