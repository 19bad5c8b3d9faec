"""Helpers: cards, digits, text, phones, amounts."""

import math
import random
import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club.tools import amount, card_number, country_code, digits, identify, luhn, phone, text

numbers = st.text("0123456789", min_size=1, max_size=18)


def with_check(body):
    return body + str(luhn.check_digit(body))


@given(numbers)
def test_a_number_with_its_check_digit_is_valid(body):
    assert luhn.is_valid(with_check(body))


@given(numbers, st.data())
def test_luhn_finds_every_wrong_digit(body, data):
    number = with_check(body)
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert not luhn.is_valid(number[:place] + wrong + number[place + 1 :])


@given(numbers, st.data())
def test_luhn_finds_every_swap_but_09_and_90(body, data):
    number = with_check(body)
    place = data.draw(st.integers(0, len(number) - 2))
    one, two = number[place : place + 2]
    swapped = number[:place] + two + one + number[place + 2 :]
    assert luhn.is_valid(swapped) == (one == two or {one, two} == {"0", "9"})


@pytest.mark.parametrize("body", ["", "12a", "۱۲۳"])
def test_check_digit_of_no_number(body):
    with pytest.raises(ValueError, match="ASCII digits"):
        luhn.check_digit(body)


def test_a_hundred_thousand_card_numbers():
    start = time.perf_counter()
    made = card_number.make_numbers("9364", 100_000)
    seconds = time.perf_counter() - start
    assert len(set(made)) == 100_000
    assert all(card_number.describe_problem(number, "9364") is None for number in made[::97])
    assert seconds < 20, "some ten times slower than on a small machine"


def test_numbers_avoid_taken_ones_and_each_other():
    rng = random.Random(5)
    rng.randbelow = rng.randrange
    prefix = "9" * 10  # leaves 100,000 numbers
    first = card_number.make_numbers(prefix, 20_000, rng=rng)
    second = card_number.make_numbers(prefix, 20_000, taken=set(first), rng=rng)
    assert len({*first, *second}) == 40_000


def test_a_repeating_random_source_makes_no_duplicates():
    class Stutter:
        drawn = iter([1, 1, 1, 2, 3])

        def randbelow(self, _bound):
            return next(self.drawn)

    taken = {card_number.make_number("9364", 2)}
    assert card_number.make_numbers("9364", 2, taken, Stutter()) == [
        card_number.make_number("9364", 1),
        card_number.make_number("9364", 3),
    ]


@pytest.mark.parametrize(
    ("prefix", "count", "message"),
    [
        ("93x4", 1, "not_digits"),
        ("", 1, "wrong_length"),
        ("9" * 11, 1, "wrong_length"),
        ("9" * 10, 50_001, "not enough"),
    ],
)
def test_numbers_that_cannot_be_made(prefix, count, message):
    with pytest.raises(ValueError, match=message):
        card_number.make_numbers(prefix, count)


def test_body_that_does_not_fit():
    with pytest.raises(ValueError, match="fit"):
        card_number.make_number("9364", 10**11)


@given(st.integers(0, 10**11 - 1))
def test_card_number_printed_and_read(body):
    number = card_number.make_number("9364", body)
    assert card_number.parse(card_number.format_number(number), "9364") == number


def test_identify_vector(identify_case):
    typed, kind, problem = identify_case
    assert identify.classify(typed) == kind
    assert card_number.describe_problem(typed, "9364") == problem


@pytest.mark.parametrize(
    ("country", "code"),
    [
        ("IR", "364"),
        ("AF", "004"),
        ("DE", "276"),
        ("FR", "250"),
        ("ET", "231"),
        ("SD", "729"),
        ("YE", "887"),
        ("US", "840"),
    ],
)
def test_country_codes(country, code):
    assert country_code.numeric_code(country) == code


def test_every_country_has_one_code():
    codes = country_code._numeric_codes()
    assert len(codes) > 245
    assert len(set(codes.values())) == len(codes)


def test_no_code_for_no_country():
    with pytest.raises(ValueError, match="no numeric country code"):
        country_code.numeric_code("QQQ")


IRANIAN = "+989121234567"


@pytest.mark.parametrize(
    "typed",
    [
        "09121234567",
        "9121234567",
        "989121234567",
        "00989121234567",
        "+989121234567",
        "+98 0912 123 4567",
        "0912-123-4567",
        "(0912) 123.4567",
        "۰۹۱۲۱۲۳۴۵۶۷",
        "٠٩١٢١٢٣٤٥٦٧",
        "+۹۸ ۹۱۲ ۱۲۳ ۴۵۶۷",
        "۰۰۹۸ ۹۱۲ ۱۲۳ ۴۵۶۷",
        "\u202a+98 912 123 4567\u202c",
        "\u200f0912\u00a01234567",
    ],
)
def test_one_number_in_many_forms(typed):
    assert phone.to_e164(typed, "IR") == IRANIAN


@pytest.mark.parametrize(
    "typed", ["", " ", None, "0912", "0912123456789012", "Ali", "09121234567 ext 5", "+", "۱۴۰۴/۰۱/۰۱"]
)
def test_no_number(typed):
    assert phone.to_e164(typed, "IR") is None


def test_number_without_a_region():
    assert phone.to_e164("09121234567", None) is None
    assert phone.to_e164("+49 1512 3456789", None) == "+4915123456789"


@given(st.integers(0, 10**7 - 1))
def test_phone_forms_round_trip(tail):
    e164 = f"+98912{tail:07d}"
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    shown = [e164, phone.format_national(e164), phone.format_national(e164, "DE"), "00" + e164[1:], e164[1:]]
    for form in [*shown, *(form.translate(persian) for form in shown)]:
        assert phone.to_e164(form, "IR") == e164
    assert phone.is_mobile(e164)


def test_landline_is_no_mobile():
    assert not phone.is_mobile(phone.to_e164("021 8877 6655", "IR"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("علي", "علی"),
        ("كريمي", "کریمی"),
        ("مصطفى", "مصطفی"),
        ("نرگـــس", "نرگس"),
        ("می\u200cخواهم", "میخواهم"),
        ("مُحَمَّد", "محمد"),
        ("آرش", "ا\u0653رش"),
        ("کوچه ۱۲", "کوچه 12"),
        ("\u202bرضا\u202c", "رضا"),
        ("ﻋﻠﯽ", "علی"),
        ("  Sara   B ", "sara b"),
    ],
)
def test_spellings_of_one_name(one, other):
    assert text.search_key(one) == text.search_key(other)


def test_display_text_keeps_non_joiner_and_digits():
    assert text.normalise("می\u200cخواهم ۱۲") == "می\u200cخواهم ۱۲"


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(typed):
    assert text.normalise(text.normalise(typed)) == text.normalise(typed)


@given(st.integers(0, 10**12))
def test_digits_of_three_scripts(value):
    for zero in "۰٠0":
        assert digits.to_ascii("".join(chr(ord(zero) + int(char)) for char in str(value))) == str(value)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (2.675, 2, "2.68"),
        (1.005, 2, "1.01"),
        (0.1 + 0.2, 2, "0.30"),
        (-2.5, 0, "-3"),
        (1e22, 0, "10000000000000000000000"),
        (123456789012345.67, 2, "123456789012345.67"),
        ("۱۲٬۳۴۵٫۶", 1, "12345.6"),
        (Decimal("0.0005"), 3, "0.001"),
        (Fraction(1, 3), 3, "0.333"),
        (7, 2, "7.00"),
    ],
)
def test_amounts(value, places, expected):
    assert str(amount.to_amount(value, places)) == expected


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, "", "abc", "1,5", "1e999999999", "NaN", None, True, Decimal("NaN")]
)
def test_no_amount(value):
    with pytest.raises(ValueError, match="not a number"):
        amount.to_amount(value, 2)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=3))
def test_floats_of_money_are_exact(value):
    assert amount.to_amount(float(value), 3) == value


@given(st.fractions(), st.integers(0, 6))
def test_rounding_stays_within_a_unit(value, places):
    below, near, above = (f(value, places) for f in (amount.floor_amount, amount.to_amount, amount.ceil_amount))
    unit = Fraction(1, 10**places)
    assert below <= value <= above
    assert above - below in (0, unit)
    assert abs(Fraction(near) - value) <= unit / 2
