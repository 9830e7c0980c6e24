# Attacks on the guard itself: its settings, its workers, and sessions that started before it was there.
package Attack::Section4b;

use strict;
use warnings FATAL => 'all';

use Attack::Words;
use PostgreSQL::Test::Utils;
use Time::HiRes ();

sub title { return '4. Switching the guard off'; }

my $drop = 'DROP TABLE app.lonely CASCADE';
my $refused = refused('D01', 'D02');
my $itself = superusers(guards_itself());

# The command is refused within the time, whatever keeps the guard from filing it; the server log has it.
sub within
{
	my ($w, $role, $mark, $seconds, $sql, %option) = @_;
	my $start = Time::HiRes::time();
	my $outcome = $w->attempt($role, $sql, %option);
	my $took = Time::HiRes::time() - $start;
	my $told = $outcome->{sqlstate} || 'passes';
	$told .= $w->log_since($mark) =~ /\b\Q$told\E\b/ ? ', in the server log' : ', not in the server log';
	return ($told . ($took <= $seconds ? ' and within its time' : sprintf(' after %.1f s', $took)), $outcome);
}

# While another session holds a table of the guard.
sub locked
{
	my ($table, $seconds, $sql, %option) = @_;
	return sub {
		my ($w, $role, $mark) = @_;
		my $holder = $w->session('s');
		$holder->value("BEGIN; LOCK TABLE langchef_guard.$table IN ACCESS EXCLUSIVE MODE");
		my @result = within($w, $role, $mark, $seconds, $sql, %option);
		$holder->value('ROLLBACK');
		$holder->close;
		return @result;
	};
}

# No background worker can be started.
sub without_workers
{
	my ($w, $role) = @_;
	$w->arrange('ALTER SYSTEM SET max_worker_processes = 1; ALTER SYSTEM SET max_logical_replication_workers = 1');
	$w->restarted(sub { });
	my @result = within($w, $role, $w->mark, 10, $drop);
	$w->arrange('ALTER SYSTEM RESET ALL');
	$w->restarted(sub { });
	return @result;
}

# In single-user mode.
sub single_user
{
	my ($w) = @_;
	my $said = $w->restarted(sub {
		my ($node) = @_;
		my $file = $node->basedir . '/single.sql';
		append_to_file($file, "DROP TABLE app.fresh\n");
		my ($data, $log) = ($node->data_dir, $node->basedir . '/single.log');
		system("postgres --single -D '$data' guarded <'$file' >'$log' 2>&1");
		return slurp_file($log);
	});
	my $there = $w->look(q{SELECT count(*) FROM pg_class WHERE relname = 'fresh'});
	return $there ? "refused: $said" : 'passes';
}

# A session that was there before the library was set for the database.
sub connected_before
{
	my ($w, $role, $mark) = @_;
	my $old = $w->session($role);
	$old->value('SELECT 1');
	$w->arrange(q{ALTER DATABASE guarded SET session_preload_libraries = 'langchef_guard'});
	my $new = $w->told($w->attempt($role, 'TRUNCATE app.lonely'), $mark);
	my $outcome = $old->attempt('TRUNCATE app.lonely');
	$old->close;
	$w->arrange('ALTER DATABASE guarded RESET ALL');
	return ("passes; a new session: $new", $outcome) if !$outcome->{sqlstate};
	return ($w->told($outcome, $mark), $outcome);
}

# An event trigger that fires before the guard's and switches the guard off.
my $earlier = q{CREATE FUNCTION app.early() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
	$$BEGIN PERFORM set_config('langchef_guard.mode', 'off', true); END$$;
	CREATE EVENT TRIGGER aaa ON ddl_command_start EXECUTE FUNCTION app.early()};
my $no_earlier = 'DROP EVENT TRIGGER aaa; DROP FUNCTION app.early()';

sub cases
{
	my @off = (with_mode => 1);
	return (
		attack(74, 'an event trigger that sorts before the guard\'s', q{CREATE FUNCTION app.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
			CREATE EVENT TRIGGER aaa ON ddl_command_start EXECUTE FUNCTION app.watch()}, superusers(recorded('CREATE EVENT TRIGGER', 'CREATE FUNCTION'))),
		attack('74a', 'and switches it off', $drop, $refused, setup => $earlier, undo => $no_earlier, rebuild => 1, @off,
			triggers => cannot('a superuser\'s event trigger ran first and switched the guard off, which is recorded', undef, recorded('SET'))),
		attack(75, 'session_preload_libraries of the client\'s own', $drop, superusers($refused, 'connection'), options => '-c session_preload_libraries='),
		attack('75a', 'local_preload_libraries of the client\'s own', $drop, $refused, options => '-c local_preload_libraries='),
		attack('75b', 'connected before session_preload_libraries was set', \&connected_before, refused('D07'), shown => '`TRUNCATE app.lonely`', rebuild => 1,
			triggers => cannot('sessions that are connected already do not load it', qr/^library loaded in every session/, 'passes; a new session: refused LG001 D07')),
		attack(76, 'single-user mode', \&single_user, cannot('event triggers are off there, and nothing is judged: it is PostgreSQL\'s way out'), roles => 's', rebuild => 1,
			shown => '`postgres --single`: `DROP TABLE app.fresh`'),
		attack(77, 'RESET ALL', "RESET ALL; $drop", $refused),
		attack('77a', 'DISCARD ALL', "DISCARD ALL; $drop", $refused),
		attack('77b', 'SET SESSION AUTHORIZATION', "SET SESSION AUTHORIZATION attack_owner; RESET ROLE; $drop", { o => $refused, d => postgres_refuses('42501'), s => $refused }),
		attack('77c', 'set_config()', "SELECT set_config('langchef_guard.mode', 'off', false); $drop", { o => postgres_refuses('42501'), d => postgres_refuses('42501'),
			s => recorded('SET') }, @off, triggers => { o => $refused, d => $refused, s => recorded('SET') }),
		attack('77d', 'UPDATE pg_settings', "UPDATE pg_settings SET setting = 'off' WHERE name = 'langchef_guard.mode'; $drop", { o => postgres_refuses('42501'),
			d => postgres_refuses('42501'), s => recorded('SET') }, @off, triggers => $refused),
		attack('77e', 'set_config() under another name', q{CREATE FUNCTION app.other_name(text, text, boolean) RETURNS text LANGUAGE internal AS 'set_config_by_name';
			SELECT app.other_name('langchef_guard.mode', 'off', false); DROP TABLE app.lonely CASCADE}, superusers(recorded('CREATE FUNCTION', 'SET')), @off),
		attack('77f', 'a function with a SET clause', q{CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE plpgsql SET langchef_guard.mode = 'off' AS 'BEGIN DROP TABLE app.lonely CASCADE; END';
			SELECT pg_temp.f()}, { o => postgres_refuses('42501'), d => postgres_refuses('42501'), s => recorded('SET') }, @off,
			triggers => { o => postgres_refuses('42501'), d => postgres_refuses('42501'), s => recorded('SET') }),
		attack('77g', 'the time-out for filing', sub { return within(@_[0 .. 2], 10, "LOAD 'langchef_guard'; SET langchef_guard.proposal_timeout = '10ms'; $drop"); },
			'LG001, in the server log and within its time', roles => 's', shown => "`SET langchef_guard.proposal_timeout = '10ms'; $drop`"),
		attack(78, 'the mode set before the library is loaded', "SET langchef_guard.mode = 'off'; $drop", superusers(recorded('SET')), @off,
			triggers => { o => $refused, d => $refused, s => recorded('SET') }),
		attack('78a', 'the mode in the connection string', $drop, superusers(recorded('SET'), 'connection'), options => '-c langchef_guard.mode=off', @off,
			triggers => { o => $refused, d => $refused, s => recorded('SET') }),
		attack('78b', 'the mode for one\'s own role', q{ALTER ROLE CURRENT_USER SET langchef_guard.mode = 'off'}, { o => postgres_refuses('42501'), d => postgres_refuses('42501'), s => refused('P06') },
			modes => 'p', commit => 1, undo => 'ALTER ROLE postgres RESET ALL; ALTER ROLE attack_owner RESET ALL; ALTER ROLE attack_dbo RESET ALL'),
		attack(79, 'the proposals locked', locked('proposal', 10, $drop), 'LG001, in the server log and within its time', roles => 'o', shown => "`$drop`", stand_in => 'a full disk'),
		attack('79a', 'the approvals locked', locked('approval', 10, $drop), 'LG001, in the server log and within its time', roles => 'o', shown => "`$drop`"),
		attack('79b', 'the ledger locked', locked('ledger', 10, $drop), 'LG001, in the server log and within its time', roles => 'o', shown => "`$drop`"),
		attack('79c', 'the ledger locked, and a command that is to be recorded', locked('ledger', 10, 'CREATE TABLE app.new (x int)', options => '-c lock_timeout=500ms'),
			'55P03, in the server log and within its time', roles => 'o', shown => '`CREATE TABLE app.new (x int)`'),
		attack('79d', 'the policy locked', locked('policy', 10, $drop, options => '-c statement_timeout=12s'), '55P03, in the server log and within its time', roles => 'o', shown => "`$drop`"),
		attack('79g', 'the approvals locked, and a token', locked('approval', 10, $drop, options => '-c statement_timeout=12s -c langchef_guard.approval_token=lcg_' . 'a' x 64),
			'55P03, in the server log and within its time', roles => 'o', shown => "`$drop`"),
		attack('79e', 'no background worker left', \&without_workers, 'LG001, in the server log and within its time', roles => 'o', rebuild => 1, shown => "`$drop`"),
		attack('79f', 'more proposals than anybody reads', q{DO $$ BEGIN FOR n IN 1 .. 30 LOOP BEGIN EXECUTE format('ALTER TABLE app.lonely DROP COLUMN y, ALTER x SET DEFAULT %s', n);
			EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$}, 'refused inside, D03', roles => 'o', commit => 1, shown => 'thirty different ones from one session'),
		attack(80, 'a superuser switches it off', q{SET langchef_guard.mode = 'off'}, superusers(recorded('SET')), @off, triggers => cannot('nothing has loaded the library yet; it is recorded with the next command', undef)),
		attack('80a', 'a superuser switches it off and on again around a command', "SET langchef_guard.mode = 'off'; $drop; SET langchef_guard.mode = 'enforce'",
			superusers(recorded('SET')), @off, triggers => { o => $refused, d => $refused, s => recorded('SET') }),
		attack('80b', 'a superuser switches it off for a transaction', "SET LOCAL langchef_guard.mode = 'off'; $drop", superusers(recorded('SET')), @off,
			triggers => { o => $refused, d => $refused, s => recorded('SET') }),
		attack('80c', 'a trigger on the ledger', 'CREATE TRIGGER mine BEFORE INSERT ON langchef_guard.ledger FOR EACH ROW EXECUTE FUNCTION app.fire()', $itself),
		attack('80d', 'a rule on the ledger', 'CREATE RULE mine AS ON INSERT TO langchef_guard.ledger DO INSTEAD NOTHING', $itself),
		attack('80e', 'a policy on the ledger', 'CREATE POLICY mine ON langchef_guard.ledger USING (false)', $itself),
		attack('80f', 'an index on the ledger', 'CREATE INDEX mine ON langchef_guard.ledger ((id % 7))', $itself),
		attack('80g', 'a trigger of the policy disabled', 'ALTER TABLE langchef_guard.policy DISABLE TRIGGER check_policy', $itself),
		attack('80h', 'a column of the ledger dropped', 'ALTER TABLE langchef_guard.ledger DROP COLUMN statement', $itself),
		attack('80i', 'the ledger truncated', 'TRUNCATE langchef_guard.ledger', $itself, triggers => superusers(not_loaded())),
		attack('80j', 'the ledger given away', 'ALTER TABLE langchef_guard.ledger OWNER TO attack_super', $itself),
		attack('80k', 'the right to write the ledger', 'GRANT INSERT, DELETE ON langchef_guard.ledger TO attack_owner', $itself),
		attack('80l', 'the right to write the policy', 'GRANT INSERT ON langchef_guard.policy TO attack_owner', superusers(recorded('GRANT'))),
	);
}

1;
