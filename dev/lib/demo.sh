# `./club demo`: a database with a club, members and real baskets, and Odoo serving it.
# shellcheck shell=bash

DEMO_DB=club_demo

cmd_demo() {
    local port=8069 phone=8099 households=10 detach= fresh=
    while [ $# -gt 0 ]; do
        case $1 in
            --port) port=${2:?--port needs a number} && shift 2 ;;
            --phone-port) phone=${2:?--phone-port needs a number} && shift 2 ;;
            --households) households=${2:?--households needs a number} && shift 2 ;;
            --detach) detach=1 && shift ;;
            --fresh) fresh=1 && shift ;;
            *) die "unknown argument of demo: $1" "use --detach, --port N, --phone-port N, --households N or --fresh" ;;
        esac
    done
    [ -f "$CLUB_ROOT/dev/demo.py" ] || die "dev/demo.py is not part of this checkout" "use a checkout that has it"
    ensure
    if demo_running && [ "$(cat "$CLUB_RUN/demo.port")" = "$port" ] && demo_current "$households" && [ -z "$fresh" ]; then
        say "the demo is already running"
        phone_start "$(cat "$CLUB_RUN/phone.port" 2>/dev/null || echo "$phone")"
        demo_greeting "$port"
        return 0
    fi
    demo_stop
    port_is_free "$port" || die "port $port is in use by something else" "stop it, or use another: ./club demo --port $((port + 1))"
    phone_start "$phone"
    demo_database "$households" "$fresh"
    demo_dial "$phone" "$port"
    if [ -n "$detach" ]; then
        demo_start "$port"
        demo_greeting "$port"
    else
        demo_greeting "$port"
        say "Odoo is starting; Ctrl-C stops it"
        exec "$PY" -m odoo -d "$DEMO_DB" --db-filter "^$DEMO_DB\$" --http-port "$port" --max-cron-threads 1 --log-level warn
    fi
}

# What the demo database was made from: another state of the addons upgrades it, other households make it anew.
demo_state() { echo "$1 $("$PY" "$CLUB_ROOT/dev/addons_hash.py" "$(addons_folder)")"; }
demo_current() { stamped demo "$(demo_state "$1")" && db_exists "$DEMO_DB"; }

demo_database() {
    local households=$1 fresh=$2 before
    if [ -z "$fresh" ] && demo_current "$households"; then return 0; fi
    before=$(cat "$CLUB_STATE/stamp/demo" 2>/dev/null || true)
    if [ -z "$fresh" ] && [ "${before%% *}" = "$households" ] && db_exists "$DEMO_DB"; then
        unstamp demo
        say "the addons have changed: upgrading $DEMO_DB"
        run_odoo -d "$DEMO_DB" -u "$(our_addons)" --stop-after-init --no-http --max-cron-threads 0 --log-level warn ||
            die "the demo database could not be upgraded" "make it anew: ./club demo --fresh"
    else
        local template
        template=$(our_template) || exit 1
        setup_data
        unstamp demo
        drop_db "$DEMO_DB"
        say "making database $DEMO_DB: a club, its members and the real baskets of $households households"
        copy_db "$template" "$DEMO_DB"
        phone_forget
        # the script's own output is kept and shown again at later starts
        run_python dev/demo.py --db "$DEMO_DB" --households "$households" --phone "$(phone_url)" >"$CLUB_RUN/demo.txt" || {
            cat "$CLUB_RUN/demo.txt" >&2
            die "the demo could not be loaded" "read the message above; then ./club demo --fresh"
        }
    fi
    stamp demo "$(demo_state "$households")"
}

demo_start() {
    local port=$1 pid
    (cd "$CLUB_ROOT" && exec setsid "$PY" -m odoo -d "$DEMO_DB" --db-filter "^$DEMO_DB\$" --http-port "$port" \
        --max-cron-threads 1 --logfile "$CLUB_LOG/demo.log" </dev/null >"$CLUB_LOG/demo.out" 2>&1 7>&- 8>&- 9>&-) &
    pid=$!
    echo "$pid" >"$CLUB_RUN/demo.pid"
    echo "$port" >"$CLUB_RUN/demo.port"
    say "starting Odoo"
    for _ in $(seq 120); do
        alive "$pid" || break
        if "$PY" -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/web/health', timeout=5)" 2>/dev/null; then return 0; fi
        sleep 0.5
    done
    tail -n 20 "$CLUB_LOG/demo.log" "$CLUB_LOG/demo.out" >&2
    rm -f "$CLUB_RUN/demo.pid"
    die "Odoo did not start on port $port" "read .club/log/demo.log"
}

demo_running() { [ -f "$CLUB_RUN/demo.pid" ] && alive "$(cat "$CLUB_RUN/demo.pid")"; }
demo_stop() { stop_process "$CLUB_RUN/demo.pid"; }

# -- the SMS gateway of the demo, and the page that shows what arrived on the phones ---------------------------------

phone_url() { echo "http://127.0.0.1:$(cat "$CLUB_RUN/phone.port")"; }
phone_running() { [ -f "$CLUB_RUN/phone.pid" ] && alive "$(cat "$CLUB_RUN/phone.pid")"; }
phone_stop() { stop_process "$CLUB_RUN/phone.pid"; }

phone_start() {
    local port=$1 pid
    if phone_running && [ "$(cat "$CLUB_RUN/phone.port")" = "$port" ]; then return 0; fi
    phone_stop
    port_is_free "$port" || die "port $port, for the demo's phones, is in use by something else" "use another: ./club demo --phone-port $((port + 1))"
    (cd "$CLUB_ROOT" && PYTHONPATH="$CLUB_ROOT/dev" exec setsid "$PY" -m demo_shop.phone --port "$port" \
        --store "$CLUB_RUN/phone.jsonl" </dev/null >"$CLUB_LOG/phone.log" 2>&1 7>&- 8>&- 9>&-) &
    pid=$!
    echo "$pid" >"$CLUB_RUN/phone.pid"
    echo "$port" >"$CLUB_RUN/phone.port"
    for _ in $(seq 40); do
        alive "$pid" || break
        if "$PY" -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/', timeout=5)" 2>/dev/null; then return 0; fi
        sleep 0.25
    done
    tail -n 20 "$CLUB_LOG/phone.log" >&2
    rm -f "$CLUB_RUN/phone.pid"
    die "the demo's SMS gateway did not start on port $port" "read .club/log/phone.log"
}

# The messages of a demo that is made anew are those of its own members.
phone_forget() {
    local port
    port=$(cat "$CLUB_RUN/phone.port")
    phone_stop
    rm -f "$CLUB_RUN/phone.jsonl"
    phone_start "$port"
}

# The demo's gateway is where the phones are now, and links in its messages lead to where Odoo is now.
demo_dial() {
    psql -X -q -v ON_ERROR_STOP=1 -d "$DEMO_DB" \
        -c "UPDATE loyalty_club_gateway SET base_url = 'http://127.0.0.1:$1/v1' WHERE base_url LIKE 'http://127.0.0.1:%'" \
        -c "UPDATE loyalty_club_bot SET base_url = 'http://127.0.0.1:$1' WHERE base_url LIKE 'http://127.0.0.1:%'" \
        -c "UPDATE ir_config_parameter SET value = 'http://127.0.0.1:$2' WHERE key = 'web.base.url'"
}

# Connections that browsers had to a server that has just ended don't count: that is how a server looks, too.
port_is_free() {
    "$PY" -c "import socket as s; one = s.socket(); one.setsockopt(s.SOL_SOCKET, s.SO_REUSEADDR, 1); one.bind(('127.0.0.1', $1))" 2>/dev/null
}

demo_greeting() {
    cat "$CLUB_RUN/demo.txt" 2>/dev/null || true
    printf '\nOdoo is at http://127.0.0.1:%s   (log in as admin, password admin)\n' "$1"
    printf 'The phones that get its SMS are at %s\n' "$(phone_url)"
    printf 'Stop it with ./club stop; its log is .club/log/demo.log\n'
}
