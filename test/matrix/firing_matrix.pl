# The table of what the guard sees, made anew and compared with the one that is kept for this version.
# LCG_FIRING_WRITE=DIR writes it to DIR as well.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin", "$FindBin::RealBin/../tap/lib";
use Firing;
use KeptPage;
use Test::More;

my ($document, $errors, $version, $unsound) = Firing::document();
is($unsound, '', 'no server process crashed');
is_deeply($errors, [], 'every statement could run');
my $name = "firing-matrix-$version.md";
write_page($document, $name, 'LCG_FIRING_WRITE');
page_is_kept($document, $name);

done_testing();
