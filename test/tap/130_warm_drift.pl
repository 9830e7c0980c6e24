# What is read again: a comparison that goes by the stamps of catalog rows gives
# the rows that one without them gives, whatever happened in between.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_cluster('warm', preload => 1, streaming => 1, settings => [ "langchef_guard.mode = 'record'", 'autovacuum = off', 'max_prepared_transactions = 2' ]);

# Compares with and without stamps; without them in a subtransaction that is undone.
my $both_ways = <<'SQL';
CREATE FUNCTION public.both_ways(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	cold jsonb;
	warm jsonb;
	clean boolean;
BEGIN
	BEGIN
		DELETE FROM langchef_guard.expected_stamp;
		SELECT coalesce(jsonb_agg(to_jsonb(d)), '[]') INTO cold FROM langchef_guard.drift(name) d;
		RAISE EXCEPTION USING ERRCODE = 'UNDO1';
	EXCEPTION WHEN SQLSTATE 'UNDO1' THEN NULL;
	END;
	clean := langchef_guard.is_clean(name);
	SELECT coalesce(jsonb_agg(to_jsonb(d)), '[]') INTO warm FROM langchef_guard.drift(name) d;
	IF clean <> (cold = '[]') THEN RETURN 'is_clean() says ' || clean; END IF;
	IF warm = cold THEN RETURN format('same %s %s', jsonb_array_length(cold), md5(cold::text)); END IF;
	RETURN format(E'cold: %s\nwarm: %s', jsonb_pretty(cold), jsonb_pretty(warm));
END $$;
SQL

# A session that compares from time to time, and remembers the pages that were not written since.
my ($standing, $server);

sub told_by_standing
{
	my $started = rows($node, 'warm', 'SELECT pg_postmaster_start_time()');
	if (!$server || $server ne $started)
	{
		$standing = session($node, 'warm');
		$server = $started;
	}
	return attempt_in($standing, q{SELECT format('same %s %s', count(*), md5(coalesce(jsonb_agg(to_jsonb(d)), '[]')::text)) FROM langchef_guard.drift('release') d})->{out};
}

sub told_both_ways
{
	my $standing_told = told_by_standing();
	my $told = rows($node, 'warm', "SELECT public.both_ways('release')");
	return $told eq $standing_told ? $told : "$told\na session that compared before: $standing_told";
}

sub same_both_ways
{
	my ($name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return like(told_both_ways(), qr/^same \d+ \w+$/, $name);
}

# How many groups of objects one comparison reads, and of how many.
sub groups_read
{
	my ($on, $database, $query) = @_;
	my ($out, $err);
	$on->psql($database, "SET client_min_messages = debug1;\n" . ($query // q{SELECT count(*) FROM langchef_guard.drift('release')}) . ';', stdout => \$out, stderr => \$err);
	return $err =~ /langchef_guard reads (\d+) of (\d+) groups/ ? ($1, $2) : die $err;
}

sub differences
{
	my ($on, $database) = @_;
	return rows($on, $database, q{SELECT string_agg(operation || ' ' || object || coalesce(' ' || attribute, ''), ', ' ORDER BY object, attribute) FROM langchef_guard.drift('release')});
}

my $schema = <<'SQL';
CREATE ROLE keeper; CREATE ROLE reader;
CREATE SCHEMA app; CREATE SCHEMA other;
CREATE TYPE app.mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE app.pair AS (a int, m app.mood);
CREATE DOMAIN app.word AS varchar(5) CHECK (VALUE <> 'zz');
CREATE TYPE app.span AS RANGE (subtype = int);
CREATE TABLE app.parent (id int PRIMARY KEY, m app.mood DEFAULT 'ok', w app.word, n numeric(8,2) CHECK (n > 0));
CREATE TABLE app.child (id serial PRIMARY KEY, parent int REFERENCES app.parent, p app.pair DEFAULT ROW(1, 'sad')::app.pair, note text);
CREATE INDEX child_note ON app.child (lower(note)) WHERE parent > 0;
CREATE TABLE app.heir (extra int) INHERITS (app.parent);
CREATE TABLE app.parted (id int, k int, PRIMARY KEY (id, k)) PARTITION BY RANGE (k);
CREATE TABLE app.part1 PARTITION OF app.parted FOR VALUES FROM (0) TO (10);
CREATE INDEX parted_k ON app.parted (k);
CREATE FUNCTION app.score(m app.mood) RETURNS int LANGUAGE sql IMMUTABLE RETURN 1;
CREATE FUNCTION app.touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touched BEFORE UPDATE ON app.child FOR EACH ROW WHEN (new.note <> old.note) EXECUTE FUNCTION app.touched();
CREATE VIEW app.seen AS SELECT p.id, p.m, app.score(p.m) AS score, c.note FROM app.parent p JOIN app.child c ON c.parent = p.id;
CREATE VIEW other.seen AS SELECT s.id, s.note FROM app.seen s WHERE s.m = 'ok';
CREATE MATERIALIZED VIEW other.kept AS SELECT id FROM app.parent;
CREATE POLICY mine ON app.child TO reader USING (note = 'x');
ALTER TABLE app.child ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON app.parent TO reader;
ALTER TABLE app.heir OWNER TO keeper;
CREATE STATISTICS app.both ON id, n FROM app.parent;
CREATE PUBLICATION news FOR TABLE app.parent (id, m);
CREATE SEQUENCE app.counter;
CREATE TABLE app.counted (id int DEFAULT nextval('app.counter'), t app.parent);
COMMENT ON TABLE app.parent IS 'parents';
SQL
$schema .= "CREATE TABLE app.plain$_ (id int PRIMARY KEY, v text);\n" foreach 1 .. 60;
$schema .= "CREATE TABLE app.fixed$_ (id int PRIMARY KEY, v text);\n" foreach 2 .. 9;

new_database($node, 'warm');
$node->safe_psql('warm', $both_ways . $schema . "SELECT langchef_guard.register_expected('release');");

my ($read, $of) = groups_read($node, 'warm');
cmp_ok($of, '>', 90, 'the database has groups of objects');
is($read, 0, 'after a registration nothing is read again');
is(differences($node, 'warm'), '', 'and there is no drift');
$node->safe_psql('warm', 'ALTER TABLE app.plain7 ADD COLUMN late int');
($read) = groups_read($node, 'warm');
is($read, 1, 'after a change of one table only that table is read');
is(differences($node, 'warm'), 'unexpected app.plain7.late', 'and the change is told');
is(differences($node, 'warm'), 'unexpected app.plain7.late', 'and told again');
$node->safe_psql('warm', 'ALTER TABLE app.plain7 DROP COLUMN late');
is(differences($node, 'warm'), '', 'until it is undone');
($read) = groups_read($node, 'warm');
is($read, 0, 'and then nothing is read any more');

# A change here shows there: the statement, what is told, and the statement that undoes it.
my @far = (
	[ 'ALTER TABLE app.parent RENAME COLUMN m TO mm', qr/app\.seen definition/, 'ALTER TABLE app.parent RENAME COLUMN mm TO m' ],
	[ 'ALTER VIEW app.seen RENAME COLUMN note TO remark', qr/other\.seen definition/, 'ALTER VIEW app.seen RENAME COLUMN remark TO note' ],
	[ 'ALTER TABLE app.parent RENAME TO elder', qr/app\.child\.child_parent_fkey definition/, 'ALTER TABLE app.elder RENAME TO parent' ],
	[ "ALTER TYPE app.mood RENAME VALUE 'sad' TO 'blue'", qr/app\.child\.p default/, "ALTER TYPE app.mood RENAME VALUE 'blue' TO 'sad'" ],
	[ "ALTER TYPE app.mood RENAME VALUE 'ok' TO 'fine'", qr/other\.seen definition/, "ALTER TYPE app.mood RENAME VALUE 'fine' TO 'ok'" ],
	[ 'ALTER TYPE app.mood RENAME TO temper', qr/app\.parent\.m type/, 'ALTER TYPE app.temper RENAME TO mood' ],
	[ 'ALTER DOMAIN app.word RENAME TO term', qr/app\.heir\.w type/, 'ALTER DOMAIN app.term RENAME TO word' ],
	[ 'ALTER FUNCTION app.score(app.mood) RENAME TO grade', qr/app\.seen definition/, 'ALTER FUNCTION app.grade(app.mood) RENAME TO score' ],
	[ 'ALTER FUNCTION app.touched() RENAME TO moved', qr/app\.child\.touched/, 'ALTER FUNCTION app.moved() RENAME TO touched' ],
	[ 'ALTER SEQUENCE app.counter RENAME TO ticker', qr/app\.counted\.id default/, 'ALTER SEQUENCE app.ticker RENAME TO counter' ],
	[ 'ALTER SCHEMA app RENAME TO apps', qr/other\.seen definition/, 'ALTER SCHEMA apps RENAME TO app' ],
	[ 'ALTER ROLE reader RENAME TO lector', qr/app\.child\.mine roles|app\.parent acl/, 'ALTER ROLE lector RENAME TO reader' ],
	[ 'ALTER ROLE keeper RENAME TO holder', qr/app\.heir owner/, 'ALTER ROLE holder RENAME TO keeper' ],
	[ 'ALTER INDEX app.parted_k RENAME TO parted_by_k', qr/app\.parted_by_k/, 'ALTER INDEX app.parted_by_k RENAME TO parted_k' ],
	[ 'GRANT SELECT (ctid) ON pg_catalog.pg_authid TO reader', qr/pg_authid/, 'REVOKE SELECT (ctid) ON pg_catalog.pg_authid FROM reader' ],
	[ 'GRANT SELECT ON pg_catalog.pg_authid TO reader', qr/pg_authid/, 'REVOKE SELECT ON pg_catalog.pg_authid FROM reader' ],
	[ q{ALTER DATABASE warm SET work_mem = '5MB'}, qr/current settings/, 'ALTER DATABASE warm RESET work_mem' ],
	[ 'ALTER TABLE app.child DISABLE TRIGGER ALL', qr/child_parent_fkey enforcement/, 'ALTER TABLE app.child ENABLE TRIGGER ALL' ],
	[ 'ALTER TABLE app.parent DISABLE TRIGGER ALL', qr/child_parent_fkey enforcement/, 'ALTER TABLE app.parent ENABLE TRIGGER ALL' ],
	[ 'ALTER TABLE app.heir NO INHERIT app.parent', qr/app\.heir inherits/, q{ALTER TABLE app.heir INHERIT app.parent; SELECT langchef_guard.register_expected('release')} ],
	[ 'CREATE OPERATOR CLASS app.text_first DEFAULT FOR TYPE app.pair USING btree AS STORAGE app.pair', qr/text_first/, 'DROP OPERATOR FAMILY app.text_first USING btree' ],
	[ 'REFRESH MATERIALIZED VIEW other.kept WITH NO DATA', qr/other\.kept populated/, 'REFRESH MATERIALIZED VIEW other.kept' ],
	[ q{SET allow_system_table_mods = on; UPDATE pg_class SET relname = 'edited' WHERE oid = 'app.plain3'::regclass}, qr/app\.edited/, q{UPDATE pg_class SET relname = 'plain3' WHERE oid = 'app.edited'::regclass} ],
	[ q{UPDATE pg_attribute SET atttypmod = -1 WHERE attrelid = 'app.parent'::regclass AND attname = 'n'}, qr/app\.parent\.n type/, q{UPDATE pg_attribute SET atttypmod = 524294 WHERE attrelid = 'app.parent'::regclass AND attname = 'n'} ],
	[ q{UPDATE pg_proc SET provolatile = 'v' WHERE proname = 'score'}, qr/app\.score.* volatility/, q{UPDATE pg_proc SET provolatile = 'i' WHERE proname = 'score'} ],
	[ q{SET session_replication_role = replica; COMMENT ON TABLE app.parent IS 'other'}, qr/app\.parent comment/, q{COMMENT ON TABLE app.parent IS 'parents'} ],
	[ q{ALTER EVENT TRIGGER langchef_guard_end DISABLE; DROP INDEX app.child_note; ALTER EVENT TRIGGER langchef_guard_end ENABLE ALWAYS}, qr/app\.child_note/, 'CREATE INDEX child_note ON app.child (lower(note)) WHERE parent > 0' ],
);
# With the ledger, which knows renames, and where nobody sees what is done.
foreach my $mode (qw(record off))
{
	foreach my $case (@far)
	{
		my ($change, $told, $undo) = @$case;
		my $result = attempt($node, 'warm', "SET langchef_guard.mode = $mode; $change");
		same_both_ways("the same both ways, mode $mode: $change") or diag($result->{text});
		like(differences($node, 'warm'), $told, "and told");
		attempt($node, 'warm', "SET langchef_guard.mode = $mode; $undo");
		same_both_ways("the same both ways, mode $mode: $undo");
		is(differences($node, 'warm'), '', 'and there is no drift');
	}
	$node->safe_psql('warm', q{SELECT langchef_guard.resync()});
}

# What shows in texts without a trace in the catalogs' dependencies, and what a name that stands for itself means.
my @hidden = (
	[ q{CREATE TABLE app.target (id int); CREATE TYPE app.holder AS (r regclass, i int);
		CREATE TABLE app.hides (a regclass[] DEFAULT '{app.target}', h app.holder DEFAULT '(app.target,1)', CHECK (tableoid <> ALL ('{app.target}'::regclass[])));
		CREATE VIEW app.hidden AS SELECT oid FROM pg_class WHERE oid = ANY ('{app.target}'::regclass[])},
		'DROP TABLE app.target; CREATE TABLE app.target (id int)', qr/app\.hidden definition.*app\.hides\.a default.*app\.hides\.h default/, 'DROP VIEW app.hidden; DROP TABLE app.hides, app.target; DROP TYPE app.holder' ],
	[ q{CREATE TYPE app.state AS ENUM ('off', 'on');
		CREATE FUNCTION app.state_of(i int) RETURNS app.state IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN (enum_range(NULL::app.state))[1 + i % 2]; END $$;
		CREATE TABLE app.by_state (id int) PARTITION BY LIST (app.state_of(id)); CREATE TABLE app.by_state1 PARTITION OF app.by_state FOR VALUES IN ('off')},
		q{ALTER TYPE app.state RENAME VALUE 'off' TO 'none'}, qr/app\.by_state1 partition_bound/, 'DROP TABLE app.by_state; DROP FUNCTION app.state_of; DROP TYPE app.state' ],
	[ q{CREATE TYPE app.kind AS ENUM ('x'); CREATE FUNCTION app.compare(app.kind, app.kind) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 0';
		CREATE FUNCTION app.support(internal) RETURNS void LANGUAGE internal STRICT AS 'btint4sortsupport';
		CREATE OPERATOR CLASS app.kinds FOR TYPE app.kind USING btree AS OPERATOR 1 < (anyenum, anyenum), OPERATOR 3 = (anyenum, anyenum), FUNCTION 1 app.compare(app.kind, app.kind);
		ALTER OPERATOR FAMILY app.kinds USING btree ADD FUNCTION 2 (app.kind, app.kind) app.support(internal)},
		'ALTER FUNCTION app.support(internal) RENAME TO aid', qr/app\.kinds.* functions/, 'DROP OPERATOR FAMILY app.kinds USING btree CASCADE; DROP FUNCTION app.aid, app.compare; DROP TYPE app.kind' ],
	[ q{CREATE VIEW app.formatted AS SELECT pg_catalog.format('%s', p) AS f FROM app.child; SET allow_system_table_mods = on},
		q{SET allow_system_table_mods = on; CREATE FUNCTION pg_catalog.format(text, app.pair) RETURNS text LANGUAGE sql AS 'SELECT 1::text'}, qr/app\.formatted definition/, q{DROP FUNCTION pg_catalog.format(text, app.pair); DROP VIEW app.formatted} ],
);
foreach my $case (@hidden)
{
	my ($make, $change, $told, $undo) = @$case;
	$node->safe_psql('warm', "$make; SELECT langchef_guard.register_expected('release')");
	same_both_ways('no drift before');
	attempt($node, 'warm', "SET langchef_guard.mode = off; $change");
	same_both_ways("the same both ways: $change");
	like(differences($node, 'warm'), $told, 'and told');
	$node->safe_psql('warm', "$undo; SELECT langchef_guard.register_expected('release')");
}

# Renames that become known when the objects are looked at already.
$node->safe_psql('warm', q{SET langchef_guard.mode = off; DROP TABLE app.plain1; ALTER TABLE app.plain2 RENAME TO plain1});
like(differences($node, 'warm'), qr/missing app\.plain2/, 'a table is missing');
$node->safe_psql('warm', q{SELECT langchef_guard.resync()});
same_both_ways('the same both ways when it is known to have another name');
like(differences($node, 'warm'), qr/renamed app\.plain1/, 'which is told');
$node->safe_psql('warm', q{ALTER TABLE app.plain1 RENAME TO plain2; CREATE TABLE app.plain1 (id int PRIMARY KEY, v text); SELECT langchef_guard.register_expected('release')});

# A transaction that has compared holds up nobody.
my $comparing = session($node, 'warm');
$node->safe_psql('warm', 'ALTER TABLE app.plain9 ADD COLUMN late int');
attempt_in($comparing, q{BEGIN; SELECT langchef_guard.is_clean('release')});
my $unhindered = attempt($node, 'warm', q{SET lock_timeout = '10s'; SELECT langchef_guard.register_expected('release')});
is($unhindered->{sqlstate}, '', 'a schema can be registered beside a transaction that has compared') or diag($unhindered->{text});
attempt_in($comparing, 'COMMIT');
$comparing->quit;
$node->safe_psql('warm', q{ALTER TABLE app.plain9 DROP COLUMN late; SELECT langchef_guard.register_expected('release')});

# A long life, each step looked at both ways.  The seed is fixed: a run is the run of everybody.
my $state = 20261130;
sub chance { my ($most) = @_; $state = ($state * 1103515245 + 12345) % 2147483648; return int($state / 65536) % $most; }
my @steps = (
	sub { 'ALTER TABLE app.plain' . (1 + chance(60)) . ' ADD COLUMN c' . chance(4) . ' ' . (qw(int text app.mood app.word app.parent))[ chance(5) ] },
	sub { 'ALTER TABLE app.plain' . (1 + chance(60)) . ' DROP COLUMN c' . chance(4) },
	sub { 'ALTER TABLE app.plain' . (1 + chance(60)) . ' RENAME COLUMN v TO v' . chance(3) },
	sub { 'CREATE VIEW other.v' . chance(20) . ' AS SELECT * FROM app.plain' . (1 + chance(60)) },
	sub { 'DROP VIEW other.v' . chance(20) },
	sub { 'CREATE INDEX i' . chance(30) . ' ON app.plain' . (1 + chance(60)) . ' (id)' },
	sub { 'DROP INDEX app.i' . chance(30) },
	sub { 'ALTER TABLE app.plain' . (1 + chance(60)) . ' RENAME TO moved' . chance(5) },
	sub { 'ALTER TABLE app.moved' . chance(5) . ' RENAME TO plain' . (1 + chance(60)) },
	sub { 'ALTER TABLE app.plain' . (1 + chance(60)) . ' SET SCHEMA other' },
	sub { 'ALTER TABLE other.plain' . (1 + chance(60)) . ' SET SCHEMA app' },
	sub { 'ALTER TABLE app.plain' . (1 + chance(60)) . ' INHERIT app.plain' . (1 + chance(60)) },
	sub { 'ALTER TABLE app.plain' . (1 + chance(60)) . ' ADD FOREIGN KEY (id) REFERENCES app.plain' . (1 + chance(60)) },
	sub { 'COMMENT ON COLUMN app.plain' . (1 + chance(60)) . '.id IS ' . (qw(NULL 'a' 'b'))[ chance(3) ] },
	sub { 'GRANT ' . (qw(SELECT INSERT ALL))[ chance(3) ] . ' ON app.plain' . (1 + chance(60)) . ' TO reader' },
	sub { 'REVOKE ALL ON app.plain' . (1 + chance(60)) . ' FROM reader' },
	sub { 'DROP TABLE app.plain' . (1 + chance(60)) . ' CASCADE' },
	sub { 'CREATE TABLE app.plain' . (1 + chance(60)) . ' (id int PRIMARY KEY, v text)' },
	sub { 'ALTER TABLE app.plain' . (1 + chance(60)) . ' ALTER COLUMN v SET DEFAULT ' . (qw('x' 'y' NULL))[ chance(3) ] },
	sub { 'BEGIN; DROP TABLE app.plain' . (1 + chance(60)) . ' CASCADE; ROLLBACK' },
	sub { "ALTER TYPE app.mood ADD VALUE IF NOT EXISTS 'm" . chance(3) . "'" },
	sub { 'ALTER TABLE app.parted ATTACH PARTITION app.plain' . (1 + chance(60)) . ' FOR VALUES FROM (10) TO (20)' },
	sub { 'CREATE TABLE app.part2 PARTITION OF app.parted FOR VALUES FROM (20) TO (30)' },
	sub { 'ALTER TABLE app.parted DETACH PARTITION app.part' . (1 + chance(2)) },
	sub { 'DROP TABLE app.part2' },
	sub { 'VACUUM pg_class; VACUUM pg_attribute' },
);
my $rounds = $ENV{LCG_WARM_ROUNDS} // 60;
my $alike = 0;
foreach my $round (1 .. $rounds)
{
	my $change = join('; ', map { $steps[ chance(scalar @steps) ]->() } 1 .. 1 + chance(2));
	attempt($node, 'warm', $change);
	my $told = told_both_ways();
	$told =~ /^same \d+ \w+$/ ? $alike++ : fail("the same both ways after step $round: $change\n$told");
	last if $told !~ /^same \d+ \w+$/;
}
is($alike, $rounds, 'a long random life is told the same both ways at every step');
($read, $of) = groups_read($node, 'warm');
cmp_ok($read, '<', $of / 2, 'and not by reading everything');
$node->safe_psql('warm', q{SELECT langchef_guard.register_expected('release')});

# What moves rows without changing them.
$node->safe_psql('warm', "VACUUM FULL pg_catalog.$_") foreach qw(pg_class pg_attribute pg_depend pg_constraint);
($read, $of) = groups_read($node, 'warm');
is($read, $of, 'after VACUUM FULL of catalogs everything is read');
($read) = groups_read($node, 'warm');
is($read, 0, 'and nothing the next time');
same_both_ways('which is the same both ways');
# ANALYZE takes note of a table that has no heirs any more.
$node->safe_psql('warm', 'ANALYZE');
rows($node, 'warm', q{SELECT langchef_guard.is_clean('release')});
$node->safe_psql('warm', 'ANALYZE; VACUUM FREEZE');
($read) = groups_read($node, 'warm');
is($read, 0, 'freezing rows and gathering statistics changes nothing');

# A transaction that is undone leaves its places to others.
foreach my $round (1 .. 5)
{
	$node->safe_psql('warm', "BEGIN; ALTER TABLE app.child ADD COLUMN gone$round int; SELECT langchef_guard.is_clean('release'); ROLLBACK; VACUUM pg_attribute, pg_class;
		ALTER TABLE app.child ADD COLUMN stays int");
	same_both_ways("the same both ways after a change undone, $round");
	is(differences($node, 'warm'), 'unexpected app.child.stays', 'which tells of the change that stayed');
	$node->safe_psql('warm', 'ALTER TABLE app.child DROP COLUMN stays');
}
is(rows($node, 'warm', q{BEGIN; ALTER TABLE app.child ADD COLUMN own int; SELECT langchef_guard.is_clean('release'); SELECT langchef_guard.is_clean('release');
	SAVEPOINT s; ALTER TABLE app.child DROP COLUMN own; SELECT langchef_guard.is_clean('release'); ROLLBACK TO s; SELECT langchef_guard.is_clean('release');
	RELEASE s; COMMIT; SELECT langchef_guard.is_clean('release'); ALTER TABLE app.child DROP COLUMN own; SELECT langchef_guard.is_clean('release')}),
	"f\nf\nt\nf\nf\nt", 'a transaction sees what it did itself');
same_both_ways('the same both ways after it');
$node->safe_psql('warm', q{BEGIN; ALTER TABLE app.child ADD COLUMN own int; SELECT langchef_guard.is_clean('release'); PREPARE TRANSACTION 'later'});
is(differences($node, 'warm'), '', 'a prepared transaction is not seen');
$node->safe_psql('warm', q{COMMIT PREPARED 'later'});
is(differences($node, 'warm'), 'unexpected app.child.own', 'until it is committed');
$node->safe_psql('warm', 'ALTER TABLE app.child DROP COLUMN own');

# Where nothing may be written, and where somebody else writes.
$node->safe_psql('warm', 'ALTER TABLE app.child ADD COLUMN later int');
is(rows($node, 'warm', q{BEGIN READ ONLY; SELECT langchef_guard.is_clean('release'); SELECT count(*) FROM langchef_guard.drift('release'); COMMIT}), "f\n1", 'a read-only transaction is told');
is(rows($node, 'warm', q{BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT langchef_guard.is_clean('release'); SELECT count(*) FROM langchef_guard.drift('release'); COMMIT}), "f\n1", 'and one with a snapshot of its own');
my $first = session($node, 'warm');
my $second = session($node, 'warm');
attempt_in($_, q{BEGIN; SET LOCAL lock_timeout = '60s'; SELECT langchef_guard.is_clean('release')}) foreach $first, $second;
is(attempt_in($second, q{SELECT count(*) FROM langchef_guard.drift('release')})->{out}, '1', 'nobody waits for another comparison');
attempt_in($_, 'COMMIT') foreach $first, $second;
$_->quit foreach $first, $second;
($read) = groups_read($node, 'warm');
cmp_ok($read, '>', 1, 'what they found out in a transaction of several statements is not kept');
($read) = groups_read($node, 'warm');
is($read, 1, 'what a single one finds out is');
same_both_ways('the same both ways after that');

# A crash.
$node->safe_psql('warm', 'ALTER TABLE app.fixed2 ADD COLUMN crashed int; ALTER TABLE app.child DROP COLUMN later');
rows($node, 'warm', q{SELECT langchef_guard.is_clean('release')});
my $open = session($node, 'warm');
attempt_in($open, 'BEGIN; ALTER TABLE app.fixed4 ADD COLUMN lost int');
$node->stop('immediate');
eval { $_->quit } foreach $open, $standing;
$node->start;
($read) = groups_read($node, 'warm');
is($read, 1, 'after a crash what was known is known');
same_both_ways('and the same both ways');
is(differences($node, 'warm'), 'unexpected app.fixed2.crashed', 'and true');
$node->safe_psql('warm', 'ALTER TABLE app.fixed4 ADD COLUMN other int');
is(differences($node, 'warm'), 'unexpected app.fixed2.crashed, unexpected app.fixed4.other', 'also of what came after');
$node->safe_psql('warm', 'ALTER TABLE app.fixed4 DROP COLUMN other; ALTER TABLE app.fixed2 DROP COLUMN crashed');

# A standby reads and does not write; promoted, it goes on from there.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
rows($node, 'warm', q{SELECT langchef_guard.is_clean('release')});
$node->wait_for_catchup($standby);
($read) = groups_read($standby, 'warm');
is($read, 0, 'a standby goes by what the primary found');
$node->safe_psql('warm', 'ALTER TABLE app.fixed5 ADD COLUMN shipped int; ALTER ROLE keeper RENAME TO holder');
$node->wait_for_catchup($standby);
is(differences($standby, 'warm'), 'unexpected app.fixed5.shipped, changed app.heir owner', 'and sees what came since');
is(differences($standby, 'warm'), differences($node, 'warm'), 'which is what the primary tells');
$node->wait_for_catchup($standby);
$standby->promote;
is(differences($standby, 'warm'), differences($node, 'warm'), 'and, promoted, tells itself');
$standby->safe_psql('warm', 'ALTER TABLE app.fixed5 DROP COLUMN shipped; ALTER TABLE app.fixed6 ADD COLUMN own int; ALTER ROLE holder RENAME TO keeper');
$node->safe_psql('warm', 'ALTER TABLE app.fixed5 DROP COLUMN shipped; ALTER TABLE app.fixed8 ADD COLUMN own int; ALTER ROLE holder RENAME TO keeper');
is(differences($standby, 'warm'), 'unexpected app.fixed6.own', 'of its own life');
is(differences($node, 'warm'), 'unexpected app.fixed8.own', 'and the primary of its own');
$standby->stop;
$node->safe_psql('warm', 'ALTER TABLE app.fixed8 DROP COLUMN own');
same_both_ways('the same both ways on the primary');
$standing->quit;

# Copies: of the files, and of the dump.
$node->safe_psql('postgres', 'CREATE DATABASE copied TEMPLATE warm');
($read, $of) = groups_read($node, 'copied');
is($read, $of, 'a copy of the database believes nothing');
is(differences($node, 'copied'), '', 'and has no drift');
my $file = PostgreSQL::Test::Utils::tempdir . '/warm.sql';
$node->command_ok([ 'pg_dump', '-f', $file, '-d', $node->connstr('warm') ], 'the database is dumped');
unlike(slurp_file($file), qr/COPY langchef_guard\.expected_stamp/, 'without stamps');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $file, '-d', $node->connstr('restored') ], 'and restored');
is(differences($node, 'restored'), '', 'there is no drift there');
($read) = groups_read($node, 'restored');
is($read, 0, 'which is known the next time');
$node->safe_psql('restored', 'ALTER TABLE app.fixed9 ADD COLUMN here int');
is(differences($node, 'restored'), 'unexpected app.fixed9.here', 'until it changes');

# pg_upgrade, to the same version.
my $new = PostgreSQL::Test::Cluster->new('upgraded');
$new->init(extra => [ '--encoding=UTF8', '--no-locale' ]);
$new->append_conf('postgresql.conf', "langchef_guard.seal_interval = 0\nshared_preload_libraries = 'langchef_guard'");
$node->stop;
my $bin = $node->config_data('--bindir');
{
	local $ENV{PGHOST};
	delete $ENV{PGHOST};
	chdir PostgreSQL::Test::Utils::tempdir;
	$node->command_ok([ 'pg_upgrade', '--no-sync', '-d', $node->data_dir, '-D', $new->data_dir, '-b', $bin, '-B', $bin,
			'-s', $new->host, '-p', $node->port, '-P', $new->port ], 'the cluster is upgraded');
}
$new->start;
($read, $of) = groups_read($new, 'warm');
is($read, $of, 'an upgraded cluster believes nothing of the old one');
is(differences($new, 'warm'), '', 'and has no drift');
$new->safe_psql('warm', 'ALTER TABLE app.fixed9 ADD COLUMN here int');
is(differences($new, 'warm'), 'unexpected app.fixed9.here', 'until it changes');
($read) = groups_read($new, 'warm');
is($read, 1, 'which is then all that is read');
log_is_sound($new, 'the upgraded server is sound');
log_is_sound($node, 'the server stayed sound');

done_testing();
