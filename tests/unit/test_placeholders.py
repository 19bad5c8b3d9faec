"""Placeholders: text is data. Whatever is in a text or in a value, nothing is run and nothing is filled in twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club_sms.rules.placeholders import fill, names_in, unknown_names


@pytest.mark.parametrize(
    "body",
    [
        "{name.__class__}",
        "{name!r}",
        "{0}",
        "{name:>999999999}",
        "{{name}}",
        "{object.env.cr}",
        "{ na me }",
        "{",
        "a}b{",
    ],
)
def test_what_is_no_plain_name_is_refused(body):
    assert unknown_names(body, {"name", "points"})


def test_percent_and_dollar_signs_are_just_signs():
    assert fill("100% $name %(name)s ${name} {name}", {"name": "Sara"}) == "100% $name %(name)s $Sara Sara"


@given(body=st.text(), value=st.text())
def test_any_text_comes_out(body, value):
    words = dict.fromkeys(names_in(body), value)
    assert isinstance(fill(body, words), str)


@given(st.text(alphabet="{}abc\n\u200c", max_size=30))
def test_a_value_is_never_looked_at_again(value):
    if value.strip() and "\n" not in value:
        assert fill("{a}|x", {"a": value, "b": "no", "c": "no"}) == f"{value}|x".strip()


def test_lines_of_what_a_member_does_not_have_are_left_out():
    body = "سلام {name}\nمانده: {points}\nاعتبار: {credit}\n\nباشگاه"
    assert fill(body, {"name": "سارا", "points": "۱۲"}) == "سلام سارا\nمانده: ۱۲\n\nباشگاه"
    assert fill("{a} and {b}", {"a": "1"}) == "1 and", "a text of one line keeps it"
