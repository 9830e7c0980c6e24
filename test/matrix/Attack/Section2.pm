# Destructive commands beyond DROP TABLE: what is dropped, emptied and altered.
package Attack::Section2;

use strict;
use warnings FATAL => 'all';

use Attack::Words;

sub title { return '2. Destructive commands beyond DROP TABLE'; }

my $forget = q{DELETE FROM langchef_guard.policy;};

# DROP INDEX CONCURRENTLY with a token: it runs, once.
sub concurrently_approved
{
	my ($w, $role, $mark) = @_;
	my $sql = 'DROP INDEX CONCURRENTLY app.t_a';
	my $first = $w->attempt($role, $sql);
	return "not refused: $first->{text}" if $first->{hint} !~ /approve\((\d+)\)/;
	my $token = $w->attempt('s', "SELECT langchef_guard.approve($1, 'unused')")->{out} =~ s/\s//gr;
	my $second = $w->attempt($role, "SET langchef_guard.approval_token = '$token'; $sql");
	return "not approved: $second->{text}" if $second->{sqlstate};
	my $tags = $w->recorded($mark);
	return "recorded: $tags; the token is " . $w->look('SELECT state FROM langchef_guard.approvals');
}

# No invalid index is left by a command that is refused, or by one that passes.
sub invalid_indexes
{
	my ($sql) = @_;
	return sub {
		my ($w, $role, $mark) = @_;
		my $outcome = $w->attempt($role, $sql);
		return ($w->told($outcome, $mark) . '; invalid indexes: ' . $w->look('SELECT count(*) FROM pg_index WHERE NOT indisvalid'), $outcome);
	};
}

sub cases
{
	return (
		attack(20, 'the second of two is the protected one', 'DROP TABLE app.fresh, app.calls', refused('D01'), undo => $forget,
			setup => q{INSERT INTO langchef_guard.policy (object, action) VALUES ('app.fresh', 'allow')}),
		attack('20a', 'the first of two is the protected one', 'DROP TABLE app.calls, app.fresh', refused('D01'), undo => $forget,
			setup => q{INSERT INTO langchef_guard.policy (object, action) VALUES ('app.fresh', 'allow')}),
		attack('20b', 'one of two is denied', 'DROP TABLE app.fresh, app.calls', denied(), undo => $forget,
			setup => q{INSERT INTO langchef_guard.policy (object, action) VALUES ('app.calls', 'deny')}),
		attack('20c', 'allowed by policy', 'DROP TABLE app.fresh', recorded('DROP TABLE'), undo => $forget,
			setup => q{INSERT INTO langchef_guard.policy (object, action) VALUES ('app.fresh', 'allow')}),
		attack(21, 'CASCADE to a view and a foreign key', 'DROP TABLE app.t CASCADE', refused('D01', 'D02')),
		attack('21a', 'CASCADE to a materialized view', 'DROP TABLE app.other CASCADE', refused('D01', 'D02')),
		attack('21b', 'CASCADE to a default', 'DROP FUNCTION app.f(int) CASCADE', refused('D12')),
		attack('21c', 'CASCADE to a trigger', 'DROP FUNCTION app.fire() CASCADE', refused('D12')),
		attack('21d', 'CASCADE to columns', 'DROP TYPE app.mood CASCADE', refused('D11')),
		attack(22, 'DROP SCHEMA CASCADE', 'DROP SCHEMA app CASCADE', refused('D05')),
		attack('22a', 'DROP SCHEMA CASCADE of one with a single table', 'DROP SCHEMA full_of CASCADE', refused('D05')),
		attack(23, 'DROP OWNED BY', 'DROP OWNED BY attack_owner CASCADE', refused('D21')),
		attack('23a', 'DROP OWNED BY CURRENT_USER', 'SET ROLE attack_owner; DROP OWNED BY CURRENT_USER CASCADE', refused('D21')),
		attack(24, 'REASSIGN OWNED', 'REASSIGN OWNED BY attack_owner TO attack_dbo', refused('D21'),
			triggers => { o => postgres_refuses('42501'), d => not_loaded('passes'), s => not_loaded('passes') }),
		attack('24a', 'REASSIGN OWNED in a block', q{DO $$ BEGIN REASSIGN OWNED BY attack_other TO attack_spare; END $$}, refused('D21'), roles => 's', triggers => not_loaded()),
		attack(25, 'DROP COLUMN', 'ALTER TABLE app.t DROP COLUMN b', refused('D03')),
		attack('25a', 'DROP COLUMN CASCADE', 'ALTER TABLE app.t DROP COLUMN a CASCADE', refused('D02', 'D03')),
		attack('25b', 'DROP ATTRIBUTE of a typed table', 'ALTER TYPE app.pair DROP ATTRIBUTE y CASCADE', refused('D03')),
		attack(26, 'values erased by USING NULL', 'ALTER TABLE app.lonely ALTER COLUMN y TYPE text USING NULL', refused('R01')),
		attack('26a', 'values erased by USING a function', q{ALTER TABLE app.lonely ALTER COLUMN y TYPE text USING left(y, 0)}, refused('R01')),
		attack(27, 'type changed without a rewrite', 'ALTER TABLE app.t ALTER COLUMN b TYPE text', refused('R16')),
		attack('27a', 'type widened', 'ALTER TABLE app.t ALTER COLUMN b TYPE varchar(20)', refused('R16')),
		attack('27b', 'type narrowed', 'ALTER TABLE app.t ALTER COLUMN b TYPE varchar(1) USING left(b, 1)', refused('D22')),
		attack(28, 'a typed table by its type', 'ALTER TYPE app.pair ALTER ATTRIBUTE x TYPE bigint CASCADE', refused('R01', 'R16')),
		attack('28a', 'a typed table wider by its type', 'ALTER TYPE app.pair ADD ATTRIBUTE z int CASCADE', recorded('ALTER TYPE')),
		attack(29, 'an enum label renamed', q{ALTER TYPE app.mood RENAME VALUE 'bad' TO 'worse'}, recorded('ALTER TYPE')),
		attack('29a', 'a type renamed', q{ALTER TYPE app.mood RENAME TO humour}, recorded('ALTER TYPE')),
		attack('29b', 'an attribute renamed', q{ALTER TYPE app.pair RENAME ATTRIBUTE x TO xx CASCADE}, recorded('ALTER TYPE')),
		attack(30, 'DROP CONSTRAINT: foreign key', 'ALTER TABLE app.child DROP CONSTRAINT child_t', refused('D15')),
		attack('30a', 'DROP CONSTRAINT: check', 'ALTER TABLE app.lonely DROP CONSTRAINT positive', refused('D15')),
		attack('30b', 'DROP CONSTRAINT: primary key', 'ALTER TABLE app.t DROP CONSTRAINT t_pkey CASCADE', refused('D16')),
		attack('30c', 'DROP NOT NULL', 'ALTER TABLE app.t ALTER COLUMN a DROP NOT NULL', recorded('ALTER TABLE')),
		attack('30d', 'DROP DEFAULT', 'ALTER TABLE app.t ALTER COLUMN a DROP DEFAULT', recorded('ALTER TABLE')),
		attack('30e', 'DROP IDENTITY', 'ALTER TABLE app.t ALTER COLUMN g DROP IDENTITY', refused('D23')),
		attack('30f', 'DROP EXPRESSION', 'ALTER TABLE app.t ALTER COLUMN e DROP EXPRESSION', refused('D23')),
		attack('30g', 'DROP CONSTRAINT of a domain', 'ALTER DOMAIN app.positive DROP CONSTRAINT more', refused('D15')),
		attack(31, 'SET UNLOGGED', 'ALTER TABLE app.lonely SET UNLOGGED', refused('D25'), stand_in => 'the loss, which needs a crash'),
		attack('31a', 'SET UNLOGGED of a table without rows', 'ALTER TABLE app.fresh SET UNLOGGED', refused('D25')),
		attack(32, 'DETACH PARTITION, then DROP', 'ALTER TABLE app.whole DETACH PARTITION app.part; DROP TABLE app.part', refused('D24')),
		attack('32a', 'a detached partition is an ordinary table', 'DROP TABLE app.part', refused('D01'),
			setup => 'ALTER TABLE app.whole DETACH PARTITION app.part', undo => 'ALTER TABLE app.whole ATTACH PARTITION app.part FOR VALUES FROM (1) TO (10)'),
		attack(33, 'DETACH CONCURRENTLY: refused before it commits for the first time', 'ALTER TABLE app.whole DETACH PARTITION app.part CONCURRENTLY', refused('D24')),
		attack('33a', 'DETACH CONCURRENTLY by dynamic SQL', q{DO $$ BEGIN EXECUTE 'ALTER TABLE app.whole DETACH PARTITION app.part CONCURRENTLY'; END $$}, postgres_refuses('25001'), triggers => refused('D24')),
		attack(34, 'NO INHERIT, then DROP', 'ALTER TABLE app.heir NO INHERIT app.base; DROP TABLE app.heir', refused('D01', 'D24')),
		attack('34a', 'NO INHERIT of a parent of the same transaction', 'BEGIN; CREATE TABLE app.new (k int); ALTER TABLE app.heir INHERIT app.new; ALTER TABLE app.heir NO INHERIT app.base; COMMIT', refused('D24')),
		attack(35, 'TRUNCATE', 'TRUNCATE app.lonely', refused('D07'), triggers => not_loaded()),
		attack('35a', 'TRUNCATE CASCADE along a foreign key', 'TRUNCATE app.t CASCADE', refused('D07', 'D08'), triggers => not_loaded()),
		attack('35b', 'TRUNCATE of a partitioned table', 'TRUNCATE app.whole', refused('D07'), triggers => not_loaded()),
		attack('35c', 'TRUNCATE RESTART IDENTITY', 'TRUNCATE app.child RESTART IDENTITY', refused('D07'), triggers => not_loaded()),
		attack('35d', 'TRUNCATE of an inherited table', 'TRUNCATE app.base', refused('D07'), triggers => not_loaded()),
		attack('35e', 'TRUNCATE after a first DDL command', 'CREATE TEMP TABLE first (x int); TRUNCATE app.lonely', refused('D07')),
		attack(36, 'DELETE of all rows', 'DELETE FROM app.lonely', refused('D09'), triggers => not_loaded()),
		attack('36a', 'UPDATE of all rows', 'UPDATE app.lonely SET y = NULL', refused('D09'), triggers => not_loaded()),
		attack('36b', 'WHERE true', 'DELETE FROM app.lonely WHERE 1 = 1 AND true', refused('D09'), triggers => not_loaded()),
		attack('36c', 'in a CTE', 'WITH d AS (DELETE FROM app.lonely RETURNING 1) SELECT count(*) FROM d', refused('D09'), triggers => not_loaded()),
		attack('36d', 'MERGE', 'MERGE INTO app.lonely USING (VALUES (1)) AS s (i) ON true WHEN MATCHED THEN DELETE', refused('D09'), triggers => not_loaded()),
		attack('36e', 'by a rule', 'INSERT INTO app.ruled VALUES (2)', refused('D09'), triggers => not_loaded()),
		attack('36f', 'along a foreign key', 'DELETE FROM app.t', refused('D09'), triggers => not_loaded()),
		attack('36g', 'by an INSTEAD OF trigger', 'DELETE FROM app.iv WHERE x = 1', refused('D09'), triggers => not_loaded()),
		attack('36h', 'through a view', 'DELETE FROM app.v', refused('D09'), triggers => not_loaded()),
		attack('36i', 'by a condition that all rows meet', 'DELETE FROM app.lonely WHERE x > 0', cannot('a condition that the planner keeps counts as one')),
		attack('36j', 'by a join that all rows meet', 'DELETE FROM app.lonely l USING (VALUES (1)) AS s (i)', refused('D09'), triggers => not_loaded()),
		attack('36k', 'UPDATE in INSERT ... ON CONFLICT', 'INSERT INTO app.t (id) SELECT id FROM app.t ON CONFLICT (id) DO UPDATE SET c = NULL',
			cannot('the rows to be overwritten are chosen by those to be inserted')),
		attack(37, 'renamed, and an empty one in its place', 'ALTER TABLE app.lonely RENAME TO lonely_old; CREATE TABLE app.lonely (x int)',
			recorded('ALTER TABLE', 'CREATE TABLE')),
		attack('37a', 'and dropped under its new name', 'ALTER TABLE app.lonely RENAME TO lonely_old; DROP TABLE app.lonely_old CASCADE', refused('D01', 'D02'), rebuild => 1,
			may_change => qr/./),
		attack(38, 'moved out of its schema and dropped', 'BEGIN; ALTER TABLE app.calls SET SCHEMA public; DROP TABLE public.calls; COMMIT', refused('D01')),
		attack('38a', 'moved into a schema where a policy lets tables be dropped', 'ALTER TABLE app.calls SET SCHEMA public; DROP TABLE public.calls',
			recorded('ALTER TABLE', 'DROP TABLE'), setup => q{INSERT INTO langchef_guard.policy (schema_name, rule, action) VALUES ('public', 'D01', 'allow')},
			undo => $forget),
		attack(39, 'given to oneself', q{ALTER TABLE app.owned OWNER TO CURRENT_USER}, { o => postgres_refuses('42501'), d => postgres_refuses('42501'),
			s => recorded('ALTER TABLE') }),
		attack('39a', 'given to oneself and dropped', q{BEGIN; ALTER TABLE app.owned OWNER TO CURRENT_USER; DROP TABLE app.owned; COMMIT},
			{ o => postgres_refuses('42501'), d => postgres_refuses('42501'), s => refused('D01') }),
	);
}

1;
