"""Measure ingest as an index grows: ``make bench-ingest``.

For each size, that many distinct passages are written as Markdown files, of words as frequent as in
the corpus, and ingested into a fresh index by ``bootstrap.ingest`` in a process of its own, whose
stages are timed from outside. Embedding alone is the same embedder over passages of that index
with nothing beside it. Seconds of processors are told beside seconds of a clock: on a machine that
others use too, they are what repeats.
"""

import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import wraps
from math import ceil, floor, log10
from pathlib import Path
from time import perf_counter, process_time
from typing import Annotated, Any

import typer

from innoqa import bootstrap
from innoqa.adapters import (
    bm25s_index,
    chroma_index,
    embedder,
    generations,
    reader,
    spelling,
    sqlite_store,
    vector_files,
)
from innoqa.settings import Settings

ROOT = Path(__file__).parents[1]
SEED = 20261125
A_DOCUMENT, A_FOLDER = 10, 100
"""Passages of a document, and documents of a folder."""
PIECES = (100, 155)
"""The least and the most word pieces that a passage has room for; more room is likelier."""
SAMPLE = 1000
"""Passages that are embedded alone."""
EVERY = 0.5
"""Seconds between two looks at the memory."""

STAGES = {
    "loading the embedder": [(embedder.PassageEmbedder, "__init__")],
    "embedding": [(embedder.PassageEmbedder, "embed")],
    "storing vectors": [(sqlite_store.SqliteStore, "put_vectors")],
    "storing passages": [(sqlite_store.SqliteStore, "put_documents")],
    "writing graphs": [(embedder, "export_query_encoder"), (reader, "export_reader")],
    "Chroma": [(chroma_index.ChromaWriter, "add"), (chroma_index.ChromaWriter, "finish")],
    "verifying": [(chroma_index.ChromaWriter, "_verify")],
    "BM25": [(bm25s_index.Bm25Writer, "add"), (bm25s_index.Bm25Writer, "finish")],
    "words": [(spelling.WordWriter, "add"), (spelling.WordWriter, "finish")],
    "vector files": [(vector_files.VectorWriter, "add"), (vector_files.VectorWriter, "finish")],
    "syncing": [(generations.Generations, "publish")],
}
"""What is timed; verifying is part of finishing Chroma, and taken off it."""

app = typer.Typer(add_completion=False)


@app.command()
def run(
    sizes: Annotated[str, typer.Option(help="Passages of each index.")] = "1000 10000",
    out: Annotated[Path, typer.Option(metavar="DIR")] = Path("results/ingest"),
) -> None:
    """Measure every size; print a table, and write it with a plot."""
    measured: dict[int, dict[str, float]] = {}
    for size in map(int, sizes.split()):
        with tempfile.TemporaryDirectory() as folder:
            measured[size] = measure(size, Path(folder))
    table = as_table(measured)
    print(table)
    out.mkdir(parents=True, exist_ok=True)
    (out / "ingest.md").write_text(table, "utf-8")
    (out / "ingest.svg").write_text(as_plot(measured), "utf-8")


@app.command()
def once(documents: Path, index: Path) -> None:
    """Ingest in this process; print what it took as JSON."""
    settings = replace(Settings.from_environment(), index=index)
    spent: Counter[str] = Counter()
    for stage, places in STAGES.items():
        for owner, name in places:
            setattr(owner, name, _timed(getattr(owner, name), stage, spent))
    started = perf_counter()
    report = bootstrap.ingest([documents], settings, lambda *_: None)
    took = perf_counter() - started
    spent["Chroma"] -= spent["verifying"]
    spent["waiting for files"] = report.seconds_by_stage["reading"]
    inside = sum(spent[s] for s in ("Chroma", "verifying", "BM25", "words", "vector files"))
    publishing = report.seconds_by_stage.get("publishing", 0.0)
    spent["catalog"] = publishing - inside - spent["syncing"]
    spent["all else"] = took - sum(spent.values())
    print(json.dumps({**spent, "took": took, "passages": report.passages, "read": report.read}))


@app.command()
def alone(index: Path) -> None:
    """Embed passages of an index, and nothing else; print what one took as JSON."""
    settings = replace(Settings.from_environment(), index=index)
    model = embedder.find_model(settings.embedder)
    dtype = embedder.hardware_dtype() if settings.dtype == "auto" else settings.dtype
    with closing(sqlite_store.SqliteStore(generations.Generations(index).truth)) as store:
        passages = [passage for passage, *_ in zip(_passages(store), range(SAMPLE), strict=False)]
    texts = [(p.heading_path, tuple(s.text for s in p.sentences)) for p in passages]
    maker = embedder.PassageEmbedder(model, dtype)
    maker.embed(texts[:100])
    started, processors = perf_counter(), process_time()
    maker.embed(texts)
    taken = {"seconds": perf_counter() - started, "processor": process_time() - processors}
    print(json.dumps({name: value / len(texts) for name, value in taken.items()}))


def measure(size: int, folder: Path) -> dict[str, float]:
    """Every figure of one size, in seconds but for what its name says."""
    documents, index = folder / "documents", folder / "index"
    maker = documents_of(size)
    for number, text in enumerate(maker):
        path = documents / f"{number // A_FOLDER:04d}" / f"{number:06d}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    figures = _child("once", documents, index)
    assert figures["passages"] == size, f"{figures['passages']} passages were made, not {size}"
    per_passage = _child("alone", index)
    figures["alone"] = per_passage["seconds"] * size
    figures["alone, processor"] = per_passage["processor"] * size
    disk = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    figures["MiB on disk"] = disk / 2**20
    again = [_child("once", documents, index) for _ in range(3)]
    figures["nothing changed"] = sorted(one["took"] for one in again)[1]
    (extra,) = documents_of(A_DOCUMENT, SEED + 1)
    (documents / "one-more.md").write_text(extra, "utf-8")
    more = _child("once", documents, index)
    figures["one document more"] = more["took"]
    figures["one document more, processor"] = more["processor"]
    return figures


def documents_of(passages: int, seed: int = SEED) -> Iterator[str]:
    """Markdown documents with so many passages: one under each heading, none like another."""
    chance = random.Random(seed)  # noqa: S311 - texts that are the same each time
    count = embedder.PieceCounter(embedder.find_model(""))
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "corpus").glob("*.md"))]
    words = re.findall(r"[^\W\d_]+|\d+", " ".join(texts))

    def sentence() -> str:
        chosen = " ".join(chance.choices(words, k=chance.randint(8, 24)))
        return f"{chosen[0].upper()}{chosen[1:]}."

    def paragraph() -> str:
        most, least = PIECES[1], PIECES[0]
        room = chance.triangular(least, most, most)
        said, filled = [sentence()], 0
        while (filled := filled + count(said[-1])) < room:
            said.append(sentence())
        return " ".join(said[:-1] or said)

    for first in range(0, passages, A_DOCUMENT):
        title, *heads = (" ".join(chance.choices(words, k=3)) for _ in range(A_DOCUMENT + 1))
        heads = heads[: min(A_DOCUMENT, passages - first)]
        yield f"# {title}\n\n" + "\n\n".join(f"## {head}\n\n{paragraph()}" for head in heads) + "\n"


def as_table(measured: Mapping[int, Mapping[str, float]]) -> str:
    """Markdown tables: what each index took as a whole, then by stage."""
    head = "|".join(f" {size:,} passages " for size in measured)
    rule = "|---" * (len(measured) + 1) + "|"
    lines = [f"| |{head}|", rule]
    for name, read in WHOLE.items():
        lines.append(f"| {name} | " + " | ".join(map(read, measured.values())) + " |")
    lines += ["", f"| stage: seconds (passages a second) |{head}|", rule]
    order = ["waiting for files", *STAGES, "catalog", "all else"]
    for stage in order:
        cells = [
            f"{one[stage]:.2f} ({one['passages'] / one[stage]:,.0f})" if one.get(stage) else "-"
            for one in measured.values()
        ]
        lines.append(f"| {stage} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


WHOLE: dict[str, Callable[[Mapping[str, float]], str]] = {
    "documents": lambda one: f"{one['read']:,.0f}",
    "first ingest, s": lambda one: f"{one['took']:.1f}",
    "passages a second": lambda one: f"{one['passages'] / one['took']:.0f}",
    "processor time, s": lambda one: f"{one['processor']:.1f}",
    "embedding alone, s": lambda one: f"{one['alone']:.1f}",
    "embedding alone, processor time, s": lambda one: f"{one['alone, processor']:.1f}",
    "all else over embedding alone": lambda one: f"{one['took'] / one['alone'] - 1:.0%}",
    "the same in processor time": lambda one: (
        f"{one['processor'] / one['alone, processor'] - 1:.0%}"
    ),
    "most memory, MiB": lambda one: f"{one['MiB of memory']:.0f}",
    "index on disk, MiB": lambda one: f"{one['MiB on disk']:.1f}",
    "one document more, s": lambda one: f"{one['one document more']:.2f}",
    "the same, processor time, s": lambda one: f"{one['one document more, processor']:.1f}",
    "nothing changed, s": lambda one: f"{one['nothing changed']:.2f}",
    "first ingest : nothing changed": lambda one: f"{one['took'] / one['nothing changed']:.0f}",
}


CURVES = {"took": "first ingest", "one document more": "one document more",
          "nothing changed": "nothing changed"}  # fmt: skip


def as_plot(measured: Mapping[int, Mapping[str, float]]) -> str:
    """Seconds against passages, both axes logarithmic, as SVG that stands alone."""
    values = [one[name] for one in measured.values() for name in CURVES]
    across = _Axis(list(measured), 60, 520)
    up = _Axis(values, 300, 20)
    parts = ['<path d="M60 20V300H520" fill="none" stroke="#7a818c"/>']
    for tick in across.ticks:
        parts.append(_label(f"{tick:,g}", across(tick), 318, "middle"))
    for tick in up.ticks:
        parts.append(f'<path d="M60 {up(tick):.1f}H520" stroke="#7a818c" stroke-opacity="0.25"/>')
        parts.append(_label(f"{tick:g} s", 54, up(tick) + 4, "end"))
    parts.append(_label("passages", 290, 338, "middle"))
    for (name, said), dash in zip(CURVES.items(), ("none", "7 4", "2 3"), strict=True):
        points = [(across(size), up(one[name])) for size, one in measured.items()]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="#3b82d9" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#3b82d9"/>' for x, y in points]
        parts.append(_label(said, points[-1][0] + 8, points[-1][1] + 4, "start"))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 350" role="img" '
        'font-family="sans-serif" font-size="13" fill="#7a818c">'
        "<title>Seconds of an ingest against passages</title>" + "".join(parts) + "</svg>\n"
    )


class _Axis:
    """Values above 0 -> places between two ends, by their logarithm, in whole powers of ten."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self._low, high = floor(log10(min(values))), ceil(log10(max(values)))
        self._high = max(high, self._low + 1)
        self._start, self._end = start, end

    @property
    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self._low, self._high + 1)]

    def __call__(self, value: float) -> float:
        share = (log10(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)


def _label(text: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _timed(call: Callable[..., Any], stage: str, spent: Counter[str]) -> Callable[..., Any]:
    @wraps(call)
    def timed(*arguments: Any, **named: Any) -> Any:
        started = perf_counter()
        try:
            return call(*arguments, **named)
        finally:
            spent[stage] += perf_counter() - started

    return timed


def _passages(store: sqlite_store.SqliteStore) -> Iterator[Any]:
    for passage, _, _ in store.passages():
        yield passage


def _child(command: str, *arguments: Path) -> dict[str, float]:
    """Run a command of this script; what it printed, and what its processes used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, str(Path(__file__)), command, *map(str, arguments)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        memory = _Memory(process.pid)
        printed, _ = process.communicate()
        most = memory.stop()
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} failed")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return {"processor": processor, "MiB of memory": most, **json.loads(printed.splitlines()[-1])}


class _Memory:
    """The most memory that a process and its descendants had at a time; shared pages count once."""

    def __init__(self, process: int) -> None:
        self._process, self._most = process, 0.0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> float:
        """In MiB."""
        self._is_over.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._is_over.wait(EVERY):
            self._most = max(self._most, sum(map(_proportional, _tree(self._process))) / 1024)


def _tree(process: int) -> list[int]:
    found = [process]
    with suppress(OSError):
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            for child in children.read_text().split():
                found += _tree(int(child))
    return found


def _proportional(process: int) -> int:
    """The proportional set size of a process in KiB, 0 where it has ended."""
    with suppress(OSError, ProcessLookupError):
        found = re.search(r"^Pss: +(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.M)
        return int(found[1]) if found else 0
    return 0


if __name__ == "__main__":
    app()
