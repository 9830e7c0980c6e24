# psql: sessions that are kept open, and scripts, each of which has a connection of its own; errors come with the output.
package Attack::Session;

use strict;
use warnings FATAL => 'all';

use Attack::Waiting;
use Guarded ();
use IPC::Open3;

my $end = 'attack-session-end';
my $limit = 60;    # seconds that nothing may take longer than
my (%runner, %waiting);    # by the name of the cluster

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

sub send { my ($self, $sql) = @_; return $self->type("$sql\n;"); }

sub type
{
	my ($self, $lines) = @_;
	local $SIG{PIPE} = 'IGNORE';
	print { $self->{in} } "$lines\n\\echo $end\n";
	return;
}

sub receive
{
	my ($self) = @_;
	my ($fh, $text) = ($self->{out}, '');
	local $SIG{ALRM} = sub { die "a session gave no answer within $limit s: $text\n" };
	alarm $limit;
	$self->{ended} = 1;
	while (defined(my $line = <$fh>))
	{
		if ($line eq "$end\n")
		{
			$self->{ended} = 0;
			last;
		}
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

# A script in a connection of its own.  To start psql takes longer than most scripts: one runs them all, but those that
# have commands of psql, whose effects would stay.
sub run
{
	my ($node, $database, $role, $script, $options) = @_;
	return alone(@_) if $script =~ /\\[a-z]/;
	my $self = delete $runner{ $node->name } // waiting($node);
	$self->send(connect_to($node, $database, $role, $options) . "\n$script");
	my $outcome = $self->result;
	# psql has ended where the server refused the connection or broke it.
	if ($self->{ended})
	{
		$self->close;
		return $outcome;
	}
	$self->type(connect_to($self->{waiting}, 'none', 'none'));
	$self->{waiting}->admit;
	$self->receive;
	$runner{ $node->name } = $self;
	return $outcome;
}

# A psql without a session of the server.
sub waiting
{
	my ($node) = @_;
	my $waiting = $waiting{ $node->name } //= Attack::Waiting->new($node);
	my $self = Attack::Session->open($waiting, 'none', 'none');
	$waiting->admit;
	$self->{waiting} = $waiting;
	return $self;
}

sub connect_to
{
	my ($server, $database, $role, $options) = @_;
	my %parameter = (host => $server->host, port => $server->port, user => $role, dbname => $database, options => $options // '');
	return "\\connect '" . join(' ', map { "$_=''$parameter{$_}''" } sort keys %parameter) . "'";
}

# A script and a psql for it.
sub alone
{
	my ($node, $database, $role, $script, $options) = @_;
	my $self = Attack::Session->open($node, $database, $role, $options);
	my $outcome = $self->attempt($script);
	$self->close;
	return $outcome;
}

sub outcome
{
	my ($text) = @_;
	my $outcome = Guarded::first_error($text);
	$outcome->{text} = $outcome->{out} = $text;
	# psql does not tell the SQLSTATE of a connection that is refused.
	@{$outcome}{qw(sqlstate message)} = ('connection', $1) if $text =~ /^(?:psql: error|\\connect): connection to server .*FATAL:  (.*)/m;
	return $outcome;
}

1;
