# Expected schemas from DDL text: what a dump says is what the database has, whatever goes wrong leaves no scratch database,
# and the text does what its caller may do, in the scratch database alone.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;

my $scratch = q{datname LIKE 'langchef\_guard\_scratch\_%'};
my $node = new_cluster('ddl', preload => 1, streaming => 1, settings => [ 'max_worker_processes = 6', 'autovacuum = off', 'restart_after_crash = on' ]);
new_database($node, 'app');

sub gone
{
	my ($name, $on) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok(($on // $node)->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_database WHERE $scratch"), "$name: no scratch database is left");
	return;
}

sub call { my ($text, $more) = @_; $text =~ s/'/''/g; return "SELECT langchef_guard.register_expected_ddl('x', '$text'" . ($more // '') . ')'; }
sub drift { my ($database, $name) = @_; return rows($node, $database, "SELECT string_agg(concat_ws(' ', operation, kind, object, attribute, expected, actual), '; ') FROM langchef_guard.drift('$name')"); }
sub scratch_exists { return $node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_database WHERE $scratch"); }

# A file, as one literal.
sub register_file
{
	my ($database, $name, $file, %option) = @_;
	my $text = slurp_file($file);
	$text =~ s/'/''/g;
	return attempt($node, $database, "SELECT langchef_guard.register_expected_ddl('$name', '$text')", %option);
}

# What the text says, the database has.
my $rich = q{
CREATE ROLE owner; CREATE ROLE reader;
ALTER DATABASE app SET work_mem = '8MB'; GRANT CONNECT ON DATABASE app TO reader; COMMENT ON DATABASE app IS 'the application';
ALTER ROLE reader IN DATABASE app SET work_mem = '9MB';
};
$node->safe_psql('app', "SET langchef_guard.mode = record; $rich");
my $schema = q{
CREATE SCHEMA shop AUTHORIZATION owner;
GRANT USAGE ON SCHEMA shop TO reader;
CREATE TYPE shop.mood AS ENUM ('sad', 'glad');
CREATE TABLE shop.customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL DEFAULT 'x' CHECK (name <> ''), mood shop.mood, at timestamptz DEFAULT now());
CREATE TABLE shop.sale (id int, customer bigint REFERENCES shop.customer, day date) PARTITION BY RANGE (day);
CREATE TABLE shop.sale_2026 PARTITION OF shop.sale FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX CONCURRENTLY customer_name ON shop.customer (lower(name));
CREATE VIEW shop.glad AS SELECT id, name FROM shop.customer WHERE mood = 'glad';
CREATE MATERIALIZED VIEW shop.counted AS SELECT count(*) AS n FROM shop.customer;
CREATE MATERIALIZED VIEW shop.unfilled AS SELECT count(*) AS n FROM shop.customer WITH NO DATA;
CREATE FUNCTION shop.one(a int DEFAULT 1) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN a > 0 THEN a ELSE 1 END; END;
CREATE RULE r AS ON UPDATE TO shop.glad DO INSTEAD (SELECT 1; SELECT 2);
CREATE FOREIGN DATA WRAPPER remote;
CREATE SERVER far FOREIGN DATA WRAPPER remote OPTIONS (host 'far', secret 'very');
CREATE USER MAPPING FOR reader SERVER far OPTIONS (password 'opensesame');
ALTER TABLE shop.customer OWNER TO owner;
GRANT SELECT (name) ON shop.customer TO reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO reader;
CREATE PUBLICATION news FOR TABLE shop.customer;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_logdir() TO reader;
COMMENT ON TABLE shop.customer IS 'who; buys';
};
$schema .= q{CREATE SUBSCRIPTION copy CONNECTION 'host=nowhere password=opensesame' PUBLICATION news WITH (connect = false, slot_name = 'copy_slot');};
$node->safe_psql('app', "SET langchef_guard.mode = record; $schema");
passes(register_text('app', 'text', $schema), 'the text that made the database is registered');
is(drift('app', 'text'), '', 'and there is no drift');
is(rows($node, 'app', q{SELECT source || ' ' || active || ' ' || (facts > 20) FROM langchef_guard.expected_schemas WHERE name = 'text'}), 'ddl true true', 'as one from DDL');
gone('after success');
is(rows($node, 'app', q{SELECT count(*) FROM langchef_guard.changes WHERE statement LIKE '%scratch%' OR command_tag LIKE '%DATABASE%' AND identity NOT LIKE 'app%'}), '0', 'the ledger has nothing of it');
is(rows($node, 'app', q{SELECT count(*) FROM pg_subscription}), '1', 'nor has the catalog of subscriptions');

sub register_text
{
	my ($database, $name, $text, %option) = @_;
	my $file = "$PostgreSQL::Test::Utils::tmp_check/text.sql";
	unlink $file;
	append_to_file($file, $text);
	return register_file($database, $name, $file, %option);
}

# Dumps, of all forms.
my $dump = "$PostgreSQL::Test::Utils::tmp_check/dump.sql";
foreach my $form ([ '--schema-only' ], [ '--quote-all-identifiers', '--schema-only' ], [])
{
	$node->command_ok([ 'pg_dump', @$form, '--file', $dump, $node->connstr('app') ], "pg_dump @$form");
	passes(register_file('app', 'dump', $dump), "its output is registered");
	is(drift('app', 'dump'), '', "and there is no drift");
}
$node->safe_psql('app', 'SET langchef_guard.mode = record; ALTER TABLE shop.customer ADD extra int; ALTER TABLE shop.customer ALTER name DROP NOT NULL');
is(rows($node, 'app', q{SELECT string_agg(concat_ws(' ', operation, object, attribute, blame), '; ') FROM langchef_guard.drift('dump')}),
	'changed shop.customer.name not_null ledger; unexpected shop.customer.extra ledger', 'a change is found, with the ledger row behind it');
$node->command_ok([ 'pg_dump', '--schema-only', '--create', '--file', $dump, $node->connstr('app') ], 'pg_dump --create');
my $created = register_file('app', 'dump', $dump);
is($created->{sqlstate}, '0A000', 'with --create it is refused');
like($created->{message}, qr/^line \d+ of the DDL text: CREATE DATABASE reaches beyond the database$/, 'by the command and its line');

# The schema of LangChef.
my $langchef = ($ENV{LCG_SHARED} // "$FindBin::RealBin/../../../shared") . '/langchef/schema.sql';
SKIP:
{
	skip 'no reference schema; set LCG_SHARED', 5 unless -e $langchef;
	new_database($node, 'langchef');
	$node->safe_psql('langchef', 'SET langchef_guard.mode = record; ' . slurp_file($langchef) =~ s/^\\(?:un)?restrict.*$//mgr);
	passes(register_file('langchef', 'source', $langchef), 'the schema of LangChef is registered from its text');
	is(drift('langchef', 'source'), '', 'and there is no drift');
	$node->command_ok([ 'pg_dump', '--schema-only', '--file', $dump, $node->connstr('langchef') ], 'it is dumped');
	passes(register_file('langchef', 'dumped', $dump), 'and registered from that');
	is(drift('langchef', 'dumped'), '', 'without drift either');
}

# Encodings and locales.
$ENV{PGCLIENTENCODING} = 'UTF8';
$node->safe_psql('postgres', q{SET langchef_guard.mode = record; CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'});
$node->safe_psql('latin', 'CREATE EXTENSION langchef_guard');
$node->safe_psql('latin', q{CREATE TABLE "Straße" (a int DEFAULT ascii('ß'))});
passes(register_text('latin', 'text', q{CREATE TABLE "Straße" (a int DEFAULT ascii('ß'))}), 'text of another encoding');
is(drift('latin', 'text'), '', 'comes out as it stands in the database');
# The database's settings are the text's, too.
$node->safe_psql('latin', q{SET langchef_guard.mode = record; CREATE SCHEMA inner_schema; ALTER DATABASE latin SET search_path = inner_schema});
passes(register_text('latin', 'path', q{CREATE SCHEMA inner_schema; CREATE TABLE public.x (); CREATE TABLE here (a int)}), 'search_path of the database');
is(rows($node, 'latin', q{SELECT count(*) FROM langchef_guard.expected_object WHERE schema_name = 'path' AND fact_id = 'table:inner_schema.here'}), '1', 'is where the text makes its tables');

# Errors.
my @wrong = (
	[ "SELECT 1;\n\nCREAT TABLE t ();", '42601', qr/^line 3 of the DDL text: syntax error at or near "CREAT"$/, qr/^It is at column 1\.  The statement is: CREAT TABLE t \(\)$/ ],
	[ "CREATE TABLE t (\n  a int,\n  b intt);", '42704', qr/^line 3 of the DDL text: type "intt" does not exist$/, qr/column 5/ ],
	[ "BEGIN;\nCREATE TABLE t ();", '25001', qr/^the DDL text ends within a transaction$/, qr/COMMIT/ ],
	[ "\\connect other", '42601', qr/^line 1 of the DDL text: psql's command \\connect leads to another database$/, qr/^$/ ],
	[ "CREATE TABLE t ();\n\\i more.sql", '42601', qr/^line 2 of the DDL text: psql's command \\i is no SQL$/, qr/^$/ ],
	[ "SELECT 'never ends", '42601', qr/^line 1 of the DDL text: unterminated quoted string/, qr/./ ],
	[ "DO \$\$\nBEGIN\n RAISE EXCEPTION 'no';\nEND \$\$", 'P0001', qr/^line 1 of the DDL text: no$/, qr/Context: PL\/pgSQL function inline_code_block line 3 at RAISE$/ ],
	[ "DO \$x\$BEGIN EXECUTE 'CREATE USER MAPPING FOR nobody SERVER none OPTIONS (password ''opensesame'')'; END\$x\$", '42704', qr/^line 1/, qr/^(?!.*opensesame)/s ],
	[ "CREATE TABLE t (); /* CREATE TABLE u ();", '42601', qr/^line 1 of the DDL text: a comment does not end$/, qr/^$/ ],
	[ "CREATE USER MAPPING FOR nobody SERVER none OPTIONS (password 'opensesame')", '42704', qr/^line 1/, qr/'<redacted>'/ ],
	(map { [ $_->[0], '0A000', qr/^line 1 of the DDL text: \Q$_->[1]\E reaches beyond the database$/, qr/scratch database/ ] }
		[ 'CREATE ROLE r', 'CREATE ROLE' ], [ 'ALTER ROLE reader SUPERUSER', 'ALTER ROLE' ], [ 'DROP ROLE reader', 'DROP ROLE' ], [ 'GRANT owner TO reader', 'GRANT ROLE' ],
		[ q{ALTER ROLE reader SET work_mem = '1MB'}, 'ALTER ROLE' ], [ 'ALTER ROLE reader RENAME TO r', 'ALTER ROLE' ], [ q{COMMENT ON ROLE reader IS 'x'}, 'COMMENT' ],
		[ 'CREATE DATABASE d', 'CREATE DATABASE' ], [ 'DROP DATABASE app', 'DROP DATABASE' ], [ 'ALTER DATABASE app RENAME TO b', 'ALTER DATABASE' ],
		[ 'ALTER DATABASE app OWNER TO reader', 'ALTER DATABASE' ], [ 'ALTER DATABASE app SET work_mem = 64', 'ALTER DATABASE' ], [ 'GRANT CONNECT ON DATABASE app TO reader', 'GRANT' ],
		[ q{COMMENT ON DATABASE app IS 'x'}, 'COMMENT' ], [ q{CREATE TABLESPACE t LOCATION '/tmp'}, 'CREATE TABLESPACE' ], [ 'ALTER TABLESPACE pg_default RESET (seq_page_cost)', 'ALTER TABLESPACE' ],
		[ 'ALTER SYSTEM SET work_mem = 64', 'ALTER SYSTEM' ], [ 'GRANT SET ON PARAMETER work_mem TO reader', 'GRANT' ], [ 'DROP OWNED BY reader', 'DROP OWNED' ],
		[ 'REASSIGN OWNED BY reader TO owner', 'REASSIGN OWNED' ], [ q{COPY pg_class TO PROGRAM 'cat'}, 'COPY' ], [ q{COPY pg_class TO '/tmp/x'}, 'COPY' ], [ 'COPY pg_class TO STDOUT', 'COPY' ],
		[ 'CHECKPOINT', 'CHECKPOINT' ], [ q{PREPARE TRANSACTION 'x'}, 'PREPARE TRANSACTION' ], [ q{COMMIT PREPARED 'x'}, 'COMMIT PREPARED' ],
		[ q{CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p}, 'CREATE SUBSCRIPTION' ], [ 'DROP SUBSCRIPTION s', 'DROP SUBSCRIPTION' ],
		[ q{DO 'BEGIN CREATE ROLE r; END'}, 'CREATE ROLE' ], [ q{DO 'BEGIN EXECUTE ''alter system set work_mem = 64''; END'}, 'ALTER SYSTEM' ],
		[ q{UPDATE pg_authid SET rolsuper = true WHERE rolname = 'reader'}, 'writing to a catalog that all databases share' ],
		[ q{WITH w AS (DELETE FROM pg_database RETURNING 1) SELECT * FROM w}, 'writing to a catalog that all databases share' ]));
foreach my $case (@wrong)
{
	my ($text, $sqlstate, $message, $detail) = @$case;
	my $result = attempt($node, 'app', call($text));
	ok($result->{sqlstate} eq $sqlstate && $result->{message} =~ $message && $result->{detail} =~ $detail, "an error: $text") or diag($result->{text});
}
is(attempt($node, 'app', 'SELECT langchef_guard.register_expected_ddl(NULL, $$x$$)')->{sqlstate}, '22004', 'no name');
is(attempt($node, 'app', q{SELECT langchef_guard.register_expected_ddl('x', NULL)})->{sqlstate}, '22004', 'no text');
is(attempt($node, 'app', call('SELECT 1', ", timeout => $_"))->{sqlstate}, $_ eq 'NULL' ? '22004' : '22023', "timeout $_") foreach 'NULL', q{'0'}, q{'-1 s'}, q{'1 month'}, q{'1 day 1 s'};
is(attempt($node, 'app', 'BEGIN READ ONLY; ' . call('SELECT 1'))->{sqlstate}, '25006', 'a transaction that only reads');
is(rows($node, 'app', q{SELECT count(*) FROM langchef_guard.expected_schemas WHERE name = 'x'}), '0', 'nothing was registered');
is(rows($node, 'postgres', q{SELECT count(*) FROM pg_roles WHERE rolname = 'r'}), '0', 'nothing reached the server');
gone('after errors');
passes(attempt($node, 'app', call('')), 'an empty text is an empty schema');
passes(attempt($node, 'app', call("SET no_such_setting = 1; SET transaction_timeout = 0; SELECT set_config('search_path', '', false); COMMENT ON SCHEMA public IS 'x';")),
	'settings of later versions are passed over');
is(rows($node, 'app', q{BEGIN; } . call('CREATE TABLE t ()') . q{ > 0; ROLLBACK; SELECT facts FROM langchef_guard.expected_schemas WHERE name = 'x'}) =~ /^t\n\d+$/, 1, 'within a transaction');
my $rolled = rows($node, 'app', q{BEGIN; } . call('CREATE TABLE t ()') . q{; ROLLBACK; SELECT count(*) FROM langchef_guard.expected_object WHERE schema_name = 'x' AND kind = 'table'});
like($rolled, qr/\n0$/, 'that is rolled back nothing is registered');

# The text may do what its caller may.
$node->safe_psql('app', q{SET langchef_guard.mode = record; CREATE ROLE plain LOGIN; CREATE ROLE nologin; GRANT nologin TO plain; GRANT CREATE ON SCHEMA public TO plain;
	GRANT USAGE ON SCHEMA langchef_guard TO plain, nologin; GRANT EXECUTE ON FUNCTION langchef_guard.register_expected_ddl(text, text, interval) TO plain, nologin});
sub as_plain { my ($text) = @_; return attempt($node, 'app', call($text), user => 'plain'); }
passes(as_plain('CREATE TABLE t (); CREATE SCHEMA s; CREATE EXTENSION IF NOT EXISTS langchef_guard WITH SCHEMA pg_catalog; COMMENT ON EXTENSION langchef_guard IS $$x$$'), 'a plain role registers what it may make');
is(rows($node, 'app', q{SELECT payload ->> 'owner' FROM langchef_guard.expected_object WHERE schema_name = 'x' AND fact_id = 'table:public.t'}), 'plain', 'as its owner');
foreach my $text (
	q{CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x', 'y'}, q{ALTER TABLE pg_class ADD x int}, 'CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f()',
	'SELECT pg_read_file($$/etc/passwd$$)', 'SELECT lo_import($$/etc/passwd$$)', 'SET ROLE owner', 'SET SESSION AUTHORIZATION owner', 'SELECT rolpassword FROM pg_authid',
	'CREATE TABLE t (); ALTER TABLE t OWNER TO owner', q{SELECT set_config('session_authorization', 'owner', false)}, q{SELECT set_config('role', 'owner', false)},
	q{DO 'BEGIN SET ROLE owner; END'}, q{DO 'BEGIN RESET SESSION AUTHORIZATION; END'}, 'DISCARD ALL', 'SET langchef_guard.mode = off', q{LOAD 'nothing'},
	'CREATE FUNCTION f() RETURNS int LANGUAGE sql SET role = owner AS $$SELECT 1$$; SELECT f()')
{
	like(as_plain($text)->{sqlstate}, qr/^(?:42501|42883|58P01)$/, "a plain role may not: $text") or diag(as_plain($text)->{text});
}
passes(as_plain(q{SET ROLE nologin; CREATE TABLE pg_temp.a (); RESET ROLE; SET SESSION AUTHORIZATION DEFAULT; SET ROLE NONE; BEGIN; SET LOCAL ROLE nologin; COMMIT;
	DO $d$ BEGIN IF current_user <> 'plain' OR session_user <> 'plain' THEN RAISE EXCEPTION '% %', current_user, session_user; END IF; END $d$}), 'it may become what it is a member of');
passes(attempt($node, 'app', 'SET ROLE nologin; ' . call(q{DO $d$ BEGIN IF current_user <> 'nologin' OR session_user <> 'nologin' THEN RAISE EXCEPTION '% %', current_user, session_user; END IF; END $d$})),
	'a role that may not log in is who it is');
is(attempt($node, 'app', 'SET ROLE nologin; ' . call('RESET ROLE; RESET SESSION AUTHORIZATION; SET SESSION AUTHORIZATION DEFAULT; SELECT rolpassword FROM pg_authid'))->{sqlstate}, '42501', 'and stays so');
is(attempt($node, 'app', call('SELECT 1'), user => 'nologin')->{text} =~ /not permitted to log in/, 1, 'while it cannot log in itself');
$node->safe_psql('app', 'SET langchef_guard.mode = record; CREATE ROLE nobody LOGIN');
is(attempt($node, 'app', call('SELECT 1'), user => 'nobody')->{sqlstate}, '42501', 'others may not call it');
gone('after the plain role');

# Time.
foreach my $endless (q{DO 'BEGIN LOOP END LOOP; END'}, 'SELECT pg_sleep(600)', q{DO 'BEGIN LOOP BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END'})
{
	my $result = attempt($node, 'app', call("CREATE TABLE t ();\nSET statement_timeout = 0;\n$endless", q{, timeout => '4 s'}));
	like("$result->{sqlstate} $result->{message} $result->{hint}", qr/^57014 (?:line 3 of the DDL text: )?the DDL text was not run in the time it was given Give .* a longer timeout\.$/, "it takes its time: $endless");
	gone($endless);
}

# The session is cancelled, ended or killed.
sub while_it_runs
{
	my ($name, $do) = @_;
	my $session = session($node, 'app');
	my $pid = $session->query_safe('SELECT pg_backend_pid()');
	$session->query_until(qr/start/, "\\echo start\n" . call('SELECT pg_sleep(600)') . ";\n");
	ok(scratch_exists(), "$name: there is a scratch database");
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 2 FROM pg_stat_activity WHERE backend_type = 'langchef_guard scratch'}), "$name: and two processes");
	$do->($pid);
	return $session;
}
my $cancelled = while_it_runs('cancel', sub { rows($node, 'postgres', "SELECT pg_cancel_backend($_[0])") });
gone('cancel');
is(attempt_in($cancelled, 'SELECT 1')->{out}, '1', 'the session lives on');
$cancelled->quit;
while_it_runs('terminate', sub { rows($node, 'postgres', "SELECT pg_terminate_backend($_[0])") });
gone('terminate');
my $bereft = while_it_runs('the runner is ended', sub { rows($node, 'postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'running DDL text%'") });
gone('the runner is ended');
$bereft->quit;
$bereft = while_it_runs('the keeper is ended', sub { rows($node, 'postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'keeping a scratch database'") });
gone('the keeper is ended');
$bereft->quit;
while_it_runs('kill', sub { kill 'KILL', $_[0] });
ok($node->poll_query_until('postgres', 'SELECT true'), 'the server starts again');
gone('kill');

# The server crashes; with a subscription in it, and with one that only looks like a scratch database beside it.
sub leave_one
{
	my $session = session($node, 'app');
	$session->query_until(qr/start/, "\\echo start\n" . call(q{CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false); SELECT pg_sleep(600)}) . ";\n");
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 2 FROM pg_stat_activity WHERE backend_type = 'langchef_guard scratch'}), 'it runs');
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 2 FROM pg_subscription}), 'up to its last statement');
	$node->stop('immediate');
	return;
}
$node->safe_psql('postgres', q{SET langchef_guard.mode = record; CREATE DATABASE langchef_guard_scratch_keep; ALTER DATABASE langchef_guard_scratch_keep ALLOW_CONNECTIONS false});
leave_one();
$node->start;
ok($node->poll_query_until('postgres', "SELECT string_agg(datname, ' ') = 'langchef_guard_scratch_keep' FROM pg_database WHERE $scratch"), 'after a crash the next start drops what was left, and nothing else');
is(rows($node, 'app', 'SELECT count(*) FROM pg_subscription'), '1', 'subscriptions in it included');
leave_one();
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->start;
is(rows($node, 'postgres', "SELECT count(*) FROM pg_database WHERE $scratch"), '2', 'without the library at the start it is left');
passes(attempt($node, 'app', call('CREATE TABLE t ()')), 'a call works');
is(rows($node, 'postgres', "SELECT string_agg(datname, ' ') FROM pg_database WHERE $scratch"), 'langchef_guard_scratch_keep', 'and drops it');
$node->safe_psql('postgres', q{DROP DATABASE langchef_guard_scratch_keep});

# No slot.
$node->append_conf('postgresql.conf', 'max_worker_processes = 1');
$node->restart;
my $full = attempt($node, 'app', call('SELECT 1'));
is("$full->{sqlstate} $full->{hint}", '53400 It takes two background workers; see "max_worker_processes".', 'without slots it is a clear error') or diag($full->{text});
gone('no slot');
$node->append_conf('postgresql.conf', "max_worker_processes = 8\nshared_preload_libraries = 'langchef_guard'");
$node->restart;

# On a standby.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('ddl_standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
is(attempt($standby, 'app', call('SELECT 1'))->{sqlstate}, '25006', 'a standby has a clear error');
$standby->stop;

# Two at once.
my @sessions = map { session($node, 'app') } 1 .. 2;
$_->query_until(qr/start/, "\\echo start\n" . call('CREATE TABLE t (); SELECT pg_sleep(1)') . ";\n") foreach @sessions;
is(attempt_in($_, 'SELECT 7')->{out} =~ /7$/, 1, 'two calls at once come to their end') foreach @sessions;
$_->quit foreach @sessions;
is(rows($node, 'app', q{SELECT count(*) FROM langchef_guard.expected_object WHERE schema_name = 'x' AND fact_id = 'table:public.t'}), '1', 'and one of them stands');
gone('two at once');

unlike(slurp_file($node->logfile), qr/PANIC|TRAP|not closed|reference leak|snapshot .* still active/, 'nothing leaked');
$node->stop;
done_testing();
