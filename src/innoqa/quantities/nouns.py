"""English nouns in the singular and the plural, as far as units need them."""

import re
from collections.abc import Callable, Mapping

_SINGULARS: Mapping[str, str] = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "feet": "foot",
    "theses": "thesis", "analyses": "analysis", "indices": "index", "criteria": "criterion",
    "halves": "half", "movies": "movie", "buses": "bus", "gases": "gas", "lenses": "lens",
    "prizes": "prize", "sizes": "size",
}  # fmt: skip
_INVARIABLE = frozenset(
    "series species news staff personnel yuan renminbi yen won baht rand ringgit zloty krona krone"
    " sheep aircraft headquarters means works gas lens bias atlas canvas percent gdp".split()
)
_SINGULAR_ENDINGS = ("ss", "us", "is", "ics")
_ADDED_ES = re.compile(r"(?:s|sh|ch|x|o)es$")  # "es" is more than the plural of a final e
_FINAL_SE = re.compile(r"[aeiounrl]ses$")  # "houses", "licenses", "courses"
_UNCOUNTED = re.compile(r"(?:ing|ness|ity|ware|ance|ence|ment)$")
_HEAD = re.compile(
    r"(?P<before>(?:.*?\s)??)(?P<noun>[^\s(/,]+)"
    r"(?P<after>(?:\s+(?:per|of|in|for|with|at|on|by|from|to|a|an|and|or)\s.*|\s*[(/,].*)?)"
)


def singular(phrase: str) -> str:
    """The phrase with its head noun in the singular.

    >>> singular("national laboratories"), singular("enterprises per day")
    ('national laboratory', 'enterprise per day')
    """
    return _with_head(phrase, _singular)


def plural(phrase: str) -> str:
    """The phrase with its head noun in the plural; a noun that is hardly counted stays.

    >>> plural("percentage point"), plural("yuan"), plural("person")
    ('percentage points', 'yuan', 'persons')
    """
    return _with_head(phrase, _plural)


def _with_head(phrase: str, changed: Callable[[str], str]) -> str:
    match = _HEAD.fullmatch(phrase)
    return match["before"] + changed(match["noun"]) + match["after"] if match else phrase


def _singular(word: str) -> str:
    lowered = word.lower()
    if lowered in _SINGULARS:
        return _SINGULARS[lowered]
    if lowered in _INVARIABLE or len(lowered) < 4 or not lowered.endswith("s"):
        return word
    if lowered.endswith("ies") and len(lowered) > 4:
        return word[:-3] + "y"
    if _ADDED_ES.search(lowered) and not _FINAL_SE.search(lowered):
        return word[:-2]
    return word if lowered.endswith(_SINGULAR_ENDINGS) else word[:-1]


def _plural(word: str) -> str:
    if word == "foot":
        return "feet"
    if not re.fullmatch("[a-z]{4,}", word) or word.endswith("s") or word in _SINGULARS:
        return word
    if word in _INVARIABLE or _UNCOUNTED.search(word):
        return word
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("x", "ch", "sh", "z")) else "s")
