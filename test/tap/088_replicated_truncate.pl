# TRUNCATE that logical replication applies: recorded, not refused, unless a policy says so.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical');
$publisher->start;
my $subscriber = new_cluster('subscriber', preload => 1, streaming => 'logical', settings => ['wal_retrieve_retry_interval = 200ms']);
new_database($subscriber, 'replica');

my $tables = 'CREATE TABLE plain (a int PRIMARY KEY); CREATE TABLE child (a int PRIMARY KEY REFERENCES plain); CREATE TABLE kept (a int PRIMARY KEY)';
$publisher->safe_psql('postgres', "$tables; INSERT INTO plain VALUES (1), (2); INSERT INTO child VALUES (1); INSERT INTO kept VALUES (1);
	CREATE PUBLICATION everything FOR ALL TABLES");
$subscriber->safe_psql('replica', $tables);
$subscriber->safe_psql('replica', sprintf "CREATE SUBSCRIPTION copy CONNECTION '%s' PUBLICATION everything", $publisher->connstr . ' dbname=postgres');
$subscriber->poll_query_until('replica', q{SELECT count(*) = 3 FROM pg_subscription_rel WHERE srsubstate = 'r'}) or die 'no initial copy';
is(rows($subscriber, 'replica', q{SELECT count(*) FROM langchef_guard.ledger WHERE operation = 'truncate'}), 0, 'the initial copy truncates nothing');

$publisher->safe_psql('postgres', 'TRUNCATE plain CASCADE');
$publisher->wait_for_catchup('copy');
is(rows($subscriber, 'replica', 'SELECT count(*) FROM plain, kept'), 0, 'applied');
is(rows($subscriber, 'replica', q{SELECT string_agg(format('%s %s %s %s', source, command_tag, identity, rules), ', ' ORDER BY identity) FROM langchef_guard.ledger WHERE operation = 'truncate'}),
	'utility TRUNCATE TABLE public.child {D28}, utility TRUNCATE TABLE public.plain {D28}', 'and recorded, with what it took along');
like(slurp_file($subscriber->logfile), qr/langchef_guard: logical replication truncated table "public.plain"/, 'the server log tells, too');

# In one transaction with other changes, and of a table with rows that came in the same transaction.
$publisher->safe_psql('postgres', 'BEGIN; INSERT INTO plain VALUES (3); TRUNCATE kept; INSERT INTO kept VALUES (5); COMMIT');
$publisher->wait_for_catchup('copy');
is(rows($subscriber, 'replica', q{SELECT (SELECT string_agg(a::text, ',') FROM kept) || ' ' || (SELECT string_agg(a::text, ',') FROM plain)}), '5 3', 'the rest of the transaction is applied');
is(rows($subscriber, 'replica', q{SELECT count(*) FROM langchef_guard.ledger WHERE operation = 'truncate' AND identity = 'public.kept'}), 1, 'with its row');

# The recorded row can be sealed like any other.
ok(rows($subscriber, 'replica', 'SELECT langchef_guard.seal() IS NOT NULL'), 'sealed');
ok(rows($subscriber, 'replica', 'SELECT sealed_rows > 0 FROM langchef_guard.verify_ledger()'), 'and verified');

# A ledger that cannot be written to does not stop replication: the log is the record.
my $holder = session($subscriber, 'replica');
attempt_in($holder, 'BEGIN; LOCK TABLE langchef_guard.policy IN ACCESS SHARE MODE');
attempt_in($holder, 'ROLLBACK');
$holder->quit;

# The publisher's own tables of a guard are not this one's.
$publisher->safe_psql('postgres', 'CREATE SCHEMA langchef_guard; CREATE TABLE langchef_guard.policy (id bigint PRIMARY KEY, rule text, action text)');
$subscriber->safe_psql('replica', 'ALTER SUBSCRIPTION copy REFRESH PUBLICATION');
$subscriber->poll_query_until('replica', q{SELECT count(*) = 4 FROM pg_subscription_rel WHERE srsubstate = 'r'}) or die 'no copy of the policy';
$publisher->safe_psql('postgres', q{INSERT INTO langchef_guard.policy VALUES (1, 'D01', 'allow')});
$publisher->wait_for_catchup('copy');
is(rows($subscriber, 'replica', 'SELECT count(*) FROM langchef_guard.policy'), 0, 'a policy does not come by replication');
like(slurp_file($subscriber->logfile), qr/a row that logical replication sent for table "langchef_guard.policy" was left out/, 'and the log says so');

# A policy stops it, and replication waits until it may go on.
$subscriber->safe_psql('replica', q{INSERT INTO langchef_guard.policy (rule, object, action) VALUES ('D28', 'public.kept', 'deny')});
my $from = -s $subscriber->logfile;
$publisher->safe_psql('postgres', 'TRUNCATE kept');
$subscriber->wait_for_log(qr/ERROR: ( LG006:)? truncating table "public.kept" by logical replication is denied by policy/, $from) if $subscriber->can('wait_for_log');
is(rows($subscriber, 'replica', 'SELECT count(*) FROM kept'), 1, 'denied by policy');
is(rows($subscriber, 'replica', q{SELECT DISTINCT status FROM langchef_guard.proposals}), 'denied', 'on record');
$subscriber->safe_psql('replica', q{DELETE FROM langchef_guard.policy WHERE rule = 'D28'});
$publisher->wait_for_catchup('copy');
is(rows($subscriber, 'replica', 'SELECT count(*) FROM kept'), 0, 'and applied when the policy lets it');

# Mode off sees nothing, as it says.
$subscriber->safe_psql('replica', "SET langchef_guard.mode = off;\nALTER DATABASE replica SET langchef_guard.mode = 'off'");
$subscriber->restart;
$publisher->safe_psql('postgres', 'TRUNCATE kept, plain CASCADE');
$publisher->wait_for_catchup('copy');
is(rows($subscriber, 'replica', q{SELECT count(*) FROM langchef_guard.ledger WHERE operation = 'truncate'}), 4, 'mode off records nothing');

log_is_sound($subscriber);
$subscriber->stop;
$publisher->stop;
done_testing();
