# PostgreSQL: the server the environment names (PGHOST), else a private cluster of this checkout.
# Durability stays on, so that what is measured and shown is what a shop would get; test databases
# switch off waiting for the disk for themselves (see databases.sh).
# shellcheck shell=bash

PG_HOME=$CLUB_STATE/pg
PG_DATA=$PG_HOME/data
PG_LOG=$PG_HOME/server.log

setup_postgres() {
    if [ -n "${PGHOST:-}" ] && [ "$PGHOST" != "$PG_HOME/run" ] && [ -z "${PG_PRIVATE:-}" ]; then
        have psql || need_packages "" postgresql-client
        psql -X -d postgres -c 'SELECT 1' >/dev/null 2>"$CLUB_LOG/postgres.log" ||
            die "the PostgreSQL server at PGHOST=$PGHOST does not answer: $(tail -n 1 "$CLUB_LOG/postgres.log")" \
                "check PGHOST, PGPORT, PGUSER and PGPASSWORD (the user must be allowed to create databases), or unset PGHOST"
        return 0
    fi
    find_pg_bin || {
        need_packages "" postgresql
        find_pg_bin || die "PostgreSQL's programs (initdb, pg_ctl) were not found" "install the package postgresql, or set PGHOST to a server of yours"
    }
    pg_user
    if [ ! -f "$PG_HOME/ready" ]; then make_cluster; fi
    pg_environment
    pg_answers || start_cluster
}

find_pg_bin() {
    local dir version
    version=$(cat "$PG_DATA/PG_VERSION" 2>/dev/null || true) # a cluster needs the programs that made it
    for dir in ${version:+"/usr/lib/postgresql/$version/bin"} $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -Vr) \
        "$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
        if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ]; then
            PG_BIN=$dir
            return 0
        fi
    done
    return 1
}

# PostgreSQL refuses to run as root: as root the cluster belongs to PG_USER and runs as it.
pg_user() {
    PG_AS=()
    is_root || return 0
    local user
    for user in postgres nobody; do
        id "$user" >/dev/null 2>&1 || continue
        PG_USER=$user
        mkdir -p "$PG_HOME"
        PG_AS=(setpriv --reuid "$(id -u "$user")" --regid "$(id -g "$user")" --clear-groups)
        "${PG_AS[@]}" test -x "$PG_HOME" 2>/dev/null && return 0
    done
    # The user cannot enter a directory above the checkout: a user namespace in which we are not called root can.
    PG_AS=(unshare --user --map-user="$(id -u "$user")" --map-group="$(id -g "$user")")
    PG_USER=root
    "${PG_AS[@]}" test -x "$PG_HOME" 2>/dev/null ||
        die "PostgreSQL does not run as root, and user ${user:-postgres} may not enter $CLUB_ROOT" \
            "move the checkout to a directory everybody may enter (for example under /srv), run ./club as another user, or set PGHOST"
}

# The socket's path must fit the 107 bytes that Unix allows; a deeper checkout uses 127.0.0.1 with a password.
pg_environment() {
    if [ -f "$PG_HOME/port" ]; then
        PGHOST=127.0.0.1 PGPORT=$(cat "$PG_HOME/port") PGPASSWORD=$(cat "$PG_HOME/password")
        export PGPASSWORD
    else
        PGHOST=$PG_HOME/run PGPORT=5432
    fi
    export PGHOST PGPORT PGUSER=odoo PG_PRIVATE=1
    export PATH=$PATH:$PG_BIN
    unset PGDATABASE PGSERVICE
}

make_cluster() {
    lock pg 8
    if [ -f "$PG_HOME/ready" ]; then unlock 8; return 0; fi
    rm -rf "$PG_HOME"
    mkdir -p "$PG_HOME/run"
    local address=() auth=trust
    if [ "$(printf %s "$PG_HOME/run/.s.PGSQL.5432" | wc -c)" -gt 107 ]; then
        free_port >"$PG_HOME/port"
        head -c 18 /dev/urandom | base64 | tr -d '/+=\n' >"$PG_HOME/password"
        chmod 600 "$PG_HOME/password"
        auth=scram-sha-256 address=(--pwfile="$PG_HOME/password")
    fi
    if is_root; then chown -R "$PG_USER" "$PG_HOME"; fi
    chmod 700 "$PG_HOME/run"
    run_logged initdb "making a private PostgreSQL cluster" "${PG_AS[@]}" env LC_ALL=C \
        "$PG_BIN/initdb" -D "$PG_DATA" -U odoo -A "$auth" ${address[@]+"${address[@]}"} -E UTF8 --locale=C ||
        die "initdb failed" "read .club/log/initdb.log"
    pg_settings | "${PG_AS[@]}" tee -a "$PG_DATA/postgresql.conf" >/dev/null
    touch "$PG_HOME/ready"
    unlock 8
}

free_port() { "$PY" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# A moderate share of the machine's memory; collation C, so that indexes serve LIKE and nothing depends on the system's locale.
pg_settings() {
    local total shared
    total=$(awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
    shared=$((total / 12))
    [ "$shared" -le 2048 ] || shared=2048
    if [ -f "$PG_HOME/port" ]; then
        echo "listen_addresses = '127.0.0.1'"
        echo "port = $(cat "$PG_HOME/port")"
        echo "unix_socket_directories = ''"
    else
        echo "listen_addresses = ''"
        echo "port = 5432"
        echo "unix_socket_directories = '$PG_HOME/run'"
    fi
    # parallel queries share memory through /dev/shm, which containers make small
    if [ "$(df -Pm /dev/shm 2>/dev/null | awk 'NR == 2 {print $2}')" -lt 1024 ] 2>/dev/null; then
        echo "max_parallel_workers_per_gather = 0"
        echo "max_parallel_maintenance_workers = 0"
    fi
    cat <<CONF
max_connections = 200
shared_buffers = ${shared}MB
effective_cache_size = $((total / 2))MB
maintenance_work_mem = 256MB
work_mem = 16MB
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
max_locks_per_transaction = 256
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] %d '
CONF
}

pg_answers() { "$PG_BIN/pg_isready" -q -t 3; }

start_cluster() {
    lock pg 8
    if ! pg_answers; then
        say "starting PostgreSQL ($PG_BIN)"
        # One runaway query must fail alone: without a limit the kernel kills it, and PostgreSQL restarts every session.
        local limit=$(($(awk '/MemTotal/ {print $2}' /proc/meminfo) * 512))
        # a crash or a restarted machine leaves a pid file whose process is gone or is something else
        "${PG_AS[@]}" prlimit --as="$limit" "$PG_BIN/pg_ctl" -D "$PG_DATA" -l "$PG_LOG" -w -t 60 start >"$CLUB_LOG/pg_ctl.log" 2>&1 8>&- 9>&- </dev/null || true
        pg_answers || {
            tail -n 15 "$PG_LOG" >&2 2>/dev/null || cat "$CLUB_LOG/pg_ctl.log" >&2
            die "PostgreSQL did not start" "read .club/pg/server.log; if the cluster is broken, remove .club/pg and run ./club setup again"
        }
    fi
    unlock 8
}

stop_cluster() {
    [ -f "$PG_DATA/postmaster.pid" ] || return 0
    find_pg_bin && pg_user
    "${PG_AS[@]}" "$PG_BIN/pg_ctl" -D "$PG_DATA" -m fast -w stop >/dev/null 2>&1 && say "PostgreSQL stopped" || true
}
