# `./club test core`: Odoo's own loyalty suites with our addons installed must do test by test what they do on
# core alone. The result on core alone is kept in tests/core_baseline, one file per Odoo version.
# shellcheck shell=bash

CORE_SUITES="loyalty pos_loyalty sale_loyalty"
CORE_WORKERS=${CLUB_CORE_WORKERS:-2}

run_core_tests() {
    local remake=$1 template file status=0
    file=$CLUB_ROOT/tests/core_baseline/$(tr -c 'A-Za-z0-9.\n-' _ <<<"$ODOO_VERSION").json
    if [ -n "$remake" ] || [ ! -f "$file" ]; then
        [ -n "$remake" ] || say "no baseline for Odoo $ODOO_VERSION yet: running the suites on core alone first"
        template=$(core_template) || return 1
        core_run baseline "$template"
        core_rerun baseline "$template" failing "$CLUB_STATE/tmp/core-baseline-$$"
        mkdir -p "$(dirname "$file")"
        "$PY" "$CLUB_ROOT/dev/core_compare.py" baseline "$CLUB_STATE/tmp/core-baseline-$$" "$file" || return 1
        say "wrote ${file#"$CLUB_ROOT"/}; keep it in the repository"
        rm -rf "$CLUB_STATE/tmp/core-baseline-$$"
        if [ -n "$remake" ]; then
            "$PY" "$CLUB_ROOT/dev/core_compare.py" verdict "$file" "$file" "$RESULTS/core.json"
            return 0
        fi
    fi
    template=$(our_template) || return 1
    core_run ours "$template"
    core_rerun ours "$template" different "$CLUB_STATE/tmp/core-ours-$$" "$file"
    "$PY" "$CLUB_ROOT/dev/core_compare.py" verdict "$file" "$CLUB_STATE/tmp/core-ours-$$" "$RESULTS/core.json" || status=1
    [ "$status" -eq 0 ] && rm -rf "$CLUB_STATE/tmp/core-ours-$$" ||
        say "the output of the tests is in .club/log/core-ours-*.log; remake the baseline only if Odoo itself has changed"
    return "$status"
}

# core_run LABEL TEMPLATE: all suites, by several workers that each have a database and a port of their own.
core_run() {
    local label=$1 template=$2 out=$CLUB_STATE/tmp/core-$1-$$ worker pids=() total done_ left=1
    rm -rf "$out" && mkdir -p "$out"
    drop_left_over
    say "Odoo's suites ($CORE_SUITES), $label, $CORE_WORKERS workers"
    for worker in $(seq 0 $((CORE_WORKERS - 1))); do
        core_worker "$label-$worker" "$template" "$out" "$worker/$CORE_WORKERS" $(core_paths) &
        pids+=($!)
    done
    while [ "$left" -gt 0 ]; do
        sleep 5
        left=0
        for worker in "${pids[@]}"; do alive "$worker" && left=$((left + 1)); done
        done_=$(cat "$out"/*.progress 2>/dev/null | wc -l)
        if [ $((done_ / 25)) -ne "${total:-0}" ]; then
            total=$((done_ / 25))
            say "$done_ tests done"
        fi
    done
    wait "${pids[@]}" || true
}

# core_rerun LABEL TEMPLATE WHICH FOLDER [BASELINE]: browser tests are timing dependent, so a test that fails
# (baseline) or that differs (ours) gets one more run, alone and on a fresh database.
core_rerun() {
    local tests
    mapfile -t tests < <("$PY" "$CLUB_ROOT/dev/core_compare.py" "$3" "$4" "${5:-}")
    [ ${#tests[@]} -gt 0 ] || return 0
    say "running ${#tests[@]} test(s) once more"
    core_worker "$1-again" "$2" "$4" 0/1 "${tests[@]}" || true
}

core_worker() {
    local label=$1 template=$2 out=$3 shard=$4 db=club_test_$$_core_${1//-/_} status=0
    shift 4
    copy_db "$template" "$db"
    fast_db "$db"
    (cd "$ODOO_PATH" && PYTHONPATH="$CLUB_ROOT/dev" CLUB_SELECT=core CLUB_SHARD=$shard CLUB_RESULTS=$out/$label.json \
        CLUB_PROGRESS=$out/$label.progress "$PY" -m pytest -c "$CLUB_ROOT/pyproject.toml" --rootdir "$ODOO_PATH" \
        -p pytest_club --odoo-database="$db" --odoo-log-level=warn --odoo-http --disable-warnings -q \
        --odoo-extra="logfile=$CLUB_LOG/core-$label.odoo.log" --odoo-extra="db-filter=^$db\$" "$@" \
        </dev/null >"$CLUB_LOG/core-$label.log" 2>&1 7>&- 8>&- 9>&-) || status=$?
    drop_db "$db" >/dev/null 2>&1
    return "$status"
}

core_paths() {
    local suite dir
    for suite in $CORE_SUITES; do
        for dir in ${ODOO_ADDONS//,/ }; do
            if [ -d "$dir/$suite/tests" ]; then echo "$dir/$suite/tests"; break; fi
        done
    done
    for dir in ${ODOO_ADDONS//,/ }; do
        if [ -f "$dir/web/tests/test_js.py" ]; then echo "$dir/web/tests/test_js.py::WebSuite::test_unit_desktop"; break; fi
    done
}
