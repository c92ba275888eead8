"""Questions about indicators: answered by computing from cells, or refused with what there is.

    question, tables -> readings (matching) -> an operation (computing) -> statements with cells

``answer`` returns None for a question that is not about an indicator that the tables hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from innoqa.domain import Computation, Conflict, IndexedTable, Observation, Passage
from innoqa.table_questions.asking import Asked
from innoqa.table_questions.computing import Plan, Refusal, Result, compute, missing_place
from innoqa.table_questions.matching import (
    NEARBY,
    Fact,
    Reading,
    measure_of,
    narrowed,
    readings,
)
from innoqa.table_questions.wording import listed
from innoqa.words import acronyms

ENOUGH = 0.5
"""The confidence below which a reading is not answered from."""

_PER_WORD, _NO_PLACE = 0.45, 0.9
_SURE = 0.95
_LOOSE, _FEW = 0.75, 2

Cited = tuple[Passage, Observation]


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a computed answer with the cells behind it."""

    text: str
    cells: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed answer: sentences, best first, with the computation that they tell of."""

    told: tuple[Told, ...]
    computation: Computation
    conflicts: tuple[Conflict, ...]
    confidence: float
    wants_reasons: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The question is about an indicator, but what it asks for is not in the tables.

    ``lacking`` is the place that no table has, which a text may yet speak of.
    """

    reason: str
    cells: tuple[Cited, ...]
    confidence: float
    lacking: str = ""


TableReply = Computed | Refused


def answer(question: str, tables: Sequence[IndexedTable]) -> TableReply | None:
    """What the tables say to a question, or None where it is not about what they hold."""
    facts = [Fact(seen, table) for table in tables for seen in table.observations]
    if not facts:
        return None
    known = _acronyms(frozenset(fact.observation.indicator for fact in facts))
    asked = Asked.by(question, known)
    found = readings(asked, facts, known)
    if not found or not _asks_for_a_value(asked, found[0]):
        return None
    plan = _plan(asked, found, known)
    confidence = _confidence(plan)
    if confidence < ENOUGH:
        return _left_over(plan)
    if plan.reading.missing_place:
        return _refused(missing_place(plan), confidence, plan.reading.missing_place)
    outcome = compute(plan)
    if outcome is None:
        return None
    if isinstance(outcome, Refusal):
        return _refused(outcome, confidence)
    return _computed(plan, outcome, confidence)


@lru_cache(maxsize=16)
def _acronyms(indicators: frozenset[str]) -> frozenset[str]:
    return acronyms(indicators)


def _asks_for_a_value(asked: Asked, best: Reading) -> bool:
    """Whether a number is wanted: no definition, no reasons alone, no account of how it works."""
    named = bool(asked.frame.points or asked.frame.is_stretch or best.named_place)
    if asked.has("definition") and not named:
        return False
    if asked.has("why") and not asked.has("change", "difference", "highest", "lowest", "quantity"):
        return False
    return bool(best.facts) or bool(best.missing_place)


def _left_over(plan: Plan) -> Refused | None:
    """A question about what the tables hold, but for a word or two: a place, a kind, a scope."""
    left = sorted(plan.reading.unexplained)
    certain = plan.reading.missing_words <= _LOOSE and len(left) <= _FEW
    if not certain or not plan.asked.has("quantity", "which period", "change", "latest"):
        return None
    words = " ".join(plan.asked.words[n].text.removesuffix("'s") for n in left)
    held = list(dict.fromkeys(f.observation.entity for f in plan.reading.facts))
    places = f" for {listed(held[:6])}" if any(held) else ""
    return Refused(
        f"The tables have {plan.reading.measure}{places}, but nothing on “{words}”.",
        _cited(plan.facts[:3]),
        _SURE * _NO_PLACE,
        words,
    )


def _plan(asked: Asked, found: Sequence[Reading], known: frozenset[str]) -> Plan:
    best = found[0]
    second = None
    if best.unexplained and not best.missing_place:
        second = _second(best, found)
    left = best.unexplained & second.unexplained if second else best.unexplained
    if left:
        second = None
        best = narrowed(asked, best, known)
    used = best.explained | (second.explained if second else frozenset())
    near = tuple(
        r for r in found[1:] if r.score >= best.score - NEARBY and not r.missing_place
    )  # fmt: skip
    return Plan(asked.without(used), best, near, second)


def _second(best: Reading, found: Sequence[Reading]) -> Reading | None:
    """Another indicator that explains what the best reading leaves over."""
    helpful = [
        reading
        for reading in found[1:]
        if best.unexplained - reading.unexplained and not reading.missing_place
        and reading.measure != best.measure
    ]  # fmt: skip
    return min(
        helpful,
        key=lambda r: (len(best.unexplained & r.unexplained), -r.score, r.measure),
        default=None,
    )


def _confidence(plan: Plan) -> float:
    """How far the question's words are explained by what was found."""
    left = plan.reading.unexplained
    if plan.second is not None:
        left = left & plan.second.unexplained
    sure = _SURE * _PER_WORD ** len(left)
    if not plan.reading.named_place:
        sure *= _NO_PLACE
    return sure


def _refused(refusal: Refusal, confidence: float, lacking: str = "") -> Refused:
    return Refused(refusal.reason, _cited(refusal.nearest), confidence, lacking)


def _computed(plan: Plan, result: Result, confidence: float) -> Computed:
    told = tuple(Told(text, _cited(facts)) for text, facts in result.said)
    computation = Computation(
        operation=result.operation,
        reading=_reading(plan, result),
        expression=result.expression,
        value=result.value,
        unit=result.unit,
        operands=tuple(fact.observation for fact in result.operands),
        series=tuple(fact.observation for fact in result.series),
    )
    return Computed(
        told, computation, result.conflicts, confidence * result.doubt, plan.asked.has("why")
    )


def _cited(facts: Sequence[Fact]) -> tuple[Cited, ...]:
    return tuple(dict.fromkeys((fact.passage, fact.observation) for fact in facts))


def _reading(plan: Plan, result: Result) -> str:
    """How the question was read: indicator, place, time and operation."""
    names = list(dict.fromkeys(measure_of(f.observation.indicator) for f in result.operands))
    places = list(dict.fromkeys(f.observation.entity for f in result.operands))
    times = [str(period) for period in plan.asked.frame.points]
    parts = [
        " and ".join(names[:3]) or plan.reading.measure,
        ", ".join(filter(None, places[:3])) + (" and others" if len(places) > 3 else ""),
        " to ".join(times) if plan.asked.frame.is_stretch else " and ".join(times),
    ]
    return ", ".join(filter(None, parts)) + f": {result.operation}"
