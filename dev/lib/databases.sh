# Databases: templates built once and kept, copies of them for every run.
#   club_core_HASH   core modules only, one per Odoo version
#   club_ours_HASH   with the addons of this repository, one per state of what installation depends on
#   club_both_HASH   the same, the sales app, which brings pos_sale and others, and sms_twilio; for tests that need them
#   club_test_PID_N  a copy for one run, dropped at its end
# shellcheck shell=bash

# What the addons build on; everything that Odoo installs by itself next to these comes with them.
CORE_MODULES=loyalty,pos_loyalty,sale_loyalty,phone_validation
# What Odoo adds by itself (pos_sale, pos_sale_loyalty …) once a shop with tills installs the sales app; and core's
# other gateway of SMS.
TOGETHER_MODULES=sale_management,sms_twilio
# several people may work in one checkout, each with a state of his own
KEEP_TEMPLATES=6

sql() { PGOPTIONS='-c client_min_messages=warning' psql -X -q -v ON_ERROR_STOP=1 -d postgres -Atc "$1"; }
db_exists() { [ "$(sql "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]; }

drop_db() {
    sql "UPDATE pg_database SET datallowconn = true, datistemplate = false WHERE datname = '$1'" 2>/dev/null ||
        sql "ALTER DATABASE \"$1\" IS_TEMPLATE false" 2>/dev/null || true
    sql "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" && rm -rf "$CLUB_STATE/data/filestore/${1:?}"
}

# copy_db TEMPLATE NAME: files of the filestore never change, so hard links are a copy.
copy_db() {
    sql "CREATE DATABASE \"$2\" TEMPLATE \"$1\" STRATEGY FILE_COPY" 2>/dev/null || sql "CREATE DATABASE \"$2\" TEMPLATE \"$1\"" ||
        die "database $2 could not be made from $1" "run the command again; if it stays, read .club/pg/server.log"
    rm -rf "$CLUB_STATE/data/filestore/${2:?}"
    if [ -d "$CLUB_STATE/data/filestore/$1" ]; then
        cp -al "$CLUB_STATE/data/filestore/$1" "$CLUB_STATE/data/filestore/$2"
    fi
}

# A database for tests need not survive a power cut.
fast_db() { sql "ALTER DATABASE \"$1\" SET synchronous_commit = off"; }

# Databases and files of runs that were killed.
drop_left_over() {
    local name pid
    for name in "$CLUB_STATE"/tmp/*-[0-9]*; do
        alive "${name##*-}" || rm -rf "$name"
    done
    [ -n "${PG_PRIVATE:-}" ] || return 0 # on somebody's server they may be another machine's
    for name in $(sql "SELECT datname FROM pg_database WHERE datname ~ '^club_(test|build)_[0-9]+'"); do
        pid=$(sed -E 's/^club_(test|build)_([0-9]+).*/\2/' <<<"$name")
        alive "$pid" || drop_db "$name"
    done
}

# The addons at the root; CLUB_ADDONS=loyalty_club,… leaves the others out of sight (one of them may be half done).
addons_folder() {
    local folder addon
    if [ -z "${CLUB_ADDONS:-}" ]; then
        echo "$CLUB_ROOT"
        return 0
    fi
    folder=$CLUB_STATE/addons/$CLUB_ADDONS
    mkdir -p "$folder"
    for addon in ${CLUB_ADDONS//,/ }; do
        [ -f "$CLUB_ROOT/$addon/__manifest__.py" ] || die "CLUB_ADDONS names $addon, which is no addon of this checkout" "name some of: $(cd "$CLUB_ROOT" && echo loyalty_club*/)"
        ln -sfn "$CLUB_ROOT/$addon" "$folder/$addon"
    done
    echo "$folder"
}

our_addons() {
    local manifest
    for manifest in "$(addons_folder)"/loyalty_club*/__manifest__.py; do
        [ -f "$manifest" ] && basename "$(dirname "$manifest")"
    done | paste -sd, -
}

# core_template: prints the name, builds it when missing.
core_template() {
    local name
    # the filestore lies in this checkout, so the template is this checkout's, also on a shared server
    name=club_core_$(echo "$ODOO_VERSION $ODOO_PATH $CORE_MODULES$([ -n "${PG_PRIVATE:-}" ] || echo " $CLUB_ROOT")" | digest)
    if ! db_exists "$name"; then
        lock template 7
        db_exists "$name" || build_template "$name" "" "$CORE_MODULES" ""
        unlock 7
    fi
    echo "$name"
}

# our_template [--fresh]: with the addons of this repository.
our_template() {
    local core addons name
    core=$(core_template) || exit 1
    addons=$(our_addons)
    if [ -z "$addons" ]; then
        echo "$core"
        return 0
    fi
    name=club_ours_$({ echo "$core"; "$PY" "$CLUB_ROOT/dev/addons_hash.py" "$(addons_folder)"; } | digest)
    if [ "${1:-}" = --fresh ] || ! db_exists "$name"; then
        lock template 7
        if [ "${1:-}" = --fresh ]; then
            drop_db "$name"
            drop_db "$(together_name "$name")"
        fi
        db_exists "$name" || build_template "$name" "$core" "$addons" strict
        prune_templates "$name"
        unlock 7
    fi
    echo "$name"
}

together_name() { echo "club_both_$(echo "$1 $TOGETHER_MODULES" | digest)"; }

# together_template: the template of our addons and TOGETHER_MODULES; the other templates know nothing of them.
together_template() {
    local ours name
    ours=$(our_template) || exit 1
    name=$(together_name "$ours")
    if ! db_exists "$name"; then
        lock template 7
        db_exists "$name" || build_template "$name" "$ours" "$TOGETHER_MODULES" strict
        prune_templates "$name"
        unlock 7
    fi
    echo "$name"
}

# build_template NAME BASE MODULES STRICT: under another name first, so that what is interrupted is never used.
build_template() {
    local name=$1 base=$2 modules=$3 strict=$4 build=club_build_$$ log=$CLUB_LOG/$1.log started=$SECONDS
    drop_left_over
    drop_db "$build"
    if [ -n "$base" ]; then
        copy_db "$base" "$build"
    else
        say "building the template of Odoo's own modules; kept for later (a minute or two)"
        sql "CREATE DATABASE \"$build\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
    fi
    fast_db "$build"
    say "installing $modules"
    rm -f "$log"
    run_odoo -d "$build" -i "$modules" --stop-after-init --no-http --max-cron-threads 0 --logfile "$log" \
        --log-level info >"$log.out" 2>&1 7>&- 8>&- 9>&- </dev/null &
    show_loading "$!" "$log" || {
        tail -n 40 "$log" "$log.out" >&2
        drop_db "$build"
        die "installing $modules failed" "read ${log#"$CLUB_ROOT"/}"
    }
    if [ -n "$strict" ] && ! "$PY" "$CLUB_ROOT/dev/log_check.py" "$log" >&2; then
        drop_db "$build"
        die "installing $modules logs warnings or errors (above)" "mend them; the whole log is ${log#"$CLUB_ROOT"/}"
    fi
    sql "ALTER DATABASE \"$build\" RENAME TO \"$name\""
    rm -rf "$CLUB_STATE/data/filestore/${name:?}"
    [ ! -d "$CLUB_STATE/data/filestore/$build" ] || mv "$CLUB_STATE/data/filestore/$build" "$CLUB_STATE/data/filestore/$name"
    sql "ALTER DATABASE \"$name\" ALLOW_CONNECTIONS false"
    say "template $name is ready ($((SECONDS - started)) s)"
}

# show_loading PID LOG: how far an installation is, every ten seconds; returns the exit status of PID.
show_loading() {
    local tick=0 now
    while alive "$1"; do
        sleep 1
        tick=$((tick + 1))
        [ $((tick % 10)) -eq 0 ] || continue
        now=$(grep -oE 'Loading module \S+ \([0-9]+/[0-9]+\)' "$2" 2>/dev/null | tail -n 1 || true)
        [ -z "$now" ] || say "  $now"
    done
    wait "$1"
}

# Older states of our addons are dropped; the newest ones are kept for switching between branches.
prune_templates() {
    local name
    for name in $(sql "SELECT datname FROM pg_database WHERE datname LIKE '${1%_*}\\_%' AND datname <> '$1' ORDER BY oid DESC OFFSET $KEEP_TEMPLATES"); do
        drop_db "$name" 2>/dev/null || true
        rm -f "$CLUB_LOG/$name.log" "$CLUB_LOG/$name.log.out"
    done
}
