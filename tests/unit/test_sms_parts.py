"""Parts of an SMS: the figures of docs and gateways, and what must hold for every text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club_sms.rules.parts import BASIC, EXTENDED, SIZES, SIZES_66, Sizes, count_parts

CASES = [
    ("", "gsm", 0, 0),
    ("a" * 160, "gsm", 160, 1),
    ("a" * 161, "gsm", 161, 2),
    ("a" * 306, "gsm", 306, 2),
    ("a" * 307, "gsm", 307, 3),
    ("س" * 70, "ucs2", 70, 1),
    ("س" * 71, "ucs2", 71, 2),
    ("س" * 134, "ucs2", 134, 2),
    ("س" * 135, "ucs2", 135, 3),
    # Odoo's own counter in the browser takes these for Unicode
    ("[" * 80, "gsm", 160, 1),
    ("[" * 81, "gsm", 162, 2),
    ("€" * 80, "gsm", 160, 1),
    ("price: 5 €", "gsm", 11, 1),
    # one sign outside the alphabet turns all of them into UCS-2
    ("a" * 70 + "س", "ucs2", 71, 2),
    ("a" * 69 + "’", "ucs2", 70, 1),
    # emoji are two UTF-16 units, and are not cut in two
    ("😀" * 35, "ucs2", 70, 1),
    ("😀" * 36, "ucs2", 72, 2),
    ("😀" * 67, "ucs2", 134, 3),
    # neither is a sign with an escape
    ("a" * 152 + "€" + "a" * 151, "gsm", 305, 2),
    ("a" * 152 + "€" + "a" * 152, "gsm", 306, 3),
    # zero-width non-joiner, Persian digits
    ("می‌خواهیم ۱۲۳", "ucs2", 13, 1),
    ("a\nb\r\n", "gsm", 5, 1),
    ("`", "ucs2", 1, 1),
    ("ç", "ucs2", 1, 1),
]


@pytest.mark.parametrize(("text", "alphabet", "units", "count"), CASES)
def test_parts_are_counted_as_gateways_do(text, alphabet, units, count):
    parts = count_parts(text)
    assert (parts.alphabet, parts.units, parts.count) == (alphabet, units, count)


@pytest.mark.parametrize(("length", "count"), [(66, 1), (67, 2), (132, 2), (133, 3)])
def test_lines_of_66_signs(length, count):
    assert count_parts("س" * length, SIZES_66).count == count
    assert count_parts("a" * 160, SIZES_66).count == 1


def test_the_alphabet_has_all_its_signs():
    assert len(BASIC) == 127, "128 places, one of them the escape"
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


texts = st.text(st.sampled_from("abc[€س‌۱😀\n "), max_size=500)


@given(texts)
def test_room_is_what_can_be_added(text):
    parts = count_parts(text)
    filler = "a" if parts.alphabet == "gsm" else "س"
    if parts.count:
        assert count_parts(text + filler * parts.room).count == max(parts.count, 1)
        assert count_parts(text + filler * (parts.room + 1)).count == parts.count + 1


@given(texts, texts)
def test_a_longer_text_never_costs_less(text, more):
    assert count_parts(text).count <= count_parts(text + more).count


@given(texts)
def test_parts_hold_the_text(text):
    parts = count_parts(text)
    single, several = getattr(SIZES, parts.alphabet)
    assert parts.units <= (single if parts.count <= 1 else parts.count * several)
    assert count_parts(text, Sizes((1000, 1000), (1000, 1000))).count <= 1 or parts.units > 1000
