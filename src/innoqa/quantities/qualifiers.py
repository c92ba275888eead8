"""Words and signs that tell how exact a number is -> one word for each meaning."""

import re

_MEANINGS_BEFORE: tuple[tuple[str, str], ...] = (
    ("at_least", r"at\s+least|(?:no|not)\s+(?:less|fewer|lower|smaller)\s+than"
                 r"|(?:a\s+)?minimum\s+of|min\.|≥|>=|⩾"),
    ("at_most", r"at\s+most|up\s+to|as\s+(?:many|much|high)\s+as|not\s+exceeding"
                r"|(?:no|not)\s+(?:more|higher|larger|greater)\s+than"
                r"|(?:a\s+)?maximum\s+of|max\.|≤|<=|⩽"),
    ("more_than", r"more\s+than|greater\s+than|larger\s+than|higher\s+than|(?:just|well)\s+over"
                  r"|over|above|exceed(?:s|ed|ing)?|in\s+excess\s+of|upwards\s+of"
                  r"|surpass(?:es|ed|ing)?|>"),
    ("less_than", r"less\s+than|fewer\s+than|lower\s+than|smaller\s+than|(?:well\s+)?under|below"
                  r"|<"),
    ("almost", r"almost|nearly|just\s+(?:under|below)|not\s+quite"),
    ("about", r"about|around|approximately|approx\.?|roughly|some|circa|ca\.?|c\.|close\s+to"
              r"|in\s+the\s+region\s+of|~"),
    ("estimated", r"(?:an\s+)?estimated(?:\s+at)?|est\.?"),
    ("exactly", r"exactly|only|just|(?:a\s+)?total\s+of"),
)  # fmt: skip
_MEANINGS_AFTER: tuple[tuple[str, str], ...] = (
    ("at_least", r"\+|(?:or|and)\s+(?:more|above|over|higher|up)"),
    ("at_most", r"(?:or|and)\s+(?:less|fewer|lower|below|under)"),
    ("more_than", r"plus"),
    ("about", r"approx\.?|approximately|or\s+so|ca\.?|about"),
    ("preliminary", r"p|prelim\.?|preliminary|provisional|prov\.?"),
    ("estimated", r"e|est\.?|estimated?|estimates?"),
    ("forecast", r"f|forecast|projected|projection|expected"),
    ("target", r"target|goal|planned"),
    ("revised", r"r|rev\.?|revised"),
)
# Before a bare number of four digits: an amount follows, or may follow, and not a year.
IS_AMOUNT = re.compile(
    r"\b(?:(?:more|less|fewer)\s+than|at\s+(?:least|most)|nearly|almost|approximately|roughly"
    r"|exceed(?:s|ed|ing)?)\s\Z",
    re.IGNORECASE,
)
MAY_BE_AMOUNT = re.compile(
    r"\b(?:over|above|under|below|(?:greater|higher|larger|lower|smaller)\s+than)\s\Z",
    re.IGNORECASE,
)
_STANDS_BEFORE = frozenset(
    ("about", "above", "almost", "approximately", "around", "at least", "at most", "below",
     "close to", "less than", "more than", "nearly", "over", "under", "up to")
)  # fmt: skip


def stands_before(qualifier: str) -> bool:
    """Whether a qualifier reads on into its number; others follow it in brackets.

    >>> stands_before("More than"), stands_before("preliminary")
    (True, False)
    """
    return qualifier.lower().replace("-", " ") in _STANDS_BEFORE


def _any_of(meanings: tuple[tuple[str, str], ...]) -> str:
    return "|".join(f"(?P<{meaning}>{words})" for meaning, words in meanings)


_BEFORE = rf"(?<![A-Za-z])(?:{_any_of(_MEANINGS_BEFORE)})(?:(?<=[.~<>=≥≤⩾⩽])|(?![A-Za-z]))"
_IN_FRONT = re.compile(rf"{_BEFORE}\s*", re.IGNORECASE)
_JUST_BEFORE = re.compile(rf"{_BEFORE}\s*\Z", re.IGNORECASE)
_AFTER = re.compile(_any_of(_MEANINGS_AFTER), re.IGNORECASE)
_AT_END = re.compile(
    r"\s*(?P<mark>\+)\Z|\s+(?P<words>(?:or|and)\s+(?:more|above|over|higher|up|less|fewer|lower"
    r"|below|under)|plus|approx\.?|approximately|or\s+so|preliminary|provisional|estimated?"
    r"|est\.|prelim\.|prov\.|[ep])\Z",
    re.IGNORECASE,
)
_FARTHEST = 40  # characters before a number in which its qualifier begins


def without_lead(text: str) -> tuple[str, str]:
    """The text without a qualifier at its start, and what that means ("" where there is none).

    >>> without_lead("no more than 5")
    ('5', 'at most')
    """
    match = _IN_FRONT.match(text)
    return (text[match.end() :], _meaning(match)) if match else (text, "")


def without_tail(text: str) -> tuple[str, str]:
    """The text without a qualifier at its end, and what that means.

    >>> without_tail("20,000+")
    ('20,000', 'at least')
    """
    match = _AT_END.search(text)
    if match is None:
        return text, ""
    return text[: match.start()], status(match["mark"] or match["words"])


def just_before(text: str, place: int) -> tuple[int, str]:
    """Where a qualifier that ends at this place begins, and what it means."""
    start = max(0, place - _FARTHEST)
    match = _JUST_BEFORE.search(text[start:place])
    return (start + match.start(), _meaning(match)) if match else (place, "")


def status(words: str) -> str:
    """What words after a number, often in brackets, say of it; "" where nothing.

    >>> status("p"), status("completed")
    ('preliminary', '')
    """
    match = _AFTER.fullmatch(words.strip(" ."))
    return _meaning(match) if match else ""


def both(*meanings: str) -> str:
    """Several qualifiers as one, none twice."""
    return ", ".join(dict.fromkeys(filter(None, meanings)))


def _meaning(match: re.Match[str]) -> str:
    meaning = (match.lastgroup or "").replace("_", " ")
    return "" if meaning == "exactly" else meaning
