"""An index that is asked in one process while it is made anew in another, or cannot be written."""

import json
import os
import subprocess
import sys

DOCUMENTS = 4
PUBLICATIONS = 15
ASKED = """
import gc, json, os, re, sys, threading
from pathlib import Path
from innoqa import bootstrap
from innoqa.domain import Query
from innoqa.settings import Settings

assistant = bootstrap.open_assistant(Settings(index=Path(sys.argv[1]), reader=False))
version = re.compile(r"release (\\d+)")
seen, failed, ended = [], [], threading.Event()

def ask(number):
    while not ended.wait(0.4):
        turn = assistant.answer(f"Which release does the town of number {number} run?")
        told = {found for hit in turn.hits for found in version.findall(hit.passage.text)}
        with assistant.open_index() as index:
            stored = {found for document in index.catalog.documents()
                      for found in version.findall(document.text)}
            near = {found for hit in index.search(Query("the release of the town"), 4)
                    for found in version.findall(hit.passage.text)}
            seen.append((index.name, sorted(stored | near), sorted(told)))

def ask_on(number):
    try:
        ask(number)
    except BaseException as error:
        failed.append(repr(error))

def used():
    gc.collect()
    return len(os.listdir("/proc/self/fd")), int(Path("/proc/self/statm").read_text().split()[1])

threads = [threading.Thread(target=ask_on, args=(number,)) for number in range(3)]
for thread in threads:
    thread.start()
print("asking", flush=True)
uses = []
for line in sys.stdin:
    uses.append(used())
    print(len(seen), flush=True)
ended.set()
for thread in threads:
    thread.join()
assistant.corpus()
print(json.dumps({"seen": seen, "failed": failed, "uses": [*uses, used()]}))
"""


def write(project, release):
    for number in range(DOCUMENTS):
        project.write(f"{number}.md", f"# Town {number}\n\nTown {number} runs release {release}.\n")


def test_whoever_asks_while_others_publish_gets_answers_of_one_generation_each(project):
    write(project, 0)
    project.ingest()
    releases = {project.generations.published(): "0"}
    with subprocess.Popen(
        [sys.executable, "-c", ASKED, str(project.index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as asking:

        def told():
            asking.stdin.write("\n")
            asking.stdin.flush()
            return int(asking.stdout.readline())

        assert asking.stdout.readline() == "asking\n"
        for release in range(1, PUBLICATIONS + 1):
            write(project, release)
            assert project.ingest().published
            releases[project.generations.published()] = str(release)
            told()
        asked = json.loads(asking.communicate()[0])
    assert asked["failed"] == []
    for name, stored, told_of in asked["seen"]:
        assert stored == [releases[name]]
        assert len(told_of) == 1
    assert len({name for name, *_ in asked["seen"]}) > PUBLICATIONS // 2
    (files, _), (_, memory) = asked["uses"][0], asked["uses"][PUBLICATIONS // 2]
    assert asked["uses"][-1][0] <= files + 2
    assert asked["uses"][-1][1] < memory * 1.15
    project.ingest()
    folders = [path.name for path in (project.index / "generations").iterdir()]
    assert folders == [project.generations.published()]


WRITE_PROTECTED = """
import sys
from pathlib import Path
from innoqa import bootstrap
from innoqa.errors import IndexUnwritable
from innoqa.settings import Settings

folder = Path(sys.argv[1])
settings = Settings(index=folder / "index", reader=False)
print(bootstrap.open_assistant(settings).answer("Which release does Town 2 run?").reply.text)
try:
    bootstrap.ingest([folder / "docs"], settings, lambda *_: None)
except IndexUnwritable as error:
    print(error)
"""


def test_an_index_on_a_disk_that_cannot_be_written_is_asked_but_not_changed(project):
    write(project, 7)
    project.ingest()
    inside = [project.index, *project.index.rglob("*")]
    for path in inside:
        path.chmod(0o555 if path.is_dir() else 0o444)
    # Who may write everything is asked to do without that right.
    plain = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    said = subprocess.run(
        [*plain, sys.executable, "-c", WRITE_PROTECTED, str(project.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    for path in inside:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert said.returncode == 0, said.stderr
    assert "release 7" in said.stdout
    assert "index cannot be written (" in said.stdout
