# Attacks on the guard: each is run as the owner of the object, as the owner of the database and as a superuser, with the
# library preloaded and with nothing preloaded; what is seen is what the server answered, what the guard kept of it, and
# whether anything is different afterwards.
package Attack;

use strict;
use warnings FATAL => 'all';

use Attack::Fixture;
use Attack::Session;
use Guarded qw(new_cluster major_version);
use JSON::PP ();
use PostgreSQL::Test::Utils;
use Time::HiRes ();

my $off = '-c langchef_guard.mode=off -c client_min_messages=error';

sub new_node
{
	my ($mode) = @_;
	return new_cluster("attacks_$mode", streaming => 'logical', settings => [
		'autovacuum = off', 'log_statement = none', 'max_prepared_transactions = 10', 'max_worker_processes = 16', 'log_line_prefix = \'%m [%p] %e %d \'',
		"shared_preload_libraries = '" . ($mode eq 'p' ? 'langchef_guard, pg_stat_statements' : 'pg_stat_statements') . "'" ]);
}

# A cluster with the guarded database "guarded", its template and the database "outside" without the extension.
sub new
{
	my ($class, $node, $mode) = @_;
	# The superuser of a test cluster has the name of whoever runs the test.
	$node->safe_psql('postgres', q{SELECT 'CREATE ROLE postgres SUPERUSER LOGIN' WHERE to_regrole('postgres') IS NULL \gexec});
	my @as = (extra_params => [ '-U', 'postgres' ]);
	$node->safe_psql('postgres', $Attack::Fixture::roles, @as);
	$node->safe_psql('postgres', "CREATE DATABASE $_ OWNER attack_dbo; GRANT CREATE ON DATABASE $_ TO attack_owner", @as) foreach 'pattern', 'outside';
	$node->safe_psql('pattern', 'CREATE EXTENSION langchef_guard; SET langchef_guard.mode = off;' . $Attack::Fixture::objects, @as);
	$node->safe_psql('pattern', $Attack::Fixture::probe, @as);
	my $self = bless { node => $node, mode => $mode, version => major_version($node), clean => {} }, $class;
	$self->{started} = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
	$self->rebuild;
	my $status = Attack::Session::run($node, 'guarded', 'postgres', q{SELECT protection FROM langchef_guard.status() WHERE state = 'off'});
	$self->{off} = [ split /\n/, $status->{out} ];
	return $self;
}

# The guarded database as it was at first: its files are copied, which is half the work of writing each of its blocks to
# the log.  The first change in a copied database reads all definitions; here it is.
sub rebuild
{
	my ($self) = @_;
	$self->{monitor}->close if $self->{monitor};
	delete $self->{monitor};
	# A database with a subscription cannot be dropped.
	my $subscribed = q{pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = 'guarded'};
	Attack::Session::run($self->{node}, 'guarded', 'postgres', qq{SELECT format('ALTER SUBSCRIPTION %I DISABLE', subname),
		format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', subname), format('DROP SUBSCRIPTION %I', subname) FROM $subscribed \\gexec}, $off)
	  if $self->arrange("SELECT count(*) FROM $subscribed", 'postgres') > 0;
	my $made = Attack::Session::run($self->{node}, 'postgres', 'postgres', q{
		DROP DATABASE IF EXISTS guarded WITH (FORCE);
		CREATE DATABASE guarded OWNER attack_dbo TEMPLATE pattern STRATEGY file_copy;
		GRANT CREATE ON DATABASE guarded TO attack_owner}, $off);
	die $made->{text} if $made->{sqlstate};
	my $settled = Attack::Session::run($self->{node}, 'guarded', 'postgres', q{LOAD 'langchef_guard'; SET langchef_guard.mode = 'record';
		COMMENT ON SCHEMA app IS 'settled'; LOAD 'dblink'; ALTER SERVER loop OPTIONS (SET dbname 'guarded')});
	die $settled->{text} if $settled->{sqlstate};
	$self->attach;
	$self->{clean} = $self->state;
	$self->{rebuilt}++;
	return;
}

# Without a session of the test in the guarded database, for commands that want it alone.
sub detach
{
	my ($self) = @_;
	$self->{monitor}->close if $self->{monitor};
	delete $self->{monitor};
	foreach (1 .. 200)
	{
		return if $self->arrange(q{SELECT count(*) FROM pg_stat_activity WHERE datname = 'guarded'}, 'outside') == 0;
		Time::HiRes::sleep(0.02);
	}
	die 'sessions stay in the guarded database';
}

sub attach { my ($self) = @_; $self->{monitor} = Attack::Session->open($self->{node}, 'guarded', 'postgres', $off); return; }

# The server stopped, something done meanwhile, and started again.
sub restarted
{
	my ($self, $meanwhile) = @_;
	$self->detach;
	$self->{node}->stop;
	my $result = $meanwhile->($self->{node});
	$self->{node}->start;
	$self->attach;
	$self->{started} = $self->look('SELECT pg_postmaster_start_time()');
	return $result;
}

# An administrator's look at the guarded database, with the guard off.
sub look { my ($self, $sql) = @_; return $self->{monitor}->value($sql); }

# An administrator's change there.
sub arrange
{
	my ($self, $sql, $database) = @_;
	my $outcome = Attack::Session::run($self->{node}, $database // 'guarded', 'postgres', $sql, $off);
	die "$sql\n$outcome->{text}" if $outcome->{sqlstate};
	return $outcome->{out};
}

sub attempt
{
	my ($self, $role, $sql, %option) = @_;
	return Attack::Session::run($self->{node}, $option{where} // 'guarded', $Attack::Fixture::role{$role} // $role, $sql, $option{options});
}

sub session
{
	my ($self, $role, %option) = @_;
	return Attack::Session->open($self->{node}, $option{where} // 'guarded', $Attack::Fixture::role{$role} // $role, $option{options});
}

sub state
{
	my ($self) = @_;
	return { map { split /\|/, $_, 2 } split /\n/, $self->look('SELECT * FROM probe.state()') };
}

sub changed
{
	my ($before, $after) = @_;
	my %all = (%$before, %$after);
	my @changed = sort grep { ($before->{$_} // '') ne ($after->{$_} // '') } keys %all;
	return @changed;
}

# From now on.
sub mark
{
	my ($self) = @_;
	my ($time, $ledger) = split /\|/, $self->look('SELECT clock_timestamp(), (SELECT coalesce(max(id), 0) FROM langchef_guard.ledger)');
	return { time => $time, ledger => $ledger, log => -s $self->{node}->logfile };
}

# Until some session waits for a lock.
sub wait_for_waiter
{
	my ($self) = @_;
	foreach (1 .. 200)
	{
		return if $self->look(q{SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = 'guarded'}) > 0;
		Time::HiRes::sleep(0.05);
	}
	die 'no session waits';
}

# The proposals since then, one "status rules" each.
sub proposals
{
	my ($self, $mark) = @_;
	return split /\n/, $self->look(qq{SELECT DISTINCT p.status || ' ' || array_to_string(v.rules, ', ') FROM langchef_guard.proposal p
		JOIN langchef_guard.proposals v USING (id) WHERE p.last_attempt_at >= '$mark->{time}' ORDER BY 1});
}

# The ledger's rows since then, as their command tags.
sub recorded
{
	my ($self, $mark, $with_mode) = @_;
	my $subject = $with_mode ? '' : q{AND identity IS DISTINCT FROM 'langchef_guard.mode'};
	return $self->look(qq{SELECT string_agg(DISTINCT command_tag, ', ' ORDER BY command_tag) FROM langchef_guard.ledger
		WHERE id > $mark->{ledger} $subject});
}

sub log_since { my ($self, $mark) = @_; return slurp_file($self->{node}->logfile, $mark->{log}); }

# What an outcome is called; $recorded: what the ledger has of it, if that is known already.
sub told
{
	my ($self, $outcome, $mark, $recorded) = @_;
	my $state = $outcome->{sqlstate};
	return "PostgreSQL refuses ($state)" if $state && $state !~ /^LG/;
	my @proposals = $self->proposals($mark);
	my %rules = map { $_ => 1 } map { split /, /, s/^\w+ //r } @proposals;
	my $rules = join ', ', sort keys %rules;
	if ($state)
	{
		my $told = "refused $state";
		$told .= " $rules" if $state eq 'LG001';
		my $wanted = $state eq 'LG001' || $state eq 'LG002' ? qr/^(?:pending|approved) / : qr/^denied /;
		$told .= '; no surviving record' if !grep { /$wanted/ } @proposals and !(($outcome->{outside} || $state eq 'LG002') && $self->log_since($mark) =~ /\b$state\b/);
		return $told;
	}
	return join ', ', 'refused inside', grep { $_ ne '' } $rules if @proposals;
	$recorded //= $self->recorded($mark);
	return $recorded eq '' || $recorded eq 'gone' ? 'passes' : "recorded: $recorded";
}

# Runs SQL and has it rolled back, unless it is to be refused or the case says otherwise.
sub run_sql
{
	my ($self, $case, $role, $expected, $mark) = @_;
	my $where = ($case->{where} // '') eq 'outside' ? 'outside' : 'guarded';
	my $sql = $case->{run} =~ s/%role/$Attack::Fixture::role{$role}/gr;
	my $kept = $case->{commit} || $where eq 'outside' || $expected =~ /^refused/;
	my $with_mode = $case->{with_mode} ? 'true' : 'false';
	my $outcome = $self->attempt($role, $kept ? $sql : "BEGIN;\n$sql;\nSELECT 'seen:' || coalesce(probe.recorded($with_mode), '');\nROLLBACK",
		where => $where, options => $case->{options});
	$outcome->{outside} = $where eq 'outside';
	my $recorded = $kept ? undef : $outcome->{text} =~ /^seen:(.*)$/m ? $1 : '';
	$recorded = $self->recorded($mark, 1) if $kept && $case->{with_mode} && !$outcome->{sqlstate};
	return ($self->told($outcome, $mark, $recorded), $outcome);
}

# One attack by one role: what is seen.
sub seen
{
	my ($self, $case, $role, $expected) = @_;
	my $undo = $case->{undo} // '';
	$self->arrange($case->{setup}) if $case->{setup};
	my $before = $case->{setup} ? $self->state : $self->{clean};
	my $mark = $self->mark;
	my ($seen, $outcome) = ref $case->{run} ? $case->{run}->($self, $role, $mark) : $self->run_sql($case, $role, $expected, $mark);
	my $alive = eval { $self->look('SELECT pg_postmaster_start_time()') eq $self->{started} };
	return "$seen; the server went down" if !$alive;
	my $after = $self->state;
	my @different = changed($before, $after);
	my @changed = grep { !$case->{may_change} || !/$case->{may_change}/ } @different;
	$seen .= '; changed all the same: ' . join ', ', @changed if @changed && ($seen =~ /^refused/ || $seen =~ /^PostgreSQL refuses/ && !$case->{setup});
	$self->arrange($undo) if $undo && ($case->{setup} || @different);
	$after = $self->state if $undo || $case->{setup};
	$self->rebuild if $case->{rebuild} || changed($self->{clean}, $after);
	return ($seen, $outcome);
}

# What is expected of a case, for a role in a mode: text, why it cannot hold, and what status() says of that.
sub expectation
{
	my ($case, $mode, $role) = @_;
	my $expected = $mode eq 't' ? $case->{triggers} // $case->{expected} : $case->{expected};
	$expected = $expected->{$role} if ref $expected && exists $expected->{$role};
	die "$case->{line} $case->{name}: nothing is expected of $role" if ref $expected && !exists $expected->{seen};
	return ref $expected ? @{$expected}{qw(seen why status)} : ($expected, undef, undef);
}

# All cases of some sections in one mode; a row each, as JSON.
sub rows
{
	my ($node, $mode, $only, @cases) = @_;
	my $self = Attack->new($node, $mode);
	my @rows;
	foreach my $case (@cases)
	{
		foreach my $role (grep { $case->{roles} =~ /$_/ } qw(o d s))
		{
			next if $case->{modes} !~ /$mode/;
			my ($expected, $why, $status) = expectation($case, $mode, $role);
			my ($seen, $outcome) = ($expected);
			my $start = Time::HiRes::time();
			if ($self->{version} >= ($case->{since} // 0) && $self->{version} <= ($case->{until} // 99) && (!$only || $case->{line} =~ /^(?:$only)$/))
			{
				if (!eval { ($seen, $outcome) = $self->seen($case, $role, $expected); 1 })
				{
					$seen = 'the test broke';
					$outcome = { text => $@ };
					$self->rebuild;
				}
				$seen .= "; status() does not say that it is off" if $why && $status && !grep { /$status/ } @{ $self->{off} };
			}
			my $seconds = Time::HiRes::time() - $start;
			push @rows, JSON::PP->new->ascii->canonical->encode({ number => $case->{number}, mode => $mode, role => $role, expected => $expected,
				why => $why, seen => $seen, text => $outcome ? $outcome->{text} : '', seconds => $seconds });
		}
	}
	$self->{monitor}->close;
	my $log = slurp_file($self->{node}->logfile);
	my $sound = join ' ', $log =~ /^(.*(?:was terminated by signal|PANIC:|TRAP:).*)$/mg;
	push @rows, JSON::PP->new->ascii->encode({ mode => $mode, sound => $sound, version => $self->{version}, rebuilt => $self->{rebuilt} });
	return @rows;
}

1;
