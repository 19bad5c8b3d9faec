"""What is being done by the server's own code, and not by the values of a call.

A context key would be the caller's word; a variable of the running code cannot be sent with a call.
"""

from contextlib import contextmanager
from contextvars import ContextVar

#: Steps: ``confirm`` and ``cancel`` of an order, ``rewards`` and ``discount`` write their lines.
_steps = ContextVar("loyalty_club_sale_steps", default=frozenset())


@contextmanager
def by_server(step):
    """What happens inside is a part of ``step``, with figures that the server has worked out."""
    token = _steps.set(_steps.get() | {step})
    try:
        yield
    finally:
        _steps.reset(token)


def server_does(step):
    """Whether the server is in the middle of ``step``."""
    return step in _steps.get()


def computed_only(vals, names):
    """``vals`` without fields that are worked out from others, whatever a caller says they are."""
    return {name: value for name, value in vals.items() if name not in names} if names & vals.keys() else vals


def without_defaults(records, names):
    """``records`` in a context that has no defaults for these fields."""
    keys = {f"default_{name}" for name in names} & records.env.context.keys()
    if not keys:
        return records
    kept = {key: value for key, value in records.env.context.items() if key not in keys}
    return records.with_env(records.env(context=kept))
