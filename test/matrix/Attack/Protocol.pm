# A connection that speaks the extended protocol message by message, for what psql cannot send.
package Attack::Protocol;

use strict;
use warnings FATAL => 'all';

use IO::Socket::UNIX;
use Socket;

sub open
{
	my ($class, $node, $database, $role) = @_;
	my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $node->host . '/.s.PGSQL.' . $node->port) or die "socket: $!";
	my $self = bless { socket => $socket }, $class;
	my $start = pack 'N', 196608;
	$start .= join '', map { "$_\0" } 'user', $role, 'database', $database, '';
	syswrite $socket, pack('N', 4 + length $start) . $start;
	$self->answer;
	return $self;
}

sub message { my ($type, $body) = @_; return $type . pack('N', 4 + length $body) . $body; }

sub parse { my ($sql) = @_; return message('P', "\0$sql\0" . pack('n', 0)); }
sub bind_portal { my ($portal) = @_; return message('B', "$portal\0\0" . pack('nnn', 0, 0, 0)); }
sub execute { my ($portal, $rows) = @_; return message('E', "$portal\0" . pack('N', $rows)); }
sub sync { return message('S', ''); }

# Sends messages, the last a sync, and gives the outcome: "sqlstate" of the first error, and how many rows came.
sub exchange { my ($self, @messages) = @_; syswrite $self->{socket}, join '', @messages; return $self->answer; }

sub answer
{
	my ($self) = @_;
	my %outcome = (sqlstate => '', message => '', text => '', rows => 0);
	while (1)
	{
		my ($type, $length) = unpack 'aN', $self->bytes(5);
		my $body = $self->bytes($length - 4);
		$outcome{rows}++ if $type eq 'D';
		$outcome{text} .= "suspended\n" if $type eq 's';
		if ($type eq 'E')
		{
			my %field = map { substr($_, 0, 1) => substr($_, 1) } grep { length } split /\0/, $body;
			$outcome{text} .= "$field{C}: $field{M}\n";
			$outcome{sqlstate} ||= $field{C};
		}
		return \%outcome if $type eq 'Z';
	}
}

sub bytes
{
	my ($self, $wanted) = @_;
	my $got = '';
	while (length $got < $wanted)
	{
		sysread($self->{socket}, $got, $wanted - length $got, length $got) or die 'the server closed the connection';
	}
	return $got;
}

1;
