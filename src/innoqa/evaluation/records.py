"""The report of an evaluation, as the JSON object that ``report.json`` holds.

Every other form (terminal, Markdown, JUnit, HTML) and every comparison is made from it alone.
"""

from typing import Literal, NotRequired, TypedDict

SCHEMA_VERSION = 1
"""Raised whenever a reader of older reports would misread a newer one."""


class Figure(TypedDict):
    """A figure over so many questions with its 95 % interval."""

    value: float
    low: float
    high: float
    questions: int


class Measure(TypedDict):
    """What a measure is, in a line, and whether "more" or "less" of it is better."""

    definition: str
    better: Literal["more", "less"]


class Gold(TypedDict):
    """Words of the corpus that answer; golds of the same ``fact`` are alternatives."""

    source: str
    quote: str
    fact: int


class Evidence(TypedDict):
    """A citation: the words at start:end of a document, and the facts that they state."""

    marker: int
    source: str
    title: str
    quote: str
    start: int
    end: int
    facts: list[int]


class Unproved(TypedDict):
    """A sentence that a chat model wrote and its sources do not support, and why."""

    text: str
    why: str


class ModelAnswer(TypedDict):
    """What came of asking a chat model to put an answer into words.

    ``composed`` tells whether its words are given; ``note`` what went otherwise than wanted.
    ``sentences`` counts those that it wrote, in every attempt, ``withheld`` are those of them that
    are not proved. ``asked`` counts the replies that it wrote in this run, in so many ``seconds``,
    ``kept`` those that it had written in an earlier one.
    """

    composed: bool
    note: str
    sentences: int
    withheld: list[Unproved]
    asked: int
    kept: int
    seconds: float


class Question(TypedDict):
    """A question with the best reply to it, however unsure.

    The reply is given where ``answered``; otherwise ``text`` and ``evidence`` are of the answer
    that was held back, or ``text`` says why there is none. ``best_right`` tells whether the best
    answer is right, given or not; null where there is none. ``values`` are those of the measures
    that the question has a value of. ``model`` is there where a chat model was asked.
    """

    id: str
    kind: str
    split: str
    question: str
    history: list[str]
    answerable: bool
    why: str
    draft: bool
    must: list[str]
    gold: list[Gold]
    verdict: str
    answered: bool
    best_right: bool | None
    confidence: float
    text: str
    evidence: list[Evidence]
    values: dict[str, float]
    elapsed_ms: float
    model: NotRequired[ModelAnswer]


class Kind(TypedDict):
    """The questions of a kind: how many, how many of each verdict, and the figures."""

    questions: int
    verdicts: dict[str, int]
    figures: dict[str, Figure]


class Point(TypedDict):
    """Giving the answers at least this sure covers a share of the questions, at a risk."""

    confidence: float
    coverage: float
    risk: float


class Bin(TypedDict):
    """The answers with a confidence in [low, high): its mean, and the share that is right."""

    low: float
    high: float
    questions: int
    confidence: float
    right: float


class Confidence(TypedDict):
    """What confidence is worth over so many questions, ``answered`` of which have an answer."""

    questions: int
    answered: int
    figures: dict[str, Figure]
    curve: list[Point]
    bins: list[Bin]


class Group(TypedDict):
    """The figures of some questions: by kind (and ``all``), of confidence, and of latency.

    ``confidence`` is over all questions (``all``) and over those that are ``answerable``;
    ``latency_ms`` has ``p50`` and ``p95``.
    """

    questions: int
    kinds: dict[str, Kind]
    confidence: dict[str, Confidence]
    latency_ms: dict[str, Figure]


class Difference(TypedDict):
    """A measure before and after over the same questions; low and high are of ``difference``.

    ``p`` is the p value of a paired permutation test, ``p_holm`` that adjusted for all tests.
    """

    before: float
    after: float
    difference: float
    low: float
    high: float
    questions: int
    p: NotRequired[float]
    p_holm: NotRequired[float]


class Ablation(TypedDict):
    """The assistant with a part left out: its figures, and what they are to it as shipped."""

    name: str
    definition: str
    figures: dict[str, Figure]
    differences: dict[str, Difference]


class IndicatorQuestion(TypedDict):
    """An indicator question, what was expected and got, and its verdict."""

    id: str
    operation: str
    question: str
    verdict: str
    expected: str
    got: str
    text: str
    cells: list[str]
    elapsed_ms: float
    model: NotRequired[ModelAnswer]


class Indicators(TypedDict):
    """A set of indicator questions: shares exact, wrong and refused by operation (and ``all``)."""

    name: str
    figures: dict[str, dict[str, Figure]]
    latency_ms: dict[str, Figure]
    questions: list[IndicatorQuestion]


class Threshold(TypedDict):
    """A bound that a question file sets to a figure over its questions; null where it has none."""

    set: str
    measure: str
    bound: float
    value: float | None
    met: bool


class Change(TypedDict):
    """A question whose verdict changed."""

    id: str
    kind: str
    question: str
    before: str
    after: str


class Side(TypedDict):
    """One of two reports that are compared."""

    date: str
    index: str


class Comparison(TypedDict):
    """Two reports over the ``questions`` that both asked.

    ``worse`` and ``better`` list the questions whose verdict changed; ``only_before`` and
    ``only_after`` the ids that one of them lacks or asked otherwise. ``regressions`` say which
    figure got worse beyond noise.
    """

    before: Side
    after: Side
    questions: int
    only_before: list[str]
    only_after: list[str]
    worse: list[Change]
    better: list[Change]
    differences: dict[str, Difference]
    regressions: list[str]


class Index(TypedDict):
    """The index that was asked: the name of its published generation, and the corpus's title."""

    name: str
    title: str


class Settings(TypedDict):
    """How the questions were asked, and how the intervals were made.

    ``risk`` is the accepted share of wrong answers that ``least_confidence`` was set for.
    """

    risk: NotRequired[float]
    least_confidence: float
    sources: int
    question_files: list[str]
    splits: list[str]
    resamples: int


class ModelCounts(TypedDict):
    """What a chat model made of so many ``answers`` that it was asked for.

    ``composed`` is the share that it put into words, ``fell_back`` counts the others by the reason,
    ``noted`` those that it did put into words by what went otherwise than wanted. ``withheld``
    counts unproved ones of so many ``sentences``, ``faults`` the sentences with each kind of fault
    (one may have several). ``kept`` of its ``replies`` were kept from an earlier run; ``seconds``
    (``p50`` and ``p95`` of an answer) are of the answers that had none of these, {} without any,
    and ``seconds_in_all`` is what the replies of this run took together.
    """

    answers: int
    composed: Figure
    fell_back: dict[str, int]
    noted: dict[str, int]
    sentences: int
    withheld: int
    faults: dict[str, int]
    replies: int
    kept: int
    seconds: dict[str, Figure]
    seconds_in_all: float


class ModelRun(TypedDict):
    """The same questions, asked of the same assistant with a chat model.

    ``place`` is where the model runs, "" for the machine that asked. ``counts`` are "all", each
    split, and each set of indicator questions, as far as the model was asked. ``comparisons`` are
    of "all" and each split: without the model before, with it after. ``latency_ms`` of ``groups``
    and ``indicators`` is {} where some replies were kept from an earlier run.
    """

    name: str
    place: str
    counts: dict[str, ModelCounts]
    comparisons: dict[str, Comparison]
    groups: dict[str, Group]
    questions: list[Question]
    indicators: list[Indicators]
    thresholds: list[Threshold]
    failures: list[str]


class EvalReport(TypedDict):
    """All of an evaluation. ``groups`` are "all" and each split; ``failures`` what is not met.

    ``model`` is there where the questions were asked with a chat model too; all else is without.
    """

    schema_version: int
    date: str
    index: Index
    settings: Settings
    measures: dict[str, Measure]
    groups: dict[str, Group]
    questions: list[Question]
    indicators: list[Indicators]
    ablations: list[Ablation]
    thresholds: list[Threshold]
    failures: list[str]
    warnings: list[str]
    comparison: Comparison | None
    model: NotRequired[ModelRun]
