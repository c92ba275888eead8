"""The MCP server, asked by the SDK's own client: over stdio and HTTP in processes of its own."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
from mcp import Client, StdioServerParameters
from mcp.types import Tool
from tests.documents_made import brief_pdf

from innoqa.adapters.mcp_server import output_schema

pytest_plugins = ["tests.answering_fixtures"]

STREET = """# Inno Way

## The street

Inno Way opened on 12 June 2014 as a street of cafes for founders. It was a book market before.

## The towns

Fund Town opened in 2012 in the south-west of the city. Wheat Town opened in 2017.
"""
FIGURES = """entity,year,indicator,value,unit,qualifier,source
Beijing,2021,R&D expenditure,2629.3,100 million yuan,exact,Beijing Daily (2022)
Beijing,2022,R&D expenditure,2843.3,100 million yuan,exact,Bureau of Statistics (2023)
Shanghai,2022,R&D expenditure,1981.6,100 million yuan,exact,Bureau of Statistics (2023)
Beijing,2022,Patents granted,203000,patents,about,Bureau of Statistics (2023)
Beijing,2023,Patents granted,,patents,missing,Bureau of Statistics (2024)
"""
COMMAND = Path(sys.executable).with_name("innoqa")
OPENED = "When did Inno Way open?"
SPENT = "How much was the R&D expenditure of Beijing in 2022?"
TOOLS = ["search", "ask", "list_indicators", "read_passage", "read_table"]
RESULTS = ["search_result", "reply", "indicators", "passage_around", "table"]


class Said(NamedTuple):
    """What a tool gave: a result, or the words of an error."""

    result: dict[str, Any]
    error: str


class Session:
    """Calls tools of a server that a client is connected to."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def __call__(self, tool: str, **arguments: Any) -> Said:
        given = await self._client.call_tool(tool, arguments)
        (block,) = given.content
        assert block.type == "text"
        if given.is_error:
            assert given.structured_content is None
            return Said({}, block.text)
        assert isinstance(given.structured_content, dict)
        assert json.loads(block.text) == given.structured_content
        return Said(given.structured_content, "")


class Told(NamedTuple):
    """What a server said of itself and its tools, and gave for the same calls."""

    instructions: str
    tools: list[Tool]
    calls: dict[str, Said]


async def _asked(client: Client) -> Told:
    call = Session(client)
    found = await call("search", query="Inno Way street of cafes", limit=2)
    row = await call("search", query="R&D expenditure of Beijing in 2022", limit=1)
    first = found.result["passages"][0]
    table = row.result["passages"][0]["document_id"]
    said = {"user": SPENT}
    calls = {
        "search": found,
        "page": await call("search", query="cafes of Wheat Town", limit=1),
        "row": row,
        "ask": await call("ask", question=OPENED),
        "computed": await call("ask", question=SPENT),
        "follow-up": await call(
            "ask",
            question="And in 2021?",
            history=[{"role": role, "text": text} for role, text in said.items()],
        ),
        "elsewhere": await call("ask", question=OPENED, documents=["figures.csv"]),
        "indicators": await call("list_indicators"),
        "expenditures": await call("list_indicators", words="expenditures"),
        "passage": await call("read_passage", passage_id=first["passage_id"], neighbours=1),
        "table": await call("read_table", document_id=table, first_row=2, limit=2),
        "no question": await call("ask", question=" ? "),
        "no document": await call("ask", question=OPENED, documents=["nowhere.md"]),
        "no passage": await call("read_passage", passage_id="nothing"),
        "no table": await call("read_table", document_id=table, table_number=7),
        "no limit": await call("search", query="Inno Way", limit=0),
    }
    tools = (await client.list_tools()).tools
    return Told(client.instructions or "", tools, calls)


@pytest.fixture(scope="module")
def project(new_project: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = new_project(tmp_path_factory.mktemp("mcp") / "project")
    made.write("corpus.toml", 'title = "Beijing\'s streets"\ndescription = "Three streets."\n')
    made.write("street.md", STREET)
    made.write("figures.csv", FIGURES)
    made.write("brief.pdf", brief_pdf("Wheat Town", "Wheat Town has 400 cafes."))
    made.ingest()
    return made


@pytest.fixture(scope="module")
def over_stdio(project: Any) -> tuple[Told, list[str], Said]:
    """What the command says, all that it writes, and an answer after one more ingest."""
    written = project.folder / "written.jsonl"
    copied = f'"{COMMAND}" mcp --index "{project.index}" | tee "{written}"'
    command = StdioServerParameters(command="/bin/sh", args=["-c", copied])

    async def session() -> tuple[Told, Said]:
        async with Client(command) as client:
            told = await _asked(client)
            project.write("later.md", "# Later\n\nRobot Town opened on 5 May 2025 in Yizhuang.\n")
            project.ingest()
            later = await Session(client)("ask", question="When did Robot Town open?")
            return told, later

    told, later = asyncio.run(session())
    return told, written.read_text("utf-8").splitlines(), later


@pytest.fixture(scope="module")
def told(over_stdio: tuple[Told, list[str], Said]) -> Told:
    return over_stdio[0]


class Served(NamedTuple):
    """A server over HTTP: its port, and the index that it is to serve."""

    port: int
    index: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of its own, without an index yet; it ends without a trace when interrupted."""
    index = tmp_path_factory.mktemp("served") / "index"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    process = subprocess.Popen(
        [COMMAND, "mcp", "--http", "--port", str(port), "--index", str(index)],
        env={"PATH": os.environ["PATH"], "COLUMNS": "200"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        assert f"http://127.0.0.1:{port}/mcp" in process.stderr.readline()
        asyncio.run(_until_open(port))
        yield Served(port, index)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


async def _until_open(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def posted(port: int, **headers: str) -> int:
    """The status of a request with such headers."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/mcp",
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            **headers,
        },
    )
    try:
        with urllib.request.urlopen(request) as answer:
            status: int = answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            status = refused.code
    return status


class TestOverStdio:
    def test_nothing_but_the_protocol_is_written(
        self, over_stdio: tuple[Told, list[str], Said]
    ) -> None:
        messages = [json.loads(line) for line in over_stdio[1]]
        assert len(messages) > len(over_stdio[0].calls)
        assert {message["jsonrpc"] for message in messages} == {"2.0"}

    def test_it_says_what_it_is_about_and_what_its_tools_do(self, told: Told) -> None:
        assert "Beijing's streets. Three streets." in told.instructions
        assert [tool.name for tool in told.tools] == TOOLS
        for tool, result in zip(told.tools, RESULTS, strict=True):
            assert tool.description
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            assert tool.annotations.open_world_hint is False
            assert tool.output_schema == output_schema(result)
            assert all(given["description"] for given in tool.input_schema["properties"].values())

    def test_search_gives_passages_with_their_places(self, told: Told, project: Any) -> None:
        first, _ = told.calls["search"].result["passages"]
        assert (first["source"], first["title"]) == ("street.md", "Inno Way")
        assert first["heading"] == "Inno Way > The street"
        text = (project.docs / "street.md").read_text("utf-8")
        assert text[first["start"] : first["end"]] == first["quote"]
        assert first["quote"].startswith("Inno Way opened on 12 June 2014")
        assert first["score"] > told.calls["search"].result["passages"][1]["score"]

    def test_a_row_comes_with_its_cells(self, told: Told) -> None:
        (row,) = told.calls["row"].result["passages"]
        assert (row["source"], row["row_number"], row["table_number"]) == ("figures.csv", 2, 0)
        assert row["cells"] == [{"column": "value", "value": "2843.3", "unit": "100 million yuan"}]
        assert row["quote"] == FIGURES.splitlines()[2]

    def test_the_page_of_a_passage_is_told(self, told: Told) -> None:
        (passage,) = told.calls["page"].result["passages"]
        assert (passage["source"], passage["page"]) == ("brief.pdf", 1)

    def test_an_answer_is_the_reply_of_the_contract(self, told: Told) -> None:
        reply = told.calls["ask"].result
        assert reply["kind"] == "answer"
        ((citation,),) = [statement["citations"] for statement in reply["statements"]]
        assert "12 June 2014" in citation["quote"]

    def test_a_computation_comes_with_its_cells(self, told: Told) -> None:
        reply = told.calls["computed"].result
        assert reply["computation"]["value"] == 2843.3
        assert reply["computation"]["operands"][0]["file"] == "figures.csv"

    def test_a_question_is_read_after_the_history(self, told: Told) -> None:
        reply = told.calls["follow-up"].result
        assert reply["query_kind"] == "follow-up"
        assert reply["computation"]["value"] == 2629.3

    def test_other_documents_than_those_named_are_not_asked(self, told: Told) -> None:
        reply = told.calls["elsewhere"].result
        assert reply["kind"] == "abstention"
        assert {hit["source"] for hit in reply["retrieved"]} <= {"figures.csv"}

    def test_indicators_are_what_the_tables_hold(self, told: Told) -> None:
        held = told.calls["indicators"].result
        assert held["total"] == 2
        patents, spent = held["indicators"]
        assert (patents["indicator"], patents["years"]) == ("Patents granted", [2022])
        assert (spent["indicator"], spent["unit"]) == ("R&D expenditure", "100 million yuan")
        assert (spent["entities"], spent["entity_count"]) == (["Beijing", "Shanghai"], 2)
        assert (spent["years"], spent["values"]) == ([2021, 2022], 3)
        assert (spent["source"], spent["table_number"]) == ("figures.csv", 0)

    def test_indicators_are_filtered_by_a_word_in_any_form(self, told: Told) -> None:
        held = told.calls["expenditures"].result
        assert [one["indicator"] for one in held["indicators"]] == ["R&D expenditure"]

    def test_a_passage_is_read_with_its_neighbours(self, told: Told) -> None:
        read = told.calls["passage"].result
        assert read["passage"]["quote"].startswith("Inno Way opened")
        assert read["before"] == []
        assert [one["quote"][:9] for one in read["after"]] == ["Fund Town"]

    def test_a_table_is_read_from_a_row_on(self, told: Told) -> None:
        table = told.calls["table"].result
        assert table["header"] == FIGURES.splitlines()[0].split(",")
        assert (table["row_count"], [row["row_number"] for row in table["rows"]]) == (5, [2, 3])
        assert table["rows"][0]["cells"] == FIGURES.splitlines()[2].split(",")
        assert table["publications"] == ["Bureau of Statistics (2023)"]

    @pytest.mark.parametrize("tool", range(len(TOOLS)))
    def test_results_fit_their_schemas(self, told: Told, tool: int) -> None:
        calls = ("search", "computed", "indicators", "passage", "table")
        schema = output_schema(RESULTS[tool])
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(told.calls[calls[tool]].result)
        assert_closed(schema)

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            ("no question", "The question is empty. Ask something in words."),
            ("no document", "The index has no document 'nowhere.md'."),
            ("no passage", "The index has no passage 'nothing'."),
            ("no table", "figures.csv has no table 7. Its tables: 1, counted from 0."),
            ("no limit", "greater than or equal to 1"),
        ],
    )
    def test_what_is_wrong_is_a_tool_error_with_the_message(
        self, told: Told, call: str, message: str
    ) -> None:
        assert message in told.calls[call].error

    def test_a_later_ingest_is_followed(self, over_stdio: tuple[Told, list[str], Said]) -> None:
        assert "5 May 2025" in over_stdio[2].result["text"]


def assert_closed(schema: dict[str, Any]) -> None:
    """Each object of a schema requires every key that it knows, and takes no other."""
    if "properties" in schema:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
    for part in schema.values():
        for one in part if isinstance(part, list) else [part]:
            if isinstance(one, dict):
                assert_closed(one)


def ids(found: Said) -> list[str]:
    return [passage["passage_id"] for passage in found.result["passages"]]


class TestOverHttp:
    def test_an_index_that_is_not_there_is_told_and_the_same_is_given_once_it_is(
        self, served: Served, told: Told, project: Any
    ) -> None:
        async def session() -> tuple[Said, Told]:
            async with Client(f"http://127.0.0.1:{served.port}/mcp") as client:
                missing = await Session(client)("search", query=OPENED)
                served.index.symlink_to(project.index)
                return missing, await _asked(client)

        missing, given = asyncio.run(session())
        assert "innoqa ingest" in missing.error
        assert [tool.name for tool in given.tools] == TOOLS
        for call in ("search", "page"):
            assert ids(given.calls[call]) == ids(told.calls[call])
        assert given.calls["ask"].result["text"] == told.calls["ask"].result["text"]
        for call in ("indicators", "passage", "table", "no question", "no passage"):
            assert given.calls[call] == told.calls[call], call

    def test_another_host_or_origin_is_refused(self, served: Served) -> None:
        port = served.port
        assert posted(port) == 200
        assert posted(port, Origin=f"http://localhost:{port}") == 200
        assert posted(port, Host="innoqa.example") == 421
        assert posted(port, Host=f"127.0.0.1:{port + 1}") == 421
        assert posted(port, Origin="http://innoqa.example") == 403

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "innoqa.example"])
    def test_it_is_served_on_this_machine_alone(
        self, innoqa: Callable[..., Any], host: str
    ) -> None:
        ran = innoqa("mcp", "--http", "--host", host)
        assert ran.code == 1
        assert f"--host is {host}; InnoQA is served at 127.0.0.1, localhost, ::1" in ran.told

    def test_a_port_that_is_taken_is_told(self, innoqa: Callable[..., Any]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            ran = innoqa("mcp", "--http", "--port", str(port))
        assert ran.code == 1
        assert f"Port {port} of 127.0.0.1 cannot be used" in ran.told

    @pytest.mark.parametrize("port", [-1, 0, 65536])
    def test_a_number_that_is_no_port_is_told(self, innoqa: Callable[..., Any], port: int) -> None:
        ran = innoqa("mcp", "--http", "--port", str(port))
        assert ran.code == 1
        assert f"--port is {port}; it must lie between 1 and 65535." in ran.told
