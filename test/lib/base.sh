# Small words every script here uses; to be sourced.

die() { echo "${0##*/}: $*" >&2; exit 1; }
note() { echo "# $*"; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" -eq 0 ]; }

# Runs a command with root rights, or fails.
as_root() {
	if is_root; then
		"$@"
	elif have sudo; then
		sudo "$@"
	else
		die "this needs root rights or sudo: $*"
	fi
}

# Runs a command without root rights: PostgreSQL refuses to run as root.
unprivileged() {
	if is_root; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi
}

# The source tree as git sees it, uncommitted files included, ignored ones not; to standard output as a tar archive.
pack_tree() {
	(
		cd "$1" || exit
		if have git && git -c safe.directory='*' rev-parse --git-dir >/dev/null 2>&1; then
			git -c safe.directory='*' ls-files --cached --others --exclude-standard -z
		else
			find . -type f ! -name '*.o' ! -name '*.so' -print0
		fi | tar --null --files-from=- --ignore-failed-read --create 2>/dev/null
	)
}

# The material that several projects share is read from $LCG_SHARED, or from the directory "shared" beside the tree.
# It is copied so that it stands beside the copy of the tree, too.
pack_shared() {
	shared=${LCG_SHARED:-$1/../shared}
	if [ -d "$shared/langchef" ]; then
		tar --create --directory="$shared" langchef
	else
		tar --create --files-from=/dev/null
	fi
}

# A copy of the tree in a new directory "$2/src".
copy_tree() {
	mkdir -p "$2/src" "$2/shared"
	pack_tree "$1" | tar --extract --directory="$2/src" --no-same-owner
	pack_shared "$1" | tar --extract --directory="$2/shared" --no-same-owner
}
