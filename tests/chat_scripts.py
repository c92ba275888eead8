"""What a scripted chat model is asked, and what it is to answer."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

_SOURCE = re.compile(r"^\[(\d+)(, computed)?\] (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """What a prompt shows under a number."""

    number: int
    heading: str
    text: str
    is_computed: bool


@dataclass
class Request:
    """A request for an answer: what was sent, when, and how the answer ended.

    ``ended`` is "" while it is written, then "done", "cut" (by the script) or "left" (by who
    asked).
    """

    path: str
    headers: dict[str, str]
    body: dict[str, object]
    is_streamed: bool
    at: float
    ended: str = ""

    @property
    def said(self) -> list[tuple[str, str]]:
        """(role, text) of every message."""
        return [(message["role"], _text(message["content"])) for message in self.body["messages"]]

    @property
    def asked(self) -> str:
        """The first message of the user: the sources and the question."""
        return next((text for role, text in self.said if role == "user"), "")

    @property
    def question(self) -> str:
        """What stands behind the last "Question:"."""
        return self.asked.rpartition("Question: ")[2].strip()

    @property
    def sources(self) -> list[Source]:
        """The numbered sources, as they look to a reader of the prompt."""
        shown = self.asked.partition("Sources:")[2].rpartition("Question: ")[0]
        heads = list(_SOURCE.finditer(shown))
        ends = [*(head.start() for head in heads[1:]), len(shown)][: len(heads)]
        return [
            Source(int(head[1]), head[3], shown[head.end() : end].strip(), bool(head[2]))
            for head, end in zip(heads, ends, strict=True)
        ]

    @property
    def is_complaint(self) -> bool:
        """Whether the model is told that an answer of it failed."""
        return sum(role == "user" for role, _ in self.said) > 1


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


@dataclass(frozen=True)
class Fault:
    """An error that is told in the middle of an answer."""

    message: str


@dataclass(frozen=True)
class Script:
    """What is answered.

    ``pieces``: text, bytes that are put on the wire as they are, or a Fault; they may be endless.
    ``before``, ``between``, ``after``: seconds before the first byte, behind each piece, and
    before the end. ``is_cut``: the connection is closed in place of an end. A ``status`` other
    than 200 is answered with an error of ``message`` and ``code`` alone, and ``headers``.
    """

    pieces: Iterable[str | bytes | Fault] = ()
    before: float = 0.0
    between: float = 0.0
    after: float = 0.0
    is_cut: bool = False
    finish: str = "stop"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "The server had an error"
    code: str = ""


Behaviour = Callable[[Request], Script]

LONG = 3600.0
"""As good as for ever: the server ends it when it closes."""


def says(*pieces: str | bytes | Fault, **script: object) -> Script:
    """A script of these pieces."""
    return Script(pieces, **script)


def always(script: Script) -> Behaviour:
    """The same whatever is asked."""
    return lambda _: script


def in_turn(*scripts: Script | Behaviour) -> Behaviour:
    """One after the other, then the last one again and again."""
    left = itertools.chain(scripts, itertools.repeat(scripts[-1]))

    def behave(request: Request) -> Script:
        one = next(left)
        return one if isinstance(one, Script) else one(request)

    return behave


def fails(status: int, **script: object) -> Behaviour:
    """An error in place of an answer."""
    return always(Script(status=status, **script))


def hangs(*pieces: str) -> Behaviour:
    """Says something, or nothing at all, and then no more."""
    return always(Script(pieces, after=LONG) if pieces else Script(before=LONG))


def drips(text: str, seconds: float) -> Behaviour:
    """Sign by sign."""
    return always(Script(tuple(text), between=seconds))


def endless(make: Callable[[int], str], seconds: float = 0.0) -> Behaviour:
    """Never ends: what is made for 0, 1, 2, ..."""

    def pieces() -> Iterator[str]:
        return map(make, itertools.count())

    return lambda _: Script(pieces(), between=seconds)


RATE_LIMITED = fails(
    429, message="Rate limit reached", code="rate_limit_exceeded", headers={"Retry-After": "1"}
)
UNAUTHORIZED = fails(401, message="Incorrect API key provided", code="invalid_api_key")
NO_SUCH_MODEL = fails(404, message="The model does not exist", code="model_not_found")
BROKEN = fails(500, message="The server had an error", code="server_error")
TOO_LONG = fails(
    400,
    message="This model's maximum context length is 2048 tokens. However, your messages resulted "
    "in 4096 tokens.",
    code="context_length_exceeded",
)
MALFORMED = always(says("The harbour ", b"data: {this is not JSON\n\n\xff\xfe{]\n"))
EMPTY = always(says())
