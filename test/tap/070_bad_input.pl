# Statements and arguments that are too long, empty, oddly named or in another encoding: each a clear error or none,
# the server stays up, and nothing half-written is left.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;

# A statement of ten megabytes, run from a file.
sub long_statements
{
	my ($node) = @_;
	new_database($node, 'long');
	my $text = 'x' x (10 * 1024 * 1024);
	$node->safe_psql('long', 'CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, NULL)');
	passes(attempt($node, 'long', "COMMENT ON TABLE t IS '$text'"), 'a comment of 10 MB passes');
	is(rows($node, 'long', q{SELECT length(statement) > 0 AND length(definition_after #>> '{attributes,comment}') = 10485760
		FROM langchef_guard.ledger WHERE command_tag = 'COMMENT'}), 't', 'and is recorded whole');
	is(attempt($node, 'long', "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS \$\$SELECT '$text'\$\$")->{sqlstate}, '', 'a function of 10 MB passes');
	refused_with(attempt($node, 'long', "DROP TABLE t /* $text */"), qr/^dropping table "public.t"/, 'a DROP with a comment of 10 MB is refused');
	is(rows($node, 'long', q{SELECT count(*) || ' ' || bool_and(length(statements[1]) < 11000000) FROM langchef_guard.proposals}), '1 true', 'and proposed');
	refused_with(attempt($node, 'long', "ALTER TABLE t ALTER COLUMN b TYPE text USING '$text'"), qr/^changing the type/,
		'a USING expression of 10 MB is refused');
	is(rows($node, 'long', q{SELECT count(*) FROM langchef_guard.snapshot()}) > 2, 1, 'a snapshot takes it');
	is(attempt($node, 'long', "SELECT langchef_guard.register_expected('x', '$text')")->{sqlstate}, '22023', 'a document of 10 MB that is none is an error');
	is(attempt($node, 'long', "SELECT langchef_guard.use_token('$text')")->{sqlstate}, '22023', 'a token of 10 MB is an error');
	my $many = join ' ', map { "DROP TABLE IF EXISTS absent_$_;" } 1 .. 2000;
	passes(attempt($node, 'long', "DO \$\$ BEGIN $many END \$\$"), 'two thousand drops of what is absent pass');
	my $tables = join ', ', map { "wide_$_" } 1 .. 300;
	passes(attempt($node, 'long', join('', map { "CREATE TABLE wide_$_ (a int);" } 1 .. 300)), '300 tables are made');
	my $wide = attempt($node, 'long', "DROP TABLE $tables");
	refused_with($wide, qr/^dropping table "public.wide_1"/, 'dropping them all is refused');
	like($wide->{detail}, qr/And \d+ other effects\.$/, 'in an error of readable length');
	my $million = 'x' x 1_000_000;
	passes(attempt($node, 'long', "SET langchef_guard.mode = 'record'; DROP TABLE $tables /* $million */"), 'where nothing is refused they go');
	is(rows($node, 'long', q{SELECT count(*) || ' ' || (sum(length(statement)) BETWEEN 1000000 AND 1500000)
		FROM langchef_guard.ledger WHERE operation = 'drop' AND identity LIKE 'public.wide%'}), '300 true', 'and a long statement is kept once');
	is(rows($node, 'long', q{SELECT count(*) FROM langchef_guard.ledger AS later JOIN langchef_guard.ledger AS first
		ON later.statement LIKE '%(whole in ledger row ' || first.id || ')' WHERE length(first.statement) > 1000000}), '299', 'which the other rows name');
	return;
}

# Names of every kind, through refusal, proposal, approval, ledger and drift.
sub odd_names
{
	my ($node, $database, $encoding, @names) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0 ENCODING '$encoding' LOCALE 'C'");
	$node->safe_psql($database, 'CREATE EXTENSION langchef_guard');
	local $ENV{PGCLIENTENCODING} = 'UTF8';
	foreach my $case (@names)
	{
		my ($name, $what) = @$case;
		my $quoted = '"' . $name =~ s/"/""/gr . '"';
		my $literal = "'" . $name =~ s/'/''/gr . "'";
		passes(attempt($node, $database, "CREATE SCHEMA $quoted; CREATE TABLE $quoted.$quoted ($quoted int PRIMARY KEY);
			INSERT INTO $quoted.$quoted VALUES (1); COMMENT ON COLUMN $quoted.$quoted.$quoted IS $literal"), "$encoding, $what: DDL passes");
		is(rows($node, $database, "SELECT count(*) FROM langchef_guard.ledger WHERE schema_name = quote_ident($literal)::name OR schema_name = $literal") > 1, 1,
			"$encoding, $what: it is recorded");
		my $result = attempt($node, $database, "ALTER TABLE $quoted.$quoted DROP COLUMN $quoted");
		my $proposal = refused_with($result, qr/^dropping column (?:U&)?".*" of table (?:U&)?".*" is not approved$/s, "$encoding, $what: DROP COLUMN is refused");
		my $token = rows($node, $database, "SELECT langchef_guard.approve($proposal, 'for ' || $literal)");
		rows($node, $database, "SELECT langchef_guard.register_expected($literal)");
		passes(attempt($node, $database, "SET langchef_guard.approval_token = '$token'; SET langchef_guard.migration = $literal;
			SET application_name = $literal; ALTER TABLE $quoted.$quoted DROP COLUMN $quoted"), "$encoding, $what: approved, it runs");
		is(rows($node, $database, qq{SELECT count(*) FROM langchef_guard.drift($literal) WHERE migration = langchef_guard.shown($literal) AND ledger_id IS NOT NULL}) > 0, 1,
			"$encoding, $what: drift tells the column and its migration");
		rows($node, $database, "SELECT langchef_guard.unregister_expected($literal)");
	}
	my $lines = rows($node, $database, q{SELECT count(*) FROM langchef_guard.snapshot()});
	is(rows($node, $database, q{SELECT langchef_guard.register_expected('document', (SELECT string_agg(line, E'\n') FROM langchef_guard.snapshot() AS line))}),
		$lines - 1, "$encoding: the snapshot comes back as a document");
	is(rows($node, $database, q{SELECT count(*) FROM langchef_guard.drift('document')}), 0, "$encoding: without a difference");
	return;
}

# Every function with arguments that are NULL, empty or out of range.
sub odd_arguments
{
	my ($node) = @_;
	new_database($node, 'arguments');
	$node->safe_psql('arguments', 'CREATE TABLE t (a int)');
	refused_with(attempt($node, 'arguments', 'DROP TABLE t'), qr/./, 'there is a proposal');
	my $before = rows($node, 'arguments', q{SELECT (SELECT md5(string_agg(p::text, '')) FROM langchef_guard.proposal p)
		|| (SELECT count(*) FROM langchef_guard.approval) || (SELECT count(*) FROM langchef_guard.expected_schema)});
	my @cases = (
		[ 'approve(NULL)', '22004' ], [ 'approve(0)', '42704' ], [ 'approve(-1)', '42704' ], [ 'approve(9223372036854775807)', '42704' ],
		[ q{approve(1, valid_for => NULL)}, '22004' ], [ q{approve(1, valid_for => '0')}, '22023' ], [ q{approve(1, valid_for => '-1 day')}, '22023' ],
		[ q{approve(1, valid_for => '1000000 years')}, '22' ], [ 'approve(1, max_uses => 0)', '22023' ], [ 'approve(1, max_uses => -1)', '22023' ],
		[ 'approve(1, max_uses => NULL)', '22004' ],
		[ q{reject(NULL, 'x')}, '22004' ], [ q{reject(99, 'x')}, '42704' ], [ 'revoke(NULL)', '22004' ], [ 'revoke(99)', '42704' ],
		[ 'revoke_token(NULL)', '22004' ], [ 'revoke_token(99)', '42704' ],
		[ 'issue_token(NULL, NULL, NULL)', '22004' ], [ q{issue_token('no such role', NULL, NULL)}, '42704' ], [ q{issue_token('', NULL, NULL)}, '22023' ],
		[ q{issue_token(current_user, '{}', NULL)}, '22023' ], [ q{issue_token(current_user, '{X99}', NULL)}, '42704' ],
		[ q{issue_token(current_user, '{NULL}', NULL)}, '22004' ],
		[ q{issue_token(current_user, NULL, '{no.such}')}, '42P01|42704|3F000' ], [ q{issue_token(current_user, NULL, '{}')}, '22023' ],
		[ q{issue_token(current_user, NULL, '{"a\"b"}')}, '42' ],
		[ 'use_token(NULL)', '22004' ], [ q{use_token('')}, '22023' ], [ q{use_token('lcg_')}, '22023' ], [ q{use_token(E'lcg_\n\t')}, '22023' ],
		[ 'register_expected(NULL)', '22004' ], [ q{register_expected('')}, '22023' ], [ q{register_expected('x', NULL)}, '22004' ],
		[ q{register_expected(NULL, 'x')}, '22004' ], [ q{register_expected('x', '')}, '22023' ], [ q{register_expected('x', '{}')}, '22023' ],
		[ q{register_expected('x', '[')}, '22023' ], [ q{register_expected('x', repeat('[', 100000))}, '22023|54001' ],
		[ q{register_expected('x', '{"langchef_guard":"snapshot"}')}, '22023' ],
		[ 'unregister_expected(NULL)', '22004' ], [ q{unregister_expected('absent')}, '42704' ], [ 'activate_expected(NULL)', '22004' ],
		[ q{activate_expected('absent')}, '42704' ], [ q{drift('absent')}, '42704' ], [ q{drift('')}, '42704|22023' ], [ 'drift(NULL)', '42704|55000' ],
		[ q{is_clean('absent')}, '42704' ], [ q{assert_no_drift('absent')}, '42704' ], [ q{drift_summary('absent')}, '42704' ],
		[ q{drift_json('absent')}, '42704' ], [ 'grant_approver(NULL)', '22004' ], [ 'grant_auditor(NULL)', '22004' ], [ 'grant_approver(1)', '42704' ],
		[ 'ddl_command_start()', '39P03|0A000' ], [ 'alembic_step_trigger()', '0A000|39P01' ]);
	foreach my $case (@cases)
	{
		my ($call, $expected) = @$case;
		my $result = attempt($node, 'arguments', "SELECT langchef_guard.$call");
		like($result->{sqlstate}, qr/^(?:$expected)/, "$call is an error of class $expected") or diag($result->{text});
		unlike($result->{message}, qr/^\s*$|[.]$|^[A-Z][a-z]+ [a-z]/, "$call: with a message in the server's style");
	}
	foreach my $set ([ q{langchef_guard.mode = 'x'}, '22023' ], [ q{langchef_guard.mode = ''}, '22023' ], [ 'langchef_guard.proposal_timeout = 0', '22023' ],
		[ 'langchef_guard.proposal_timeout = -1', '22023' ], [ q{langchef_guard.no_such = 'x'}, '42602' ], [ q{langchef_guard.four_eyes = 'x'}, '22023' ])
	{
		is(attempt($node, 'arguments', "LOAD 'langchef_guard'; SET $set->[0]")->{sqlstate}, $set->[1], "SET $set->[0] is an error");
	}
	my $stored = attempt($node, 'arguments', q{ALTER DATABASE arguments SET langchef_guard.approval_token = 'lcg_x'; SELECT 1});
	my $role_stored = rows($node, 'arguments', q{SELECT count(*) FROM pg_db_role_setting WHERE array_to_string(setconfig, ',') LIKE '%approval_token%'});
	ok($stored->{sqlstate} eq '22023' && $role_stored eq '0', 'a token cannot be stored with the database') or diag("$stored->{text} $role_stored");
	is(rows($node, 'arguments', q{SELECT (SELECT md5(string_agg(p::text, '')) FROM langchef_guard.proposal p)
		|| (SELECT count(*) FROM langchef_guard.approval) || (SELECT count(*) FROM langchef_guard.expected_schema)}), $before, 'nothing was written');
	is(attempt($node, 'postgres', 'CREATE EXTENSION langchef_guard SCHEMA public')->{sqlstate}, '0A000', 'another schema cannot be had');
	is(attempt($node, 'postgres', 'CREATE SCHEMA langchef_guard; CREATE EXTENSION langchef_guard')->{sqlstate}, '42P06', 'a schema of the name is never adopted');
	return;
}

# The extended protocol: a portal left suspended, a prepared DROP, parameters.
sub extended_protocol
{
	my ($node) = @_;
	new_database($node, 'extended');
	$node->safe_psql('extended', 'CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 100)');
	my $cursor = attempt($node, 'extended', 'BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT a FROM t; FETCH 5 FROM c; COMMIT; DROP TABLE t; FETCH 5 FROM c');
	refused_with($cursor, qr/^dropping table/, 'DROP beside an open cursor is refused');
	my $script = "$PostgreSQL::Test::Utils::tmp_check/extended.sql";
	append_to_file($script, "\\set id random(1, 10)\nALTER TABLE t DROP COLUMN a;\n");
	my ($out, $err) = run_command([ 'pgbench', '-n', '-M', 'extended', '-t', '1', '-f', $script, $node->connstr('extended') ]);
	like($err, qr/dropping column "a" of table "public.t" is not approved/, 'so is one that comes by the extended protocol');
	($out, $err) = run_command([ 'pgbench', '-n', '-M', 'prepared', '-t', '1', '-f', $script, $node->connstr('extended') ]);
	like($err, qr/dropping column "a" of table "public.t" is not approved/, 'or prepared');
	is(rows($node, 'extended', 'SELECT string_agg(attempts::text, \' \' ORDER BY id) FROM langchef_guard.proposals'), '1 2', 'on the same proposal');
	my $multi = attempt($node, 'extended', "CREATE TABLE kept () \\; DROP TABLE t");
	refused_with($multi, qr/^dropping table/, 'one refusal in a multi-statement string');
	is(rows($node, 'extended', q{SELECT count(*) FROM pg_class WHERE relname = 'kept'}), 0, 'takes the rest of it along');
	is(rows($node, 'extended', q{SELECT statements[1] FROM langchef_guard.proposals WHERE summary LIKE 'dropping table %' ORDER BY id DESC LIMIT 1}), 'DROP TABLE t',
		'and its proposal has its own slice only');
	return;
}

my $node = new_cluster('odd', preload => 1, settings => [ q{log_statement = 'none'}, q{log_min_error_statement = 'panic'} ]);
my $ascii = "quote\"d 'name' \$\$ \\! %s";
odd_names($node, 'names_utf8', 'UTF8', [ $ascii, 'quotes' ], [ "new\nline\t", 'newline' ], [ 'n' x 63, '63 bytes' ], [ "\xc3\xa9" x 31, '62 bytes, multibyte' ],
	[ "\xf0\x9f\x8d\xb3 \xe6\x96\x87", 'emoji' ], [ 'a.b', 'a dot' ], [ 'select', 'a keyword' ], [ ' ', 'a blank' ], [ '{"a":1}', 'JSON' ]);
odd_names($node, 'names_latin1', 'LATIN1', [ "caf\xc3\xa9", 'an accent' ], [ "\xc3\xbc" x 63, '63 letters' ], [ $ascii, 'quotes' ]);
odd_names($node, 'names_ascii', 'SQL_ASCII', [ "caf\xc3\xa9", 'bytes' ], [ $ascii, 'quotes' ]);
odd_arguments($node);
extended_protocol($node);
long_statements($node);
log_is_sound($node, 'the server is sound');
$node->stop;

done_testing();
