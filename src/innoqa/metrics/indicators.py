"""Questions about numbers, and what a reply to one is worth."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from innoqa.domain import Abstention, Answer, Computation, Reply, Turn, Unit
from innoqa.quantities import comparable, converted, mentions, read_unit

IndicatorVerdict = Literal[
    "exact", "wrong number", "wrongly answered", "incomplete", "not computed", "refused"
]
"""What a reply to an indicator question is worth.

"exact": the expected result, or a refusal where one is due. "wrong number": another result.
"wrongly answered": an answer where a refusal is due, or a computation where none was asked for.
"incomplete": the expected result without all sides of a conflict, points of a series, words or
text that belong to it. "not computed": an answer in the words of the documents. "refused": a
refusal where there is an answer.
"""

WRONG: frozenset[IndicatorVerdict] = frozenset({"wrong number", "wrongly answered"})


@dataclass(frozen=True, slots=True)
class Expected:
    """One right result: numbers within ``tolerance`` of a unit, or names.

    ``units`` are names of one unit, the first the one that the numbers are in; ("",) is a plain
    count, whatever its unit is called. A name gives alternatives by ``|``.
    """

    values: tuple[Decimal, ...] = ()
    units: tuple[str, ...] = ("",)
    tolerance: Decimal = Decimal(0)
    names: tuple[str, ...] = ()
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class IndicatorQuestion:
    """A question about numbers, with what its answer must come to.

    Any of ``expected`` is right; each number of ``shown`` must stand somewhere in the reply, and
    each of ``must`` in its words (alternatives by ``|``). ``refuse`` says why no answer can be
    right, "" where one can. ``computed`` is False where nothing is to be computed, ``prose`` True
    where a text is to be cited as well. ``cells`` name the cells that the answer stands on.
    """

    id: str
    operation: str
    question: str
    expected: tuple[Expected, ...] = ()
    shown: Expected = Expected()
    must: tuple[str, ...] = ()
    refuse: str = ""
    computed: bool = True
    prose: bool = False
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorSet:
    """Questions about numbers. ``thresholds`` are the least share that is to be exact and the
    greatest that may be wrong; ``documents`` is the folder to ask, None for the published index.
    """

    name: str
    questions: tuple[IndicatorQuestion, ...]
    thresholds: Mapping[str, float]
    documents: str | None = None


@dataclass(frozen=True, slots=True)
class IndicatorOutcome:
    """One indicator question with its reply, judged; ``got`` is what was computed, in words."""

    question: IndicatorQuestion
    verdict: IndicatorVerdict
    got: str
    text: str
    elapsed_ms: float


def judge_indicator(question: IndicatorQuestion, turn: Turn) -> IndicatorOutcome:
    """Hold a turn against an indicator question."""
    return IndicatorOutcome(
        question, verdict(question, turn.reply), _got(turn.reply), turn.reply.text, turn.elapsed_ms
    )


def verdict(question: IndicatorQuestion, reply: Reply) -> IndicatorVerdict:
    """What the reply is worth; see ``IndicatorVerdict``."""
    computation = reply.computation if isinstance(reply, Answer) else None
    if question.refuse:
        declined = computation is not None and computation.value is None
        return "exact" if isinstance(reply, Abstention) or declined else "wrongly answered"
    if isinstance(reply, Abstention):
        return "refused"
    if not question.computed:
        if computation is not None:
            return "wrongly answered"
        return "exact" if _says(question, reply) else "incomplete"
    if computation is None:
        return "not computed"
    return _computed(question, reply, computation)


def _computed(
    question: IndicatorQuestion, reply: Answer, computation: Computation
) -> IndicatorVerdict:
    shown = _shown(question.shown, reply)
    if question.expected:
        if computation.value is None:
            return "refused"
        right = _is_right(question, computation)
    else:
        right = any(shown)
    if not right:
        return "wrong number"
    cited = not question.prose or any(c.passage.cell is None for c in reply.citations)
    return "exact" if all(shown) and cited and _says(question, reply) else "incomplete"


def _is_right(question: IndicatorQuestion, computation: Computation) -> bool:
    results = _results(computation)
    if any(_is(results, computation.unit, one) for one in question.expected):
        return True
    # The sides of a conflict may all be given as the value.
    sides = len(results) > 1 and bool(question.shown.values)
    return sides and all(
        any(_is((result,), computation.unit, one) for one in question.expected)
        for result in results
    )


def _results(computation: Computation) -> tuple[Decimal | str, ...]:
    value = computation.value
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _is(results: tuple[Decimal | str, ...], unit: Unit, expected: Expected) -> bool:
    wanted: Sequence[Decimal | str] = expected.names or expected.values
    if len(results) != len(wanted):
        return False
    if expected.names and not expected.ordered:
        return all(any(_names(str(result), name) for result in results) for name in expected.names)
    if expected.names:
        return all(map(_names, map(str, results), expected.names))
    return all(
        isinstance(result, Decimal) and _equals(result, unit, value, expected)
        for result, value in zip(results, expected.values, strict=True)
    )


def _equals(result: Decimal, unit: Unit, value: Decimal, expected: Expected) -> bool:
    if expected.units == ("",):
        numbers = [result, result * unit.scale]
    else:
        units = map(read_unit, expected.units)
        numbers = [converted(result, unit, to) for to in units if comparable(unit, to)]
    return any(abs(number - value) <= expected.tolerance for number in numbers)


def _names(result: str, name: str) -> bool:
    """Whether a result names a place or a year in one of its forms, as words of their own."""
    said = _plain(result)
    forms = (re.escape(_plain(form)) for form in name.split("|"))
    return any(re.search(rf"(?<![^\W_]){form}(?![^\W_])", said) for form in forms)


def _shown(shown: Expected, reply: Answer) -> list[bool]:
    """Of each number that is to be shown, whether it stands in the cells or the words."""
    cells = list(_cells(reply))
    words = [number for text in _texts(reply) for number in _mentioned(text)]
    return [
        any(_equals(number, unit, value, shown) for number, unit in cells)
        or any(
            # In a series the unit may be said once and not with each number.
            number == value or _equals(number, unit, value, shown)
            for number, unit in words
        )
        for value in shown.values
    ]


def _cells(reply: Answer) -> Iterator[tuple[Decimal, Unit]]:
    computation = reply.computation
    observations = [o for conflict in reply.conflicts for o in conflict.observations]
    if computation is not None:
        observations += [*computation.operands, *computation.series]
        for result in _results(computation):
            if isinstance(result, Decimal):
                yield result, computation.unit
    for observation in observations:
        for number in (observation.value, observation.upper):
            if number is not None:
                yield number, observation.unit


def _mentioned(text: str) -> Iterator[tuple[Decimal, Unit]]:
    for mention in mentions(text):
        for number in (mention.quantity.value, mention.quantity.upper):
            if number is not None:
                yield number, mention.quantity.unit


def _texts(reply: Answer) -> list[str]:
    statements = [statement.text for statement in reply.statements]
    return [*statements, *(f"{conflict.what}. {conflict.why}" for conflict in reply.conflicts)]


def _says(question: IndicatorQuestion, reply: Answer) -> bool:
    text = " ".join(_texts(reply))
    return all(_names(text, must) for must in question.must)


def _got(reply: Reply) -> str:
    if isinstance(reply, Abstention):
        return f"refused: {reply.reason}"
    if reply.computation is None:
        return "not computed"
    computation = reply.computation
    results = ", ".join(map(str, _results(computation))) or "no value"
    return f"{computation.operation}: {results} {computation.unit}".strip()


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").casefold().split())
