# Proposals and tokens for the attacks that are about them.
package Attack::Token;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
our @EXPORT = qw(approved scoped using end_of);

# Has SQL refused for a role, and a superuser approve it; gives the token.
sub approved
{
	my ($w, $role, $sql, $arguments) = @_;
	$w->look('DELETE FROM langchef_guard.approval; DELETE FROM langchef_guard.proposal');
	my $refused = $w->attempt($role, $sql);
	die "not refused: $sql\n$refused->{text}" if $refused->{hint} !~ /approve\((\d+)\)/;
	my $approval = $w->attempt('s', "SELECT langchef_guard.approve($1, 'attack'" . ($arguments ? ", $arguments" : '') . ')');
	die $approval->{text} if $approval->{sqlstate};
	return $approval->{out} =~ s/\s//gr;
}

# A token for everything.
sub scoped
{
	my ($w, $role, $arguments) = @_;
	my $name = $Attack::Fixture::role{$role} // $role;
	my $issued = $w->attempt('s', "SELECT langchef_guard.issue_token('$name', NULL, NULL" . ($arguments ? ", $arguments" : '') . ')');
	die $issued->{text} if $issued->{sqlstate};
	return $issued->{out} =~ s/\s//gr;
}

# SQL with the token presented first.
sub using { my ($token, $sql) = @_; return "SET langchef_guard.approval_token = '$token'; $sql"; }

# What came of a command: as told from now on, when all that was prepared is there.  rolled: it is expected to pass, and
# is rolled back.
sub end_of
{
	my ($w, $role, $sql, %option) = @_;
	my $mark = $w->mark;
	if ($option{rolled})
	{
		my $outcome = $w->attempt($role, "BEGIN;\n$sql;\nSELECT 'seen:' || coalesce(probe.recorded(false), '');\nROLLBACK");
		return ($w->told($outcome, $mark, $outcome->{text} =~ /^seen:(.*)$/m ? $1 : ''), $outcome);
	}
	my $before = $w->state;
	my $outcome = $w->attempt($role, $sql);
	my $told = $w->told($outcome, $mark);
	my @changed = Attack::changed($before, $w->state);
	$told .= '; changed all the same: ' . join ', ', @changed if @changed && $told =~ /^refused/;
	return ($told, $outcome);
}

1;
