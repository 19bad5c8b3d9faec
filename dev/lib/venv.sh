# The virtual environment with the pinned Python packages.
# shellcheck shell=bash

VENV=$CLUB_STATE/venv
PY=$VENV/bin/python

# A python that Odoo 19 runs on: the one called python3 first, then the newest one.
find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python3.10; do
        have "$name" || continue
        "$name" -c 'import sys; sys.exit(not ((3, 10) <= sys.version_info < (3, 14)))' 2>/dev/null || continue
        command -v "$name"
        return 0
    done
    return 1
}

setup_venv() {
    local python want
    python=$(find_python) || {
        need_packages "" python3 python3-venv
        python=$(find_python) || die "no Python 3.10 to 3.13 was found" "install one of them and run ./club setup again"
    }
    want=$({ "$python" -VV; cat "$CLUB_ROOT"/dev/requirements/*.txt; } | digest)
    if stamped venv "$want" && "$PY" -c '' 2>/dev/null; then
        return 0
    fi
    unstamp venv
    if ! "$PY" -c '' 2>/dev/null || [ "$("$PY" -VV)" != "$("$python" -VV)" ]; then
        rm -rf "$VENV"
        if ! "$python" -m venv "$VENV" >"$CLUB_LOG/venv.log" 2>&1; then
            rm -rf "$VENV"
            need_packages "" python3-venv
            "$python" -m venv "$VENV" >>"$CLUB_LOG/venv.log" 2>&1 ||
                die "no virtual environment could be made" "read .club/log/venv.log"
        fi
        unstamp odoo # the link to Odoo lives in the environment
    fi
    run_logged pip "installing Python packages (about a minute)" "$PY" -m pip install --no-input --progress-bar off \
        -r "$CLUB_ROOT/dev/requirements/odoo.txt" -r "$CLUB_ROOT/dev/requirements/dev.txt" ||
        die "the Python packages could not be installed" "read .club/log/pip.log; check the network, then run ./club setup again"
    stamp venv "$want"
}
