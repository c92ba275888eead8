"""The assistant as a server of the Model Context Protocol, over standard input or loopback HTTP.

Every tool only reads. What goes wrong comes as a tool error with InnoQA's message.
"""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from importlib.metadata import version
from importlib.resources import files
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field

from innoqa import browsing
from innoqa.answering import Assistant
from innoqa.browsing import Indicator
from innoqa.contract import reply_record
from innoqa.domain import Corpus
from innoqa.errors import InnoqaError, SettingError

LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}
"""The hosts that it can be served at, each with its address: only this machine reaches them."""

MOST_PASSAGES, MOST_NEIGHBOURS, MOST_ROWS, MOST_INDICATORS, MOST_ENTITIES = 50, 20, 1000, 1000, 50

_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

P = ParamSpec("P")
T = TypeVar("T")


class Message(BaseModel):
    """A message of the conversation so far."""

    role: Literal["user", "assistant"]
    text: str


def server(open_assistant: Callable[[], Assistant], corpus: Corpus | None) -> MCPServer[Any]:
    """A server whose assistant is opened with the first call, and again until that succeeds."""
    tools = _Tools(open_assistant)
    described = (
        _tool(tools.search, "search", "search_result"),
        _tool(tools.ask, "ask", "reply"),
        _tool(tools.list_indicators, "list_indicators", "indicators"),
        _tool(tools.read_passage, "read_passage", "passage_around"),
        _tool(tools.read_table, "read_table", "table"),
    )
    return MCPServer(
        "innoqa",
        title="InnoQA",
        version=version("innoqa"),
        instructions=_instructions(corpus),
        tools=list(described),
        log_level="WARNING",
    )


def serve_stdio(served: MCPServer[Any]) -> None:
    """Serve over standard input and output until the input ends."""
    served.run("stdio")


def serve_http(
    served: MCPServer[Any], host: str, port: int, announce: Callable[[str], None]
) -> None:
    """Serve over streamable HTTP at a loopback host until interrupted; its address is announced.

    Requests that name another host or come from another origin are refused, so that no web page
    reaches it through the browser of this machine. Raises SettingError for any other host and for
    a port that is taken.
    """
    if host not in LOOPBACK:
        raise SettingError(
            f"--host is {host}; InnoQA is served at {', '.join(LOOPBACK)} alone, since it asks "
            "nobody who they are. For others, put a proxy before it that does."
        )
    _check_free(LOOPBACK[host], port)
    names = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]
    announce(f"http://{'[::1]' if host == '::1' else host}:{port}/mcp")
    served.run(
        "streamable-http",
        host=LOOPBACK[host],
        port=port,
        stateless_http=True,
        transport_security=TransportSecuritySettings(
            allowed_hosts=names, allowed_origins=[f"http://{name}" for name in names]
        ),
    )


def _check_free(address: str, port: int) -> None:
    if not 1 <= port <= 65535:
        raise SettingError(f"--port is {port}; it must lie between 1 and 65535.")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        socket.create_server((address, port), family=family).close()
    except OSError as error:
        raise SettingError(
            f"Port {port} of {address} cannot be used: {error.strerror}. Choose another with "
            "--port."
        ) from None


def _instructions(corpus: Corpus | None) -> str:
    about = f" It is about: {corpus.title}. {corpus.description}" if corpus else ""
    return (
        f"InnoQA answers questions over one set of documents and their tables.{about}\n"
        "ask gives a checked answer with the exact words or cells behind each sentence, or says "
        "that the documents do not answer. search, read_passage and read_table give the sources "
        "themselves; list_indicators says what the tables hold. Cite what you use by its source, "
        "page and quote."
    )


def _tool(function: Callable[..., Any], name: str, schema: str) -> Tool:
    tool = Tool.from_function(_told(function), name=name, annotations=_READS)
    tool.fn_metadata.output_schema = output_schema(schema)
    return tool


def output_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of what a tool returns: that of a reply, or one of the contents'."""
    if name == "reply":
        return _schema("reply")
    defined: dict[str, Any] = _schema("contents")["$defs"]
    whole = json.dumps(defined[name])
    parts = {part: defined[part] for part in defined if f'"#/$defs/{part}"' in whole}
    return {**defined[name], "$defs": parts}


def _schema(name: str) -> dict[str, Any]:
    text = files("innoqa").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _told(function: Callable[P, T]) -> Callable[P, T]:
    """InnoQA's own errors are for the caller to read; any other is a crash, and logged."""

    @wraps(function)
    def call(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return function(*arguments, **named)
        except InnoqaError as error:
            raise ToolError(str(error)) from error

    return call


@dataclass(slots=True)
class _Tools:
    """The tools; each call sees the generation that is published then."""

    open_assistant: Callable[[], Assistant]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _opened: Assistant | None = None
    _indicators: tuple[str, tuple[Indicator, ...]] = ("", ())

    def _assistant(self) -> Assistant:
        with self._lock:
            if self._opened is None:
                self._opened = self.open_assistant()
            return self._opened

    def search(
        self,
        query: Annotated[str, Field(description="What to look for, in words.")],
        limit: Annotated[int, Field(ge=1, le=MOST_PASSAGES, description="Passages at most.")] = 10,
    ) -> dict[str, Any]:
        """Find the passages of the documents that fit a query, best first.

        Each comes with its exact words, where they stand (source, title, heading path, page,
        offsets; for a table's row its table, name and cells) and a score.
        """
        hits = replace(self._assistant(), sources=limit).search(query)
        return {"passages": [browsing.passage_record(hit.passage, hit.score) for hit in hits]}

    def ask(
        self,
        question: Annotated[str, Field(description="A question in plain words.")],
        history: Annotated[
            list[Message] | None,
            Field(description="The conversation so far, oldest first, for a follow-up question."),
        ] = None,
        documents: Annotated[
            list[str] | None,
            Field(description="Ids or sources of the documents to ask alone; all if left out."),
        ] = None,
    ) -> dict[str, Any]:
        """Answer a question from the documents and their tables, with citations.

        The kind of a reply is "answer", or "abstention" where the documents do not answer or not
        surely enough. Each statement of an answer cites the exact words or the table cell that it
        stands on; a value that was computed comes with its expression and cells, and sources that
        disagree are told.
        """
        assistant = self._assistant()
        if documents:
            assistant = browsing.of_documents(assistant, documents)
        messages = [(message.role, message.text) for message in history or ()]
        turn = assistant.answer(question, assistant.conversation(messages))
        return reply_record("", turn)

    def list_indicators(
        self,
        words: Annotated[
            str, Field(description="Only those whose name, unit, entity, year or table has these.")
        ] = "",
        limit: Annotated[
            int, Field(ge=1, le=MOST_INDICATORS, description="Indicators at most.")
        ] = 100,
    ) -> dict[str, Any]:
        """List what the tables hold: each indicator with its unit, entities, years and table.

        Ask for figures in these words; what is not listed is not in any table.
        """
        with self._assistant().open_index() as index:
            if self._indicators[0] != index.name:
                self._indicators = (index.name, browsing.indicators(index))
            found = browsing.about(index, self._indicators[1], words)
        records = [one.record(MOST_ENTITIES) for one in found[:limit]]
        return {"indicators": records, "total": len(found)}

    def read_passage(
        self,
        passage_id: Annotated[str, Field(description="The id of a passage that was found.")],
        neighbours: Annotated[
            int,
            Field(ge=0, le=MOST_NEIGHBOURS, description="How many before and after it to read."),
        ] = 1,
    ) -> dict[str, Any]:
        """Read a passage with its neighbours in the document."""
        with self._assistant().open_index() as index:
            return browsing.passage_around(index, passage_id, neighbours)

    def read_table(
        self,
        document_id: Annotated[str, Field(description="The id of the table's document.")],
        table_number: Annotated[int, Field(ge=0, description="Its number, from 0.")] = 0,
        first_row: Annotated[int, Field(ge=1, description="The first row to read.")] = 1,
        limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Rows at most.")] = 100,
    ) -> dict[str, Any]:
        """Read a table as printed: its header, rows, notes and sources."""
        with self._assistant().open_index() as index:
            rows = range(first_row, first_row + limit)
            return browsing.table_record(index, document_id, table_number, rows)
