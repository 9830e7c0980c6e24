# A psql on pipes that is told what to run without being waited for, so that two of them run their commands at once.
package Racer;

use strict;
use warnings FATAL => 'all';

use IPC::Open3;
use Symbol qw(gensym);

sub new
{
	my ($class, $node, $database, %option) = @_;
	my ($in, $out);
	# Errors are read from the variables of psql.
	open my $nowhere, '>', $option{stderr} // '/dev/null' or die "could not open: $!";
	my @user = $option{user} ? ('-U', $option{user}) : ();
	my $pid = open3($in, $out, '>&' . fileno($nowhere), 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=0', @user, '-d', $node->connstr($database), '-f', '-');
	$in->autoflush(1);
	return bless { in => $in, out => $out, pid => $pid, marks => 0 }, $class;
}

# Has it run the lines, of SQL or of psql, and returns at once.
sub start
{
	my ($self, $lines) = @_;
	$self->{marks}++;
	print { $self->{in} } "$lines\n\\echo done $self->{marks}\n";
	return;
}

# What it printed for the lines started last.
sub finish
{
	my ($self) = @_;
	my @lines;
	my $out = $self->{out};
	while (my $line = <$out>)
	{
		chomp $line;
		return join "\n", @lines if $line eq "done $self->{marks}";
		push @lines, $line;
	}
	die 'psql ended';
}

sub run
{
	my ($self, $lines) = @_;
	$self->start($lines);
	return $self->finish;
}

sub quit
{
	my ($self) = @_;
	close $self->{in};
	close $self->{out};
	waitpid $self->{pid}, 0;
	return;
}

1;
