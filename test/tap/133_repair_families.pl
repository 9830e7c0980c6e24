# What repair() makes of tables that come to parents and leave them: what they have as parts of their parents' is no
# object of its own until then.  Each pair of schemas is led from one to the other, both ways.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use Test::More;

my $node = new_cluster('families', preload => 1, settings => [ 'langchef_guard.mode = record' ]);
$node->safe_psql('postgres', 'CREATE DATABASE plain');
$node->safe_psql('plain', 'CREATE EXTENSION langchef_guard');

sub make
{
	my ($database, $schema) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE plain");
	$node->safe_psql($database, "SET langchef_guard.mode = off; $schema");
	return $node->safe_psql($database, 'SELECT langchef_guard.snapshot()');
}

# Leads the database to the other one's schema.  by_hand: what is said to be left, and is; '' for nothing.
sub led
{
	my ($name, $database, $snapshot, $by_hand) = @_;
	my $quoted = $snapshot =~ s/'/''/gr;
	$node->safe_psql($database, "SELECT langchef_guard.register_expected('other', '$quoted')");
	my $script = $node->safe_psql($database, q{SELECT langchef_guard.repair_script('other')});
	my $err;
	$node->psql($database, $script, on_error_stop => 0, stderr => \$err);
	my @errors = grep { /ERROR:/ } split /\n/, $err // '';
	is("@errors", '', "$name: the script runs") || diag($script);
	my $left = $node->safe_psql($database, q{SELECT string_agg(concat_ws(' ', operation, kind, object, attribute), ', ' ORDER BY kind, object, attribute) FROM langchef_guard.drift('other')});
	is($left, $by_hand, "$name: what is left") || diag($script);
	is(scalar(() = $script =~ /^-- manual/mg) > 0 ? 'said' : 'nothing', $by_hand eq '' ? 'nothing' : 'said', "$name: and said");
	return;
}

sub both_ways
{
	my ($name, $one, $other, %by_hand) = @_;
	my $first = make('one', $one);
	my $second = make('other', $other);
	led("$name, to the second", 'one', $second, $by_hand{forth} // '');
	led("$name, to the first", 'other', $first, $by_hand{back} // '');
	$node->safe_psql('postgres', "DROP DATABASE $_") foreach qw(one other);
	return;
}

my $whole = q{CREATE TABLE r (x int PRIMARY KEY); CREATE TABLE t (x int NOT NULL, y int, CONSTRAINT c CHECK (y > 0)) PARTITION BY LIST (x); CREATE INDEX ti ON t (y);
	ALTER TABLE t ADD CONSTRAINT tp PRIMARY KEY (x); ALTER TABLE t ADD CONSTRAINT tf FOREIGN KEY (y) REFERENCES r;};
my $part = 'CREATE TABLE p PARTITION OF t FOR VALUES IN (1);';
both_ways('a partition that keeps nothing of its parent', "$whole $part", "$whole CREATE TABLE p (x int NOT NULL, y int)");
both_ways('a partition that keeps all under names of its own', "$whole $part",
	"$whole CREATE TABLE p (x int NOT NULL, y int, CONSTRAINT own PRIMARY KEY (x), CONSTRAINT c CHECK (y > 0), CONSTRAINT f FOREIGN KEY (y) REFERENCES r); CREATE INDEX own_idx ON p (y)");
both_ways('a partition that goes to a plainer parent', "$whole CREATE TABLE t2 (x int NOT NULL, y int) PARTITION BY LIST (x); $part",
	"$whole CREATE TABLE t2 (x int NOT NULL, y int) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t2 FOR VALUES IN (1)");
both_ways('an index beside that of the parent', 'CREATE TABLE t (x int, y int) PARTITION BY LIST (x); CREATE INDEX ti ON t (y); CREATE TABLE p (x int, y int); CREATE INDEX own ON p (y)',
	'CREATE TABLE t (x int, y int) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); CREATE INDEX ti ON t (y); CREATE INDEX own ON p (y)');

# A key of a partition that stands on a part of the parent's index.
my $standing = 'CREATE TABLE t (x int, y int) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); CREATE UNIQUE INDEX u ON t (x); ALTER TABLE p ADD CONSTRAINT k UNIQUE USING INDEX p_x_idx';
both_ways('the index under a key goes', $standing, 'CREATE TABLE t (x int, y int) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); ALTER TABLE p ADD CONSTRAINT k UNIQUE (x)');
both_ways('the index and the key on it go', $standing, 'CREATE TABLE t (x int, y int) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t FOR VALUES IN (1)');
both_ways('the partition leaves with its key', $standing, 'CREATE TABLE t (x int, y int) PARTITION BY LIST (x); CREATE TABLE p (x int, y int, CONSTRAINT k UNIQUE (x))');
both_ways('a key that not all partitions have', 'CREATE TABLE t (x int NOT NULL) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); ALTER TABLE ONLY t ADD CONSTRAINT k PRIMARY KEY (x); CREATE UNIQUE INDEX own ON p (x)',
	'CREATE TABLE t (x int NOT NULL) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (x)');

# Checks.
both_ways('a check that only the partition is checked for', 'CREATE TABLE t (x int, CONSTRAINT c CHECK (x > 0)) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t FOR VALUES IN (1)',
	'CREATE TABLE t (x int) PARTITION BY LIST (x); ALTER TABLE t ADD CONSTRAINT c CHECK (x > 0) NOT VALID; CREATE TABLE p PARTITION OF t FOR VALUES IN (1)');
both_ways('an heir that leaves a check behind', 'CREATE TABLE up (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE down () INHERITS (up)', 'CREATE TABLE up (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE down (x int)',
	back => 'changed column public.down.x local, unexpected constraint public.down.c');
both_ways('a check that two parents have', 'CREATE TABLE a (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE b (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE down () INHERITS (a, b)',
	'CREATE TABLE a (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE b (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE down () INHERITS (b)',
	forth => 'changed column public.down.x local, unexpected constraint public.down.c', back => 'changed column public.down.x local, unexpected constraint public.down.c');
both_ways('a check beside the one of a parent that comes', 'CREATE TABLE up (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE down (x int, CONSTRAINT c CHECK (x > 0))',
	'CREATE TABLE up (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE down (x int, CONSTRAINT c CHECK (x > 0)) INHERITS (up)');
both_ways('checks of both that change', 'CREATE TABLE up (x int, CONSTRAINT c CHECK (x > 1)); CREATE TABLE down (CONSTRAINT c CHECK (x > 1)) INHERITS (up)',
	'CREATE TABLE up (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE down (CONSTRAINT c CHECK (x > 0)) INHERITS (up)');
both_ways('checks of both that come', 'CREATE TABLE up (x int); CREATE TABLE down () INHERITS (up)', 'CREATE TABLE up (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE down (CONSTRAINT c CHECK (x > 0)) INHERITS (up)');
both_ways('a check that is declared beside a parent', 'CREATE TABLE up (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE down () INHERITS (up)', 'CREATE TABLE up (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE down (CONSTRAINT c CHECK (x > 0)) INHERITS (up)',
	forth => 'missing constraint public.down.c', back => 'unexpected constraint public.down.c');

# Columns that are declared beside a parent.
both_ways('a column that is declared beside a parent', 'CREATE TABLE up (x int, a int); CREATE TABLE down (a int) INHERITS (up)', 'CREATE TABLE up (x int, a int); CREATE TABLE down () INHERITS (up)',
	forth => 'changed column public.down.a local', back => 'changed column public.down.a local');
both_ways('a column that comes to a parent', 'CREATE TABLE up (x int); CREATE TABLE down (a int) INHERITS (up)', 'CREATE TABLE up (x int, a int); CREATE TABLE down () INHERITS (up)',
	forth => 'changed column public.down.a local');
both_ways('another parent', 'CREATE TABLE up (x int); CREATE TABLE other (x int); CREATE TABLE down () INHERITS (up)', 'CREATE TABLE up (x int); CREATE TABLE other (x int); CREATE TABLE down () INHERITS (other)',
	forth => 'changed column public.down.x local', back => 'changed column public.down.x local');

# A table that comes to a parent has its columns as that one's before.
both_ways('columns that must be as the parent has them', 'CREATE TABLE t (x int, b bigint NOT NULL) PARTITION BY LIST (x); CREATE TABLE p (x int, b int, extra text)',
	'CREATE TABLE t (x int, b bigint NOT NULL) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t FOR VALUES IN (1)');
both_ways('a column of a parent that is left', 'CREATE TABLE up (x int, more int); CREATE TABLE down () INHERITS (up)', 'CREATE TABLE up (x int, more int); CREATE TABLE down (x int)',
	back => 'changed column public.down.more local, changed column public.down.x local');

both_ways('a column of a partitioned table', 'CREATE TABLE t (x int, more int) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t FOR VALUES IN (1)', 'CREATE TABLE t (x int) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t FOR VALUES IN (1)');

# What goes from a parent takes along what heirs have.
both_ways('an own NOT NULL', 'CREATE TABLE up (x int NOT NULL); CREATE TABLE down (x int NOT NULL) INHERITS (up)', 'CREATE TABLE up (x int); CREATE TABLE down (x int NOT NULL) INHERITS (up)');
both_ways('an own NOT NULL of a partition', 'CREATE TABLE t (x int NOT NULL, k int) PARTITION BY LIST (k); CREATE TABLE p PARTITION OF t (x NOT NULL) FOR VALUES IN (1)',
	'CREATE TABLE t (x int, k int) PARTITION BY LIST (k); CREATE TABLE p PARTITION OF t (x NOT NULL) FOR VALUES IN (1)');
my $computed = 'CREATE TABLE up (a int, g int GENERATED ALWAYS AS (a * %s) STORED); CREATE INDEX ui ON up (g); CREATE TABLE down () INHERITS (up); ALTER TABLE down ADD CONSTRAINT c CHECK (g <> 99), ADD CONSTRAINT u UNIQUE (g); CREATE STATISTICS s ON a, g FROM down; CREATE INDEX di ON down (g)';
both_ways('a column of heirs that is computed otherwise', sprintf($computed, 2), sprintf($computed, 3));
my $parts = 'CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a * %s) STORED) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); CREATE INDEX ti ON t (g); CREATE UNIQUE INDEX pi ON p (g)';
# From 17 on SET EXPRESSION does it, which the server refuses where a partitioned table has an index on the column.
my $by_set_expression = $node->safe_psql('postgres', 'SHOW server_version_num') >= 170000;
$parts =~ s/ CREATE INDEX ti ON t \(g\);// if $by_set_expression;
both_ways('a column of partitions that is computed otherwise', sprintf($parts, 2), sprintf($parts, 3));

# Foreign keys stand on keys that are replaced.
my $notes = 'CREATE TABLE notes (s int CONSTRAINT f REFERENCES s (id) ON DELETE CASCADE)';
both_ways('another kind of key', "CREATE TABLE s (id int NOT NULL CONSTRAINT u UNIQUE); $notes", "CREATE TABLE s (id int CONSTRAINT p PRIMARY KEY); $notes");
both_ways('another unique index', "CREATE TABLE s (id int); CREATE UNIQUE INDEX u ON s (id); $notes", "CREATE TABLE s (id int); CREATE UNIQUE INDEX v ON s (id); $notes");
both_ways('a key with another column beside it', 'CREATE TABLE s (id int, up int, x int, CONSTRAINT p PRIMARY KEY (id), CONSTRAINT f FOREIGN KEY (up) REFERENCES s)',
	'CREATE TABLE s (id int, up int, x int, CONSTRAINT p PRIMARY KEY (id) INCLUDE (x), CONSTRAINT f FOREIGN KEY (up) REFERENCES s)');

both_ways('keys that change places', 'CREATE TABLE t (a int NOT NULL, b int NOT NULL, CONSTRAINT u UNIQUE (b), CONSTRAINT k PRIMARY KEY (a)); CREATE TABLE r (x int CONSTRAINT f REFERENCES t (a), y int CONSTRAINT g REFERENCES t (b))',
	'CREATE TABLE t (a int NOT NULL, b int NOT NULL, CONSTRAINT u PRIMARY KEY (b), CONSTRAINT k UNIQUE (a)); CREATE TABLE r (x int CONSTRAINT f REFERENCES t (a), y int CONSTRAINT g REFERENCES t (b))');
my $to_part = 'CREATE TABLE t (a int NOT NULL, b int, CONSTRAINT k %s (a)) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); CREATE TABLE r (x int CONSTRAINT f REFERENCES p (a))';
both_ways('a key that a partition is referred to by', sprintf($to_part, 'PRIMARY KEY'), sprintf($to_part, 'UNIQUE'));

# Queries stand on keys as well, also on one that goes with its parent's index.
my $reader = 'CREATE VIEW v AS SELECT x, y FROM p GROUP BY x; CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN ATOMIC INSERT INTO p VALUES (1, 2) ON CONFLICT ON CONSTRAINT k DO NOTHING; END';
both_ways('a key that queries stand on', "CREATE TABLE p (x int CONSTRAINT k PRIMARY KEY, y int); $reader", "CREATE TABLE p (x int, y int, CONSTRAINT k PRIMARY KEY (x) INCLUDE (y)); $reader");
# NOT NULL is the partition's own: from 18 on a primary key makes it so, which no command takes back.
both_ways('a key of a partition that queries stand on', "CREATE TABLE t (x int NOT NULL, y int) PARTITION BY LIST (x); CREATE UNIQUE INDEX u ON t (x); CREATE TABLE p PARTITION OF t (x NOT NULL) FOR VALUES IN (1); ALTER TABLE p ADD CONSTRAINT k PRIMARY KEY USING INDEX p_x_idx; $reader",
	"CREATE TABLE t (x int NOT NULL, y int) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t (x NOT NULL) FOR VALUES IN (1); ALTER TABLE p ADD CONSTRAINT k PRIMARY KEY (x); $reader");

# Functions, views and a column that go one after the other; and an event trigger that would forbid the rest.
both_ways('a chain down to a column', 'CREATE TABLE t (id int)',
	'CREATE TABLE t (id int, run uuid); CREATE VIEW v AS SELECT id, run FROM t; CREATE VIEW w AS SELECT id FROM v; CREATE FUNCTION f() RETURNS SETOF w LANGUAGE sql STABLE AS $$SELECT * FROM public.w$$');
both_ways('an event trigger that forbids', q{CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN NULL; END$$},
	q{CREATE FUNCTION g() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'forbidden'; END$$; CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION g()});
both_ways('an event trigger that forbids something else', q{CREATE FUNCTION g() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'forbidden'; END$$; CREATE TABLE t (x int);
	CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION g()},
	q{CREATE FUNCTION g() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'forbidden'; END$$; CREATE TABLE t (x int); CREATE INDEX i ON t (x); CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION g()});

# Over more than one level.
my $three = 'CREATE TABLE t (x int, y int%s) PARTITION BY LIST (x); CREATE TABLE s PARTITION OF t FOR VALUES IN (1, 2) PARTITION BY LIST (x);';
both_ways('an index of the parent of the parent goes, and its part is kept', sprintf($three, '') . 'CREATE TABLE p PARTITION OF s FOR VALUES IN (1); CREATE UNIQUE INDEX ti ON t (x)',
  sprintf($three, '') . 'CREATE TABLE p (x int, y int); CREATE UNIQUE INDEX own ON p (x)');
both_ways('a key of the parent of the parent goes, and its part is kept', sprintf($three, '') . 'CREATE TABLE p PARTITION OF s FOR VALUES IN (1); ALTER TABLE t ADD CONSTRAINT tk UNIQUE (x)',
  sprintf($three, '') . 'CREATE TABLE p (x int, y int, CONSTRAINT k UNIQUE (x))');
both_ways('a check of a partition under one that leaves', 'CREATE TABLE t (x int, y int, CONSTRAINT c CHECK (y > 0)) PARTITION BY LIST (x); CREATE TABLE s PARTITION OF t FOR VALUES IN (1, 2) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF s FOR VALUES IN (1)',
  'CREATE TABLE t (x int, y int, CONSTRAINT c CHECK (y > 0)) PARTITION BY LIST (x); CREATE TABLE s (x int, y int) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF s (CONSTRAINT c CHECK (y > 0)) FOR VALUES IN (1)');
both_ways('an index of a partition under one that leaves', 'CREATE TABLE t (x int, y int) PARTITION BY LIST (x); CREATE UNIQUE INDEX ti ON t (x); CREATE TABLE s PARTITION OF t FOR VALUES IN (1, 2) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF s FOR VALUES IN (1)',
  'CREATE TABLE t (x int, y int) PARTITION BY LIST (x);  CREATE UNIQUE INDEX ti ON t (x); CREATE TABLE s (x int, y int) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF s FOR VALUES IN (1); CREATE UNIQUE INDEX own ON p (x)');
both_ways('a check of an heir of one that leaves', 'CREATE TABLE t (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE s () INHERITS (t); CREATE TABLE p () INHERITS (s)',
  'CREATE TABLE t (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE s (x int); CREATE TABLE p (CONSTRAINT c CHECK (x > 0)) INHERITS (s)', back => 'changed column public.s.x local, unexpected constraint public.s.c');
both_ways('a check that goes from the first parent, and is the last heir\'s own', 'CREATE TABLE t (x int, CONSTRAINT c CHECK (x > 0)); CREATE TABLE s () INHERITS (t); CREATE TABLE p () INHERITS (s)',
  'CREATE TABLE t (x int); CREATE TABLE s () INHERITS (t); CREATE TABLE p (CONSTRAINT c CHECK (x > 0)) INHERITS (s)');
both_ways('a foreign key that came under a name of its own', 'CREATE TABLE r (x int PRIMARY KEY); CREATE TABLE t (x int, y int, CONSTRAINT tf FOREIGN KEY (y) REFERENCES r) PARTITION BY LIST (x); CREATE TABLE p (x int, y int, CONSTRAINT own FOREIGN KEY (y) REFERENCES r); ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)',
  'CREATE TABLE r (x int PRIMARY KEY); CREATE TABLE t (x int, y int, CONSTRAINT tf FOREIGN KEY (y) REFERENCES r) PARTITION BY LIST (x); CREATE TABLE p (x int, y int)');
both_ways('a foreign key that keeps the name it came under', 'CREATE TABLE r (x int PRIMARY KEY); CREATE TABLE t (x int, y int, CONSTRAINT tf FOREIGN KEY (y) REFERENCES r) PARTITION BY LIST (x); CREATE TABLE p (x int, y int, CONSTRAINT own FOREIGN KEY (y) REFERENCES r); ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)',
  'CREATE TABLE r (x int PRIMARY KEY); CREATE TABLE t (x int, y int, CONSTRAINT tf FOREIGN KEY (y) REFERENCES r) PARTITION BY LIST (x); CREATE TABLE p (x int, y int, CONSTRAINT own FOREIGN KEY (y) REFERENCES r)');

# Parts that have each other's names.  The ledger knows of renames, which an expected schema registered before is compared by.
{
	my $first = make('one', 'CREATE TABLE t (x int, y int) PARTITION BY LIST (x); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); CREATE INDEX a ON t (x); CREATE INDEX b ON t (y)');
	my $second = make('other', 'CREATE TABLE t (x int, y int) PARTITION BY LIST (x); CREATE TABLE p (x int, y int); CREATE INDEX a ON t (x); CREATE INDEX b ON t (y); CREATE INDEX p_y_idx ON p (x); CREATE INDEX p_x_idx ON p (y)');
	my $quoted = $second =~ s/'/''/gr;
	$node->safe_psql('one', "SELECT langchef_guard.register_expected('other', '$quoted')");
	my $script = $node->safe_psql('one', q{SELECT langchef_guard.repair_script('other')});
	$node->safe_psql('one', $script);
	$node->safe_psql('one', "SELECT langchef_guard.register_expected('again', '$quoted')");
	is($node->safe_psql('one', q{SELECT count(*) FROM langchef_guard.drift('again')}), '0', 'indexes that change names with each other') || diag($script);
	is($script !~ /CREATE INDEX/, 1, 'are not made anew');
	$node->safe_psql('postgres', "DROP DATABASE $_") foreach qw(one other);
}

# The ledger does not tell of all that a table had when it came to a parent: undo() removes nothing of it.
$node->safe_psql('plain', "$whole CREATE TABLE p (x int NOT NULL, y int, CONSTRAINT c CHECK (y > 0), CONSTRAINT own PRIMARY KEY (x)); CREATE INDEX own_idx ON p (y); ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)");
my $undo = $node->safe_psql('plain', q{SELECT string_agg(u.command, ';' ORDER BY u.step) FROM langchef_guard.undo((SELECT max(l.id) FROM langchef_guard.ledger l WHERE l.statement ~ 'ATTACH PARTITION p ' AND l.identity = 'public.p')) u});
unlike($undo, qr/DROP/, 'undo() of an attachment drops nothing');
like($undo, qr/DETACH PARTITION public\.p\b/, 'and detaches');

log_is_sound($node, 'the server stayed sound');

done_testing();
