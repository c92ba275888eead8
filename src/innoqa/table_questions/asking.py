"""Question -> what it asks of tables: signs of an operation, the time, a threshold.

Nothing is decided here: a word such as "total" is a sign of a sum and may yet turn out to be part
of an indicator's name. See ``matching`` and ``computing``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from innoqa import periods
from innoqa.table_questions.frames import Frame, counted_periods, frame_of, spelled_out
from innoqa.table_questions.signs import (
    FALLS,
    FUNCTION_WORDS,
    GRAMMAR,
    STRUCTURE,
    THE_SUBJECT,
    Sign,
    asides,
    asked_kind,
    how_many_first,
    signs_in,
)
from innoqa.table_questions.thresholds import (
    ORDINAL,
    Threshold,
    nth_in,
    nth_words,
    ordinal_in,
    threshold_in,
)
from innoqa.words import Word, acronyms, words

_RATES: tuple[Sign, ...] = ("percentage change", "points", "percent")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it reads before anything is known of the tables.

    ``content`` are the positions of words that must be explained by what is found; ``soft`` those
    of an operation and of what is said beside the question, which may be part of a name as well;
    ``rates`` those that ask for a change in percent, and name no share; ``weak`` those that say
    little of a figure and are no more than grammar.
    """

    question: str
    words: tuple[Word, ...]
    signs: Mapping[Sign, tuple[tuple[int, int], ...]]
    frame: Frame
    threshold: Threshold | None
    top: int | None
    ordinal: int | None
    nth: int | None
    content: frozenset[int]
    soft: frozenset[int]
    rates: frozenset[int]
    weak: frozenset[int]
    type_words: frozenset[int]

    @classmethod
    def by(cls, question: str, known_acronyms: frozenset[str]) -> Self:
        """Read it from the question's words."""
        question = spelled_out(question)
        found = words(question, known_acronyms | acronyms([question]))
        mentioned = periods.mentions(question)
        threshold, limit = threshold_in(question)
        signs = signs_in(question, [(m.start, m.end) for m in mentioned])
        spans = [(m.start, m.end) for m in mentioned] + limit + counted_periods(question)
        spans += [*spans_of(ORDINAL, question), *nth_words(question)]
        taken = _positions(found, [*spans, *spans_of(THE_SUBJECT, question)])
        soft = _positions(found, [span for several in signs.values() for span in several])
        types, type_span = asked_kind(question)
        if types:
            signs = {**signs, "which entity": (type_span,)}
        functional = {
            n
            for n, w in enumerate(found)
            if w.stem in FUNCTION_WORDS or w.text.lower() in FUNCTION_WORDS
        }
        everything = set(range(len(found)))
        aside = _positions(found, asides(question))
        rates = [span for sign in _RATES for span in signs.get(sign, ())]
        return cls(
            question=question,
            words=found,
            signs=signs,
            frame=frame_of(question, mentioned),
            threshold=threshold,
            top=how_many_first(question, signs.get("top", ())),
            ordinal=ordinal_in(question),
            nth=nth_in(question),
            content=frozenset(everything - taken - soft - functional - aside),
            soft=frozenset((soft | functional | aside) - taken),
            rates=frozenset(_positions(found, rates)),
            weak=frozenset(
                _weak(found)
                - taken
                - aside
                - _positions(
                    found,
                    [
                        span
                        for sign, several in signs.items()
                        if sign != "quantity"
                        for span in several
                    ],
                )
            ),
            type_words=frozenset(_positions(found, types)),
        )

    def has(self, *signs: Sign) -> bool:
        """Whether the question shows any of the signs."""
        return any(sign in self.signs for sign in signs)

    @property
    def chooses(self) -> bool:
        """Whether one of several things of a kind is wanted: "which park is the largest"."""
        which = bool(self.type_words) or self.has("which entity")
        return which and self.has("highest", "lowest")

    @property
    def falls(self) -> bool:
        """Whether it is asked for a fall: "which fell the most", "did it decline"."""
        return FALLS.search(self.question) is not None

    def without(self, positions: frozenset[int]) -> Self:
        """The same without the signs whose words are all among the given ones: part of a name."""
        kept: dict[Sign, tuple[tuple[int, int], ...]] = {}
        for sign, spans in self.signs.items():
            left = tuple(s for s in spans if sign in STRUCTURE or not self._within(s, positions))
            if left:
                kept[sign] = left
        return type(self)(
            self.question, self.words, kept, self.frame, self.threshold, self.top, self.ordinal,
            self.nth, self.content, self.soft, self.rates, self.weak, self.type_words,
        )  # fmt: skip

    def _within(self, span: tuple[int, int], positions: frozenset[int]) -> bool:
        inside = _positions(self.words, [span])
        named = {n for n in inside if self.words[n].stem not in FUNCTION_WORDS} or inside
        return bool(named) and named <= positions


def _weak(found: tuple[Word, ...]) -> set[int]:
    names = [{word.stem, word.text.lower()} for word in found]
    return {n for n, of in enumerate(names) if of & FUNCTION_WORDS and not of & GRAMMAR}


def spans_of(pattern: re.Pattern[str], question: str) -> list[tuple[int, int]]:
    """Where a pattern stands in a question."""
    return [match.span() for match in pattern.finditer(question)]


def _positions(found: tuple[Word, ...], spans: list[tuple[int, int]]) -> set[int]:
    return {
        n for n, word in enumerate(found)
        if any(start < word.end and word.start < end for start, end in spans)
    }  # fmt: skip
