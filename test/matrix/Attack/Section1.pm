# Destructive commands that do not come as themselves.
package Attack::Section1;

use strict;
use warnings FATAL => 'all';

use Attack::Protocol;
use Attack::Words;

sub title { return '1. Reaching the command indirectly'; }

my $drop = 'DROP TABLE app.lonely CASCADE';
my $refused = refused('D01', 'D02');
my $emptying = refused('D09');
my $allow = q{INSERT INTO langchef_guard.policy (object, action) VALUES ('app.lonely', 'allow');};
my $forget = q{DELETE FROM langchef_guard.policy;};

# A statement prepared while a policy allowed it, executed when none does any more.
sub prepared_before
{
	my ($prepare, $execute) = @_;
	return sub {
		my ($w, $role, $mark) = @_;
		my $session = $w->session($role);
		my $first = $session->attempt("$prepare; BEGIN; $execute; ROLLBACK");
		die $first->{text} if $first->{sqlstate};
		$w->arrange($forget);
		my $seen = $w->told($session->attempt($execute), $mark);
		$session->close;
		return $seen;
	};
}

# A portal that stays suspended while the table is dropped.
sub suspended
{
	my ($w, $role, $mark) = @_;
	my $connection = Attack::Protocol->open($w->{node}, 'guarded', $Attack::Fixture::role{$role});
	my $outcome = $connection->exchange(Attack::Protocol::parse('SELECT * FROM app.lonely'), Attack::Protocol::bind_portal('held'),
		Attack::Protocol::execute('held', 1), Attack::Protocol::parse($drop), Attack::Protocol::bind_portal(''),
		Attack::Protocol::execute('', 0), Attack::Protocol::sync());
	die "no portal was suspended: $outcome->{text}" if $outcome->{text} !~ /^suspended/;
	return ($w->told($outcome, $mark), $outcome);
}

sub extended
{
	my ($w, $role, $mark) = @_;
	my $connection = Attack::Protocol->open($w->{node}, 'guarded', $Attack::Fixture::role{$role});
	my $outcome = $connection->exchange(Attack::Protocol::parse($drop), Attack::Protocol::bind_portal(''), Attack::Protocol::execute('', 1),
		Attack::Protocol::sync());
	return ($w->told($outcome, $mark), $outcome);
}

# A token used in a transaction that is prepared and committed from elsewhere: it is spent, once.
sub prepared_transaction
{
	my ($w, $role) = @_;
	my $name = $Attack::Fixture::role{$role};
	my $token = $w->attempt('s', "SELECT langchef_guard.issue_token('$name', NULL, NULL)")->{out} =~ s/\s//gr;
	my $first = $w->attempt($role, qq{BEGIN; SET LOCAL langchef_guard.approval_token = '$token'; DROP TABLE app.calls; PREPARE TRANSACTION 'later'});
	return "$first->{sqlstate} $first->{message}" if $first->{sqlstate};
	my $second = $w->session($role);
	$second->send(qq{SET langchef_guard.approval_token = '$token'; DROP TABLE app.fresh});
	$w->wait_for_waiter;
	$w->attempt($role, q{COMMIT PREPARED 'later'});
	my $third = $second->result;
	$second->close;
	my $tags = $w->look(q{SELECT string_agg(DISTINCT command_tag, ', ') FROM langchef_guard.ledger WHERE identity = 'app.calls'});
	my $state = $w->look(q{SELECT string_agg(state, ', ') FROM langchef_guard.approvals});
	return "recorded: $tags; the token is $state; used again: $third->{sqlstate}";
}

sub cases
{
	return (
		attack(1, 'dynamic SQL', q{DO $$ BEGIN EXECUTE 'dro' || 'p table app.lonely cascade'; END $$}, $refused),
		attack('1a', 'text put together by the client', q{SELECT 'dro' || 'p table app.lonely cascade' AS c \gset
			:c}, $refused),
		attack('1b', 'SQL that a function of the server runs', q{SELECT query_to_xml('DROP TABLE app.lonely CASCADE', true, true, '')},
			postgres_refuses('0A000')),
		attack(2, 'in a SECURITY DEFINER function', q{SELECT app.drops()}, $refused),
		attack('2a', 'in a function of the session', q{CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE sql AS 'DROP TABLE app.lonely CASCADE'; SELECT pg_temp.f()},
			$refused),
		attack(3, 'in a trigger function of another table', q{INSERT INTO app.trap VALUES (1)}, $refused),
		attack('3a', 'in a deferred constraint trigger', q{BEGIN; INSERT INTO app.fresh VALUES (1); COMMIT}, $refused,
			setup => q{CREATE CONSTRAINT TRIGGER late AFTER INSERT ON app.fresh DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.drop_row()},
			undo => q{DROP TRIGGER late ON app.fresh}),
		attack(4, 'in a procedure with COMMIT', q{CALL app.committer()}, $refused),
		attack('4a', 'in a block with COMMIT', q{DO $$ BEGIN COMMIT; DROP TABLE app.lonely CASCADE; COMMIT; END $$}, $refused),
		attack(5, 'in a procedure that catches the error', q{CALL app.catcher()}, 'refused inside, D01, D02'),
		attack('5a', 'in a loop that catches the error', q{DO $$ BEGIN FOR n IN 1 .. 3 LOOP BEGIN DROP TABLE app.lonely CASCADE;
			EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$}, 'refused inside, D01, D02', commit => 1),
		attack(6, 'undone by ROLLBACK TO', "BEGIN; SAVEPOINT a; $drop; ROLLBACK TO a; COMMIT", $refused),
		attack('6a', 'with ON_ERROR_ROLLBACK', "\\set ON_ERROR_ROLLBACK on\nBEGIN;\n$drop;\nCOMMIT", $refused),
		attack(7, 'a statement prepared before the policy was tightened', prepared_before('PREPARE p AS DELETE FROM app.lonely', 'EXECUTE p'), $emptying,
			setup => $allow, undo => $forget, may_change => qr/^policy$/, triggers => not_loaded(), rebuild => 1, shown => '`PREPARE p AS DELETE FROM app.lonely; ... EXECUTE p`'),
		attack('7a', 'a plan that PL/pgSQL keeps', prepared_before(q{CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE plpgsql AS 'BEGIN DELETE FROM app.lonely; END'},
			'SELECT pg_temp.f()'), $emptying, setup => $allow, undo => $forget, may_change => qr/^policy$/, shown => '`DELETE FROM app.lonely`'),
		attack(8, 'a BEGIN ATOMIC function made while the guard was off', q{SELECT app.atomic()}, $emptying, triggers => not_loaded(),
			setup => q{CREATE FUNCTION app.atomic() RETURNS void LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC DELETE FROM app.lonely; END},
			undo => q{DROP FUNCTION app.atomic()}),
		attack('8a', 'a prepared statement of the same text under another search_path', q{SET search_path = full_of; CREATE TEMP TABLE lonely (x int);
			PREPARE p AS DELETE FROM lonely; EXECUTE p; DISCARD TEMP; SET search_path = app; EXECUTE p}, $emptying),
		attack(9, 'several statements in one message', q{DROP TABLE app.lonely CASCADE\; DROP VIEW app.v}, $refused),
		attack('9a', 'several statements with their own COMMIT', q{SELECT 1\; COMMIT\; DROP TABLE app.lonely CASCADE\; COMMIT}, $refused),
		attack(10, 'extended protocol, with a portal left suspended', \&suspended, refused('D01', 'D02'), shown => code_of($drop)),
		attack('10a', 'extended protocol, with a limit of rows', \&extended, $refused, shown => code_of($drop)),
		attack(11, 'under an open cursor WITH HOLD', "BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT * FROM app.lonely; FETCH c; $drop; COMMIT", $refused),
		attack('11a', 'after a cursor WITH HOLD is committed', "BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT * FROM app.lonely; COMMIT; $drop", $refused),
		attack(12, 'a token used in a prepared transaction that another session commits', \&prepared_transaction,
			'recorded: DROP TABLE; the token is spent; used again: LG002', rebuild => 1,
			shown => q{`BEGIN; DROP TABLE app.calls; PREPARE TRANSACTION 'later'; ... COMMIT PREPARED 'later'`}),
		attack('12a', 'PREPARE TRANSACTION without a token', "BEGIN; $drop; PREPARE TRANSACTION 'p'", $refused),
		attack(13, 'EXPLAIN ANALYZE that creates', q{EXPLAIN ANALYZE CREATE TABLE app.new AS SELECT 1 AS x}, recorded('EXPLAIN'), triggers => not_loaded()),
		attack(14, 'EXPLAIN ANALYZE that creates', q{EXPLAIN ANALYZE CREATE MATERIALIZED VIEW app.new AS SELECT 1 AS x},
			recorded('EXPLAIN'), triggers => not_loaded()),
		attack('14a', 'EXPLAIN ANALYZE that creates over what a function drops', q{EXPLAIN ANALYZE CREATE TABLE app.new AS SELECT app.drops()::text}, $refused),
		attack(15, 'EXPLAIN ANALYZE that deletes', q{EXPLAIN ANALYZE DELETE FROM app.lonely}, $emptying, triggers => not_loaded()),
		attack('15a', 'EXPLAIN ANALYZE of a prepared DELETE', q{PREPARE p AS DELETE FROM app.lonely; EXPLAIN ANALYZE EXECUTE p}, $emptying, triggers => not_loaded()),
		attack('15b', 'EXPLAIN without ANALYZE', q{EXPLAIN DELETE FROM app.lonely}, passes()),
		attack(16, 'dblink back to this database as another role', q{SELECT app.loop_back('DROP TABLE app.lonely CASCADE')}, $refused),
		attack('16a', 'postgres_fdw back to this database', q{DELETE FROM app.far}, $emptying, triggers => not_loaded()),
		attack('16b', 'postgres_fdw back to this database', q{TRUNCATE app.far}, refused('D07'), triggers => not_loaded(), roles => 'od'),
		attack(17, 'a job of its own', $drop, $refused, options => '-c application_name=pg_cron', stand_in => 'pg_cron, whose jobs are sessions like this one'),
		attack('17a', 'a job of its own that catches the error', q{CALL app.catcher()}, 'refused inside, D01, D02', options => '-c application_name=pg_cron'),
		attack(18, 'CREATE TABLE AS EXECUTE', q{PREPARE p AS SELECT app.drops()::text AS x; CREATE TABLE app.new AS EXECUTE p}, $refused),
		attack('18a', 'CREATE TABLE AS EXECUTE of what changes nothing', q{PREPARE p AS SELECT 1 AS x; CREATE TABLE app.new AS EXECUTE p}, recorded('CREATE TABLE AS')),
		attack(19, '\gexec', qq{SELECT '$drop' \\gexec}, $refused),
		attack('19a', '\copy of a query that deletes', q{\copy (DELETE FROM app.lonely RETURNING x) TO '/dev/null'}, $emptying, triggers => not_loaded()),
		attack('19b', 'COPY of a query that calls a function that drops', q{COPY (SELECT app.drops()) TO STDOUT}, $refused),
	);
}

sub code_of { my ($sql) = @_; return "`$sql`"; }

1;
