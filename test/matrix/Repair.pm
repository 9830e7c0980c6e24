# Whether what repair() gives for each kind of change takes it away, in both directions: each is made in a database of its
# own, repaired, compared, and led back to what it was changed to.
package Repair;

use strict;
use warnings FATAL => 'all';

use Drift;
use Drift::Fixture;
use Guarded;
use KeptPage;
use PostgreSQL::Test::Utils;

my $subscription = q{CREATE SUBSCRIPTION copy CONNECTION 'host=h dbname=d password=secret' PUBLICATION news WITH (connect = false, slot_name = NONE)};

# What the test itself does.
sub unguarded
{
	my ($node, $database, @commands) = @_;
	$node->safe_psql($database, join "\n", map { "$_;" } 'SET langchef_guard.mode = off', @commands);
	return;
}

# Runs a script in the database, and gives what it printed and its errors.
sub run_sql
{
	my ($node, $database, $sql) = @_;
	my $file = PostgreSQL::Test::Utils::tempdir() . '/repair.sql';
	unlink $file;
	append_to_file($file, $sql);
	my $out = '';
	run_log([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=0', '-v', 'VERBOSITY=terse', '-d', $node->connstr($database), '-f', $file ], '>', \$out, '2>&1');
	my @errors = map { s/^psql:[^ ]* //r } grep { /ERROR:|FATAL:/ } split /\n/, $out;
	return ($out, @errors);
}

# The database as the changes find it, made from a copy.  Subscriptions belong to all databases, and are not copied.
sub renew
{
	my ($node, $case) = @_;
	unguarded($node, 'drift', "DROP SUBSCRIPTION $_") foreach split /\n/, rows($node, 'postgres', q{SELECT quote_ident(subname) FROM pg_subscription});
	unguarded($node, 'postgres', 'ALTER ROLE drift_reader IN DATABASE drift RESET ALL', 'DROP DATABASE drift', 'CREATE DATABASE drift TEMPLATE fixture');
	unguarded($node, 'drift', $subscription) if $case->{class} =~ /^(?:subscription|in the wake)$/ || $case->{sql} =~ /SUBSCRIPTION/;
	return;
}

sub node
{
	my $node = Drift::node();
	unguarded($node, 'drift', 'DROP SUBSCRIPTION copy');
	unguarded($node, 'postgres', 'ALTER DATABASE drift RENAME TO fixture', 'CREATE DATABASE drift TEMPLATE fixture');
	return $node;
}

# The outcome of one direction.
sub outcome
{
	my ($node, $expected, $script) = @_;
	my ($out, @errors) = run_sql($node, 'drift', "SET langchef_guard.mode = record;\n$script\n" .
		qq{SELECT 'left:' || concat_ws(' ', operation, kind, object, attribute) FROM langchef_guard.drift('$expected') ORDER BY object COLLATE "C", attribute COLLATE "C";});
	my @left = $out =~ /^left:(.*)$/mg;
	my @manual = $script =~ /^-- manual (.*)$/mg;
	my @loss = $script =~ /^-- data_loss/mg;
	return { errors => \@errors, left => \@left, manual => \@manual, loss => scalar(@loss), script => $script };
}

sub try_case
{
	my ($node, $case) = @_;
	renew($node, $case);
	my $before = $case->{before} ? "BEGIN; $case->{before}; COMMIT;" : '';
	my ($out, @errors) = run_sql($node, 'drift', "SET langchef_guard.mode = record; $before SELECT langchef_guard.register_expected('was'); SET check_function_bodies = off; BEGIN; $case->{sql}; COMMIT;" .
		" SELECT langchef_guard.register_expected('became');\n\\echo BACK\nSELECT langchef_guard.repair_script('was');\n\\echo FORTH\nSELECT langchef_guard.repair_script('was', 'to_actual');\n");
	return { failed => "@errors" } if @errors;
	my ($back, $forth) = $out =~ /^BACK\n(.*)^FORTH\n(.*)\z/ms;
	return { back => outcome($node, 'was', $back), forth => outcome($node, 'became', $forth) };
}

# "done", "by hand: ..." or what went wrong.
sub word_of
{
	my ($result) = @_;
	return 'error: ' . $result->{errors}[0] if @{ $result->{errors} };
	return @{ $result->{manual} } ? "by hand: $result->{manual}[0]" : 'left: ' . join '; ', @{ $result->{left} } if @{ $result->{left} };
	return $result->{loss} ? 'done, with loss of data' : 'done';
}

1;
