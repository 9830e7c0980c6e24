# Commands on databases, roles and settings of a guarded database, issued in one that is not: in a cluster of its own,
# since what concerns the whole server is decided in its first guarded database.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = "$FindBin::RealBin/data";
my $node = new_cluster('shared', preload => 1, settings => ['max_worker_processes = 4']);

# What a script prints, line by line as expected.
my ($out, $err);
IPC::Run::run([ 'psql', '-X', '-a', '-q', '-d', $node->connstr('postgres'), '-f', "$data/shared_objects.sql" ], '>', \$out, '2>&1')
  or diag('psql failed');
$out =~ s/psql:\S+: //g;
my $expected = slurp_file("$data/shared_objects.out");
is($out, $expected, 'each guarded database decides on what concerns it');
append_to_file("$PostgreSQL::Test::Utils::log_path/shared_objects.out", $out) if $out ne $expected;

# No worker, no command: whether the database is guarded cannot be known.
$node->safe_psql('postgres', 'CREATE DATABASE plain');
$node->safe_psql('postgres', 'CREATE DATABASE guarded');
$node->safe_psql('guarded', 'CREATE EXTENSION langchef_guard');
$node->append_conf('postgresql.conf', 'max_worker_processes = 0');
$node->restart;
my $result = attempt($node, 'postgres', 'DROP DATABASE guarded');
is($result->{sqlstate}, '55000', 'refused when the database cannot be asked');
like($result->{text}, qr/could not ask database "guarded"/, 'and told so');
is(rows($node, 'postgres', q{SELECT count(*) FROM pg_database WHERE datname = 'guarded'}), 1, 'the database is there');
passes(attempt($node, 'postgres', "SET langchef_guard.mode = off;\nDROP DATABASE plain"), 'a superuser can step round, which is logged');
like(slurp_file($node->logfile), qr/langchef_guard.mode of this session changed from enforce to off/, 'in the server log');
$node->append_conf('postgresql.conf', 'max_worker_processes = 8');
$node->restart;

# A database that is locked up, or gone while it is asked, is no way out.
$node->safe_psql('guarded', q{INSERT INTO langchef_guard.policy (rule, action) VALUES ('P06', 'record')});
$node->safe_psql('postgres', 'ALTER DATABASE guarded ALLOW_CONNECTIONS false');
is(attempt($node, 'postgres', 'DROP DATABASE guarded')->{sqlstate}, 'LG001', 'a database without connections is asked all the same');
$node->safe_psql('postgres', 'ALTER DATABASE guarded ALLOW_CONNECTIONS true');
my $holder = session($node, 'guarded');
attempt_in($holder, 'BEGIN; LOCK TABLE langchef_guard.proposal, langchef_guard.ledger IN ACCESS EXCLUSIVE MODE');
my $locked = attempt($node, 'postgres', "SET langchef_guard.proposal_timeout = '1s';\nDROP DATABASE guarded");
is($locked->{sqlstate}, '55000', 'nor one whose tables are locked');
attempt_in($holder, 'ROLLBACK');
$holder->quit;

# Mode off, warn or record there means that.
$node->safe_psql('guarded', "SET langchef_guard.mode = off;\nALTER DATABASE guarded SET langchef_guard.mode = 'record'");
passes(attempt($node, 'postgres', 'ALTER DATABASE guarded CONNECTION LIMIT 7'), 'only recorded where the guarded database only records');
is(rows($node, 'guarded', q{SELECT command_tag || ' ' || identity || ' ' || session_role || ' ' || application_name FROM langchef_guard.ledger WHERE operation = 'other' AND object_type = 'database' ORDER BY id DESC LIMIT 1}),
	'ALTER DATABASE guarded ' . rows($node, 'postgres', 'SELECT current_user') . ' 087_shared_objects.pl', 'with who did it');

log_is_sound($node);
$node->stop;
done_testing();
