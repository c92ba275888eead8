"""What went wrong with a chat model, in words that go on after its name, and whether it may pass.

The makers of the clients name their errors alike, whether they use httpx or httpx2; so the errors
are told apart by their names, their HTTP status and the errors of the system that caused them.
"""

import os
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time

LONGEST = 160
"""As much of what a server says is told."""

_READ = 10_000
_DAY = 86_400.0
_MOST_CAUSES = 20
_TOO_LONG = re.compile(
    r"context.{0,40}(length|size|window|overflow)|too long|too large|too many tokens"
    r"|maximum.{0,40}tokens|tokens.{0,40}must be <=",
    re.IGNORECASE | re.DOTALL,
)
_SECRET_NAME = re.compile(r"KEY|TOKEN(?!S|IZ)|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
_KEY = re.compile(r"\b(?:sk|pk|lsv2|gsk|xai|hf|key|Bearer)[-_ ][\w*.\-]{6,}", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")
_UNPRINTABLE = re.compile(r"[^\S ]+|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Server:
    """Where a model is asked: what its failures are told with.

    ``address`` is scheme, host and port, "" if not known; ``key`` the variable that its key is in,
    "" if it has none of its own.
    """

    provider: str
    model: str
    address: str
    key: str
    tokens: int

    @property
    def at(self) -> str:
        """Where, as the end of a phrase."""
        return f" at {self.address}" if self.address else ""


@dataclass(frozen=True, slots=True)
class Failure:
    """What is told of a failure.

    ``may_pass``: asked again, the model may answer; not before ``wait`` seconds. ``is_its_own``:
    it says something of the model or its server, not of this question alone.
    """

    why: str
    may_pass: bool = False
    wait: float = 0.0
    is_its_own: bool = True


class EmptyReply(Exception):
    """A reply came to its end without a word of text; the message says why, if that is known."""


class CutReply(Exception):
    """A reply ended without its end."""


class LongReply(Exception):
    """A reply was ended by the limit of its length."""


def too_slow(seconds: float) -> str:
    """That the time is over."""
    time = f"{seconds:.0f}" if seconds >= 1 else f"{seconds:.1f}"
    return (
        f"had not finished after {time} s; a smaller model is faster, and INNOQA_MODEL_SECONDS "
        "gives it more time."
    )


def failure(error: Exception, server: Server) -> Failure:
    """What is told of an error."""
    causes = list(_causes(error))
    for cause in causes:
        status = getattr(cause, "status_code", None)
        if status is None:
            status = getattr(getattr(cause, "response", None), "status_code", None)
        if isinstance(status, int) and status >= 300:
            return _of_status(status, cause, server)
    return _of_reply(error, server) or _of_network(causes, server) or _of_stream(causes, server)


def plain(text: str, limit: int = LONGEST) -> str:
    """What a server said, in one line of at most ``limit`` characters and without keys."""
    for name, value in os.environ.items():
        if len(value) >= 6 and _SECRET_NAME.search(name):
            text = text.replace(value, "…")
    text = _UNPRINTABLE.sub(" ", _MARKUP.sub(" ", _KEY.sub("…", text[:_READ])))
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[:limit]}…"


def _causes(error: BaseException) -> Iterator[BaseException]:
    left, seen = [error], 0
    while left and seen < _MOST_CAUSES:
        one = left.pop(0)
        seen += 1
        yield one
        if isinstance(one, BaseExceptionGroup):
            left += one.exceptions
        cause = one.__cause__ or one.__context__
        if cause is not None:
            left.append(cause)


def _of_status(status: int, error: BaseException, server: Server) -> Failure:
    said = _said(error)
    if status == 429:
        return _busy(said, _retry_after(error), server)
    if status == 413 or (status <= 500 and _TOO_LONG.search(said)):
        return Failure(_too_long(server), is_its_own=False)
    if status in (401, 403):
        return Failure(_of_key(status, server))
    if status == 404:
        return Failure(_not_there(said, server))
    if status < 400:
        why = f"has moved: its server{server.at} sends questions on to another address"
        return Failure(f"{why} (HTTP {status}); set INNOQA_MODEL_URL to that one.")
    what = "fails on its server" if status >= 500 else "does not take the question"
    why = f"{what}{server.at} (HTTP {status}): {said or 'no reason is given'}."
    return Failure(why, may_pass=status >= 500, wait=_retry_after(error))


def _too_long(server: Server) -> str:
    less = f"set INNOQA_MODEL_TOKENS to less than {server.tokens}"
    return f"cannot read so much at once; {less}."


def _of_key(status: int, server: Server) -> str:
    if not server.key:
        return f"is refused{server.at} (HTTP {status}); it may want a key or another account."
    if not os.environ.get(server.key):
        return f"wants a key{server.at} (HTTP {status}); set {server.key} to it."
    return f"refuses the key in {server.key}{server.at} (HTTP {status}); set it to one that holds."


def _not_there(said: str, server: Server) -> str:
    if "model" not in said.lower():
        form = "http://HOST:11434" if server.provider == "ollama" else "https://HOST/v1"
        return (
            f"is not asked in the right place: nothing answers chats{server.at} (HTTP 404); set "
            f"INNOQA_MODEL_URL to the address of its server, such as {form}."
        )
    if server.provider == "ollama":
        return f'is not there{server.at}; get it with "ollama pull {server.model}".'
    return f"is not known{server.at}; set INNOQA_MODEL to a model that is."


def _busy(said: str, wait: float, server: Server) -> Failure:
    if "quota" in said.lower():
        return Failure(
            f"is not paid for: the account{server.at} has no credit left. Its server says: {said}."
        )
    when = f"in {wait:.0f} s" if wait else "later"
    why = f"is asked too often{server.at} (HTTP 429); ask again {when}."
    return Failure(why, may_pass=True, wait=wait)


def _of_reply(error: Exception, server: Server) -> Failure | None:
    if isinstance(error, EmptyReply):
        return Failure(f"wrote nothing{error}.")
    if isinstance(error, LongReply):
        return Failure("was stopped: it wrote more than an answer may take.", is_its_own=False)
    if isinstance(error, CutReply):
        return Failure("broke off in the middle of its answer.")
    if type(error).__name__.endswith("ContextOverflowError"):
        return Failure(
            f"cannot read so much at once; set INNOQA_MODEL_TOKENS to less than {server.tokens}.",
            is_its_own=False,
        )
    return None


def _of_network(causes: list[BaseException], server: Server) -> Failure | None:
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return Failure(_of_tls(cause, server))
    names = {type(cause).__name__ for cause in causes}
    for of, why, may_pass in _NETWORK:
        if names & of:
            return Failure(why.format(at=server.at), may_pass=may_pass)
    return None


_NETWORK = (
    (
        {"gaierror"},
        "is not reachable{at}: no machine of that name is found; see whether its address is right "
        "and there is a network.",
        False,
    ),
    ({"ProxyError"}, "is not reachable{at}: the proxy that is set does not go there.", False),
    (
        {"ConnectTimeout"},
        "is not reachable{at}: no answer comes from there; see whether it runs, or set "
        "INNOQA_MODEL_URL.",
        False,
    ),
    (
        {"ConnectError", "ConnectionRefusedError"},
        "is not reachable{at}; see whether it runs there, or set INNOQA_MODEL_URL.",
        True,
    ),
    (
        {"ReadError", "WriteError", "CloseError", "RemoteProtocolError", "ConnectionResetError",
         "ConnectionAbortedError", "BrokenPipeError"},
        "broke off the connection{at}.",
        True,
    ),
)  # fmt: skip
"""Errors of the network by name, what is told of them, and whether they may pass."""


def _of_tls(error: ssl.SSLError, server: Server) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        what = plain(error.verify_message or "it is not trusted")
        return (
            f"is not asked{server.at}: its certificate does not hold ({what}); SSL_CERT_FILE can "
            "name a file of the certificates to trust."
        )
    return (
        f"is not reachable{server.at}: no secure connection comes about "
        f"({plain(error.reason or str(error))}); is its address http:// and not https://?"
    )


def _of_stream(causes: list[BaseException], server: Server) -> Failure:
    """The server said something in the middle of its reply, or something that is none."""
    error = causes[0]
    said = plain(str(getattr(error, "message", "") or getattr(error, "error", "")))
    if said and _TOO_LONG.search(said):
        return Failure(_too_long(server), is_its_own=False)
    if said:
        return Failure(f"broke off with an error of its server{server.at}: {said}.")
    return Failure(
        f"sends what is no answer of a chat model{server.at} ({type(error).__name__}); see whether "
        "INNOQA_MODEL_URL is the address of one."
    )


def _said(error: BaseException) -> str:
    """What a server says of an error: the message in its body, where there is one."""
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error") or body
        if isinstance(inner, dict):
            inner = inner.get("message") or inner.get("detail") or ""
        said = inner
    else:
        told = (body, getattr(error, "error", None), getattr(error, "message", None))
        said = next(filter(None, told), None) or getattr(error, "response", error)
        said = getattr(said, "text", said)
    return plain(str(said)).rstrip(".")


def _retry_after(error: BaseException) -> float:
    """The seconds that a server asks to wait, 0 where it does not say (RFC 9110, 10.2.3)."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    told = str(headers.get("retry-after") or "")
    try:
        return min(_DAY, max(0.0, float(told)))
    except ValueError:
        pass
    try:
        return min(_DAY, max(0.0, parsedate_to_datetime(told).timestamp() - time()))
    except ValueError:
        return 0.0
