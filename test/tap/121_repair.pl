# What repair() makes of many differences at once: a database that was changed at random is repaired, and pg_dump then
# gives the same bytes as for the one that was not changed.  LCG_SCHEMAS sets their number, LCG_SEED the first.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use RandomSchema;
use Test::More;

my $schemas = $ENV{LCG_SCHEMAS} // 4;
my $seed = $ENV{LCG_SEED} // 1;
my $langchef = "$FindBin::RealBin/../../../shared/langchef/schema.sql";
note("seeds $seed to ", $seed + $schemas - 1);

my $node = new_cluster('repair', preload => 1, settings => [ 'langchef_guard.mode = record' ]);
$node->safe_psql('postgres', 'CREATE ROLE random_reader; CREATE ROLE random_writer');

# The schema as pg_dump gives it, without what differs in each run.
sub dump_of
{
	my ($database) = @_;
	my ($out, $err) = run_command([ 'pg_dump', '--schema-only', '-d', $node->connstr($database) ]);
	return join "\n", grep { !/^\\(?:un)?restrict / } split /\n/, $out;
}

sub run_script
{
	my ($database, $sql) = @_;
	my ($out, $err);
	$node->psql($database, $sql, on_error_stop => 0, stdout => \$out, stderr => \$err);
	return grep { /ERROR:/ } split /\n/, $err;
}

# Makes "want", changes a copy of it, repairs the copy.
sub repaired
{
	my ($name, $making, @changes) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE want");
	run_script('want', "$making;\nCREATE EXTENSION langchef_guard;\nSELECT langchef_guard.register_expected('want');");
	$node->safe_psql('postgres', 'CREATE DATABASE have TEMPLATE want');
	run_script('have', join "\n", map { "$_;" } @changes);
	my $differences = rows($node, 'have', q{SELECT count(*) FROM langchef_guard.drift('want')});
	my $script = rows($node, 'have', q{SELECT string_agg(line, E'\n') FROM langchef_guard.repair_script('want') AS line});
	my @errors = run_script('have', $script);
	is("@errors", '', "$name: the script of $differences differences runs");
	my $left = rows($node, 'have', q{SELECT string_agg(concat_ws(' ', operation, kind, object, attribute, expected, actual), E'\n') FROM langchef_guard.drift('want')});
	is($left, '', "$name: nothing differs");
	my ($want, $have) = (dump_of('want'), dump_of('have'));
	ok($want eq $have, "$name: pg_dump gives the same bytes");
	if (@errors || $left ne '' || $want ne $have)
	{
		my (%want, %have);
		$want{$_}++ foreach split /\n/, $want;
		$have{$_}++ foreach split /\n/, $have;
		diag("script:\n$script");
		diag("- $_") foreach grep { ($have{$_} // 0) != $want{$_} } sort keys %want;
		diag("+ $_") foreach grep { ($want{$_} // 0) != $have{$_} } sort keys %have;
	}
	$node->safe_psql('postgres', "DROP DATABASE $_") foreach qw(have want);
	return;
}

SKIP:
{
	skip 'the LangChef schema is not there', 3 if !-e $langchef;
	repaired('LangChef', slurp_file($langchef),
		'DROP TABLE prompts CASCADE', 'ALTER TABLE experiments ALTER COLUMN status SET DEFAULT $$other$$', 'CREATE TABLE leftover (a int)',
		'ALTER TABLE datasets ADD COLUMN more text', 'CREATE INDEX more_idx ON datasets (name)', 'COMMENT ON TABLE datasets IS $$x$$');
}
repaired("seed $_", join(";\n", setting_up(), random_commands($_, 60, columns => 1)), random_commands($_ + 1_000_000, 30)) foreach $seed .. $seed + $schemas - 1;
log_is_sound($node, 'the server stayed sound');

done_testing();
