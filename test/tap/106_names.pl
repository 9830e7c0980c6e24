# Whoever makes an object chooses its name.  Whoever reads the name in a refusal, a proposal, the ledger, drift, status()
# or the log, and runs what he read with psql, runs nothing else.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_cluster('names', preload => 1);
new_database($node, 'app');
# In the directory that psql runs in: a path could be longer than a name.
my $marker = 'langchef_guard_names_test';
unlink $marker;
my $evil = "x\n\\! touch $marker\n\e[2J\r";
(my $literal = $evil) =~ s/\\/\\\\/g;
$literal =~ s/([\n\e\r])/sprintf('\\%04X', ord $1)/ge;
my $shown = qq{U&"$literal"};
unlike($shown, qr/[[:cntrl:]]/, 'the name has another form');

# Text that has control characters other than ends of lines, or one in a name.
sub is_plain { my ($text, $name) = @_; local $Test::Builder::Level = $Test::Builder::Level + 1; unlike($text, qr/[\x00-\x1f\x7f]/, $name); return; }

$node->safe_psql('app', qq{CREATE TABLE "$evil" ("$evil" int, j int); INSERT INTO "$evil" VALUES (1, 2); CREATE VIEW "v$evil" AS SELECT j FROM "$evil"});
my $position = -s $node->logfile;
my $refused = attempt($node, 'app', qq{DROP TABLE public."$evil" CASCADE});
is($refused->{message}, "dropping table public.$shown is not approved", 'a refusal shows it');
is_plain($refused->{detail}, 'its detail names what goes along');
like($refused->{detail}, qr/\Qpublic.U&"v$literal"\E/, 'in that form');
$refused = attempt($node, 'app', qq{ALTER TABLE "$evil" DROP COLUMN "$evil"});
is($refused->{message}, "dropping column $shown of table public.$shown is not approved", 'a column, too');
$refused = attempt($node, 'app', qq{TRUNCATE "$evil"});
is($refused->{message}, "truncating table public.$shown is not approved", 'a table that is emptied');
my ($line) = grep { /refused DROP TABLE/ } split /\n/, substr slurp_file($node->logfile), $position;
like($line, qr/\Qlangchef_guard: refused DROP TABLE by role "\E[^"]*\Q": dropping table public.$shown (rule D01; proposal 1)\E$/, 'the line in the log is one line');

# What an approver reads, as a client prints it that escapes nothing.
sub raw { my ($sql, $database) = @_; return $node->safe_psql($database // 'app', $sql); }
is_plain(raw('SELECT summary FROM langchef_guard.proposals WHERE id = 1'), 'the summary of a proposal');
my $statement = raw('SELECT statements[1] FROM langchef_guard.proposals WHERE id = 1');
is($statement, qq{DROP TABLE public.$shown CASCADE}, 'its statement names the same table');
is(raw('SELECT statements[1] FROM langchef_guard.my_proposals WHERE id = 1'), $statement, 'for the requester as well');
is_plain(raw('SELECT commands FROM langchef_guard.proposals WHERE id = 1'), 'the commands are JSON');
like(raw('SELECT commands -> 0 ->> $$statement$$ FROM langchef_guard.proposals WHERE id = 1'), qr/\Q$evil\E/, 'which has them as they were');

# The ledger.
is(raw('SELECT identity FROM langchef_guard.changes WHERE operation = $$create$$ AND object_type = $$table$$'), "public.$shown", 'the ledger shows it');
is(raw('SELECT count(*) FROM langchef_guard.ledger WHERE identity = $$public."' . $evil . '"$$'), '1', 'and keeps it');
$statement = raw('SELECT statement FROM langchef_guard.changes WHERE operation = $$create$$ AND object_type = $$table$$');
is($statement, qq{CREATE TABLE $shown ($shown int, j int)}, 'a statement, too');

# As another meaning of backslashes has it.
$node->safe_psql('app', qq{SET standard_conforming_strings = off; SET escape_string_warning = off; COMMENT ON COLUMN "$evil".j IS 'it\\'s \\\\! touch $marker '});
my $comment = raw('SELECT statement FROM langchef_guard.changes WHERE command_tag = $$COMMENT$$');

# To run it again.
$node->safe_psql('postgres', 'CREATE DATABASE replay');
my $script = PostgreSQL::Test::Utils::tempdir() . '/replay.sql';
append_to_file($script, "$statement;\n$comment;\n");
run_log([ 'psql', '-XqAt', '-d', $node->connstr('replay'), '-f', $script ]);
ok(!-e $marker, 'nothing else is run with it');
is(raw('SELECT count(*) FROM pg_class WHERE relname = $$' . $evil . '$$', 'replay'), '1', 'it makes the same table');

# Drift.
$node->safe_psql('app', q{SELECT langchef_guard.register_expected('here')});
$node->safe_psql('app', qq{ALTER TABLE "$evil" ADD "k$evil" int});
is_plain(raw(q{SELECT object || coalesce(parent, '') || detail || caused_by FROM langchef_guard.drift('here')}), 'drift shows it');
is(raw(q{SELECT object FROM langchef_guard.drift('here')}), qq{public.$shown.U&"k$literal"}, 'with its parent');
is(raw(q{SELECT statement FROM langchef_guard.drift('here')}), qq{ALTER TABLE $shown ADD U&"k$literal" int}, 'and the statement');
my $drift = attempt($node, 'app', q{SELECT langchef_guard.assert_no_drift('here')});
is_plain($drift->{detail}, 'as does the error');

# status().
$node->safe_psql('app', qq{CREATE SCHEMA "$evil"; CREATE TABLE "$evil".alembic_version (version_num varchar(32) PRIMARY KEY)});
$node->safe_psql('app', q{SET allow_system_table_mods = on; UPDATE pg_trigger SET tgenabled = 'D' WHERE tgrelid = (SELECT oid FROM pg_class WHERE relname = 'alembic_version')});
my $how = raw(q{SELECT how_to_turn_on FROM langchef_guard.status() WHERE protection LIKE 'Alembic steps of %'});
is_plain($how, 'status() shows it');
like($how, qr/^ALTER TABLE \Q$shown\E\.alembic_version ENABLE ALWAYS TRIGGER/, 'in a command that can be run');
$node->safe_psql('app', $how);
is(raw(q{SELECT state FROM langchef_guard.status() WHERE protection LIKE 'Alembic steps of %'}), 'on', 'and works');

# Who listens.
my $session = session($node, 'app');
$session->query('LISTEN langchef_guard');
$node->safe_psql('app', qq{CREATE ROLE "r$evil" SUPERUSER LOGIN; SET SESSION AUTHORIZATION "r$evil"; CREATE TABLE public.t (i int)});
my ($payload) = $session->query('SELECT 1') =~ /payload "(.*?)" received/s;
is_plain($payload // "\n", 'a notification is JSON');
$session->quit;
$position = -s $node->logfile;
attempt($node, 'app', qq{CREATE TABLE u (i int); INSERT INTO u VALUES (1); SET SESSION AUTHORIZATION "r$evil"; DROP TABLE u});
($line) = grep { /refused DROP TABLE/ } split /\n/, substr slurp_file($node->logfile), $position;
like($line, qr/\Qrefused DROP TABLE by role U&"r$literal": dropping table\E/, 'a role in the log');
ok(!-e $marker, 'nothing was run');
log_is_sound($node, 'the server stayed sound');
done_testing();
