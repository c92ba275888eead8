"""Kills ingests with SIGKILL at random moments and compares what the next one makes of it.

    python -m tests.killed_ingests 200      # or: make kills KILLS=200

Each ingest is a process of its own, forked from one that has the libraries loaded. It brings an
index in line with a folder in which files were changed, added and removed. After a kill the
published index must answer as before or as after; a second ingest must end in exactly the index
that one which nobody disturbs makes: the same documents, passages, vectors and files.
"""

import hashlib
import json
import os
import pickle
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
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
    assert _run(folder) == 0
    for name, text in AFTER.items():
        (docs / name).write_text(text, "utf-8")
    (docs / "gone.md").unlink()


def kill(folder: Path, kills: int, seed: int = 0) -> Outcome:
    """Kill that many ingests of copies of a prepared project, at moments over all of their time."""
    started = time.monotonic()
    outcome = Outcome()
    clean = _copy(folder, folder.with_name("clean"))
    lasting = _timed(lambda: _run(clean))
    wanted = digest(clean / "index")
    answers = {_answer(folder), _answer(clean)}
    moments = random.Random(seed)
    for number in range(kills):
        moment = moments.uniform(0, 1.1 * lasting)
        copy = _copy(folder, folder.with_name(f"killed-{number}"))
        told = f"kill {number} after {moment:.3f} s of {lasting:.3f} s"
        _run(copy, moment)
        outcome.moments[_state(copy)] += 1
        if (answer := _answer(copy)) not in answers:
            outcome.differences.append(f"{told}: it answered {answer!r}")
        if _run(copy) != 0:
            outcome.differences.append(f"{told}: the next ingest failed")
        else:
            found = digest(copy / "index")
            outcome.differences += [
                f"{told}: {name} differs" for name in wanted if found[name] != wanted[name]
            ]
        shutil.rmtree(copy)
        if number % 20 == 19:
            sys.stderr.write(f"{number + 1} kills, {len(outcome.differences)} differences\n")
    outcome.seconds = time.monotonic() - started
    return outcome


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


def _run(project: Path, killed_after: float | None = None) -> int:
    """Ingest a project in a process of its own; its exit status, negative for a signal."""
    settings = Settings(index=project / "index")
    child = _forked(lambda: bootstrap.ingest([project / "docs"], settings, lambda *_: None))
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _told_by_child(work: Callable[[], Any]) -> Any:
    """What a function gives, run in a process of its own: this one must stay without threads."""
    reads, writes = os.pipe()
    child = _forked(lambda: os.write(writes, pickle.dumps(work())))
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        told = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return pickle.loads(told)


def _forked(work: Callable[[], object]) -> int:
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


def _timed(run: Callable[[], int]) -> float:
    started = time.monotonic()
    assert run() == 0
    return time.monotonic() - started


def _hash(*parts: str | bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part if isinstance(part, bytes) else part.encode())
    return whole.hexdigest()


def main() -> None:
    """Kill as many ingests as the first argument says; print what came of it as JSON."""
    import chromadb  # noqa: F401 - once, for all children
    import onnxruntime  # noqa: F401
    import sentence_transformers  # noqa: F401
    import torch  # noqa: F401

    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    graphs = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name) / "project", graphs)
        outcome = kill(Path(name) / "project", kills)
    print(  # noqa: T201 - it is a program, too
        json.dumps(
            {
                "kills": kills,
                "moments": outcome.moments,
                "differences": outcome.differences,
                "seconds": round(outcome.seconds, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
