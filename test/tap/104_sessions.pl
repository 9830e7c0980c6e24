# Tokens and what ends with a session's state: RESET, DISCARD, savepoints, prepared transactions, pooled sessions.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use Test::More;

my $node = new_cluster('sessions', preload => 1, settings => [ 'max_prepared_transactions = 5', q{log_statement = 'none'} ]);
new_database($node, 'sessions');
$node->safe_psql('sessions', q{CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; GRANT alice TO bob; CREATE SCHEMA work AUTHORIZATION alice;
	SET SESSION AUTHORIZATION alice; CREATE TABLE work.t AS SELECT 1 AS a; CREATE TABLE work.u AS SELECT 1 AS a});

sub token
{
	my ($role, $uses) = @_;
	return rows($node, 'sessions', "SELECT langchef_guard.issue_token('$role', NULL, '{work.t,work.u}', max_uses => " . ($uses // 1) . ')');
}
sub uses { return rows($node, 'sessions', 'SELECT uses[1] FROM langchef_guard.approval ORDER BY id DESC LIMIT 1'); }
sub gone { my ($table) = @_; return rows($node, 'sessions', "SELECT to_regclass('work.$table') IS NULL"); }
sub make { my ($table) = @_; passes(attempt($node, 'sessions', "CREATE TABLE work.$table AS SELECT 1 AS a", user => 'alice'), "there is a table $table"); return; }

sub opened
{
	my ($role) = @_;
	return $node->background_psql('sessions', on_error_stop => 0, extra_params => [ '-U', $role, '-v', 'VERBOSITY=verbose', '-v', 'SHOW_CONTEXT=never' ]);
}

# In a block that is rolled back: a use tells whether the session has a good token, and costs none.
sub has_token
{
	my ($session) = @_;
	attempt_in($session, 'BEGIN');
	my $result = attempt_in($session, 'DROP TABLE work.t');
	attempt_in($session, 'ROLLBACK');
	return $result->{sqlstate} eq '' ? 'yes' : $result->{detail} =~ /token/i ? 'wrong' : $result->{sqlstate} eq 'LG001' ? 'no' : $result->{text};
}

my $token = token('alice');
my $session = opened('alice');
foreach my $way ([ 'SET', "SET langchef_guard.approval_token = '$token'" ], [ 'use_token()', "SELECT langchef_guard.use_token('$token')" ],
	[ 'set_config()', "SELECT set_config('langchef_guard.approval_token', '$token', false)" ])
{
	foreach my $end ('RESET langchef_guard.approval_token', 'RESET ALL', 'DISCARD ALL', q{SET langchef_guard.approval_token = ''},
		'SET langchef_guard.approval_token = DEFAULT')
	{
		passes(attempt_in($session, $way->[1]), "$way->[0] presents a token");
		is(has_token($session), 'yes', 'which is good');
		attempt_in($session, $end);
		is(has_token($session), 'no', "$end takes it away");
	}
}
is(attempt_in($session, "SET langchef_guard.approval_token = '$token'; SHOW langchef_guard.approval_token")->{out}, '', 'SHOW does not show it');
is(attempt_in($session, q{SELECT count(*) FROM pg_settings WHERE name LIKE '%approval_token%' OR setting LIKE '%lcg\_%' OR reset_val LIKE '%lcg\_%'})->{out}, 0, 'nor does pg_settings');
is(attempt_in($session, q{SELECT current_setting('langchef_guard.approval_token')})->{out}, '', 'nor current_setting()');

# DISCARD ALL of a pool gives the connection back; another user of it is another role, or the same without a token.
attempt_in($session, 'DISCARD ALL');
$session->quit;
my $pooled = session($node, 'sessions');
attempt_in($pooled, "SET SESSION AUTHORIZATION alice; SET langchef_guard.approval_token = '$token'");
is(has_token($pooled), 'yes', 'a pooled session of alice has her token');
attempt_in($pooled, 'RESET SESSION AUTHORIZATION; SET SESSION AUTHORIZATION bob');
is(has_token($pooled), 'wrong', 'which is none for bob, who comes after her without DISCARD');
attempt_in($pooled, 'RESET SESSION AUTHORIZATION; DISCARD ALL; SET SESSION AUTHORIZATION alice');
is(has_token($pooled), 'no', 'and gone after DISCARD ALL');
# As poolers by transaction are told to be used: what SET LOCAL gave ends with the transaction.
attempt_in($pooled, 'BEGIN');
attempt_in($pooled, "SET LOCAL langchef_guard.approval_token = '$token'");
passes(attempt_in($pooled, 'SAVEPOINT s; DROP TABLE work.t; ROLLBACK TO s'), 'SET LOCAL presents a token for a transaction');
attempt_in($pooled, 'COMMIT');
is(has_token($pooled), 'no', 'and for no other');
$pooled->quit;
is(uses(), 0, 'all this has spent nothing');
{
	local $ENV{PGOPTIONS} = "-c langchef_guard.approval_token=$token";
	my $given = opened('alice');
	is(has_token($given), 'yes', 'a token given with the connection');
	attempt_in($given, q{SET langchef_guard.approval_token = ''});
	is(has_token($given), 'no', 'can be put away');
	attempt_in($given, 'RESET ALL');
	is(has_token($given), 'yes', 'and is that of the connection again after RESET ALL');
	$given->quit;
}

# SET LOCAL and savepoints.
$session = opened('alice');
my $wrong = 'lcg_' . '0' x 64;
attempt_in($session, "SET langchef_guard.approval_token = '$wrong'");
attempt_in($session, 'BEGIN');
attempt_in($session, 'SAVEPOINT s');
attempt_in($session, "SET LOCAL langchef_guard.approval_token = '$token'");
passes(attempt_in($session, 'DROP TABLE work.t'), 'SET LOCAL after a savepoint');
attempt_in($session, 'ROLLBACK TO s');
my $reverted = attempt_in($session, 'DROP TABLE work.t');
like($reverted->{detail}, qr/is not a token of this guard\.$/, 'ROLLBACK TO SAVEPOINT brings the token from before back');
attempt_in($session, 'ROLLBACK TO s');
attempt_in($session, "SET LOCAL langchef_guard.approval_token = '$token'");
attempt_in($session, 'SAVEPOINT t');
passes(attempt_in($session, 'DROP TABLE work.t'), 'the use that was rolled back is there again');
attempt_in($session, 'RELEASE t');
my $second = attempt_in($session, 'DROP TABLE work.u');
like($second->{detail}, qr/The token is spent\.$/, 'and only once in a transaction');
attempt_in($session, 'COMMIT');
is(gone('t') . uses(), 'f0', 'a transaction that failed spends nothing');
attempt_in($session, 'RESET ALL');

# A refusal that a block catches takes no use along, nor does what a subtransaction drops and gives up.
attempt_in($session, "SET langchef_guard.approval_token = '$token'");
passes(attempt_in($session, q{DO $$ BEGIN
	BEGIN DROP TABLE work.t; RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END;
	BEGIN DROP SCHEMA work CASCADE; EXCEPTION WHEN SQLSTATE 'LG001' THEN NULL; END;
	DROP TABLE work.u; END $$}), 'of three tries in a block the last one counts');
is(gone('t') . gone('u') . uses(), 'ft1', 'and spends the token');

# Prepared transactions spend when they are committed, and hold the use until then.
make('u');
$token = token('alice');
attempt_in($session, "SET langchef_guard.approval_token = '$token'");
passes(attempt_in($session, "BEGIN;\nDROP TABLE work.t;\nPREPARE TRANSACTION 'one'"), 'PREPARE TRANSACTION after an approved command');
is(uses(), 0, 'the token is not spent yet');
my $waits = attempt_in($session, "SET lock_timeout = '100ms';\nDROP TABLE work.u");
is($waits->{sqlstate}, '55P03', 'nor free: who wants to use it waits');
attempt_in($session, 'RESET lock_timeout');
$session->quit;
$node->stop('immediate');
$node->start;
is(uses(), 0, 'after a crash it is as before');
$session = opened('alice');
attempt_in($session, "SET langchef_guard.approval_token = '$token'; SET lock_timeout = '100ms'");
is(attempt_in($session, 'DROP TABLE work.u')->{sqlstate}, '55P03', 'and still held');
$node->safe_psql('sessions', q{ROLLBACK PREPARED 'one'});
is(gone('t') . uses(), 'f0', 'ROLLBACK PREPARED gives it back');
passes(attempt_in($session, "BEGIN;\nDROP TABLE work.t;\nPREPARE TRANSACTION 'two'"), 'it is good for another one');
passes(attempt($node, 'sessions', q{COMMIT PREPARED 'two'}), 'which another session commits');
is(gone('t') . uses(), 't1', 'the command is done and the token spent, once');
like(attempt_in($session, 'DROP TABLE work.u')->{detail}, qr/The token is spent\.$/, 'so it is no good any more');
is(rows($node, 'sessions', q{SELECT count(*) FROM langchef_guard.ledger l JOIN langchef_guard.approval a ON a.id = l.approval_id
	WHERE l.identity = 'work.t' AND l.operation = 'drop'}), 1, 'and the ledger has the one drop');

# Two uses, one of them in a prepared transaction: the other is there when that one has ended.
make('t');
$token = token('alice', 2);
attempt_in($session, "RESET lock_timeout; SET langchef_guard.approval_token = '$token'");
passes(attempt_in($session, "BEGIN;\nDROP TABLE work.t;\nPREPARE TRANSACTION 'three'"), 'one of two uses in a prepared transaction');
$node->safe_psql('sessions', q{COMMIT PREPARED 'three'});
passes(attempt_in($session, 'DROP TABLE work.u'), 'the other one after it');
is(gone('t') . gone('u') . uses(), 'tt2', 'both are spent');
is(rows($node, 'sessions', 'SELECT langchef_guard.resync()'), 0, 'and the ledger lacks nothing');

# What was proposed with commands that a prepared transaction took along is not proposed again.
make('t');
make('u');
$token = token('alice');
attempt_in($session, "SET langchef_guard.approval_token = '$token'");
passes(attempt_in($session, "BEGIN;\nDROP TABLE work.t;\nPREPARE TRANSACTION 'four'"), 'a prepared transaction ends');
attempt_in($session, q{RESET langchef_guard.approval_token});
refused_with(attempt_in($session, 'DROP TABLE work.u'), qr/^dropping table "work.u"/, 'what is refused after it');
is(rows($node, 'sessions', 'SELECT statements FROM langchef_guard.proposals ORDER BY last_attempt_at DESC LIMIT 1'), '{"DROP TABLE work.u"}', 'is proposed by itself');
$node->safe_psql('sessions', q{ROLLBACK PREPARED 'four'});
$session->quit;
log_is_sound($node, 'the server is sound');
$node->stop;

done_testing();
