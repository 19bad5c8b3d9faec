"""Files of people: whatever a shop's spreadsheet looks like, a row is somebody or it is named as a problem."""

import pytest

from loyalty_club.tools.member_file import read_people
from loyalty_club.tools.sheet import read_rows, to_csv, to_xlsx

MOBILE, CARD = "+989123456789", "9364123456789016"


def people(content):
    return [(row.kind, row.value or row.problem) for row in read_people(read_rows(content), "IR")]


@pytest.mark.parametrize(
    "typed",
    [
        "09123456789",
        "۰۹۱۲۳۴۵۶۷۸۹",
        "٠٩١٢٣٤٥٦٧٨٩",
        "9123456789",
        "989123456789",
        "+98 912 345 6789",
        "\u200e0912-3456789",
    ],
)
@pytest.mark.parametrize("form", [to_csv, to_xlsx])
def test_a_mobile_is_known_in_every_form(typed, form):
    assert people(form([("who",), ("1", typed)])) == [("mobile", MOBILE)]


@pytest.mark.parametrize("typed", [CARD, "9364 1234 5678 9016", "۹۳۶۴-۱۲۳۴-۵۶۷۸-۹۰۱۶"])
def test_a_card_is_known_in_every_form(typed):
    assert people(to_csv([("x", typed, "Ali")])) == [("card", CARD)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_csv_that_a_spreadsheet_saves_is_read(encoding, delimiter):
    text = f"نام{delimiter}موبایل\r\nسارا{delimiter}09123456789\r\n".replace("ی", "ي")
    assert people(text.encode(encoding)) == [("mobile", MOBILE)]


def test_numbers_that_a_spreadsheet_kept_as_numbers_are_read():
    import io

    import openpyxl

    book = openpyxl.Workbook()
    book.active.append([9123456789])
    book.active.append([9123456789.0])
    content = io.BytesIO()
    book.save(content)
    assert people(content.getvalue()) == [("mobile", MOBILE)] * 2


def test_problems_are_told_apart_and_lines_counted_with_empty_ones():
    rows = [("head",), (), ("9364123456789015",), ("9.36E+15",), ("02188776655",), ("Ali",), ("m000123",)]
    read = list(read_people(rows, "IR"))
    assert [row.problem for row in read] == ["bad_check", "rounded", "landline", "nothing", ""]
    assert [row.line for row in read] == [3, 4, 5, 6, 7]
    assert (read[-1].kind, read[-1].value) == ("number", "M000123")


def test_a_first_row_with_a_number_is_no_head():
    assert people(to_csv([("09123456789",)])) == [("mobile", MOBILE)]


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x00\x01"])
def test_what_is_no_table_raises(content):
    with pytest.raises(ValueError):
        people(content)
