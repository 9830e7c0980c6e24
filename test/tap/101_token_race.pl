# Two sessions race for one token: never two winners, and exactly one where neither rolls back.
# LCG_RACES sets the number of races of each kind (make races: 1,000).

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use Racer;
use Test::More;
use Time::HiRes qw(time usleep);

my $races = $ENV{LCG_RACES} // 150;

my $node = new_cluster('race', preload => 1);

my @racers;

# A database with the tables of each race, which hold rows, and a token for one use on any of them.
sub prepare
{
	my ($database) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, qq{
		CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE race (n int PRIMARY KEY, token text NOT NULL, approval_id bigint);
		DO \$\$ BEGIN
			FOR n IN 1 .. $races LOOP
				EXECUTE format('CREATE TABLE a.t%1\$s AS SELECT 1 AS i; CREATE TABLE b.t%1\$s AS SELECT 1 AS i;
					CREATE INDEX i%1\$s ON a.t%1\$s (i); CREATE INDEX i%1\$s ON b.t%1\$s (i)', n);
			END LOOP;
		END \$\$});
	$node->safe_psql($database, 'CREATE EXTENSION langchef_guard');
	my $tokens = $node->safe_psql($database, qq{SELECT langchef_guard.issue_token(current_user, NULL, ARRAY['a.t' || n, 'b.t' || n, 'a.i' || n, 'b.i' || n])
		FROM generate_series(1, $races) AS n});
	my $n = 0;
	my $values = join ', ', map { $n++; "($n, '$_')" } split /\n/, $tokens;
	$node->safe_psql($database, qq{INSERT INTO race SELECT v.n, v.token, p.id FROM (VALUES $values) AS v (n, token)
		JOIN langchef_guard.approval AS p ON p.token_hash = sha256(convert_to(v.token, 'UTF8'))});
	@racers = map { Racer->new($node, $database) } 1 .. 2;
	return;
}

# Runs all races of a kind; statements are given the number of the race and print what became of them.
sub race
{
	my ($kind, $statements, $winners_are) = @_;
	my $database = $kind =~ s/ /_/gr;
	prepare($database);
	my %count;
	my %first;
	my $start = time;
	foreach my $n (1 .. $races)
	{
		my @order = $n % 2 == 0 ? (0, 1) : (1, 0);
		foreach my $racer (@racers) { $racer->run("SELECT token FROM race WHERE n = $n \\gset\nSET langchef_guard.approval_token = :'token';"); }
		$racers[ $order[0] ]->start($statements->[ $order[0] ]->($n));
		# The second one comes while the first judges, runs, waits or ends.
		usleep(int rand 3000) if $n % 3 == 0;
		$racers[ $order[1] ]->start($statements->[ $order[1] ]->($n));
		my @ends = map { $_->finish } @racers;
		my $won = grep { $_ eq '00000' } @ends;
		$count{$won}++;
		$first{ $ends[0] eq '00000' ? 'first' : 'second' }++ if $won == 1;
		$count{"$_"}++ foreach map { "ends $_" } @ends;
	}
	my $took = time - $start;
	my $wrong = join ', ', grep { /^\d$/ && $_ != $winners_are } sort keys %count;
	is($wrong, '', "$kind: $winners_are of two wins in each of $races races");
	# What the tables tell, whatever the sessions were told.
	is(rows($node, $database, q{SELECT count(*) FROM race JOIN langchef_guard.approval p ON p.id = race.approval_id
		WHERE p.uses[1] > 1 OR p.uses[1] <> (SELECT count(DISTINCT l.xid) FROM langchef_guard.ledger l WHERE l.approval_id = p.id)}), 0, "$kind: no token is used twice or without a row of the ledger");
	is(rows($node, $database, qq{SELECT count(*) FROM race JOIN langchef_guard.approval p ON p.id = race.approval_id WHERE p.uses[1] = 1}), $races * $winners_are,
		"$kind: and every one is used that had a winner");
	is(rows($node, $database, 'SELECT langchef_guard.resync()'), 0, "$kind: the ledger knows all that is gone");
	$_->quit foreach @racers;
	diag(sprintf '%s: %d races in %.1f s, %s', $kind, $races, $took,
		join ', ', (map { "$_ won $first{$_} times" } sort keys %first), map { "$_: $count{$_}" } grep { /^ends/ } sort keys %count);
	return;
}

# Statements whose end is told by SQLSTATE: that of the command, or of the COMMIT when the command passed.
sub told
{
	my (@lines) = @_;
	return join "\n", @lines, '\echo :SQLSTATE';
}

sub in_block
{
	my ($command, $end) = @_;
	return "BEGIN;\n$command\n\\set state :SQLSTATE\n$end\n" . ($end eq 'COMMIT;' ? '\echo :state' : '\echo rolled back');
}

my @schemas = qw(a b);
my $drop = sub { my ($schema) = @_; return sub { my ($n) = @_; return told("DROP TABLE $schema.t$n;"); } };

race('two commands', [ map { $drop->($_) } @schemas ], 1);
race('one command', [ $drop->('a'), $drop->('a') ], 1);
race('two transactions', [ map { my $schema = $_; sub { return in_block("DROP TABLE $schema.t$_[0];", 'COMMIT;') } } @schemas ], 1);
race('commit against rollback', [ sub { return in_block("DROP TABLE a.t$_[0];", 'COMMIT;') }, sub { return in_block("DROP TABLE b.t$_[0];", 'ROLLBACK;') } ], 1);
race('rollback against rollback', [ map { my $schema = $_; sub { return in_block("DROP TABLE $schema.t$_[0];", 'ROLLBACK;') } } @schemas ], 0);
race('outside a transaction', [ map { my $schema = $_; sub { return told("DROP INDEX CONCURRENTLY $schema.i$_[0];") } } @schemas ], 1);
race('inside against outside', [ sub { return told("DROP INDEX CONCURRENTLY a.i$_[0];") }, sub { return in_block("DROP TABLE b.t$_[0];", 'COMMIT;') } ], 1);

log_is_sound($node, 'the server is sound');
$node->stop;

done_testing();
