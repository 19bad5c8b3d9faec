# Paths, messages, locks and stamps: what every other part of ./club uses.
# shellcheck shell=bash

CLUB_STATE=$CLUB_ROOT/.club
CLUB_LOG=$CLUB_STATE/log
CLUB_RUN=$CLUB_STATE/run
CLUB_CACHE=$CLUB_STATE/cache
export CLUB_ROOT CLUB_STATE
mkdir -p "$CLUB_LOG" "$CLUB_RUN" "$CLUB_CACHE" "$CLUB_STATE/stamp" "$CLUB_STATE/lock" "$CLUB_STATE/tmp"

# Caches of the tools we call stay in the checkout.
export PIP_CACHE_DIR=$CLUB_CACHE/pip PIP_DISABLE_PIP_VERSION_CHECK=1
export npm_config_cache=$CLUB_CACHE/npm npm_config_update_notifier=false
export XDG_CACHE_HOME=$CLUB_CACHE/xdg XDG_CONFIG_HOME=$CLUB_CACHE/xdg-config
export PYTHONDONTWRITEBYTECODE=${PYTHONDONTWRITEBYTECODE:-} PYTHONWARNINGS=${PYTHONWARNINGS:-ignore}

say() { printf '[club] %s\n' "$*" >&2; }

# die WHAT TODO: the last line of every failure says what to do.
die() {
    printf '[club] error: %s\n[club] what to do: %s\n' "$1" "$2" >&2
    exit "${3:-1}"
}

is_root() { [ "$(id -u)" -eq 0 ]; }
have() { command -v "$1" >/dev/null 2>&1; }
digest() { sha256sum | cut -c1-12; }

# A stamp is written after a step has finished, with a digest of what went into it:
# an interrupted step has no stamp and is done again.
stamped() { [ "$(cat "$CLUB_STATE/stamp/$1" 2>/dev/null)" = "$2" ]; }
stamp() { printf '%s\n' "$2" >"$CLUB_STATE/stamp/$1"; }
unstamp() { rm -f "$CLUB_STATE/stamp/$1"; }

# lock NAME FD: one process of this checkout at a time. Daemons must be started with FD closed.
lock() {
    eval "exec $2>\"$CLUB_STATE/lock/$1\""
    if ! flock -n "$2"; then
        say "another ./club is busy with '$1', waiting for it"
        flock "$2"
    fi
}
unlock() { eval "exec $1>&-"; }

# run_logged LOG TITLE COMMAND...: quiet when it works, the end of the log when it does not.
run_logged() {
    local log=$CLUB_LOG/$1.log title=$2
    shift 2
    say "$title"
    if ! "$@" >"$log" 2>&1; then
        tail -n 25 "$log" >&2
        return 1
    fi
}

# Is PID (first argument) alive?
alive() { [ -n "${1:-}" ] && kill -0 "$1" 2>/dev/null; }
