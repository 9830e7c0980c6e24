# The attacks on the guard: what is seen must be what is expected, and docs/security-matrix.md must say so.
# LCG_SECURITY_WRITE=DIR writes the page to DIR as well; LCG_SECURITY_ONLY=REGEX runs the cases of that
# number only, and takes the others to be as expected.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin", "$FindBin::RealBin/../tap/lib";
use Attack;
use Attack::Page;
use Firing ();
use JSON::PP ();
use KeptPage;
use PostgreSQL::Test::Utils;
use Test::More;

my @cases;
foreach my $number (1 .. 7)
{
	my @parts = sort glob "$FindBin::RealBin/Attack/Section$number*.pm";
	foreach my $part (@parts)
	{
		require $part;
		my $package = 'Attack::' . ($part =~ /(\w+)\.pm$/)[0];
		push @cases, map { { %$_, section => $package->title } } $package->cases;
	}
}
$cases[$_]{number} = $_ foreach 0 .. $#cases;
my $only = $ENV{LCG_SECURITY_ONLY};
my %listed = map { ($_->{line} =~ /^(\d+)/)[0] => 1 } @cases;
is(join(' ', grep { !$listed{$_} } 1 .. 102), '', 'every line of the list has its case') if !$only;

my @made = Firing::in_parallel(map { my ($mode, $node) = ($_, Attack::new_node($_)); sub { return Attack::rows($node, $mode, $only, @cases); } } qw(p t));
my @rows = map { JSON::PP->new->decode($_) } map { @$_ } @made;
foreach my $row (grep { defined $_->{number} } @rows)
{
	my $case = $cases[ $row->{number} ];
	my $name = "$case->{line} $case->{name}: $Attack::Fixture::title{$row->{role}}, " . ($row->{mode} eq 'p' ? 'preloaded' : 'triggers only');
	ok($row->{seen} eq $row->{expected}, $name) or diag("$name\nexpected: $row->{expected}\nseen:     $row->{seen}\n", substr($row->{text}, 0, 1500));
	diag(sprintf '%s took %.1f s', $case->{line}, $row->{seconds}) if $row->{seconds} > 3;
}
is($_->{sound}, '', "no server process crashed ($_->{mode})") foreach grep { defined $_->{sound} } @rows;
note(sprintf '%s: %d databases made', $_->{mode}, $_->{rebuilt}) foreach grep { defined $_->{sound} } @rows;

my $document = Attack::Page::document(\@cases, [ grep { defined $_->{number} } @rows ]);
write_page($document, 'security-matrix.md', 'LCG_SECURITY_WRITE');
page_is_kept($document, 'security-matrix.md') if !$only;

done_testing();
