# Whatever the guard lacks (its tables, a worker, disk, memory, time): a command is refused or fails whole, within a
# bounded time, no token is spent for nothing, and the server stays up.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

# What psql and a busy machine need comes on top of the wait.
my $slack = 3;
my $patience = 0.6;

my $node = new_cluster('closed', preload => 1, initdb => ['--wal-segsize=1'],
	settings => [ 'langchef_guard.proposal_timeout = ' . 1000 * $patience, q{log_statement = 'none'}, 'max_worker_processes = 3', 'max_logical_replication_workers = 0',
		'autovacuum = off', 'max_prepared_transactions = 2' ]);
new_database($node, 'closed');
$node->safe_psql('closed', q{
	CREATE ROLE developer LOGIN;
	CREATE SCHEMA work; GRANT ALL ON SCHEMA work TO developer;
	CREATE TABLE work.kept AS SELECT 1 AS a;
	CREATE INDEX kept_a ON work.kept (a);
	ALTER TABLE work.kept OWNER TO developer});

my $scope = q{ARRAY['work.kept', 'work.kept_a']};
sub token { return rows($node, 'closed', "SELECT langchef_guard.issue_token('developer', NULL, $scope)"); }
sub newest_uses { return rows($node, 'closed', 'SELECT uses[1] FROM langchef_guard.approval ORDER BY id DESC LIMIT 1'); }

sub timed
{
	my ($sql, %option) = @_;
	my $start = time;
	my $result = attempt($node, 'closed', $sql, user => 'developer', %option);
	$result->{took} = time - $start;
	return $result;
}

sub in_time
{
	my ($result, $limit, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	cmp_ok($result->{took}, '<', $limit + $slack, "$name: in time");
	return;
}

sub all_there
{
	my ($name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is(rows($node, 'closed', q{SELECT string_agg(relname, ' ' ORDER BY relname) || ' ' || bool_and(i.indisvalid)
		FROM pg_class LEFT JOIN pg_index i ON indexrelid = pg_class.oid WHERE relnamespace = 'work'::regnamespace}), 'kept kept_a true', "$name: the schema is as it was");
	return;
}

# A command of each kind, for each table of the guard that another session has locked.
sub locked_tables
{
	my %needs = (
		ledger => { create => '55P03', approved => '55P03', refused => 'LG001' },
		known_object => { create => '55P03', approved => '55P03', refused => 'LG001' },
		approval => { create => '', approved => '55P03', refused => 'LG001' },
		policy => { create => '', approved => '55P03', refused => '55P03' },
		proposal => { create => '', approved => '', refused => 'LG001' });
	my $token = token();
	foreach my $table (sort keys %needs)
	{
		my $holder = session($node, 'closed');
		attempt_in($holder, "BEGIN; LOCK TABLE langchef_guard.$table IN ACCESS EXCLUSIVE MODE");
		my %command = (
			create => "BEGIN; CREATE TABLE work.made (a int); ROLLBACK",
			approved => "SET langchef_guard.approval_token = '$token'; BEGIN; DROP TABLE work.kept; ROLLBACK",
			refused => 'DROP TABLE work.kept');
		foreach my $kind (sort keys %command)
		{
			my $name = "$table locked, $kind";
			my $result = timed($command{$kind});
			is($result->{sqlstate}, $needs{$table}{$kind}, "$name: ends as it should") or diag($result->{text});
			in_time($result, $patience, $name);
			next if $result->{sqlstate} ne '55P03';
			is($result->{message}, qq{could not lock "langchef_guard.$table" within 600 ms}, "$name: says why");
		}
		# Somebody who waits for locks less than that need not.
		my $impatient = timed("SET lock_timeout = '50ms'; BEGIN; CREATE TABLE work.made (a int)");
		like($impatient->{message}, qr/^could not lock "langchef_guard.$table" within 50 ms$/, "$table locked: lock_timeout holds") if $needs{$table}{create} eq '55P03';
		attempt_in($holder, 'ROLLBACK');
		$holder->quit;
		all_there("$table locked");
	}
	is(newest_uses(), 0, 'the token was spent for none of them');
	my $holder = session($node, 'closed');
	attempt_in($holder, 'BEGIN; LOCK TABLE langchef_guard.ledger IN ACCESS EXCLUSIVE MODE');
	my $off = attempt($node, 'closed', q{SET langchef_guard.mode = 'off'});
	is($off->{sqlstate}, '55P03', 'the guard is not switched off without a record, either');
	# What has made files cannot be taken back: it is carried out, and the lack is told.
	my $irrevocable = attempt($node, 'closed', 'CREATE DATABASE made');
	passes($irrevocable, 'CREATE DATABASE is carried out');
	like($irrevocable->{text}, qr/WARNING:  55P03: CREATE DATABASE is not in the ledger of langchef_guard$/m, 'with a warning') or diag($irrevocable->{text});
	attempt_in($holder, 'ROLLBACK');
	$holder->quit;
	# A table that is held for a moment is waited for.
	my $brief = session($node, 'closed');
	attempt_in($brief, 'BEGIN; LOCK TABLE langchef_guard.ledger IN ACCESS EXCLUSIVE MODE');
	my $maker = session($node, 'closed');
	$maker->query_until(qr/started/, "\\echo started\nCREATE TABLE work.made (a int);\n\\echo :SQLSTATE\n");
	sleep 0.2;
	attempt_in($brief, 'COMMIT');
	is($maker->query('SELECT 1') =~ /00000/ ? 1 : 0, 1, 'a table that is held for less is waited for');
	passes(attempt($node, 'closed', q{SET langchef_guard.mode = 'record'; DROP TABLE work.made}), 'and the command is carried out');
	$_->quit foreach $brief, $maker;
	return;
}

sub interrupted
{
	my $holder = session($node, 'closed');
	attempt_in($holder, 'BEGIN; LOCK TABLE langchef_guard.proposal IN ACCESS EXCLUSIVE MODE');
	my $result = timed("SET statement_timeout = '200ms';\nDROP TABLE work.kept");
	is($result->{sqlstate}, '57014', 'statement_timeout while a proposal is filed');
	in_time($result, 0.2, 'statement_timeout');
	my $session = session($node, 'closed');
	my $pid = attempt_in($session, 'SELECT pg_backend_pid()')->{out};
	$session->query_until(qr/started/, "\\echo started\nTRUNCATE work.kept;\n");
	# As soon as it waits: it does so for a moment only.
	rows($node, 'closed', "DO \$\$ BEGIN LOOP EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'langchef_guard.proposal'::regclass);" .
		" PERFORM pg_sleep(0.005); END LOOP; PERFORM pg_cancel_backend($pid); END \$\$");
	like($session->query("\\echo :SQLSTATE"), qr/57014/, 'a cancel request while a proposal is filed');
	$session->quit;
	attempt_in($holder, 'ROLLBACK; BEGIN; LOCK TABLE langchef_guard.ledger IN ACCESS EXCLUSIVE MODE');
	$result = timed("SET statement_timeout = '200ms';\nCREATE TABLE work.made (a int)");
	is($result->{sqlstate}, '57014', 'statement_timeout while a change is recorded');
	in_time($result, 0.2, 'statement_timeout');
	attempt_in($holder, 'ROLLBACK');
	$holder->quit;
	all_there('interrupted');
	return;
}

# Both slots are taken by workers that wait.
sub no_worker
{
	my $token = token();
	my $holder = session($node, 'closed');
	attempt_in($holder, 'BEGIN; LOCK TABLE langchef_guard.proposal IN ACCESS EXCLUSIVE MODE');
	my @waiting = map { session($node, 'closed') } 1 .. 2;
	my $n = 0;
	attempt_in($_, q{SET langchef_guard.proposal_timeout = '20s'}) foreach @waiting;
	$_->query_until(qr/started/, "\\echo started\nALTER TABLE work.kept " . ($n++ ? 'DROP COLUMN a' : 'SET UNLOGGED') . ";\n") foreach @waiting;
	$node->poll_query_until('closed', q{SELECT count(*) = 2 FROM pg_stat_activity WHERE backend_type = 'langchef_guard worker'});
	my $result = timed('DROP TABLE work.kept');
	is($result->{sqlstate}, 'LG001', 'no worker: refused');
	like($result->{hint}, qr/^No proposal could be filed: no background worker slot came free\./, 'no worker: says so');
	in_time($result, $patience, 'no worker');
	$result = timed("SET langchef_guard.approval_token = '$token';\nDROP INDEX CONCURRENTLY work.kept_a");
	is($result->{sqlstate}, '55000', 'no worker: what needs one to spend its token fails');
	in_time($result, $patience, 'no worker, outside a transaction');
	is(newest_uses(), 0, 'no worker: no token is spent');
	all_there('no worker');
	# One that comes free in time is used.
	my $late = session($node, 'closed');
	$late->query_until(qr/started/, "\\echo started\nDROP SCHEMA work CASCADE;\n");
	sleep 0.1;
	attempt_in($holder, 'ROLLBACK');
	$late->{stderr} = '';
	$late->query('SELECT 1');
	like($late->{stderr}, qr/Proposal \d+ was filed/, 'a slot that comes free in time is used');
	$_->quit foreach $holder, @waiting, $late;
	return;
}

# A role that files without end fills neither the disk nor the list of others.
sub flood
{
	$node->safe_psql('closed', q{INSERT INTO langchef_guard.proposal (requester, requester_oid, authenticated_role, effective_role, summary, digest, commands, filed_at, last_attempt_at)
		SELECT 'developer', 'developer'::regrole, 'developer', 'developer', 'x', sha256(n::text::bytea), '[]', now(), now() FROM generate_series(1, 1000) AS n});
	my $result = timed('DROP TABLE work.kept CASCADE; ');
	my $other = timed('ALTER TABLE work.kept DROP COLUMN a');
	is("$result->{sqlstate} $other->{sqlstate}", 'LG001 LG001', 'flood: refused');
	like($other->{hint}, qr/^No proposal could be filed: role "developer" has 1000 proposals pending already\.  The command is refused all the same/, 'flood: not filed');
	is(rows($node, 'closed', q{SELECT count(*) >= 1000 AND count(*) < 1010 FROM langchef_guard.proposal WHERE requester = 'developer'}), 't', 'flood: no more than a thousand');
	refused_with(attempt($node, 'closed', 'ALTER TABLE work.kept DROP COLUMN a'), qr/^dropping column/, 'flood: others are heard');
	$node->safe_psql('closed', q{DELETE FROM langchef_guard.proposal WHERE commands = '[]'});
	refused_with(timed('ALTER TABLE work.kept DROP COLUMN a'), qr/^dropping column/, 'flood: and the role, too, once there is room');
	return;
}

sub limit
{
	my ($pid, $what, $value) = @_;
	system('prlimit', '--pid', $pid, "--$what=$value:") == 0 or die "prlimit failed: $?";
	return;
}

sub size_of { my ($table) = @_; return rows($node, 'closed', "SELECT pg_relation_size('langchef_guard.$table')"); }

# Files cannot grow any more: that of the ledger for a session, those of all tables for a worker.
sub disk_full
{
	# The ledger becomes the largest file of all but a little, and its last page full.
	$node->safe_psql('closed', q{SET langchef_guard.mode = 'record';
		DO $$ BEGIN
			WHILE pg_relation_size('langchef_guard.ledger') < 3000000 LOOP
				INSERT INTO langchef_guard.ledger OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(NULL::langchef_guard.ledger,
					to_jsonb(l) || jsonb_build_object('id', nextval('langchef_guard.ledger_id_seq'), 'statement', repeat(md5(n::text), 50)))).*
				FROM (SELECT * FROM langchef_guard.ledger ORDER BY id LIMIT 1) AS l, generate_series(1, 100) AS n;
			END LOOP;
		END $$});
	my $token = token();
	my $session = session($node, 'closed');
	my $pid = attempt_in($session, 'SELECT pg_backend_pid()')->{out};
	attempt_in($session, 'CREATE TABLE work.warm (a int)');
	attempt_in($session, q{SET langchef_guard.mode = 'record'; DROP TABLE work.warm; RESET langchef_guard.mode; SET SESSION AUTHORIZATION developer});
	limit($pid, 'fsize', size_of('ledger'));
	my $failed;
	my $made = 0;
	foreach my $n (1 .. 60)
	{
		$failed = attempt_in($session, "CREATE TABLE work.n$n (a int)");
		last if $failed->{sqlstate} ne '';
		$made++;
	}
	like($failed->{message}, qr/^could not (?:extend|write)/, 'disk full: a change that cannot be recorded fails');
	is(rows($node, 'closed', q{SELECT count(*) FROM pg_class WHERE relnamespace = 'work'::regnamespace AND relname LIKE 'n%'}), $made, 'disk full: and is undone');
	attempt_in($session, "SET langchef_guard.approval_token = '$token'");
	my $approved = attempt_in($session, 'DROP TABLE work.kept');
	like($approved->{message}, qr/^could not (?:extend|write)/, 'disk full: so is what is approved');
	is(newest_uses(), 0, 'disk full: without its token being spent');
	is(attempt_in($session, 'RESET langchef_guard.approval_token; TRUNCATE work.kept')->{sqlstate}, 'LG001', 'disk full: what is not is refused');
	limit($pid, 'fsize', 'unlimited');
	passes(attempt_in($session, 'CREATE TABLE work.n0 (a int)'), 'with room, it goes on');
	is(rows($node, 'closed', 'SELECT langchef_guard.resync()'), 0, 'and the ledger lacks nothing');
	$session->quit;
	$node->safe_psql('closed', q{SET langchef_guard.mode = 'record'; DO $$ DECLARE t text; BEGIN
		FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'work'::regnamespace AND relname LIKE 'n%' LOOP EXECUTE 'DROP TABLE work.' || t; END LOOP; END $$});

	# Of a worker: it comes from the postmaster, and inherits its limits.
	$node->safe_psql('closed', 'VACUUM langchef_guard.proposal');
	$node->safe_psql('closed', q{
		INSERT INTO langchef_guard.proposal (status, requester, requester_oid, authenticated_role, effective_role, summary, digest, commands, filed_at, last_attempt_at)
			SELECT 'rejected', 'x', 1, 'x', 'x', 'x', sha256(n::text::bytea), jsonb_build_array(jsonb_build_object('tag', 'x', 'effects', '[]'::jsonb, 'statement', repeat(md5(n::text), 40))), now(), now() FROM generate_series(1, 2500) AS n});
	my $postmaster = (split /\n/, slurp_file($node->data_dir . '/postmaster.pid'))[0];
	my $warm = session($node, 'closed');
	attempt_in($warm, q{SET SESSION AUTHORIZATION developer; SELECT 1});
	limit($postmaster, 'fsize', size_of('proposal'));
	my $unfiled;
	# As many as the last page and a free one take.
	foreach my $n (1 .. 40)
	{
		$unfiled = attempt_in($warm, "ALTER TABLE work.kept ALTER COLUMN a TYPE varchar($n) /* " . join('', map { int rand 10 } 1 .. 900) . ' */');
		last if $unfiled->{hint} =~ /^No proposal/;
	}
	limit($postmaster, 'fsize', 'unlimited');
	is($unfiled->{sqlstate}, 'LG001', 'disk full: refused without a proposal');
	like($unfiled->{hint}, qr/^No proposal could be filed: the background worker failed: could not extend/, 'disk full: and told why');
	$warm->quit;
	refused_with(timed('ALTER TABLE work.kept DROP COLUMN a'), qr/^dropping column/, 'with room, proposals are filed again');
	all_there('disk full');
	return;
}

# A session that gets no more memory, at ever higher limits.
sub out_of_memory
{
	my %seen;
	my $filler = 'x' x 3_000_000;
	foreach my $step (map { 1.5 * $_ } 0 .. 16)
	{
		my $session = session($node, 'closed');
		my $pid = attempt_in($session, 'SELECT pg_backend_pid()')->{out};
		attempt_in($session, 'SET SESSION AUTHORIZATION developer; DO $$ BEGIN END $$');
		my ($size) = slurp_file("/proc/$pid/status") =~ /^VmSize:\s+(\d+) kB/m;
		limit($pid, 'as', 1024 * ($size + 400 * $step * $step));
		foreach my $command ("DROP TABLE work.kept /* $filler */", "BEGIN; CREATE TABLE work.made (a int DEFAULT length('$filler'));\nROLLBACK",
			"DO \$\$ BEGIN EXECUTE 'TRUNCATE work.kept'; EXCEPTION WHEN OTHERS THEN RAISE; END \$\$")
		{
			my $result = attempt_in($session, $command);
			$seen{ $result->{sqlstate} }++;
		}
		limit($pid, 'as', 'unlimited');
		is(attempt_in($session, 'SELECT pg_backend_pid()')->{out}, $pid, "out of memory, step $step: the session goes on");
		$session->quit;
	}
	cmp_ok($seen{'53200'} // 0, '>', 3, 'memory was short in some');
	cmp_ok($seen{LG001} // 0, '>', 3, 'and sufficed in others');
	delete @seen{ '53200', 'LG001', '' };
	is(join(' ', sort keys %seen), '', 'nothing else went wrong');
	all_there('out of memory');
	return;
}

locked_tables();
interrupted();
no_worker();
flood();
disk_full();
out_of_memory();
my @lines = slurp_file($node->logfile) =~ /^.*LOG:  langchef_guard: refused [A-Z ]+ by role "\w+".*$/mg;
cmp_ok(scalar @lines, '>', 20, 'the log tells of the refusals');
is(scalar(grep { /no proposal: / } @lines) > 3, 1, 'and of those without a proposal');
log_is_sound($node, 'the server is sound');
$node->stop;

# No workers at all is told at once.
$node->append_conf('postgresql.conf', "max_worker_processes = 0\nlangchef_guard.proposal_timeout = '20s'");
$node->start;
my $at_once = timed('DROP TABLE work.kept');
is($at_once->{sqlstate}, 'LG001', 'without worker slots: refused');
in_time($at_once, 0, 'without worker slots');
$node->stop;

done_testing();
