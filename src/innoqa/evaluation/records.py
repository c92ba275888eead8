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


class Question(TypedDict):
    """A question with the best reply to it, however unsure.

    The reply is given where ``answered``; otherwise ``text`` and ``evidence`` are of the answer
    that was held back, or ``text`` says why there is none. ``best_right`` tells whether the best
    answer is right, given or not; null where there is none. ``values`` are those of the measures
    that the question has a value of.
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


class EvalReport(TypedDict):
    """All of an evaluation. ``groups`` are "all" and each split; ``failures`` what is not met."""

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
