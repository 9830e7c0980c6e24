# What drift tells of every kind of change, made anew and compared with the page that is kept.
# LCG_DRIFT_WRITE=DIR writes it to DIR as well.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin", "$FindBin::RealBin/../tap/lib";
use Drift;
use Guarded;
use KeptPage;
use Test::More;

my $node = Drift::node();
my ($document, $cases) = Drift::document($node);
ok($_->{good}, "$_->{class}: $_->{name}") or diag("told: $_->{seen}") foreach @$cases;
# An empty database: what the server and the guard brought is none of the schema.
new_database($node, 'empty');
is(rows($node, 'empty', q{SELECT string_agg(line::jsonb ->> 'id', ', ') FROM langchef_guard.snapshot() AS line}), 'database:current, extension:plpgsql, schema:public',
	'nothing of the server is in the snapshot of an empty database');

# What the readers write, register_expected() takes.
is(rows($node, 'drift', q{SELECT langchef_guard.register_expected('document', (SELECT string_agg(line, E'\n') FROM langchef_guard.snapshot() AS line)) > 0}),
	't', 'the schema can be registered from its own document');
is(rows($node, 'drift', q{SELECT count(*) FROM langchef_guard.drift('document')}), '0', 'and does not differ from it');
is(rows($node, 'drift', q{SELECT langchef_guard.is_clean('document')}), 't', 'so it is clean');
is(rows($node, 'drift', q{SELECT count(*) FROM langchef_guard.snapshot() AS line WHERE line ~ 'secret'}), '0', 'no secret is in it');
is(rows($node, 'drift', "SELECT count(*) FROM langchef_guard.$_ AS t WHERE t::text ~ 'secret'"), '0', "nor in $_") foreach qw(ledger known_object expected_object changes);
cmp_ok(rows($node, 'drift', q{SELECT count(*) FROM langchef_guard.ledger WHERE object_type = 'user mapping' AND definition_after::text ~ 'password=<hidden '}), '>', 0,
	'but for its hash');
log_is_sound($node, 'the server stayed sound');
write_page($document, 'drift-battery.md', 'LCG_DRIFT_WRITE');
page_is_kept($document, 'drift-battery.md');

done_testing();
