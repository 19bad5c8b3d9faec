"""Bring the translations in step with the source: a new template from a database, translations kept by their text.

Usage: i18n.py ROOT DB ADDON… (``./club i18n`` calls it). What is untranslated is listed at the end, exit status 1.
Nothing is guessed: a text that has changed is a new text. What another of our addons translates is taken from there.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import polib

LANGUAGES = ("fa",)
#: They say when a file was made, which is noise in a repository that knows it already.
DATES = ("POT-Creation-Date", "PO-Revision-Date")


def exported(db: str, addon: str, target: Path) -> polib.POFile:
    """The template of an addon, as Odoo writes it: views, fields, code and the till's JavaScript."""
    command = [sys.executable, "-m", "odoo", "i18n", "export", "-d", db, "-o", str(target), addon]
    subprocess.run(command, check=True)
    template = polib.pofile(str(target))
    for name in DATES:
        template.metadata.pop(name, None)
    return template


def merged(template: polib.POFile, known: dict[str, str], language: str) -> polib.POFile:
    """The template's entries with the translations that are known.

    >>> template = polib.POFile()
    >>> template.extend([polib.POEntry(msgid="Member"), polib.POEntry(msgid="Card")])
    >>> [entry.msgstr for entry in merged(template, {"Member": "عضو", "Gone": "رفته"}, "fa")]
    ['عضو', '']
    """
    result = polib.POFile(wrapwidth=0)
    result.metadata = {**template.metadata, "Language": language, "Plural-Forms": "nplurals=2; plural=(n > 1);"}
    for entry in template:
        result.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=known.get(entry.msgid, ""),
                comment=entry.comment,
                tcomment=entry.tcomment,
                occurrences=entry.occurrences,
                flags=[flag for flag in entry.flags if flag != "fuzzy"],
            )
        )
    return result


def translations(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr and not entry.obsolete}


def main(root: Path, db: str, addons: list[str]) -> int:
    missing = 0
    for addon in addons:
        folder = root / addon / "i18n"
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            template = exported(db, addon, Path(scratch) / f"{addon}.pot")
        template.save(str(folder / f"{addon}.pot"))
        for language in LANGUAGES:
            path = folder / f"{language}.po"
            known = {}
            for other in [*(root / name / "i18n" / path.name for name in addons), path]:
                known |= translations(other)
            result = merged(template, known, language)
            result.save(str(path))
            left = [entry.msgid for entry in result if not entry.msgstr]
            missing += len(left)
            print(f"{path.relative_to(root)}: {len(result)} texts, {len(left)} untranslated")
            print("".join(f"  {text!r}\n" for text in left), end="")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
