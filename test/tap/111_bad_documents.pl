# Snapshot documents that are cut, edited, written by others or very long: a clear error each, in bounded memory and linear time.
# LCG_DOCUMENT_MB makes the long one longer (make long-document: 500).

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/lib";
use Guarded;
use Digest::SHA qw(sha256_hex);
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = new_cluster('documents', preload => 1, settings => [ 'autovacuum = off', 'log_statement = none', 'max_wal_size = 4GB', 'log_min_error_statement = panic' ]);
new_database($node, 'app');
$node->safe_psql('app', 'CREATE ROLE plain LOGIN');

# A line of a fact, and the digest in it.
sub fact
{
	my ($id, $kind, $parent, $payload) = @_;
	my $canonical = qq({"id":"$id","kind":"$kind","parent":) . (defined $parent ? qq("$parent") : 'null') . qq(,"payload":$payload});
	return closed($canonical);
}
sub closed { my ($canonical) = @_; my $digest = 'sha256:' . sha256_hex($canonical); return [ substr($canonical, 0, -1) . qq(,"digest":"$digest"}), $digest ]; }
sub header
{
	my ($more, @facts) = @_;
	my %member = (langchef_guard_snapshot => 1, server_version_num => 150000, encoding => '"UTF8"', facts => scalar @facts,
		digest => '"sha256:' . sha256_hex(join '', map { "$_->[1]\n" } @facts) . '"', %$more);
	return '{' . join(',', map { qq("$_":$member{$_}) } qw(langchef_guard_snapshot server_version_num encoding facts digest)) . '}';
}
sub document { my (@facts) = @_; return join "\n", header({}, @facts), map { $_->[0] } @facts; }
# In the table that the lines of a document are loaded into.
my $load = q{\\copy snapshot_lines FROM '%s' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')};
sub load
{
	my ($file, $call, %option) = @_;
	return attempt($node, 'app', "CREATE TEMP TABLE snapshot_lines (line text);\n" . sprintf($load, $file) . "\n$call", %option);
}
sub register
{
	my ($document) = @_;
	my $file = "$PostgreSQL::Test::Utils::tmp_check/document";
	unlink $file;
	append_to_file($file, "SELECT langchef_guard.register_expected('x', \$lcg\$$document\$lcg\$)");
	my ($out, $err);
	$node->psql('app', slurp_file($file), stdout => \$out, stderr => \$err, on_error_stop => 0, extra_params => [ '-v', 'VERBOSITY=verbose', '-v', 'SHOW_CONTEXT=never' ]);
	my $result = Guarded::first_error($err);
	$result->{out} = $out;
	return $result;
}

my $schema = fact('schema:a', 'schema', undef, '{"owner":"postgres"}');
my $table = fact('table:a.t', 'table', 'schema:a', '{"owner":"postgres"}');
my $column = fact('column:a.t.c', 'column', 'table:a.t', '{"type":"integer"}');
my $good = document($column, $schema, $table);
passes(register($good), 'a document is registered');
passes(register($good =~ s/\n/\r\n/gr), 'with the line ends of Windows, too');
passes(register("\n\n$good\n\n"), 'and with blank lines');
my $deep = '[' x 1_000_000;
my $objects = '{"a":' x 300_000;
my $nothing = header({});
my @bad = (
	[ 'cut in a line', substr($good, 0, -20) ], [ 'cut between lines', $good =~ s/\n[^\n]*\z//r ], [ 'without its header', $good =~ s/\A[^\n]*\n//r ],
	[ 'the header alone', $good =~ s/\n.*\z//sr ], [ 'the header twice', ($good =~ s/\n.*\z//sr) . "\n$good" ],
	[ 'a value edited', $good =~ s/integer/bigint/r ], [ 'a fact edited, its digest put right', document($column, $schema) . "\n$table->[0]" ],
	[ 'facts exchanged', document($schema, $column, $table) ], [ 'a fact twice', document($column, $column, $schema, $table) ],
	[ 'facts of one id', document(fact('schema:a', 'schema', undef, '{"owner":"a"}'), $schema) ],
	[ 'of the next format', header({ langchef_guard_snapshot => 2 }, $schema) . "\n$schema->[0]", '0A000' ],
	[ 'of a format far away', header({ langchef_guard_snapshot => '99999999999999999999' }, $schema) . "\n$schema->[0]" ],
	[ 'of format 1.0', header({ langchef_guard_snapshot => '1.0' }, $schema) . "\n$schema->[0]" ],
	[ 'of format 0', header({ langchef_guard_snapshot => 0 }) ], [ 'a million brackets', $deep ], [ 'objects in objects', $objects ],
	[ 'brackets in a payload', document(closed(qq({"id":"schema:a","kind":"schema","parent":null,"payload":{"acl":$deep}}))) ],
	[ 'objects in a payload', document(closed(qq({"id":"schema:a","kind":"schema","parent":null,"payload":$objects}))) ],
	[ 'a member twice', document(fact('schema:a', 'schema', undef, '{"owner":"a","owner":"b"}')) ],
	[ 'a part of a fact twice', document(closed('{"id":"schema:a","id":"schema:a","kind":"schema","parent":null,"payload":{}}')) ],
	[ 'a member of the header twice', $nothing =~ s/"facts":0/"facts":0,"facts":0/r ], [ 'a member too many', $nothing =~ s/}$/,"more":1}/r ],
	[ 'a member too few', $nothing =~ s/"facts":0,//r ], [ 'a huge number of facts', header({ facts => '9' x 400 }) ], [ 'fewer than no facts', header({ facts => -1 }) ],
	[ 'a fraction of facts', header({ facts => '0.5' }) ], [ 'a huge number in a payload', document(fact('column:a.t.c', 'column', 'table:a.t', '{"ordinal":' . '9' x 400 . '}'), $table) ],
	[ 'an exponent in a payload', document(fact('column:a.t.c', 'column', 'table:a.t', '{"ordinal":1e999}'), $table) ],
	[ 'NUL in text', document(fact('schema:a', 'schema', undef, '{"owner":"a\u0000b"}')) ],
	[ 'half a surrogate', document(fact('schema:a', 'schema', undef, '{"owner":"\ud800"}')) ], [ 'the other half', document(fact('schema:a', 'schema', undef, '{"owner":"\udc00x"}')) ],
	[ 'two first halves', document(fact('schema:a', 'schema', undef, '{"owner":"\ud800\ud800"}')) ], [ 'an escape that is none', document(fact('schema:a', 'schema', undef, '{"owner":"\x"}')) ],
	[ 'a cut escape', document(fact('schema:a', 'schema', undef, '{"owner":"\u12"}')) ], [ 'a tab in text', document(fact('schema:a', 'schema', undef, qq({"owner":"a\tb"}))) ],
	[ 'an encoding that nobody knows', header({ encoding => '"KLINGON"' }) ], [ 'no encoding', header({ encoding => 'null' }) ],
	[ 'a server of no version', header({ server_version_num => 7 }) ], [ 'a digest that is none', header({ digest => '"md5:0"' }) ],
	[ 'an unknown kind', document(fact('spaceship:a', 'spaceship', undef, '{}')) ], [ 'a part without its whole', document($column, $schema) ],
	[ 'another JSON', '{"a":1}' ], [ 'a number', '42' ], [ 'words', 'CREATE TABLE t ()' ], [ 'a line of a megabyte', '{"' . 'x' x 1_000_000 ], [ 'blanks', " \n\t\r\n" x 1000 ]);
foreach my $case (@bad)
{
	my ($name, $text, $sqlstate) = @$case;
	my $result = register($text);
	ok($result->{sqlstate} eq ($sqlstate // '22023') && length $result->{text} < 3000, "$name: an error") or diag(substr $result->{text}, 0, 1000);
}
is(rows($node, 'app', q{SELECT string_agg(name || ' ' || facts, ', ') FROM langchef_guard.expected_schemas}), 'x 3', 'the schema registered before is still there');
my $latin = header({ encoding => '"LATIN1"' }, $schema) . "\n$schema->[0]";
passes(register($latin), 'a document of another encoding is converted on its way, like all text');

# Lines in a table.
my $lines = "$PostgreSQL::Test::Utils::tmp_check/lines";
sub write_lines { my ($text) = @_; unlink $lines; append_to_file($lines, $text); return; }
my $call = q{SELECT langchef_guard.register_expected_lines('lines', 'snapshot_lines')};
write_lines("$good\n");
is(load($lines, $call)->{out}, '3', 'lines of a table are registered');
write_lines("\r\n" . $good =~ s/\n/\r\n\r\n/gr . "\r\n");
is(load($lines, $call)->{out}, '3', 'with the line ends of Windows, too');
# Rows go where there is room for them: the order in which they are stored is not the one in which they were loaded.
my $unordered = q{SELECT langchef_guard.register_expected_lines('lines', 'pg_temp.other_lines')};
my $stored = join ', ', map { "(\$line\$$_\$line\$)" } reverse split /\n/, $good;
is(attempt($node, 'app', "CREATE TEMP TABLE other_lines (line text); INSERT INTO other_lines VALUES $stored; $unordered")->{out}, '3', 'lines are taken in the order of their ids');
my $twice = attempt($node, 'app', "CREATE TEMP TABLE other_lines (line text); INSERT INTO other_lines VALUES $stored, $stored; $unordered");
is($twice->{sqlstate}, '22023', 'but none twice');
like($twice->{detail}, qr/^Line \d+ cannot be used/, 'which is told of a line');
$node->safe_psql('app', 'CREATE TABLE public.quoted (line text); CREATE TABLE public.policed (line text); ALTER TABLE public.policed ENABLE ROW LEVEL SECURITY;
	GRANT SELECT ON public.policed TO plain; CREATE TABLE public.other (line int); CREATE VIEW public.seen AS SELECT \'x\'::text AS line;
	GRANT USAGE ON SCHEMA langchef_guard TO plain; GRANT EXECUTE ON FUNCTION langchef_guard.register_expected_lines(text, regclass) TO plain');
is(attempt($node, 'app', $call =~ s/snapshot_lines/$_->[0]/r)->{sqlstate}, $_->[1], "$_->[0] cannot be") foreach [ 'public.other', '42809' ], [ 'public.seen', '42809' ], [ 'pg_class', '42809' ], [ 'nowhere', '42P01' ], [ '4711', '42P01' ], [ 'public.quoted', '22023' ];
is(attempt($node, 'app', q{SELECT langchef_guard.register_expected_lines('x', NULL)})->{sqlstate}, '22004', 'no table');
is(attempt($node, 'app', $call =~ s/snapshot_lines/public.$_/r, user => 'plain')->{sqlstate}, '42501', "a role that may not read all of it cannot: $_") foreach qw(quoted policed);
passes(load($lines, $call, user => 'plain'), 'what a role may read it registers');

# A long one.
sub long_document
{
	my ($megabytes) = @_;
	my $file = "$PostgreSQL::Test::Utils::tmp_check/long";
	my ($facts, $size, $body) = (0, 0, 'x' x 2000);
	my $all = Digest::SHA->new(256);
	open my $out, '>', "$file.facts" or die;
	while ($size < $megabytes * 1_000_000)
	{
		my $one = fact(sprintf('function:public.f%08d()', $facts++), 'function', 'schema:public', qq({"body":"$body","language":"sql"}));
		print $out "$one->[0]\n";
		$all->add("$one->[1]\n");
		$size += length $one->[0];
	}
	close $out;
	open $out, '>', $file or die;
	print $out header({ facts => $facts, digest => '"sha256:' . $all->hexdigest . '"' }), "\n";
	open my $in, '<', "$file.facts" or die;
	print $out $_ while <$in>;
	close $out;
	unlink "$file.facts";
	return ($file, $facts);
}
my $megabytes = $ENV{LCG_DOCUMENT_MB} // 40;
my %seconds;
foreach my $part (4, 1)
{
	my ($file, $facts) = long_document($megabytes / $part);
	my $session = session($node, 'app');
	my $pid = $session->query_safe('SELECT pg_backend_pid()');
	$session->query("CREATE TEMP TABLE snapshot_lines (line text);\n" . sprintf($load, $file));
	my $before = resident_kilobytes($pid);
	my $start = time;
	is(attempt_in($session, $call)->{out}, $facts, $megabytes / $part . " MB are registered");
	$seconds{$part} = time - $start;
	my ($peak) = slurp_file("/proc/$pid/status") =~ /^VmHWM:\s+(\d+) kB/m;
	my ($shared) = slurp_file("/proc/$pid/status") =~ /^RssShmem:\s+(\d+) kB/m;
	note(sprintf '%d MB: %.1f s, peak %d kB, of which %d kB shared, before %d kB', $megabytes / $part, $seconds{$part}, $peak, $shared, $before);
	cmp_ok($peak - $shared, '<', 120_000, 'in bounded memory');
	$session->quit;
	is(rows($node, 'app', q{SELECT count(*) FROM langchef_guard.expected_object WHERE schema_name = 'lines'}), $facts, 'all of it');
}
note(sprintf 'four times as long takes %.1f times', $seconds{1} / $seconds{4});
log_is_sound($node, 'no process was lost');
$node->stop;
done_testing();
