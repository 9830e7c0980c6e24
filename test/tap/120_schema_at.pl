# schema_at() gives the snapshot of an earlier moment, from the ledger: compared with the snapshots that were taken then.
# LCG_STEPS sets the number of commands, LCG_SEED what they are.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use RandomSchema;
use Test::More;

my $steps = $ENV{LCG_STEPS} // 300;
my $seed = $ENV{LCG_SEED} // 1;
my $moments = 20;
note("seed $seed, $steps steps");

my $node = new_cluster('past', preload => 1);
$node->safe_psql('postgres', 'CREATE ROLE random_reader; CREATE ROLE random_writer');
new_database($node, 'past');
$node->safe_psql('past', setting_up());

my @commands = random_commands($seed, $steps, renames => 1, columns => 1);
my $snapshot = q{SELECT string_agg(line, E'\n') FROM langchef_guard.snapshot() AS line};
my (@seen, $done);
my $each = int($steps / $moments);
for (my $i = 0; $i < @commands; $i += $each)
{
	my $last = $i + $each > $#commands ? $#commands : $i + $each - 1;
	my ($out, $err);
	$node->psql('past', join("\n", 'SET langchef_guard.mode = record;', map { "$_;" } @commands[ $i .. $last ]), on_error_stop => 0, stdout => \$out, stderr => \$err);
	$done += ($last - $i + 1) - (() = $err =~ /ERROR:/g);
	push @seen, [ rows($node, 'past', 'SELECT pg_catalog.clock_timestamp()'), rows($node, 'past', $snapshot) ];
}
cmp_ok($done, '>', $steps / 8, "$done of $steps commands changed something");
my $equal = 0;
foreach my $moment (@seen)
{
	my $then = rows($node, 'past', "SELECT string_agg(line, E'\\n') FROM langchef_guard.schema_at('$moment->[0]') AS line");
	$equal++ if $then eq $moment->[1];
	next if $then eq $moment->[1];
	my %was = map { $_ => 1 } split /\n/, $moment->[1];
	my %is = map { $_ => 1 } split /\n/, $then;
	diag("seed $seed, at $moment->[0]");
	diag("- $_") foreach grep { !$is{$_} } sort keys %was;
	diag("+ $_") foreach grep { !$was{$_} } sort keys %is;
}
is($equal, scalar(@seen), 'the schema at each of ' . @seen . ' moments is the one that was seen');

# What is given can be registered and compared.
is(rows($node, 'past', "SELECT langchef_guard.register_expected('then', (SELECT string_agg(line, E'\\n') FROM langchef_guard.schema_at('$seen[3][0]') AS line)) > 0"), 't', 'it can be registered');

# Extensions come with members, which the ledger does not hold.
my $before = rows($node, 'past', 'SELECT pg_catalog.clock_timestamp()');
my $without = rows($node, 'past', $snapshot);
$node->safe_psql('past', 'CREATE EXTENSION hstore SCHEMA app');
is(rows($node, 'past', "SELECT string_agg(line, E'\\n') FROM langchef_guard.schema_at('$before') AS line"), $without, 'members of an extension that came later are not there');

my $error = attempt($node, 'past', q{SELECT langchef_guard.schema_at('2000-01-01')});
is($error->{sqlstate}, '55000', 'a time before the ledger');
like($error->{message}, qr/^the ledger does not reach back/, 'is told');
is(attempt($node, 'past', q{SELECT langchef_guard.schema_at('3000-01-01')})->{sqlstate}, '22023', 'a time to come');
is(attempt($node, 'past', q{SELECT langchef_guard.schema_at(NULL)})->{sqlstate}, '22004', 'no time');
log_is_sound($node, 'the server stayed sound');

done_testing();
