# A scratch copy of the tree that an unprivileged user may use; to be sourced after base.sh.

# new_scratch TREE: sets $scratch to a new directory with the copy in "src"; it is removed when the script ends.
new_scratch() {
	scratch=$(mktemp -d /tmp/lcg.XXXXXX)
	trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT              # what was read only in the tree is so in the copy
	trap 'exit 129' HUP INT TERM
	copy_tree "$1" "$scratch"
	if is_root; then
		chown -R postgres "$scratch"
	fi
}
