# Attacks on the guard itself: its triggers, functions and tables.
package Attack::Section4;

use strict;
use warnings FATAL => 'all';

use Attack::Words;

sub title { return '4. Switching the guard off'; }

my $drop = 'DROP TABLE app.lonely CASCADE';
my $refused = refused('D01', 'D02');
my $itself = superusers(guards_itself());

# What only superusers may try, and no event trigger tells of.
sub event_trigger
{
	my ($line, $name, $sql) = @_;
	return attack($line, $name, $sql, $itself, triggers => superusers(not_loaded()));
}

# Commands that meet event triggers which a superuser disabled by writing to the catalog.
sub behind_catalog_edit
{
	my ($edit, $sql) = @_;
	return sub {
		my ($w, $role, $mark) = @_;
		my $edited = $w->attempt('s', "SET allow_system_table_mods = on; $edit");
		die $edited->{text} if $edited->{sqlstate};
		my $outcome = $w->attempt($role, $sql);
		return ($w->told($outcome, $mark), $outcome);
	};
}

my $disable_one = q{UPDATE pg_event_trigger SET evtenabled = 'D' WHERE evtname = 'langchef_guard_sql_drop'};
my $disable_all = q{UPDATE pg_event_trigger SET evtenabled = 'D' WHERE evtname LIKE 'langchef_guard%'};
my $enable_all = q{SET allow_system_table_mods = on; UPDATE pg_event_trigger SET evtenabled = 'A' WHERE evtname LIKE 'langchef_guard%'};

sub cases
{
	return (
		attack(61, 'the replica role', "SET session_replication_role = replica; $drop", superusers($refused)),
		attack('61a', 'the replica role from the client', $drop, superusers($refused, 'connection'), options => '-c session_replication_role=replica'),
		attack('61b', 'the replica role for the database', q{ALTER DATABASE guarded SET session_replication_role = 'replica'}, superusers(refused('P06')),
			triggers => superusers(not_loaded()), undo => 'ALTER DATABASE guarded RESET ALL'),
		attack('61c', 'the replica role for a role', q{ALTER ROLE attack_super SET session_replication_role = 'replica'}, superusers(refused('P06')),
			triggers => superusers(not_loaded()), undo => 'ALTER ROLE attack_super RESET ALL'),
		attack('61d', 'the replica role in a function', q{CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE plpgsql SET session_replication_role = 'replica' AS
			'BEGIN DROP TABLE app.lonely CASCADE; END'; SELECT pg_temp.f()}, superusers($refused)),
		attack('61e', 'the replica role and TRUNCATE', 'SET session_replication_role = replica; TRUNCATE app.lonely', superusers(refused('D07')), triggers => superusers(not_loaded())),
		attack(62, 'event_triggers off in the connection string', $drop, superusers($refused, 'connection'), options => '-c event_triggers=off', since => 17,
			triggers => superusers(cannot('event_triggers is off, and nothing loads the library', undef), 'connection')),
		attack('62a', 'event_triggers off in the session', 'SET event_triggers = off; CREATE TABLE app.new (x int)', guards_itself(), roles => 's', since => 17,
			triggers => cannot('event_triggers is off, and nothing loads the library', undef)),
		attack('62b', 'event_triggers off after a first DDL command', 'CREATE TEMP TABLE first (x int); SET event_triggers = off; CREATE TABLE app.new (x int)',
			guards_itself(), roles => 's', since => 17),
		event_trigger(63, 'an event trigger disabled', 'ALTER EVENT TRIGGER langchef_guard_sql_drop DISABLE'),
		event_trigger('63a', 'an event trigger that fires for replicas only', 'ALTER EVENT TRIGGER langchef_guard_ddl_command_start ENABLE REPLICA'),
		event_trigger('63b', 'an event trigger renamed', 'ALTER EVENT TRIGGER langchef_guard_ddl_command_end RENAME TO mine'),
		event_trigger('63c', 'an event trigger given away', 'ALTER EVENT TRIGGER langchef_guard_sql_drop OWNER TO attack_super'),
		attack('63d', 'an event trigger disabled after a first DDL command', 'CREATE TEMP TABLE first (x int); ALTER EVENT TRIGGER langchef_guard_sql_drop DISABLE', $itself),
		attack(64, 'an event trigger dropped', 'DROP EVENT TRIGGER langchef_guard_sql_drop', $itself, triggers => superusers(postgres_refuses('2BP01'))),
		attack('64a', 'another event trigger dropped', 'DROP EVENT TRIGGER attack_watch', superusers(refused('D19')), triggers => superusers(not_loaded()),
			setup => q{CREATE FUNCTION app.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER attack_watch ON sql_drop EXECUTE FUNCTION app.watch()},
			undo => 'DROP EVENT TRIGGER attack_watch; DROP FUNCTION app.watch()'),
		attack(65, 'a member taken out of the extension, then dropped', q{ALTER EXTENSION langchef_guard DROP EVENT TRIGGER langchef_guard_sql_drop;
			DROP EVENT TRIGGER langchef_guard_sql_drop}, $itself),
		attack('65a', 'the ledger taken out of the extension', 'ALTER EXTENSION langchef_guard DROP TABLE langchef_guard.ledger', $itself),
		attack('65b', 'something put into the extension', 'ALTER EXTENSION langchef_guard ADD TABLE app.lonely', $itself),
		attack(66, 'a function dropped with its event trigger', 'DROP FUNCTION langchef_guard.sql_drop() CASCADE', $itself),
		attack('66a', 'in a block that catches the error', q{DO $$ BEGIN DROP FUNCTION langchef_guard.sql_drop() CASCADE; EXCEPTION WHEN OTHERS THEN NULL; END $$},
			'refused inside, P07'),
		attack('66b', 'a type of another schema cascades into the guard', 'DROP DOMAIN app.positive CASCADE', refused('D11')),
		attack(67, 'the schema dropped', 'DROP SCHEMA langchef_guard CASCADE', $itself),
		attack('67a', 'the schema renamed', 'ALTER SCHEMA langchef_guard RENAME TO mine', $itself),
		attack('67b', 'the schema given away', 'ALTER SCHEMA langchef_guard OWNER TO attack_super', $itself),
		attack(68, 'the schema public dropped', 'DROP SCHEMA public CASCADE', { o => postgres_refuses('42501'), d => refused('D05'), s => refused('D05') }),
		attack('68a', 'the guard installed into a schema that somebody made before', q{CREATE EXTENSION langchef_guard}, superusers(postgres_refuses('42P06')),
			where => 'outside', setup => q{\c outside
			CREATE SCHEMA langchef_guard AUTHORIZATION attack_dbo}, undo => q{\c outside
			DROP SCHEMA langchef_guard}),
		attack('68b', 'an object planted in the guard', 'CREATE FUNCTION langchef_guard.approve(int) RETURNS text LANGUAGE sql AS $$SELECT 1$$',
			guards_itself()),
		attack(69, 'a dependency dropped', 'DROP EXTENSION plpgsql CASCADE', superusers(refused('D14'))),
		attack('69a', 'a language dropped', 'DROP LANGUAGE plpgsql CASCADE', superusers(refused('D27'))),
		attack(70, 'the extension dropped', 'DROP EXTENSION langchef_guard', superusers(refused('D14'))),
		attack('70a', 'IF EXISTS', 'DROP EXTENSION IF EXISTS langchef_guard', superusers(refused('D14'))),
		attack('70b', 'CASCADE', 'DROP EXTENSION langchef_guard CASCADE', superusers(refused('D14'))),
		attack('70c', 'in a transaction that is rolled back', 'BEGIN; DROP EXTENSION langchef_guard; ROLLBACK', superusers(refused('D14'))),
		attack('70d', 'with the guard off, as the README says', q{SET langchef_guard.mode = 'off'; DROP EXTENSION langchef_guard}, superusers(passes())),
		attack('70e', 'moved to another schema', 'ALTER EXTENSION langchef_guard SET SCHEMA app', superusers(postgres_refuses('0A000'))),
		attack(71, 'a function replaced', q{CREATE OR REPLACE FUNCTION langchef_guard.status(OUT protection text, OUT state text, OUT detail text, OUT how_to_turn_on text)
			RETURNS SETOF record LANGUAGE sql AS $$SELECT 'all', 'on', '', ''$$}, $itself),
		attack('71a', 'settings of a function', 'ALTER FUNCTION langchef_guard.sql_drop() SET search_path = app', $itself),
		attack('71b', 'a function given away', 'ALTER FUNCTION langchef_guard.sql_drop() OWNER TO attack_super', $itself),
		attack('71c', 'a function renamed', 'ALTER FUNCTION langchef_guard.approve(bigint, text, interval, integer) RENAME TO mine', $itself),
		attack('71d', 'a view replaced', 'CREATE OR REPLACE VIEW langchef_guard.expected_schemas AS SELECT * FROM langchef_guard.expected_schemas', $itself),
		attack('71e', 'a sequence restarted', 'ALTER SEQUENCE langchef_guard.ledger_id_seq RESTART', $itself),
		attack(72, 'the catalog written to', "SET allow_system_table_mods = on; $disable_one", superusers(cannot('a catalog edit by a superuser; what it changed is seen by the next command')),
			shown => "`$disable_one`"),
		attack('72a', 'DDL after an event trigger was disabled in the catalog', behind_catalog_edit($disable_one, 'CREATE TABLE app.new (x int)'), guards_itself(), undo => $enable_all,
			may_change => qr/^pg_event_trigger$/, shown => '`CREATE TABLE app.new (x int)`'),
		attack('72b', 'DROP after all event triggers were disabled in the catalog', behind_catalog_edit($disable_all, $drop), $refused, rebuild => 1,
			triggers => cannot('nothing loads the library any more; status() names each event trigger', undef), may_change => qr/^pg_event_trigger$/, shown => "`$drop`"),
		attack('72c', 'a table removed from the catalog', q{SET allow_system_table_mods = on; DELETE FROM pg_class WHERE oid = 'app.fresh'::regclass},
			superusers(cannot('a catalog edit by a superuser; drift shows it'))),
		attack(73, 'updated to a hostile version', q{ALTER EXTENSION langchef_guard UPDATE TO 'hostile'}, superusers(postgres_refuses('22023'))),
		attack('73a', 'updated to its own version', q{ALTER EXTENSION langchef_guard UPDATE}, superusers(passes())),
	);
}

1;
