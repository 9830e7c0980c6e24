# Pages under docs that tests generate, and that they compare with what is kept.
package KeptPage;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(escaped write_page page_is_kept);

# Text as a cell of a table.
sub escaped { my ($text) = @_; return $text =~ s/\|/\\|/gr =~ s/\s+/ /gr; }

# Writes the page to the directory that the environment variable names, if it is set.
sub write_page
{
	my ($document, $name, $variable) = @_;
	return if !$ENV{$variable};
	my $file = "$ENV{$variable}/$name";
	unlink $file;
	append_to_file($file, $document);
	return;
}

# The page is as docs has it; tells the lines that are not.
sub page_is_kept
{
	my ($document, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $file = "$FindBin::RealBin/../../docs/$name";
	my @made = split /\n/, $document;
	my @kept = -e $file ? split /\n/, slurp_file($file) : ();
	my @differences = map { my ($made, $was) = ($made[$_] // '', $kept[$_] // ''); $made eq $was ? () : "- $was\n+ $made" } 0 .. ($#made > $#kept ? $#made : $#kept);
	is(join("\n", @differences), '', "docs/$name says so");
	return;
}

1;
