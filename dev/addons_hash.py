"""Print a digest of everything in our addons that an installed database depends on.

A template database is rebuilt when this changes. Tests, static files, translations, readme and pure code (rules, tools,
controllers) leave nothing in a database. Of the other Python files only the shape counts: the bodies of ordinary
methods are left out, so that working on them does not cost a rebuild. Functions that run at installation count
whole. CI (or CLUB_FULL_HASH=1) counts every byte.
"""

import ast
import hashlib
import os
import re
import sys
from pathlib import Path

SKIPPED_FOLDERS = {"tests", "static", "i18n", "readme", "rules", "tools", "controllers", "__pycache__"}
INSTALL_TIME = re.compile(r"(^|_)(init|hook|setup|create|install|trigger|sql|default|preset|opening)")


class Shape(ast.NodeTransformer):
    """Empty the bodies of functions that do not run at installation."""

    def visit_FunctionDef(self, node):
        if not INSTALL_TIME.search(node.name):
            node.body = [ast.Pass()]
        return node


def content(path, full):
    data = path.read_bytes()
    if full or path.suffix != ".py" or path.name == "hooks.py":
        return data
    try:
        return ast.dump(Shape().visit(ast.parse(data))).encode()
    except SyntaxError:  # Odoo will say it better
        return data


def addons_hash(root, full=False):
    digest = hashlib.sha256()
    for manifest in sorted(Path(root).glob("loyalty_club*/__manifest__.py")):
        addon = manifest.parent
        for path in sorted(addon.rglob("*")):
            inside = path.relative_to(addon)
            if path.is_file() and path.suffix != ".pyc" and not SKIPPED_FOLDERS & set(inside.parts[:-1]):
                digest.update(f"{addon.name}/{inside}\0".encode())
                digest.update(content(path, full) + b"\0")
    return digest.hexdigest()


if __name__ == "__main__":
    print(addons_hash(sys.argv[1], full=bool(os.environ.get("CI") or os.environ.get("CLUB_FULL_HASH"))))
