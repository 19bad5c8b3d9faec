# `./club test`: which tests run where, each Odoo run on its own copy of the template, one sum at the end.
# shellcheck shell=bash

cmd_test() {
    local kinds=() fresh= baseline= started=$SECONDS status=0 kind
    TEST_ARGS=()
    while [ $# -gt 0 ]; do
        case $1 in
            unit | odoo | attack | together | tours | core) kinds+=("$1") ;;
            all) kinds+=(unit odoo_and_attack together tours core) ;;
            --fresh) fresh=--fresh ;;
            --baseline) baseline=1 ;;
            --)
                shift
                TEST_ARGS=("$@")
                break
                ;;
            *) die "unknown argument of test: $1" "use unit, odoo, attack, together, tours, core or all; pytest's own arguments come after --" ;;
        esac
        shift
    done
    [ ${#kinds[@]} -gt 0 ] || mapfile -t kinds < <(default_kinds)
    ensure
    RESULTS=$CLUB_STATE/tmp/results-$$
    mkdir -p "$RESULTS"
    trap 'rm -rf "$RESULTS"; drop_run_databases' EXIT
    [ -z "$fresh" ] || our_template --fresh >/dev/null || exit 1
    for kind in "${kinds[@]}"; do
        if [ "$kind" = core ]; then
            run_core_tests "$baseline" || status=1
        else
            "run_${kind}_tests" || status=1
        fi
    done
    if [ "$status" -ne 0 ] && [ -z "$(ls "$RESULTS")" ]; then return 1; fi # what went wrong was said
    "$PY" "$CLUB_ROOT/dev/test_sum.py" sum "$RESULTS" "$((SECONDS - started))" ${TEST_ARGS[@]+"${TEST_ARGS[@]}"} || status=1
    return "$status"
}

# All of ours; but for named files, the kind they are of.
default_kinds() {
    local arg
    if ! names_paths; then
        printf '%s\n' unit odoo_and_attack together tours
        return 0
    fi
    for arg in "${TEST_ARGS[@]}"; do
        case $arg in -*) ;; tests/attack* | ./tests/attack*) echo attack ;; tests | tests/* | ./tests*) echo unit ;; *_together.py*) echo together ;; *) [ -e "${arg%%::*}" ] && echo odoo ;; esac
    done | sort -u
}

drop_run_databases() {
    local name
    for name in $(sql "SELECT datname FROM pg_database WHERE datname ~ '^club_test_$$(_|\$)'" 2>/dev/null); do
        drop_db "$name" >/dev/null 2>&1 || true
    done
}

# Do the pytest arguments name files or folders?
names_paths() {
    local arg
    for arg in ${TEST_ARGS[@]+"${TEST_ARGS[@]}"}; do
        case $arg in -*) ;; *) [ -e "${arg%%::*}" ] && return 0 ;; esac
    done
    return 1
}

# run_pytest KIND ARGUMENTS...: exit 5 (nothing collected) is for test_sum.py to judge.
run_pytest() {
    local kind=$1 status=0
    shift
    CLUB_KIND=$kind CLUB_RESULTS=$RESULTS/$kind.json PYTHONPATH="$CLUB_ROOT/dev${PYTHONPATH:+:$PYTHONPATH}" \
        "$PY" -m pytest -p pytest_club "$@" </dev/null 7>&- 8>&- 9>&- || status=$?
    [ "$status" -eq 5 ] && status=0
    return "$status"
}

run_unit_tests() {
    local paths=()
    names_paths || paths=(tests --ignore=tests/attack)
    [ -d "$CLUB_ROOT/tests" ] || return 0
    say "tests without a database"
    (cd "$CLUB_ROOT" && run_pytest unit -p no:odoo ${paths[@]+"${paths[@]}"} ${TEST_ARGS[@]+"${TEST_ARGS[@]}"})
}

# Two kinds at once, on a core each; what the attacks say comes when both are done.
run_odoo_and_attack_tests() {
    local status=0 second
    our_template >/dev/null || return 1
    run_attack_tests >"$RESULTS/attack.out" 2>&1 &
    second=$!
    run_odoo_tests || status=1
    wait "$second" || status=1
    cat "$RESULTS/attack.out"
    rm "$RESULTS/attack.out"
    return "$status"
}

run_odoo_tests() { run_addon_tests odoo "tests in Odoo"; }

# What a till, a clerk or a caller that lies gains: docs/security.md.
run_attack_tests() { run_addon_tests attack "attacks"; }

# With the modules that Odoo adds by itself where a shop has tills and the sales app.
run_together_tests() { run_addon_tests together "tests with tills and sale orders together"; }

# A step of a tour has ten seconds, which a busy machine may need for itself: tours that fail run once more, alone
# and on a fresh database. That result counts, and is said.
run_tours_tests() {
    local failed status=0
    run_addon_tests tours "browser tours" || status=$?
    [ "$status" -ne 0 ] && [ -f "$RESULTS/tours.json" ] && ! names_paths || return "$status"
    mapfile -t failed < <("$PY" "$CLUB_ROOT/dev/test_sum.py" failed "$RESULTS/tours.json")
    [ ${#failed[@]} -gt 0 ] && [ ${#failed[@]} -le 5 ] || return "$status"
    say "${#failed[@]} tour(s) failed; running them once more"
    TEST_ARGS=("${failed[@]}")
    run_addon_tests tours-again "second run of the tours that failed"
}

# The long form of the attacks: other orders in each round, until the time is over or something is gained.
cmd_attack() {
    local minutes=10 seed=1 round=1 ends
    while [ $# -gt 0 ]; do
        case $1 in
            --minutes) minutes=${2:?--minutes needs a number} && shift 2 ;;
            --seed) seed=${2:?--seed needs a number} && shift 2 ;;
            *) die "unknown argument of attack: $1" "use --minutes N and --seed N" ;;
        esac
    done
    ends=$((SECONDS + minutes * 60))
    while [ "$round" -eq 1 ] || [ "$SECONDS" -lt "$ends" ]; do
        say "round $round, seed $seed"
        (CLUB_ATTACK_SEED=$seed CLUB_ATTACK_ORDERS=${CLUB_ATTACK_ORDERS:-1000} CLUB_ATTACK_HONEST=${CLUB_ATTACK_HONEST:-100} \
            cmd_test attack -- tests/attack loyalty_club_pos/tests/test_pos_races.py loyalty_club_pos/tests/test_pay_races.py) ||
            die "seed $seed found something (above)" "repeat it with ./club attack --minutes 0 --seed $seed, mend the kind of fault, and keep it as a test in tests/attack"
        seed=$((seed + 1)) round=$((round + 1))
    done
    say "$((round - 1)) rounds, nothing gained"
}

run_addon_tests() {
    local kind=$1 paths=() template db=club_test_$$_${1//-/_} select=$1
    if names_paths; then
        select=named
    else
        mapfile -t paths < <(test_folders "$kind")
        [ ${#paths[@]} -gt 0 ] || return 0
    fi
    if [ "$kind" = together ]; then template=$(together_template) || return 1; else template=$(our_template) || return 1; fi
    drop_left_over
    copy_db "$template" "$db"
    fast_db "$db"
    say "$2 (database $db)"
    local status=0
    (cd "$CLUB_ROOT" && CLUB_SELECT=$select CLUB_TEMPLATE=$template run_pytest "$kind" --odoo-database="$db" --odoo-log-level=warn --odoo-http --disable-warnings \
        --odoo-extra="logfile=$CLUB_LOG/test-$kind-$$.log" --odoo-extra="db-filter=^$db\$" \
        ${paths[@]+"${paths[@]}"} ${TEST_ARGS[@]+"${TEST_ARGS[@]}"}) || status=$?
    drop_db "$db" >/dev/null 2>&1
    if [ "$status" -eq 0 ]; then rm -f "$CLUB_LOG/test-$kind-$$.log"; else say "Odoo's log of this run: .club/log/test-$kind-$$.log"; fi
    return "$status"
}

# test_folders KIND
test_folders() {
    local folder
    if [ "$1" = attack ]; then
        echo tests/attack
        return 0
    fi
    for folder in $(our_addons | tr , ' '); do
        if [ -d "$CLUB_ROOT/$folder/tests" ]; then echo "$folder/tests"; fi
    done
}

