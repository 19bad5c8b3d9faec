"""Numeric ISO 3166-1 country codes, which Odoo's countries lack. They come from Babel, which Odoo needs anyway.

Babel has them as aliases of the two-letter codes, together with the numbers of states that are gone.
"""

from functools import cache

from babel.core import get_global

# West and East Germany, Ethiopia with Eritrea, France until 1996, Sudan with the South, the two Yemens
_RETIRED = {"280", "278", "230", "249", "736", "720", "886"}


@cache
def _numeric_codes() -> dict[str, str]:
    aliases = get_global("territory_aliases")
    return {
        targets[0]: code
        for code, targets in aliases.items()
        if len(code) == 3 and code.isdigit() and code not in _RETIRED and len(targets) == 1
    }


def numeric_code(alpha2: str) -> str:
    """The three-digit code of a country by its two letters; ``ValueError`` if there is none.

    >>> numeric_code("IR"), numeric_code("de"), numeric_code("AF")
    ('364', '276', '004')
    """
    code = _numeric_codes().get(alpha2.upper())
    if code is None:
        raise ValueError(f"no numeric country code for {alpha2!r}")
    return code
