"""What a chat model writes for an answer, and what that takes."""

from dataclasses import dataclass, field, replace

from innoqa.composing import Composing, ModelComposer
from innoqa.domain import Answer, Turn
from innoqa.evaluation.records import ModelAnswer


@dataclass(slots=True)
class Spent:
    """What a chat model was asked for so far.

    ``asked`` counts the replies that it wrote, in so many ``seconds``, ``kept`` those that it had
    written in an earlier run.
    """

    asked: int = 0
    kept: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Attempts:
    """What a model writes for one answer, attempt by attempt, each as far as it came."""

    spent: Spent
    last: dict[int, Composing] = field(default_factory=dict)
    before: Spent = field(init=False)

    def __post_init__(self) -> None:
        self.before = replace(self.spent)

    def follow(self, now: Composing) -> bool:
        """Takes note; the writing goes on."""
        self.last[self.spent.asked + self.spent.kept] = now  # one reply more for each attempt
        return True

    def told(self, turn: Turn, model: ModelComposer | None) -> ModelAnswer | None:
        """What came of it, None where there was no model to ask, or nothing to ask it for."""
        if model is None or not isinstance(turn.reply, Answer):
            return None
        withheld = [one for attempt in self.last.values() for one in attempt.withheld]
        proved = sum(len(attempt.proved) for attempt in self.last.values())
        return {
            "composed": turn.composer == model.writer.name,
            "note": turn.note,
            "sentences": proved + len(withheld),
            "withheld": [{"text": one.text, "why": one.why} for one in withheld],
            "asked": self.spent.asked - self.before.asked,
            "kept": self.spent.kept - self.before.kept,
            "seconds": self.spent.seconds - self.before.seconds,
        }
