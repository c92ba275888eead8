"""Words and signs that tell how exact a number is -> one word for each meaning."""

import re
from collections.abc import Mapping

_BEFORE: tuple[tuple[str, str], ...] = (
    ("more than", r"more than|greater than|larger than|higher than|over|above|exceed(?:s|ed|ing)?"
                  r"|in excess of|upwards of|just over|well over|beyond|surpass(?:es|ed|ing)?|>"),
    ("less than", r"less than|fewer than|lower than|smaller than|under|below|<"),
    ("at least", r"at least|no less than|not less than|no fewer than|not fewer than"
                 r"|a minimum of|minimum(?: of)?|min\.|≥|>=|⩾"),
    ("at most", r"at most|up to|no more than|not more than|a maximum of|maximum(?: of)?|max\."
                r"|≤|<=|⩽"),
    ("almost", r"almost|nearly|just under|just below|not quite"),
    ("about", r"about|around|approximately|approx\.?|roughly|some|circa|ca\.?|c\.|close to|an?"
              r" estimated(?= about)|in the region of|near|~|±(?=0)"),
    ("estimated", r"estimated(?: at)?|est\.?|an estimated"),
)  # fmt: skip
_AFTER: tuple[tuple[str, str], ...] = (
    ("at least", r"\+|or more|or above|and above|and over|or over|and more|or higher|and up"),
    ("at most", r"or less|or fewer|or lower|or below|and below|and under|or under"),
    ("more than", r"plus"),
    ("about", r"approx\.?|approximately|or so|ca\.?|about"),
    ("preliminary", r"p|prelim\.?|preliminary|provisional|prov\.?"),
    ("estimated", r"e|est\.?|estimated?|estimates?"),
    ("forecast", r"f|forecast|projected|projection|proj\.?|expected"),
    ("target", r"target|goal|planned|plan"),
    ("revised", r"r|rev\.?|revised"),
)
_WORD_END = r"(?:(?<![A-Za-z])|(?![A-Za-z]))"


def _pattern(words: tuple[tuple[str, str], ...]) -> str:
    return "|".join(f"(?P<{name.replace(' ', '_')}>{pattern})" for name, pattern in words)


BEFORE = re.compile(rf"(?:{_pattern(_BEFORE)}){_WORD_END}(?:the\s+)?\s*", re.IGNORECASE)
"""A qualifier that stands before a number, and the space after it."""

_STATUS = re.compile(rf"(?:{_pattern(_AFTER)})", re.IGNORECASE)
_TAIL = re.compile(
    r"(?P<mark>\+)$|\s+(?P<words>or more|or above|and above|and over|or over|and more|or higher"
    r"|and up|or less|or fewer|or lower|or below|and below|and under|or under|plus|approx\.?"
    r"|approximately|or so|preliminary|provisional|estimated?|est\.|prelim\.|prov\.|[ep])$",
    re.IGNORECASE,
)
AFTER_WORDS: Mapping[str, str] = {"+": "at least"}


def meaning(match: re.Match[str]) -> str:
    """What a match of these patterns means."""
    return (match.lastgroup or "").replace("_", " ")


def status(words: str) -> str:
    """What words in brackets after a number say of it: "(preliminary)"; "" where nothing."""
    match = _STATUS.fullmatch(words.strip(" ."))
    return meaning(match) if match else ""


def without_tail(text: str) -> tuple[str, str]:
    """The text without a qualifier at its end, and what that means."""
    match = _TAIL.search(text)
    if match is None:
        return text, ""
    return text[: match.start()].rstrip(), status((match["mark"] or match["words"]))


def without_lead(text: str) -> tuple[str, str]:
    """The text without a qualifier at its start, and what that means."""
    match = BEFORE.match(text)
    if match is None or match.end() == len(text):
        return text, ""
    return text[match.end() :].lstrip(), meaning(match)


def both(*qualifiers: str) -> str:
    """Several qualifiers as one, none twice."""
    return ", ".join(dict.fromkeys(filter(None, qualifiers)))
