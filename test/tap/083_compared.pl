# Registered schemas of databases of different encodings: compared with each other, with options and rules that name
# what has other bytes, or another place in the order, in each of them.

use strict;
use warnings FATAL => 'all';
use utf8;

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;

$ENV{PGCLIENTENCODING} = 'UTF8';
my $node = new_cluster('compared', preload => 1);

# Runs statements from a file, so that their letters are as written.
sub answer
{
	my ($database, $sql) = @_;
	my $file = PostgreSQL::Test::Utils::tempdir . '/statements.sql';
	open my $out, '>:encoding(UTF-8)', $file or die $!;
	print $out $sql;
	close $out;
	my ($stdout, $stderr) = run_command([ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-f', $file, '-d', $node->connstr($database) ]);
	utf8::decode($stdout);
	is($stderr, '', "$database answers");
	return $stdout;
}

my %made;
foreach my $encoding (qw(UTF8 LATIN1))
{
	my $database = 'in_' . lc $encoding;
	my $type = $encoding eq 'UTF8' ? 'int' : 'bigint';
	my $more = $encoding eq 'UTF8' ? '' : ', "ñ" int';
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0 ENCODING $encoding LOCALE 'C'");
	answer($database, qq{CREATE EXTENSION langchef_guard; CREATE SCHEMA "schöne.ä"; CREATE TABLE "schöne.ä"."ö" ("ü" $type, z int);
		CREATE SCHEMA zz; CREATE TABLE zz.t (a int$more); SELECT langchef_guard.register_expected('own');});
	$made{$encoding} = answer($database, 'SELECT line FROM langchef_guard.snapshot() AS line');
}
my $differences = "changed \"schöne.ä\".\"ö\".\"ü\" type integer bigint\nunexpected zz.t.\"ñ\" integer";
foreach my $way ([ 'in_utf8', 'LATIN1', 'own', 'other' ], [ 'in_latin1', 'UTF8', 'other', 'own' ])
{
	my ($database, $from, $expected, $actual) = @$way;
	(my $document = $made{$from}) =~ s/'/''/g;
	answer($database, "SELECT langchef_guard.register_expected('other', '$document')");
	is(answer($database, qq{SELECT concat_ws(' ', operation, object, attribute, expected, actual) FROM langchef_guard.compare('$expected', '$actual') ORDER BY object}),
		$differences, "$database: the differences of the two");
	is(answer($database, "SELECT count(*) FROM langchef_guard.compare('$actual', '$expected')"), 2, "$database: and the other way round");
}

# In the database whose letters are not those of the digests.
my $drift = q{SELECT string_agg(object, ' ') FROM langchef_guard.drift('other')};
my $options = q{SELECT langchef_guard.configure_expected('other', '{%s}') IS NOT NULL};
answer('in_latin1', sprintf($options, '"schemas": ["schöne.ä"]'));
is(answer('in_latin1', $drift), '"schöne.ä"."ö"."ü"', 'only a schema whose name is not ASCII');
answer('in_latin1', sprintf($options, '"schemas": null, "except_schemas": ["schöne.ä"]'));
is(answer('in_latin1', $drift), 'zz.t."ñ"', 'all but that');
answer('in_latin1', q{SELECT langchef_guard.ignore_drift('column', NULL, 'zz.t."_"', 'one letter') > 0});
is(answer('in_latin1', q{SELECT langchef_guard.is_clean('other')}), 't', 'a letter is one character of a pattern');

log_is_sound($node);
$node->stop;
done_testing();
