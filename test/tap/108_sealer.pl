# The server seals every guarded database by itself, and is in nobody's way.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time sleep);

my $node = new_cluster('sealer', preload => 1, streaming => 1,
	settings => [ q{langchef_guard.seal_interval = '1s'}, 'autovacuum = off', 'max_worker_processes = 4' ]);

sub sealed { my ($database) = @_; return $node->poll_query_until($database, 'SELECT unsealed_rows = 0 AND seals > 0 FROM langchef_guard.verify_ledger()'); }
sub sealers { return rows($node, 'postgres', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'langchef_guard sealer'}); }
sub set_interval { my ($interval) = @_; $node->safe_psql('postgres', "ALTER SYSTEM SET langchef_guard.seal_interval = '$interval'"); $node->reload; return; }
sub status { my ($on) = @_; return rows($on, 'app', q{SELECT state || ': ' || detail || coalesce('; ' || how_to_turn_on, '') FROM langchef_guard.status() WHERE protection = 'the ledger is sealed'}); }
# Seconds that something takes.
sub seconds { my ($do) = @_; my $start = time; $do->(); return time - $start; }
# Sealing this database takes long.
sub hold_up
{
	my ($database) = @_;
	$node->safe_psql($database, q{
SET langchef_guard.mode = off;
CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
SET langchef_guard.mode = off;
CREATE TRIGGER slow BEFORE INSERT ON langchef_guard.seal FOR EACH ROW EXECUTE FUNCTION public.slow();
SET langchef_guard.mode = enforce;
CREATE TABLE held_up (i int)});
	return $node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = '$database' AND backend_type = 'langchef_guard sealer'");
}

$node->safe_psql('postgres', 'CREATE DATABASE bare');
new_database($node, $_) foreach qw(app other pattern closed);
$node->safe_psql('postgres', "SET langchef_guard.mode = off;\nALTER DATABASE pattern IS_TEMPLATE true");
$node->safe_psql($_, 'CREATE TABLE a (i int)') foreach qw(app other pattern closed);
$node->safe_psql('postgres', "SET langchef_guard.mode = off;\nALTER DATABASE closed ALLOW_CONNECTIONS false");
ok(sealed($_), "$_ is sealed") foreach qw(app other);
like(slurp_file($node->logfile), qr/LOG:  langchef_guard: seal 1 of database "app" over 1 ledger rows, chain [0-9a-f]{64}$/m, 'the log tells of it');
like(status($node), qr/^on: the server seals every 1 seconds; seal \d+ of [^;]* is the last$/, 'status tells that it is done');
$node->safe_psql('app', 'ALTER TABLE a ADD j int');
ok(sealed('app'), 'and goes on');
my $seals = rows($node, 'app', 'SELECT count(*) FROM langchef_guard.seal');
sleep 2.5;
is(rows($node, 'app', 'SELECT count(*) FROM langchef_guard.seal'), $seals, 'no seal is made of nothing');
is(rows($node, 'pattern', 'SELECT count(*) FROM langchef_guard.seal'), '0', 'a template is left alone');
$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'langchef_guard sealer'});
is(sealers(), '1', 'one process waits for the next time');

# Settings of a database do not stop it.
$node->safe_psql('postgres', "SET langchef_guard.mode = off;\n$_") foreach q{ALTER DATABASE other SET default_transaction_read_only = on}, q{ALTER DATABASE other SET default_transaction_isolation = 'serializable'},
  q{ALTER DATABASE other SET DateStyle = 'German'}, q{ALTER DATABASE other SET search_path = ''}, q{ALTER DATABASE other CONNECTION LIMIT 0};
$node->safe_psql('other', 'SET default_transaction_read_only = off; CREATE TABLE public.b (i int)');
ok(sealed('other'), 'whatever the settings of a database, it is sealed');

# At run time.
set_interval(0);
$node->safe_psql('app', 'CREATE TABLE b (i int)');
sleep 2.5;
is(rows($node, 'app', 'SELECT unsealed_rows FROM langchef_guard.verify_ledger()'), '1', 'without an interval nothing is sealed');
like(status($node), qr/^on: seal \d+ of [^;]* is the last$/, 'status tells the last seal');
$node->safe_psql('app', q{DELETE FROM langchef_guard.seal});
is(status($node), q{off: there is no seal; ALTER SYSTEM SET langchef_guard.seal_interval = '1h'; SELECT pg_reload_conf();}, 'or how to get one');
set_interval('1s');
ok(sealed('app'), 'with one it is sealed again');

set_interval('1h');
$node->safe_psql('app', q{CREATE TABLE late (i int); UPDATE langchef_guard.ledger SET recorded_at = recorded_at - interval '2 hours' WHERE identity = 'public.late'});
like(status($node), qr/^on: the server seals every 3600 seconds/, 'a row that waits for the next seal is no harm');
$node->safe_psql('app', q{UPDATE langchef_guard.ledger SET recorded_at = recorded_at - interval '2 hours' WHERE identity = 'public.late'});
like(status($node), qr/^off: the server seals every 3600 seconds; seal .* is the last, and rows have waited for long; Look for "was not sealed" in the server log; SELECT langchef_guard.seal\(\);$/, 'one that was passed over is');
set_interval('1s');
ok(sealed('app'), 'until it is sealed');

# Who wants a database for himself.
new_database($node, $_) foreach qw(dropped renamed copied);
ok(hold_up('dropped'), 'a database takes long to seal');
cmp_ok(seconds(sub { $node->safe_psql('postgres', "SET langchef_guard.mode = off;\nDROP DATABASE dropped") }), '<', 10, 'it can be dropped meanwhile');
ok(hold_up('renamed'), 'another one does');
cmp_ok(seconds(sub { $node->safe_psql('postgres', "SET langchef_guard.mode = off;\nALTER DATABASE renamed RENAME TO new_name") }), '<', 10, 'it can be renamed meanwhile');
$node->safe_psql('new_name', 'SET langchef_guard.mode = off; DROP TRIGGER slow ON langchef_guard.seal');
ok(sealed('new_name'), 'and is sealed under its new name');
ok(hold_up('copied'), 'another one does');
cmp_ok(seconds(sub { $node->safe_psql('postgres', "SET langchef_guard.mode = off;\nCREATE DATABASE copy TEMPLATE copied") }), '<', 10, 'it can be copied meanwhile');
$node->safe_psql('postgres', "SET langchef_guard.mode = off;\nDROP DATABASE $_ WITH (FORCE)") foreach qw(copied copy);
new_database($node, $_) foreach qw(before slow after);
ok(hold_up('slow'), 'another one does');
$node->safe_psql('postgres', "SET langchef_guard.mode = off;\nDROP DATABASE $_") foreach qw(before after slow);
$node->safe_psql('app', 'CREATE TABLE c (i int)');
ok(sealed('app'), 'the others are sealed on, and those that are gone by their turn are passed over');

# Somebody seals and leaves the transaction open.
my $session = session($node, 'app');
$node->safe_psql('app', 'CREATE TABLE d (i int)');
ok($session->query('BEGIN; LOCK TABLE langchef_guard.seal IN SHARE ROW EXCLUSIVE MODE; SELECT 1'), 'seals of a database are locked');
my $position = -s $node->logfile;
$node->safe_psql('other', 'SET default_transaction_read_only = off; CREATE TABLE public.c (i int)');
ok(sealed('other'), 'the other databases are sealed');
ok($node->wait_for_log(qr/langchef_guard: ledger of database "app" was not sealed: canceling statement due to lock timeout/, $position), 'the log tells which one was not');
$session->quit;
ok(sealed('app'), 'it is, afterwards');

# The end of the server, of a process, and of all processes.
$node->safe_psql('postgres', q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'langchef_guard sealer'});
$node->safe_psql('app', 'CREATE TABLE e (i int)');
ok(sealed('app'), 'when its process is ended, another one comes');
new_database($node, 'stopped');
ok(hold_up('stopped'), 'a database takes long to seal');
# A database may go just when its turn comes: not where the log is to tell of none such.
set_interval(0);
cmp_ok(seconds(sub { $node->stop('fast') }), '<', 10, 'the server stops meanwhile');
$node->start;
$node->safe_psql('postgres', "SET langchef_guard.mode = off;\nDROP DATABASE stopped WITH (FORCE)");
set_interval('1s');
$node->safe_psql('app', 'CREATE TABLE f (i int)');
ok(sealed('app'), 'and seals after its start');
$node->stop('immediate');
$node->start;
$node->safe_psql('app', 'CREATE TABLE g (i int)');
ok(sealed('app'), 'after a crash, too');

# A standby.
set_interval(0);
$node->safe_psql('app', 'CREATE TABLE h (i int)');
$node->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'copy', has_streaming => 1);
$standby->append_conf('postgresql.auto.conf', q{langchef_guard.seal_interval = '1s'});
$standby->start;
$node->wait_for_catchup($standby);
is(rows($standby, 'postgres', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'langchef_guard sealer'}), '0', 'nothing is sealed on a standby');
is(rows($standby, 'app', 'SELECT unsealed_rows FROM langchef_guard.verify_ledger()'), '1', 'where seals can be verified');
$standby->promote;
ok($standby->poll_query_until('app', 'SELECT unsealed_rows = 0 FROM langchef_guard.verify_ledger()'), 'until it is promoted');

# No slot is free.
$node->append_conf('postgresql.auto.conf', qq{langchef_guard.seal_interval = '1s'\nmax_worker_processes = 1\nmax_logical_replication_workers = 0});
$position = -s $node->logfile;
$node->restart;
ok($node->wait_for_log(qr/langchef_guard: ledgers are not sealed: no background worker slot is free/, $position), 'the log tells when there is no slot');

# Without preloading.
my $lazy = new_cluster('lazy');
new_database($lazy, 'app');
is(status($lazy), 'off: there is no seal; SELECT langchef_guard.seal(); once a day or more often, by a timer.', 'where the library is not preloaded a timer has to do it');

log_is_sound($_, 'the servers stayed sound') foreach $node, $standby;
unlike(slurp_file($node->logfile), qr/database .* does not exist|is not currently accepting connections/, 'no process was started for a database that is not there');
done_testing();
