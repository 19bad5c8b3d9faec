"""How values are written in messages: Persian digits, toman, Jalali dates; nothing that a value is can break a text."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club.rules.wording import Style, text, word

EN = Style(unit="rial", decimals=2)
FA = Style(
    lang="fa_IR", calendar="jalali", persian_digits=True, thousands="٬", point="٫", unit="تومان", divisor=10,
    decimals=2, zone="Asia/Tehran",
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "kind", "english", "persian"),
    [
        (Decimal("2450000"), "money", "2,450,000 rial", "۲۴۵٬۰۰۰ تومان"),
        ("2450005", "money", "2,450,005 rial", "۲۴۵٬۰۰۰٫۵ تومان"),
        (0, "money", "0 rial", "۰ تومان"),
        (-15000, "money", "-15,000 rial", "-۱٬۵۰۰ تومان"),
        (Decimal("12.5"), "money", "12.50 rial", "۱٫۲۵ تومان"),
        (Decimal("-0.5"), "money", "-0.50 rial", "-۰٫۰۵ تومان"),
        (Decimal("1999999.99"), "money", "1,999,999.99 rial", "۲۰۰٬۰۰۰ تومان"),
        (1250.0, "figure", "1,250", "۱٬۲۵۰"),
        ("0.125", "figure", "0.125", "۰٫۱۲۵"),
        (date(2025, 3, 20), "date", "2025-03-20", "۱۴۰۳/۱۲/۳۰"),
        ("2026-03-21", "date", "2026-03-21", "۱۴۰۵/۰۱/۰۱"),
        ("9123456789012345", "text", "9123456789012345", "9123456789012345"),
        ("482915", "text", "482915", "482915"),
        ("https://club.example/j/1", "link", "https://club.example/j/1", "https://club.example/j/1"),
        (None, "money", "", ""),
        (False, "date", "", ""),
        ("", "text", "", ""),
        ("soon", "date", "", ""),
        ("much", "money", "", ""),
        ("NaN", "figure", "", ""),
        ("Infinity", "money", "", ""),
    ],
)
def test_values(value, kind, english, persian):
    assert (word(value, kind, EN), word(value, kind, FA)) == (english, persian)


def test_the_day_of_an_instant_is_the_clubs():
    late = datetime(2026, 3, 20, 20, 30)  # midnight in Tehran
    assert word(late, "date", FA) == "۱۴۰۵/۰۱/۰۱"
    assert word(late.isoformat(), "date", FA) == "۱۴۰۵/۰۱/۰۱"
    assert word(datetime(2026, 3, 20, 20, 29, 59), "date", FA) == "۱۴۰۴/۱۲/۲۹"


def test_names_bring_no_links_and_no_lines():
    assert text("Sara\nClick http://evil.com", "person") == "Sara Click http evil com"
    assert text("علی‌رضا", "person") == "علی‌رضا", "the non-joiner stays"
    assert text("J. Doe", "person") == "J. Doe"
    assert len(text("x" * 500, "person")) == 40


@given(
    value=st.one_of(st.text(), st.integers(), st.floats(), st.decimals(), st.none(), st.booleans(), st.dates()),
    kind=st.sampled_from(["text", "person", "figure", "money", "date", "link"]),
)
def test_nothing_that_a_value_is_raises(value, kind):
    assert isinstance(word(value, kind, FA), str)
