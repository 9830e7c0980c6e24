# What repair() makes of many differences at once: a database that was changed at random is repaired, and pg_dump then
# gives the same bytes as for the one that was not changed.  LCG_SCHEMAS sets their number, LCG_SEED the first.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Utils;
use RandomSchema;
use Test::More;

my $schemas = $ENV{LCG_SCHEMAS} // 4;
my $seed = $ENV{LCG_SEED} // 1;
my $langchef = "$FindBin::RealBin/../../../shared/langchef/schema.sql";
note("seeds $seed to ", $seed + $schemas - 1);

my $node = new_cluster('repair', preload => 1, settings => [ 'langchef_guard.mode = record' ]);
$node->safe_psql('postgres', 'CREATE ROLE random_reader; CREATE ROLE random_writer');

# The schema as pg_dump gives it, without what differs in each run.
sub dump_of
{
	my ($database) = @_;
	my ($out, $err) = run_command([ 'pg_dump', '--schema-only', '-d', $node->connstr($database) ]);
	return join "\n", grep { !/^\\(?:un)?restrict / } split /\n/, $out;
}

sub run_script
{
	my ($database, $sql) = @_;
	my ($out, $err);
	$node->psql($database, $sql, on_error_stop => 0, stdout => \$out, stderr => \$err);
	return grep { /ERROR:/ } split /\n/, $err;
}

# Makes "want", changes a copy of it, repairs the copy.
sub repaired
{
	my ($name, $making, @changes) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE want");
	run_script('want', "$making;\nCREATE EXTENSION langchef_guard;\nSELECT langchef_guard.register_expected('want');");
	$node->safe_psql('postgres', 'CREATE DATABASE have TEMPLATE want');
	run_script('have', join "\n", map { "$_;" } @changes);
	my $differences = rows($node, 'have', q{SELECT count(*) FROM langchef_guard.drift('want')});
	my $script = rows($node, 'have', q{SELECT string_agg(line, E'\n') FROM langchef_guard.repair_script('want') AS line});
	my @errors = run_script('have', $script);
	is("@errors", '', "$name: the script of $differences differences runs");
	my $left = rows($node, 'have', q{SELECT string_agg(concat_ws(' ', operation, kind, object, attribute, expected, actual), E'\n') FROM langchef_guard.drift('want')});
	is($left, '', "$name: nothing differs");
	my ($want, $have) = (dump_of('want'), dump_of('have'));
	ok($want eq $have, "$name: pg_dump gives the same bytes");
	if (@errors || $left ne '' || $want ne $have)
	{
		my (%want, %have);
		$want{$_}++ foreach split /\n/, $want;
		$have{$_}++ foreach split /\n/, $have;
		diag("script:\n$script");
		diag("- $_") foreach grep { ($have{$_} // 0) != $want{$_} } sort keys %want;
		diag("+ $_") foreach grep { ($want{$_} // 0) != $have{$_} } sort keys %have;
	}
	$node->safe_psql('postgres', "DROP DATABASE $_") foreach qw(have want);
	return;
}

SKIP:
{
	skip 'the LangChef schema is not there', 3 if !-e $langchef;
	repaired('LangChef', slurp_file($langchef),
		'DROP TABLE prompts CASCADE', 'ALTER TABLE experiments ALTER COLUMN status SET DEFAULT $$other$$', 'CREATE TABLE leftover (a int)',
		'ALTER TABLE datasets ADD COLUMN more text', 'CREATE INDEX more_idx ON datasets (name)', 'COMMENT ON TABLE datasets IS $$x$$');
}
# What heirs and partitions have of their own, of which drift tells nothing but that the whole table is missing.
my $heirs = q{CREATE TABLE base (id int NOT NULL, note text DEFAULT 'x'); CREATE TABLE heir (more int) INHERITS (base); ALTER TABLE ONLY heir ALTER id SET DEFAULT 7;
	ALTER TABLE ONLY heir ALTER note DROP DEFAULT; ALTER TABLE heir ALTER note SET STATISTICS 9; COMMENT ON COLUMN heir.id IS 'own';
	CREATE TABLE whole (id int, k int DEFAULT 1) PARTITION BY LIST (k); CREATE TABLE part PARTITION OF whole FOR VALUES IN (1); ALTER TABLE ONLY part ALTER k SET DEFAULT 2};
repaired('heirs that are missing', $heirs, 'SET langchef_guard.mode = off', 'DROP TABLE heir', 'DROP TABLE part');
# A foreign key whose sides can be compared before and after, and not in between.
my $keys = q{CREATE TABLE owner (id uuid PRIMARY KEY); CREATE TABLE item (owner uuid CONSTRAINT item_owner REFERENCES owner);
	CREATE TABLE node (id text PRIMARY KEY, up text CONSTRAINT node_up REFERENCES node)};
repaired('both sides of a key', $keys, 'SET langchef_guard.mode = off', 'ALTER TABLE item DROP CONSTRAINT item_owner', 'ALTER TABLE owner ALTER id TYPE int USING 1', 'ALTER TABLE item ALTER owner TYPE int USING 1',
	'ALTER TABLE item ADD CONSTRAINT item_owner FOREIGN KEY (owner) REFERENCES owner', 'ALTER TABLE node DROP CONSTRAINT node_up', 'ALTER TABLE node ALTER id TYPE date USING NULL',
	'ALTER TABLE node ALTER up TYPE date USING NULL', 'ALTER TABLE node ADD CONSTRAINT node_up FOREIGN KEY (up) REFERENCES node');
my $referring = 'CREATE TABLE kinds (id int PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE kinds1 PARTITION OF kinds FOR VALUES IN (1); CREATE TABLE thing (kind int CONSTRAINT thing_kind REFERENCES kinds)';
repaired('a key of a partitioned table', $referring, 'SET langchef_guard.mode = off', 'ALTER TABLE thing DROP CONSTRAINT thing_kind');
# All that is in a schema goes, and comes.
my $schema = q{CREATE SCHEMA shop; CREATE TABLE shop.customer (id int PRIMARY KEY); CREATE TABLE shop.invoice (id serial PRIMARY KEY, customer int REFERENCES shop.customer)};
repaired('a schema that is missing', $schema, 'SET langchef_guard.mode = off', 'DROP SCHEMA shop CASCADE');
repaired('a schema that is not wanted', 'SELECT 1', 'SET langchef_guard.mode = off', $schema);
repaired('tables that are not wanted and use one sequence', 'SELECT 1', 'SET langchef_guard.mode = off', q{CREATE TABLE t (id serial); CREATE TABLE t2 (id int DEFAULT nextval('t_id_seq'))});
my $orders = q{CREATE TABLE orders (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (0) TO (100)};
my $items = 'CREATE TABLE items (o int CONSTRAINT items_o REFERENCES orders)';
repaired('rows that refer to partitions', 'SELECT 1', 'SET langchef_guard.mode = off', $orders, $items, 'INSERT INTO orders VALUES (1)', 'INSERT INTO items VALUES (1)');
repaired('a partition that is referred to', "$orders; $items", 'SET langchef_guard.mode = off', 'CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM (100) TO (200)');
# A sequence that stays, or comes back, while its table goes.
repaired('a sequence of another table', q{CREATE SEQUENCE t_id_seq AS integer; CREATE TABLE t_data (id int DEFAULT nextval('t_id_seq')); ALTER SEQUENCE t_id_seq OWNED BY t_data.id; CREATE VIEW t AS SELECT id FROM t_data},
	'SET langchef_guard.mode = off', 'DROP VIEW t', 'DROP TABLE t_data', 'CREATE TABLE t (id serial)');
repaired('a table that becomes partitioned', 'CREATE TABLE m (id serial, k int) PARTITION BY LIST (k); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1)', 'SET langchef_guard.mode = off', 'DROP TABLE m', 'CREATE TABLE m (id serial, k int)');

# A name that another kind of relation has, while a view that reads it stays the same.
my $on_view = 'CREATE TABLE t_data (id int, name text); CREATE VIEW data AS SELECT * FROM t_data; CREATE VIEW reads AS SELECT * FROM data';
my $on_table = 'CREATE TABLE data (id int, name text); CREATE VIEW reads AS SELECT * FROM data';
repaired('a table where a view is wanted', $on_view, 'SET langchef_guard.mode = off', 'DROP TABLE t_data CASCADE', $on_table);
repaired('a view where a table is wanted', $on_table, 'SET langchef_guard.mode = off', 'DROP TABLE data CASCADE', $on_view);
repaired('a key that a table refers to, and both go', 'CREATE TABLE p (id int)', 'SET langchef_guard.mode = off', 'ALTER TABLE p ADD UNIQUE (id)', 'CREATE TABLE refers (p int REFERENCES p (id))');
# A table that comes to a parent has all its columns.
my $parted = 'CREATE TABLE m (k int, extra text) PARTITION BY LIST (k); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1)';
repaired('a partition, and a column of its parent that goes', $parted, 'SET langchef_guard.mode = off', 'ALTER TABLE m DETACH PARTITION m1', 'ALTER TABLE m ADD more int');
repaired('a partition, and a column of its parent that comes', $parted, 'SET langchef_guard.mode = off', 'ALTER TABLE m DETACH PARTITION m1', 'ALTER TABLE m DROP extra', 'ALTER TABLE m1 DROP extra');
repaired('an heir, and a column of its parent that goes', 'CREATE TABLE up (a int); CREATE TABLE down (a int); ALTER TABLE down INHERIT up', 'SET langchef_guard.mode = off', 'ALTER TABLE down NO INHERIT up', 'ALTER TABLE up ADD more int');

repaired('a partition that lacks a column of its parent', 'CREATE TABLE m (k int, extra text DEFAULT $$x$$, "odd name" int) PARTITION BY LIST (k); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1)', 'SET langchef_guard.mode = off',
	'ALTER TABLE m DETACH PARTITION m1', 'ALTER TABLE m1 DROP extra, DROP "odd name"', 'INSERT INTO m1 VALUES (1)');
repaired('an heir that lacks a column of its parent', 'CREATE TABLE up (a int, e int); CREATE TABLE down (a int, e int); ALTER TABLE down INHERIT up', 'SET langchef_guard.mode = off',
	'ALTER TABLE down NO INHERIT up', 'ALTER TABLE down DROP e');
# A column that goes from a parent while an heir keeps it as its own, with all that is in it.
repaired('a column that an heir keeps', 'CREATE TABLE up (a int); CREATE TABLE down () INHERITS (up); ALTER TABLE down ADD e int; CREATE TABLE other () INHERITS (up); CREATE TABLE below () INHERITS (other)',
	'SET langchef_guard.mode = off', 'DROP TABLE below, other, down', 'ALTER TABLE up ADD e int', 'CREATE TABLE down () INHERITS (up)', 'CREATE TABLE other () INHERITS (up)', 'CREATE TABLE below () INHERITS (other)');
repaired('a column that one below keeps', 'CREATE TABLE up (a int); CREATE TABLE down () INHERITS (up); CREATE TABLE below () INHERITS (down); ALTER TABLE below ADD e int',
	'SET langchef_guard.mode = off', 'DROP TABLE below', 'ALTER TABLE up ADD e int', 'CREATE TABLE below () INHERITS (down)');
repaired('a column that an heir keeps which leaves', 'CREATE TABLE up (a int); CREATE TABLE down (a int, e int)', 'SET langchef_guard.mode = off', 'DROP TABLE down', 'ALTER TABLE up ADD e int', 'CREATE TABLE down () INHERITS (up)');
repaired('a column that a partition keeps which leaves', 'CREATE TABLE m (k int) PARTITION BY LIST (k); CREATE TABLE m1 (k int, e int)', 'SET langchef_guard.mode = off', 'DROP TABLE m1', 'ALTER TABLE m ADD e int',
	'CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1)');

repaired("seed $_", join(";\n", setting_up(), random_commands($_, 60, columns => 1)), random_commands($_ + 1_000_000, 30)) foreach $seed .. $seed + $schemas - 1;
log_is_sound($node, 'the server stayed sound');

done_testing();
