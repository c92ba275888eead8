"""Whether a number that a sentence gives is another one in a source that is nearer to its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from innoqa.attribution.amounts import amounts_in
from innoqa.attribution.clauses import clauses, content
from innoqa.attribution.evidence import dates_in, matched
from innoqa.drafts.units import Unit
from innoqa.words import RELATED

_FEW = 2
"""A clause of fewer words is told of what the rest of its sentence names."""


@dataclass(frozen=True, slots=True)
class _Number:
    """A number or date: what it measures, its value, and how it is printed."""

    kind: tuple[str, str]
    value: object
    printed: str


@dataclass(frozen=True, slots=True)
class _Claim:
    """A number with the stems of its clause, ``own`` ones of what it is proved by, and others."""

    number: _Number
    clause: frozenset[str]
    own: frozenset[str]
    said: frozenset[object]

    @property
    def lacking(self) -> frozenset[str]:
        """The stems of the clause that it is not proved by."""
        return frozenset(stem for stem in self.clause if not matched(stem, self.own))

    def is_nearer_to(self, other: Unit) -> bool:
        """Whether another sentence has more of its words, and another number of the kind."""
        held = [one for one in _numbers(" ".join(other.texts)) if one.kind == self.number.kind]
        values = {one.value for one in held}
        if not values or not values.isdisjoint({self.number.value, *self.said}):
            return False
        stems = _plain(" ".join(other.texts))
        if not any(matched(stem, stems, RELATED) for stem in self.lacking):
            return False
        return sum(matched(stem, stems) for stem in self.clause) > len(self.clause - self.lacking)


def told_otherwise(text: str, unit: Unit, shown: Sequence[Unit], sentence: str) -> str:
    """The number and the words of a text that another sentence has with another number, else "".

    "The yard was built in 2001" is not said by "The yard was listed in 2001" where "The yard was
    built in 1993" is shown too. Where the ``sentence`` that the text is part of gives the other
    number as well, it tells the two apart itself.
    """
    if all(span.observation for span in unit.spans):
        return ""
    said = frozenset(number.value for number in _numbers(sentence))
    for clause in clauses(text):
        for number in _numbers(clause.text):
            tellings = [_plain(clause.text)]
            if len(tellings[0]) < _FEW:
                tellings.append(_plain(text))
            holding = [o for o in unit.texts if number in _numbers(o)] or unit.texts
            own = _plain(" ".join(holding))
            others = [o for o in shown if o.is_sentence and o.texts[0] not in holding]
            claims = [_Claim(number, words, own, said) for words in tellings]
            if any(c.lacking and any(map(c.is_nearer_to, others)) for c in claims):
                return f"{number.printed}: {clause.text}"
    return ""


def have_rivals(one: str, other: str) -> bool:
    """Whether two texts have different numbers of one kind."""
    return any(a.kind == b.kind and a.value != b.value for a in _numbers(one)
               for b in _numbers(other))  # fmt: skip


def _plain(text: str) -> frozenset[str]:
    """The stems of a text that carry meaning and are no numbers."""
    return frozenset(stem for stem in content(text) if not stem[0].isdigit())


@lru_cache(maxsize=4096)
def _numbers(text: str) -> tuple[_Number, ...]:
    return tuple(_found(text))


def _found(text: str) -> Iterator[_Number]:
    for mention in dates_in(text):
        period = mention.period
        yield _Number(("date", period.kind), (period.start, period.end), period.printed)
    for amount in amounts_in(text):
        kind = amount.unit.base if amount.is_measured else ""
        value = amount.value * amount.unit.scale
        yield _Number(("number", kind), value, text[amount.start : amount.end])
