# `./club lint`: every style check, all of them even when one fails. `--fix` lets the tools mend what they can.
# shellcheck shell=bash

cmd_lint() {
    local fix=
    case ${1:-} in
        --fix) fix=1 ;;
        '') ;;
        *) die "unknown argument of lint: $1" "use ./club lint, or ./club lint --fix" ;;
    esac
    ensure
    setup_node 1
    cd "$CLUB_ROOT"
    LINT_FAILED=()
    if [ -n "$fix" ]; then
        lint_step "ruff" "$VENV/bin/ruff" check --quiet --fix .
        lint_step "ruff format" "$VENV/bin/ruff" format --quiet .
    else
        lint_step "ruff" "$VENV/bin/ruff" check --quiet .
        lint_step "ruff format" "$VENV/bin/ruff" format --quiet --check .
    fi
    lint_step "shell syntax" lint_shell
    local addons
    addons=$(our_addons)
    # Odoo's own pitfalls only; ruff looks for the rest. Several files may extend one model (a file is a feature),
    # and the readme/ fragments are an addon's readme.
    # shellcheck disable=SC2086
    [ -z "$addons" ] || lint_step "pylint-odoo" "$PY" -m pylint --rcfile pyproject.toml --disable=all --enable=odoolint \
        --disable=consider-merging-classes-inherited,missing-readme ${addons//,/ }
    # shellcheck disable=SC2046
    lint_step "eslint" node_modules/.bin/eslint --no-error-on-unmatched-pattern --max-warnings 0 ${fix:+--fix} .
    lint_step "prettier" node_modules/.bin/prettier --log-level warn --no-error-on-unmatched-pattern \
        $([ -n "$fix" ] && echo --write || echo --check) "**/*.{js,mjs,xml}"
    lint_step "po files" "$PY" dev/po_check.py "$CLUB_ROOT"
    if [ ${#LINT_FAILED[@]} -gt 0 ]; then
        die "lint is not clean: ${LINT_FAILED[*]}" "mend what is listed above; ./club lint --fix does what a tool can do"
    fi
    say "lint is clean"
}

lint_step() {
    local title=$1
    shift
    say "$title"
    "$@" || LINT_FAILED+=("$title;")
}

lint_shell() {
    local file status=0
    for file in club .ci/run dev/lib/*.sh; do
        bash -n "$file" || status=1
    done
    return "$status"
}
