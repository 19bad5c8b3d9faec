# Node.js tools: eslint and prettier for lint, rtlcss so that Odoo can serve right-to-left styles.
# shellcheck shell=bash

export PATH=$CLUB_ROOT/node_modules/.bin:$PATH

# setup_node REQUIRED: with REQUIRED=1 a missing node is an error (lint), else only a remark.
setup_node() {
    local required=${1:-0} want
    if ! have node || ! have npm; then
        if [ "$required" = 1 ] || ! stamped no-node "$(id -u)"; then
            need_packages "Lint of JavaScript and XML and right-to-left styles do not work without it" nodejs npm || {
                stamp no-node "$(id -u)"
                [ "$required" = 0 ] || die "node and npm are needed for this command" "run: sudo apt-get install nodejs npm"
                return 0
            }
        else
            return 0
        fi
    fi
    want=$({ node --version; cat "$CLUB_ROOT/package.json" "$CLUB_ROOT/package-lock.json"; } | digest)
    stamped node "$want" && [ -x "$CLUB_ROOT/node_modules/.bin/rtlcss" ] && return 0
    unstamp node
    (cd "$CLUB_ROOT" && run_logged npm "installing node packages" npm ci --no-audit --no-fund --ignore-scripts) || {
        [ "$required" = 0 ] || die "the node packages could not be installed" "read .club/log/npm.log; check the network, then run ./club lint again"
        say "the node packages could not be installed (.club/log/npm.log); only lint and right-to-left styles need them"
        return 0
    }
    stamp node "$want"
}
