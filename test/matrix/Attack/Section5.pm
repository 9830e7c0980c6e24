# Tokens: read, inherited, guessed, and used for what they are not for.
package Attack::Section5;

use strict;
use warnings FATAL => 'all';

use Attack::Token;
use Attack::Words;
use PostgreSQL::Test::Utils;

sub title { return '5. The token'; }

my $drop = 'DROP TABLE app.calls';
my $dropped = recorded('DROP TABLE');
my $refused = refused('D01');
my $visible = 'the token is shown';
my $hidden = 'the token is not shown';

sub shown_in { my ($text, $token) = @_; return $text =~ /\Q$token\E/ ? $visible : $hidden; }

# The token in what a statement of the same session shows.
sub shown_to_session
{
	my ($sql) = @_;
	return sub {
		my ($w, $role) = @_;
		my $token = scoped($w, $role);
		my $outcome = $w->attempt($role, using($token, $sql));
		return (shown_in($outcome->{text}, $token), $outcome);
	};
}

# The token in what another session sees while the first one holds it.
sub shown_to_other
{
	my ($give, $sql, $where) = @_;
	return sub {
		my ($w, $role) = @_;
		my $token = scoped($w, $role);
		my $session = $w->session($role, options => $give ? undef : "-c langchef_guard.approval_token=$token");
		$session->value($give ? $give =~ s/%t/$token/r : 'SELECT 1');
		my $pid = $session->value('SELECT pg_backend_pid()') if !$give;
		my $text = ref $sql ? $sql->($w, $pid) : $w->attempt($role, $sql)->{text};
		$session->close;
		return shown_in($text, $token);
	};
}

# A whole approval: the token in no message, view, table or log.
sub shown_anywhere
{
	my ($w, $role, $mark) = @_;
	my $token = approved($w, $role, $drop);
	my $outcome = $w->attempt($role, $drop, options => "-c langchef_guard.approval_token=$token");
	die $outcome->{text} if $outcome->{sqlstate};
	my $wrong = $w->attempt($role, 'DROP TABLE app.fresh', options => "-c langchef_guard.approval_token=$token");
	my $stored = join '', map { $w->look("SELECT x FROM langchef_guard.$_ x") } qw(ledger proposal approval known_object);
	return shown_in($wrong->{text} . $stored . $w->log_since($mark), $token);
}

# Statements in one session, with %t for a token that a superuser gave for the last of them.
sub with_token
{
	my ($script, @rolled) = @_;
	return sub {
		my ($w, $role) = @_;
		my $token = approved($w, $role, $drop);
		return end_of($w, $role, $script =~ s/%t/$token/gr, @rolled);
	};
}

# Wrong ones, then the right one.
sub guessed
{
	my ($w, $role) = @_;
	my $token = approved($w, $role, $drop);
	my $guesses = join ', ', map { "'lcg_" . ('0' x 61) . sprintf('%03d', $_) . "'" } 1 .. 40;
	my $wrong = $w->attempt($role, qq{DO \$\$ DECLARE t text; n int = 0; BEGIN FOREACH t IN ARRAY ARRAY[$guesses] LOOP BEGIN
		PERFORM langchef_guard.use_token(t); $drop; EXCEPTION WHEN SQLSTATE 'LG001' THEN n = n + 1; END; END LOOP; RAISE EXCEPTION '% refused', n; END \$\$});
	my ($right) = end_of($w, $role, using($token, $drop), rolled => 1);
	return ("$wrong->{message}; then with the right one, $right", $wrong);
}

# Used, then used again after what happened in between.
sub used_again
{
	my ($between, @rolled) = @_;
	return sub {
		my ($w, $role) = @_;
		# A sequence of a copied database would be set back by a crash before the first checkpoint.
		$w->look('CHECKPOINT') if $between == \&crashed;
		my $token = approved($w, $role, $drop);
		my $session = $w->session($role);
		my $first = $session->attempt(using($token, "BEGIN; $drop; "));
		die $first->{text} if $first->{sqlstate};
		$between->($w, $session);
		return end_of($w, $role, using($token, $drop), @rolled);
	};
}

sub ended { my ($sql) = @_; return sub { my ($w, $session) = @_; $session->attempt($sql); $session->close; return; }; }

# The server goes down at once while the transaction is open.
sub crashed
{
	my ($w, $session) = @_;
	$w->{monitor}->close;
	$w->{node}->stop('immediate');
	$session->close;
	$w->{node}->start;
	$w->attach;
	$w->{started} = $w->look('SELECT pg_postmaster_start_time()');
	return;
}

# Two sessions with one token for one use.
sub raced
{
	my ($w, $role, $mark, $second_sql) = @_;
	my $token = scoped($w, $role);
	my @sessions = map { $w->session($role) } 1 .. 2;
	my $first = $sessions[0]->attempt(using($token, "BEGIN; $drop"));
	die $first->{text} if $first->{sqlstate};
	$sessions[1]->send(using($token, $second_sql // 'DROP TABLE app.fresh'));
	$w->wait_for_waiter;
	$sessions[0]->value('COMMIT');
	my $second = $sessions[1]->result;
	$_->close foreach @sessions;
	return ("one passes; the other: $second->{sqlstate}", $second);
}

# Approved, then something else done by an administrator, then used; undo: of that.
sub after
{
	my ($for, $change, $sql, %option) = @_;
	return sub {
		my ($w, $role) = @_;
		my $token = approved($w, $role, $for);
		$w->arrange($change) if $change;
		my @result = end_of($w, $role, using($token, $sql // $for), %option);
		$w->arrange($option{undo}) if $option{undo};
		return @result;
	};
}

sub by_other_role
{
	my ($w, $role) = @_;
	my $token = scoped($w, 'attack_other');
	return end_of($w, $role, using($token, $drop));
}

sub in_other_database
{
	my ($w, $role) = @_;
	my $token = approved($w, $role, $drop);
	$w->detach;
	$w->arrange('CREATE DATABASE guarded_twin TEMPLATE guarded', 'outside');
	my $outcome = $w->attempt($role, using($token, $drop), where => 'guarded_twin');
	$w->arrange('DROP DATABASE guarded_twin WITH (FORCE)', 'outside');
	$w->attach;
	return ("in the other database: $outcome->{sqlstate}", $outcome);
}

sub expired
{
	my ($w, $role) = @_;
	my $token = approved($w, $role, $drop, q{'10 milliseconds'});
	$w->look('SELECT pg_sleep(0.05)');
	return end_of($w, $role, using($token, $drop));
}

sub revoked_while_waiting
{
	my ($w, $role) = @_;
	my $token = approved($w, $role, $drop);
	my $mark = $w->mark;
	my $holder = $w->session('s');
	$holder->value('BEGIN; LOCK TABLE app.calls IN ACCESS SHARE MODE');
	my $waiting = $w->session($role);
	$waiting->send(using($token, $drop));
	$w->wait_for_waiter;
	my $revoking = $w->session('s');
	$revoking->send(q{SET lock_timeout = '300ms'; SELECT langchef_guard.revoke_token(max(id)) FROM langchef_guard.approvals});
	my $revoked = $revoking->result;
	$holder->value('COMMIT');
	my $outcome = $waiting->result;
	$_->close foreach $holder, $waiting, $revoking;
	return ("the revocation waits ($revoked->{sqlstate}); " . $w->told($outcome, $mark), $outcome) if $revoked->{sqlstate};
	return ($w->told($outcome, $mark), $outcome);
}

# Somebody decides on his own proposal, or by another's right.
sub approves
{
	my ($script) = @_;
	return sub {
		my ($w, $role) = @_;
		$w->look('DELETE FROM langchef_guard.approval; DELETE FROM langchef_guard.proposal');
		my $proposal = $w->attempt($role, $drop)->{hint} =~ /approve\((\d+)\)/ ? $1 : die 'not refused';
		my $outcome = $w->attempt($role, $script =~ s/%p/$proposal/gr);
		my $status = $w->look("SELECT status FROM langchef_guard.proposal WHERE id = $proposal");
		return (($outcome->{sqlstate} ? "error $outcome->{sqlstate}" : 'passes') . "; the proposal is $status", $outcome);
	};
}

sub cases
{
	my $not_yet = 'the library is loaded by the first DDL command only';
	my $text = 'the statement text is PostgreSQL\'s; PGOPTIONS and use_token() with a bound parameter avoid that';
	my @fresh = (rebuild => 1, may_change => qr/./);
	my @view = ('CREATE VIEW app.new AS SELECT * FROM app.calls', undef, undo => 'DROP VIEW app.new');
	my $wrapper = q{SET ROLE attack_approver; CREATE SCHEMA wrap; CREATE FUNCTION wrap.approve(bigint) RETURNS text LANGUAGE sql SECURITY DEFINER AS
		'SELECT langchef_guard.approve($1)'; GRANT USAGE ON SCHEMA wrap TO PUBLIC};
	return (
		attack(81, 'read by SHOW', shown_to_session('SHOW langchef_guard.approval_token'), $hidden, triggers => cannot($not_yet, undef, $visible), shown => '`SHOW langchef_guard.approval_token`'),
		attack('81a', 'read from pg_settings', shown_to_session(q{SELECT * FROM pg_settings WHERE name LIKE 'langchef%'}), $hidden, shown => '`SELECT * FROM pg_settings`'),
		attack('81b', 'read from pg_stat_activity, given by SET', shown_to_other(q{SET langchef_guard.approval_token = '%t'}, 'SELECT query FROM pg_stat_activity'),
			cannot($text, undef, $visible), shown => '`SELECT query FROM pg_stat_activity`'),
		attack('81c', 'read from pg_stat_activity, given by PGOPTIONS', shown_to_other(undef, 'SELECT * FROM pg_stat_activity'), $hidden, shown => '`SELECT * FROM pg_stat_activity`'),
		attack('81d', 'read from pg_stat_statements, given by SET', shown_to_other(q{SET langchef_guard.approval_token = '%t'}, 'SELECT query FROM pg_stat_statements'),
			cannot($text, undef, $visible), shown => '`SELECT query FROM pg_stat_statements`', until => 17, setup => 'CREATE EXTENSION pg_stat_statements', undo => 'DROP EXTENSION pg_stat_statements'),
		attack('81e', 'read from pg_stat_statements, given by use_token()', shown_to_other(q{SELECT langchef_guard.use_token('%t')}, 'SELECT query FROM pg_stat_statements'),
			$hidden, shown => '`SELECT query FROM pg_stat_statements`', setup => 'CREATE EXTENSION pg_stat_statements', undo => 'DROP EXTENSION pg_stat_statements'),
		attack('81f', 'read from ps, given by PGOPTIONS', shown_to_other(undef, sub { my ($w, $pid) = @_; return slurp_file("/proc/$pid/cmdline"); }), $hidden, shown => 'the title of the server process'),
		attack('81g', 'read from messages, ledger, proposals, approvals and the server log, given by PGOPTIONS', \&shown_anywhere, $hidden, @fresh, shown => "`$drop`"),
		attack('81h', 'stored for a role', q{ALTER ROLE CURRENT_USER SET langchef_guard.approval_token = 'lcg_0'}, postgres_refuses('22023'),
			undo => 'ALTER ROLE attack_owner RESET ALL; ALTER ROLE attack_dbo RESET ALL; ALTER ROLE postgres RESET ALL', commit => 1,
			triggers => superusers(cannot("$not_yet; a stored token is ignored", undef))),
		attack(82, 'read by a function on the table', shown_to_session(q{INSERT INTO app.spied DEFAULT VALUES RETURNING x}), $hidden,
			setup => q{CREATE TABLE app.spied (x text DEFAULT current_setting('langchef_guard.approval_token', true)); GRANT ALL ON app.spied TO PUBLIC}, undo => 'DROP TABLE app.spied',
			triggers => cannot($not_yet, undef, $visible), may_change => qr/spied/, shown => q{`... DEFAULT current_setting('langchef_guard.approval_token')`}),
		attack('82a', 'read by a function on the table during a DDL command', shown_to_session(q{ALTER TABLE app.fresh ADD COLUMN z text DEFAULT current_setting('langchef_guard.approval_token', true);
			INSERT INTO app.fresh DEFAULT VALUES RETURNING z}), $hidden, @fresh, shown => q{`... DEFAULT current_setting('langchef_guard.approval_token')`}),
		attack(83, 'left in a pooled connection: DISCARD ALL', with_token("SET langchef_guard.approval_token = '%t'; DISCARD ALL; $drop"), $refused, shown => "`SET ...; DISCARD ALL; $drop`"),
		attack('83a', 'RESET ALL', with_token("SET langchef_guard.approval_token = '%t'; RESET ALL; $drop"), $refused, shown => "`SET ...; RESET ALL; $drop`"),
		attack('83b', 'use_token() and DISCARD ALL', with_token("SELECT langchef_guard.use_token('%t'); DISCARD ALL; $drop"), $refused, shown => "`SELECT langchef_guard.use_token(...); DISCARD ALL; $drop`"),
		attack('83c', 'SET LOCAL and the end of the transaction', with_token("BEGIN; SET LOCAL langchef_guard.approval_token = '%t'; COMMIT; $drop"), $refused, shown => "`BEGIN; SET LOCAL ...; COMMIT; $drop`"),
		attack('83d', 'a pooled connection that nobody resets', with_token("SET langchef_guard.approval_token = '%t'; $drop", rolled => 1),
			cannot('it is one session to the server; SET LOCAL ends with the transaction', undef, $dropped), shown => "`SET ...; $drop`"),
		attack(84, 'ROLLBACK TO gives the earlier token back', with_token("SET LOCAL langchef_guard.approval_token = '%t'; SAVEPOINT a; SET LOCAL langchef_guard.approval_token = 'lcg_0'; ROLLBACK TO a; $drop",
			rolled => 1), $dropped, shown => "`SET LOCAL ...; SAVEPOINT a; SET LOCAL ...; ROLLBACK TO a; $drop`"),
		attack('84a', 'ROLLBACK TO takes the token away', with_token("BEGIN; SAVEPOINT a; SET LOCAL langchef_guard.approval_token = '%t'; ROLLBACK TO a; $drop; COMMIT"), $refused,
			shown => "`SAVEPOINT a; SET LOCAL ...; ROLLBACK TO a; $drop`"),
		attack(85, 'guessing, and no lock-out of who has the right one', \&guessed, '40 refused; then with the right one, recorded: DROP TABLE', shown => 'forty wrong tokens'),
		attack('85a', 'a token cut short', sub { my ($w, $role) = @_; my $t = substr(approved($w, $role, $drop), 0, -1); return end_of($w, $role, using($t, $drop)); }, $refused, shown => "`$drop`"),
		attack('85b', 'the hash in place of the token', sub { my ($w, $role) = @_; approved($w, $role, $drop);
			my $t = $w->look(q{SELECT 'lcg_' || encode(token_hash, 'hex') FROM langchef_guard.approval ORDER BY id DESC LIMIT 1}); return end_of($w, $role, using($t, $drop)); }, $refused, shown => "`$drop`"),
		attack(86, 'again after COMMIT', used_again(ended('COMMIT; CREATE TABLE app.calls (x int)')), $refused, @fresh, shown => "`$drop`"),
		attack('86a', 'again after ROLLBACK: it was given back', used_again(ended('ROLLBACK'), rolled => 1), $dropped, shown => "`$drop`"),
		attack('86b', 'again after ROLLBACK PREPARED: it was given back', used_again(ended(q{PREPARE TRANSACTION 'later'; ROLLBACK PREPARED 'later'}), rolled => 1), $dropped, shown => "`$drop`"),
		attack('86c', 'again after the session was terminated', used_again(sub { my ($w, $session) = @_; my $pid = $session->value('SELECT pg_backend_pid()');
			$w->look("SELECT pg_terminate_backend($pid, 5000)"); $session->close; return; }, rolled => 1), $dropped, shown => "`$drop`"),
		attack('86d', 'again after a crash before the commit', used_again(\&crashed, rolled => 1), $dropped, roles => 'o', shown => "`$drop`"),
		attack(87, 'two sessions race for one use', \&raced, 'one passes; the other: LG002', @fresh, shown => "`$drop`"),
		attack('87a', 'two sessions race for one use on one table', sub { return raced(@_[0 .. 2], $drop); }, 'one passes; the other: 42P01', triggers => 'one passes; the other: LG002', @fresh, shown => "`$drop`"),
		attack(88, 'for two objects', after('DROP TABLE app.fresh', undef, 'DROP TABLE app.fresh, app.calls'), $refused, shown => '`DROP TABLE app.fresh, app.calls`'),
		attack('88a', 'for a wider CASCADE', after("$drop CASCADE", @view), refused('D01', 'D02'), shown => "`$drop CASCADE`"),
		attack('88b', 'for CASCADE in place of RESTRICT', after($drop, $view[0], "$drop CASCADE", @view[2, 3]), refused('D01', 'D02'), shown => "`$drop CASCADE`"),
		attack('88c', 'for another column', after('ALTER TABLE app.t DROP COLUMN b', undef, 'ALTER TABLE app.t DROP COLUMN c'), refused('D03'), shown => '`ALTER TABLE app.t DROP COLUMN c`'),
		attack(89, 'for another table that took the name', after($drop, 'ALTER TABLE app.calls RENAME TO x; ALTER TABLE app.fresh RENAME TO calls', undef,
			undo => 'ALTER TABLE app.calls RENAME TO fresh; ALTER TABLE app.x RENAME TO calls'), $refused, shown => "`$drop`"),
		attack('89a', 'for a column that took the name', after('ALTER TABLE app.t DROP COLUMN b', 'ALTER TABLE app.t RENAME b TO x; ALTER TABLE app.t RENAME c TO b', undef,
			undo => 'ALTER TABLE app.t RENAME b TO c; ALTER TABLE app.t RENAME x TO b'), refused('D03'),
			shown => '`ALTER TABLE app.t DROP COLUMN b`'),
		attack(90, 'another comment, case and white space', after($drop, undef, "drop /* now */\n  TABLE\tapp . calls", rolled => 1), $dropped, shown => '`drop /* now */ TABLE app . calls`'),
		attack('90a', 'another search_path', after($drop, undef, 'SET search_path = app; DROP TABLE calls', rolled => 1), $dropped, shown => '`SET search_path = app; DROP TABLE calls`'),
		attack('90b', 'IF EXISTS', after($drop, undef, 'DROP TABLE IF EXISTS app.calls', rolled => 1), $dropped, shown => '`DROP TABLE IF EXISTS app.calls`'),
		attack('90c', 'DELETE of another text', after('DELETE FROM app.lonely', undef, 'DELETE FROM app.lonely RETURNING x'), refused('D09'), modes => 'p', shown => '`DELETE FROM app.lonely RETURNING x`'),
		attack('90d', 'DELETE under another search_path', after('SET search_path = app; DELETE FROM lonely', undef, 'SET search_path = full_of, app; DELETE FROM lonely'), refused('D09'), modes => 'p',
			shown => '`DELETE FROM lonely`'),
		attack(91, 'of another role', \&by_other_role, $refused, shown => "`$drop`"),
		attack('91a', 'of another database', \&in_other_database, 'in the other database: LG001', shown => "`$drop`"),
		attack('91b', 'run out', \&expired, $refused, shown => "`$drop`"),
		attack('91c', 'revoked while the command waits for a lock', \&revoked_while_waiting, 'refused LG002', @fresh,
			triggers => cannot('the command has spent the token already', undef, "the revocation waits (55P03); $dropped"), shown => "`$drop`"),
		attack('91d', 'from another address', with_token("SET langchef_guard.approval_token = '%t'; $drop", rolled => 1), cannot('a token is bound to a role and not to an address', undef, $dropped), shown => "`$drop`"),
		attack(92, 'the requester approves', approves('SELECT langchef_guard.approve(%p)'), { o => 'error 42501; the proposal is pending', d => 'error 42501; the proposal is pending',
			s => 'passes; the proposal is approved' }, shown => '`SELECT langchef_guard.approve(...)`'),
		attack('92a', 'the requester approves, under four_eyes', approves('SELECT langchef_guard.approve(%p)'), 'error 42501; the proposal is pending',
			setup => 'ALTER DATABASE guarded SET langchef_guard.four_eyes = on', undo => 'ALTER DATABASE guarded RESET ALL', shown => '`SELECT langchef_guard.approve(...)`'),
		attack('92b', 'the requester is a member of the approver, under four_eyes', approves('SET ROLE attack_approver; SELECT langchef_guard.approve(%p)'), 'error 42501; the proposal is pending',
			setup => 'ALTER DATABASE guarded SET langchef_guard.four_eyes = on; GRANT attack_approver TO attack_owner', undo => 'ALTER DATABASE guarded RESET ALL; REVOKE attack_approver FROM attack_owner',
			shown => '`SET ROLE attack_approver; SELECT langchef_guard.approve(...)`'),
		attack('92c', 'SET SESSION AUTHORIZATION to the approver, under four_eyes', approves('SET SESSION AUTHORIZATION attack_approver; SELECT langchef_guard.approve(%p)'), 'error 42501; the proposal is pending',
			setup => 'ALTER DATABASE guarded SET langchef_guard.four_eyes = on', undo => 'ALTER DATABASE guarded RESET ALL',
			shown => '`SET SESSION AUTHORIZATION attack_approver; SELECT langchef_guard.approve(...)`'),
		attack('92d', 'a SECURITY DEFINER function of the approver', approves('SELECT wrap.approve(%p)'), 'error 42501; the proposal is pending',
			setup => "GRANT CREATE ON DATABASE guarded TO attack_approver; $wrapper", undo => 'DROP SCHEMA wrap CASCADE; REVOKE CREATE ON DATABASE guarded FROM attack_approver', shown => '`SELECT wrap.approve(...)`'),
		attack('92e', 'the proposal forged', approves(q{UPDATE langchef_guard.proposal SET status = 'approved' WHERE id = %p}), { o => 'error 42501; the proposal is pending',
			d => 'error 42501; the proposal is pending', s => 'passes; the proposal is approved' }, shown => q{`UPDATE langchef_guard.proposal SET status = 'approved'`}),
		attack('92f', 'the approval given to oneself', q{INSERT INTO langchef_guard.approval (token_hash, role, role_oid, database_oid, system_identifier, max_uses, uses, issued_by, issued_at, valid_until)
			SELECT sha256('lcg_0'), current_user, current_user::regrole, oid, 0, 1, '{0}', 'postgres', now(), now() + '1 day' FROM pg_database WHERE datname = current_database()}, superusers(recorded('INSERT')), triggers => superusers(own_tables())),
		attack('92g', 'the policy changed', q{INSERT INTO langchef_guard.policy (action) VALUES ('allow')}, superusers(recorded('INSERT')), triggers => superusers(own_tables())),
		attack(93, 'a new dependent after the approval', after("$drop CASCADE", @view), refused('D01', 'D02'), shown => "`$drop CASCADE`"),
		attack('93a', 'far more rows after the approval', after('DROP TABLE app.other CASCADE', 'INSERT INTO app.other SELECT n FROM generate_series(1, 1000) n; ANALYZE app.other', undef, rolled => 1), refused('D01', 'D02'), @fresh,
			shown => '`DROP TABLE app.other CASCADE`'),
	);
}

1;
