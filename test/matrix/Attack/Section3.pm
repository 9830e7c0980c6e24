# Databases, roles, settings and files, which belong to the whole cluster.
package Attack::Section3;

use strict;
use warnings FATAL => 'all';

use Attack::Words;

sub title { return '3. Shared objects, also from a database without the extension'; }

my $elsewhere = cannot('the library is not loaded in a database without the extension', qr/^commands from other databases/);
my $gone = cannot('the library is not loaded in a database without the extension', qr/^commands from other databases/, 'passes; the database is gone');

sub database_row
{
	my ($w) = @_;
	return $w->arrange(q{SELECT datname, datdba, datallowconn, datconnlimit, datistemplate, setconfig FROM pg_database
		LEFT JOIN pg_db_role_setting ON setdatabase = pg_database.oid WHERE pg_database.datname LIKE 'guarded%'}, 'outside');
}

# A command on the guarded database, from another one and with nobody in it.
sub on_database
{
	my ($sql, $undo) = @_;
	return sub {
		my ($w, $role, $mark) = @_;
		$w->detach;
		my $before = database_row($w);
		my $outcome = $w->attempt($role, $sql, where => 'outside');
		my $after = database_row($w);
		if ($after eq '')
		{
			$w->rebuild;
			return ('passes; the database is gone', $outcome);
		}
		$w->arrange($undo, 'outside') if $undo && $after ne $before;
		$w->attach;
		my $told = $w->told({ %$outcome, outside => 1 }, $mark);
		$told .= '; changed all the same' if $after ne $before && $told =~ /^refused/;
		return ($told, $outcome);
	};
}

# Refused, approved in the guarded database, and run from the other one with the token.
sub dropped_with_approval
{
	my ($w, $role, $mark) = @_;
	$w->detach;
	my $first = $w->attempt($role, 'DROP DATABASE guarded', where => 'outside');
	if ($first->{hint} !~ /approve\((\d+)\)/)
	{
		my $there = database_row($w) ne '';
		$there ? $w->attach : $w->rebuild;
		return ("not refused with a proposal", $first);
	}
	my $token = $w->arrange("SELECT langchef_guard.approve($1, 'moved')") =~ s/\s//gr;
	$w->attempt($role, 'SELECT 1');
	my $second = $w->attempt($role, "SET langchef_guard.approval_token = '$token'; DROP DATABASE guarded", where => 'outside');
	my $there = database_row($w) ne '';
	$there ? $w->attach : $w->rebuild;
	return ($there ? "not approved: $second->{message}" : 'refused LG001 D06; with the token it passes', $second);
}

sub on_role
{
	my ($line, $name, $sql, $expected, %option) = @_;
	return (
		attack($line, $name, $sql, $expected, triggers => { o => postgres_refuses('42501'), d => not_loaded(), s => not_loaded() }, commit => 1, %option),
		attack("$line'", $name, $sql, $expected, where => 'outside', triggers => { o => postgres_refuses('42501'), d => $elsewhere, s => $elsewhere }, %option));
}

sub setting
{
	my ($line, $sql, %option) = @_;
	return on_role($line, 'a setting that the guard rests on', $sql, superusers(refused('P06')), undo => 'ALTER SYSTEM RESET ALL; ALTER ROLE postgres RESET ALL',
		triggers => superusers(not_loaded()), %option);
}

my $may_grant = q{GRANT attack_approver TO attack_dbo WITH ADMIN OPTION};
my $may_not = q{REVOKE attack_approver FROM attack_owner; REVOKE attack_approver FROM attack_spare; REVOKE attack_approver FROM attack_dbo CASCADE};

sub cases
{
	my @drop = (triggers => { o => postgres_refuses('42501'), d => $gone, s => $gone });
	my @alter = (roles => 'ds', triggers => $elsewhere);
	return (
		attack(53, 'DROP DATABASE of the guarded one', on_database('DROP DATABASE guarded'), { o => postgres_refuses('42501'), d => refused('D06'), s => refused('D06') },
			@drop, where => 'outside', shown => '`DROP DATABASE guarded`'),
		attack('53a', 'with FORCE', on_database('DROP DATABASE guarded WITH (FORCE)'), { o => postgres_refuses('42501'), d => refused('D06'), s => refused('D06') },
			@drop, where => 'outside', shown => '`DROP DATABASE guarded WITH (FORCE)`'),
		attack('53b', 'with an approval given in the guarded database', \&dropped_with_approval, 'refused LG001 D06; with the token it passes', roles => 'ds', modes => 'p',
			where => 'outside', rebuild => 1, may_change => qr/^pg_database$/, shown => '`DROP DATABASE guarded`'),
		attack('53c', 'DROP DATABASE of another one', 'DROP DATABASE attack_spare', passes(), where => 'outside', roles => 'ds',
			setup => 'CREATE DATABASE attack_spare OWNER attack_dbo', undo => 'DROP DATABASE IF EXISTS attack_spare'),
		attack('53d', 'DROP DATABASE from the guarded one', 'DROP DATABASE attack_spare', refused('D06'), roles => 'ds', triggers => not_loaded(), commit => 1,
			setup => 'CREATE DATABASE attack_spare OWNER attack_dbo', undo => 'DROP DATABASE IF EXISTS attack_spare'),
		attack(54, 'RENAME', on_database('ALTER DATABASE guarded RENAME TO guarded_old', 'ALTER DATABASE guarded_old RENAME TO guarded'), refused('P06'), @alter,
			where => 'outside', shown => '`ALTER DATABASE guarded RENAME TO guarded_old`'),
		attack('54a', 'OWNER', on_database('ALTER DATABASE guarded OWNER TO attack_spare', 'ALTER DATABASE guarded OWNER TO attack_dbo'), refused('P06'), @alter,
			where => 'outside', shown => '`ALTER DATABASE guarded OWNER TO attack_spare`'),
		attack('54b', 'ALLOW_CONNECTIONS', on_database('ALTER DATABASE guarded ALLOW_CONNECTIONS false', 'ALTER DATABASE guarded ALLOW_CONNECTIONS true'),
			refused('P06'), @alter, where => 'outside', shown => '`ALTER DATABASE guarded ALLOW_CONNECTIONS false`'),
		attack('54c', 'CONNECTION LIMIT', on_database('ALTER DATABASE guarded CONNECTION LIMIT 0', 'ALTER DATABASE guarded CONNECTION LIMIT -1'), refused('P06'), @alter,
			where => 'outside', shown => '`ALTER DATABASE guarded CONNECTION LIMIT 0`'),
		attack('54d', 'IS_TEMPLATE', on_database('ALTER DATABASE guarded IS_TEMPLATE true', 'ALTER DATABASE guarded IS_TEMPLATE false'), refused('P06'), @alter,
			where => 'outside', shown => '`ALTER DATABASE guarded IS_TEMPLATE true`'),
		attack('54e', 'the guard switched off for it', on_database(q{ALTER DATABASE guarded SET langchef_guard.mode = 'off'}, 'ALTER DATABASE guarded RESET ALL'),
			{ d => postgres_refuses('42501'), s => refused('P06') }, roles => 'ds', triggers => { d => postgres_refuses('42501'), s => $elsewhere }, where => 'outside',
			shown => q{`ALTER DATABASE guarded SET langchef_guard.mode = 'off'`}),
		attack('54f', 'search_path for everybody', 'ALTER DATABASE guarded SET search_path = full_of, app', recorded('ALTER DATABASE'), roles => 'ds', triggers => not_loaded()),
		attack('54g', 'SET TABLESPACE', on_database('ALTER DATABASE guarded SET TABLESPACE pg_default'), refused('P06'), roles => 's', triggers => $elsewhere,
			where => 'outside', shown => '`ALTER DATABASE guarded SET TABLESPACE pg_default`'),
		on_role(55, 'a role made superuser', 'ALTER ROLE attack_spare SUPERUSER', superusers(refused('P01')), undo => 'ALTER ROLE attack_spare NOSUPERUSER',
			triggers => superusers(not_loaded())),
		on_role('55a', 'a role that passes row security', 'ALTER ROLE attack_spare BYPASSRLS', superusers(refused('P01')), undo => 'ALTER ROLE attack_spare NOBYPASSRLS',
			triggers => superusers(not_loaded())),
		on_role('55b', 'a role that may replicate', 'ALTER ROLE attack_spare REPLICATION', superusers(refused('P01')), undo => 'ALTER ROLE attack_spare NOREPLICATION',
			triggers => superusers(not_loaded())),
		on_role('55c', 'a role that may make roles', 'ALTER ROLE attack_spare CREATEROLE', { o => postgres_refuses('42501'), d => refused('P01'), s => refused('P01') },
			undo => 'ALTER ROLE attack_spare NOCREATEROLE'),
		on_role('55d', 'an approver renamed', 'ALTER ROLE attack_approver RENAME TO attack_nobody', refused('P01'), roles => 's',
			undo => 'ALTER ROLE attack_nobody RENAME TO attack_approver'),
		on_role('55e', 'an approver with another password', q{ALTER ROLE attack_approver PASSWORD 'mine'}, refused('P01'), roles => 's',
			undo => 'ALTER ROLE attack_approver PASSWORD NULL'),
		on_role('55f', 'the owner of guarded objects renamed', 'ALTER ROLE attack_owner RENAME TO attack_nobody', refused('P01'), roles => 's',
			undo => 'ALTER ROLE attack_nobody RENAME TO attack_owner'),
		attack('55g', 'a role dropped', 'DROP ROLE attack_new', refused('D21'), roles => 's', triggers => not_loaded(), commit => 1, setup => 'CREATE ROLE attack_new',
			undo => 'DROP ROLE IF EXISTS attack_new'),
		attack('55h', 'a superuser made', 'CREATE ROLE attack_new SUPERUSER', superusers(recorded('CREATE ROLE')), undo => 'DROP ROLE attack_new', triggers => superusers(not_loaded())),
		on_role(56, 'the right to approve', 'GRANT attack_approver TO attack_owner', { o => postgres_refuses('42501'), d => refused('P01'), s => refused('P01') },
			setup => $may_grant, undo => $may_not),
		on_role('56a', 'a superuser role', 'GRANT attack_super TO attack_spare', superusers(refused('P01')), undo => 'REVOKE attack_super FROM attack_spare',
			triggers => superusers(not_loaded())),
		on_role('56b', 'a new role with the right to approve', 'CREATE ROLE attack_new IN ROLE attack_approver', refused('P01'), roles => 's', undo => 'DROP ROLE attack_new'),
		attack('56c', 'grant_approver() of oneself', q{SELECT langchef_guard.grant_approver('%role')}, superusers(recorded('GRANT'))),
		attack('56d', 'EXECUTE on approve() granted', q{GRANT EXECUTE ON FUNCTION langchef_guard.approve(bigint, text, interval, integer) TO attack_owner}, superusers(recorded('GRANT'))),
		attack('56e', 'a harmless grant', 'GRANT attack_other TO attack_spare', recorded('GRANT ROLE'), roles => 's', triggers => not_loaded()),
		setting(57, q{ALTER SYSTEM SET shared_preload_libraries = ''}),
		setting('57a', q{ALTER SYSTEM SET session_replication_role = 'replica'}),
		setting('57b', q{ALTER SYSTEM SET event_triggers = off}, since => 17),
		setting('57c', q{ALTER SYSTEM SET allow_system_table_mods = on}),
		setting('57d', q{ALTER SYSTEM SET session_preload_libraries = ''}),
		setting('57e', q{ALTER SYSTEM RESET ALL}),
		setting('57f', q{ALTER ROLE postgres SET session_replication_role = 'replica'}),
		attack('57g', 'the guard switched off for all', q{ALTER SYSTEM SET langchef_guard.mode = 'off'}, superusers(refused('P06')), modes => 'p', commit => 1, undo => 'ALTER SYSTEM RESET ALL'),
		attack('57h', 'a harmless setting', q{ALTER SYSTEM SET work_mem = '8MB'}, superusers(recorded('ALTER SYSTEM')), triggers => superusers(not_loaded()), commit => 1,
			undo => 'ALTER SYSTEM RESET ALL'),
		attack(58, 'DROP TABLESPACE', 'DROP TABLESPACE attack_space', superusers(refused('D27')), triggers => superusers(not_loaded()), commit => 1,
			setup => q{SET allow_in_place_tablespaces = on; CREATE TABLESPACE attack_space LOCATION ''}, undo => 'DROP TABLESPACE IF EXISTS attack_space'),
		attack('58a', 'a tablespace renamed', 'ALTER TABLESPACE attack_space RENAME TO attack_room', superusers(recorded('ALTER TABLESPACE')), triggers => superusers(not_loaded()),
			setup => q{SET allow_in_place_tablespaces = on; CREATE TABLESPACE attack_space LOCATION ''}, undo => 'DROP TABLESPACE IF EXISTS attack_space'),
		attack(59, 'LOAD', q{LOAD 'file_fdw'}, superusers(recorded('LOAD')), triggers => superusers(not_loaded())),
		attack('59a', 'a function in C', q{CREATE FUNCTION app.handler() RETURNS fdw_handler LANGUAGE c AS 'file_fdw', 'file_fdw_handler'}, superusers(recorded('CREATE FUNCTION'))),
		attack('59b', 'an internal function', q{CREATE FUNCTION app.unlink(oid) RETURNS int LANGUAGE internal AS 'be_lo_unlink'}, superusers(recorded('CREATE FUNCTION'))),
		attack('59c', 'lo_unlink under another name', q{CREATE FUNCTION app.unlink(oid) RETURNS int LANGUAGE internal AS 'be_lo_unlink'; SELECT app.unlink(4711)},
			superusers(refused('D29')), rebuild => 1, may_change => qr/^pg_proc$/),
		attack(60, 'COPY to a program', q{COPY app.lonely TO PROGRAM 'cat >/dev/null'}, superusers(recorded('COPY')), triggers => superusers(not_loaded())),
		attack('60a', 'a program as a foreign table', q{CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
			CREATE FOREIGN TABLE app.program (x text) SERVER files OPTIONS (program 'echo 1'); SELECT * FROM app.program}, superusers(recorded('CREATE FOREIGN TABLE', 'CREATE SERVER'))),
		attack('60b', 'a file of the server', q{SELECT lo_export(4711, '/dev/null')}, superusers(cannot('writes a file of the server, and changes no definition')),
			stand_in => 'COPY TO and pg_file_write onto postgresql.auto.conf'),
	);
}

1;
