# Tokens in sessions that look at the database as it was.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use Test::More;

my $node = new_cluster('tokens', preload => 1);
new_database($node, 'tokens');

foreach my $level ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
{
	$node->safe_psql('tokens', 'CREATE TABLE doomed (i int); INSERT INTO doomed VALUES (1)');
	my $session = session($node, 'tokens');
	attempt_in($session, "BEGIN ISOLATION LEVEL $level");
	attempt_in($session, 'SELECT count(*) FROM doomed');
	my $token = rows($node, 'tokens', 'SELECT langchef_guard.issue_token(current_user, NULL, NULL)');
	passes(attempt_in($session, "SET langchef_guard.approval_token = '$token'"), "$level: a token that is younger than the snapshot");
	passes(attempt_in($session, 'DROP TABLE doomed'), "$level: is good");
	passes(attempt_in($session, 'COMMIT'), "$level: and the command stands");
	is(rows($node, 'tokens', q{SELECT to_regclass('doomed') IS NULL}), 't', "$level: the table is gone");
	is(rows($node, 'tokens', q{SELECT string_agg(DISTINCT state, ' ') FROM langchef_guard.approvals}), 'spent', "$level: the token is spent");

	# Revoked or spent meanwhile, it is known to be so.
	$node->safe_psql('tokens', q{CREATE TABLE doomed (i int); INSERT INTO doomed VALUES (1)});
	$token = rows($node, 'tokens', 'SELECT langchef_guard.issue_token(current_user, NULL, NULL)');
	attempt_in($session, "BEGIN ISOLATION LEVEL $level");
	attempt_in($session, 'SELECT count(*) FROM doomed');
	rows($node, 'tokens', 'SELECT langchef_guard.revoke_token(max(id)) FROM langchef_guard.approvals');
	attempt_in($session, "SET langchef_guard.approval_token = '$token'");
	my $result = attempt_in($session, 'DROP TABLE doomed');
	refused_with($result, qr/^dropping table "public.doomed"/, "$level: a token revoked since the snapshot");
	like($result->{detail}, qr/The token has been revoked\.$/, "$level: is known to be revoked");
	attempt_in($session, 'ROLLBACK');
	$session->quit;
	passes(attempt($node, 'tokens', q{SET langchef_guard.mode = 'off'; DROP TABLE doomed; DELETE FROM langchef_guard.approval}), "$level: cleared");
}

log_is_sound($node, 'the server is sound');
done_testing();
