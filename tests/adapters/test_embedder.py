"""The real model: its weights are checked, its vectors are those of sentence-transformers."""

import os
import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.adapters import embedder
from innoqa.adapters.embedder import (
    PassageEmbedder,
    PieceCounter,
    QueryEncoder,
    find_model,
    forward,
)
from innoqa.errors import ModelError

QUESTIONS = (
    "Where is the fund town?",
    "How much did Beijing spend on R&D in 2022?",
    "北京 😀",
    "?",
    "What are the four strategies behind the districts, and who carried them out in the towns?",
    "word " * 400,
)
PASSAGES = [
    ("Towns > Fund Town", ("The town lies in Fangshan.", "It was founded in 2012.")),
    ("", ("One sentence without any heading.",)),
    (
        "Figures",
        ("Beijing, 2018: R&D intensity (share of GDP) 6.17 percent", "北京很大。 😀", "Yes."),
    ),
    ("Long", tuple(f"Sentence number {n} speaks of the towns." for n in range(20))),
]


@pytest.fixture(scope="module")
def reference(model):
    """sentence-transformers itself, without anything of ours around it."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(model.folder), device="cpu", local_files_only=True)


@pytest.fixture(scope="module")
def vectors(passage_embedder):
    return passage_embedder.embed(PASSAGES)


@pytest.fixture
def model_copy(model, tmp_path):
    """The bundled model's folder elsewhere; its weights are a link until they are replaced."""

    def link_weights(source, target):
        if source.endswith(".safetensors"):
            os.link(source, target)
            return target
        return shutil.copy2(source, target)

    return shutil.copytree(model.folder, tmp_path / "model", copy_function=link_weights)


def cosines(a, b):
    a, b = np.atleast_2d(a), np.atleast_2d(b)
    return (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))


def test_the_bundled_model_is_the_official_one(model):
    assert model.name == "all-MiniLM-L6-v2"
    assert model.digest == embedder.BUNDLED_SHA256
    assert (model.max_tokens, model.room) == (256, 254)


def test_a_bundled_model_with_one_altered_byte_is_refused(model_copy, monkeypatch):
    weights = model_copy / "model.safetensors"
    altered = bytearray(weights.read_bytes())
    altered[-1] ^= 1
    weights.unlink()  # the link only
    weights.write_bytes(altered)
    monkeypatch.setattr(embedder, "_bundled_folder", lambda: model_copy)
    with pytest.raises(
        ModelError, match=r"model\.safetensors has sha256 .* not that of the official"
    ):
        find_model("")


def test_a_model_can_be_given_as_a_folder(model_copy, model, vectors):
    found = find_model(str(model_copy))
    assert (found.folder, found.digest) == (model_copy.resolve(), model.digest)
    np.testing.assert_array_equal(PassageEmbedder(found, "float32").embed(PASSAGES)[0], vectors[0])


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json"])
def test_a_folder_that_lacks_a_part_of_the_model_is_refused(model_copy, missing):
    (model_copy / missing).unlink()
    with pytest.raises(
        ModelError, match=r"is not a sentence-transformers model that InnoQA can use"
    ):
        find_model(str(model_copy))


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no such model", "/no/such/folder", ".."])
def test_an_unknown_model_is_refused_without_a_download(name, monkeypatch, tmp_path):
    import socket

    def refuse(*_):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="INNOQA_EMBEDDER"):
        find_model(name)


def test_pieces_are_counted_without_special_tokens_and_without_a_limit(model):
    count = PieceCounter(model)
    assert count("") == 0
    assert count("The town") == 2
    assert count("town " * 1000) == 1000


def test_a_passage_vector_is_that_of_sentence_transformers(vectors, reference):
    for (heading, sentences), matrix in zip(PASSAGES, vectors, strict=True):
        text = "\n".join(filter(None, (heading, " ".join(sentences))))
        assert cosines(matrix[0], reference.encode(text))[0] > 0.9999


def test_there_is_a_unit_vector_for_the_passage_and_for_each_sentence(vectors, passage_embedder):
    for (_, sentences), matrix in zip(PASSAGES, vectors, strict=True):
        assert matrix.shape == (1 + len(sentences), 384)
        assert matrix.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-5)
    assert passage_embedder.embed([]) == []


def test_a_sentence_vector_is_the_mean_of_its_tokens_in_the_passage(vectors, reference):
    """Late pooling, computed here in the plainest way from what the model says of each token."""
    heading, sentences = PASSAGES[0]
    text = f"{heading}\n{' '.join(sentences)}"
    tokens = reference.encode(text, output_value="token_embeddings").numpy()
    offsets = embedder._tokenizer(find_model("")).encode(text).offsets
    for sentence, vector in zip(sentences, vectors[0][1:], strict=True):
        start = text.index(sentence)
        inside = [
            token
            for token, (s, e) in zip(tokens, offsets, strict=True)
            if start <= s < e <= start + len(sentence)
        ]
        assert cosines(np.mean(inside, axis=0), vector)[0] > 0.9999


def test_a_sentence_is_nearest_to_a_question_that_it_answers(vectors, model, encoder_graph):
    question = QueryEncoder(model, encoder_graph).encode("When was Fund Town founded?")
    assert np.argmax(vectors[0][1:] @ question) == 1


@pytest.fixture(scope="module", params=["float32", "bfloat16"])
def embedding(request, model):
    """An embedder of each number type, and the texts of PASSAGES and more, each embedded alone."""
    maker = PassageEmbedder(model, request.param)
    texts = [*PASSAGES, *(("Near", ("one more word " * n,)) for n in range(1, 30, 2))]
    return maker, texts, [maker.embed([text])[0] for text in texts], request.param


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_vectors_are_the_same_bit_for_bit_whatever_is_embedded_beside_them(embedding, data):
    maker, texts, alone, _ = embedding
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8))
    for row, matrix in zip(rows, maker.embed([texts[row] for row in rows]), strict=True):
        assert matrix.tobytes() == alone[row].tobytes()


def test_vectors_are_the_same_bit_for_bit_from_another_embedder_on_one_thread(
    embedding, model, monkeypatch
):
    _, texts, alone, dtype = embedding
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    other = PassageEmbedder(model, dtype)
    for matrix, expected in zip(other.embed(texts), alone, strict=True):
        assert matrix.tobytes() == expected.tobytes()


def test_another_model_is_computed_by_sentence_transformers_and_as_independent(model, vectors):
    maker = PassageEmbedder(replace(model, digest="of another model"), "float32")
    together = maker.embed(PASSAGES)
    for text, matrix, ours in zip(PASSAGES, together, vectors, strict=True):
        assert matrix.tobytes() == maker.embed([text])[0].tobytes()
        assert cosines(matrix, ours).min() > 0.9999


def test_where_onednn_is_missing_the_vectors_are_nearly_the_same(model, vectors, monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    for matrix, ours in zip(
        PassageEmbedder(model, "float32").embed(PASSAGES), vectors, strict=True
    ):
        assert cosines(matrix, ours).min() > 0.9999


def test_the_name_tells_the_model_the_number_type_and_the_form(model):
    assert embedder.describe(model, "bfloat16") == (
        f"all-MiniLM-L6-v2 53aa51172d142c89 bfloat16 {embedder.FORM}"
    )


def test_a_passage_longer_than_the_model_reads_is_refused_and_the_longest_that_fits_is_not(
    passage_embedder, model
):
    (matrix,) = passage_embedder.embed([("", ("town " * model.room,))])
    assert matrix.shape == (2, 384)
    with pytest.raises(ModelError, match=r"257 word pieces does not fit .*INNOQA_PASSAGE_TOKENS"):
        passage_embedder.embed([("", ("town " * (model.room + 1),))])


def test_bfloat16_gives_nearly_the_same_vectors(model, vectors):
    for matrix, other in zip(
        vectors, PassageEmbedder(model, "bfloat16").embed(PASSAGES), strict=True
    ):
        assert other.dtype == np.float32
        assert cosines(matrix, other).min() > 0.999


def test_the_query_encoder_gives_the_vectors_of_sentence_transformers(
    model, encoder_graph, reference
):
    encoder = QueryEncoder(model, encoder_graph)
    for question in QUESTIONS:
        vector = encoder.encode(question)
        assert vector.shape == (384,)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert cosines(vector, reference.encode(question))[0] > 0.9999


def test_the_query_encoder_of_another_model_is_traced_from_sentence_transformers(
    model, encoder_graph, tmp_path
):
    other, graph = replace(model, digest="of another model"), tmp_path / "other.onnx"
    embedder.export_query_encoder(other, graph)
    ours, theirs = QueryEncoder(model, encoder_graph), QueryEncoder(other, graph)
    for question in QUESTIONS:
        assert cosines(ours.encode(question), theirs.encode(question))[0] > 0.9999


@pytest.mark.parametrize(
    ("flags", "dtype"),
    [("fpu avx512_bf16 gfni", "bfloat16"), ("fpu avx512f avx512_bf16x", "float32")],
)
def test_the_number_type_follows_the_processor(flags, dtype, tmp_path, monkeypatch):
    if sys.platform == "linux":
        has_it = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
        assert embedder.hardware_dtype() == ("bfloat16" if has_it else "float32")
    told = tmp_path / "cpuinfo"
    told.write_text(f"vendor_id\t: avx512_bf16\nflags\t\t: {flags}\n", "utf-8")
    monkeypatch.setattr(forward, "CPUINFO", told)
    monkeypatch.setattr(sys, "platform", "linux")
    assert embedder.hardware_dtype() == dtype
