"""One small index for every test of the answering side, made by the real ingest."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from innoqa import bootstrap, cli
from innoqa.answering import Assistant
from innoqa.settings import Settings

COMMAND = Path(sys.executable).with_name("innoqa")

GUIDE = """# Guide to the Arnholm quarter

## How the quarter grew

The Arnholm quarter grew in four stages:

1. **Planned stage:** In the planned stage the town council bought the disused shipyard, drained
   its docks and laid roads, pipes and tram rails across the whole ground, so that firms could
   move in without building anything of their own, which no other town of the region had tried
   before and which many councillors doubted at first.[^g1]
2. **Market stage:** In the market stage private landlords converted the warehouses along the
   canal, rents doubled within a few seasons, and small design firms from the old town arrived in
   search of wide floors, tall windows and neighbours who worked in the same trade, until hardly a
   single loft on the eastern bank stood empty.[^g1]
3. **Academic stage:** In the academic stage the polytechnic opened laboratories beside the docks,
   allowed its professors to found companies, and lent them machines at night, so that a first
   generation of spin-offs grew up around the lecture halls and the sailors' former canteen, with
   graduates who stayed because their friends stayed.[^g1]
4. **Mixed stage:** In the mixed stage council, landlords and polytechnic share a common board,
   which sets aside a floor of each new building for beginners and publishes what every tenant
   pays, an arrangement that visitors from abroad have described as unusually open and that the
   board itself calls an experiment.[^g2]

## Goals of the board

The board of the Arnholm quarter has three goals:

- cheap floors for beginners
- open laboratories
- short ways between firms

## Harbour Street

Harbour Street opened on 3 May 2011 in a former rope factory.[^g1] It houses 45 start-up companies
on nine floors.[^g2] Rents on Harbour Street are a third below those of the old town.

## Delta Laboratory

The polytechnic keeps its wet chemistry in a brick hall at the northern lock, where barges once
unloaded coal, and the hall still has the cranes, the weighing house and the narrow rails that
carried the wagons to the furnaces. Three storeys were added without touching the walls, because
the council had listed the hall as a monument and would not let anybody drill into the bricks.
Visitors enter through the weighing house, leave their coats where the clerks used to stand, and
walk over a glass floor above the old scales. On the second storey a gallery runs around the
cranes, and from its railing the students watch the barges that still pass through the lock on
their way to the quarries of the upper valley. The northern hall has been the home of the Delta
Laboratory since Mira Holt founded the Delta Laboratory in 1987.

It employs 310 chemists — more than any other laboratory in the region.

## Glass Tower

The Glass Tower housed 120 tenants in 2015, according to the board.[^g2] According to the board,
the Glass Tower housed 120 tenants in 2015. The Glass Tower housed 140 tenants in 2015, according
to the landlords. The Glass Tower housed three tenants in bankruptcy, according to the court. The
Glass Tower housed four tenants in bankruptcy, according to the court.

## Trams

| Line | Terminus | Stops |
|---|---|---|
| Line 4 | Northern Lock | 17 |
| Line 9 | Old Town | 23 |

[^g1]: Arnholm Council, "Annual report", 2012. <https://example.org/report>
[^g2]: Arnholm Board, "Register of tenants", 2016.
"""

NOTES = """Notes on the Arnholm ferry

The Arnholm ferry crosses the canal every twelve minutes — even at night.\r
The first ferry captain was Jonas Ek, who sailed until 1954.\r
\r
He trained two sisters, Ada and Ina Ek, and they took over the ferry in 1955.\r
"""

INDICATORS = """entity,year,period,indicator,value,unit,qualifier,note,source
Arnholm,2021,year,R&D expenditure,12.50,million crowns,about,estimated,Council: Budget (2022)
Arnholm,2022,year,R&D expenditure,1840.7,million crowns,exact,,Council: Budget (2023)
Arnholm,2022,year-end,Patents granted,31244,patents,exact,,"Patent Office: ""Yearbook"" (2023)"
"""

DESCRIPTION = """title = "Arnholm quarter"
description = "A quarter that does not exist."
suggested_questions = ["What are the goals of the board?"]
"""

QUESTIONS = (
    "In which stages did the Arnholm quarter grow?",
    "What are the goals of the board?",
    "When did Harbour Street open?",
    "How many chemists does the Delta Laboratory employ?",
    "How much was the R&D expenditure of Arnholm in 2022?",
    "Who was the first ferry captain?",
    "What is the boiling point of liquid helium?",
    "“Åsa” <b>asks</b>: how many tenants — in 2015 — did the Glass Tower house? 🚋",
)


@dataclass(frozen=True)
class Library:
    """The documents, their index and an assistant over it."""

    root: Path
    settings: Settings
    assistant: Assistant

    @property
    def documents(self) -> Path:
        return self.root / "documents"

    def file_text(self, source: str) -> str:
        """A file as the contract counts its characters: UTF-8, line ends as one character."""
        raw = (self.documents / source).read_bytes().decode()
        return raw.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Ran:
    """What one run of the command left behind."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Standard output with plain spaces: lines are broken to the width of the terminal."""
        return " ".join(self.out.split())

    @property
    def told(self) -> str:
        """Standard error with plain spaces."""
        return " ".join(self.err.split())


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """Tests look at the report instead."""


def plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("INNOQA_")}


@pytest.fixture(scope="session")
def library(
    tmp_path_factory: pytest.TempPathFactory, with_graphs: Callable[[Path], Path]
) -> Library:
    root = tmp_path_factory.mktemp("library")
    files = {
        "corpus.toml": DESCRIPTION,
        "guide.md": GUIDE,
        "ferry/notes.txt": NOTES,
        "indicators.csv": INDICATORS,
    }
    for name, text in files.items():
        path = root / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    settings = Settings(index=with_graphs(root / "index"))
    report = bootstrap.ingest([root / "documents"], settings, no_progress)
    assert report.documents == 3
    assert not report.skipped
    return Library(root, settings, bootstrap.open_assistant(settings))


@pytest.fixture(scope="session")
def assistant(library: Library) -> Assistant:
    return library.assistant


@pytest.fixture(scope="session")
def fixed_questions() -> tuple[str, ...]:
    return QUESTIONS


@pytest.fixture(scope="session")
def ingest() -> Callable[[list[Path], Settings], Any]:
    return lambda paths, settings: bootstrap.ingest(paths, settings, no_progress)


@pytest.fixture(scope="session")
def other_process(
    library: Library, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Ran, list[dict[str, Any]]]:
    """The installed command, asked the fixed questions as a batch in a process of its own."""
    folder = tmp_path_factory.mktemp("batch")
    lines = [
        json.dumps({"id": f"q{number}", "question": question})
        for number, question in enumerate(QUESTIONS)
    ]
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    done = subprocess.run(
        [
            *(COMMAND, "ask", "--batch", "questions.jsonl", "--out", "replies.jsonl"),
            *("--index", str(library.settings.index)),
        ],
        cwd=folder,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    replies = (folder / "replies.jsonl").read_text("utf-8").splitlines()
    ran = Ran(done.returncode, done.stdout, done.stderr)
    return ran, [json.loads(line) for line in replies]


@pytest.fixture
def innoqa(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Ran]:
    """Runs the command's ``main`` in an empty folder and an environment without settings."""
    for name in os.environ:
        if name.startswith("INNOQA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["innoqa", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run
