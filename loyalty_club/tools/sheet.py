"""Tables as files: CSV that Excel opens in the right encoding, and XLSX in which long numbers stay text.

What comes in is read row by row and counted meanwhile, so a file that is too large costs no more than the first rows of
it, and a small file that unpacks to a huge one is not unpacked.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence

import xlsxwriter

#: Windows-1256 is what Persian and Arabic spreadsheets still save as "CSV".
ENCODINGS = ("utf-8-sig", "cp1256")
DELIMITERS = ",;\t|"
#: Bytes that a workbook may unpack to, and cells of a row that are looked at.
MOST_UNPACKED = 300_000_000
MOST_CELLS = 200
#: Bytes that are looked at together.
CHUNK = 1_000_000


class TooManyRows(ValueError):
    """A file has more rows than its reader takes."""


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


def read_rows(content: bytes, most: int | None = None) -> Iterator[list[str]]:
    """The rows of a CSV or XLSX file as text, empty ones too, so that the n-th is the file's n-th line.

    With ``most``, ``TooManyRows`` at the first row beyond.

    The first sheet of a workbook is read. A whole number that a spreadsheet keeps as a number comes back with all its
    digits and nothing else. ``ValueError`` when the file is neither, or broken.

    >>> [row for row in read_rows("card;name\\r\\n۹۳۶۴;Sara".encode())]
    [['card', 'name'], ['۹۳۶۴', 'Sara']]
    >>> list(read_rows(to_xlsx([("0912",), ("x",)])))
    [['0912'], ['x']]
    >>> list(read_rows(b"a\\nb\\nc\\n", most=2))
    Traceback (most recent call last):
    loyalty_club.tools.sheet.TooManyRows: more than 2 rows
    """
    for line, row in enumerate(_read(content), start=1):
        if most is not None and line > most:
            raise TooManyRows(f"more than {most} rows")
        yield row


def _read(content: bytes) -> Iterator[list[str]]:
    if content[:2] == b"PK":
        return _read_workbook(content)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise ValueError("an old .xls file: save it as .xlsx or CSV")
    return _read_text(content)


def _read_workbook(content: bytes) -> Iterator[list[str]]:
    import openpyxl  # Odoo has it; only who reads a workbook needs it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            # no more than this is unpacked of a part: what the directory says is what zipfile reads
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise ValueError("too large once unpacked")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_as_text(value) for value in row[:MOST_CELLS]]
    except (zipfile.BadZipFile, KeyError, IndexError, OSError, SyntaxError) as error:
        raise ValueError("no readable workbook") from error


def _as_text(value: object) -> str:
    """
    >>> [_as_text(value) for value in (None, 9123456789.0, 2.5, "a")]
    ['', '9123456789', '2.5', 'a']
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _read_text(content: bytes) -> Iterator[list[str]]:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS
    encoding = next((name for name in encodings if _is_text(content, name)), None)
    if not encoding:
        raise ValueError("no readable text")
    head = content[:8192].decode(encoding, errors="ignore")[:4096]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        with io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="") as text:
            yield from csv.reader(text, delimiter=delimiter)
    except csv.Error as error:
        raise ValueError("no readable table") from error


def _is_text(content: bytes, encoding: str) -> bool:
    """Whether ``content`` is text in this encoding; read in parts, never as a whole.

    >>> _is_text("سارا".encode(), "utf-8-sig"), _is_text(b"\\xff", "utf-8-sig"), _is_text(b"a\\0", "utf-8-sig")
    (True, False, False)
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content) + 1, CHUNK):
            part = decoder.decode(content[start : start + CHUNK], final=start + CHUNK > len(content))
            if "\0" in part:
                return False
    except UnicodeDecodeError:
        return False
    return True
