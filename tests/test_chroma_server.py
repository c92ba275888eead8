"""An index whose vectors are on a Chroma server, from ingest to answer."""

import shutil
from contextlib import closing

import numpy as np
import pytest

from innoqa import bootstrap
from innoqa.adapters.chroma_index import ChromaWriter, Server
from innoqa.adapters.generations import Generations
from innoqa.domain import Passage
from innoqa.errors import IndexBroken, IndexMismatch, VectorServerError

pytest_plugins = ["tests.chroma_servers"]

QUESTION = "When did the opera of Oslo open?"
SECRET = "s3cret-t0ken"


def ask(project):
    return project.assistant().answer(QUESTION).reply.text


def on_server(project):
    """The collections of an index, by the manifest of what is published."""
    return project.generations.manifest()["vectors"]["collection"]


@pytest.fixture(scope="module")
def ingested_once(new_project, tmp_path_factory):
    project = new_project(tmp_path_factory.mktemp("ingested") / "project")
    project.options["reader"] = False
    project.write("oslo.md", "# Oslo\n\nThe opera of Oslo opened in 2008 at the fjord.\n")
    project.write("bergen.md", "# Bergen\n\nThe light rail of Bergen leads to the airport.\n")
    project.ingest()
    return project


@pytest.fixture
def project(ingested_once, tmp_path):
    """A project whose index is in its folder."""
    return ingested_once.copy(tmp_path / "project")


@pytest.fixture
def served(project, gateway):
    """The same with its vectors on a server behind a gateway that asks for a token."""
    gateway.token = SECRET
    project.options |= {"chroma": gateway.address, "chroma_token": SECRET}
    project.ingest()
    gateway.seen.clear()
    return project


def test_one_setting_moves_the_vectors_to_a_server_and_back_and_nothing_is_embedded_again(
    project, gateway, chroma_server
):
    before, collections = ask(project), chroma_server.collections()
    state = project.generations.manifest()["state"]
    gateway.token = SECRET
    project.options |= {"chroma": gateway.address, "chroma_token": SECRET}
    assert ask(project) == before  # what is there is read until it is made again
    report = project.ingest()
    assert (report.embedded, report.unchanged, report.published) == (0, 2, True)
    assert ask(project) == before
    assert project.generations.manifest()["state"] == state
    assert chroma_server.collections() - collections == {on_server(project)}
    assert project.generations.manifest()["vectors"]["server"] == gateway.address
    assert not list((project.generations.folder() / "chroma").glob("*.sqlite3"))
    assert not project.ingest().published
    kept = [path for path in project.index.rglob("*") if path.suffix != ".onnx" and path.is_file()]
    assert kept
    assert not any(SECRET.encode() in path.read_bytes() for path in kept)
    gateway.token = ""
    del project.options["chroma"], project.options["chroma_token"]
    with pytest.raises(IndexMismatch, match="INNOQA_CHROMA is not set"):
        ask(project)
    report = project.ingest()
    assert (report.embedded, report.published) == (0, True)
    assert ask(project) == before
    assert chroma_server.collections() == collections


def test_an_open_assistant_follows_from_one_collection_to_the_next_and_the_old_one_goes(
    served, chroma_server
):
    assistant = served.assistant()
    assert "2008" in assistant.answer(QUESTION).reply.text
    first = on_server(served)
    served.write("oslo.md", "# Oslo\n\nThe opera of Oslo opened in 1908 at the fjord.\n")
    served.ingest()
    second = on_server(served)
    assert {first, second} <= chroma_server.collections()  # the assistant still has the first
    assert "1908" in assistant.answer(QUESTION).reply.text
    served.ingest()
    assert first not in chroma_server.collections()
    assert second in chroma_server.collections()


def test_an_ingest_that_the_server_lets_down_leaves_the_old_index_and_nothing_on_the_server(
    served, gateway, chroma_server
):
    collections, published = chroma_server.collections(), served.generations.published()
    served.write("oslo.md", "# Oslo\n\nThe opera of Oslo opened in 1908 at the fjord.\n")

    def fail(stage, done, _total):
        if stage == "indexing" and done == 1:
            gateway.reply = (503, b"Gone for lunch")

    with pytest.raises(VectorServerError, match=r"INNOQA_CHROMA\) answers with status 503"):
        served.ingest(progress=fail)
    assert chroma_server.collections() > collections
    gateway.reply = None
    assert served.generations.published() == published
    assert "2008" in ask(served)
    served.ingest()
    assert "1908" in ask(served)
    served.ingest()
    assert len(chroma_server.collections()) == len(collections)
    folders = [path.name for path in (served.index / "generations").iterdir()]
    assert folders == [served.generations.published()]


def test_an_ingest_that_was_killed_leaves_a_collection_until_the_next_one_reaches_the_server(
    tmp_path, chroma_server
):
    collections, server = chroma_server.collections(), Server(chroma_server.address)
    generations = Generations(tmp_path / "index", elsewhere=server)
    folder = generations.start("state")
    writer = ChromaWriter(folder / "chroma", "model", server)
    writer.add(Passage("p", "d", "d.md", "T", (), "text", 0, 4, ()), np.ones((1, 8), np.float32))
    writer.finish()
    assert len(chroma_server.collections() - collections) == 1
    chroma_server.stop()
    with generations.writing():
        assert folder.is_dir()
    chroma_server.start()
    assert folder.is_dir()
    with generations.writing():
        assert not folder.is_dir()
    assert chroma_server.collections() == collections


def test_vectors_that_the_server_has_lost_are_told_and_made_again_by_the_next_ingest(
    served, gateway
):
    assistant = served.assistant()
    Server(gateway.address, SECRET).delete(on_server(served))
    for asked in (assistant, None):
        with pytest.raises(IndexBroken, match=r"has lost vectors .* Run innoqa ingest"):
            (asked or served.assistant()).answer(QUESTION)
    report = served.ingest()
    assert (report.embedded, report.published) == (0, True)
    assert "2008" in assistant.answer(QUESTION).reply.text


def test_an_index_that_was_copied_and_one_that_was_moved_leave_each_other_their_vectors(
    served, tmp_path, chroma_server
):
    shutil.copytree(served.folder, tmp_path / "copy")
    copy = type(served)(tmp_path / "copy", dict(served.options))
    original = on_server(served)
    assert "2008" in ask(copy)
    copy.write("oslo.md", "# Oslo\n\nThe opera of Oslo opened in 1908 at the fjord.\n")
    copy.ingest()
    assert original in chroma_server.collections()
    assert "1908" in ask(copy)
    assert "2008" in ask(served)
    moved = type(served)(served.folder.rename(tmp_path / "moved"), dict(served.options))
    assert not moved.ingest().published
    moved.write("oslo.md", "# Oslo\n\nThe opera of Oslo opened in 1808 at the fjord.\n")
    moved.ingest()
    assert original not in chroma_server.collections()
    assert "1808" in ask(moved)
    assert "1908" in ask(copy)


def test_an_index_that_nothing_is_left_of_keeps_nothing_on_the_server(served, chroma_server):
    name = on_server(served)
    bootstrap.remove([str(served.docs)], served.settings, lambda *_: None)
    assert name not in chroma_server.collections()


def test_a_server_that_is_down_is_told_by_its_setting(served, gateway):
    assistant = served.assistant()
    with closing(Server(gateway.address, SECRET).open(served.generations.folder() / "chroma")):
        gateway.reply = (502, b"")
    with pytest.raises(VectorServerError, match=rf"{gateway.address} \(INNOQA_CHROMA\) .* 502"):
        assistant.answer(QUESTION)
    with pytest.raises(VectorServerError, match=r"INNOQA_CHROMA"):
        served.ingest()
    gateway.reply = None
    assert "2008" in assistant.answer(QUESTION).reply.text
