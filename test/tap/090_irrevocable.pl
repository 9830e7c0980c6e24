# What cannot be undone is not failed by a cancel request that comes while it is recorded;
# and what a prepared transaction recorded is not taken for recorded.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_cluster('irrevocable', preload => 1,
	settings => [ 'allow_in_place_tablespaces = on', 'max_prepared_transactions = 2', q{langchef_guard.mode = 'record'} ]);
new_database($node, 'irrevocable');
$node->safe_psql('irrevocable', q{CREATE DATABASE doomed});
$node->safe_psql('irrevocable', q{CREATE TABLESPACE doomed_space LOCATION ''});

my $holder = session($node, 'irrevocable');
attempt_in($holder, 'BEGIN; LOCK TABLE langchef_guard.ledger IN ACCESS EXCLUSIVE MODE');
my $start = -s $node->logfile;
foreach my $command ('DROP DATABASE doomed', 'CREATE DATABASE made', q{CREATE TABLESPACE made_space LOCATION ''}, 'DROP TABLESPACE doomed_space',
	q{ALTER SYSTEM SET work_mem = '5MB'})
{
	my $tag = join ' ', (split / /, $command)[0, 1];
	my $result = attempt($node, 'irrevocable', "SET statement_timeout = '3s';\n$command");
	passes($result, "carried out: $command");
	like($result->{text}, qr/WARNING:  57014: $tag is not in the ledger of langchef_guard$/m, 'with a warning') or diag($result->{text});
}
my @lines = slurp_file($node->logfile, $start) =~ /LOG:  ([A-Z ]+) is not in the ledger of langchef_guard/g;
is(scalar @lines, 5, 'and a line of the log each');
my $other = attempt($node, 'irrevocable', "SET statement_timeout = '1s';\nCOMMENT ON DATABASE made IS 'transactional'");
is($other->{sqlstate}, '57014', 'what can be undone is cancelled');
attempt_in($holder, 'ROLLBACK');
$holder->quit;

is(rows($node, 'irrevocable', q{SELECT string_agg(datname || ' ' || datconnlimit, ', ') FROM pg_database WHERE datname IN ('doomed', 'made')}), 'made -1', 'the databases are as asked for');
passes(attempt($node, 'made', 'CREATE TABLE t ()'), 'and can be used');
is(rows($node, 'irrevocable', q{SELECT string_agg(spcname, ', ') FROM pg_tablespace WHERE spcname LIKE '%space'}), 'made_space', 'so are the tablespaces');
passes(attempt($node, 'irrevocable', 'DROP DATABASE made'), 'later ones are recorded');
is(rows($node, 'irrevocable', q{SELECT string_agg(command_tag || ' ' || identity, ', ') FROM langchef_guard.ledger WHERE identity = 'made'}), 'DROP DATABASE made', 'and only they');

# All settings at once, and one that holds a password.
passes(attempt($node, 'irrevocable', q{ALTER SYSTEM SET primary_conninfo = 'host=x password=hid\ den user=y'}), 'a setting with a password');
passes(attempt($node, 'irrevocable', 'ALTER SYSTEM RESET ALL'), 'and all settings');
is(rows($node, 'irrevocable', q{SELECT string_agg(identity || ': ' || statement, ', ' ORDER BY id) FROM langchef_guard.ledger WHERE command_tag = 'ALTER SYSTEM'}),
	q{primary_conninfo: ALTER SYSTEM SET primary_conninfo = '<redacted>', ALL: ALTER SYSTEM RESET ALL}, 'are recorded without it');

# A change of mode that was recorded in a prepared transaction.
sub modes { return rows($node, 'irrevocable', q{SELECT coalesce(string_agg(difference -> 0 ->> 'after', ', ' ORDER BY id), '') FROM langchef_guard.ledger WHERE identity = 'langchef_guard.mode'}) }
passes(attempt($node, 'irrevocable', qq{BEGIN;\nSET langchef_guard.mode = off;\nPREPARE TRANSACTION 'p';\nROLLBACK PREPARED 'p';\nCREATE TABLE t ()}), 'a prepared change of mode is rolled back');
is(modes(), 'off', 'it is recorded with the next command');

# Who listens learns that something happened, and names none.
my $listener = session($node, 'irrevocable');
attempt_in($listener, 'LISTEN langchef_guard');
$node->safe_psql('irrevocable', q{CREATE TABLE secret_name (i integer); INSERT INTO secret_name VALUES (1)});
$node->append_conf('postgresql.conf', q{langchef_guard.mode = 'enforce'});
$node->reload;
$node->poll_query_until('irrevocable', q{SELECT current_setting('langchef_guard.mode') = 'enforce'});
is(attempt($node, 'irrevocable', 'DROP TABLE secret_name')->{sqlstate}, 'LG001', 'a proposal is filed');
my $heard = attempt_in($listener, 'SELECT 1')->{out};
like($heard, qr/"\{"event":"change","ledger":\d+,"tag":"CREATE TABLE","object":"table","operation":"create","role":"[^"]+"\}"/, 'a change is told');
like($heard, qr/"\{"event":"proposal","proposal":\d+,"tag":"DROP TABLE","role":"[^"]+"\}"/, 'a proposal is told');
unlike($heard, qr/secret_name/, 'without names');
$listener->quit;

log_is_sound($node, 'the server is sound');
$node->stop;

done_testing();
