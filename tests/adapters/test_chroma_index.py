"""The dense index: the real Chroma, with our own vectors, checked before it is published."""

import json
from contextlib import closing

import chromadb
import numpy as np
import pytest

from innoqa.adapters.chroma_index import COLLECTION, ChromaRetriever, ChromaWriter
from innoqa.domain import Passage, Sentence
from innoqa.errors import IndexBroken


def unit_vectors(count, dimensions=16, seed=3):
    vectors = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def passage(number):
    sentences = (Sentence(0, 4, f"Text {number}."),)
    return Passage(f"p{number:04d}", "d", "d.md", "T", (), "text", 0, 4, sentences)


def write(folder, vectors):
    writer = ChromaWriter(folder, "model float32")
    for number, vector in enumerate(vectors):
        writer.add(passage(number), vector[None, :])
    return writer


def test_the_nearest_passages_are_found_nearest_first_as_exact_search_does(tmp_path):
    vectors = unit_vectors(700)
    write(tmp_path / "chroma", vectors).finish()
    with closing(ChromaRetriever(tmp_path / "chroma")) as retriever:
        for query in unit_vectors(10, seed=4):
            exact = np.argsort(-(vectors @ query))[:20]
            assert retriever.nearest(query, 20) == tuple(f"p{row:04d}" for row in exact)


def test_no_more_is_given_than_there_is(tmp_path):
    write(tmp_path / "chroma", unit_vectors(3)).finish()
    with closing(ChromaRetriever(tmp_path / "chroma")) as retriever:
        assert len(retriever.nearest(unit_vectors(1)[0], 100)) == 3


def test_an_index_without_passages_finds_nothing(tmp_path):
    write(tmp_path / "chroma", []).finish()
    with closing(ChromaRetriever(tmp_path / "chroma")) as retriever:
        assert retriever.nearest(unit_vectors(1)[0], 10) == ()


def test_passages_with_equal_vectors_pass_the_check(tmp_path):
    write(tmp_path / "chroma", np.repeat(unit_vectors(2), 4, axis=0)).finish()
    with closing(ChromaRetriever(tmp_path / "chroma")) as retriever:
        assert len(retriever.nearest(unit_vectors(1)[0], 10)) == 8


def test_a_vector_that_the_graph_does_not_reach_is_proposed_for_every_question(tmp_path):
    write(tmp_path / "chroma", unit_vectors(5)).finish()
    strays = tmp_path / "strays.json"
    assert json.loads(strays.read_text("utf-8")) == []
    strays.write_text('["p0004"]', "utf-8")
    with closing(ChromaRetriever(tmp_path / "chroma")) as retriever:
        assert retriever.nearest(unit_vectors(5)[0], 2)[-1] == "p0004"
        assert retriever.nearest(unit_vectors(5)[4], 1) == ("p0004",)


def test_a_collection_that_has_lost_a_passage_is_refused_before_it_is_published(tmp_path):
    writer = write(tmp_path / "chroma", unit_vectors(5))
    writer._flush()
    writer._collection.delete(ids=["p0002"])
    with pytest.raises(IndexBroken, match=r"chroma holds 4 vectors of 5\. Ingest again"):
        writer.finish()


def test_the_words_and_places_of_a_passage_and_the_embedder_can_be_read_with_any_client(tmp_path):
    write(tmp_path / "chroma", unit_vectors(1)).finish()
    with closing(chromadb.PersistentClient(str(tmp_path / "chroma"))) as client:
        collection = client.get_collection(COLLECTION, embedding_function=None)
        found = collection.get(include=["documents", "metadatas"])
    assert collection.metadata == {"embedder": "model float32"}
    assert found["documents"] == ["Text 0."]
    assert found["metadatas"] == [
        {"document_id": "d", "source": "d.md", "heading": "T", "start": 0, "end": 4}
    ]
