# Where a psql waits between two scripts.  It closes a connection only when it makes another one, and for that the server
# would start a process each time: this takes connections as the server does, and starts nothing.
package Attack::Waiting;

use strict;
use warnings FATAL => 'all';

use Attack::Protocol;
use IO::Socket::UNIX;
use Socket;

sub new
{
	my ($class, $node) = @_;
	my $self = bless { host => $node->host . '/waiting_' . $node->port, port => $node->port }, $class;
	mkdir $self->{host} or die "$self->{host}: $!";
	$self->{socket} = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => "$self->{host}/.s.PGSQL.$self->{port}", Listen => 1, Timeout => 60) or die "socket: $!";
	return $self;
}

# For those who open a session as if it were a node.
sub host { my ($self) = @_; return $self->{host}; }
sub port { my ($self) = @_; return $self->{port}; }

# Lets the next one in; the one before has left.
sub admit
{
	my ($self) = @_;
	my $socket = $self->{socket}->accept or die "no psql came to wait: $@";
	my $guest = $self->{guest} = bless { socket => $socket }, 'Attack::Protocol';
	$guest->bytes(unpack('N', $guest->bytes(4)) - 4);
	syswrite $socket, Attack::Protocol::message('R', pack 'N', 0) . Attack::Protocol::message('Z', 'I');
	return;
}

1;
