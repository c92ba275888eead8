"""A question that names a time, a place or an indicator alone -> the last query with that in it."""

import re
from dataclasses import dataclass

from innoqa import periods
from innoqa.domain import Turn
from innoqa.follow_ups.phrases import phrases, stems
from innoqa.follow_ups.references import points_back
from innoqa.follow_ups.signs import FUNCTION, OPENING, VERBS
from innoqa.follow_ups.subjects import Known, Span, names, subject, time_span, year_of
from innoqa.table_questions.asking import Asked
from innoqa.table_questions.signs import NUMBER_WORDS, Sign
from innoqa.words import stem

_CLOSING = re.compile(
    r"(?:\W*\b(?:then|instead|too|as well|please|though|maybe|perhaps|only)\b)*[\s?!.,]*\Z", re.I
)
_BEFORE_NAME = re.compile(
    r"\A\s*(?:(?:that|those|the (?:one|ones|figure|number)) (?=of|in|for)|(?:just|only|is|was)\s+)*"
    r"(?P<preposition>(?:in|of|for|at|with|on|from|to|about)\b)?(?:\s+the case of)?\s*"
    r"(?P<the>the\s+)?(?:(?:its|their|his|her)\s+)?",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:in |for )?(?:the )?(?:(?:(?P<n>\d{1,2}|an?|" + "|".join(NUMBER_WORDS) + r") years?"
    r" (?P<way>later|after|earlier|before|on)|(?P<next>next|following)(?: one)? year"
    r"|(?P<previous>previous|preceding) year|year (?P<side>after|before|later|earlier))"
    r"(?: (?:that|this|then))?)(?=\W*\Z)",
    re.IGNORECASE,
)  # fmt: skip
_COUNT = re.compile(
    r"\A(?:how (?:many|much) )(?=(?:in|of|for|at|during|from|since)\b)", re.IGNORECASE
)
_POINTS = re.compile(r"\b(?:them|that|those|these|this)\b", re.IGNORECASE)
_NOW = re.compile(
    r"\W*(?:now(?:adays)?|today|currently|at present|the latest|most recently|this year)\W*\Z", re.I
)
_LONGEST = 8
_OF_FIGURES_SIGNS: tuple[Sign, ...] = (
    "annual growth", "percentage change", "points", "difference", "change", "mean", "median", "sum",
    "range", "ratio", "share", "highest", "lowest", "latest", "earliest", "series", "compare",
    "which period", "rank", "count years", "target", "above", "below", "first", "last",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What a fragment of a question says: a time, and what else it names."""

    time: str
    rest: str
    determined: bool
    preposition: str


def fragment(question: str) -> str | None:
    """The words of a question that only names something, or None where it asks by itself."""
    opening = OPENING.match(question)
    said = question[opening.end() if opening else 0 :]
    if _COUNT.match(said) and not VERBS & set(stems(said)) and not _POINTS.search(said):
        said = _COUNT.sub("", said)
    closing = _CLOSING.search(said)
    said = said[: closing.start()] if closing else said
    tokens = [match[0].lower() for match in re.finditer(r"[^\W_]+(?:['’&-][^\W_]+)*", said)]
    if not tokens or len(tokens) > _LONGEST or any(t in _CLAUSE_WORDS for t in tokens):
        return None
    return said.strip()


_CLAUSE_WORDS = frozenset(
    "what which who whom whose when where why how is are was were do does did has have had can"
    " could"
    " will would should may might it they them he she him her i you we me tell show give list"
    " explain"
    " describe compare rank this these".split()
)


def replaced(question: str, turn: Turn, known: Known) -> str | None:
    """The last query with the time, place or indicator that a question names in their places."""
    said = fragment(question)
    if said is None:
        return None
    return put(said, turn, known, opened=question.strip(" ?!.") != said)


def put(said: str, turn: Turn, known: Known, *, opened: bool) -> str | None:
    """The query of a turn with what is said in its place, or None where it has no place there.

    ``opened`` tells that more than the thing itself was said: "and", "what about".
    """
    if _NOW.match(said):
        return _without_time(turn.query.text)
    parts = _parts(said, turn)
    text = turn.query.text
    if parts.time:
        text = _with_time(text, parts.time)
    if not parts.rest:
        return text if parts.time else None
    return (
        _with_thing(text, parts, turn, known)
        if opened or parts.time or _is_known(parts.rest, known)
        else None
    )


def _is_known(rest: str, known: Known) -> bool:
    return known.place_spans(rest) == [(0, len(rest))] or known.names_indicator(rest)


def _parts(said: str, turn: Turn) -> Said:
    span, time = time_span(said), ""
    relative = _RELATIVE.search(said)
    year = year_of(turn) if relative else None
    if span is not None:
        time = said[slice(*span)].strip()
        said = f"{said[: span[0]]} {said[span[1] :]}"
    elif relative and year is not None:
        time = f"in {year + _years(relative)}"
        said = said[: relative.start()]
    leading = _BEFORE_NAME.match(said)
    assert leading is not None
    return Said(
        time=time,
        rest=said[leading.end() :].strip(" ,;'\"“”"),
        determined=bool(leading["the"]),
        preposition=(leading["preposition"] or "").lower(),
    )


def _years(relative: re.Match[str]) -> int:
    """How many years later is meant."""
    back = relative["previous"] or (relative["way"] or relative["side"] or "") in (
        "earlier",
        "before",
    )
    number = (relative["n"] or "1").lower()
    count = int(number) if number.isdigit() else NUMBER_WORDS.get(number, 1)
    return -count if back else count


_PREPOSED = ("In", "Si", "Fr", "Be", "Du", "Fo", "By", "Un")


def _with_time(text: str, time: str) -> str:
    span = time_span(text)
    if periods.mentions(time) and not re.match(r"[a-z]", time, re.I):
        time = f"in {time}"
    if span is None:
        return _with_end(text, time)
    start = text[: span[0]]
    time = f"{time[:1].lower()}{time[1:]}" if start.strip() and time[:2] in _PREPOSED else time
    return (
        f"{start}{time}{text[span[1] :]}"
        if start.strip()
        else f"{time[:1].upper()}{time[1:]}{text[span[1] :]}"
    )


def _without_time(text: str) -> str | None:
    span = time_span(text)
    if span is None:
        return None
    return re.sub(r"\s+([?.!])", r"\1", f"{text[: span[0]].rstrip()}{text[span[1] :]}")


def _with_end(text: str, more: str) -> str:
    """A query with some words more, before the sign that ends it."""
    bare = text.rstrip(" ?!.")
    return f"{bare} {more}{text[len(bare) :].strip() or '?'}"


def _with_thing(text: str, parts: Said, turn: Turn, known: Known) -> str | None:
    rest = parts.rest
    place = _as_place(rest, known)
    if place is None and known.names_indicator(rest):
        return _with_indicator(text, rest, turn, known)
    if place is None:
        return None
    span = _span_after(text, parts.preposition) or _place_span(text, rest, turn, known)
    if span is None:
        is_place = known.place_spans(place) or any(subject(turn))
        return _with_end(text, f"in {place}") if is_place else None
    if text[span[0] : span[1]].casefold() == place.casefold():
        return None if not parts.time else text
    the = "the " if parts.determined and not re.search(r"\bthe\s+\Z", text[: span[0]]) else ""
    return text[: span[0]] + the + place + text[span[1] :]


def _as_place(rest: str, known: Known) -> str | None:
    """What is named, where it is a name: of a place in a table, or in capitals."""
    if known.place_spans(rest):
        return rest
    found = names(rest)
    if len(found) == 1 and found[0].text == rest and not known.names_indicator(rest):
        return rest
    return None


def _place_span(text: str, rest: str, turn: Turn, known: Known) -> Span | None:
    """Where the place stands in a query that another is named in place of."""
    _, entity = subject(turn)
    spans = known.place_spans(text)
    named = [(one.start, one.end) for one in names(text)]
    if entity:
        own = [s for s in spans if set(stems(text[slice(*s)])) <= set(stems(entity))]
        return own[-1] if own else (spans[-1] if spans else None)
    alike = [s for s in named if set(stems(text[slice(*s)])[-1:]) & set(stems(rest)[-1:])]
    acting = [span for span in spans if _acts(text, span)]
    return next((found[-1] for found in (alike, acting[:1], spans, named) if found), None)


def _span_after(text: str, preposition: str) -> Span | None:
    """What a query says about, where a fragment says "about" too."""
    if preposition != "about":
        return None
    for one in reversed(phrases(text)):
        leading = re.search(r"\babout\s+(?:\w+\s+){0,2}\Z", text[: one.start], re.IGNORECASE)
        if leading:
            return leading.start() + len("about "), one.end
    return None


def _acts(text: str, span: Span) -> bool:
    """Whether a place is what a query is about, and not where or whose something is."""
    owns = text[span[1] : span[1] + 2] in ("'s", "’s")
    return not owns and re.search(r"\b(?:in|at|of|from|to)\s+\Z", text[: span[0]]) is None


def _with_indicator(text: str, rest: str, turn: Turn, known: Known) -> str | None:
    """The query with another indicator; a name in part is that most like the last one's."""
    measure, entity = subject(turn)
    if not measure:
        return None
    rest = known.nearest_indicator(rest, measure)
    several = any(word != stem(word) for word in rest.lower().split())
    span = known.indicator_span(text, measure)
    counts = _HOW_MANY.match(text) is not None
    if span and several >= counts and not set(stems(text[slice(*span)])) & FUNCTION - _JOINING:
        return text[: span[0]] + rest + text[span[1] :]
    time = time_span(text)
    when = f" {text[slice(*time)]}" if time else ""
    where = f" of {entity}" if entity else ""
    return f"What {'were' if several else 'was'} the {rest}{where}{when}?"


_HOW_MANY = re.compile(r"\W*how many\b", re.IGNORECASE)
_JOINING = frozenset("of and in the for to".split())


def measured(question: str, turn: Turn, known: Known) -> str | None:
    """A question that says what to work out and not of what, with the last turn's indicator."""
    measure, entity = subject(turn)
    if not measure:
        return None
    asked = Asked.by(question, frozenset())
    if not asked.has(*_OF_FIGURES_SIGNS) and not asked.frame.points:
        return None
    spans = known.place_spans(question)
    content = [asked.words[n].start for n in asked.content | asked.type_words]
    left = [at for at in content if not any(start <= at < end for start, end in spans)]
    if left or points_back(question) or known.names_indicator(question) or _has_subject(question):
        return None
    where = f" of {entity}" if entity and (not spans or asked.has("compare", "difference")) else ""
    bare = question.rstrip(" ?!.")
    return f"{bare} ({measure}{where}){question[len(bare) :].strip() or '?'}"


def _has_subject(question: str) -> bool:
    return any(set(one.content) - FUNCTION - VERBS - _OF_FIGURES for one in phrases(question))


_OF_FIGURES = frozenset(
    "year growth rate average mean median total sum change increase decrease difference trend"
    " high low highest lowest peak maximum minimum percent percentage share ratio figure value"
    " number period quarter month half decade time compound annual yearly fall rise drop gain"
    " latest best worst".split()
)
