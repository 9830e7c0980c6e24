# Errors at the border between the server and C++: an exception and a server error through every kind of entry point
# arrive whole and leave the server alive; 50,000 refusals in one session leave its memory as it was.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# A build with places to fail at, in a PostgreSQL of its own.
sub build_with_debug_points
{
	my $root = "$FindBin::RealBin/../..";
	my $dir = PostgreSQL::Test::Utils::tempdir_short();
	my $bin = $ENV{PG_CONFIG} // 'pg_config';
	chomp(my $version = `$bin --version`);
	$version =~ /PostgreSQL (\d+)/ or BAIL_OUT("no version in \"$version\"");
	my $major = $1;
	my $log = "$PostgreSQL::Test::Utils::log_path/debug_build.log";
	my $done = system('sh', '-c', <<'SH', 'sh', "$root", $dir, $major, $log);
		set -eu
		. "$1/test/lib/base.sh"
		. "$1/test/lib/postgres.sh"
		unset MAKEFLAGS MFLAGS MAKELEVEL
		exec >"$4" 2>&1
		private_postgres "$2" "$3"
		mkdir "$2/src"
		pack_tree "$1" | tar --extract --directory="$2/src"
		src=$2/src
		build() { make -s -C "$src" -j "$(nproc)" LCG_DEBUG=1 CXXFLAGS='-O0 -g0' PG_CONFIG="$PG_CONFIG" "$@"; }
		# Objects of the tree that know nothing of debug points serve as they are.
		(cd "$1" && find src -name '*.[od]' -print | tar --create --files-from=-) | tar --extract --directory="$src"
		(cd "$src" && grep -l debug_point $(find src -name '*.d') /dev/null) | while read -r file; do
			rm -f "$src/${file%.d}.o"
		done
		# The compiler takes the headers that it has read for other options for nothing.  Read again, they must not look
		# newer than those objects.
		headers=src/pg/precompiled.hpp.gch
		if [ -e "$1/$headers" ]; then
			build "$headers"
			touch -r "$1/$headers" "$src/$headers"
		fi
		build all install
SH
	BAIL_OUT('the build with debug points failed: ' . slurp_file($log)) if $done != 0;
	return "$dir/usr/lib/postgresql/$major";
}

my %expected = (
	exception => sub { return [ 'XX000', "exception at $_[0]", '', '' ]; },
	alien => sub { return [ 'XX000', 'unrecognized exception in langchef_guard', '', '' ]; },
	memory => sub { return [ '53200', 'out of memory', '', '' ]; },
	guard => sub { return [ 'LG003', "guard error at $_[0]", "Detail of $_[0].", "Hint of $_[0]." ]; },
	server => sub { return [ 'XX001', "server error at $_[0]", "Detail of $_[0].", "Hint of $_[0]." ]; });

sub parts { my ($result) = @_; return [ @{$result}{qw(sqlstate message detail hint)} ]; }

# SET would itself go through the hooks.
sub fail_at
{
	my ($session, $where) = @_;
	return attempt_in($session, "SELECT set_config('langchef_guard.debug_point', '$where', false)");
}

# One statement through one entry point, with every kind of error.
sub through
{
	my ($session, $pid, $kind_of_entry, $place, $statement) = @_;
	foreach my $kind (sort keys %expected)
	{
		fail_at($session, "$place $kind");
		my $result = attempt_in($session, $statement);
		is_deeply(parts($result), $expected{$kind}->($place), "$kind_of_entry: $kind arrives whole") or diag($result->{text});
		fail_at($session, '');
	}
	is(attempt_in($session, 'SELECT pg_backend_pid()')->{out}, $pid, "$kind_of_entry: the session goes on");
	my $caught = attempt_in($session, qq{DO \$\$ BEGIN PERFORM set_config('langchef_guard.debug_point', '$place exception', false);
		EXECUTE \$s\$$statement\$s\$; EXCEPTION WHEN internal_error THEN NULL; END \$\$});
	is_deeply(parts($caught), [ '', '', '', '' ], "$kind_of_entry: a subtransaction catches it") or diag($caught->{text});
	return;
}

sub entry_points
{
	my ($node) = @_;
	new_database($node, 'boundary');
	$node->safe_psql('boundary', q{
		CREATE TABLE prompts (id int PRIMARY KEY, version text);
		INSERT INTO prompts VALUES (1, 'a');
		CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
		INSERT INTO alembic_version VALUES ('one')});
	my $session = session($node, 'boundary');
	my $pid = attempt_in($session, 'SELECT pg_backend_pid()')->{out};

	through($session, $pid, 'SQL function', 'lcg_status', 'SELECT * FROM langchef_guard.status()');
	through($session, $pid, 'SQL function called by SQL', 'lcg_drift', 'SELECT * FROM langchef_guard.drift_summary()');
	through($session, $pid, 'event trigger, start', 'lcg_ddl_command_start', 'CREATE TABLE never ()');
	through($session, $pid, 'event trigger, end', 'lcg_ddl_command_end', 'CREATE TABLE never ()');
	through($session, $pid, 'ProcessUtility hook', 'process_utility', 'CREATE TABLE never ()');
	through($session, $pid, 'after ProcessUtility', 'after_process_utility', 'CREATE TABLE never ()');
	through($session, $pid, 'ExecutorStart hook', 'executor_start', 'DELETE FROM prompts WHERE id = 1');
	through($session, $pid, 'GUC check hook', 'check_approval_token', q{SET langchef_guard.approval_token = 'lcg_x'});
	through($session, $pid, 'table trigger', 'lcg_alembic_step_trigger', q{UPDATE alembic_version SET version_num = 'two' WHERE version_num = 'one'});
	attempt_in($session, 'CREATE SCHEMA unused');
	through($session, $pid, 'event trigger, drop', 'lcg_sql_drop', 'DROP SCHEMA unused');

	is(attempt_in($session, q{SELECT count(*) FROM pg_class WHERE relname = 'never'})->{out}, 0, 'no failed command left its table');
	is(attempt_in($session, 'SELECT version_num FROM alembic_version')->{out}, 'one', 'nor its change');
	is(attempt_in($session, q{SELECT count(*) FROM langchef_guard.ledger WHERE identity LIKE '%never%'})->{out}, 0, 'nor a row in the ledger');
	is(attempt_in($session, 'SELECT count(*) FROM prompts')->{out}, 1, 'nor a loss');

	# A server error inside the guard's own reading of the catalogs.
	my $missing = attempt_in($session, q{SELECT langchef_guard.approve(999)});
	isnt($missing->{sqlstate}, '', 'an error of the guard itself');
	isnt($missing->{sqlstate}, 'XX000', 'has a proper SQLSTATE');
	$session->quit;
	return;
}

# The worker's errors reach the hint of the refusal, and the refusal stands.
sub background_worker
{
	my ($node) = @_;
	foreach my $kind (sort keys %expected)
	{
		my ($sqlstate, $message) = @{ $expected{$kind}->('proposal_worker') };
		$node->safe_psql('boundary', "ALTER DATABASE boundary SET langchef_guard.debug_point = 'proposal_worker $kind'");
		my $result = attempt($node, 'boundary', 'DROP TABLE prompts');
		is($result->{sqlstate}, 'LG001', "worker: $kind: the command is refused") or diag($result->{text});
		like($result->{hint}, qr/^No proposal could be filed: the background worker failed: \Q$message\E\./, "worker: $kind: the hint says why there is no proposal");
	}
	$node->safe_psql('boundary', 'ALTER DATABASE boundary RESET langchef_guard.debug_point');
	my $good = attempt($node, 'boundary', 'DROP TABLE prompts');
	refused_with($good, qr/^dropping table/, 'worker: the next one files again');

	# Before it can answer at all: the error is in the server log, whole.
	$node->append_conf('postgresql.conf', qq{langchef_guard.debug_point = 'proposal_worker_start server'\nlog_error_verbosity = verbose});
	$node->reload;
	my $start = -s $node->logfile;
	my $mute = attempt($node, 'boundary', 'DROP TABLE prompts CASCADE');
	is($mute->{sqlstate}, 'LG001', 'worker that fails at once: the command is refused') or diag($mute->{text});
	like($mute->{hint}, qr/^No proposal could be filed: the background worker ended without an answer/, 'worker that fails at once: the hint says so');
	my $log = slurp_file($node->logfile, $start);
	like($log, qr/ERROR:  XX001: server error at proposal_worker_start\n.*DETAIL:  Detail of proposal_worker_start\.\n.*HINT:  Hint of proposal_worker_start\.\n/,
		'worker that fails at once: SQLSTATE, detail and hint are in the log');
	$node->append_conf('postgresql.conf', qq{langchef_guard.debug_point = ''\nlog_error_verbosity = default});
	$node->reload;
	refused_with(attempt($node, 'boundary', 'DROP TABLE prompts'), qr/^dropping table/, 'worker: and the next one files again');
	is(rows($node, 'boundary', 'SELECT count(*) FROM prompts'), 1, 'worker: nothing was dropped');
	return;
}

# 50,000 refusals as statements of one session, then in one DO block.
sub memory
{
	my ($node) = @_;
	new_database($node, 'many');
	$node->safe_psql('many', q{
		CREATE TABLE prompts (id int PRIMARY KEY, version text);
		INSERT INTO prompts SELECT n, 'a' FROM generate_series(1, 10) n;
		CREATE INDEX prompts_version ON prompts (version);
		CREATE VIEW titles AS SELECT id FROM prompts});
	my @commands = ('DROP TABLE prompts CASCADE', 'ALTER TABLE prompts DROP COLUMN version', 'TRUNCATE prompts', 'DELETE FROM prompts');
	my @block = ('DO $$ DECLARE refused int := 0; state text; BEGIN',
		'FOR n IN 1 ..', 'LOOP BEGIN EXECUTE (ARRAY[' . join(', ', map { "'$_'" } @commands) . '])[n % 4 + 1];',
		'EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE;',
		q{refused := refused + (state = 'LG001')::int; END; END LOOP;},
		q{PERFORM set_config('refusals.counted', refused::text, false); END $$;});
	my $in_block = sub { my ($count) = @_; return join(' ', @block[ 0, 1 ], $count, @block[ 2 .. $#block ]); };
	my $statements = sub { my ($count) = @_; return map { "$commands[$_ % @commands];" } 1 .. $count; };
	my $weigh = '\! sed -n "s/^VmRSS: *//p" /proc/$BACKEND/status';

	my ($out, $err);
	my $script = join("\n", 'SELECT pg_backend_pid() AS pid \gset', '\setenv BACKEND :pid', '\set VERBOSITY sqlstate',
		$statements->(200), $weigh, $statements->(50_000), $weigh,
		$in_block->(200), $weigh, $in_block->(50_000), $weigh, q{SELECT current_setting('refusals.counted');}, '');
	$node->psql('many', $script, stdout => \$out, stderr => \$err, on_error_stop => 0);
	my $refused = () = $err =~ /ERROR:  LG001$/mg;
	is($refused, 50_200, 'every statement is refused');
	my @size = $out =~ /^\s*(\d+) kB$/mg;
	is(scalar(@size), 4, 'the backend was weighed four times');
	diag("50,000 refused statements in one session: resident memory $size[0] kB before, $size[1] kB after");
	diag("50,000 refusals caught in one DO block: resident memory $size[2] kB before, $size[3] kB after");
	cmp_ok($size[1] - $size[0], '<', 2048, 'resident memory does not grow by 2 MB over 50,000 refused statements');
	cmp_ok($size[3] - $size[2], '<', 2048, 'nor over 50,000 refusals in one DO block');
	like($out, qr/^50000$/m, 'which were all refusals');

	is(rows($node, 'many', 'SELECT count(*) FROM langchef_guard.proposals'), 4, 'they make four proposals');
	cmp_ok(rows($node, 'many', 'SELECT min(attempts) FROM langchef_guard.proposals'), '>', 8, 'with their attempts counted');
	is(rows($node, 'many', 'SELECT count(*) FROM prompts'), 10, 'and nothing is lost');
	return;
}

my $debug = new_cluster('debug', preload => 1, install_path => build_with_debug_points());
entry_points($debug);
background_worker($debug);
log_is_sound($debug, 'no process of the server crashed');
$debug->stop;

my $node = new_cluster('release', preload => 1);
is(attempt($node, 'postgres', q{SET langchef_guard.debug_point = 'lcg_status exception'})->{sqlstate}, '42602',
	'a release build has no debug points');
memory($node);
log_is_sound($node, 'no process of the server crashed');
$node->stop;

done_testing();
