"""Disturbs ingests at random moments and compares what the next one makes of it.

    python -m tests.disturbed_ingests 200 50      # or: make kills KILLS=200

Some are killed with SIGKILL, others find no room on the disk or in memory.

Each ingest is a process of its own, forked from one that has the libraries loaded. It brings an
index in line with a folder in which files were changed, added and removed. After it the
published index must answer as before or as after; a second ingest must end in exactly the index
that one which nobody disturbs makes: the same documents, passages, vectors and files.
"""

import hashlib
import json
import os
import pickle
import random
import resource
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from innoqa import bootstrap
from innoqa.adapters import chroma_index
from innoqa.adapters.generations import Generations
from innoqa.settings import Settings

QUESTION = "When did the opera of Oslo open?"
OSLO = "# Oslo\n\nThe opera of Oslo opened in {} at the fjord.\n"
BEFORE = {
    "oslo.md": OSLO.format(2008),
    "bergen.md": "# Bergen\n\nThe light rail of Bergen carries passengers to the airport.\n",
    "gone.md": "# Gone\n\nThe ferry of Larvik goes to Denmark twice a day.\n",
    "trams.csv": "city,year,indicator,value,unit\nOslo,2018,Trams,87,trams\n",
}
AFTER = {
    "oslo.md": OSLO.format(1908),
    "towns.md": "# Towns\n\n" + "\n\n".join(
        f"## Town {n}\n\nThe {n}. town has {n * 7} houses at the river and {n + 3} mills."
        for n in range(1, 40)
    ),
    "page.html": "<html><body><h1>Moss</h1><p>The glassworks of Moss closed in 1999.</p></body>",
}  # fmt: skip


STARVED_WITHIN = 120
"""Seconds after which an ingest without room is killed. Chroma's native part may wait for ever for
a thread that the system does not give it; what is claimed is that nothing is lost then."""

STAGES = ("", "reading", "embedding", "indexing")
"""What an ingest reports first when it begins something; "" is its start."""


@dataclass(frozen=True)
class Ran:
    """An ingest in a process: its exit status, and seconds from the beginning of a stage."""

    status: int
    after: float


@dataclass
class Outcome:
    """What became of the kills: where they fell, and every difference that was found."""

    moments: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0


def prepare(folder: Path, graphs: Path | None = None) -> None:
    """A project whose index is of the files before, beside the files after."""
    docs = folder / "docs"
    docs.mkdir(parents=True)
    for name, text in BEFORE.items():
        (docs / name).write_text(text, "utf-8")
    if graphs is not None:
        shutil.copytree(graphs, folder / "index" / "encoder", copy_function=os.link)
    assert _run(folder).status == 0
    for name, text in AFTER.items():
        (docs / name).write_text(text, "utf-8")
    (docs / "gone.md").unlink()


def disturb(folder: Path, kills: int, starved: int, seed: int = 0) -> Outcome:
    """Disturb that many ingests of copies of a prepared project.

    Some are killed, at moments over all of the time that is left after one of ``STAGES`` began;
    others find no room on the disk or in memory, from sizes that are too small at once to sizes
    that are nearly enough.
    """
    started = time.monotonic()
    clean = _copy(folder, folder.with_name("clean"))
    lasting = {stage: _run(_copy(folder, folder.with_name(f"timed-{stage}")), stage).after
               for stage in STAGES}  # fmt: skip
    assert _run(clean).status == 0
    trials = _Trials(folder, digest(clean / "index"), {_answer(folder), _answer(clean)})
    draws = random.Random(seed)
    for number in range(kills):
        stage = draws.choice(STAGES)
        moment = draws.uniform(0, 1.1 * lasting[stage])
        trials.add(
            f"kill {number}, {moment:.3f} s after {stage} began",
            lambda p, s=stage, m=moment: _run(p, s, m),
        )
        if number % 20 == 19:
            told = len(trials.outcome.differences)
            sys.stderr.write(f"{number + 1} kills, {told} differences\n")
    largest = max(p.stat().st_size for p in (clean / "index").rglob("*") if p.suffix != ".onnx")
    for number in range(starved):
        limit, room = (
            (resource.RLIMIT_FSIZE, draws.randrange(1, largest))
            if number % 2
            else (resource.RLIMIT_AS, _address_space() + draws.randrange(1 << 20, 1 << 29))
        )
        trials.add(
            f"starving {number}, {room} bytes of {'files' if number % 2 else 'memory'}",
            lambda p, m=limit, r=room: _run(p, limits=((m, r),)),
        )
    trials.outcome.seconds = time.monotonic() - started
    return trials.outcome


@dataclass
class _Trials:
    """Copies of a project in which an ingest was disturbed, held against what a clean one makes."""

    project: Path
    wanted: dict[str, str]
    answers: set[str]
    outcome: Outcome = field(default_factory=Outcome)

    def add(self, told: str, disturbed: Callable[[Path], object]) -> None:
        """Disturb an ingest, ask, ingest again, and compare."""
        copy = _copy(self.project, self.project.with_name("disturbed"))
        disturbed(copy)
        self.outcome.moments[_state(copy)] += 1
        if (answer := _answer(copy)) not in self.answers:
            self.outcome.differences.append(f"{told}: it answered {answer!r}")
        if _run(copy).status != 0:
            self.outcome.differences.append(f"{told}: the next ingest failed")
        else:
            found = digest(copy / "index")
            self.outcome.differences += [
                f"{told}: {name} differs"
                for name in self.wanted
                if found[name] != self.wanted[name]
            ]
        shutil.rmtree(copy)


def digest(index: Path) -> dict[str, str]:
    """As ``digest_here``, in a process of its own."""
    found: dict[str, str] = _told_by_child(lambda: digest_here(index))
    return found


def digest_here(index: Path) -> dict[str, str]:
    """Hashes of all that an index is: its truth, its generation, and which files there are."""
    parts: dict[str, str] = {}
    with closing(sqlite3.connect(index / "innoqa.sqlite")) as truth:
        for table in ("meta", "roots", "documents", "passages", "vectors"):
            rows = sorted(map(repr, truth.execute(f"SELECT * FROM {table}")))
            parts[f"table {table}"] = _hash(*rows)
    folder = Generations(index).folder()
    parts["state"] = Generations(index).manifest()["state"]
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "chroma" not in path.relative_to(folder).parts:
            parts[str(path.relative_to(folder))] = _hash(path.read_bytes())
    parts["chroma"] = _hash(*sorted(_vectors(folder / "chroma")))
    left = sorted(path.name for path in index.iterdir())
    generations = list((index / "generations").iterdir())
    whole = all((path / "manifest.json").is_file() for path in generations)
    parts["files"] = repr((left, len(generations) <= 2, whole))
    return parts


def _vectors(folder: Path) -> Iterator[str]:
    """Each passage of a Chroma collection with its vector."""
    copied = Path(tempfile.mkdtemp()) / "chroma"  # a reader writes, and must change nothing here
    shutil.copytree(folder, copied)
    client = chroma_index._client(copied)
    try:
        found = client.get_collection(chroma_index.COLLECTION, embedding_function=None).get(
            include=["embeddings", "documents", "metadatas"]
        )
        for name, vector, words, metadata in zip(
            found["ids"], found["embeddings"], found["documents"], found["metadatas"], strict=True
        ):
            yield f"{name} {_hash(vector.tobytes())} {words} {sorted(metadata.items())}"
    finally:
        client.close()
        shutil.rmtree(copied.parent)


def _state(project: Path) -> str:
    """How far a killed ingest came."""
    index = project / "index"
    generations = list((index / "generations").iterdir())
    if not all((path / "manifest.json").is_file() for path in generations):
        return "while a generation was built"
    truth = sqlite3.connect(index / "innoqa.sqlite")
    with closing(truth):
        (stored,) = truth.execute("SELECT count(*) FROM documents").fetchone()
        (embedded,) = truth.execute("SELECT count(*) FROM vectors").fetchone()
    if len(generations) > 1:
        return "after a generation was built"
    if stored != len(BEFORE):
        return "after the documents were stored"
    return "after vectors were stored" if embedded > len(BEFORE) else "before anything was stored"


def _answer(project: Path) -> str:
    settings = Settings(index=project / "index")
    ask = bootstrap.open_assistant
    text: str = _told_by_child(lambda: ask(settings).answer(QUESTION).reply.text)
    return text


def _run(
    project: Path,
    stage: str = "",
    killed_after: float | None = None,
    limits: Sequence[tuple[int, int]] = (),
) -> Ran:
    """Ingest a project in a process of its own; kill it some time after a stage began."""
    reads, writes = os.pipe()

    def progress(at: str, _done: int, _total: int) -> None:
        if at == stage:
            os.write(writes, b".")

    def ingest() -> None:
        for limit, room in limits:
            resource.setrlimit(limit, (room, room))
        bootstrap.ingest([project / "docs"], Settings(index=project / "index"), progress)

    child = _forked(ingest, tells=not limits)
    os.close(writes)
    if stage:
        os.read(reads, 1)  # at the latest its end, which closes the pipe
    began = time.monotonic()
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, signal.SIGKILL)
    elif limits and not _ends_within(child, STARVED_WITHIN):
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(reads)
    return Ran(status, time.monotonic() - began)


def _ends_within(child: int, seconds: float) -> bool:
    """Whether a child ends by itself; it is left to be waited for."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return True
        time.sleep(0.05)
    return False


def _address_space() -> int:
    """How many bytes of addresses this process has."""
    pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _told_by_child(work: Callable[[], Any]) -> Any:
    """What a function gives, run in a process of its own: this one must stay without threads."""
    reads, writes = os.pipe()
    child = _forked(lambda: os.write(writes, pickle.dumps(work())))
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        told = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return pickle.loads(told)


def _forked(work: Callable[[], object], *, tells: bool = True) -> int:
    """The id of a child that does some work and then ends."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.setsid()
        work()
        status = 0
    except BaseException:  # noqa: BLE001 - nothing of a child may go on in its parent
        if tells:
            traceback.print_exc()
    finally:
        os._exit(status)


def _copy(project: Path, target: Path) -> Path:
    def copy_file(source: str, name: str) -> str:
        if source.endswith(".onnx"):
            os.link(source, name)
            return name
        return shutil.copy2(source, name)

    shutil.copytree(project, target, copy_function=copy_file)
    return target


def _hash(*parts: str | bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part if isinstance(part, bytes) else part.encode())
    return whole.hexdigest()


def main() -> None:
    """Kill and starve as many ingests as the arguments say; print what came of it as JSON."""
    import chromadb  # noqa: F401 - once, for all children
    import onnxruntime  # noqa: F401
    import sentence_transformers  # noqa: F401
    import torch  # noqa: F401

    kills, starved = (int(number) for number in sys.argv[1:3])
    graphs = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name) / "project", graphs)
        outcome = disturb(Path(name) / "project", kills, starved)
    told = {
        "kills": kills,
        "starved": starved,
        "moments": outcome.moments,
        "differences": outcome.differences,
        "seconds": round(outcome.seconds, 1),
    }
    print(json.dumps(told))  # noqa: T201 - it is a program, too


if __name__ == "__main__":
    main()
