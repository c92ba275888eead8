"""An assistant whose replies are prepared, questions to ask it, and what came of asking."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from innoqa import evaluation
from innoqa.adapters.ir_metrics import per_query
from innoqa.composing import Follow, go_on
from innoqa.domain import (
    Abstention,
    Answer,
    Citation,
    Conversation,
    Hit,
    Message,
    Passage,
    Query,
    Reply,
    Sentence,
    Statement,
    Turn,
)
from innoqa.errors import QuestionError
from innoqa.evaluation import QuestionSet
from innoqa.evaluation.records import EvalReport
from innoqa.metrics import EvalQuestion, Gold

TEXT = "Ada sailed in 1954. Ina rowed in 1955. The ferry was red."
SPOTS = {"ada": (0, 19), "ina": (20, 38), "red": (39, 57)}


def passage(name: str) -> Passage:
    start, end = SPOTS[name]
    words = TEXT[start:end]
    sentences = (Sentence(start, end, words),)
    return Passage(name, "d", "d.md", "Ferry", (), words, start, end, sentences)


NEW = Conversation()


def answer(confidence: float, *names: str, text: str = "") -> Answer:
    """A statement for each passage, in its words or in others."""
    statements = []
    for number, name in enumerate(names, start=1):
        found = passage(name)
        citation = Citation(number, found, found.text, found.start, found.end)
        statements.append(Statement(text or found.text, (citation,)))
    return Answer(tuple(statements), confidence)


def abstention(confidence: float = 0.0) -> Abstention:
    return Abstention("Nothing.", (), (), confidence)


def gold(name: str, fact: int = 1) -> Gold:
    start, end = SPOTS[name]
    return Gold("d.md", TEXT[start:end], fact)


def silent(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Prepared:
    """An assistant whose best replies are prepared: question -> (reply, passages found)."""

    replies: dict[str, tuple[Reply, tuple[str, ...]]]
    least_confidence: float = 0.5
    sources: int = 10
    model: None = None

    def conversation(self, messages: Iterable[Message]) -> Conversation:
        return Conversation(tuple(self.answer(text) for _, text in messages))

    def answer(
        self,
        question: str,
        conversation: Conversation = NEW,
        *,
        follow: Follow = go_on,  # noqa: ARG002 - as the real one has it
    ) -> Turn:
        question = " ".join((*(turn.question for turn in conversation.turns), question))
        if question not in self.replies:
            raise QuestionError("The question is empty.")
        reply, names = self.replies[question]
        if isinstance(reply, Answer) and reply.confidence < self.least_confidence:
            reply = abstention(reply.confidence)
        hits = tuple(Hit(passage(name), 1.0, (1.0,), 0.5) for name in names)
        return Turn(question, Query(question), hits, reply, "extractive", 20.0)

    def texts(self) -> dict[str, str]:
        return {"d.md": TEXT}

    @contextmanager
    def open_index(self) -> Iterator[Any]:
        yield SimpleNamespace(name="abc-1", corpus=SimpleNamespace(title="Ferries"))


def question(name: str, *must: str, golds: tuple[Gold, ...] = (), **more: Any) -> EvalQuestion:
    given = {"kind": "fact", "answerable": bool(must or golds)} | more
    return EvalQuestion(id=name, question=f"{name}?", must=must, golds=golds, **given)


QUESTIONS = (
    question("sure", "Ada", golds=(gold("ada"),)),
    question("unsure", "Ada", golds=(gold("ada"),)),
    question("wrong", "Ina", golds=(gold("ina"),)),
    question("both", "1954", "1955", golds=(gold("ada"), gold("ina", 2)), kind="indicator"),
    question("silent", "red", golds=(gold("red"),), kind="why"),
    question("nothing", kind="near-miss", why="nobody says"),
    question("refused", kind="hostile"),
    question("invented", kind="near-miss", split="test"),
)
REPLIES: dict[str, tuple[Reply, tuple[str, ...]]] = {
    "sure?": (answer(0.9, "ada"), ("ada", "ina")),
    "unsure?": (answer(0.3, "ada"), ("red", "ada")),
    "wrong?": (answer(0.6, "ada", "red"), ("red", "ada")),
    "both?": (answer(0.8, "ada", "red", "ina"), ("ina", "ada")),
    "silent?": (abstention(), ()),
    "nothing?": (answer(0.4, "red"), ("red",)),
    "invented?": (answer(0.7, "red"), ("red",)),
}
ASSISTANT: Any = Prepared(REPLIES)


def evaluated(
    *questions: EvalQuestion, assistant: Any = ASSISTANT, **thresholds: float
) -> EvalReport:
    sets = [QuestionSet("set.yaml", questions or QUESTIONS, thresholds)]
    return evaluation.evaluate(assistant, sets, per_query, silent)
