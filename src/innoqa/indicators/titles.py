"""The words above a table -> the indicator, entity, period and unit that they say it is of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from innoqa import periods
from innoqa.domain import Period, Unit
from innoqa.indicators.column_names import names_groups
from innoqa.indicators.naming import name_and_unit

_NUMBER = re.compile(
    r"(?:table|tab\.|exhibit|figure|chart|panel|schedule)\s+(?:[A-Z]{0,2}[\d.]+[a-z]?|[A-Z])\b"
    r"\s*[.:–—-]*\s*|\d+(?:\.\d+)*\.?\s+(?=[A-Z])",
    re.IGNORECASE,
)
_BEFORE_PERIOD = re.compile(
    r"(?:[\s,;:(–—-]|\b(?:in|for|of|from|since|during|as\s+of|at|between|to|over|the|years?|fiscal"
    r"|by|end|ended|ending)\b)+$",
    re.IGNORECASE,
)
_AFTER_PERIOD = re.compile(r"^[\s,;:)–—-]+")
_LINK = r"(?:by|per|across|of|in|among|for|between)"
_GROUP = re.compile(
    rf"[\s,]*\b{_LINK}\s+(?P<group>(?:(?!{_LINK}\b)[\w&'’-]+\s+){{0,4}}?[\w-]+)$", re.IGNORECASE
)
_BY_TIME = re.compile(r"[\s,]*\bby\s+(?:year|quarter|month|half-year|period)s?$", re.IGNORECASE)
_SEGMENT = re.compile(r"\s*[:：|]\s+|\s+[–—-]\s+")
_AT_A_GLANCE = re.compile(
    r"\s+(?:in\s+(?:figures|numbers|brief|data)|at\s+a\s+glance)$", re.IGNORECASE
)
_ARTICLE = re.compile(r"the\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?P<name>.+?)(?:['’]s|(?<=s)['’])\s+(?P<rest>.+)")
_OF = re.compile(r"\b(?:of|in|for|from|at|on)\s+(?:the\s+)?(?=[A-Z\d@\u00c0-\u00de\u4e00-\u9fff])")
_NAME_WORD = re.compile(r"(?:\d*@)?[A-Z\u00c0-\u00de][\w'’.@-]*|[\u4e00-\u9fff]+")
_NAME_NUMBER = re.compile(r"\d{1,3}|N\.?")
_JOINING = frozenset("of and the de do da del la le du der den van upon y i e".split())
_LONGEST_NAME = 5
_GENERIC = frozenset(
    """main key selected basic major principal headline indicator indicators figure figures
    statistic statistics statistical data dataset table tables overview summary at a an glance
    in numbers of and the development annual report yearbook facts profile trends time series
    economic social innovation performance results information details sheet more other all core
    general""".split()
)
_COMMON = frozenset(
    """total totals average other others subtotal sum all revenue revenues sales cash asset assets
    liability liabilities income profit profits loss losses cost costs expense expenses
    population gdp patent patents export exports import imports employment area density land
    inventory inventories goodwill buildings equipment debt equity tax taxes interest net gross
    operating number share rate growth wages salaries student students investment investments
    funding finance financing unicorns startups trade r&d pct stem ict sme smes fdi ipo ipos vc
    research science technology education talent output input inputs outputs expenditure
    expenditures spending budget turnover contracts high-tech value notes note source sources
    contents readme period year years month quarter high low men women male female first second
    third fourth change difference increase decrease target actual plan planned forecast
    baseline estimated estimate final preliminary adjusted adjustments budget projected
    projection balance additions disposals depreciation amortisation amortization january
    february march april may june july august september october november december million
    millions billion thousand percent consolidated parent group company current non-current
    basic diluted dividend dividends issued granted forfeited released canceled cancelled""".split()
)


@dataclass(frozen=True, slots=True)
class Title:
    """What a title says; "" or None where it says nothing.

    ``is_grouped``: it names a kind of entity, which the table then lists ("by city"). ``is_name``:
    it is no more than a proper name, so that it may be the entity or the indicator.
    """

    indicator: str = ""
    entity: str = ""
    period: Period | None = None
    unit: Unit | None = None
    is_grouped: bool = False
    is_name: bool = False


def read_title(words: str) -> Title:
    """What one line above a table says of all its values.

    >>> found = read_title("Table 2. R&D expenditure of Norwegian cities, 2018-2023 (million NOK)")
    >>> found.indicator, found.is_grouped, str(found.unit)
    ('R&D expenditure', True, 'million NOK')
    >>> read_title("Oslo: main indicators, 2023").entity
    'Oslo'
    """
    words, unit = name_and_unit(" ".join(words.split()))
    words, period = _without_period(words)
    segments = [_NUMBER.sub("", part, count=1) for part in _SEGMENT.split(words) if part]
    segments = [part for part in segments if part]
    words, grouped = _without_group(": ".join(segments))
    entity, words = _entity(words)
    if not grouped:
        words, grouped = _without_group(words)
    words = words.strip(" ,;:.–—-")
    named = not entity and is_name(words)
    return Title("" if is_generic(words) else words, entity, period, unit, grouped, named)


def is_generic(words: str) -> bool:
    """Whether a title names no indicator: ``Main indicators``."""
    return all(word in _GENERIC for word in re.findall(r"[\w&]+", words.lower()))


def is_name(words: str) -> bool:
    """Whether words may be a proper name: each in capitals, none that is common in tables."""
    plain = [part.strip("()“”\"'’.,") for part in words.split()]
    if not 0 < len(plain) <= _LONGEST_NAME or not _NAME_WORD.fullmatch(plain[0]):
        return False
    telling = [part.lower() for part in plain if not (len(plain) > 1 and names_groups(part))]
    if any(part in _COMMON or part in _GENERIC - _JOINING for part in telling):
        return False
    return not all(map(names_groups, plain)) and all(
        part in _JOINING or _NAME_WORD.fullmatch(part) or _NAME_NUMBER.fullmatch(part)
        for part in plain
    )


def _names_one(words: str) -> bool:
    """Whether words name one entity, with its kind in small letters or without."""
    first, *others = words.split() or [""]
    kinds = bool(others) and len(others) < _LONGEST_NAME and names_groups(others[-1])
    return is_name(words) or (kinds and is_name(first) and not others[-1].endswith("s"))


def are_names(labels: Iterable[str]) -> bool:
    """Whether most of several labels may be proper names; totals and plurals do not tell."""
    telling = {
        label
        for label in labels
        if label and label.lower() not in _COMMON and (" " in label or not label.endswith("s"))
    }
    names = sum(is_name(label) for label in telling)
    return bool(telling) and names >= 0.8 * len(telling)


def _without_period(words: str) -> tuple[str, Period | None]:
    """The words without the times in them; the time where it is one that values can be for."""
    found = periods.mentions(words)
    ahead, _, last = words.rpartition(", ")
    closing = periods.read_period(last) if ahead and not found else None
    if closing is not None:
        return ahead, closing if closing.kind not in ("span", "undated") else None
    for mention in reversed(found):
        before = _BEFORE_PERIOD.sub("", words[: mention.start])
        after = _AFTER_PERIOD.sub(" ", words[mention.end :])
        words = f"{before}{after}".strip()
    single = found[0].period if len(found) == 1 else None
    return words, single if single and single.kind not in ("span", "undated") else None


def _without_group(words: str) -> tuple[str, bool]:
    """The words without a kind of entity that they are said to be of or by."""
    words = _BY_TIME.sub("", words)
    match = _GROUP.search(words)
    if (
        match is None
        or not names_groups(match["group"])
        or is_name(match["group"].removeprefix("the "))
    ):
        return words, False
    return words[: match.start()], True


def _entity(words: str) -> tuple[str, str]:
    """(the proper name that the words are of, the other words)."""
    segments = [part for part in _SEGMENT.split(words) if part]
    inner = len(segments) > 1 and all(map(_names_one, (segments[0], segments[-1])))
    for place in (-1, 0) if inner else (0, -1):
        if len(segments) > 1 and _names_one(segments[place]):
            name = segments.pop(place)
            return name, ": ".join(segments)
    for place, segment in enumerate(segments):
        name, rest = _of_name(segment)
        if name:
            segments[place] = "" if is_generic(rest) and len(segments) > 1 else rest
            return name, ": ".join(filter(None, segments))
    return "", words


def _of_name(words: str) -> tuple[str, str]:
    """A name that the words belong to: ``R&D in Oslo``, ``Oslo's R&D``, ``Oslo, key figures``."""
    bare = _AT_A_GLANCE.sub("", words)
    if bare != words and _names_one(_ARTICLE.sub("", bare, count=1)):
        return bare, ""
    words = bare
    possessive = _POSSESSIVE.fullmatch(words)
    if possessive and _names_one(possessive["name"]):
        return possessive["name"], possessive["rest"]
    for match in _OF.finditer(words):
        if _names_one(words[match.end() :]):
            return _whole_name(words, match)
    lead, comma, rest = words.partition(", ")
    if comma and is_name(lead) and is_generic(rest):
        return lead, rest
    return _before_generic(words)


def _whole_name(words: str, link: re.Match[str]) -> tuple[str, str]:
    """The name behind "of", or all of it where one entity stands before: a district of a city."""
    name, rest = words[link.end() :], words[: link.start()].strip()
    bare = _ARTICLE.sub("", rest, count=1)
    kind = bare.split()[-1] if bare and _ARTICLE.match(rest) else ""
    if kind and names_groups(kind) and not kind.endswith("s"):
        return f"{bare} {link[0].strip()} {name}", ""
    return name, rest


def _before_generic(words: str) -> tuple[str, str]:
    """``Wuhan indicators``: a name with nothing behind it that names an indicator."""
    parts = words.split()
    for cut in range(len(parts) - 1, 0, -1):
        name, rest = " ".join(parts[:cut]), " ".join(parts[cut:])
        if is_generic(rest) and is_name(name):
            return name, rest
    return "", words
