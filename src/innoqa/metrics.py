"""How good replies are, as pure functions over what was asked and what came back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Literal

import numpy as np

from innoqa.domain import Abstention, Answer, Computation, Passage, Reply, Turn, Unit
from innoqa.quantities import comparable, converted, mentions, read_unit

RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Gold:
    """Words of the corpus that answer a question. Golds of the same ``fact`` are alternatives."""

    source: str
    quote: str
    fact: int


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """A question with what its answer must contain; ``must`` entries give alternatives by ``|``."""

    id: str
    kind: str
    question: str
    must: tuple[str, ...]
    golds: tuple[Gold, ...]
    answerable: bool

    @property
    def facts(self) -> frozenset[int]:
        """The different facts that a full answer states."""
        return frozenset(gold.fact for gold in self.golds)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question with its reply, judged. Citation figures are None where none can be had."""

    question: EvalQuestion
    text: str
    retrieved: tuple[frozenset[int], ...]
    correct: bool
    citation_precision: float | None
    citation_recall: float | None
    elapsed_ms: float


Verdict = Literal[
    "exact", "wrong number", "wrongly answered", "incomplete", "not computed", "refused"
]
"""What a reply to an indicator question is worth.

"exact": the expected result, or a refusal where one is due. "wrong number": another result.
"wrongly answered": an answer where a refusal is due, or a computation where none was asked for.
"incomplete": the expected result without all sides of a conflict, points of a series, words or
text that belong to it. "not computed": an answer in the words of the documents. "refused": a
refusal where there is an answer.
"""

WRONG: frozenset[Verdict] = frozenset({"wrong number", "wrongly answered"})


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
    verdict: Verdict
    got: str
    text: str
    elapsed_ms: float


Spans = Mapping[tuple[str, str], tuple[int, int]]
"""(source, quote) -> where the quote stands in the document's text."""


def judge(question: EvalQuestion, turn: Turn, spans: Spans) -> Outcome:
    """Hold a turn against its question.

    Correct is an answer that contains every ``must``, or an abstention where nothing answers.
    Citation precision is the share of citations that lie on a gold quote, citation recall the
    share of facts that some citation lies on.
    """
    reply = turn.reply
    citations = reply.citations if isinstance(reply, Answer) else ()
    cited = [supports(question, c.passage, c.start, c.end, spans) for c in citations]
    if question.answerable:
        correct = isinstance(reply, Answer) and all(
            any(_plain(choice) in _plain(reply.text) for choice in must.split("|"))
            for must in question.must
        )
    else:
        correct = not isinstance(reply, Answer)
    return Outcome(
        question=question,
        text=reply.text,
        retrieved=tuple(
            supports(question, hit.passage, hit.passage.start, hit.passage.end, spans)
            for hit in turn.hits
        ),
        correct=correct,
        citation_precision=_share(map(bool, cited)) if question.answerable and cited else None,
        citation_recall=(
            len(frozenset().union(*cited)) / len(question.facts) if question.facts else None
        ),
        elapsed_ms=turn.elapsed_ms,
    )


def supports(
    question: EvalQuestion, passage: Passage, start: int, end: int, spans: Spans
) -> frozenset[int]:
    """The facts of a question that a span of a passage's document states."""
    found = set()
    for gold in question.golds:
        span = spans.get((gold.source, gold.quote))
        if gold.source == passage.source and span and span[0] < end and start < span[1]:
            found.add(gold.fact)
    return frozenset(found)


def judge_indicator(question: IndicatorQuestion, turn: Turn) -> IndicatorOutcome:
    """Hold a turn against an indicator question."""
    return IndicatorOutcome(
        question, verdict(question, turn.reply), _got(turn.reply), turn.reply.text, turn.elapsed_ms
    )


def verdict(question: IndicatorQuestion, reply: Reply) -> Verdict:
    """What the reply is worth; see ``Verdict``."""
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


def _computed(question: IndicatorQuestion, reply: Answer, computation: Computation) -> Verdict:
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


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean (Efron 1979), resampling questions."""
    drawn = np.random.default_rng(0).choice(np.asarray(values, float), (RESAMPLES, len(values)))
    low, high = np.percentile(drawn.mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def share_interval(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which tells something even of none or all."""
    z = 1.959964
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _share(flags: "map[bool]") -> float:
    judged = list(flags)
    return sum(judged) / len(judged)


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").casefold().split())
