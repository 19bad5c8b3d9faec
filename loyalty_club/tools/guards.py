"""Guards of the database: what a file of SQL installs, to be compared with what a database has. Pure."""

import re
from functools import cache

TRIGGER = re.compile(r"CREATE OR REPLACE TRIGGER (\w+)\s[^;]*?\sON (\w+)\s[^;]*")
FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)\(.*?AS \$\$(.*?)\$\$;?", re.DOTALL)
#: What PostgreSQL adds when it shows a definition.
ADDED = re.compile(r"\bor replace\b(?= trigger)|\bpublic\.|::text\b|::character varying\b|[()]")


def normal(definition: str) -> str:
    """The definition of a trigger as it can be compared: as we wrote it, or as ``pg_get_triggerdef`` shows it.

    >>> normal("CREATE OR REPLACE TRIGGER g BEFORE UPDATE ON t\\n FOR EACH ROW WHEN (OLD.a = 'x') EXECUTE FUNCTION f()")
    "create trigger g before update on t for each row when old.a = 'x' execute function f"
    >>> normal("CREATE TRIGGER g BEFORE UPDATE ON public.t FOR EACH ROW WHEN (((old.a)::text = 'x'::text))")
    "create trigger g before update on t for each row when old.a = 'x'"
    """
    return " ".join(ADDED.sub(" ", definition.lower()).split())


@cache
def triggers(source: str) -> dict[tuple[str, str], str]:
    """{(table, name): definition} of the triggers that a file makes."""
    return {(found[2], found[1]): normal(found[0]) for found in TRIGGER.finditer(source)}


@cache
def functions(source: str) -> dict[str, str]:
    """{name: body} of the functions that a file makes."""
    return {found[1]: found[2] for found in FUNCTION.finditer(source)}
