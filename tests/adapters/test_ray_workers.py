"""Ingest through a Ray cluster of two workers, which is started once for all tests."""

import http.server
import importlib.util
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from innoqa import bootstrap, distant
from innoqa.adapters.ray_workers import RayWorkers
from innoqa.errors import ClusterError, ModelError, SettingError
from innoqa.indexing.origins import Failed, Order, Origin

CLUSTER = """
import sys, ray
cluster = ray.init("local", num_cpus=2, include_dashboard=False, _temp_dir=sys.argv[1],
                   object_store_memory=100 << 20, _node_ip_address="127.0.0.1")
print(cluster.address_info["gcs_address"], flush=True)
sys.stdin.read()
"""
PLACES = ("Oslo", "Bergen", "Trondheim", "Stavanger", "Drammen", "Narvik")


@pytest.fixture(scope="module")
def cluster():
    """The address of a cluster with two processors."""
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
    with (
        tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder,
        subprocess.Popen(
            [sys.executable, "-c", CLUSTER, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | quiet,
            text=True,
        ) as process,
    ):
        yield process.stdout.readline().strip()
        process.stdin.close()


@pytest.fixture(scope="module")
def read_here(new_project, tmp_path_factory):
    """A project of prose, a table and a file that cannot be read, ingested on this machine."""
    project = new_project(tmp_path_factory.mktemp("here") / "project")
    for number, place in enumerate(PLACES):
        text = f"The harbour of {place} has {number + 3} quays. Ferries leave it daily."
        project.write(f"{place}.md", f"# {place}\n\n{text}\n")
    project.write("trams.csv", "city,year,indicator,value,unit\nOslo,2018,Trams,87,trams\n")
    project.write("notes.pdf", b"%PDF-1.7")
    return project, project.ingest()


@pytest.fixture
def elsewhere(read_here, tmp_path):
    """The same documents beside an index without anything in it."""
    project = read_here[0].copy(tmp_path / "project")
    project.generations.truth.unlink()
    (project.index / "current").unlink()
    return project


def truth(project) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(project.generations.truth)) as connection:
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}"))
            for table in ("documents", "passages", "vectors")
        }


def through(cluster, project, progress=lambda *_: None):
    return bootstrap.ingest([project.docs], project.settings, progress, ray=cluster)


def test_an_index_made_by_two_workers_is_the_one_made_here(cluster, read_here, elsewhere, capfd):
    project, here = read_here
    embedded_here = []

    def watch(stage: str, done: int, total: int) -> None:
        if stage == "embedding" and done < total:
            embedded_here.append(done)

    there = through(cluster, elsewhere, watch)
    assert truth(elsewhere) == truth(project)
    assert elsewhere.generations.published() == project.generations.published()
    assert (there.added, there.embedded) == (here.added, here.embedded) == (7, 7)
    assert embedded_here == []
    assert there.skipped == here.skipped
    assert [skipped.source for skipped in there.skipped] == ["notes.pdf"]
    assert capfd.readouterr() == ("", "")


class DiesOnce(distant.Work):
    """A worker that is killed with a document in hand; the one in its place is not."""

    def __init__(self, killed: Path, terms: distant.Terms) -> None:
        super().__init__(terms)
        self._killed = killed

    def __call__(self, orders):
        outcomes = super().__call__(orders)
        is_hit = any(order.origin.source == "Drammen.md" for order in orders)
        if is_hit and not self._killed.exists():
            self._killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return outcomes


def test_nothing_is_lost_or_doubled_when_a_worker_is_killed(
    cluster, read_here, elsewhere, monkeypatch, capfd
):
    killed = elsewhere.folder / "killed"
    monkeypatch.setattr(distant, "Work", partial(DiesOnce, killed))
    report = through(cluster, elsewhere)
    assert killed.is_file()
    assert (report.added, report.documents, len(report.skipped)) == (7, 7, 1)
    assert truth(elsewhere) == truth(read_here[0])
    assert capfd.readouterr() == ("", "")


def order(name: str) -> Order:
    return Order(name, Origin(name, name, "plain", name.encode()))


def test_what_ends_each_worker_that_reads_it_fails_and_nothing_else_does(monkeypatch):
    """Of a share whose workers die Ray tells nothing; each of its documents is tried alone."""

    def passed(_, shares, is_last):
        for number, share in enumerate(shares):
            names = [one.id for one in share]
            if "fault" in names:
                yield number, pickle.dumps(Failed("cannot be prepared: no such thing"))
            elif "poison" not in names:
                yield number, pickle.dumps([Failed(f"read {name}") for name in names])

    monkeypatch.setattr(RayWorkers, "_passed", passed)
    orders = [order(name) for name in ("a", "poison", "b", "fault", *"cdefghijklmnopq")]
    workers = RayWorkers("here:1", lacking)
    workers._size = 2
    outcomes = list(workers.all(orders))
    assert [one for one, _ in outcomes] == orders
    reasons = {one.id: outcome.reason for one, outcome in outcomes}
    assert "ended each Ray worker" in reasons.pop("poison")
    assert reasons.pop("fault") == "cannot be prepared: no such thing"
    assert reasons == {name: f"read {name}" for name in reasons}


def test_a_cluster_that_does_nothing_any_more_is_given_up(monkeypatch):
    """Ray can lose what it gave to a worker that died; then nothing more would ever come."""
    monkeypatch.setattr("innoqa.adapters.ray_workers._WATCH_SECONDS", 0.05)
    over = threading.Event()

    def results():
        yield 0, b""
        over.wait(60)
        yield 1, b""

    watched = RayWorkers("here:1", lacking, patience=0.2)._watched(results())
    assert next(watched) == (0, b"")
    with pytest.raises(ClusterError, match=r"did nothing for 0 s.* run the same command again"):
        next(watched)
    over.set()


def lacking() -> None:
    raise ModelError("The model is not here.")


def test_what_a_worker_lacks_is_told(cluster):
    workers = RayWorkers(cluster, lacking)
    with closing(workers), pytest.raises(ModelError, match="The model is not here"):
        list(workers.all([order("a")]))


def test_no_cluster_is_joined_for_nothing():
    workers = RayWorkers("127.0.0.1:1", lacking)
    with closing(workers):
        assert list(workers.all([])) == []


@pytest.mark.parametrize("address", ["", "here", "http://host", "host:port", ":6379"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(SettingError, match="must be auto, local, host:port or ray://host:port"):
        RayWorkers(address, lacking)


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_where_nobody_listens_it_is_told_at_once(scheme):
    workers = RayWorkers(f"{scheme}127.0.0.1:1", lacking)
    with pytest.raises(SettingError, match=r"No Ray cluster can be reached at .*127\.0\.0\.1:1"):
        list(workers.all([order("a")]))


def test_what_listens_but_is_no_ray_is_told_of():
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        workers = RayWorkers(f"127.0.0.1:{server.server_port}", lacking)
        with pytest.raises(SettingError, match="what answers there is no Ray"):
            list(workers.all([order("a")]))


def test_without_ray_the_way_to_install_it_is_told(project, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(SettingError, match=r"pip install 'innoqa\[ray\]'"):
        RayWorkers("auto", lacking)
