# Odoo 19.0 Community: found, or fetched into the checkout, and made importable in the environment.
# Sets ODOO_PATH (directory that holds the package), ODOO_ADDONS (addons directories) and ODOO_VERSION.
# shellcheck shell=bash

ODOO_HOME=$CLUB_STATE/odoo
DEBIAN_ROOT=$ODOO_HOME/debian
# What the Debian package links to instead of shipping it.
DEBIAN_PACKAGES="odoo-19 libjs-jquery libjs-underscore libjs-jquery-form fonts-inconsolata fonts-font-awesome
    fonts-montserrat fonts-ocr-b fonts-roboto-unhinted fonts-glyphicons-halflings"
ODOO_GIT=https://github.com/odoo/odoo.git

setup_odoo() {
    local want
    mkdir -p "$ODOO_HOME"
    want=$({ echo "${ODOO_SRC:-}"; cat "$CLUB_STATE/stamp/venv" "$CLUB_ROOT/dev/lib/odoo.sh"; } | digest)
    if stamped odoo "$want" && [ -f "$ODOO_HOME/where" ]; then
        . "$ODOO_HOME/where"
        [ -f "$ODOO_PATH/odoo/release.py" ] && return 0
    fi
    unstamp odoo
    find_odoo
    write_odoo_link
    "$PY" -c 'import odoo.release as r, importlib.metadata as m; assert r.version_info[:2] == (19, 0), r.version; m.version("odoo")' ||
        die "Odoo 19.0 in $ODOO_PATH cannot be imported" "set ODOO_SRC to an Odoo 19.0 source tree, or remove .club/odoo, and run ./club setup again"
    say "Odoo $ODOO_VERSION is in $ODOO_PATH"
    stamp odoo "$want"
}

find_odoo() {
    if [ -n "${ODOO_SRC:-}" ]; then
        use_source_tree "$ODOO_SRC" ||
            die "ODOO_SRC=$ODOO_SRC is not an Odoo 19.0 source tree" "let it name the directory that holds odoo/ and addons/ of branch 19.0, or unset it"
        return 0
    fi
    use_importable && return 0
    use_debian_package && return 0
    use_git_clone && return 0
    die "Odoo 19.0 was not found and could not be fetched" "set ODOO_SRC to an Odoo 19.0 source tree and run ./club setup again"
}

is_odoo_19() { grep -qE '^version_info = \(19, 0,' "$1/odoo/release.py" 2>/dev/null; }

use_source_tree() {
    local tree
    tree=$(cd "$1" 2>/dev/null && pwd -P) && is_odoo_19 "$tree" || return 1
    ODOO_PATH=$tree
    ODOO_ADDONS=$tree/odoo/addons
    [ -d "$tree/addons" ] && ODOO_ADDONS=$tree/addons,$ODOO_ADDONS
    ODOO_VERSION=19.0-tree
    [ ! -e "$tree/.git" ] || ODOO_VERSION=19.0-$(git -C "$tree" rev-parse --short=12 HEAD 2>/dev/null || echo tree)
}

# An Odoo that some python on PATH can import (installed with pip or by the system).
use_importable() {
    local found python=${CLUB_PYTHON:-python3}
    found=$(cd / && "$python" -c 'import os, importlib.util as u; print(os.path.dirname(os.path.dirname(u.find_spec("odoo.release").origin)))' 2>/dev/null) || return 1
    is_odoo_19 "$found" || return 1
    # only the package itself is linked: its neighbours must not reach the environment
    mkdir -p "$ODOO_HOME/linked"
    ln -sfn "$found/odoo" "$ODOO_HOME/linked/odoo"
    ODOO_PATH=$ODOO_HOME/linked
    ODOO_ADDONS=$ODOO_PATH/odoo/addons
    ODOO_VERSION=19.0-installed
}

use_debian_package() {
    have apt-get && have dpkg || return 1
    if [ ! -f "$DEBIAN_ROOT/version" ] || ! stamped debian "$(echo "$DEBIAN_PACKAGES" | digest)"; then
        run_logged odoo-download "fetching Debian's package odoo-19 into the checkout (about 125 MB)" fetch_debian_package || return 1
        repair_links
        stub_left_out
        stamp debian "$(echo "$DEBIAN_PACKAGES" | digest)"
    fi
    ODOO_PATH=$DEBIAN_ROOT/usr/lib/python3/dist-packages
    is_odoo_19 "$ODOO_PATH" || return 1
    ODOO_ADDONS=$ODOO_PATH/odoo/addons
    ODOO_VERSION=$(cat "$DEBIAN_ROOT/version")
}

# The archive that the machine's own apt uses; works before any `apt-get update` too.
debian_archive() {
    local codename
    codename=$(. /etc/os-release 2>/dev/null && [ "${ID:-}" = debian ] && echo "${VERSION_CODENAME:-}") || return 1
    apt-get update --print-uris 2>/dev/null |
        sed -nE "s#^'([^']*)/dists/(${codename:-stable}|stable|testing|unstable|sid)/(In)?Release'.*#\1#p" | head -n 1
}

# Private lists, cache and status: nothing of the system's apt is touched, and no root is needed.
fetch_debian_package() {
    local uri apt=$ODOO_HOME/apt package options=
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    uri=$(debian_archive)
    [ -n "$uri" ] || { echo "this system has no Debian archive in its apt sources"; return 1; }
    [ ! -f "$keyring" ] || options="[signed-by=$keyring] "
    rm -rf "$apt" "$DEBIAN_ROOT"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/debs" "$DEBIAN_ROOT"
    : >"$apt/status"
    echo "deb $options$uri unstable main" >"$apt/sources.list"
    cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
CONF
    APT_CONFIG=$apt/apt.conf apt-get update -q || return 1
    for package in $DEBIAN_PACKAGES; do
        (cd "$apt/debs" && APT_CONFIG=$apt/apt.conf apt-get download -q "$package") || return 1
    done
    for package in "$apt"/debs/*.deb; do
        dpkg -x "$package" "$DEBIAN_ROOT" || return 1
    done
    dpkg-deb -f "$apt"/debs/odoo-19_*.deb Version >"$DEBIAN_ROOT/version"
    rm -rf "$apt"
}

# Debian's newer font packages no longer hold every file that the Odoo package links to: what is left dangling
# gets the file of the same name (Font Awesome 4 comes from the pinned Python package), else the regular face.
repair_links() {
    local link name target folders
    folders="$DEBIAN_ROOT/usr/share $("$PY" -c 'import sysconfig; print(sysconfig.get_path("purelib") + "/xstatic/pkg/font_awesome")')"
    find "$DEBIAN_ROOT/usr/lib" -xtype l | while read -r link; do
        name=$(basename "$link")
        # shellcheck disable=SC2086
        target=$(find $folders -type f \( -name "$name" -o -name "${name%.*}-Regular.${name##*.}" \) | head -n 1)
        if [ -n "$target" ]; then rm "$link" && cp "$target" "$link"; else say "no file for $link"; fi
    done
}

# Debian leaves this library of the video call out; Odoo's pages report an error while the file is missing.
stub_left_out() {
    local file=$DEBIAN_ROOT/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    [ -e "$file" ] && return 0
    mkdir -p "$(dirname "$file")"
    echo "/* Left out of Debian's package; background blur in video calls is not available. */" >"$file"
}

use_git_clone() {
    have git || return 1
    local tree=$ODOO_HOME/git
    if ! is_odoo_19 "$tree"; then
        rm -rf "$tree"
        run_logged odoo-download "cloning branch 19.0 of Odoo (a few hundred MB)" \
            env GIT_TERMINAL_PROMPT=0 timeout 1800 git clone --quiet --depth 1 --branch 19.0 "$ODOO_GIT" "$tree" || return 1
    fi
    use_source_tree "$tree"
}

# The .pth makes Odoo importable; metadata of our own lets pip see "odoo 19.0" where the tree has none.
write_odoo_link() {
    local site meta=$ODOO_HOME/meta
    site=$("$PY" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    rm -rf "$meta"
    echo "$ODOO_PATH" >"$site/odoo-source.pth"
    if ! compgen -G "$ODOO_PATH/odoo-19*.*-info" >/dev/null; then
        mkdir -p "$meta/odoo-19.0.dist-info"
        printf 'Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n' >"$meta/odoo-19.0.dist-info/METADATA"
        echo "$meta" >>"$site/odoo-source.pth"
    fi
    declare -p ODOO_PATH ODOO_ADDONS ODOO_VERSION | sed 's/^declare --/declare -g/' >"$ODOO_HOME/where"
}
