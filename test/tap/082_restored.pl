# A database restored from its dump has no drift: the server prints and reads
# back the same expression as another tree.  Nor has a session that leaves the
# system's indexes alone.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_cluster('restored', preload => 1);

# The schema of one database, registered in another, and what differs there.
sub drift_between
{
	my ($from, $to) = @_;
	my $document = rows($node, $from, 'SELECT line FROM langchef_guard.snapshot() AS line');
	$document =~ s/'/''/g;
	my $file = PostgreSQL::Test::Utils::tempdir . '/register.sql';
	append_to_file($file, "SET standard_conforming_strings = on;\nSELECT langchef_guard.register_expected('$from', '$document');\n");
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $file, '-d', $node->connstr($to) ], "$to takes the document of $from");
	unlink $file;
	return rows($node, $to, "SELECT object, attribute, expected, actual FROM langchef_guard.drift('$from')");
}

sub restore
{
	my ($from, $to) = @_;
	my $file = PostgreSQL::Test::Utils::tempdir . "/$from.sql";
	$node->safe_psql('postgres', "CREATE DATABASE $to");
	$node->command_ok([ 'pg_dump', '-f', $file, '-d', $node->connstr($from) ], "$from is dumped");
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $file, '-d', $node->connstr($to) ], "$to is restored");
	return;
}

my $schema = <<'SQL';
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN word AS varchar(5) CHECK (VALUE IN ('a', 'b') AND length(VALUE) BETWEEN 1 AND 3 AND VALUE <> 'zz');
CREATE TABLE t (id int PRIMARY KEY, s varchar(10) NOT NULL, txt text, m mood, n int, num numeric(10,2), c char(3), arr varchar(10)[], w word, b bool,
	CHECK (s IN ('queued', 'done')), CHECK (s NOT IN ('x', 'y')), CHECK (txt IN ('a', 'b')), CHECK (m IN ('sad', 'ok')),
	CHECK (n IN (1, 2, 3)), CHECK (n IN (1, 2.5)), CHECK (num IN (1, 2)), CHECK (c IN ('a', 'b')), CHECK (s = ANY (arr)),
	CHECK (w IN ('a', 'b')), CHECK (s IN ('a', txt, 'b')), CHECK (s = ANY ('{a,b}'::varchar[])), CHECK (arr @> ARRAY['x', 'y']::varchar[]),
	CHECK (ARRAY[ARRAY[s, 'b'], ARRAY['c', 'd']]::text[] = ARRAY[ARRAY['a'::varchar, 'b'], ARRAY['c', 'd']]::text[]),
	CHECK ((n BETWEEN 1 AND 5) AND s <> 'x'), CHECK (s <> 'x' AND n BETWEEN 1 AND 5), CHECK (b AND (b AND n > 1) OR (b OR n < 3)),
	CHECK (n NOT BETWEEN 1 AND 5 OR s IN ('a', 'b') OR n IS NULL), CHECK ((n, s) = (1, 'a') AND b), CHECK ((n, s) IN ((1, 'a'), (2, 'b'))),
	CHECK (CASE WHEN s IN ('a', 'b') THEN coalesce(s, 'x') IN ('l', 'm') ELSE (s COLLATE "C" IN ('n', 'o')) IS NOT FALSE END));
CREATE INDEX partial ON t (s) WHERE s IN ('queued', 'x');
CREATE INDEX expression ON t ((CASE WHEN s IN ('a', 'b') THEN 1 ELSE 2 END)) WHERE n BETWEEN 1 AND 2 AND s = 'x';
CREATE TABLE g (s varchar(10), g bool GENERATED ALWAYS AS (s IN ('a', 'b')) STORED, words varchar(10)[] DEFAULT ARRAY['a', 'b'],
	texts text[] DEFAULT ARRAY['a'::varchar, 'b'], flag bool DEFAULT ('a'::varchar IN ('x', 'y')), numbers numeric(5,2)[] DEFAULT ARRAY[1, 2]);
CREATE POLICY plain ON g USING (s IN ('a', 'b')) WITH CHECK (s NOT IN ('c', 'd'));
CREATE POLICY nested ON g USING (EXISTS (SELECT FROM t WHERE t.s IN ('a', 'b') AND t.s = g.s AND t.n BETWEEN 1 AND 2 AND t.b));
CREATE FUNCTION changed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER changed BEFORE UPDATE ON t FOR EACH ROW WHEN (old.s IN ('a', 'b') AND new.s NOT IN ('c', 'd')) EXECUTE FUNCTION changed();
CREATE VIEW unnamed AS SELECT (SELECT 'x') AS q, n FROM t WHERE EXISTS (SELECT 1, 'y') AND s = (SELECT 'z') AND s NOT IN (SELECT 'w');
CREATE FUNCTION unnamed(a text) RETURNS text LANGUAGE sql RETURN CASE WHEN a IN ('a', 'b') THEN a ELSE (SELECT 'x') END;
CREATE FUNCTION matched(a int, b text DEFAULT 'x') RETURNS bigint LANGUAGE sql BEGIN ATOMIC
	SELECT count(*) FROM t WHERE t.s IN (matched.b, 'q'); END;
CREATE PROCEDURE assigned() LANGUAGE sql BEGIN ATOMIC UPDATE t SET (s, n) = (SELECT 'x', 1) WHERE b; END;
CREATE VIEW renamed AS SELECT id, s FROM t WHERE s IN ('a', 'b');
ALTER VIEW renamed RENAME COLUMN s TO state;
CREATE VIEW united AS SELECT s IN ('a', 'b') AS x FROM t WHERE n BETWEEN 1 AND 2 AND b UNION ALL SELECT true FROM g WHERE s IN ('x', 'y');
ALTER VIEW united RENAME COLUMN x TO y;
CREATE VIEW grouped (a, b) AS WITH q AS (SELECT * FROM t WHERE s IN ('a', 'b'))
	SELECT q.id, g.s FROM q LEFT JOIN g ON q.s = g.s AND g.s IN ('x', 'y') GROUP BY q.id, g.s HAVING g.s IN ('l', 'm') ORDER BY 2;
CREATE MATERIALIZED VIEW stored AS SELECT id FROM t WHERE s IN ('a', 'b') AND n BETWEEN 1 AND 2 AND b;
CREATE RULE one AS ON UPDATE TO g WHERE old.s IN ('a', 'b') DO ALSO INSERT INTO g (s) SELECT new.s FROM t WHERE s IN ('a', 'b');
CREATE RULE two AS ON DELETE TO g WHERE old.s IN ('a', 'b') DO INSTEAD (INSERT INTO g (s) VALUES ('x'); UPDATE t SET n = 1 WHERE s IN ('a', 'b'));
CREATE RULE nothing AS ON INSERT TO g WHERE new.s = 'x' DO INSTEAD NOTHING;
CREATE FUNCTION atomic(a varchar) RETURNS bool LANGUAGE sql BEGIN ATOMIC SELECT s IN ('a', 'b') AS named FROM t WHERE t.s = a; SELECT a IN ('x', 'y'); END;
CREATE FUNCTION returned(a varchar) RETURNS bool LANGUAGE sql RETURN a IN ('x', 'y');
CREATE FUNCTION defaulted(a bool DEFAULT ('a'::varchar IN ('x', 'y'))) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE booked (s varchar(10), r int4range, EXCLUDE USING gist (r WITH &&) WHERE (s IN ('a', 'b')));
CREATE TABLE parted (s varchar(10), n int) PARTITION BY LIST ((s IN ('a', 'b')));
CREATE TABLE parted_true PARTITION OF parted FOR VALUES IN (true);
CREATE TABLE listed (n int, s varchar) PARTITION BY LIST (n);
CREATE TABLE listed_some PARTITION OF listed FOR VALUES IN (2, NULL, 1);
SQL

new_database($node, 'source');
$node->safe_psql('source', $schema);
restore('source', 'copy');
is(drift_between('source', 'copy'), '', 'a restored database is as its source');
restore('copy', 'second');
is(drift_between('copy', 'second'), '', 'and so is one restored from that');
is(drift_between('second', 'source'), '', 'which is as the first');

# Objects have other OIDs there than the ledger says, of the same cluster: that makes none of them another.
my $undone = q{SELECT DISTINCT u.command FROM langchef_guard.ledger l, langchef_guard.undo(l.id) u WHERE l.operation = 'create' AND l.identity = 'public.listed_some'};
is(rows($node, $_, $undone), 'DROP TABLE public.listed_some', "a command from before is undone in $_") foreach qw(source copy second);

# What a reader could leave to the order of an index.
$node->safe_psql('copy', q{
	ALTER TYPE mood ADD VALUE 'glad' BEFORE 'ok';
	CREATE TABLE first_parent (x int); CREATE TABLE second_parent (y int);
	CREATE TABLE child (z int) INHERITS (first_parent, second_parent);
	ALTER TABLE t ALTER COLUMN txt SET STATISTICS 5;
	ALTER TABLE t ALTER COLUMN id SET STATISTICS 6;
	CREATE INDEX targets ON t ((n + 1), (n + 2));
	ALTER INDEX targets ALTER COLUMN 2 SET STATISTICS 7;
	ALTER INDEX targets ALTER COLUMN 1 SET STATISTICS 8;
	UPDATE pg_attribute SET attnotnull = attnotnull WHERE attrelid = 't'::regclass AND attname IN ('id', 'n');
	UPDATE pg_inherits SET inhseqno = inhseqno WHERE inhseqno = 1 AND inhrelid = 'child'::regclass});
my $snapshot = "SELECT line FROM langchef_guard.snapshot() AS line";
my $ordinary = rows($node, 'copy', $snapshot);
like($ordinary, qr/"labels":\["sad","glad","ok","happy"\]/, 'labels in their order');
{
	local $ENV{PGOPTIONS} = '-c ignore_system_indexes=on';
	is(rows($node, 'copy', $snapshot), $ordinary, 'a snapshot without the indexes of the system is the same');
}

# The document that had no end.
my $cyclic = q({"langchef_guard_snapshot":1,"server_version_num":150020,"encoding":"UTF8","facts":1,"digest":"sha256:d5b736af5dec2c03a0362f80628b650639a084c1c1f86f26fd97f550d24ec265"})
	. "\n" . q({"id":"table:z.x","kind":"table","parent":"table:z.x","payload":{},"digest":"sha256:f6f077d724d86f7223f1d33fa8a788cd45107d3690aea5fc2dcf0f5bedf621d4"});
my $refused = attempt($node, 'copy', "SELECT langchef_guard.register_expected('cyclic', '$cyclic')");
is($refused->{sqlstate}, '22023', 'a table that is its own part is refused');
like($refused->{detail}, qr/^Line 2 cannot be used: fact "table:z\.x" cannot be a part of "table:z\.x"\.$/, 'by name');
is(rows($node, 'copy', "SELECT count(*) FROM langchef_guard.expected_schemas WHERE name = 'cyclic'"), '0', 'and nothing of it is left');
# One that is there all the same is compared.
$node->safe_psql('copy', q{
	INSERT INTO langchef_guard.expected_object (schema_name, number, fact_id, kind, parent_id, payload, digest)
	SELECT 'source', 1000000 + row_number() OVER (), id, 'table', parent, '{}', 'sha256:' || repeat('0', 64) FROM (VALUES ('table:z.a', 'table:z.b'), ('table:z.b', 'table:z.a'), ('table:z.x', 'table:z.x')) AS f (id, parent);
	UPDATE langchef_guard.expected_object SET number = number + 2000000 WHERE schema_name = 'source';
	UPDATE langchef_guard.expected_object AS o SET number = n.number
	FROM (SELECT fact_id, row_number() OVER (ORDER BY fact_id COLLATE "C") AS number FROM langchef_guard.expected_object WHERE schema_name = 'source') AS n
	WHERE o.schema_name = 'source' AND o.fact_id = n.fact_id;
	UPDATE langchef_guard.expected_schema SET facts = facts + 3 WHERE name = 'source';
	DELETE FROM langchef_guard.expected_stamp});
is(rows($node, 'copy', "SET statement_timeout = '20s'; SELECT string_agg(object, ' ' ORDER BY object) FROM langchef_guard.drift('source') WHERE object LIKE 'z.%'"),
	'z.a z.b z.x', 'a circle in an expected schema ends');

log_is_sound($node);
$node->stop;
done_testing();
