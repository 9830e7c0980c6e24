# Clusters with the guard, and statements whose errors are looked at in parts.
package Guarded;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(new_cluster new_database attempt session attempt_in refused_with passes rows major_version resident_kilobytes
  log_is_sound);

# A running cluster; settings are lines of postgresql.conf, initdb further options of initdb.  Seals are only made by those who ask for them.
sub new_cluster
{
	my ($name, %option) = @_;
	my @arguments = $option{install_path} ? (install_path => $option{install_path}) : ();
	my $node = PostgreSQL::Test::Cluster->new($name, @arguments);
	$node->init(extra => [ '--encoding=UTF8', '--no-locale', @{ $option{initdb} // [] } ], allows_streaming => $option{streaming} // 0);
	$node->append_conf('postgresql.conf', 'langchef_guard.seal_interval = 0');
	$node->append_conf('postgresql.conf', $_) foreach @{ $option{settings} // [] };
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'langchef_guard'") if $option{preload};
	$node->start;
	return $node;
}

# A database with the extension.
sub new_database
{
	my ($node, $name) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	$node->safe_psql($name, 'CREATE EXTENSION langchef_guard');
	return;
}

# The first error in what psql printed with VERBOSITY verbose.
sub first_error
{
	my ($text) = @_;
	my %error = (sqlstate => '', message => '', detail => '', hint => '', text => $text);
	if ($text =~ /^(?:psql:[^\n]*?: )?(?:ERROR|FATAL):  ([0-9A-Z]{5}): (.*?)(?=^(?:DETAIL|HINT|CONTEXT|LOCATION|LINE \d+|QUERY|STATEMENT):?  ?|\z)/ms)
	{
		@error{qw(sqlstate message)} = ($1, $2);
		my $rest = substr($text, $+[0]);
		$rest =~ s/^(?:psql:[^\n]*?: )?(?:ERROR|FATAL|WARNING|NOTICE):  .*//ms;
		foreach my $part (qw(detail hint))
		{
			my $label = uc $part;
			$error{$part} = $1 if $rest =~ /^$label:  (.*?)(?=^(?:DETAIL|HINT|CONTEXT|LOCATION|LINE \d+|QUERY|STATEMENT):|\z)/ms;
		}
		chomp @error{qw(message detail hint)};
	}
	return \%error;
}

# Runs statements in a session of their own, each by itself, and gives the
# output and the parts of the first error.
sub attempt
{
	my ($node, $database, $sql, %option) = @_;
	my ($out, $err);
	my @user = $option{user} ? ('-U', $option{user}) : ();
	$node->psql($database, $sql, stdout => \$out, stderr => \$err, on_error_stop => 0,
		extra_params => [ '-v', 'VERBOSITY=verbose', '-v', 'SHOW_CONTEXT=never', @user ]);
	my $result = first_error($err);
	$result->{out} = $out;
	return $result;
}

# A session that stays open.
sub session
{
	my ($node, $database) = @_;
	my $session = $node->background_psql($database, on_error_stop => 0,
		extra_params => [ '-v', 'VERBOSITY=verbose', '-v', 'SHOW_CONTEXT=never' ]);
	# The time limit is that of a query, not of the session.
	$session->set_query_timer_restart;
	return $session;
}

sub attempt_in
{
	my ($session, $sql) = @_;
	$session->{stderr} = '';
	my $out = $session->query($sql);
	my $result = first_error($session->{stderr});
	$session->{stderr} = '';
	$result->{out} = $out;
	return $result;
}

# The statement was refused with a proposal; returns its number.
sub refused_with
{
	my ($result, $message, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $good = $result->{sqlstate} eq 'LG001' && $result->{message} =~ $message
	  && $result->{detail} =~ /^Rule [A-Z]\d\d \(/ && $result->{hint} =~ /approve\((\d+)\)|^Proposal (\d+) is approved/;
	my $proposal = $1 // $2;
	ok($good, $name) or diag($result->{text});
	return $good ? $proposal : 0;
}

sub passes
{
	my ($result, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is("$result->{sqlstate} $result->{message}", ' ', $name);
	return;
}

# One value, as text.
sub rows
{
	my ($node, $database, $sql) = @_;
	return $node->safe_psql($database, $sql);
}

sub major_version
{
	my ($node) = @_;
	return int($node->safe_psql('postgres', 'SHOW server_version_num') / 10000);
}

sub resident_kilobytes
{
	my ($pid) = @_;
	my ($size) = slurp_file("/proc/$pid/status") =~ /^VmRSS:\s+(\d+) kB/m;
	return $size;
}

# No process of the cluster was ended by a signal, and nothing leaked.
sub log_is_sound
{
	my ($node, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my @bad = slurp_file($node->logfile) =~
	  /^(.*(?:was terminated by signal|PANIC:|reference leak|not closed|snapshot .* still active|TRAP:).*)$/mg;
	is(join("\n", @bad), '', $name);
	return;
}

1;
