"""A server that speaks as OpenAI's and as Ollama's do, and says what a test tells it to.

    request -> Behaviour -> Script -> pieces on the wire, with their delays, faults and cuts

By hand, to look at the page with a model that is not one:

    python -m tests.chat_servers good --port 8123
    INNOQA_MODEL=openai:test INNOQA_MODEL_URL=http://127.0.0.1:8123/v1 OPENAI_API_KEY=x innoqa chat
    INNOQA_MODEL=ollama:test INNOQA_MODEL_URL=http://127.0.0.1:8123 innoqa chat
"""

import argparse
import json
import select
import socket
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.chat_behaviours import BEHAVIOURS
from tests.chat_scripts import Behaviour, Fault, Request, Script, says

_LOOK = 0.05  # seconds between two looks at whether who asked is still there


class _Gone(Exception):
    """Who asked has hung up, or the server closes."""


@dataclass
class ChatServer:
    """Serves on a free port of this machine; ``behaviour`` may be another at any time.

    ``requests`` are those for an answer, in order; ``paths`` are of all requests. With a ``key``
    it is asked for; a model that is not among ``models`` is not found.
    """

    behaviour: Behaviour
    models: tuple[str, ...] = ("test",)
    key: str = ""
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def ollama(self) -> str:
        """The address for a client of Ollama."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def openai(self) -> str:
        """The address for a client of OpenAI."""
        return f"{self.ollama}/v1"

    @property
    def is_idle(self) -> bool:
        """Whether every answer has come to its end."""
        return all(request.ended for request in self.requests)


class OpenAiWire:
    """Server-sent events, or one object."""

    media_type = "text/event-stream"
    last = b"data: [DONE]\n\n"

    def __init__(self, model: str) -> None:
        self.model = model

    def _chunk(self, delta: dict[str, str], finish: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return (
            b"data: " + _json(self._head("chat.completion.chunk") | {"choices": [choice]}) + b"\n\n"
        )

    def _head(self, kind: str) -> dict[str, object]:
        return {"id": "chatcmpl-1", "object": kind, "created": 1_700_000_000, "model": self.model}

    def first(self) -> bytes:
        return self._chunk({"role": "assistant", "content": ""}, None)

    def piece(self, text: str) -> bytes:
        return self._chunk({"content": text}, None)

    def fault(self, message: str) -> bytes:
        return b"data: " + self.error(500, message, "server_error") + b"\n\n"

    def end(self, finish: str) -> bytes:
        return self._chunk({}, finish) + self.last

    def whole(self, text: str, finish: str) -> bytes:
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        return _json(self._head("chat.completion") | {"choices": [choice], "usage": usage})

    @staticmethod
    def error(status: int, message: str, code: str) -> bytes:
        kind = "invalid_request_error" if status < 500 else "server_error"
        return _json({"error": {"message": message, "type": kind, "param": None, "code": code}})


class OllamaWire:
    """Lines of JSON, or one object."""

    media_type = "application/x-ndjson"

    def __init__(self, model: str) -> None:
        self.model = model

    def _line(self, text: str, **more: object) -> dict[str, object]:
        message = {"role": "assistant", "content": text}
        head = {"model": self.model, "created_at": "2026-01-01T00:00:00Z", "message": message}
        return head | {"done": False} | more

    def first(self) -> bytes:
        return b""

    def piece(self, text: str) -> bytes:
        return _json(self._line(text)) + b"\n"

    def fault(self, message: str) -> bytes:
        return self.error(500, message, "") + b"\n"

    def end(self, finish: str) -> bytes:
        return self.whole("", finish) + b"\n"

    def whole(self, text: str, finish: str) -> bytes:
        counts = dict.fromkeys(
            ("total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration",
             "eval_count", "eval_duration"), 1,
        )  # fmt: skip
        return _json(self._line(text, done=True, done_reason=finish, **counts))

    @staticmethod
    def error(_status: int, message: str, _code: str) -> bytes:
        return _json({"error": message})


Wire = OpenAiWire | OllamaWire


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def chat(self) -> ChatServer:
        return self.server.chat

    def do_HEAD(self) -> None:
        self._send(200, b"")

    def do_GET(self) -> None:
        self.chat.paths.append(self.path)
        if self.path == "/":
            self._send(200, b"Ollama is running", {"Content-Type": "text/plain"})
        elif self.path == "/api/version":
            self._send(200, _json({"version": "0.13.0"}))
        elif self.path == "/api/tags":
            self._send(200, _json({"models": [_tag(name) for name in self.chat.models]}))
        elif self.path == "/v1/models":
            models = [{"id": name, "object": "model", "created": 0, "owned_by": "test"}
                      for name in self.chat.models]  # fmt: skip
            self._send(200, _json({"object": "list", "data": models}))
        else:
            self._send(404, b"404 page not found", {"Content-Type": "text/plain"})

    def do_POST(self) -> None:
        self.chat.paths.append(self.path)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        model = str(body.get("model", ""))
        if self.path == "/v1/chat/completions":
            self._answer(OpenAiWire(model), body, is_streamed=body.get("stream", False))
        elif self.path == "/api/chat":
            self._answer(OllamaWire(model), body, is_streamed=body.get("stream", True))
        elif self.path == "/api/show":
            self._send(
                200, _json({"capabilities": ["completion"], "details": {}, "model_info": {}})
            )
        else:
            self._send(404, b"404 page not found", {"Content-Type": "text/plain"})

    def _answer(self, wire: Wire, body: dict[str, object], *, is_streamed: bool) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.path, headers, body, is_streamed, time.monotonic())
        self.chat.requests.append(request)
        try:
            request.ended = self._follow(self._script(wire.model, request), wire, is_streamed)
        except (_Gone, OSError):
            self.close_connection = True
            request.ended = "left"

    def _script(self, model: str, request: Request) -> Script:
        if self.chat.key and request.headers.get("authorization") != f"Bearer {self.chat.key}":
            return Script(status=401, message="Incorrect API key", code="invalid_api_key")
        if model.removesuffix(":latest") not in self.chat.models:
            message = f"model '{model}' not found"
            return Script(status=404, message=message, code="model_not_found")
        return self.chat.behaviour(request)

    def _follow(self, script: Script, wire: Wire, is_streamed: bool) -> str:
        self._wait(script.before)
        if script.status != 200:
            error = wire.error(script.status, script.message, script.code)
            self._send(script.status, error, script.headers)
        elif is_streamed:
            self._stream(script, wire)
        else:
            self._at_once(script, wire)
        return "cut" if script.is_cut else "done"

    def _stream(self, script: Script, wire: Wire) -> None:
        self.send_response(200)
        for name, value in ({"Content-Type": wire.media_type} | script.headers).items():
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._chunk(wire.first())
        for piece in script.pieces:
            self._chunk(_on(wire, piece))
            self._wait(script.between)
        self._wait(script.after)
        if script.is_cut:
            self._cut()
        else:
            self._chunk(wire.end(script.finish))
            self.wfile.write(b"0\r\n\r\n")

    def _at_once(self, script: Script, wire: Wire) -> None:
        written: list[str | bytes | Fault] = []
        for piece in script.pieces:
            written.append(piece)
            self._wait(script.between)
        self._wait(script.after)
        odd = [piece for piece in written if not isinstance(piece, str)]
        text = "".join(piece for piece in written if isinstance(piece, str))
        whole = wire.whole(text, script.finish)
        if odd:
            whole = odd[0] if isinstance(odd[0], bytes) else wire.error(500, odd[0].message, "")
        if script.is_cut:
            self._send(200, whole[: len(whole) // 2], {"Content-Length": str(len(whole))})
            self._cut()
        else:
            self._send(200, whole, script.headers)

    def _chunk(self, data: bytes) -> None:
        if data:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        usual = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in (usual | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _wait(self, seconds: float) -> None:
        """Wait, but no longer than somebody waits for it."""
        until = time.monotonic() + seconds
        while not self.chat.closing.is_set():
            left = until - time.monotonic()
            readable = select.select([self.connection], [], [], max(0.0, min(left, _LOOK)))[0]
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                break
            if left <= 0:
                return
        raise _Gone

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Who asked has lost patience."""


def _on(wire: Wire, piece: str | bytes | Fault) -> bytes:
    if isinstance(piece, bytes):
        return piece
    return wire.fault(piece.message) if isinstance(piece, Fault) else wire.piece(piece)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _tag(name: str) -> dict[str, object]:
    details = {"format": "gguf", "family": "test", "parameter_size": "1B"}
    return {"name": f"{name}:latest", "model": f"{name}:latest", "size": 1, "digest": "0" * 64,
            "modified_at": "2026-01-01T00:00:00Z", "details": details}  # fmt: skip


@contextmanager
def serving(
    behaviour: Behaviour, *, port: int = 0, key: str = "", models: Iterable[str] = ("test",)
) -> Iterator[ChatServer]:
    """The server, until the end of the block; whatever it is writing then is cut."""
    chat = ChatServer(behaviour, tuple(models), key)
    server = _Server(("127.0.0.1", port), _Handler)
    server.chat = chat
    chat.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="chat server")
    thread.start()
    try:
        yield chat
    finally:
        chat.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve by hand until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m tests.chat_servers", description=__doc__)
    parser.add_argument("behaviour", choices=sorted(BEHAVIOURS))
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--pace", type=float, default=0.05, help="seconds between two words")
    given = parser.parse_args()

    def paced(request: Request) -> Script:
        script = BEHAVIOURS[given.behaviour](request)
        words = [word for piece in script.pieces for word in piece.split(" ")]
        return says(*(f"{word} " for word in words), between=given.pace)

    with serving(paced, port=given.port) as chat:
        sys.stdout.write(f"OpenAI: {chat.openai}   Ollama: {chat.ollama}   model: test\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
