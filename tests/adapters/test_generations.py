"""The index folder: one writer, generations that are published in one step, none half built."""

import os
import subprocess
import sys
import threading
import time

import pytest

from innoqa.adapters.generations import Generations
from innoqa.errors import IndexBroken, IndexBusy, IndexMissing


@pytest.fixture
def generations(tmp_path):
    return Generations(tmp_path / "index")


def publish(generations, name):
    folder = generations.start(name)
    (folder / "part.txt").write_text(name)
    generations.publish(folder, {"state": name})


def ingest(generations, name):
    """As ``indexing`` does with a state."""
    with generations.writing():
        if not generations.is_whole(name) and not generations.restore(name):
            publish(generations, name)


def names(generations):
    return sorted(path.name for path in (generations.index / "generations").iterdir())


def test_a_new_index_has_nothing_published_and_says_how_to_make_it(generations):
    assert generations.published() is None
    with pytest.raises(IndexMissing, match=r"There is no index in .*innoqa ingest"):
        generations.folder()
    with pytest.raises(IndexMissing, match=r"There is no index in .*innoqa ingest"):
        generations.published_at()


def test_what_is_published_is_whole_and_says_what_it_is(generations):
    publish(generations, "one")
    assert generations.published() == "one"
    assert generations.is_whole("one")
    assert not generations.is_whole("two")
    assert generations.manifest() == {"state": "one"}
    assert (generations.folder() / "part.txt").read_text() == "one"


def test_a_generation_under_construction_is_not_seen(generations):
    publish(generations, "one")
    generations.start("two")
    assert generations.manifest() == {"state": "one"}
    assert not generations.restore("two")


def test_a_generation_that_nobody_reads_goes_when_another_one_is_published(generations):
    for name in ("one", "two"):
        ingest(generations, name)
    assert names(generations) == ["two"]


def test_a_generation_that_is_read_stays_until_an_ingest_finds_it_unread(generations):
    ingest(generations, "one")
    lease = generations.lease()
    for name in ("two", "three"):
        ingest(generations, name)
    assert names(generations) == ["one", "three"]
    assert (lease.folder / "part.txt").read_text() == lease.manifest["state"] == "one"
    lease.close()
    ingest(generations, "three")  # which changes nothing
    assert names(generations) == ["three"]


def test_a_generation_that_is_still_read_is_published_again_instead_of_built(generations):
    ingest(generations, "one")
    lease = generations.lease()
    ingest(generations, "two")
    built = (lease.folder / "part.txt").stat().st_ino
    ingest(generations, "one")
    assert names(generations) == ["one"]
    assert (generations.folder() / "part.txt").stat().st_ino == built


def test_a_withdrawn_index_leaves_nothing_that_nobody_reads(generations):
    ingest(generations, "one")
    with generations.writing():
        generations.withdraw()
    assert generations.published() is None
    assert names(generations) == []


READER = """
import sys, time
from pathlib import Path
from innoqa.adapters.generations import Generations
lease = Generations(Path(sys.argv[1])).lease()
print(lease.manifest["state"], flush=True)
time.sleep(60)
"""


def test_what_another_process_reads_stays_and_is_free_when_that_process_is_killed(generations):
    ingest(generations, "one")
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(generations.index)], stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout.readline() == "one\n"
        ingest(generations, "two")
        assert names(generations) == ["one", "two"]
        reader.kill()
    ingest(generations, "two")
    assert names(generations) == ["two"]


def test_a_reader_that_is_overtaken_by_publications_reads_the_last_one(generations):
    class Slow(Generations):
        """Has read the pointer; until it opens what that names, others are published."""

        def published(self):
            name = super().published()
            if later:
                ingest(generations, later.pop(0))
            return name

    later = ["two", "three", "four"]
    ingest(generations, "one")
    lease = Slow(generations.index).lease()
    assert lease.manifest == {"state": "four"}
    assert lease.folder.is_dir()


READERS = """
import sys
from pathlib import Path
from innoqa.adapters.generations import Generations
generations, read, last = Generations(Path(sys.argv[1])), 0, ""
print("ready", flush=True)
while last != "last":
    lease = generations.lease()
    last = lease.manifest["state"]
    assert (lease.folder / "part.txt").read_text() == last
    lease.close()
    read += 1
print(read)
"""


def test_readers_never_miss_a_generation_that_is_replaced_meanwhile(generations):
    ingest(generations, "0")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", READERS, str(generations.index)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for reader in started:
        assert reader.stdout.readline() == "ready\n"
    for number in range(1, 150):
        ingest(generations, str(number))
    ingest(generations, "last")
    for reader in started:
        said, _ = reader.communicate(timeout=60)
        assert reader.returncode == 0
        assert int(said) > 0
    ingest(generations, "last")
    assert names(generations) == ["last"]


KILLED = """
import os, signal, sys
from pathlib import Path
from innoqa.adapters.generations import Generations

STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}

def publish(generations, name):
    folder = generations.start(name)
    (folder / "part.txt").write_text(name)
    generations.publish(folder, {"state": name})

def change(generations, order):
    with generations.writing():
        if order == "withdraw":
            generations.withdraw()
        elif not generations.restore("two"):
            publish(generations, "two")

def kill_at(step):
    steps = 0
    def count(event, _):
        nonlocal steps
        if event in STEPS:
            steps += 1
        if event in STEPS and steps == step:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)

order, root, step, ended = sys.argv[1], Path(sys.argv[2]), 0, 1
while ended:
    step += 1
    generations = Generations(root / str(step))
    if order == "restore":
        publish(generations, "two")
    publish(generations, "one")
    child = os.fork()
    if not child:
        kill_at(step)
        change(generations, order)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL)
print(step)
"""


@pytest.mark.parametrize(
    ("order", "least", "states"),
    [
        ("publish", 15, {"one", "two"}),
        ("restore", 10, {"one", "two"}),
        ("withdraw", 8, {"one", None}),
    ],
)
def test_whoever_is_killed_at_any_step_leaves_a_whole_index_and_the_next_ingest_nothing_else(
    tmp_path, order, least, states
):
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, order, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    steps = int(ended.stdout)
    assert steps > least
    seen = set()
    for step in range(1, steps + 1):
        generations = Generations(tmp_path / str(step))
        state = generations.published()
        seen.add(state)
        if state is not None:
            lease = generations.lease()
            assert lease.manifest["state"] == (lease.folder / "part.txt").read_text() == state
            lease.close()
        ingest(generations, "three")
        assert names(generations) == ["three"]
        assert (generations.folder() / "part.txt").read_text() == "three"
        left = sorted(path.name for path in generations.index.iterdir())
        assert left == ["current", "generations", "write.lock"]
    assert seen == states


def test_what_is_half_deleted_is_not_published_again(generations):
    """As when a kill came between the files: the manifest is still there."""
    ingest(generations, "one")
    half = generations.folder().rename(generations.index / "generations" / "one.0123.dropped")
    (half / "part.txt").unlink()
    ingest(generations, "one")
    assert names(generations) == ["one"]
    assert (generations.folder() / "part.txt").read_text() == "one"


def test_a_published_generation_that_has_lost_files_is_told_and_made_again(generations):
    ingest(generations, "one")
    (generations.folder() / "manifest.json").unlink()
    assert not generations.is_whole("one")
    with pytest.raises(IndexBroken, match=r"generations/one is named .* Run innoqa ingest again"):
        generations.manifest()
    ingest(generations, "one")
    assert generations.manifest() == {"state": "one"}
    assert len(names(generations)) == 1
    ingest(generations, "one")
    ingest(generations, "two")
    assert names(generations) == ["two"]


def test_a_damaged_manifest_is_told_by_name(generations):
    ingest(generations, "one")
    (generations.folder() / "manifest.json").write_text("{")
    with pytest.raises(IndexBroken, match=r"one/manifest\.json is damaged .*Delete its folder"):
        generations.manifest()


def test_whoever_writes_first_removes_what_a_killed_build_left(generations):
    publish(generations, "one")
    generations.start("two")
    with generations.writing():
        assert names(generations) == ["one"]


def test_a_build_that_fails_leaves_nothing_and_the_old_index(generations):
    ingest(generations, "one")

    def fail():
        with generations.writing():
            (generations.start("two") / "part.txt").write_text("two")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert names(generations) == ["one"]
    assert generations.manifest() == {"state": "one"}


def test_a_second_writer_is_refused_and_told_who_writes_and_let_in_afterwards(generations):
    second = Generations(generations.index)
    writes = (
        rf"Another ingest is writing .*index \(process {os.getpid()}, since 2\d{{3}}-.*\)\. Wait"
    )
    with generations.writing():
        assert second.is_being_written()
        with pytest.raises(IndexBusy, match=writes), second.writing():
            pass
    assert not second.is_being_written()
    with second.writing():
        assert second.index.is_dir()


def test_who_writes_is_left_unsaid_where_it_cannot_be_told(generations):
    with generations.writing():
        (generations.index / "write.lock").write_bytes(b"\xff")
        with (
            pytest.raises(IndexBusy, match=r"writing .*index\. Wait"),
            Generations(generations.index).writing(),
        ):
            pass


def test_a_writer_that_may_wait_comes_after_the_one_that_writes(generations):
    order = []

    def write_second():
        with Generations(generations.index, wait=10).writing():
            order.append("second")

    second = threading.Thread(target=write_second)
    with generations.writing():
        second.start()
        time.sleep(0.3)
        order.append("first")
    second.join(10)
    assert order == ["first", "second"]


def test_a_reader_that_looks_whether_somebody_writes_keeps_no_writer_out(generations):
    done = threading.Event()

    def look():
        while not done.is_set():
            Generations(generations.index).is_being_written()

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(30):
            with generations.writing():
                pass
    finally:
        done.set()
        looking.join()


def test_the_lock_is_freed_when_a_write_fails(generations):
    with pytest.raises(ValueError, match="broken"), generations.writing():
        raise ValueError("broken")
    with generations.writing():
        assert generations.index.is_dir()


def test_each_model_has_an_encoder_file_of_its_own(generations):
    assert generations.encoder("a" * 64) != generations.encoder("b" * 64)
