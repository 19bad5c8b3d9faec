# System packages: found first, installed through apt when we are root, named when we are not.
# shellcheck shell=bash

_apt_refreshed=
apt_install() {
    run_logged apt "installing system packages: $*" _apt_install "$@"
}
_apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    if [ -z "$_apt_refreshed" ]; then
        apt-get update -q || true
        _apt_refreshed=1
    fi
    apt-get install -y -q --no-install-recommends "$@" </dev/null
}

# need_packages WITHOUT PACKAGE...: install, or say the line to run; WITHOUT empty means we cannot go on.
need_packages() {
    local without=$1
    shift
    if is_root && have apt-get; then
        apt_install "$@" && return 0
    fi
    if [ -z "$without" ]; then
        die "the system packages $* are missing" "run: sudo apt-get install $*   (or your system's packages of these names), then ./club setup"
    fi
    say "missing: $*. $without. To have it, run: sudo apt-get install $*"
    return 1
}

find_browser() {
    local name
    for name in google-chrome chromium chromium-browser google-chrome-stable; do
        have "$name" && { command -v "$name"; return 0; }
    done
    return 1
}

setup_browser() {
    find_browser >/dev/null && return 0
    stamped no-browser "$(id -u)" && return 0 # said once, is not repeated at every command
    need_packages "Everything but the browser tours works without it" chromium || stamp no-browser "$(id -u)"
}

setup_wkhtmltopdf() {
    have wkhtmltopdf && return 0
    stamped no-wkhtmltopdf "$(id -u)" && return 0
    need_packages "Everything but PDF files works without it" wkhtmltopdf || stamp no-wkhtmltopdf "$(id -u)"
}
