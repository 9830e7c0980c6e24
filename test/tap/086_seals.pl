# Seals wait for no transaction and none waits for them; they hold after a restart and in another cluster.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;

sub verified { my ($node, $database) = @_; return rows($node, $database, q{SELECT seals || ' seals, ' || sealed_rows || ' rows, ' || unsealed_rows || ' unsealed, ' || pruned_seals || ' pruned' FROM langchef_guard.verify_ledger()}); }
sub seal { my ($node, $database) = @_; return rows($node, $database, 'SELECT langchef_guard.seal()'); }

my $node = new_cluster('sealed', preload => 1);
new_database($node, 'app');
$node->safe_psql('app', 'CREATE TABLE a (i int); ALTER TABLE a ADD j int');

# A transaction that is under way when the others are sealed.
my $open = session($node, 'app');
$open->query('BEGIN; CREATE TABLE slow (i int)');
is(seal($node, 'app'), '1', 'a seal waits for no transaction');
is(verified($node, 'app'), '1 seals, 2 rows, 0 unsealed, 0 pruned', 'it is over what is committed');
my $sealer = session($node, 'app');
$node->safe_psql('app', 'CREATE TABLE b (i int)');
$sealer->query('BEGIN');
is($sealer->query('SELECT langchef_guard.seal()'), '2', 'a seal is made in a transaction that stays open');
passes(attempt($node, 'app', q{SET lock_timeout = '1s'; CREATE TABLE c (i int)}), 'which no command waits for');
$open->query('ALTER TABLE slow ADD j int; COMMIT');
$sealer->query('COMMIT');
is(verified($node, 'app'), '2 seals, 3 rows, 3 unsealed, 0 pruned', 'what came later, or was not committed, is in neither');
is(seal($node, 'app'), '3', 'the next seal');
is(verified($node, 'app'), '3 seals, 6 rows, 0 unsealed, 0 pruned', 'takes it');
$open->quit;
$sealer->quit;
is(attempt($node, 'app', 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT langchef_guard.seal()')->{sqlstate}, '25000', 'not under a snapshot that may be old');

my $chain = rows($node, 'app', 'SELECT chain FROM langchef_guard.verify_ledger()');
like(slurp_file($node->logfile), qr/seal 3 of database "app" over 3 ledger rows, chain $chain/, 'the server log has the chain');
$node->stop('immediate');
$node->start;
is(rows($node, 'app', 'SELECT chain FROM langchef_guard.verify_ledger()'), $chain, 'it holds after a crash');

# In another cluster, with a row that no seal was over.
$node->safe_psql('app', 'CREATE TABLE d (i int)');
my $other = new_cluster('restored', preload => 1);
$other->safe_psql('postgres', 'CREATE DATABASE app');
my $file = PostgreSQL::Test::Utils::tempdir() . '/app.sql';
$node->command_ok([ 'pg_dump', '--file', $file, $node->connstr('app') ], 'the database is dumped');
$other->command_ok([ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-f', $file, $other->connstr('app') ], 'and restored');
is(rows($other, 'app', 'SELECT chain FROM langchef_guard.verify_ledger()'), $chain, 'its seals hold there');
is(seal($other, 'app'), '4', 'the first seal of the other cluster');
is(rows($other, 'app', 'SELECT unsealed_rows FROM langchef_guard.verify_ledger()'), '0', 'takes in what had none');
$other->safe_psql('app', 'CREATE TABLE e (i int)');
is(seal($other, 'app'), '5', 'and the next goes on');
is(attempt($other, 'app', q{DELETE FROM langchef_guard.ledger WHERE identity = 'public.d'; SELECT * FROM langchef_guard.verify_ledger()})->{sqlstate}, 'LG005', 'what came with the dump is sealed');
like(attempt($other, 'app', 'SELECT * FROM langchef_guard.verify_ledger()')->{message}, qr/^ledger was altered within seal 4$/, 'by that seal');
is(attempt($node, 'app', q{SELECT langchef_guard.prune('1 second ago'::interval)})->{sqlstate}, '22023', 'a negative age is none');
is(rows($node, 'app', q{SELECT langchef_guard.prune('0')}), '6', 'what is sealed can be pruned');
is(verified($node, 'app'), '3 seals, 0 rows, 2 unsealed, 3 pruned', 'and the seals hold without it');
is(attempt($other, 'app', q{SELECT langchef_guard.prune('0')})->{sqlstate}, 'LG005', 'what was altered is not pruned: it is evidence');
log_is_sound($node, 'the servers');
log_is_sound($other, 'stayed sound');
done_testing();
