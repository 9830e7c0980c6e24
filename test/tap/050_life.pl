# What the record survives: restarts, a crash, standby and promotion, dump and restore, pg_upgrade, and leaving.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $tmp = PostgreSQL::Test::Utils::tempdir();

# All that must arrive elsewhere, as text.
my $record = q{
	SELECT 'ledger', count(*), md5(string_agg(l::text, E'\n' ORDER BY id)) FROM langchef_guard.ledger l WHERE id <= %d
	UNION ALL SELECT 'step', count(*), md5(string_agg(s::text, E'\n' ORDER BY id)) FROM langchef_guard.alembic_step s WHERE last_ledger_id <= %1$d
	UNION ALL SELECT 'proposal', count(*), md5(string_agg(p::text, E'\n' ORDER BY id)) FROM langchef_guard.proposal p
	UNION ALL SELECT 'approval', count(*), md5(string_agg(a::text, E'\n' ORDER BY id)) FROM langchef_guard.approval a
	UNION ALL SELECT 'policy', count(*), md5(string_agg(p::text, E'\n' ORDER BY id)) FROM langchef_guard.policy p
	UNION ALL SELECT 'expected schema', count(*), md5(string_agg(e::text, E'\n' ORDER BY name)) FROM langchef_guard.expected_schema e
	UNION ALL SELECT 'expected object', count(*), md5(string_agg(o::text, E'\n' ORDER BY o::text)) FROM langchef_guard.expected_object o
	UNION ALL SELECT 'option', count(*), md5(string_agg(o::text, E'\n' ORDER BY schema_name)) FROM langchef_guard.expected_option o
	UNION ALL SELECT 'ignore rule', count(*), md5(string_agg(r::text, E'\n' ORDER BY id)) FROM langchef_guard.ignore_rule r
	UNION ALL SELECT 'accepted', count(*), md5(string_agg(a::text, E'\n' ORDER BY id)) FROM langchef_guard.accepted_difference a};

sub last_id { my ($node, $database) = @_; return rows($node, $database, 'SELECT max(id) FROM langchef_guard.ledger'); }
sub record { my ($node, $database, $until) = @_; return rows($node, $database, sprintf($record, $until)); }

# A life with all kinds of rows.
sub live
{
	my ($node, $database) = @_;
	new_database($node, $database);
	$node->safe_psql($database, q{
		CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
		CREATE SCHEMA app;
		CREATE TABLE app.prompts (id int PRIMARY KEY, version text, "odd ""name" int);
		CREATE TABLE app.runs (id bigserial PRIMARY KEY, prompt int REFERENCES app.prompts);
		INSERT INTO app.prompts SELECT n, 'v' || n FROM generate_series(1, 5) n;
		CREATE INDEX runs_prompt ON app.runs (prompt);
		CREATE VIEW app.titles AS SELECT id FROM app.prompts;
		CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 1';
		COMMENT ON TABLE app.prompts IS 'it''s';
		INSERT INTO alembic_version VALUES ('initial');
		INSERT INTO langchef_guard.policy (rule, schema_name, action, reason) VALUES ('D17', 'app', 'allow', 'indexes are cheap')});
	my $proposal = refused_with(attempt($node, $database, 'ALTER TABLE app.prompts DROP COLUMN version'), qr/^dropping column/,
		"$database: a refusal");
	my $token = rows($node, $database, "SELECT langchef_guard.approve($proposal, 'agreed', max_uses => 3)");
	passes(attempt($node, $database, "SET langchef_guard.approval_token = '$token'; ALTER TABLE app.prompts DROP COLUMN version"),
		"$database: an approved change");
	refused_with(attempt($node, $database, 'DROP TABLE app.runs'), qr/^dropping table/, "$database: a pending proposal");
	passes(attempt($node, $database, 'DROP INDEX app.runs_prompt'), "$database: a policy");
	rows($node, $database, q{SELECT langchef_guard.register_expected('release')});
	$node->safe_psql($database, 'ALTER TABLE app.prompts ADD COLUMN hot int; ALTER TABLE app.prompts ADD COLUMN cool int; CREATE VIEW app.ignored AS SELECT 1');
	$node->safe_psql($database, q{
		SELECT langchef_guard.configure_expected('release', '{"column_order": false}');
		SELECT langchef_guard.ignore_drift('view', NULL, 'app.ignored', 'comes and goes');
		SELECT langchef_guard.accept_drift(ARRAY(SELECT drift_id FROM langchef_guard.drift('release') WHERE object = 'app.prompts.cool'), 'agreed', 'release')});
	return $token;
}

# The record is whole, nothing clashes, and everything works on.
sub works_on
{
	my ($node, $database, $name, $before) = @_;
	my $last = last_id($node, $database);
	is(rows($node, $database, q{SELECT count(*) FROM langchef_guard.drift('release') WHERE attribute IS NULL OR object LIKE '%hot%'}) > 0, 1,
		"$name: drift still knows the hot fix");
	is(rows($node, $database, q{SELECT string_agg(concat_ws(' ', object, split_part(suppressed_by, ' ', 1)), ', ' ORDER BY object) FROM langchef_guard.drift('release', true)
		WHERE implied_by IS NULL AND (suppressed_by IS NOT NULL OR object LIKE '%hot')}), 'app.ignored ignored, app.prompts.cool accepted, app.prompts.hot, column order left',
		"$name: and what does not count");
	like(rows($node, $database, q{SELECT langchef_guard.ignore_drift('view', NULL, 'app.more', 'another')}), qr/^\d+$/, "$name: another rule has a number of its own");
	passes(attempt($node, $database, 'CREATE TABLE app.later (id int PRIMARY KEY); INSERT INTO app.later VALUES (1)'), "$name: a change passes");
	is(rows($node, $database, q{SELECT string_agg(DISTINCT identity, ' ') FROM langchef_guard.ledger WHERE operation = 'create' AND object_type = 'table'
		AND id > } . $last), 'app.later', "$name: and is recorded after all others");
	is(rows($node, $database, 'SELECT count(*) - count(DISTINCT id) FROM langchef_guard.ledger'), 0, "$name: under an id of its own");
	my $proposals = rows($node, $database, 'SELECT max(id) FROM langchef_guard.proposal');
	my $proposal = refused_with(attempt($node, $database, 'DROP TABLE app.later'), qr/^dropping table "app.later"/, "$name: a refusal is filed");
	cmp_ok($proposal, '>', $proposals, "$name: under a number of its own");
	like(rows($node, $database, "SELECT langchef_guard.approve($proposal)"), qr/^lcg_/, "$name: and can be approved");
	passes(attempt($node, $database, q{UPDATE alembic_version SET version_num = 'next' WHERE version_num = 'initial'}), "$name: a migration steps on");
	is(rows($node, $database, q{SELECT count(*) FROM langchef_guard.alembic_step WHERE revision_to = 'next'}), 1, "$name: and the step is recorded once");
	is(rows($node, $database, q{SELECT string_agg(state, ' ') FROM langchef_guard.status() WHERE protection LIKE 'event trigger %'
		OR protection LIKE 'Alembic steps%'}), 'on on on on', "$name: status() sees every trigger on");
	return;
}

# DROP EXTENSION leaves nothing of the guard.
sub leaves
{
	my ($node, $database, $name) = @_;
	refused_with(attempt($node, $database, 'DROP EXTENSION langchef_guard CASCADE'), qr/^dropping extension "langchef_guard"/,
		"$name: leaving needs an approval too");
	passes(attempt($node, $database, q{LOAD 'langchef_guard'; SET langchef_guard.mode = 'off'; DROP EXTENSION langchef_guard CASCADE}),
		"$name: DROP EXTENSION with the guard off");
	is(rows($node, $database, q{SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = 'langchef_guard')
		+ (SELECT count(*) FROM pg_event_trigger WHERE evtname LIKE 'langchef_guard%')
		+ (SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'langchef_guard%')
		+ (SELECT count(*) FROM pg_proc WHERE probin LIKE '%langchef_guard%')
		+ (SELECT count(*) FROM pg_depend d WHERE NOT EXISTS (SELECT FROM pg_extension e WHERE e.oid = d.refobjid)
			AND d.refclassid = 'pg_extension'::regclass AND d.refobjid >= 16384)}), 0, "$name: nothing of it is left");
	passes(attempt($node, $database, q{UPDATE alembic_version SET version_num = 'free'; DROP TABLE app.runs}), "$name: and the database is free");
	passes(attempt($node, $database, 'CREATE EXTENSION langchef_guard'), "$name: it can come back");
	is(rows($node, $database, 'SELECT count(*) FROM langchef_guard.proposal'), 0, "$name: with nothing remembered");
	return;
}

my $node = new_cluster('primary', preload => 1, streaming => 1, settings => [ 'max_prepared_transactions = 5' ]);
my $token = live($node, 'life');
my $last = last_id($node, 'life');
my $before = record($node, 'life', $last);
like($before, qr/^ledger\|\d+\|.*^step\|1\|.*^proposal\|2\|.*^approval\|1\|.*^policy\|1\|.*^expected schema\|1\|/ms, 'every kind of row is there')
  or diag($before);
cmp_ok($last, '>', 5, 'the ledger has rows');

# Restart and crash.
$node->restart;
is(record($node, 'life', $last), $before, 'a restart keeps everything');
$node->safe_psql('life', 'CREATE TABLE app.just_committed ()');
my $uncommitted = session($node, 'life');
attempt_in($uncommitted, 'BEGIN');
attempt_in($uncommitted, 'CREATE TABLE app.never_committed ()');
$node->stop('immediate');
eval { $uncommitted->{run}->finish; };
$node->start;
is(record($node, 'life', $last), $before, 'a crash keeps everything');
is(rows($node, 'life', q{SELECT string_agg(identity, ' ') FROM langchef_guard.ledger WHERE identity LIKE 'app.%committed'}), 'app.just_committed',
	'the row of the last committed change, and no other');
passes(attempt($node, 'life', q{SET langchef_guard.mode = 'record'; DROP TABLE app.just_committed}), 'it goes again');

# Two-phase commit: the ledger follows the transaction.
passes(attempt($node, 'life', q{BEGIN; CREATE TABLE app.prepared (); PREPARE TRANSACTION 'p'}), 'DDL can be prepared');
is(rows($node, 'life', q{SELECT count(*) FROM langchef_guard.ledger WHERE identity = 'app.prepared'}), 0, 'nothing is recorded before the commit');
$node->safe_psql('life', q{COMMIT PREPARED 'p'});
is(rows($node, 'life', q{SELECT count(*) FROM langchef_guard.ledger WHERE identity = 'app.prepared'}), 1, 'it is with the commit');

# Standby: reading works, nothing tries to write.
$last = last_id($node, 'life');
$before = record($node, 'life', $last);
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
is(record($standby, 'life', $last), $before, 'the standby has the whole record');
foreach my $query (
	'SELECT count(*) > 5 FROM langchef_guard.status()',
	'SELECT count(*) > 20 FROM langchef_guard.rules()',
	'SELECT count(*) > 0 FROM langchef_guard.changes',
	'SELECT count(*) = 2 FROM langchef_guard.proposals',
	'SELECT count(*) = 1 FROM langchef_guard.approvals',
	'SELECT count(*) >= 0 FROM langchef_guard.my_proposals',
	'SELECT count(*) = 1 FROM langchef_guard.expected_schemas',
	q{SELECT count(*) > 0 FROM langchef_guard.drift('release')},
	q{SELECT count(*) > 0 FROM langchef_guard.drift_summary('release')},
	q{SELECT NOT langchef_guard.is_clean('release')},
	q{SELECT count(*) > 1 FROM langchef_guard.has_no_drift('release')},
	q{SELECT count(*) > 0 FROM langchef_guard.drift_report('release')},
	q{SELECT count(*) > 0 FROM langchef_guard.drift_by_schema('release')},
	q{SELECT count(*) = 0 FROM langchef_guard.compare('release', 'release')},
	q{SELECT count(*) > 10 FROM langchef_guard.snapshot()})
{
	is(rows($standby, 'life', $query), 't', "standby: $query");
}
is(attempt($standby, 'life', q{SELECT langchef_guard.assert_no_drift('release')})->{sqlstate}, 'LG004', 'standby: assert_no_drift() asserts');
foreach my $statement ('DROP TABLE app.runs', 'TRUNCATE app.runs', 'DELETE FROM app.runs', 'CREATE TABLE x ()',
	q{SELECT langchef_guard.register_expected('other')}, q{SELECT langchef_guard.configure_expected('release', '{"owners": false}')},
	q{SELECT langchef_guard.ignore_drift('view', NULL, NULL, 'x')}, q{SELECT langchef_guard.unignore_drift(1, 'x')},
	q{SELECT langchef_guard.accept_drift(ARRAY(SELECT drift_id FROM langchef_guard.drift('release')), 'x', 'release')}, 'SELECT langchef_guard.approve(2)', q{SET langchef_guard.mode = 'record'; DROP TABLE app.runs})
{
	is(attempt($standby, 'life', $statement)->{sqlstate}, '25006', "standby: $statement: read-only, says the server");
}
passes(attempt($standby, 'life', "SELECT langchef_guard.use_token('$token')"), 'standby: a token can be presented');
log_is_sound($standby, 'the standby is sound');
$standby->promote;
$standby->safe_psql('postgres', 'SELECT 1');
works_on($standby, 'life', 'promoted', $before);
is(attempt($standby, 'life', 'DROP TABLE app.runs')->{sqlstate}, 'LG001', 'promoted: it refuses');
$standby->stop;

# Dump and restore, into another cluster.
my $other = new_cluster('other', preload => 1);
my $plain = new_cluster('plain');
$node->run_log([ 'pg_dump', '-d', $node->connstr('life'), '-f', "$tmp/plain.sql" ]);
$node->run_log([ 'pg_dump', '-d', $node->connstr('life'), '--clean', '--if-exists', '-f', "$tmp/clean.sql" ]);
$node->run_log([ 'pg_dump', '-d', $node->connstr('life'), '-Fc', '-f', "$tmp/custom.dump" ]);
$node->run_log([ 'pg_dump', '-d', $node->connstr('life'), '-Fd', '-j2', '-f', "$tmp/directory.dump" ]);
unlike(slurp_file("$tmp/plain.sql"), qr/\Q$token\E/, 'no token is in the dump');

my %restore = (
	plain => sub { my ($to, $db) = @_; return [ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $to->connstr($db), '-f', "$tmp/plain.sql" ]; },
	clean => sub { my ($to, $db) = @_; return [ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $to->connstr($db), '-f', "$tmp/clean.sql" ]; },
	custom => sub { my ($to, $db) = @_; return [ 'pg_restore', '--exit-on-error', '-d', $to->connstr($db), "$tmp/custom.dump" ]; },
	clean_custom => sub { my ($to, $db) = @_; return [ 'pg_restore', '--exit-on-error', '--clean', '--if-exists', '-d', $to->connstr($db), "$tmp/custom.dump" ]; },
	jobs => sub { my ($to, $db) = @_; return [ 'pg_restore', '--exit-on-error', '-j2', '-d', $to->connstr($db), "$tmp/directory.dump" ]; });

foreach my $target ([ $other, 'preloaded' ], [ $plain, 'lazy' ])
{
	my ($to, $mode) = @$target;
	foreach my $way (sort keys %restore)
	{
		my $name = "$mode, $way";
		$to->safe_psql('postgres', "CREATE DATABASE $way");
		command_ok($restore{$way}->($to, $way), "$name: restore has no error");
		is(record($to, $way, $last), $before, "$name: every row arrives");
		is(rows($to, $way, 'SELECT count(*) FROM app.prompts'), 5, "$name: and the data");
		works_on($to, $way, $name, $before);
		leaves($to, $way, $name);
	}
	log_is_sound($to, "$mode: the server is sound");
	$to->stop;
}

# Restores into databases where the extension was made beforehand, and over an earlier restore (--clean drops the
# extension, which needs the guard's leave): the ids of what was there and of what comes do not meet.
$other->start;
my %over = (
	psql_into_extension => $restore{plain},
	custom_into_extension => $restore{custom},
	clean_into_extension => $restore{clean_custom});
foreach my $way (sort keys %over)
{
	my $name = "extension made beforehand, $way";
	new_database($other, $way);
	$other->safe_psql($way, 'CREATE TABLE of_its_own (id int)');
	my $own = last_id($other, $way);
	local $ENV{PGOPTIONS} = $way eq 'clean_into_extension' ? '-c langchef_guard.mode=record' : '';
	command_ok($over{$way}->($other, $way), "$name: restore has no error");
	delete $ENV{PGOPTIONS};
	is(record($other, $way, $last), $before, "$name: every row arrives");
	is(rows($other, $way, "SELECT count(*) FROM langchef_guard.ledger WHERE id = $own AND identity = 'public.of_its_own'"),
		$way eq 'clean_into_extension' ? 0 : 1, "$name: its own rows are there unless the extension was dropped");
	works_on($other, $way, $name, $before);
}
$other->stop;

# Upgrade by pg_upgrade, to the same version: what a machine with one version can do.
$node->stop;
my $new = PostgreSQL::Test::Cluster->new('new');
$new->init(extra => [ '--encoding=UTF8', '--no-locale' ]);
$new->append_conf('postgresql.conf', "shared_preload_libraries = 'langchef_guard'\nmax_prepared_transactions = 5");
my $bin = $node->config_data('--bindir');
{
	local $ENV{PGHOST};
	delete $ENV{PGHOST};
	chdir $tmp;
	command_ok([ 'pg_upgrade', '--no-sync', '-d', $node->data_dir, '-D', $new->data_dir, '-b', $bin, '-B', $bin,
			'-s', $new->host, '-p', $node->port, '-P', $new->port ], 'pg_upgrade upgrades the cluster');
}
$new->start;
is(record($new, 'life', $last), $before, 'pg_upgrade: every row arrives');
works_on($new, 'life', 'pg_upgrade', $before);
leaves($new, 'life', 'pg_upgrade');
log_is_sound($new, 'pg_upgrade: the server is sound');
$new->stop;

done_testing();
