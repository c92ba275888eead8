"""Asks a chat model, unless it has failed again and again."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic

from innoqa.adapters.chat_model.breaker import Breaker
from innoqa.adapters.chat_model.failures import Failure, plain
from innoqa.adapters.chat_model.streaming import Line, ReplyFailed
from innoqa.errors import ChatModelError
from innoqa.prompts import Prompt

_GREETING = Prompt("Show that you can be reached.", ("Answer with one word: ready",))


@dataclass(frozen=True, slots=True)
class Tried:
    """What a model answered when it was tried, in a short line, and the seconds that it took."""

    text: str
    seconds: float


@dataclass(slots=True)
class ChatModel:
    """A ``composing.Writer``; threads may share it."""

    name: str
    place: str
    tokens: int
    seconds: float
    line: Line = field(repr=False)
    breaker: Breaker = field(default_factory=Breaker, repr=False)

    def write(self, prompt: Prompt, seconds: float) -> Generator[str]:
        """The reply in pieces, as they come; "" about each tenth of a second while none does.

        Closing it ends the request. Raises ChatModelError where there is no reply, or no more of
        it, within ``seconds``, and at once after failures in a row (see ``Breaker``).
        """
        if seconds <= 0:
            raise ChatModelError("was not asked: no time was left.")
        self.breaker.admit()
        yield from self._written(prompt, seconds)

    def try_it(self, seconds: float) -> Tried:
        """What the model answers to a greeting, asked even if it has failed again and again.

        Raises ChatModelError where there is no answer within ``seconds``.
        """
        since = monotonic()
        text = "".join(self._written(_GREETING, seconds))
        return Tried(plain(text), monotonic() - since)

    def _written(self, prompt: Prompt, seconds: float) -> Generator[str]:
        answers = False
        try:
            with closing(self.line.pieces(prompt, seconds)) as pieces:
                for piece in pieces:
                    answers = answers or bool(piece)
                    yield piece
        except ReplyFailed as failed:
            self._count(failed.failure)
            raise ChatModelError(failed.failure.why) from None
        except GeneratorExit:
            if answers:
                self.breaker.succeeded()
            else:
                self.breaker.left()
            raise
        self.breaker.succeeded()

    def _count(self, failure: Failure) -> None:
        if failure.is_its_own:
            self.breaker.failed(failure.why)
        else:
            self.breaker.succeeded()
