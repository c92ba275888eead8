"""Questions with gold quotes, and what a reply to one is worth."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from innoqa.domain import Answer, Passage, Reply, Statement, Turn

KINDS = (
    *("fact", "definition", "list", "why", "case-study", "paraphrase", "indicator", "conflict"),
    *("follow-up", "spelling", "near-miss", "false-premise", "out-of-scope", "opinion", "hostile"),
)
"""What kinds of questions there are; eval/README.md says what each asks."""

NUMERIC_KINDS = frozenset({"indicator", "conflict"})
SPLITS = ("dev", "test")
"""What the assistant may be tuned on, and what only measures it."""


@dataclass(frozen=True, slots=True)
class Gold:
    """Words of the corpus that answer a question. Golds of the same ``fact`` are alternatives."""

    source: str
    quote: str
    fact: int


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """A question with what its answer must contain; ``must`` entries give alternatives by ``|``.

    ``history`` holds the user's earlier questions, oldest first. ``why`` says why nothing answers.
    A ``draft`` was made by a machine and read by nobody yet.
    """

    id: str
    kind: str
    question: str
    must: tuple[str, ...]
    golds: tuple[Gold, ...]
    answerable: bool
    split: str = "dev"
    history: tuple[str, ...] = ()
    why: str = ""
    draft: bool = False

    @property
    def facts(self) -> frozenset[int]:
        """The different facts that a full answer states."""
        return frozenset(gold.fact for gold in self.golds)


Verdict = Literal["right", "wrong", "abstained", "rightly abstained", "wrongly answered"]
"""What a reply is worth: the first three where the corpus answers, the others where it does not.

"right" is an answer that contains every ``must`` (or, where there is none, cites a gold quote),
"wrong" any other answer, "abstained" none. Where nothing answers, every answer is
"wrongly answered".
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question with the best reply to it, however unsure, judged.

    ``answered`` tells whether the reply is an answer that is sure enough to be given; ``fits``
    whether it is a right answer, given or not. ``retrieved`` are the facts that each passage drawn
    on holds, best first, ``cited`` those that each citation lies on, by its place in
    ``reply.citations``. ``stated`` tells of each statement whether one of its citations lies on a
    gold quote; ``exact`` whether all numbers asked for stand in such statements, None where no
    number is asked for.
    """

    question: EvalQuestion
    reply: Reply
    answered: bool
    fits: bool
    retrieved: tuple[frozenset[int], ...]
    cited: tuple[frozenset[int], ...]
    stated: tuple[bool, ...]
    exact: bool | None
    elapsed_ms: float

    @property
    def verdict(self) -> Verdict:
        """What the reply is worth as it is given."""
        if not self.question.answerable:
            return "wrongly answered" if self.answered else "rightly abstained"
        if not self.answered:
            return "abstained"
        return "right" if self.fits else "wrong"


Spans = Mapping[tuple[str, str], tuple[int, int]]
"""(source, quote) -> where the quote stands in the document's text."""


def judge(question: EvalQuestion, turn: Turn, spans: Spans, least_confidence: float) -> Outcome:
    """Hold the best reply to a question against it; it is given from ``least_confidence`` on."""
    reply = turn.reply
    citations = reply.citations if isinstance(reply, Answer) else ()
    statements = reply.statements if isinstance(reply, Answer) else ()
    cited = {c.marker: supports(question, c.passage, c.start, c.end, spans) for c in citations}
    stated = tuple(any(cited[c.marker] for c in one.citations) for one in statements)
    return Outcome(
        question=question,
        reply=reply,
        answered=isinstance(reply, Answer) and reply.confidence >= least_confidence,
        fits=isinstance(reply, Answer) and _fits(question, reply, any(stated)),
        retrieved=tuple(
            supports(question, hit.passage, hit.passage.start, hit.passage.end, spans)
            for hit in turn.hits
        ),
        cited=tuple(cited[c.marker] for c in citations),
        stated=stated,
        exact=_exact(
            question, [s for s, on_gold in zip(statements, stated, strict=True) if on_gold]
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


def contains(text: str, must: str) -> bool:
    """Whether a text contains one of the alternatives, none of its numbers as part of another.

    Case, typographic apostrophes and separators of thousands make no difference.

    >>> contains("It has 1,200 firms.", "12|1200"), contains("It has 1,200 firms.", "12|200")
    (True, False)
    """
    plain = _plain(text)
    return any(_stands(_plain(choice), plain) for choice in must.split("|"))


def _fits(question: EvalQuestion, answer: Answer, cites_gold: bool) -> bool:
    if not question.answerable:
        return False
    if not question.must:
        return cites_gold
    return all(contains(answer.text, must) for must in question.must)


def _exact(question: EvalQuestion, statements: list[Statement]) -> bool | None:
    numbers = [must for must in question.must if re.search(r"\d", must)]
    if question.kind not in NUMERIC_KINDS or not numbers:
        return None
    return all(any(contains(s.text, number) for s in statements) for number in numbers)


def _stands(choice: str, text: str) -> bool:
    before = r"(?<!\d)(?<!\d[.,])" if choice[:1].isdigit() else ""
    after = r"(?!\d)(?![.,]\d)" if choice[-1:].isdigit() else ""
    return re.search(before + re.escape(choice) + after, text) is not None


def _plain(text: str) -> str:
    without_separators = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return " ".join(without_separators.replace("’", "'").casefold().split())
