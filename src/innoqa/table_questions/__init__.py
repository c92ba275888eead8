"""Questions about indicators: answered by computing from cells, or refused with what there is.

    question, tables -> readings (matching) -> an operation (computing) -> statements with cells

``answer`` returns None for a question that is not about an indicator that the tables hold.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from innoqa.confidence import Doubts
from innoqa.domain import Computation, Conflict, IndexedTable, Observation, Passage
from innoqa.row_questions import RowAnswer
from innoqa.table_questions.asking import Asked
from innoqa.table_questions.computing import compute
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.frames import Frame
from innoqa.table_questions.lists import ENOUGH as BELIEVED
from innoqa.table_questions.lists import GOOD, ask_lists
from innoqa.table_questions.matching import NEARBY, Reading, narrowed, readings
from innoqa.table_questions.missing import missing_place
from innoqa.table_questions.names import measure_of
from innoqa.table_questions.plans import Plan, Refusal, Result
from innoqa.table_questions.premises import answers_something_else, objection
from innoqa.table_questions.signs import FUNCTION_WORDS, NUMBER_WORDS
from innoqa.table_questions.texts import told_beside
from innoqa.table_questions.wording import listed
from innoqa.words import acronyms

__all__ = [
    "FUNCTION_WORDS",
    "Computed",
    "Refused",
    "TableReply",
    "Told",
    "answer",
    "told_beside",
]

ENOUGH = 0.5
"""The confidence below which a reading is not answered from."""

SURE_OF_LIST = 0.75
"""The confidence below which an answer from a list is told as probable."""

MOST_CELLS = 30
"""How many cells an answer from a list cites."""

_PER_WORD, _NO_PLACE = 0.45, 0.9
_SURE = 0.95
_LOOSE_NAME, _TIE, _TWO, _NEAR, _LEAST = 0.75, 0.65, 0.75, 0.5, 0.52
_BARE = 2
_LOOSE, _CERTAIN, _FEW = 0.75, 1.0, 2

_MEMBERS = re.compile(
    rf"\W*(?:what|which) (?:are|were) (?:the |these |those )?(?:{'|'.join(NUMBER_WORDS)}|\d+)\b",
    re.IGNORECASE,
)
"""What asks for the members of a group: "what are the three science cities?"."""

_SECOND_QUESTION = re.compile(
    r"(?:,? and|[;?]) (?=(?:why|who|whom|what|how|where|when|which)\b)", re.I
)

Cited = tuple[Passage, Observation]


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a computed answer with the cells behind it."""

    text: str
    cells: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed answer: sentences, best first, with the computation that they tell of.

    ``rest`` is what else the question asks, for the texts to answer; ``asked_year`` the one year
    that it names; ``known`` are all observations of the indicator and place, the leading one first.
    ``doubts`` are what speaks against the reading.
    """

    told: tuple[Told, ...]
    computation: Computation
    conflicts: tuple[Conflict, ...]
    confidence: float
    rest: str = ""
    asked_year: int | None = None
    known: tuple[Observation, ...] = ()
    doubts: Doubts = field(default_factory=Doubts)

    @property
    def is_figure(self) -> bool:
        """Whether it is a figure as it stands in a cell, beside which a text may set another."""
        return self.computation.operation in ("lookup", "latest") and not self.rest


@dataclass(frozen=True, slots=True)
class Refused:
    """The question is about an indicator, but what it asks for is not in the tables.

    ``lacking`` is what no table has, a place or a word, with the indicator: a text that speaks of
    both may hold the figure.
    """

    reason: str
    cells: tuple[Cited, ...]
    confidence: float
    lacking: tuple[str, ...] = ()


TableReply = Computed | Refused


def answer(
    question: str, tables: Sequence[IndexedTable], *, alone: bool = False
) -> TableReply | None:
    """What the tables say to a question, or None where it is not about what they hold.

    Where the question asks two things, one of which the tables answer, the other is left as
    ``Computed.rest``. ``alone`` says that there is nothing but tables to ask.
    """
    of_lists = ask_lists(question, tables, alone=alone)
    if of_lists is not None and of_lists[2] >= GOOD:
        return _from_list(*of_lists)
    said = _from_indicators(question, tables)
    if isinstance(said, Computed) or of_lists is None or of_lists[2] < BELIEVED:
        return said
    return _from_list(*of_lists)


def _from_list(found: RowAnswer, table: IndexedTable, sure: float) -> Computed:
    """An answer from the rows of a list, with the cells that it stands on."""
    cells = tuple(
        dict.fromkeys((table.rows[o.cell.row - 1], o) for o in found.computation.operands)
    )
    text = found.text if sure >= SURE_OF_LIST else f"Probably: {found.text}"
    told = Told(text, cells[:MOST_CELLS])
    return Computed((told,), found.computation, (), sure)


def _from_indicators(question: str, tables: Sequence[IndexedTable]) -> TableReply | None:
    first, second = _clauses(question)
    if not second:
        return _answer(question, tables)
    whole = _answer(first, tables)
    if isinstance(whole, Computed):
        places = list(dict.fromkeys(seen.entity for seen in whole.computation.operands))
        bare = len(second.split()) <= _BARE  # "and why?"
        return replace(whole, rest=question if bare else _standing_alone(second, places))
    return _answer(question, tables)


def _clauses(question: str) -> tuple[str, str]:
    """A question parted where a second one begins: "how many ... and why ...".

    >>> _clauses("How large is it, and what is its role?")
    ('How large is it?', 'what is its role?')
    """
    parts = _SECOND_QUESTION.split(question, maxsplit=1)
    return (f"{parts[0].rstrip(' ,;?')}?", parts[1]) if len(parts) == 2 else (question, "")


def _standing_alone(clause: str, places: Sequence[str]) -> str:
    """A clause with the place named that it speaks of as "it"."""
    if len(places) != 1 or not places[0]:
        return clause
    named = re.sub(r"\b(?:its|their)\b", f"{places[0]}'s", clause, flags=re.I)
    return re.sub(r"\b(?:it|they)\b", places[0], named, flags=re.I)


def _answer(question: str, tables: Sequence[IndexedTable]) -> TableReply | None:
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
        lacking = (plan.reading.missing_place, plan.reading.measure)
        return _refused(missing_place(plan), confidence, lacking)
    return _carried_out(plan, confidence)


def _carried_out(plan: Plan, confidence: float) -> TableReply | None:
    outcome = compute(plan)
    if isinstance(outcome, Result):
        if answers_something_else(plan, outcome):
            return None
        against = objection(plan, outcome)
        return _refused(against, confidence) if against else _computed(plan, outcome, confidence)
    if outcome is None or not _is_certain(plan):
        return None
    return _refused(outcome, confidence)


@lru_cache(maxsize=16)
def _acronyms(indicators: frozenset[str]) -> frozenset[str]:
    return acronyms(indicators)


def _asks_for_a_value(asked: Asked, best: Reading) -> bool:
    """Whether a number is wanted: no definition, no reasons alone, no account of how it works."""
    named = bool(asked.frame.points or asked.frame.is_stretch or best.named_place)
    compares = asked.has("highest", "lowest", "compare", "top") or asked.threshold is not None
    changes = asked.has("change", "percentage change", "annual growth")
    if asked.has("definition") and not named:
        return False
    if _MEMBERS.match(asked.question) and not (compares or changes or asked.frame.points):
        return False
    if asked.has("who", "where") and not compares and not asked.has("which period", "whether"):
        return asked.has("where") and asked.has("rank")
    if asked.has("process") and not (changes or compares or asked.has("quantity", "rank")):
        return False
    if asked.has("why") and not changes and not asked.has("which period"):
        return False
    return bool(best.facts) or bool(best.missing_place)


def _left_over(plan: Plan) -> Refused | None:
    """A question about what the tables hold, but for a word or two: a place, a kind, a scope."""
    left = sorted(plan.reading.unexplained)
    certain = plan.reading.missing_words <= _LOOSE and len(left) <= _FEW
    tells_how = plan.asked.has("process") and not plan.asked.has("compare", "change")
    if not certain or tells_how or plan.asked.has("why", "who"):
        return None
    words = " ".join(plan.asked.words[n].text.removesuffix("'s") for n in left)
    if not words[:1].isupper() and not plan.asked.has("quantity", "share"):
        return None
    held = list(dict.fromkeys(f.observation.entity for f in plan.reading.facts))
    places = f" for {listed(held[:6])}" if any(held) else ""
    return Refused(
        f"The tables have {plan.reading.measure}{places}, but nothing on “{words}”.",
        _cited(plan.facts[:3]),
        _SURE * _NO_PLACE,
        (words, plan.reading.measure),
    )


def _plan(asked: Asked, found: Sequence[Reading], known: frozenset[str]) -> Plan:
    best = found[0]
    second = None
    if best.unexplained and not best.missing_place and _names_two_things(asked):
        second = _second(best, found)
    left = best.unexplained & second.unexplained if second else best.unexplained
    if left:
        second = None
        best = narrowed(asked, best, known)
    if second is None and _sets_side_by_side(asked, best):
        second = _whole_of(best, found)
    used = best.explained | (second.explained if second else frozenset())
    near = tuple(
        r for r in found[1:] if r.score >= best.score - NEARBY and not r.missing_place
    )  # fmt: skip
    return Plan(asked.without(used), best, near, second)


def _names_two_things(asked: Asked) -> bool:
    two = asked.has("share", "ratio", "compare", "difference", "sum", "mean", "which entity")
    return two or re.search(r"\b(?:and|or)\b", asked.question) is not None


def _second(best: Reading, found: Sequence[Reading]) -> Reading | None:
    """Another indicator that explains what the best reading leaves over."""
    helpful = [
        reading
        for reading in found[1:]
        if best.unexplained - reading.unexplained and not reading.missing_place
        and reading.measure != best.measure
        and reading.missing_words <= _LOOSE * len(best.unexplained - reading.unexplained)
    ]  # fmt: skip
    return min(
        helpful,
        key=lambda r: (len(best.unexplained & r.unexplained), -r.score, r.measure),
        default=None,
    )


def _is_certain(plan: Plan) -> bool:
    """Whether the question is surely about what the reading says, so that it may be refused."""
    reading = plan.reading
    left = reading.unexplained & plan.second.unexplained if plan.second else reading.unexplained
    return not left and reading.missing_words <= _CERTAIN and not reading.loose_place


def _sets_side_by_side(asked: Asked, best: Reading) -> bool:
    """Whether a part is asked for beside its whole: "the share of", or the same words twice."""
    left = asked.without(best.explained)
    if left.has("share", "ratio"):
        return True
    stems = [asked.words[n].stem for n in best.explained & asked.content]
    return left.has("compare", "difference", "sum") and len(stems) > len(set(stems))


def _whole_of(best: Reading, found: Sequence[Reading]) -> Reading | None:
    """The indicator that another is a part of: its name is all in the question too."""
    units = {f.observation.unit.base for f in best.facts}
    if units == {"percent"} or (best.named_place and len(best.places) > 1):
        return None
    wholes = [
        reading
        for reading in found
        if reading.measure != best.measure and reading.explained < best.explained
        and reading.missing_words <= _LOOSE and reading.facts
        and units & {f.observation.unit.base for f in reading.facts}
    ]  # fmt: skip
    return wholes[0] if wholes else None


def _confidence(plan: Plan) -> float:
    """How far the question's words are explained, and how surely by this reading alone."""
    reading = plan.reading
    left = reading.unexplained
    if plan.second is not None:
        left = left & plan.second.unexplained
    sure = _SURE * _PER_WORD ** len(left)
    if not reading.named_place:
        sure *= _NO_PLACE
    rivals = [reading.score - other.score for other in plan.others]
    doubts = (
        (_LOOSE_NAME, reading.missing_words >= 1),
        (_TIE, min(rivals, default=1.0) < _NEAR),
        (_TWO, plan.second is not None),
    )
    return max(
        sure * min((doubt for doubt, held in doubts if held), default=1.0), min(sure, _LEAST)
    )


def _refused(refusal: Refusal, confidence: float, lacking: tuple[str, ...] = ()) -> Refused:
    return Refused(refusal.reason, _cited(refusal.nearest), confidence, lacking)


def _computed(plan: Plan, result: Result, confidence: float) -> Computed:
    told = tuple(Told(_closed_up(text), _cited(facts)) for text, facts in result.said)
    computation = Computation(
        operation=result.operation,
        reading=_reading(plan, result),
        expression=result.expression,
        value=result.value,
        unit=result.unit,
        operands=tuple(fact.observation for fact in result.operands),
        series=tuple(fact.observation for fact in result.series),
    )
    rest = plan.asked.question if plan.asked.has("why") else ""
    points = plan.asked.frame.points
    year = points[0].year if len(points) == 1 else None
    lead = computation.operands[:1]
    known = (*lead, *(fact.observation for fact in plan.reading.facts))
    return Computed(
        told, computation, result.conflicts, confidence, rest, year, known, _doubts(plan)
    )


def _doubts(plan: Plan) -> Doubts:
    asked, reading = plan.asked, plan.reading
    explained = reading.explained | (plan.second.explained if plan.second else frozenset())
    left = sorted((asked.content | asked.weak) - explained)
    return Doubts(
        unsaid=tuple(asked.words[n].text for n in left),
        name_in_part=reading.missing_words,
        no_place=not reading.named_place,
    )


def _cited(facts: Sequence[Fact]) -> tuple[Cited, ...]:
    return tuple(dict.fromkeys((fact.passage, fact.observation) for fact in facts))


def _reading(plan: Plan, result: Result) -> str:
    """How the question was read: indicator, place, time and operation."""
    names = list(dict.fromkeys(measure_of(f.observation.indicator) for f in result.operands))
    places = list(dict.fromkeys(f.observation.entity for f in result.operands))
    times = _times(plan.asked.frame)
    parts = [
        " and ".join(names[:3]) or plan.reading.measure,
        ", ".join(filter(None, places[:3])) + (" and others" if len(places) > 3 else ""),
        times,
    ]
    operation = _IN_WORDS.get(result.operation, result.operation)
    return f"{', '.join(filter(None, parts))}: {operation}"


_IN_WORDS = {"argmax": "the highest", "argmin": "the lowest", "latest": "the latest figure",
             "earliest": "the earliest figure", "lookup": "the figure itself",
             "filter": "those that meet a condition", "compare": "comparison"}  # fmt: skip


def _times(frame: Frame) -> str:
    """The time asked for, in words."""
    if frame.count:
        return f"the last {frame.count} years"
    told = [str(period) for period in frame.points]
    if not frame.is_stretch or len(told) > 1:
        return (" to " if frame.is_stretch else " and ").join(told)
    if frame.first and frame.last:
        return " ".join(told)  # one period that is itself a stretch
    return f"since {told[0]}" if frame.last is None else f"until {frame.last:%Y}"


def _closed_up(text: str) -> str:
    """A sentence without the gaps that a part left: the time of what has no date."""
    return " ".join(text.split()).replace(" ,", ",").replace(" ;", ";")
