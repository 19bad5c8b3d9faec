"""Luhn's check digit (ISO/IEC 7812-1, annex B): catches typing errors on card numbers; it is no protection."""

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def check_digit(body: str) -> int:
    """The digit to put after ``body`` (ASCII digits; ``ValueError`` for anything else).

    >>> check_digit("7992739871")
    3
    """
    if not (body.isascii() and body.isdigit()):
        raise ValueError("a check digit needs ASCII digits")
    backwards = body[::-1]
    total = sum(_DOUBLED[int(char)] for char in backwards[::2]) + sum(map(int, backwards[1::2]))
    return -total % 10


def is_valid(number: str) -> bool:
    """Whether the last digit of ``number`` is the check digit of the others.

    >>> is_valid("79927398713"), is_valid("79927398731"), is_valid(""), is_valid("7992x")
    (True, False, False, False)
    """
    if len(number) < 2 or not (number.isascii() and number.isdigit()):
        return False
    return check_digit(number[:-1]) == int(number[-1])
