"""The dense index: the real Chroma, with our own vectors, checked before it is published.

The same contract holds of collections in the index folder and of those on a server.
"""

import gc
import json
import shutil
import threading
from contextlib import closing
from dataclasses import replace

import chromadb
import numpy as np
import pytest

from innoqa.adapters import chroma_index
from innoqa.adapters.chroma_index import (
    COLLECTION,
    ChromaRetriever,
    ChromaWriter,
    Embedded,
    Server,
    place,
)
from innoqa.domain import Passage, Sentence
from innoqa.errors import IndexBroken, IndexMismatch, MemoryShort, SettingError, VectorServerError

pytest_plugins = ["tests.chroma_servers"]


@pytest.fixture(params=["embedded", "server"])
def where(request):
    """Where generations keep their collections."""
    if request.param == "embedded":
        return Embedded()
    return Server(request.getfixturevalue("chroma_server").address)


@pytest.fixture
def server(chroma_server):
    return Server(chroma_server.address)


@pytest.fixture
def generation(tmp_path):
    folder = tmp_path / "0123-4.abcd.building"
    folder.mkdir()
    return folder


def unit_vectors(count, dimensions=16, seed=3):
    vectors = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def passage(number):
    sentences = (Sentence(0, 4, f"Text {number}."),)
    return Passage(f"p{number:04d}", "d", "d.md", "T", (), "text", 0, 4, sentences)


def write(generation, vectors, where):
    writer = ChromaWriter(generation / "chroma", "model float32", where)
    for number, vector in enumerate(vectors):
        writer.add(passage(number), vector[None, :])
    return writer


def read(generation, where):
    return closing(ChromaRetriever(generation / "chroma", where))


def test_the_nearest_passages_are_found_nearest_first_as_exact_search_does(generation, where):
    vectors = unit_vectors(700)
    write(generation, vectors, where).finish()
    with read(generation, where) as retriever:
        for query in unit_vectors(10, seed=4):
            exact = np.argsort(-(vectors @ query))[:20]
            assert retriever.nearest(query, 20) == tuple(f"p{row:04d}" for row in exact)


def test_no_more_is_given_than_there_is(generation, where):
    write(generation, unit_vectors(3), where).finish()
    with read(generation, where) as retriever:
        assert len(retriever.nearest(unit_vectors(1)[0], 100)) == 3


def test_an_index_without_passages_finds_nothing(generation, where):
    write(generation, [], where).finish()
    with read(generation, where) as retriever:
        assert retriever.nearest(unit_vectors(1)[0], 10) == ()


def test_passages_with_equal_vectors_pass_the_check(generation, where):
    write(generation, np.repeat(unit_vectors(2), 4, axis=0), where).finish()
    with read(generation, where) as retriever:
        assert len(retriever.nearest(unit_vectors(1)[0], 10)) == 8


def test_a_vector_that_the_graph_does_not_reach_is_proposed_for_every_question(generation, where):
    write(generation, unit_vectors(5), where).finish()
    strays = generation / "strays.json"
    assert json.loads(strays.read_text("utf-8")) == []
    strays.write_text('["p0004"]', "utf-8")
    with read(generation, where) as retriever:
        assert retriever.nearest(unit_vectors(5)[0], 2)[-1] == "p0004"
        assert retriever.nearest(unit_vectors(5)[4], 1) == ("p0004",)


def test_a_collection_that_has_lost_a_passage_is_refused_before_it_is_published(generation, where):
    writer = write(generation, unit_vectors(5), where)
    writer._flush()
    writer._opened.collection.delete(ids=["p0002"])
    with pytest.raises(IndexBroken, match=r" holds 4 vectors of 5\. Ingest again"):
        writer.finish()


def test_more_passages_than_can_be_added_at_once_are_all_there(generation, where):
    writer = ChromaWriter(generation / "chroma", "model float32", where)
    writer._opened = replace(writer._opened, most=7)
    for number, vector in enumerate(unit_vectors(30)):
        writer.add(passage(number), vector[None, :])
    writer.finish()
    with read(generation, where) as retriever:
        assert len(retriever.nearest(unit_vectors(1)[0], 100)) == 30


def test_a_collection_is_there_until_it_is_dropped(generation, where):
    assert not where.holds(generation)
    write(generation, unit_vectors(5), where).finish()
    assert where.holds(generation)
    moved = generation.rename(generation.with_name("0123-4"))
    assert where.holds(moved)
    with read(moved, where) as retriever:
        assert len(retriever.nearest(unit_vectors(1)[0], 100)) == 5
    assert where.drop(moved)
    shutil.rmtree(moved)
    assert not where.holds(moved)


def test_two_generations_do_not_see_each_other(tmp_path, where):
    for name, count in (("a", 3), ("b", 4)):
        (tmp_path / name).mkdir()
        write(tmp_path / name, unit_vectors(count), where).finish()
    assert where.drop(tmp_path / "a")
    with read(tmp_path / "b", where) as retriever:
        assert len(retriever.nearest(unit_vectors(1)[0], 100)) == 4


def test_a_collection_of_one_place_is_not_held_by_the_other_and_is_read_all_the_same(
    generation, where, chroma_server
):
    write(generation, unit_vectors(5), where).finish()
    other = Server(chroma_server.address) if isinstance(where, Embedded) else Embedded()
    assert not other.holds(generation)
    if isinstance(where, Embedded):
        with read(generation, other) as retriever:
            assert len(retriever.nearest(unit_vectors(1)[0], 100)) == 5
    else:
        with pytest.raises(IndexMismatch, match=r"are on the Chroma server .* is not set\. Set it"):
            read(generation, other)


def test_the_words_and_places_of_a_passage_and_the_embedder_can_be_read_with_any_client(
    generation, where, request
):
    write(generation, unit_vectors(1), where).finish()
    named = where.named(generation)
    if named:
        client = chromadb.HttpClient(named["vectors"]["server"])
        name = named["vectors"]["collection"]
        for part in (client, client._admin_client):  # whose own close leaves them open
            request.addfinalizer(part._server._session.close)
    else:
        client = chromadb.PersistentClient(str(generation / "chroma"))
        name = COLLECTION
    with closing(client):
        collection = client.get_collection(name, embedding_function=None)
        found = collection.get(include=["documents", "metadatas"])
    assert collection.metadata == {"embedder": "model float32"}
    assert found["documents"] == ["Text 0."]
    assert found["metadatas"] == [
        {"document_id": "d", "source": "d.md", "heading": "T", "start": 0, "end": 4}
    ]


def test_no_address_is_the_index_folder():
    assert isinstance(place(""), Embedded)
    assert place("http://h:1", "t", "ca.pem") == Server("http://h:1", "t", "ca.pem")


class TestServer:
    """What only a server can do."""

    def test_a_restart_of_the_server_loses_nothing_and_is_survived_by_who_reads(
        self, generation, server, chroma_server
    ):
        vectors = unit_vectors(50)
        writer = write(generation, vectors[:25], server)
        writer._flush()
        chroma_server.stop()
        chroma_server.start()
        for number, vector in enumerate(vectors[25:], start=25):
            writer.add(passage(number), vector[None, :])
        writer.finish()
        with read(generation, server) as retriever:
            before = retriever.nearest(vectors[7], 20)
            chroma_server.stop()
            with pytest.raises(VectorServerError, match=r"INNOQA_CHROMA\) cannot be reached"):
                retriever.nearest(vectors[7], 20)
            with pytest.raises(VectorServerError, match="cannot be reached"):
                read(generation, server)
            with pytest.raises(VectorServerError, match="cannot be reached"):
                server.holds(generation)
            assert not server.drop(generation)
            chroma_server.start()
            assert retriever.nearest(vectors[7], 20) == before
        assert before[0] == "p0007"
        assert server.holds(generation)

    def test_its_name_tells_the_generation_and_is_in_the_manifest(self, generation, server):
        write(generation, unit_vectors(1), server).finish()
        named = server.named(generation)["vectors"]
        assert named["server"] == server.address
        assert named["collection"].startswith("innoqa-0123-4-")

    def test_a_build_that_was_killed_is_found_and_dropped(self, generation, server, chroma_server):
        before = chroma_server.collections()
        write(generation, unit_vectors(1), server)
        gc.collect()
        (left,) = chroma_server.collections() - before
        assert left.startswith("innoqa-0123-4-")
        assert server.drop(generation)
        assert server.drop(generation)
        assert chroma_server.collections() == before

    def test_a_build_that_was_killed_while_it_noted_its_collection_is_dropped(
        self, generation, server
    ):
        (generation / "chroma").mkdir()
        (generation / "chroma" / "server.json").write_text('{"addr')
        assert server.drop(generation)
        assert not server.holds(generation)

    def test_a_copied_generation_is_read_but_leaves_the_original_its_collection(
        self, generation, server, tmp_path
    ):
        write(generation, unit_vectors(5), server).finish()
        copy = tmp_path / "copy"
        shutil.copytree(generation, copy)
        with read(copy, server) as retriever:
            assert len(retriever.nearest(unit_vectors(1)[0], 100)) == 5
        assert not server.holds(copy)
        assert server.drop(copy)
        assert Embedded().drop(copy)
        assert server.holds(generation)

    def test_a_lost_collection_is_told_and_not_held(self, generation, server):
        write(generation, unit_vectors(5), server).finish()
        lost = rf"server {server.address} \(INNOQA_CHROMA\) has lost vectors .* Run innoqa ingest"
        with read(generation, server) as retriever:
            server.delete(server.named(generation)["vectors"]["collection"])
            with pytest.raises(IndexBroken, match=lost):
                retriever.nearest(unit_vectors(1)[0], 3)
        with pytest.raises(IndexBroken, match=lost):
            read(generation, server)
        assert not server.holds(generation)

    def test_a_collection_that_has_lost_a_part_is_told_and_not_held(self, generation, server):
        write(generation, unit_vectors(5), server).finish()
        with closing(server.open(generation / "chroma")) as opened:
            opened.collection.delete(ids=["p0001"])
        with pytest.raises(IndexBroken, match="has lost vectors"):
            read(generation, server)
        assert not server.holds(generation)

    def test_what_is_on_a_server_that_is_no_longer_set_is_dropped_without_a_token(
        self, generation, gateway, chroma_server
    ):
        before = chroma_server.collections()
        write(generation, unit_vectors(1), Server(gateway.address)).finish()
        gateway.seen.clear()
        assert Server(chroma_server.address, "secret").drop(generation)
        assert chroma_server.collections() == before
        assert gateway.seen
        assert not any("authorization" in headers for headers in gateway.seen)

    def test_a_server_that_is_set_no_longer_and_is_gone_is_forgotten(self, generation, server):
        (generation / "chroma").mkdir()
        record = generation / "chroma" / "server.json"
        record.touch()
        said = {"address": "http://127.0.0.1:9", "collection": "c", "inode": record.stat().st_ino}
        record.write_text(json.dumps(said))
        assert server.drop(generation)
        assert Embedded().drop(generation)
        assert not Server("http://127.0.0.1:9").drop(generation)


class TestReaching:
    """A server that is not reached as it should be is told by its setting."""

    def test_a_token_is_sent_both_ways_and_written_nowhere(self, generation, gateway, caplog):
        caplog.set_level("DEBUG")
        gateway.token = "s3cret-t0ken"
        server = Server(gateway.address, gateway.token)
        write(generation, unit_vectors(3), server).finish()
        with read(generation, server) as retriever:
            assert len(retriever.nearest(unit_vectors(1)[0], 9)) == 3
        assert all(headers["x-chroma-token"] == gateway.token for headers in gateway.seen)
        assert gateway.token not in repr(server)
        assert gateway.token not in caplog.text
        for file in generation.rglob("*"):
            assert file.is_dir() or gateway.token.encode() not in file.read_bytes()

    @pytest.mark.parametrize("token", ["", "another"])
    def test_who_is_not_let_in_is_told_to_set_the_token(self, generation, gateway, token):
        gateway.token = "s3cret-t0ken"
        with pytest.raises(SettingError, match=r"Set INNOQA_CHROMA_TOKEN\.") as raised:
            write(generation, [], Server(gateway.address, token))
        assert not token or token not in str(raised.value)

    @pytest.mark.parametrize(
        ("reply", "message"),
        [
            ((200, b'"2.0.1"'), r"speaks version 2\.0\.1; InnoQA needs 1\.x"),
            ((200, b"<html>"), "what answers there is no Chroma server"),
            ((200, b"{}"), "speaks version"),
            ((404, b"nothing here"), "what answers there is no Chroma server"),
            ((410, b'{"error": "Unimplemented", "message": "v2"}'), "is no Chroma server"),
        ],
    )
    def test_what_is_no_chroma_server_or_of_another_version_is_a_wrong_setting(
        self, generation, gateway, reply, message
    ):
        gateway.reply = reply
        with pytest.raises(SettingError, match=rf"INNOQA_CHROMA.* {message}"):
            write(generation, [], Server(gateway.address))

    @pytest.mark.parametrize(
        ("reply", "message"),
        [
            ((502, b"Bad gateway"), "answers with status 502"),
            ((500, b'{"error": "InternalError", "message": "disk is full"}'), "disk is full"),
        ],
    )
    def test_a_server_that_fails_is_told(self, generation, gateway, reply, message):
        server = Server(gateway.address)
        write(generation, unit_vectors(3), server).finish()
        with read(generation, server) as retriever:
            gateway.reply = reply
            with pytest.raises(VectorServerError, match=rf"INNOQA_CHROMA\) .*{message}.*Start it"):
                retriever.nearest(unit_vectors(1)[0], 3)

    def test_a_slow_server_is_not_waited_for_beyond_patience(self, generation, gateway):
        server = Server(gateway.address, patience=0.2)
        write(generation, unit_vectors(3), server).finish()
        with read(generation, server) as retriever:
            gateway.delay = 1.0
            with pytest.raises(VectorServerError, match="does not answer in time"):
                retriever.nearest(unit_vectors(1)[0], 3)

    def test_an_address_where_nobody_is_is_told(self, generation):
        with pytest.raises(VectorServerError, match=r"127\.0\.0\.1:9 .*cannot be reached"):
            write(generation, [], Server("http://127.0.0.1:9"))

    def test_tls_is_verified_and_a_file_of_certificates_can_be_trusted(
        self, generation, safe_gateway, certificate
    ):
        with pytest.raises(VectorServerError, match="CERTIFICATE_VERIFY_FAILED"):
            write(generation, [], Server(safe_gateway.address))
        shutil.rmtree(generation / "chroma")
        trusting = Server(safe_gateway.address, "t", str(certificate.with_name("certificate.pem")))
        write(generation, unit_vectors(3), trusting).finish()
        with read(generation, trusting) as retriever:
            assert len(retriever.nearest(unit_vectors(1)[0], 9)) == 3

    @pytest.mark.parametrize("content", [None, b"no certificate"])
    def test_certificates_that_cannot_be_read_are_a_wrong_setting(
        self, generation, tmp_path, content
    ):
        file = tmp_path / "ca.pem"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(SettingError, match=r"INNOQA_CHROMA_CA is .*ca\.pem.* PEM"):
            write(generation, [], Server("https://127.0.0.1:9", authority=str(file)))


def test_a_chroma_that_does_not_start_is_not_waited_for(tmp_path, monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(chroma_index, "STARTED_WITHIN", 0.1)
    monkeypatch.setattr(chromadb, "PersistentClient", lambda *_: never.wait())
    try:
        with pytest.raises(MemoryShort, match="did not start over"):
            chroma_index.ChromaWriter(tmp_path / "chroma", "a model")
    finally:
        never.set()
