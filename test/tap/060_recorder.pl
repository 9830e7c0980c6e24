# What the recorder does about changes that are not its own transaction's affair: files
# that are gone, the mode of the session, the place of a statement in its string.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_cluster('recorder', preload => 1, settings => ['allow_in_place_tablespaces = on']);
new_database($node, 'recorder');

sub recorded
{
	my ($where) = @_;
	return rows($node, 'recorder', "SELECT string_agg(concat_ws(' ', command_tag, identity, difference -> 0 ->> 'before', difference -> 0 ->> 'after'), ', ' ORDER BY id)
		FROM langchef_guard.ledger WHERE $where");
}

my $last = 0;
sub recorded_since
{
	my $text = recorded("id > $last");
	$last = rows($node, 'recorder', 'SELECT coalesce(max(id), 0) FROM langchef_guard.ledger');
	return $text;
}

# A command that has removed files is not failed by a ledger that cannot be written.
$node->safe_psql('recorder', q{CREATE DATABASE doomed});
$node->safe_psql('recorder', q{CREATE TABLESPACE doomed_space LOCATION ''});
is(recorded(q{command_tag IN ('CREATE DATABASE', 'CREATE TABLESPACE')}), 'CREATE DATABASE doomed, CREATE TABLESPACE doomed_space', 'databases and tablespaces are recorded');
# Destroying a database needs an approval, which is not the matter here.
$node->append_conf('postgresql.conf', q{langchef_guard.mode = 'record'});
$node->reload;
$node->poll_query_until('recorder', q{SELECT current_setting('langchef_guard.mode') = 'record'});
my $next = rows($node, 'recorder', q{SELECT last_value FROM langchef_guard.ledger_id_seq});
$node->safe_psql('recorder', q{SELECT setval('langchef_guard.ledger_id_seq', 9223372036854775807)});
my $start = -s $node->logfile;
foreach my $command ('DROP TABLESPACE doomed_space', 'DROP DATABASE doomed', 'CREATE DATABASE made', q{CREATE TABLESPACE made_space LOCATION ''},
	'ALTER DATABASE made SET TABLESPACE made_space', q{ALTER SYSTEM SET work_mem = '5MB'})
{
	my $tag = join ' ', (split / /, $command)[0, 1];
	my $result = attempt($node, 'recorder', $command);
	passes($result, "passes without a row: $command");
	like($result->{text}, qr/WARNING:  2200H: $tag is not in the ledger of langchef_guard$/m, 'with a warning') or diag($result->{text});
}
my @lines = slurp_file($node->logfile, $start) =~ /LOG:  ([A-Z ]+) is not in the ledger of langchef_guard/g;
is(scalar @lines, 6, 'and a line of the log each');
is(rows($node, 'recorder', q{SELECT string_agg(datname, ', ') FROM pg_database WHERE datname IN ('doomed', 'made')}), 'made', 'the databases are as asked for');
passes(attempt($node, 'made', 'SELECT 1'), 'and open');
my $comment = attempt($node, 'recorder', q{COMMENT ON DATABASE made IS 'transactional'});
is($comment->{sqlstate}, '2200H', 'what can be undone is not done without a row');
$node->safe_psql('recorder', "SELECT setval('langchef_guard.ledger_id_seq', $next)");
$node->append_conf('postgresql.conf', q{langchef_guard.mode = 'enforce'});
$node->reload;
$node->poll_query_until('recorder', q{SELECT current_setting('langchef_guard.mode') = 'enforce'});

# Each way to change the mode leaves a row, and a line of the log at once.
recorded_since();
sub changes_mode
{
	my ($sql, $expected, $name) = @_;
	my $from = -s $node->logfile;
	$node->psql('recorder', $sql, on_error_stop => 0);
	is(recorded_since(), $expected, "recorded: $name");
	like(slurp_file($node->logfile, $from), qr/LOG:  langchef_guard.mode of this session changed from/, "logged: $name");
	return;
}
my $off = 'SET langchef_guard.mode enforce off';
my $on = 'langchef_guard.mode off enforce';
changes_mode(q{SET langchef_guard.mode = 'off'}, $off, 'SET');
changes_mode(qq{SET langchef_guard.mode = 'off';\nRESET langchef_guard.mode}, "$off, RESET $on", 'RESET');
changes_mode(qq{SET langchef_guard.mode = 'off';\nRESET ALL}, "$off, RESET $on", 'RESET ALL');
changes_mode(qq{SET langchef_guard.mode = 'off';\nDISCARD ALL}, "$off, SET $on", 'DISCARD ALL');
changes_mode(qq{SELECT set_config('langchef_guard.mode', 'off', false);\nCREATE TABLE unseen ()}, $off, 'set_config() before a command');
changes_mode(qq{BEGIN;\nSELECT set_config('langchef_guard.mode', 'off', false);\nCOMMIT}, $off, 'set_config() in a transaction');
changes_mode(qq{UPDATE pg_settings SET setting = 'off' WHERE name = 'langchef_guard.mode';\nDELETE FROM unseen}, $off, 'UPDATE of pg_settings before DML');
changes_mode(q{DO $$ BEGIN PERFORM set_config('langchef_guard.mode', 'off', false); END $$}, $off, 'DO');
changes_mode(qq{BEGIN ISOLATION LEVEL SERIALIZABLE;\nSET langchef_guard.mode = 'off';\nCOMMIT}, $off, 'in a serializable transaction');
changes_mode(qq{BEGIN;\nSET langchef_guard.mode = 'off';\nROLLBACK;\nCREATE TABLE IF NOT EXISTS unseen ()}, '', 'a change taken back');
changes_mode(qq{BEGIN;\nSAVEPOINT s;\nSET langchef_guard.mode = 'off';\nROLLBACK TO s;\nCOMMIT}, '', 'a change taken back to a savepoint');
my $mixed = attempt($node, 'recorder', qq{SELECT set_config('langchef_guard.mode', 'off', false);\nBEGIN;\nSET application_name = 'x';\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSELECT 1;\nCOMMIT});
passes($mixed, 'a row that is due does not come between BEGIN and SET TRANSACTION');
is(recorded_since(), $off, 'but before COMMIT');
$node->safe_psql('recorder', q{CREATE FUNCTION hides() RETURNS void LANGUAGE plpgsql SET langchef_guard.mode = 'off' AS 'BEGIN DROP TABLE unseen; END'});
recorded_since();
changes_mode(qq{SELECT hides();\nCREATE TABLE seen ()}, "$off, SET $on, CREATE TABLE public.seen", 'the SET clause of a function');
{
	local $ENV{PGOPTIONS} = '-c langchef_guard.mode=off';
	changes_mode('CREATE TABLE by_option ()', $off, 'PGOPTIONS');
}
$node->safe_psql('recorder', qq{SET langchef_guard.mode = 'off';\nALTER DATABASE recorder SET langchef_guard.mode = 'off'});
recorded_since();
recorded_since();
changes_mode('CREATE TABLE by_database ()', $off, 'ALTER DATABASE');
$node->safe_psql('recorder', q{ALTER DATABASE recorder RESET langchef_guard.mode});
recorded_since();

# What a configuration file says for all sessions is no change of this one.
my $session = session($node, 'recorder');
my $from = -s $node->logfile;
$node->append_conf('postgresql.conf', q{langchef_guard.mode = 'warn'});
$node->reload;
$node->poll_query_until('recorder', q{SELECT current_setting('langchef_guard.mode') = 'warn'});
attempt_in($session, 'SELECT 1');
is(attempt_in($session, 'SHOW langchef_guard.mode')->{out}, 'warn', 'the file is read again');
attempt_in($session, 'CREATE TABLE after_reload ()');
is(recorded_since(), 'CREATE TABLE public.after_reload', 'a reload leaves no row');
like(slurp_file($node->logfile, $from), qr/changed from enforce to warn/, 'but a line of the log');
attempt_in($session, q{SET langchef_guard.mode = 'off'});
attempt_in($session, 'RESET ALL');
is(recorded_since(), 'SET langchef_guard.mode warn off, RESET langchef_guard.mode off warn', 'going back to the file is a change of the session');
$session->quit;
$node->append_conf('postgresql.conf', q{langchef_guard.mode = 'enforce'});
$node->reload;

# Temporary objects leave nothing.
$node->safe_psql('recorder', 'EXPLAIN (ANALYZE) CREATE TEMP TABLE explained AS SELECT 1');
is(recorded(q{identity LIKE '%explained'}), '', 'EXPLAIN ANALYZE of a temporary table leaves nothing');
$node->safe_psql('recorder', 'EXPLAIN (ANALYZE) CREATE TABLE explained AS SELECT 1');
is(recorded(q{identity LIKE '%explained'}), 'EXPLAIN public.explained', 'that of another one does');

# The catalog names subtransactions, and so does the ledger.
$node->safe_psql('recorder', q{CREATE TABLE whole (); DO $$ BEGIN CREATE TABLE part (); EXCEPTION WHEN division_by_zero THEN NULL; END $$});
is(rows($node, 'recorder', q{SELECT string_agg(c.relname || ' ' || (l.subxid IS NOT NULL) || ' ' || (coalesce(l.subxid, l.xid)::text::bigint % 4294967296 = c.xmin::text::bigint), ', ' ORDER BY c.relname)
	FROM pg_class c JOIN langchef_guard.ledger l ON l.objid = c.oid AND l.operation = 'create' WHERE c.relname IN ('whole', 'part')}),
	'part true true, whole false true', 'rows have the id that their catalog rows have');

log_is_sound($node, 'the server is sound');
$node->stop;

# Without the library preloaded, its event trigger loads it in the middle of a string.
my $plain = new_cluster('plain_recorder');
new_database($plain, 'recorder');
attempt($plain, 'recorder', q{CREATE TABLE first_one (); SELECT 'unrelated'; CREATE TABLE second_one ()});
$plain->psql('recorder', q{SELECT 'before' \; CREATE TABLE third_one () \; SELECT 'after'});
is(rows($plain, 'recorder', q{SELECT string_agg(statement, ', ' ORDER BY id) FROM langchef_guard.ledger WHERE identity LIKE '%\_one'}),
	'CREATE TABLE first_one (), CREATE TABLE second_one (), CREATE TABLE third_one ()', 'only the own slice of a string is kept');
log_is_sound($plain, 'the plain server is sound');
$plain->stop;

done_testing();
