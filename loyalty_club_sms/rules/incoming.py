"""Reading incoming messages: is the whole text a word that means stop, or join? Pure.

Everything here takes the *search key* of a text (one spelling of letters and digits, no case, no invisible characters).
"""

import re
from collections.abc import Mapping

OPT_OUT, OPT_IN, OTHER = "opt_out", "opt_in", "other"
_NO_LETTER = re.compile(r"[\W_]+")


def word_key(search_key: str) -> str:
    """What is compared: letters and digits only, so that spaces and punctuation do not matter.

    >>> word_key("لغو 11") == word_key("«لغو11».")
    True
    >>> word_key("stop!"), word_key(" ... ")
    ('stop', '')
    """
    return _NO_LETTER.sub("", search_key)


def read(search_key: str, words: Mapping[str, str]) -> str:
    """What a text means.

    :param words: {key of a word: opt_out or opt_in}
    :return: opt_out, opt_in or other; a text that only *contains* a word is for a person to read

    >>> read("stop .", {"stop": "opt_out"}), read("do not stop", {"stop": "opt_out"}), read("", {})
    ('opt_out', 'other', 'other')
    """
    return words.get(word_key(search_key), OTHER)
