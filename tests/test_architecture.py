"""The shape of the code, read from the code: which way imports run, who writes the ledger, how long things get.

A failure names the file and line and says what to do; docs/architecture.md has the reasons.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = "loyalty_club"
#: Addons of ours that an addon may use besides the core one.
BUILT_ON = {"loyalty_club_mailing": ["loyalty_club_sms"]}
PURE = {"tools": {"tools"}, "rules": {"rules", "tools"}, "gateways": {"gateways", "rules", "tools"}}
#: The only files that may write entries, postings and lots.
DOOR = {f"loyalty_club/models/club_entry{part}.py" for part in ("", "_door", "_expire", "_plan", "_roll", "_rows")}
GUARDED_MODEL = re.compile(r"loyalty\.club\.(entry|posting|lot)")
GUARDED_SQL = re.compile(
    r"\b(insert\s+into|update|delete\s+from|truncate(\s+table)?|copy)\s+\"?loyalty_club_(entry|posting|lot)\b",
    re.IGNORECASE,
)
WRITERS = {"create", "write", "unlink"}
MAX_FILE, MAX_FUNCTION = 300, 40
REASON = "Long because"


def addons() -> list[Path]:
    return sorted(path.parent for path in ROOT.glob(f"{CORE}*/__manifest__.py"))


def python_files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*.py")) if "node_modules" not in path.parts)


def layer(path: Path) -> str:
    """tools, rules, or anything else of an addon."""
    parts = path.relative_to(ROOT).parts
    return parts[1] if len(parts) > 2 else ""


def imports(path: Path, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and absolute name of each import; `odoo.addons.x` is x, as `from . import y` in x is x.y."""
    package = list(path.relative_to(ROOT).parts[:-1])
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base += node.module.split(".") if node.module else []
            names = [".".join([*base, alias.name]) for alias in node.names]
        else:
            continue
        for name in names:
            yield node.lineno, name.removeprefix("odoo.addons.")


def wrong_arrows(path: Path, tree: ast.AST) -> Iterator[str]:
    """Imports that run the wrong way."""
    where, addon, own_layer = path.relative_to(ROOT), path.relative_to(ROOT).parts[0], layer(path)
    for line, name in imports(path, tree):
        top, _, rest = name.partition(".")
        if own_layer in PURE:
            inside = top == addon or (own_layer == "rules" and top == CORE)
            if top == "odoo" or (top.startswith(CORE) and not (inside and rest.split(".")[0] in PURE[own_layer])):
                yield f"{where}:{line}: {own_layer} must not import {name}"
        elif top.startswith(CORE) and top not in (addon, CORE, *BUILT_ON.get(addon, ())):
            yield f"{where}:{line}: {addon} must not import {top}: glue uses {CORE} only"


def ledger_writes(path: Path, tree: ast.AST) -> Iterator[str]:
    """Places that write the ledger's tables, by the ORM or in SQL."""
    where = path.relative_to(ROOT)
    inherits = any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id in ("_name", "_inherit") for target in node.targets)
        and GUARDED_MODEL.fullmatch(str(getattr(node.value, "value", "")))
        for node in ast.walk(tree)
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and GUARDED_SQL.search(node.value):
            yield f"{where}:{node.lineno}: SQL writes the ledger"
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS):
            continue
        receiver = ast.unparse(node.func.value)
        if GUARDED_MODEL.search(receiver) or (inherits and receiver in ("super()", "self", "self.sudo()")):
            yield f"{where}:{node.lineno}: {receiver}.{node.func.attr}() writes the ledger"


def too_long(path: Path, tree: ast.AST, text: str) -> Iterator[str]:
    """Files and functions beyond the limits whose head gives no reason."""
    where = path.relative_to(ROOT)
    lines = text.splitlines()
    if REASON in "\n".join(lines[:15]):
        return
    if len(lines) > MAX_FILE:
        yield f"{where}: {len(lines)} lines: split it, or say '{REASON} …' in its head"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            if length > MAX_FUNCTION and REASON not in (ast.get_docstring(node) or ""):
                yield f"{where}:{node.lineno}: {node.name}() has {length} lines: split it, or say '{REASON} …'"


def parsed(paths: Iterator[Path]) -> Iterator[tuple[Path, ast.AST, str]]:
    for path in paths:
        text = path.read_text(encoding="utf-8")
        yield path, ast.parse(text), text


def test_imports_run_one_way():
    assert addons(), "no addon found"
    files = parsed(python_files(*addons()))
    assert not [problem for path, tree, _ in files for problem in wrong_arrows(path, tree)]


def test_glue_addons_do_not_depend_on_each_other():
    for addon in addons():
        depends = ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))["depends"]
        ours = [name for name in depends if name.startswith(CORE)]
        expected = [] if addon.name == CORE else BUILT_ON.get(addon.name, [CORE])
        assert ours == expected, f"{addon.name} depends on {ours}"


def test_only_the_door_writes_the_ledger():
    files = [path for path in python_files(*addons()) if "tests" not in path.parts]
    others = (path for path in files if str(path.relative_to(ROOT)) not in DOOR)
    assert not [problem for path, tree, _ in parsed(others) for problem in ledger_writes(path, tree)]


def test_nothing_is_too_long():
    files = parsed(python_files(*addons(), ROOT / "tests", ROOT / "dev"))
    assert not [problem for path, tree, text in files for problem in too_long(path, tree, text)]


def test_scripts_of_the_till_are_not_too_long():
    for addon in addons():
        for path in addon.glob("static/src/**/*.js"):
            lines = path.read_text(encoding="utf-8").splitlines()
            assert len(lines) <= MAX_FILE or REASON in "\n".join(lines[:15]), path


def test_pure_scripts_import_nothing_but_each_other():
    for addon in addons():
        for path in addon.glob("static/src/**/rules/*.js"):
            for name in re.findall(r"""^\s*(?:import|export)\b[^;]*?\bfrom\s+["']([^"']+)""", path.read_text(), re.M):
                assert name.startswith("./"), f"{path.relative_to(ROOT)} imports {name}"


def example(path: str, text: str) -> tuple[Path, ast.AST]:
    return ROOT / path, ast.parse(text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("loyalty_club/tools/x.py", "import odoo"),
        ("loyalty_club/tools/x.py", "from odoo.tools import SQL"),
        ("loyalty_club/tools/x.py", "from ..rules import scoring"),
        ("loyalty_club/tools/x.py", "def f():\n    from ..rules.scoring import score"),
        ("loyalty_club/rules/x.py", "from ..models import club"),
        ("loyalty_club/rules/x.py", "from odoo.addons.loyalty_club.models import club"),
        ("loyalty_club/rules/x.py", "import loyalty_club.models"),
        ("loyalty_club/rules/x.py", "from odoo import fields"),
        ("loyalty_club/models/x.py", "from odoo.addons.loyalty_club_pos.models import pos_order"),
        ("loyalty_club_pos/models/x.py", "from odoo.addons.loyalty_club_sale import models"),
        ("loyalty_club_pos/rules/x.py", "from odoo.addons.loyalty_club.models import club"),
    ],
)
def test_a_wrong_arrow_is_seen(path, text):
    assert list(wrong_arrows(*example(path, text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("loyalty_club/rules/x.py", "from ..tools.amount import exact"),
        ("loyalty_club/rules/x.py", "from .movement import NewLot"),
        ("loyalty_club/models/x.py", "from odoo import models\nfrom ..rules import lots"),
        ("loyalty_club_pos/models/x.py", "from odoo.addons.loyalty_club.rules.scoring import score"),
        ("loyalty_club_pos/models/x.py", "from odoo.addons.pos_loyalty.models import pos_order"),
    ],
)
def test_a_right_arrow_is_allowed(path, text):
    assert not list(wrong_arrows(*example(path, text)))


@pytest.mark.parametrize(
    "text",
    [
        'self.env["loyalty.club.entry"].create({})',
        'self.env["loyalty.club.posting"].sudo().create([{}])',
        'self.env["loyalty.club.lot"].browse(1).write({})',
        'cr.execute("INSERT INTO loyalty_club_posting (id) VALUES (1)")',
        'cr.execute("update loyalty_club_lot set remaining = 0")',
        'cr.execute("""DELETE\n  FROM "loyalty_club_entry" """)',
    ],
)
def test_a_write_past_the_door_is_seen(text):
    assert list(ledger_writes(*example("loyalty_club/models/x.py", text)))


def test_reading_the_ledger_is_allowed():
    text = 'self.env["loyalty.club.entry"].search([])\ncr.execute("SELECT 1 FROM loyalty_club_entry_rel")'
    assert not list(ledger_writes(*example("loyalty_club/models/x.py", text)))


def test_a_long_function_is_seen_and_a_reason_excuses_it():
    body = "\n".join("    x = 1" for _ in range(MAX_FUNCTION))
    bare, excused = f"def f():\n{body}", f'def f():\n    """{REASON} it is one table."""\n{body}'
    assert list(too_long(*example("x.py", bare), bare))
    assert not list(too_long(*example("x.py", excused), excused))


def silent_tests(classes: dict[str, ast.ClassDef]) -> Iterator[str]:
    """Classes that inherit tests which Odoo does not run: it runs only those that a class itself has, unless asked."""

    def line(name: str) -> Iterator[ast.ClassDef]:
        if name in classes:
            yield classes[name]
            for base in classes[name].bases:
                yield from line(ast.unparse(base).split(".")[-1])

    for name in classes:
        own, *above = line(name)
        tests = [part.name for up in above for part in up.body if getattr(part, "name", "").startswith("test_")]
        asked = any("allow_inherited_tests_method" in ast.unparse(part) for up in (own, *above) for part in up.body)
        if tests and not asked:
            yield f"{name} inherits {tests[0]} and {len(tests) - 1} more that never run"


def test_no_test_is_inherited_and_never_run():
    folders = [ROOT / "tests" / "attack", *(addon / "tests" for addon in addons())]
    files = parsed(python_files(*folders))
    classes = {node.name: node for _, tree, _ in files for node in tree.body if isinstance(node, ast.ClassDef)}
    assert not list(silent_tests(classes))


def test_an_inherited_test_that_never_runs_is_seen():
    tree = ast.parse("class A:\n    def test_x(self): pass\nclass B(A): pass")
    classes = {node.name: node for node in tree.body}
    assert list(silent_tests(classes)) == ["B inherits test_x and 0 more that never run"]
