# The table of what the guard sees, made anew and compared with the one that is kept for this version.
# LCG_FIRING_WRITE=DIR writes it to DIR instead of comparing.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin", "$FindBin::RealBin/../tap/lib";
use Firing;
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;

my ($document, $errors, $version, $unsound) = Firing::document();
is($unsound, '', 'no server process crashed');
is_deeply($errors, [], 'every statement could run');
my $name = "firing-matrix-$version.md";
if ($ENV{LCG_FIRING_WRITE})
{
	my $file = "$ENV{LCG_FIRING_WRITE}/$name";
	unlink $file;
	append_to_file($file, $document);
}
my $kept = "$FindBin::RealBin/../../docs/$name";
ok(-e $kept, "docs/$name is there") or BAIL_OUT("docs/$name is missing");
my @made = split /\n/, $document;
my @kept = split /\n/, slurp_file($kept);
is(scalar(@made), scalar(@kept), 'with as many lines');
my @differences = map { my ($made, $was) = ($made[$_] // '', $kept[$_] // ''); $made eq $was ? () : "- $was\n+ $made" } 0 .. ($#made > $#kept ? $#made : $#kept);
is(join("\n", @differences), '', "and each is as docs/$name says");

done_testing();
