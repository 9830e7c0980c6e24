# The words that attacks and what is expected of them are written in.
package Attack::Words;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
our @EXPORT = qw(attack refused guards_itself denied postgres_refuses recorded passes cannot not_loaded own_tables superusers);

# attack(line of the list, what is tried, SQL or a routine that gives what is seen, expectation, options):
#   triggers  expectation where nothing is preloaded
#   roles     of o (owner of the object), d (owner of the database), s (superuser)
#   modes     of p (preloaded), t (triggers only)
#   setup     SQL of the administrator before it, with the guard off; undo: after it
#   where     database without the extension, when 'outside'
#   commit    not to be rolled back though it is expected to pass
#   with_mode changes of langchef_guard.mode count as well
#   may_change  parts of the state that the attack is allowed to change
#   since, until  first and last major version that has it
#   stand_in  what the attack stands for where the real thing is not at hand
# An expectation is text, or a hash with one for each role.
sub attack
{
	my ($line, $name, $run, $expected, %option) = @_;
	return { roles => 'ods', modes => 'pt', %option, line => $line, name => $name, run => $run, expected => $expected };
}

# No approval; the proposal has these rules.
sub refused { return join ' ', 'refused LG001', join ', ', @_; }
sub guards_itself { return 'refused LG003'; }
sub denied { return 'refused LG006'; }
sub postgres_refuses { my ($sqlstate) = @_; return "PostgreSQL refuses ($sqlstate)"; }

# The ledger has it, under these command tags.
sub recorded { return 'recorded: ' . join ', ', sort @_; }
sub passes { return 'passes'; }

# What no layer sees here, why, and which line of status() says so; or no line, where it is so in every mode.
sub cannot { my ($why, $status, $seen) = @_; return { seen => $seen // 'passes', why => $why, status => $status }; }

# What fires no event trigger passes where the library is not loaded yet.
sub not_loaded
{
	my ($seen) = @_;
	return cannot('fires no event trigger, and the library is loaded by the first DDL command only', qr/^commands that fire no event trigger/, $seen);
}

# Nor is what writes to the guard's own tables seen then.
sub own_tables { return cannot('writes rows, and the library is loaded by the first DDL command only', qr/^the guard's own objects/); }

# PostgreSQL itself lets only superusers try it.
sub superusers
{
	my ($expected, $sqlstate) = @_;
	# What the guard refuses to everybody is told before the server looks at privileges.
	return $expected if !defined $sqlstate && !ref $expected && $expected eq guards_itself();
	my $refused = postgres_refuses($sqlstate // '42501');
	return { o => $refused, d => $refused, s => $expected };
}

1;
