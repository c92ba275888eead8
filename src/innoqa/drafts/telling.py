"""Whether a model's words are a sentence that tells something, or words alone."""

import re

from innoqa.attribution.function_words import FUNCTION_WORDS
from innoqa.words import words

_LEAST = 2
"""The fewest words with a meaning of their own that a sentence has."""

_TWICE = re.compile(r"\b(?!(?:that|had) )([^\W\d_]+) \1\b", re.IGNORECASE)
_UNENDED = re.compile(
    r"\b(?:an?|the|of|from|to|into|at|by|for|with|and|or|but|which|who|whose|that|its|their|than|as)"
    r"\W*\Z"
)


def tells(text: str) -> bool:
    """Whether a text can be a sentence: words in any order are proved by the words of a source.

    Texts in other scripts than Latin pass.

    >>> tells("It employs 310 chemists."), tells("The park opened in 2011.")
    (True, True)
    >>> tells("From which."), tells("Tenants from from the floor."), tells("Floors rose from an.")
    (False, False, False)
    """
    if not text.isascii() and not re.search("[A-Za-z]{3}", text):
        return True
    heavy = [word for word in words(text) if word.stem not in FUNCTION_WORDS]
    return len(heavy) >= _LEAST and not _TWICE.search(text) and not _UNENDED.search(text)
