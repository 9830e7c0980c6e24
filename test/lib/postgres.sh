# A private copy of the installed PostgreSQL and throw-away clusters; to be sourced after base.sh.
#
# PostgreSQL finds its files relative to its programs, so a copy of its two directories is a whole installation:
# the extension is installed into the copy, and nothing on the machine changes.

# private_postgres DIR VERSION: makes the copy and sets PG_CONFIG and PATH to it.
private_postgres() {
	source=/usr/lib/postgresql/$2
	[ -x "$source/bin/postgres" ] && [ -x "$source/bin/pg_config" ] || die "PostgreSQL $2 and its headers are not installed"
	mkdir -p "$1/usr/lib/postgresql" "$1/usr/share/postgresql" "$1/usr/include"
	tar --create --directory=/usr/lib/postgresql --exclude=bitcode "$2" | tar --extract --directory="$1/usr/lib/postgresql"
	cp -R -P /usr/share/postgresql/"$2" "$1/usr/share/postgresql/"
	ln -s /usr/include/postgresql "$1/usr/include/postgresql"
	PG_CONFIG=$1/usr/lib/postgresql/$2/bin/pg_config
	PATH=$1/usr/lib/postgresql/$2/bin:$PATH
	export PG_CONFIG PATH
}

# Nothing of the caller's own connection settings may reach a test.
clean_environment() {
	for name in $(env | sed -n 's/^\(PG[A-Z]*\)=.*/\1/p'); do
		unset "$name"
	done
	unset DATABASE_URL MAKEFLAGS MFLAGS
	export LC_ALL=C.UTF-8 TZ=UTC PGTZ=UTC
}

# cluster_start DIR [SETTING...]: a cluster in DIR, reachable by its unix socket only, with user postgres.
# Sets PGHOST, PGPORT, PGUSER and PGDATABASE.
cluster_start() {
	is_root && die "PostgreSQL does not run as root"
	bin=$("${PG_CONFIG:-pg_config}" --bindir)
	cluster=$1
	shift
	mkdir -p "$cluster"
	"$bin/initdb" --pgdata="$cluster/data" --username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync \
		>"$cluster/initdb.log" 2>&1 || { cat "$cluster/initdb.log" >&2; die "initdb failed"; }
	{
		echo "listen_addresses = ''"
		echo "unix_socket_directories = '$cluster'"
		echo "fsync = off"
		for setting; do echo "$setting"; done
	} >>"$cluster/data/postgresql.conf"
	PGHOST=$cluster PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
	export PGHOST PGPORT PGUSER PGDATABASE
	"$bin/pg_ctl" --pgdata="$cluster/data" --log="$cluster/server.log" --wait start >"$cluster/start.log" 2>&1 ||
		{ cat "$cluster/start.log" "$cluster/server.log" >&2; die "the server did not start"; }
}

# cluster_stop DIR: stops the server of cluster_start, if it runs.
cluster_stop() {
	[ -f "$1/data/postmaster.pid" ] || return 0
	bin=$("${PG_CONFIG:-pg_config}" --bindir)
	"$bin/pg_ctl" --pgdata="$1/data" --mode=fast --wait stop >/dev/null 2>&1 ||
		"$bin/pg_ctl" --pgdata="$1/data" --mode=immediate stop >/dev/null 2>&1 || true
}
