# A comparison reads only the pages of the catalogs that were written since the last one, and goes by what that noted of
# the others: whatever other sessions, and it itself, did to the catalogs in between, committed, undone or still open, it
# tells what one without notes tells.
# LCG_KEPT_ROUNDS sets the number of rounds, LCG_SEED what happens in them.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RandomSchema;
use Test::More;

my $rounds = $ENV{LCG_KEPT_ROUNDS} // 150;
my $seed = $ENV{LCG_SEED} // 1;
note("seed $seed, $rounds rounds");

my $node = new_cluster('kept', preload => 1, streaming => 1,
	settings => [ "langchef_guard.mode = 'record'", 'autovacuum = off', 'max_prepared_transactions = 4', 'deadlock_timeout = 100ms' ]);
$node->safe_psql('postgres', 'CREATE ROLE random_reader; CREATE ROLE random_writer');
new_database($node, 'kept');
$node->safe_psql('kept', setting_up() . ';' . join(';', map { "CREATE TABLE app.still$_ (id int PRIMARY KEY, v text)" } 1 .. 40) . q{;
	SELECT langchef_guard.register_expected('release')});

my $question = q{SELECT md5(coalesce(jsonb_agg(to_jsonb(d)), '[]')::text) FROM langchef_guard.drift('release') d};
# Without notes, for this once.
my $no_map = 'DELETE FROM langchef_guard.catalog_map';
my $anew = "SET lock_timeout = '50ms'; BEGIN; DELETE FROM langchef_guard.expected_stamp; $no_map; $question; ROLLBACK";

my $asking = session($node, 'kept');
my @writers = map { session($node, 'kept') } 1 .. 2;
attempt_in($_, "SET lock_timeout = '50ms'") foreach @writers, $asking;

my @commands = random_commands($seed, $rounds * 7, renames => 1, columns => 1);
my $state = $seed * 31 + 5;
sub chance { my ($most) = @_; $state = ($state * 1103515245 + 12345) % 2147483648; return int($state / 65536) % $most; }

# Groups of objects that a comparison reads, and of how many.
sub groups_read
{
	my ($before) = @_;
	my $text = attempt($node, 'kept', "SET lock_timeout = '50ms'; BEGIN; $before; SET LOCAL client_min_messages = debug1; $question; ROLLBACK")->{text};
	return $text =~ /langchef_guard reads (\d+ of \d+ groups)/ ? $1 : $text;
}

my %open;
my $prepared = 0;
my ($alike, $unlike, $changes, $last) = (0, 0, 0, '');
my ($same_groups, $other_groups) = (0, 0);

# A few commands of one writer, in a transaction that may stay open.
sub write_something
{
	my ($number) = @_;
	my @done;
	my $write = sub { my ($sql) = @_; push @done, "writer $number: $sql"; return attempt_in($writers[$number], $sql)->{sqlstate} eq ''; };
	if (!$open{$number} && chance(2)) { $open{$number} = 1; $write->('BEGIN'); }
	foreach (1 .. 3)
	{
		$write->('SAVEPOINT s') if $open{$number};
		my $undo = !$write->(shift @commands) || chance(4) == 0;
		$write->('ROLLBACK TO s') if $open{$number} && $undo;
	}
	return @done if !$open{$number} || chance(3);
	my $end = (qw(COMMIT COMMIT ROLLBACK), $prepared ? 'COMMIT' : q{PREPARE TRANSACTION 'p'})[ chance(4) ];
	$write->($end);
	$prepared = 1 if $end =~ /^PREPARE/;
	$open{$number} = 0;
	return @done;
}

foreach my $round (1 .. $rounds)
{
	my @done = map { write_something(chance(2)) } 1 .. 1 + chance(2);
	if ($prepared && chance(3) == 0)
	{
		my $end = chance(2) ? q{COMMIT PREPARED 'p'} : q{ROLLBACK PREPARED 'p'};
		attempt($node, 'kept', $end);
		push @done, $end;
		$prepared = 0;
	}
	my $upkeep = chance(25);
	my $vacuum = $upkeep == 0 ? 'VACUUM FULL ' : $upkeep == 1 ? 'VACUUM FREEZE ' : $upkeep < 4 ? 'VACUUM ' : '';
	if ($vacuum)
	{
		push @done, $vacuum . (qw(pg_class pg_attribute pg_depend pg_constraint pg_type))[ chance(5) ];
		attempt($node, 'kept', "SET lock_timeout = '50ms'; $done[-1]");
	}
	# Its own changes, undone or not, between two looks.
	if (chance(4) == 0)
	{
		my $own = shift @commands;
		attempt_in($asking, $_) foreach 'BEGIN', $own, $question, chance(2) ? 'ROLLBACK' : 'COMMIT';
		push @done, "own: $own";
	}
	# Views that an open transaction has locked cannot be read.
	my $remembered = attempt_in($asking, $question);
	my $fresh = attempt($node, 'kept', $anew);
	my @failed = grep { $_ ne '' } map { $_->{sqlstate} } $remembered, $fresh;
	if (!@failed)
	{
		if ($remembered->{out} ne $fresh->{out}) { $unlike++; diag("round $round: " . join('; ', @done)); last; }
		$alike++;
		$changes++ if $fresh->{out} ne $last;
		$last = $fresh->{out};
	}
	# A map that was brought up to date has the groups, with the rows, that one made anew has.
	if ($round % 5 == 0)
	{
		my ($with, $without) = map { groups_read($_) } 'SELECT 1', $no_map;
		if ($with eq $without) { $same_groups++ if $with =~ /groups/; }
		else { $other_groups++; diag("round $round: $with with a map, $without without: " . join('; ', @done)); }
	}
	if (@failed && grep { $_ ne '55P03' } @failed) { $unlike++; diag("round $round: " . join('; ', @done), "\n$remembered->{text}\n$fresh->{text}"); last; }
}
is($unlike, 0, 'what goes by notes is what is found anew, in every round');
is($other_groups, 0, 'and so are the groups of objects');
cmp_ok($same_groups, '>', $rounds / 20, "in $same_groups rounds in which they were compared");
cmp_ok($alike, '>', $rounds / 3, "$alike of $rounds rounds were comparable");
cmp_ok($changes, '>', $rounds / 5, "the schema changed in $changes of them");

# What is told while a transaction is open is not what is told when it is over.
attempt_in($_, 'ROLLBACK') foreach @writers, $asking;
attempt($node, 'kept', q{ROLLBACK PREPARED 'p'}) if $prepared;
$node->safe_psql('kept', q{SELECT langchef_guard.register_expected('release')});
my $count = q{SELECT count(*) FROM langchef_guard.drift('release')};
foreach my $end (qw(COMMIT ROLLBACK))
{
	attempt_in($writers[0], $_) foreach 'BEGIN', 'ALTER TABLE app.still1 ADD COLUMN late int';
	is(attempt_in($asking, $count)->{out}, '0', 'what is not committed is not seen');
	attempt_in($writers[0], $end);
	is(attempt_in($asking, $count)->{out}, $end eq 'COMMIT' ? '1' : '0', "and after $end it is as it became");
	attempt_in($writers[0], 'ALTER TABLE app.still1 DROP COLUMN IF EXISTS late');
	is(attempt_in($asking, $count)->{out}, '0', 'and as it was');
}
# Only the pages that were written are read.
sub pages_read
{
	attempt_in($asking, 'SET client_min_messages = debug1');
	my ($read, $of) = attempt_in($asking, $count)->{text} =~ /langchef_guard reads (\d+) of (\d+) pages/;
	attempt_in($asking, 'RESET client_min_messages');
	return ($read, $of);
}
attempt_in($writers[0], 'VACUUM');
attempt_in($asking, $count);
my ($read, $of) = pages_read();
cmp_ok($read, '<', $of / 20, "$read of $of pages are read when nothing was written but the notes");
attempt_in($writers[0], 'ALTER TABLE app.still1 ADD COLUMN late int');
($read, $of) = pages_read();
cmp_ok($read, '>', 1, "$read are after a change");
cmp_ok($read, '<', $of / 3, 'which are not many');
attempt_in($writers[0], 'ALTER TABLE app.still1 DROP COLUMN late');
# Locked rows.
attempt_in($writers[0], q{BEGIN; SELECT 1 FROM pg_class WHERE oid = 'app.still2'::regclass FOR UPDATE});
is(attempt_in($asking, $count)->{out}, '0', 'rows that are locked are there');
attempt_in($writers[0], 'ALTER TABLE app.still2 ADD COLUMN late int');
is(attempt_in($asking, $count)->{out}, '0', 'and changed by who locked them');
attempt_in($writers[0], 'COMMIT');
is(attempt_in($asking, $count)->{out}, '1', 'once that is over');
attempt_in($writers[0], 'ALTER TABLE app.still2 DROP COLUMN late');

# What is noted is written when it is something else, and only that.
my $written = q{SELECT count(*) FILTER (WHERE xmin::text::bigint >= %s), count(*) FROM langchef_guard.catalog_map};
sub parts_written
{
	my ($change) = @_;
	my $before = $node->safe_psql('kept', 'SELECT txid_current()');
	attempt_in($writers[0], $change) if $change;
	attempt_in($asking, $count);
	return split /\|/, $node->safe_psql('kept', sprintf($written, $before));
}
# To read a page can be to take dead rows away.
attempt_in($asking, $count) foreach 1 .. 3;
my ($parts, $all_parts) = parts_written('');
is($parts, 0, 'nothing is written when nothing changed');
($parts, $all_parts) = parts_written('ALTER TABLE app.still3 ADD COLUMN late int');
cmp_ok($parts, '>', 1, "$parts of $all_parts parts are after a change");
cmp_ok($parts, '<', $all_parts / 2, 'which are not all');
attempt_in($writers[0], 'ALTER TABLE app.still3 DROP COLUMN late');
is(attempt_in($asking, $count)->{out}, '0', 'and it is told');
$node->safe_psql('kept', join ';', map { "CREATE TABLE app.many$_ (a int PRIMARY KEY, b text, c int UNIQUE, d int UNIQUE, e int)" } 1 .. 600);
is(attempt_in($asking, $count)->{out}, '5400', 'many objects come');
is(groups_read('SELECT 1'), groups_read($no_map), 'and are in the groups that they are in when all is read');

# What cannot be read or is not all there is not believed, and made anew.
foreach my $damage (
	q{DELETE FROM langchef_guard.catalog_map}, q{DELETE FROM langchef_guard.catalog_map WHERE part = 1},
	q{DELETE FROM langchef_guard.catalog_map WHERE part = -1}, q{UPDATE langchef_guard.catalog_map SET content = ''},
	q{UPDATE langchef_guard.catalog_map SET content = substr(content, 1, length(content) - 1) WHERE part = 0},
	q{UPDATE langchef_guard.catalog_map SET content = content || '\\x00' WHERE part = -1},
	q{UPDATE langchef_guard.catalog_map SET content = '1 2 3' WHERE part = -1},
	q{UPDATE langchef_guard.catalog_map SET part = 77 WHERE catalog = 0 AND part = 0},
	q{INSERT INTO langchef_guard.catalog_map VALUES (1, 0, '')})
{
	$node->safe_psql('kept', $damage);
	$node->safe_psql('kept', 'ALTER TABLE app.still4 ADD COLUMN late int');
	is(attempt_in($asking, $count)->{out}, '5401', "the same is told after $damage");
	$node->safe_psql('kept', 'ALTER TABLE app.still4 DROP COLUMN late');
	is(attempt_in($asking, $count)->{out}, '5400', 'and again');
	is($node->safe_psql('kept', sprintf($written, 0)), join('|', ($node->safe_psql('kept', 'SELECT count(*) FROM langchef_guard.catalog_map')) x 2), 'and noted');
}

# Nobody waits for who writes, and who was late writes nothing.
attempt_in($writers[0], $_) foreach 'BEGIN', 'LOCK TABLE langchef_guard.catalog_map IN SHARE UPDATE EXCLUSIVE MODE';
attempt_in($writers[1], 'ALTER TABLE app.still5 ADD COLUMN late int');
is(attempt_in($asking, $count)->{out}, '5401', 'a comparison does not wait for another that writes');
attempt_in($writers[0], 'ROLLBACK');
is(attempt_in($asking, $count)->{out}, '5401', 'and tells the same when it can write');
attempt_in($writers[0], $_) foreach 'BEGIN', 'DELETE FROM langchef_guard.catalog_map', 'DELETE FROM langchef_guard.expected_stamp';
attempt_in($writers[1], 'ALTER TABLE app.still5 ADD COLUMN later int');
is(attempt_in($asking, $count)->{out}, '5402', 'nor for who takes the notes away by hand');
attempt_in($writers[0], 'COMMIT');
attempt_in($writers[1], 'ALTER TABLE app.still5 DROP COLUMN later');
attempt_in($writers[1], 'ALTER TABLE app.still5 DROP COLUMN late');

# A page that VACUUM told to be visible to all is not looked at until it is written, and told so again later.
attempt_in($writers[0], 'VACUUM');
foreach my $again (1 .. 3)
{
	attempt_in($writers[0], "ALTER TABLE app.still6 ADD COLUMN late int");
	attempt_in($writers[0], $_) foreach ('VACUUM', 'VACUUM FREEZE pg_attribute', 'VACUUM pg_class')[ 0 .. $again - 1 ];
	is(attempt_in($asking, $count)->{out}, '5401', "a change on vacuumed pages is told, $again");
	attempt_in($writers[0], "ALTER TABLE app.still6 DROP COLUMN late");
	attempt_in($writers[0], 'VACUUM') if $again > 1;
	is(attempt_in($asking, $count)->{out}, '5400', 'and that it was undone');
}

# An error, or the user's own, in the middle of it.
my $cancelled = 0;
foreach my $limit (5, 10, 15, 20, 25, 30, 40, 50)
{
	attempt_in($writers[0], 'ALTER TABLE app.still3 SET (fillfactor = ' . (50 + $limit) . ')');
	attempt_in($asking, 'BEGIN');
	attempt_in($asking, "SET LOCAL statement_timeout = '${limit}ms'");
	$cancelled++ if attempt_in($asking, $count)->{sqlstate} eq '57014';
	attempt_in($asking, 'ROLLBACK');
}
attempt_in($writers[0], 'ALTER TABLE app.still3 RESET (fillfactor)');
cmp_ok($cancelled, '>', 0, "$cancelled comparisons were cancelled");
is(attempt_in($asking, $count)->{out}, '5400', 'after an error the same is told');

# Catalogs grow shorter again.
my $pages = q{SELECT pg_relation_size('pg_attribute')};
attempt_in($writers[0], $_) foreach join(';', map { "DROP TABLE app.many$_" } 1 .. 600), 'VACUUM FULL pg_attribute',
	join(';', map { "CREATE TABLE app.many$_ (a int, b text, c int, d int, e int)" } 1 .. 300);
is(attempt_in($asking, $count)->{out}, '1800', 'other objects come');
my $before = $node->safe_psql('kept', $pages);
attempt_in($writers[0], $_) foreach join(';', map { "DROP TABLE app.many$_" } 1 .. 300), 'VACUUM pg_attribute', 'VACUUM';
cmp_ok($node->safe_psql('kept', $pages), '<', $before, 'VACUUM cuts pages off');
is(groups_read('SELECT 1'), groups_read($no_map), 'the groups are those that are left');
is(attempt_in($asking, $count)->{out}, '0', 'and there is no drift');
is(groups_read('SELECT 1'), groups_read($no_map), 'as noted');

# A subscription is in a catalog that all databases share, and what is said of it in one of this.
$node->safe_psql('kept', q{CREATE SUBSCRIPTION news CONNECTION 'dbname=nowhere' PUBLICATION news WITH (connect = false, slot_name = NONE); SELECT langchef_guard.register_expected('release')});
foreach ([ q{COMMENT ON SUBSCRIPTION news IS 'said'}, 1 ], [ 'COMMENT ON SUBSCRIPTION news IS NULL', 0 ], [ 'ALTER SUBSCRIPTION news RENAME TO olds', 1 ],
	[ 'ALTER SUBSCRIPTION olds RENAME TO news', 0 ], [ 'DROP SUBSCRIPTION news', 1 ])
{
	$node->safe_psql('kept', $_->[0]);
	is(attempt_in($asking, $count)->{out}, $_->[1], "after $_->[0]");
	is($node->safe_psql('kept', $question), attempt($node, 'kept', $anew)->{out}, 'and told anew');
}

# A standby goes by the notes of its primary, while it follows, and when it is one no more.
$node->safe_psql('kept', q{SELECT langchef_guard.register_expected('release')});
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('kept_standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
my $following = session($standby, 'kept');
attempt_in($following, q{SET lock_timeout = '10s'});
is(attempt_in($following, $count)->{out}, '0', 'a standby compares');
foreach my $step (1 .. 10)
{
	attempt_in($writers[0], $_) foreach 'BEGIN', "ALTER TABLE app.still$step ADD COLUMN late int";
	attempt_in($following, $count);
	attempt_in($writers[0], $step % 3 ? 'COMMIT' : 'ROLLBACK');
	$node->safe_psql('kept', 'VACUUM pg_class; VACUUM FREEZE pg_attribute') if $step % 4 == 0;
	$node->wait_for_catchup($standby);
	is(attempt_in($following, $count)->{out}, rows($node, 'kept', $count), "and tells what the primary tells, step $step");
}
$standby->promote;
$standby->poll_query_until('kept', 'SELECT NOT pg_is_in_recovery()');
$standby->safe_psql('kept', 'ALTER TABLE app.still20 ADD COLUMN own int');
is(attempt_in($following, $count)->{out}, rows($standby, 'kept', $count), 'and, promoted, what is so there');
$_->quit foreach $following, $asking, @writers;

# After a crash the notes are those of the last transaction that is not lost, and so are the pages.
foreach my $round (1 .. 4)
{
	$node->safe_psql('kept', "ALTER TABLE app.still$round ADD COLUMN before int; $count");
	$node->safe_psql('kept', 'CHECKPOINT') if $round % 2;
	$node->safe_psql('kept', 'VACUUM pg_attribute; VACUUM pg_class') if $round > 2;
	$node->safe_psql('kept', "SET synchronous_commit = off; ALTER TABLE app.still$round ADD COLUMN after int; $count; ALTER TABLE app.still$round ADD COLUMN last int");
	$node->stop('immediate');
	$node->start;
	my ($with, $without) = ($node->safe_psql('kept', $question), attempt($node, 'kept', $anew)->{out});
	is($with, $without, "after a crash the same is told with notes and without, round $round");
	is(groups_read('SELECT 1'), groups_read($no_map), 'of the same groups');
}

# A backup can hold a visibility map that does not fit the pages: nobody takes a bit away that the page does not know of.
# The row of the last table has room to change on its page.
new_database($node, 'maps');
$node->safe_psql('maps', $_) foreach 'CREATE TABLE t (id int)', 'VACUUM', 'ALTER TABLE t SET (fillfactor = 50)';
my $map = $node->data_dir . '/' . $node->safe_psql('maps', q{SELECT pg_relation_filepath('pg_class')}) . '_vm';
$node->stop;
open(my $file, '+<', $map) or die "$map: $!";
seek($file, 24, 0);
print $file "\x55" x (8192 - 24);
close $file;
$node->start;
foreach my $fill (60, 70, 80)
{
	# What differs is read every time: from what is as expected only the page can tell.
	$node->safe_psql('maps', q{SELECT langchef_guard.register_expected('release')});
	$node->safe_psql('maps', "ALTER TABLE t SET (fillfactor = $fill)");
	is($node->safe_psql('maps', $count), '1', "with such a map changes are told: $fill");
}
$node->safe_psql('maps', 'VACUUM pg_class');

# The copy of a database has the notes of another.
foreach my $strategy (qw(wal_log file_copy))
{
	$node->safe_psql('postgres', "CREATE DATABASE copy_$strategy TEMPLATE kept STRATEGY $strategy");
	$node->safe_psql("copy_$strategy", 'ALTER TABLE app.still30 ADD COLUMN late int');
	is($node->safe_psql("copy_$strategy", $question), attempt($node, "copy_$strategy", $anew)->{out}, "a copy made by $strategy is compared as it is");
}
log_is_sound($standby, 'the standby stayed sound');
log_is_sound($node, 'the server stayed sound');

done_testing();
