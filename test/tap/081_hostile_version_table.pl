# Anybody can make a table called alembic_version.  It must not stop the commands of others,
# nor label them.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_cluster('hostile_version_table', preload => 1, settings => [q{langchef_guard.mode = 'record'}]);
new_database($node, 'hostile');
$node->safe_psql('hostile', q{
	CREATE ROLE boss LOGIN SUPERUSER; CREATE ROLE mallory LOGIN; CREATE SCHEMA mallory AUTHORIZATION mallory;
	CREATE ROLE team; CREATE ROLE app LOGIN; GRANT team TO app; CREATE SCHEMA app AUTHORIZATION app; CREATE SCHEMA team AUTHORIZATION team;
	CREATE SCHEMA other; GRANT CREATE ON SCHEMA other TO app});

sub as
{
	my ($role, $sql) = @_;
	return attempt($node, 'hostile', $sql, user => $role);
}

# The label of a change that the role makes in the schema.
my $number = 0;
sub label
{
	my ($role, $schema, $before) = @_;
	my $name = 'labelled_' . ++$number;
	my $result = as($role, ($before // '') . "CREATE TABLE $schema.$name ()");
	return $result->{text} if $result->{sqlstate} ne '';
	return rows($node, 'hostile', "SELECT coalesce(revision_before, 'none') FROM langchef_guard.ledger WHERE identity = '$schema.$name'");
}

# Values that are too long together for the memory of a string.
passes(as('mallory', q{CREATE TABLE mallory.alembic_version (version_num text)}), 'a role makes a version table');
passes(as('mallory', q{ALTER TABLE mallory.alembic_version ALTER version_num SET STORAGE EXTERNAL}), 'stored as it is');
passes(as('mallory', q{INSERT INTO mallory.alembic_version SELECT repeat('v', 600000000) FROM generate_series(1, 2)}), 'with long values');
is(label('mallory', 'mallory'), 'none', 'long values are no revision, not even for their owner');
passes(as('boss', q{SET langchef_guard.mode = off; RESET langchef_guard.mode}), 'the mode can be changed');
is(rows($node, 'hostile', q{SELECT count(*) FROM langchef_guard.alembic_step}), '0', 'and no step');
passes(as('mallory', q{TRUNCATE mallory.alembic_version}), 'emptied');
passes(as('mallory', q{ALTER TABLE mallory.alembic_version ALTER version_num SET STORAGE EXTENDED; INSERT INTO mallory.alembic_version VALUES (repeat('v', 100000))}), 'compressed values');
is(label('mallory', 'mallory'), 'none', 'are not looked into');
passes(as('mallory', q{TRUNCATE mallory.alembic_version; INSERT INTO mallory.alembic_version VALUES (repeat('v', 256))}), 'values of 256 bytes');
is(label('mallory', 'mallory'), 'none', 'are too long');
passes(as('mallory', q{TRUNCATE mallory.alembic_version; INSERT INTO mallory.alembic_version VALUES (repeat('v', 255))}), 'values of 255 bytes');
is(label('mallory', 'mallory'), 'v' x 255, 'are not');
passes(as('mallory', q{TRUNCATE mallory.alembic_version; INSERT INTO mallory.alembic_version SELECT NULL FROM generate_series(1, 65); INSERT INTO mallory.alembic_version VALUES ('rev')}), 'more rows than a version table has');
is(label('mallory', 'mallory'), 'none', 'are not looked through');
passes(as('mallory', q{TRUNCATE mallory.alembic_version; INSERT INTO mallory.alembic_version SELECT NULL FROM generate_series(1, 100000); DELETE FROM mallory.alembic_version; INSERT INTO mallory.alembic_version VALUES ('rev')}), 'nor dead ones');
is(label('mallory', 'mallory'), 'none', 'many blocks are not read');
passes(as('mallory', q{TRUNCATE mallory.alembic_version; INSERT INTO mallory.alembic_version VALUES ('mallory')}), 'a good one');

# Whom it labels.
is(label('mallory', 'mallory'), 'mallory', 'its owner');
is(label('boss', 'mallory'), 'mallory', 'who changes its schema');
is(label('boss', 'public'), 'none', 'not a superuser elsewhere');
is(label('app', 'app'), 'none', 'nor another role');
$node->safe_psql('hostile', q{CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('real')});
is(label('app', 'app'), 'real', 'that of a superuser counts for all');
is(label('boss', 'other'), 'real', 'and the other does not make it ambiguous');
is(label('mallory', 'mallory'), 'mallory', 'in its own schema the own one');
$node->safe_psql('hostile', q{DROP TABLE alembic_version; CREATE TABLE team.alembic_version (version_num text); ALTER TABLE team.alembic_version OWNER TO team; INSERT INTO team.alembic_version VALUES ('team')});
is(label('app', 'app'), 'team', 'that of a role whose privileges the session has');
is(label('mallory', 'mallory'), 'mallory', 'not for others');
is(label('boss', 'other'), 'none', 'a superuser has them of every role, which does not count');
is(label('boss', 'other', 'SET ROLE app;'), 'team', 'unless he takes the role');
is(label('boss', 'other', q{SET langchef_guard.alembic_version_table = 'team.alembic_version';}), 'team', 'a name with schema is trusted');
$node->safe_psql('hostile', qq{SET langchef_guard.mode = off;\nALTER DATABASE hostile OWNER TO team});
is(label('boss', 'other'), 'team', "that of the database's owner counts");
$node->safe_psql('hostile', qq{SET langchef_guard.mode = off;\nALTER DATABASE hostile OWNER TO boss});

# Steps of others are not told by it.
$node->safe_psql('hostile', q{GRANT INSERT ON team.alembic_version TO PUBLIC; GRANT USAGE ON SCHEMA team TO PUBLIC});
my $steps = rows($node, 'hostile', 'SELECT count(*) FROM langchef_guard.alembic_step');
passes(as('mallory', q{INSERT INTO team.alembic_version VALUES ('forced')}), 'written by others');
is(rows($node, 'hostile', 'SELECT count(*) FROM langchef_guard.alembic_step'), $steps, 'it is no step of theirs');
passes(as('app', q{INSERT INTO team.alembic_version VALUES ('step')}), 'written by a member');
is(rows($node, 'hostile', 'SELECT revision_to FROM langchef_guard.alembic_step ORDER BY id DESC LIMIT 1'), 'step', 'it is');

# Other shapes are none.
$node->safe_psql('hostile', q{DROP TABLE team.alembic_version, mallory.alembic_version; CREATE TABLE alembic_version (version_num text, more text); INSERT INTO alembic_version VALUES ('wide')});
is(label('boss', 'other'), 'none', 'a table with another column');
$node->safe_psql('hostile', q{ALTER TABLE alembic_version DROP COLUMN more});
is(label('boss', 'other'), 'wide', 'until that is dropped');
$node->safe_psql('hostile', q{ALTER TABLE alembic_version RENAME version_num TO version});
is(label('boss', 'other'), 'none', 'a column of another name');
$node->safe_psql('hostile', q{ALTER TABLE alembic_version RENAME version TO version_num; ALTER TABLE alembic_version ALTER version_num TYPE name});
is(label('boss', 'other'), 'none', 'or type');
$node->safe_psql('hostile', q{ALTER TABLE alembic_version ALTER version_num TYPE text});
is(label('boss', 'other'), 'wide', 'and back');

# A damaged table is an unknown revision.
my $file = $node->data_dir . '/' . rows($node, 'hostile', q{CHECKPOINT; SELECT pg_relation_filepath('alembic_version')});
$node->stop;
open my $handle, '+<', $file or die "cannot open $file: $!";
binmode $handle;
seek $handle, 0, 0;
print $handle "\xff" x 8192;
close $handle;
$node->start;
is(attempt($node, 'hostile', 'SELECT * FROM alembic_version')->{sqlstate}, 'XX001', 'the table is damaged');
is(label('boss', 'other'), 'none', 'commands pass');
passes(as('boss', q{SET langchef_guard.mode = off; RESET langchef_guard.mode}), 'the mode can be changed');
is(as('boss', qq{SET langchef_guard.mode = enforce;\nDROP SCHEMA app CASCADE})->{sqlstate}, 'LG001', 'and what is refused is refused');

log_is_sound($node, 'the server is sound');
$node->stop;

done_testing();
