"""Tables as files: CSV that Excel opens in the right encoding, and XLSX in which long numbers stay text."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter


def to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8 with a byte order mark.

    >>> to_csv([("number", "name"), ("9364", "a,b")])
    b'\\xef\\xbb\\xbfnumber,name\\r\\n9364,"a,b"\\r\\n'
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(rows: Iterable[Sequence[str]], widths: Sequence[int] = ()) -> bytes:
    """Rows as a workbook; every cell is text, because a spreadsheet keeps only 15 digits of a number.

    >>> to_xlsx([("number",), ("9364123456789016",)])[:2]
    b'PK'
    """
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "constant_memory": True})
    sheet = book.add_worksheet()
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write_string(line, column, value)
    book.close()
    return content.getvalue()
