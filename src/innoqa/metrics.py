"""How good replies are, as pure functions over what was asked and what came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from innoqa.domain import Answer, Passage, Turn

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


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean (Efron 1979), resampling questions."""
    drawn = np.random.default_rng(0).choice(np.asarray(values, float), (RESAMPLES, len(values)))
    low, high = np.percentile(drawn.mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def _share(flags: "map[bool]") -> float:
    judged = list(flags)
    return sum(judged) / len(judged)


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").casefold().split())
