# While another session holds ACCESS EXCLUSIVE on the table, what is not approved is refused without waiting.
# A command that waited would run into lock_timeout, which has another SQLSTATE.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use Test::More;
use Time::HiRes qw(time);

my @commands = (
	[ 'DROP TABLE prompts', qr/^dropping table "public.prompts"/ ],
	[ 'DROP TABLE prompts CASCADE', qr/^dropping table "public.prompts"/ ],
	[ 'ALTER TABLE prompts DROP COLUMN version', qr/^dropping column "version" of table "public.prompts"/ ],
	[ 'TRUNCATE prompts', qr/^truncating table "public.prompts"/ ],
	[ 'ALTER TABLE prompts ALTER COLUMN version TYPE varchar(3)', qr/^changing the type of column "version" of table/ ],
	[ 'DROP TRIGGER noticed ON prompts', qr/^dropping trigger "noticed" of table "public.prompts"/ ],
	[ 'DROP INDEX prompts_version', qr/^dropping index "public.prompts_version"/ ],
	[ 'DROP INDEX CONCURRENTLY prompts_version', qr/^dropping index "public.prompts_version"/ ],
	[ 'DROP VIEW titles', qr/^dropping view "public.titles"/ ],
	[ 'ALTER TABLE prompts DISABLE TRIGGER ALL', qr/^disabling all triggers of table "public.prompts"/ ],
	[ 'ALTER TABLE prompts SET UNLOGGED', qr/^setting table "public.prompts" unlogged/ ],
	[ 'ALTER TABLE prompts DROP CONSTRAINT prompts_pkey', qr/^dropping constraint "prompts_pkey" of table "public.prompts"/ ],
	[ 'DROP SCHEMA public CASCADE', qr/^dropping schema "public"/ ]);

sub locked
{
	my ($node, $mode) = @_;
	$node->safe_psql($mode, q{
		CREATE TABLE prompts (id int PRIMARY KEY, version text);
		INSERT INTO prompts SELECT n, 'v' || n FROM generate_series(1, 1000) n;
		ANALYZE prompts;
		CREATE INDEX prompts_version ON prompts (version);
		CREATE VIEW titles AS SELECT id FROM prompts;
		CREATE FUNCTION notice() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
		CREATE TRIGGER noticed BEFORE INSERT ON prompts FOR EACH ROW EXECUTE FUNCTION notice()});

	my $holder = session($node, $mode);
	attempt_in($holder, 'BEGIN');
	attempt_in($holder, 'LOCK TABLE prompts, titles IN ACCESS EXCLUSIVE MODE');

	my $impatient = session($node, $mode);
	attempt_in($impatient, q{SET lock_timeout = '200ms'});
	# In triggers-only mode the library comes with the first DDL command: TRUNCATE is no such.
	attempt_in($impatient, 'CREATE TABLE first_command ()');
	is(attempt_in($impatient, 'SELECT * FROM prompts')->{sqlstate}, '55P03', "$mode: who waits for the lock runs into lock_timeout");
	my $longest = 0;
	foreach (@commands)
	{
		my ($command, $phrase) = @$_;
		my $start = time;
		my $result = attempt_in($impatient, $command);
		my $took = (time - $start) * 1000;
		$longest = $took if $took > $longest;
		refused_with($result, $phrase, "$mode: $command is refused at once");
		note(sprintf('%s: %.1f ms', $command, $took));
	}
	diag(sprintf('%s: longest wait for a refusal on a locked table: %.1f ms', $mode, $longest));

	# What may run does wait, so the lock was in the way all the time.
	is(attempt_in($impatient, 'ALTER TABLE prompts ADD COLUMN more int')->{sqlstate}, '55P03', "$mode: ADD COLUMN still waits");
	like(attempt_in($impatient, 'DROP TABLE prompts CASCADE')->{detail}, qr/about 1000 rows would be lost/,
		"$mode: the rows of a locked table are estimated");
	attempt_in($holder, 'ROLLBACK');
	is(attempt_in($impatient, 'SELECT count(*) FROM prompts')->{out}, 1000, "$mode: nothing is lost");
	$_->quit foreach $holder, $impatient;
	return;
}

# An unapproved command must not queue for the lock either, where others would wait behind it.
sub leaves_no_queue
{
	my ($node, $mode) = @_;
	my $reader = session($node, $mode);
	attempt_in($reader, 'BEGIN');
	attempt_in($reader, 'SELECT count(*) FROM prompts');
	my $other = session($node, $mode);
	attempt_in($other, q{SET lock_timeout = '200ms'});
	refused_with(attempt_in($other, 'DROP TABLE prompts CASCADE'), qr/^dropping table/, "$mode: DROP of a table in use is refused at once");
	is(rows($node, $mode, q{SELECT count(*) FROM pg_locks WHERE relation = 'prompts'::regclass AND mode = 'AccessExclusiveLock'}),
		0, "$mode: without asking for the lock");
	attempt_in($reader, 'COMMIT');
	$_->quit foreach $reader, $other;
	return;
}

# A locked table of the guard's own holds a refusal up for proposal_timeout at most.
sub own_table_locked
{
	my ($node, $mode) = @_;
	$node->safe_psql($mode, 'CREATE TABLE unfiled (); CREATE ROLE "unfiled role" SUPERUSER');
	my $holder = session($node, $mode);
	attempt_in($holder, 'BEGIN');
	attempt_in($holder, 'LOCK TABLE langchef_guard.proposal IN ACCESS EXCLUSIVE MODE');
	my $other = session($node, $mode);
	attempt_in($other, q{CREATE TABLE first_of_other (); SET SESSION AUTHORIZATION "unfiled role"});
	attempt_in($other, q{RESET SESSION AUTHORIZATION; SET langchef_guard.proposal_timeout = '1600ms'; SET SESSION AUTHORIZATION "unfiled role"});
	my $start = time;
	my $result = attempt_in($other, 'DROP TABLE unfiled');
	my $took = time - $start;
	is($result->{sqlstate}, 'LG001', "$mode: refused though no proposal can be filed");
	like($result->{hint}, qr/^No proposal could be filed: the guard's tables were locked or busy for too long\.  /, "$mode: and told why");
	# What psql and a busy machine need comes on top.
	cmp_ok($took, '<', 1.6 + 0.8, "$mode: within proposal_timeout");
	attempt_in($holder, 'ROLLBACK');
	$_->quit foreach $holder, $other;
	return;
}

my $preloaded = new_cluster('preloaded', preload => 1);
my $plain = new_cluster('plain');
foreach ([ $preloaded, 'preloaded' ], [ $plain, 'lazy' ])
{
	my ($node, $mode) = @$_;
	new_database($node, $mode);
	locked($node, $mode);
	leaves_no_queue($node, $mode);
	own_table_locked($node, $mode);
	log_is_sound($node, "$mode: the server is sound");
	$node->stop;
}

done_testing();
