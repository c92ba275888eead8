"""What a query is about, part by part: its time, its places, its indicator."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from innoqa import periods
from innoqa.domain import Answer, IndexedTable, Turn
from innoqa.follow_ups.phrases import Phrase, phrases, stems
from innoqa.table_questions.names import is_total, measure_of, name_of
from innoqa.words import strength, words

Span = tuple[int, int]

_LEADING = re.compile(
    r"\b(?:(?:in|for|during|since|from|by|between|until|till|up to|before|after|as of|at|on|over)"
    r"\s+)?(?:the )?(?:year |end of |years )?\Z",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:to|and|-|–|until|till|through|or|with|than in|than)\s*(?:in )?", re.I)
_RELATED = 0.9


@dataclass(frozen=True, slots=True)
class Known:
    """The names of places and indicators that the tables near to a conversation hold."""

    places: frozenset[str] = field(default=frozenset())
    indicators: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, tables: Iterable[IndexedTable]) -> Self:
        """Those of some tables."""
        seen = [observation for table in tables for observation in table.observations]
        places = frozenset(o.entity for o in seen if o.entity and not is_total(o.entity))
        return cls(places, frozenset(measure_of(o.indicator) for o in seen if o.indicator))

    def place_spans(self, text: str) -> list[Span]:
        """Where a text names places, longer names first where they overlap; in order."""
        found = [span for place in self.places for span in _spans_of_name(text, place)]
        kept: list[Span] = []
        for span in sorted(found, key=lambda s: (s[0] - s[1], s[0])):
            if not any(span[0] < end and start < span[1] for start, end in kept):
                kept.append(span)
        return sorted(kept)

    def names_indicator(self, text: str) -> bool:
        """Whether all words of a text that carry meaning are in the name of one indicator."""
        said = [word for word in stems(text) if word not in _LITTLE]
        return bool(said) and any(
            all(any(strength(word, w) >= _RELATED for w in name_of(one, frozenset()).base)
                for word in said)
            for one in self.indicators
        )  # fmt: skip

    def nearest_indicator(self, text: str, measure: str) -> str:
        """The indicator that a text names in part and that is most like another, or the text."""
        said = {word for word in stems(text) if word not in _LITTLE}
        if any(said == set(stems(one)) for one in self.indicators):
            return text
        whole = set(stems(measure))
        near = [one for one in self.indicators if whole & set(stems(one))]
        fuller = sorted(one for one in near if said < set(stems(one)))
        return lowered(
            max(fuller, key=lambda o: (len(whole & set(stems(o))), -len(stems(o))), default=text)
        )

    def indicator_span(self, text: str, measure: str) -> Span | None:
        """Where a text names an indicator: from the first to the last of its words."""
        base = name_of(measure, frozenset()).base
        met = [w for w in words(text) if any(strength(w.stem, b) >= _RELATED for b in base)]
        met = [w for w in met if w.stem not in _LITTLE]
        if not met:
            return None
        start, end = met[0].start, met[-1].end
        between = stems(text[start:end])
        return (start, end) if len(between) <= len(met) + 2 else None


_LITTLE = frozenset("the a an of in for to and number value amount total by on at per".split())


def time_span(text: str) -> Span | None:
    """Where a text says the time that it is about, with the words that lead up to it."""
    found = sorted(periods.mentions(text), key=lambda m: m.start)
    if not found:
        return None
    last = found[0]
    for mention in found[1:]:
        if not _JOINT.fullmatch(text[last.end : mention.start]):
            break
        last = mention
    leading = _LEADING.search(text[: found[0].start])
    return (leading.start() if leading else found[0].start), last.end


def year_of(turn: Turn) -> int | None:
    """The year that a turn was about: the one named last, or that of the figure it gave."""
    found = periods.mentions(turn.query.text)
    if found:
        return found[-1].period.year
    computation = turn.reply.computation if isinstance(turn.reply, Answer) else None
    if computation is None or not computation.operands:
        return None
    return computation.operands[0].period.year


def subject(turn: Turn) -> tuple[str, str]:
    """(indicator, place) that the reply of a turn was computed for, "" for what is not there."""
    computation = turn.reply.computation if isinstance(turn.reply, Answer) else None
    if computation is None or not computation.operands:
        return "", ""
    indicators = {measure_of(o.indicator) for o in computation.operands}
    entities = {o.entity for o in computation.operands}
    one = computation.operands[0]
    return (
        lowered(measure_of(one.indicator)) if len(indicators) == 1 else "",
        measure_of(one.entity) if len(entities) == 1 else "",
    )


def lowered(indicator: str) -> str:
    """An indicator as it is called within a sentence.

    >>> lowered("Patent applications"), lowered("R&D intensity")
    ('patent applications', 'R&D intensity')
    """
    return indicator[:1].lower() + indicator[1:] if indicator[1:2].islower() else indicator


def names(text: str) -> list[Phrase]:
    """The names in a text, a possessor apart from what it has."""
    found = [
        one
        for p in phrases(text)
        for one in ((p,) if p.is_name or p.inner is None else (p, p.inner))
        if one.has_name
    ]
    return [part for one in found for part in _capital_part(text, one)]


def _capital_part(text: str, one: Phrase) -> Sequence[Phrase]:
    if one.is_name:
        return [one]
    match = _CAPITALS.match(text, one.start)
    if match is None:
        return []
    bare = re.sub(r"['’]s?\Z", "", match[0])
    return [Phrase(bare, one.start, one.start + len(bare), is_name=True, is_plural=False)]


_CAPITALS = re.compile(r"[A-Z][\w’'-]*(?:\s+(?:(?:of|the|and)\s+)?[A-Z][\w’'-]*)*")


def _spans_of_name(text: str, name: str) -> list[Span]:
    """Where the whole of a name, or the part of it in brackets, stands in a text."""
    said = words(text)
    parts = name_of(name, frozenset())
    found = []
    for part in (parts.base, parts.variant):
        for at in range(len(said) - len(part) + 1 if part else 0):
            if tuple(w.stem for w in said[at : at + len(part)]) == part:
                end = said[at + len(part) - 1].end
                bare = re.sub(r"['’]s?\Z", "", text[said[at].start : end])
                found.append((said[at].start, said[at].start + len(bare)))
    return found
