# What a look at a statement costs: one reading of a table for all its columns, no transaction id, and no lock that anybody waits for.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use Test::More;

my $node = new_cluster('look', preload => 1, settings => ["langchef_guard.proposal_timeout = '10s'"]);
new_database($node, 'look');
$node->safe_psql('look', q{
	DO $$ BEGIN
		EXECUTE 'CREATE TABLE wide (id int, ' || (SELECT string_agg('c' || n || ' int', ', ') FROM generate_series(1, 300) n) || ')';
		FOR n IN 1 .. 300 LOOP EXECUTE 'CREATE TABLE empty' || n || ' (a int)'; END LOOP;
	END $$;
	INSERT INTO wide (id, c7) SELECT n, nullif(n % 100, 0) FROM generate_series(1, 20000) n;
	CREATE TABLE filled (a int); INSERT INTO filled VALUES (1);
	CREATE TABLE tree (a int) PARTITION BY LIST (a);
	CREATE TABLE tree1 PARTITION OF tree FOR VALUES IN (1);
	INSERT INTO tree VALUES (1);
	CREATE TABLE tree2 PARTITION OF tree FOR VALUES IN (2);
	CREATE TABLE big (a text, nul int);
	INSERT INTO big SELECT repeat('x', 900) FROM generate_series(1, 16000)});

sub next_xid { return $node->safe_psql('look', 'SELECT pg_snapshot_xmax(pg_current_snapshot())'); }

# Scans since the last call, as the statistics tell.
sub scans
{
	my ($table) = @_;
	return $node->safe_psql('look', "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = '$table'");
}

my $session = session($node, 'look');
my $columns = join ', ', map { "DROP COLUMN c$_" } 1 .. 300;
my $before = scans('wide');
my $drop = attempt_in($session, "ALTER TABLE wide $columns");
attempt_in($session, 'SELECT pg_stat_force_next_flush()');
refused_with($drop, qr/^dropping column "c1" of table "public.wide"/, 'a statement that drops 300 columns is refused');
like($drop->{detail}, qr/^Rule D03 \(destructive\): 0 non-null values would be lost\./, 'columns without values are told with the others');
is(scans('wide') - $before, 1, 'the table was read once for all of them');
refused_with(attempt_in($session, 'ALTER TABLE wide DROP COLUMN c7'), qr/^dropping column "c7"/, 'the column with values by itself, too');
passes(attempt_in($session, 'ALTER TABLE wide DROP COLUMN c1, DROP COLUMN c2'), 'columns without values may go');
passes(attempt_in($session, 'ALTER TABLE big DROP COLUMN nul'), 'in a table of 16 MB, too');

my $tables = join ', ', map { "empty$_" } 1 .. 300;
my $xid = next_xid();
refused_with(attempt_in($session, "TRUNCATE $tables, filled"), qr/^truncating table "public.empty1"/, 'TRUNCATE of 300 empty tables and one that is not is refused');
cmp_ok(next_xid() - $xid, '<', 10, 'without a transaction id for each');
$xid = next_xid();
passes(attempt_in($session, "TRUNCATE $tables"), 'TRUNCATE of the empty ones passes');
cmp_ok(next_xid() - $xid, '<', 10, 'without a transaction id for each');

# While a proposal waits to be filed, the tables it is about are free.
my $holder = session($node, 'look');
attempt_in($holder, 'BEGIN; LOCK TABLE langchef_guard.proposal IN ACCESS EXCLUSIVE MODE');
my $reader = session($node, 'look');
attempt_in($reader, q{SET lock_timeout = '1ms'});
$session->query_until(qr/started/, "\\echo started\nTRUNCATE tree;\n");
$node->poll_query_until('look', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query = 'TRUNCATE tree;' AND state = 'active'})
  or die 'TRUNCATE did not start';
$node->poll_query_until('look', q{SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'langchef_guard.proposal'::regclass})
  or die 'the proposal is not being filed';
passes(attempt_in($reader, 'SELECT count(*) FROM tree'), 'who reads a partitioned table does not wait for a refusal');
passes(attempt_in($reader, 'INSERT INTO tree VALUES (2)'), 'nor does who writes');
is(rows($node, 'look', q{SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation::regclass::text LIKE 'tree%'}), 0,
	'nobody holds or awaits a lock on it');
attempt_in($holder, 'ROLLBACK');
is($session->query('SELECT count(*) FROM tree1'), 1, 'and nothing is lost');
$_->quit foreach $session, $holder, $reader;

log_is_sound($node, 'the server is sound');
$node->stop;

done_testing();
