# Packages and their sources from where apt installs; to be sourced after ../lib/base.sh.  Needs no root rights:
# lists and archives are kept in $others, and nothing is installed.

apt_options() {
	echo "-o Dir::Etc::sourcelist=$others/sources.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$others/lists" \
		"-o Dir::Cache=$others/cache -o APT::Sandbox::User=$(id -un) -o Acquire::Retries=3 -q"
}

# Debian's archives among those that apt is configured for, sources too.
prepare_sources() {
	[ ! -f "$others/.prepared" ] || return 0
	mkdir -p "$others/lists/partial" "$others/cache/archives/partial"
	apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort -u |
		while read -r site release component; do
			for kind in deb deb-src; do
				echo "$kind $site $release $component"
			done
		done >"$others/sources.list"
	[ -s "$others/sources.list" ] || die "apt knows no archive of Debian"
	# shellcheck disable=SC2046
	apt-get $(apt_options) update || die "apt could not read the archives"
	: >"$others/.prepared"
}

# source_of PACKAGE DIR: unpacks the upstream source of a binary package; the newest that the archive still has.
source_of() {
	[ ! -d "$2" ] || return 0
	# shellcheck disable=SC2046
	name=$(apt-cache $(apt_options) show "$1" | sed -n 's/^Source: \([^ ]*\).*/\1/p' | head -n 1)
	name=${name:-$1}
	# shellcheck disable=SC2046
	versions=$(apt-cache $(apt_options) showsrc "$name" | sed -n 's/^Version: //p' | sort -u -V -r)
	rm -rf "$others/download"
	mkdir -p "$others/download"
	for candidate in $versions; do
		# shellcheck disable=SC2046
		(cd "$others/download" && apt-get $(apt_options) source --download-only --tar-only "$name=$candidate") && break
	done
	archive=$(find "$others/download" -name '*.orig.tar.*' ! -name '*.asc' | head -n 1)
	[ -n "$archive" ] || die "the archive has no source of $1"
	mkdir "$2.part"
	tar --extract --file="$archive" --directory="$2.part" --strip-components=1
	mv "$2.part" "$2"
}

# install_into PREFIX PACKAGE: puts the files of a package into a private copy of PostgreSQL.
install_into() {
	rm -rf "$others/download"
	mkdir -p "$others/download"
	# shellcheck disable=SC2046
	(cd "$others/download" && apt-get $(apt_options) download "$2") || die "the archive has no package $2"
	dpkg-deb --extract "$others"/download/*.deb "$1"
}
