# The record: written to, misled, and made to tell what it must not.
package Attack::Section6;

use strict;
use warnings FATAL => 'all';

use Attack::Token;
use Attack::Words;
use utf8;

sub title { return '6. The record'; }

# Sealed rows are altered by a superuser; verification names it.
sub sealed_then
{
	my ($sql) = @_;
	return sub {
		my ($w, $role) = @_;
		$w->attempt('s', q{COMMENT ON TABLE app.fresh IS 'a'; SELECT langchef_guard.seal(); COMMENT ON TABLE app.fresh IS 'b'; SELECT langchef_guard.seal()});
		my $done = $w->attempt('s', $sql);
		return ("error $done->{sqlstate}", $done) if $done->{sqlstate};
		my $outcome = $w->attempt('s', 'SELECT * FROM langchef_guard.verify_ledger()');
		return ('verify_ledger(): ' . ($outcome->{sqlstate} || 'nothing'), $outcome);
	};
}

# A table of an odd name is to be dropped: what a reader of the proposal gets.
sub odd_name
{
	my ($name) = @_;
	return sub {
		my ($w, $role) = @_;
		my $quoted = $w->look("SELECT quote_ident($name)") =~ s/\n\z//r;
		$w->arrange("DO \$d\$ BEGIN EXECUTE format('CREATE TABLE app.%I AS SELECT 1 AS x', $name); EXECUTE format('ALTER TABLE app.%I OWNER TO attack_owner', $name); END \$d\$");
		my ($told, $outcome) = end_of($w, $role, "DO \$d\$ BEGIN EXECUTE format('DROP TABLE app.%I', $name); END \$d\$");
		my $clean = $w->look(q{SELECT count(*) FROM langchef_guard.proposals WHERE summary ~ '[\x01-\x1f\x7f]'});
		return ("$told; summaries with control characters: $clean; in the message: " . ($outcome->{message} =~ /[\x00-\x1f]/ ? 'some' : 'none'), $outcome);
	};
}

# Whether what a command carried is in the ledger or in a proposal.
sub secret_in
{
	my ($sql) = @_;
	return sub {
		my ($w, $role, $mark) = @_;
		my $outcome = $w->attempt($role, $sql);
		my $rows = $w->look(qq{SELECT count(*) FROM langchef_guard.ledger l WHERE id > $mark->{ledger}});
		my $found = $w->look(q{SELECT (SELECT count(*) FROM langchef_guard.ledger l WHERE l::text ~ 'hidden-word') + (SELECT count(*) FROM langchef_guard.proposal p WHERE p::text ~ 'hidden-word')});
		return (($w->told($outcome, $mark) =~ s/:? .*//r) . "; the secret is in $found rows", $outcome);
	};
}

# Who the ledger says it was: authenticated, session, outer and effective role of the newest row.
sub identities
{
	my ($sql) = @_;
	return sub {
		my ($w, $role, $mark) = @_;
		my $outcome = $w->attempt($role, $sql);
		return ("error $outcome->{sqlstate}", $outcome) if $outcome->{sqlstate};
		my $who = $w->look("SELECT DISTINCT concat_ws(' ', authenticated_role, session_role, outer_role, effective_role) FROM langchef_guard.ledger WHERE id > $mark->{ledger} AND command_tag = 'CREATE TABLE'");
		return ("recorded for $who", $outcome);
	};
}

# Two changes of one transaction, under a clock setting: order and times of their rows.
sub in_order
{
	my ($set) = @_;
	return sub {
		my ($w, $role, $mark) = @_;
		my $outcome = $w->attempt($role, "$set; BEGIN; CREATE TABLE app.new (x int); SELECT pg_sleep(0.01); ALTER TABLE app.new ADD COLUMN y int; COMMIT");
		return ("error $outcome->{sqlstate}", $outcome) if $outcome->{sqlstate};
		my $order = $w->look(qq{SELECT string_agg(command_tag, ', ' ORDER BY id) || '; ' || CASE WHEN bool_and(recorded_at > transaction_at AND recorded_at BETWEEN '$mark->{time}' AND clock_timestamp())
			AND count(DISTINCT recorded_at) = 2 AND count(DISTINCT transaction_at) = 1 THEN 'both clocks hold' ELSE 'a clock is wrong' END FROM langchef_guard.ledger WHERE id > $mark->{ledger}});
		return ($order, $outcome);
	};
}

sub cases
{
	my @fresh = (rebuild => 1, may_change => qr/./);
	my $ledger = 'langchef_guard.ledger';
	my $altered = 'verify_ledger(): LG005';
	my @seals = (roles => 's', @fresh);
	return (
		attack(94, 'a row added', "INSERT INTO $ledger OVERRIDING SYSTEM VALUE SELECT (l).* FROM (SELECT l FROM $ledger l LIMIT 0) x", superusers(recorded('INSERT')), triggers => superusers(own_tables())),
		attack('94a', 'rows altered', "UPDATE $ledger SET session_role = 'nobody'", superusers(recorded('UPDATE')), triggers => superusers(own_tables())),
		attack('94b', 'rows deleted', "DELETE FROM $ledger WHERE id > 0", superusers(recorded('DELETE')), triggers => superusers(own_tables())),
		attack('94c', 'rows merged', "MERGE INTO $ledger l USING (VALUES (1)) v (x) ON true WHEN MATCHED THEN UPDATE SET statement = NULL", superusers(recorded('MERGE')), triggers => superusers(own_tables())),
		attack('94d', 'rows copied in', "COPY langchef_guard.policy (action) FROM PROGRAM 'echo allow'", superusers(recorded('COPY')), triggers => superusers(own_tables())),
		attack('94e', 'the ids set back', q{SELECT setval('langchef_guard.ledger_id_seq', 1)}, superusers(cannot('a sequence has no rows; the next id that exists fails the command', undef))),
		attack('94f', 'a column of another type', "ALTER TABLE $ledger ALTER COLUMN statement TYPE varchar(10) USING left(statement, 10)", superusers(guards_itself())),
		attack('94g', 'DELETE by the auditor', "SET ROLE attack_auditor; DELETE FROM $ledger", superusers(postgres_refuses('42501'))),
		attack('94h', 'a sealed row altered', sealed_then("UPDATE $ledger SET session_role = 'nobody' WHERE id = (SELECT min(id) FROM $ledger)"), $altered, @seals),
		attack('94i', 'a sealed row deleted', sealed_then("DELETE FROM $ledger WHERE id = (SELECT min(id) FROM $ledger)"), $altered, @seals),
		attack('94j', 'a row put among sealed ones', sealed_then("INSERT INTO $ledger OVERRIDING SYSTEM VALUE SELECT (r).* FROM (SELECT jsonb_populate_record(l, '{\"id\": 1}') r FROM $ledger l ORDER BY id LIMIT 1) x"), $altered, @seals),
		attack('94k', 'the first seal deleted', sealed_then('DELETE FROM langchef_guard.seal WHERE id = (SELECT min(id) FROM langchef_guard.seal)'), $altered, @seals),
		attack('94l', 'the last seal deleted', sealed_then('DELETE FROM langchef_guard.seal WHERE id = (SELECT max(id) FROM langchef_guard.seal)'),
			cannot('nothing comes after it but its line in the server log', undef, 'verify_ledger(): nothing'), @seals),
		attack(95, 'a newline and a psql command in a name', odd_name(q{E'x\n\\\\! echo pwned'}), refused('D01') . '; summaries with control characters: 0; in the message: none', @fresh,
			shown => q{`DROP TABLE` of `E'x\n\\\\! echo pwned'`}),
		attack('95a', 'quotes in a name', odd_name(q{$n$it's "quoted"$n$}), refused('D01') . '; summaries with control characters: 0; in the message: none', @fresh, shown => q{`DROP TABLE` of `it's "quoted"`}),
		attack('95b', 'an escape sequence of terminals in a name', odd_name(q{E'x\x1b[2J'}), refused('D01') . '; summaries with control characters: 0; in the message: none', @fresh, shown => q{`DROP TABLE` of `E'x\x1b[2J'`}),
		attack('95c', 'a look-alike is allowed, the table itself is not', 'DROP TABLE app.calls', refused('D01'), undo => 'DELETE FROM langchef_guard.policy; DROP TABLE app."саlls"',
			setup => q{CREATE TABLE app."саlls" (x int); INSERT INTO langchef_guard.policy (object, action) VALUES ('app."саlls"', 'allow')}),
		attack('95d', 'a name cut at 63 bytes', 'DROP TABLE app.' . 'n' x 70, refused('D01'), setup => 'CREATE TABLE app.' . 'n' x 63 . ' (x int); ALTER TABLE app.' . 'n' x 63 . ' OWNER TO attack_owner',
			undo => 'DROP TABLE app.' . 'n' x 63),
		attack('95e', 'a statement of 10 MB', sub { return end_of(@_[0, 1], 'DROP TABLE app.calls /* ' . 'x' x 10_000_000 . ' */'); }, refused('D01'), roles => 'o', shown => '`DROP TABLE app.calls /* xxx... */`'),
		attack('95f', 'a policy for a name of another case', 'DROP TABLE app.calls', refused('D01'), setup => q{INSERT INTO langchef_guard.policy (object, action) VALUES ('app."CALLS"', 'allow')},
			undo => 'DELETE FROM langchef_guard.policy'),
		attack(96, 'the password of a role', secret_in(q{ALTER ROLE attack_spare PASSWORD 'hidden-word'}), 'recorded; the secret is in 0 rows', roles => 'ds', triggers => not_loaded('passes; the secret is in 0 rows'),
			undo => 'ALTER ROLE attack_spare PASSWORD NULL', shown => q{`ALTER ROLE attack_spare PASSWORD '...'`}),
		attack('96a', 'a password beside a command in one message', secret_in(q{SELECT 'hidden-word'\; CREATE TABLE app.new (x int)}), 'recorded; the secret is in 0 rows', @fresh,
			shown => q{`SELECT '...'\; CREATE TABLE app.new (x int)`}),
		attack('96b', 'the password of a user mapping', secret_in(q{ALTER USER MAPPING FOR attack_owner SERVER srv OPTIONS (SET password 'hidden-word')}), 'recorded; the secret is in 0 rows', @fresh,
			shown => q{`ALTER USER MAPPING ... OPTIONS (SET password '...')`}),
		attack('96c', 'the connection string of a subscription', secret_in(q{CREATE SUBSCRIPTION sub CONNECTION 'dbname=none password=hidden-word' PUBLICATION p WITH (connect = false, slot_name = NONE)}),
			'recorded; the secret is in 0 rows', roles => 's', undo => 'DROP SUBSCRIPTION IF EXISTS sub', may_change => qr/./, shown => q{`CREATE SUBSCRIPTION sub CONNECTION '...'`}),
		attack('96d', 'a password in a command that is refused', secret_in(q{SELECT 'hidden-word'\; DROP TABLE app.calls}), 'refused; the secret is in 0 rows', shown => q{`SELECT '...'\; DROP TABLE app.calls`}),
		attack('96e', 'a password in the body of a function', secret_in(q{CREATE FUNCTION app.new() RETURNS text LANGUAGE sql AS $$SELECT 'hidden-word'$$}),
			cannot('a definition must be whole to be restored', undef, 'recorded; the secret is in 1 rows'), @fresh, shown => q{`CREATE FUNCTION app.new() ... AS 'SELECT ...'`}),
		attack(97, 'SET SESSION AUTHORIZATION and SET ROLE', identities('SET SESSION AUTHORIZATION attack_dbo; SET ROLE attack_owner; CREATE TABLE app.new (x int)'),
			'recorded for postgres attack_dbo attack_owner attack_owner', roles => 's', @fresh, shown => '`SET SESSION AUTHORIZATION attack_dbo; SET ROLE attack_owner; CREATE TABLE app.new (x int)`'),
		attack('97a', 'SET ROLE', identities('SET ROLE attack_owner; CREATE TABLE app.new (x int)'), { o => 'recorded for attack_owner attack_owner attack_owner attack_owner',
			d => 'recorded for attack_dbo attack_dbo attack_owner attack_owner', s => 'recorded for postgres postgres attack_owner attack_owner' }, @fresh, shown => '`SET ROLE attack_owner; CREATE TABLE app.new (x int)`'),
		attack('97b', 'a SECURITY DEFINER function', identities('SELECT app.makes()'), { o => 'recorded for attack_owner attack_owner attack_owner attack_super',
			d => 'recorded for attack_dbo attack_dbo attack_dbo attack_super', s => 'recorded for postgres postgres postgres attack_super' }, @fresh, shown => '`SELECT app.makes()`',
			setup => q{CREATE FUNCTION app.makes() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN CREATE TABLE app.new (x int); END'; ALTER FUNCTION app.makes() OWNER TO attack_super}),
		attack(98, 'a temporary table of a protected name', 'CREATE TEMP TABLE calls (x int); SET search_path = app; DROP TABLE calls; DROP TABLE calls', refused('D01')),
		attack('98a', 'a temporary table of a protected name, only that', 'CREATE TEMP TABLE calls AS SELECT 1 AS x; DROP TABLE calls', passes()),
		attack('98b', 'a protected table by way of a search_path with pg_temp', 'SET search_path = pg_temp, app; DROP TABLE calls', refused('D01')),
		attack('98c', 'a temporary table moved out', 'CREATE TEMP TABLE moved (x int); ALTER TABLE moved SET SCHEMA app', postgres_refuses('0A000')),
		attack('98d', 'a protected table moved to the temporary schema', 'CREATE TEMP TABLE first (x int); ALTER TABLE app.calls SET SCHEMA pg_temp; DROP TABLE pg_temp.calls', postgres_refuses('0A000')),
		attack('98e', 'a permanent table truncated along with a temporary one', 'CREATE TEMP TABLE mine AS SELECT 1 AS x; TRUNCATE mine, app.lonely', refused('D07')),
		attack(99, 'the time zone of the session', in_order(q{SET TimeZone = 'Asia/Tokyo'}), 'CREATE TABLE, ALTER TABLE; both clocks hold', @fresh, shown => q{`SET TimeZone; BEGIN; CREATE ...; ALTER ...; COMMIT`}),
		attack('99a', 'log_timezone', in_order(q{SELECT 1}), 'CREATE TABLE, ALTER TABLE; both clocks hold', @fresh, setup => q{ALTER SYSTEM SET log_timezone = 'Asia/Tokyo'; SELECT pg_reload_conf()},
			undo => q{ALTER SYSTEM RESET ALL; SELECT pg_reload_conf()}, shown => '`BEGIN; CREATE ...; ALTER ...; COMMIT`', stand_in => 'a changed clock of the machine'),
	);
}

1;
