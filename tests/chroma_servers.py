"""A real Chroma server for the tests of a session, and a gateway before it that can misbehave."""

import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


@dataclass
class ChromaServer:
    """``chroma run`` on a free port of this machine; what it keeps outlives a restart."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", "data"]
        self.process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            cwd=self.folder,
            env={**os.environ, "ANONYMIZED_TELEMETRY": "False"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self.process.poll() is None, "chroma run has ended"
                time.sleep(0.05)
            else:
                return
        raise AssertionError("chroma run does not listen")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def collections(self) -> set[str]:
        """The names of all collections."""
        path = "/api/v2/tenants/default_tenant/databases/default_database/collections"
        with urllib.request.urlopen(self.address + path, timeout=30) as reply:
            return {collection["name"] for collection in json.load(reply)}


@dataclass
class Gateway:
    """Passes requests on to a Chroma server; ``token`` is asked for, ``reply`` given instead."""

    behind: ChromaServer
    token: str = ""
    delay: float = 0.0
    reply: tuple[int, bytes] | None = None
    seen: list[dict[str, str]] = field(default_factory=list)
    address: str = ""

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes):
        self.seen.append(headers)
        time.sleep(self.delay)
        if self.reply is not None:
            return self.reply
        if self.token and headers.get("authorization") != f"Bearer {self.token}":
            return 401, b"Who is there?"
        connection = http.client.HTTPConnection("127.0.0.1", self.behind.port, timeout=30)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        return reply.status, content


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, content = self.server.gateway.answer(self.command, self.path, headers, body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


for _method in ("GET", "POST", "DELETE"):
    setattr(_Handler, f"do_{_method}", _Handler.pass_on)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Who asked has lost patience."""


def _serve(gateway: Gateway, context: ssl.SSLContext | None) -> Iterator[Gateway]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.gateway = gateway
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "http" if context is None else "https"
    gateway.address = f"{scheme}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """A Chroma server, started once; who stops it starts it again."""
    server = ChromaServer(tmp_path_factory.mktemp("chroma-server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def gateway(chroma_server: ChromaServer) -> Iterator[Gateway]:
    """A gateway before the server."""
    yield from _serve(Gateway(chroma_server), None)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    about = "-subj /CN=test -addext subjectAltName=IP:127.0.0.1 -keyout both.pem"
    subprocess.run(
        [*command.split(), *about.split(), "-out", "certificate.pem"],
        cwd=file.parent,
        check=True,
        capture_output=True,
    )
    file.write_bytes(file.read_bytes() + file.with_name("certificate.pem").read_bytes())
    return file


@pytest.fixture
def safe_gateway(chroma_server: ChromaServer, certificate: Path) -> Iterator[Gateway]:
    """The same by TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    yield from _serve(Gateway(chroma_server), context)
