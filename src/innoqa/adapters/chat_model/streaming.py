"""A chat model's reply as it comes: asked in the thread of an event loop, read from any other.

An event loop can end a request wherever it hangs, in connecting, before the first byte or between
two; a thread that waits for a socket cannot be ended. All models share one loop and its thread.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cache
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any

from innoqa.adapters.chat_model.failures import (
    CutReply,
    EmptyReply,
    Failure,
    LongReply,
    Server,
    failure,
    too_slow,
)
from innoqa.adapters.chat_model.thinking import Aloud
from innoqa.prompts import Prompt

HEARTBEAT = 0.1
"""Seconds after which "" is told where nothing came."""

ATTEMPTS = 3
"""So often a question is asked, where what keeps it from being answered may pass."""

FIRST_WAIT, LONGEST_WAIT = 0.3, 8.0
"""Seconds before it is asked again: at first, and at most, where the server asks for no more."""

LONGEST = 100_000
"""After so many characters a reply is ended."""

_WHOLE = ("openai", "ollama", "anthropic")
"""Providers whose replies say that they are at an end."""

_NO_RULES = re.compile(r"system role|roles must alternate", re.IGNORECASE)
_CUT_SHORT = {"length", "max_tokens", "max_output_tokens", "incomplete"}


class ReplyFailed(Exception):
    """There is no reply, or no more of it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.why)
        self.failure = failure


@dataclass(slots=True)
class Line:
    """A chat model of LangChain, and how it is spoken to.

    What a model does not take, it is not given again: a temperature, rules beside the question.
    """

    chat: Any = field(repr=False)
    server: Server
    has_rules: bool = True

    def pieces(self, prompt: Prompt, seconds: float) -> Generator[str]:
        """The reply in pieces, "" after each ``HEARTBEAT`` without one. Raises ReplyFailed."""
        said: SimpleQueue[str | Failure | None] = SimpleQueue()
        until = monotonic() + seconds
        asked = asyncio.run_coroutine_threadsafe(self._ask(prompt, seconds, said.put), _loop())
        try:
            while (left := until - monotonic()) > 0:
                try:
                    piece = said.get(timeout=min(HEARTBEAT, left))
                except Empty:
                    piece = ""
                if piece is None:
                    return
                if isinstance(piece, Failure):
                    raise ReplyFailed(piece)
                yield piece
            raise ReplyFailed(Failure(too_slow(seconds)))
        finally:
            asked.cancel()

    async def _ask(
        self, prompt: Prompt, seconds: float, tell: Callable[[str | Failure | None], None]
    ) -> None:
        from langsmith import tracing_context

        try:
            with tracing_context(enabled=False):  # whatever the environment says
                await self._again_and_again(prompt, seconds, tell)
        except Exception as error:  # noqa: BLE001  # each client and server fails in its own way
            tell(failure(error, self.server))
        else:
            tell(None)

    async def _again_and_again(
        self, prompt: Prompt, seconds: float, tell: Callable[[str], None]
    ) -> None:
        import tenacity

        has_begun = False
        slower = tenacity.wait_exponential_jitter(
            multiplier=FIRST_WAIT, max=LONGEST_WAIT, jitter=FIRST_WAIT
        )

        def may_pass(error: BaseException) -> bool:
            return not has_begun and self._failure(error).may_pass

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return max(slower(state), self._failure(error).wait if error else 0.0)

        async for attempt in tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(may_pass),
            wait=wait,
            stop=tenacity.stop_after_attempt(ATTEMPTS) | tenacity.stop_before_delay(seconds),
            reraise=True,
        ):
            with attempt:
                async for text in self._conceding(prompt):
                    has_begun = True
                    tell(text)

    def _failure(self, error: BaseException) -> Failure:
        return failure(error, self.server) if isinstance(error, Exception) else Failure("")

    async def _conceding(self, prompt: Prompt) -> AsyncGenerator[str]:
        """The reply, to a question without what the model does not take."""
        has_begun = False
        while True:
            try:
                async with aclosing(self._texts(prompt)) as texts:
                    async for text in texts:
                        has_begun = True
                        yield text
            except Exception as error:
                if has_begun or not self._concedes(str(error)):
                    raise
            else:
                return

    def _concedes(self, refusal: str) -> bool:
        if "temperature" in refusal and getattr(self.chat, "temperature", None) is not None:
            self.chat = self.chat.model_copy(update={"temperature": None})
            return True
        if self.has_rules and _NO_RULES.search(refusal):
            self.has_rules = False
            return True
        return False

    async def _texts(self, prompt: Prompt) -> AsyncGenerator[str]:
        """The reply as text, without what the model only thinks."""
        aloud, finish, length, is_empty = Aloud(), "", 0, True
        async with aclosing(self.chat.astream(self._messages(prompt))) as chunks:
            async for chunk in chunks:
                finish = _finish(chunk.response_metadata) or finish
                length += len(chunk.text)
                if length > LONGEST:
                    raise LongReply
                if text := aloud.said(chunk.text):
                    is_empty = is_empty and not text.strip()
                    yield text
        if text := aloud.rest():
            is_empty = is_empty and not text.strip()
            yield text
        if finish in _CUT_SHORT:
            raise EmptyReply(": what it may write went into thinking") if is_empty else LongReply
        if not finish and self.server.provider in _WHOLE:
            raise CutReply
        if is_empty:
            raise EmptyReply

    def _messages(self, prompt: Prompt) -> list[tuple[str, str]]:
        said = list(prompt.said)
        if not self.has_rules:
            said[0] = f"{prompt.rules}\n\n{said[0]}"
        turns = [("human" if i % 2 == 0 else "ai", text) for i, text in enumerate(said)]
        return [("system", prompt.rules), *turns] if self.has_rules else turns


def _finish(told: dict[str, Any]) -> str:
    """How a reply ended, "" while it has not."""
    names = ("finish_reason", "done_reason", "stop_reason", "status", "done")
    return next((str(told[name]) for name in names if told.get(name)), "")


_starting = Lock()


def _loop() -> asyncio.AbstractEventLoop:
    with _starting:
        return _running()


@cache
def _running() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="chat models", daemon=True).start()
    return loop
