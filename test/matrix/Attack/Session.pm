# psql, once for a script or kept open; errors come with the output.
package Attack::Session;

use strict;
use warnings FATAL => 'all';

use Guarded ();
use IPC::Open3;

my $end = 'attack-session-end';
my $limit = 60;    # seconds that nothing may take longer than

sub arguments
{
	my ($node, $database, $role) = @_;
	return ('psql', '-XqAt', '-h', $node->host, '-p', $node->port, '-U', $role, '-d', $database, '-v', 'VERBOSITY=verbose', '-v', 'SHOW_CONTEXT=never');
}

# open($node, $database, $role, options of the session)
sub open
{
	my ($class, $node, $database, $role, $options) = @_;
	local $ENV{PGOPTIONS} = $options // '';
	my $pid = open3(my $in, my $out, undef, arguments($node, $database, $role));
	binmode $_, ':utf8' foreach $in, $out;
	$in->autoflush(1);
	return bless { pid => $pid, in => $in, out => $out }, $class;
}

sub send
{
	my ($self, $sql) = @_;
	local $SIG{PIPE} = 'IGNORE';
	print { $self->{in} } "$sql\n;\n\\echo $end\n";
	return;
}

sub receive
{
	my ($self) = @_;
	my ($fh, $text) = ($self->{out}, '');
	local $SIG{ALRM} = sub { die "a session gave no answer within $limit s: $text\n" };
	alarm $limit;
	while (defined(my $line = <$fh>))
	{
		last if $line eq "$end\n";
		$text .= $line;
	}
	alarm 0;
	return $text;
}

# The output, and the parts of the first error.
sub attempt { my ($self, $sql) = @_; $self->send($sql); return $self->result; }

sub result { my ($self) = @_; return outcome($self->receive); }

# A value; an error ends the test.
sub value
{
	my ($self, $sql) = @_;
	my $outcome = $self->attempt($sql);
	die "$sql\n$outcome->{text}" if $outcome->{sqlstate};
	return $outcome->{out} =~ s/\n\z//r;
}

sub close
{
	my ($self) = @_;
	close $self->{in};
	my $out = $self->{out};
	1 while defined(readline $out);
	waitpid $self->{pid}, 0;
	return;
}

# A script in a session of its own.
sub run
{
	my ($node, $database, $role, $script, $options) = @_;
	my $self = Attack::Session->open($node, $database, $role, $options);
	$self->send($script);
	my $outcome = $self->result;
	$self->close;
	return $outcome;
}

sub outcome
{
	my ($text) = @_;
	my $outcome = Guarded::first_error($text);
	$outcome->{text} = $outcome->{out} = $text;
	# psql does not tell the SQLSTATE of a connection that is refused.
	@{$outcome}{qw(sqlstate message)} = ('connection', $1) if $text =~ /^psql: error: connection to server .*FATAL:  (.*)/m;
	return $outcome;
}

1;
