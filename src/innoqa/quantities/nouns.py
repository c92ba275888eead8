"""English nouns in the singular and the plural, as far as units need them."""

import re
from collections.abc import Mapping

_IRREGULAR: Mapping[str, str] = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "theses": "thesis",
    "indices": "index",
    "criteria": "criterion",
    "halves": "half",
    "shelves": "shelf",
    "movies": "movie",
    "ties": "tie",
    "lies": "lie",
    "buses": "bus",
    "gases": "gas",
    "lenses": "lens",
    "houses": "house",
    "cases": "case",
    "bases": "base",
    "databases": "database",
    "purchases": "purchase",
    "releases": "release",
    "diseases": "disease",
    "courses": "course",
    "nurses": "nurse",
    "horses": "horse",
    "licenses": "license",
    "responses": "response",
    "warehouses": "warehouse",
    "caches": "cache",
    "axes": "axis",
    "sizes": "size",
    "prizes": "prize",
}
_INVARIABLE = frozenset(
    "series species news staff personnel yuan renminbi yen won baht rand sheep aircraft offspring"
    " headquarters means works gross gas bus lens status census campus virus bonus business process"
    " access class glass mass loss index analysis basis crisis thesis axis percent gdp share rank"
    " output employment equipment software hardware population money work energy electricity water"
    " land research capital labour labor trade".split()
)
_INVARIABLE_ENDINGS = ("ss", "us", "is", "ics", "ous")
_NO_PLURAL_ENDINGS = ("s", "ing", "ness", "ity", "ware", "ance", "ence")
_HEAD = re.compile(
    r"(?P<head>.*?)(?P<rest>(?:\s+(?:per|of|in|for|with|at|on|by|from|to|a|an|and|or)\b|\s*[(/,]).*|)"
)


def singular(phrase: str) -> str:
    """The phrase with its head noun in the singular.

    >>> singular("national laboratories"), singular("enterprises per day")
    ('national laboratory', 'enterprise per day')
    """
    return _with_head(phrase, _singular_word)


def plural(phrase: str) -> str:
    """The phrase with its head noun in the plural; one that has none stays.

    >>> plural("percentage point"), plural("yuan"), plural("person")
    ('percentage points', 'yuan', 'persons')
    """
    return _with_head(phrase, _plural_word)


def _with_head(phrase: str, changed: "type[str] | object") -> str:
    match = _HEAD.fullmatch(phrase)
    if match is None or not match["head"]:
        return phrase
    first, _, word = match["head"].rpartition(" ")
    assert callable(changed)
    return f"{first} {changed(word)}".strip() + match["rest"]


def _singular_word(word: str) -> str:
    lowered = word.lower()
    if lowered in _IRREGULAR:
        return _IRREGULAR[lowered]
    if lowered in _INVARIABLE or not lowered.endswith("s") or len(lowered) < 4:
        return word
    if lowered.endswith("ies"):
        return word[:-3] + "y"
    if lowered.endswith(("sses", "shes", "ches", "xes", "zes", "oes")):
        return word[:-2]
    return word if lowered.endswith(_INVARIABLE_ENDINGS) else word[:-1]


def _plural_word(word: str) -> str:
    lowered = word.lower()
    if lowered == "foot":
        return "feet"
    if (
        lowered in _INVARIABLE
        or lowered in _IRREGULAR
        or lowered.endswith(_NO_PLURAL_ENDINGS)
        or not (word.isascii() and word.isalpha() and word[0].islower() and len(word) > 3)
    ):
        return word
    if lowered.endswith("y") and lowered[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if lowered.endswith(("x", "ch", "sh", "z")) else "s")
