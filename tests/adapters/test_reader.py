"""The trained reader: what it reads, that its graph is the network, and what it thinks."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch.nn import functional

from innoqa.adapters import reader
from innoqa.domain import Passage, Sentence
from innoqa.errors import ModelError

QUESTION = "When did the ferry to the island begin to run?"
ANSWERING = (
    "The island has two villages and a lighthouse.",
    "A ferry to the island has run since 1954.",
    "Most islanders work in the quarry.",
)
ASIDE = (
    "The ferry burns four tonnes of oil a day.",
    "Its captain trained two sisters.",
)
ROUNDING = 0.6
"""What eight bits may move a logit by: matrices and what they multiply are rounded."""
ELSEWHERE = ("Glass is made of sand, soda and lime.", "It melts at a high temperature.")


def passage(*sentences: str, heading: tuple[str, ...] = ("The island",)) -> Passage:
    text = " ".join(sentences)
    spans, at = [], 100
    for sentence in sentences:
        spans.append(Sentence(at, at + len(sentence), sentence))
        at += len(sentence) + 1
    return Passage("p", "d", "d.md", "", heading, text, 100, 100 + len(text), tuple(spans))


@pytest.fixture(scope="module")
def read(model, reader_graph):
    return reader.Reader(model.folder, reader_graph).read


def test_the_sentence_that_answers_is_told_from_those_beside_it(read):
    found, aside, elsewhere = read(
        QUESTION, [passage(*ANSWERING), passage(*ASIDE), passage(*ELSEWHERE)]
    )
    assert found.sentences.index(max(found.sentences)) == 1
    assert found.sentences[1] > 0  # likelier than no answer
    assert max(aside.sentences) < 0
    assert max(elsewhere.sentences) < max(aside.sentences) + 3
    assert found.passage > aside.passage > -30


def test_the_words_that_answer_are_found_in_their_sentence(read):
    (found,) = read(QUESTION, [passage(*ANSWERING)])
    answer = found.answers[1]
    assert "1954" in ANSWERING[1][answer.start : answer.end]
    assert 0.3 < answer.likelihood <= 1
    for sentence, words in zip(ANSWERING, found.answers, strict=True):
        assert 0 <= words.start <= words.end <= len(sentence)


def test_a_reading_does_not_depend_on_what_is_read_beside_it(read):
    passages = [passage(*part) for part in (ELSEWHERE, ANSWERING * 4, ASIDE, ANSWERING)]
    together = read(QUESTION, passages)
    assert together == [read(QUESTION, [one])[0] for one in passages]


def test_questions_of_several_threads_are_read_as_one_by_one(read):
    passages = [passage(*ANSWERING), passage(*ASIDE)]
    questions = [QUESTION, "Who trained the captain's sisters?", "What is glass made of?"] * 3
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda question: read(question, passages), questions))
    assert together == [read(question, passages) for question in questions]


def test_a_passage_past_what_is_read_keeps_a_score_for_every_sentence(read):
    long = passage(*(f"Sentence number {n} speaks of the quarry." for n in range(120)))
    (found,) = read("word " * 200, [long])
    assert len(found.sentences) == len(found.answers) == 120
    assert found.sentences[-1] == reader.UNREAD
    assert np.isfinite(found.sentences).all()


def test_nothing_to_read_and_odd_signs_are_read_without_complaint(read):
    assert read(QUESTION, []) == []
    (found,) = read("😀", [passage("北京很大。", "\N{ZERO WIDTH SPACE}", "?", heading=())])
    assert len(found.sentences) == 3


def test_the_graph_gives_what_the_network_gives(model, reader_graph):
    import onnxruntime

    weights = reader.merged_weights(model.folder, reader.CHANGES)
    tokenizer = reader.PairTokenizer(model.folder)
    session = onnxruntime.InferenceSession(str(reader_graph), providers=["CPUExecutionProvider"])

    def linear(name, x):
        return functional.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    for part in (ANSWERING, ELSEWHERE):
        batch = reader.padded([tokenizer(QUESTION, "The island", part)])
        ids, segments, _ = (tensor.numpy().astype(np.int32) for tensor in batch)
        tokens, whole = session.run(None, {"ids": ids, "segments": segments})
        with torch.inference_mode():
            hidden = reader.hidden_states(weights, linear, batch)
            expected = linear("heads.tokens", hidden).numpy()
            passages = linear("heads.passage", hidden[:, 0]).numpy()
        assert np.abs(tokens - expected).mean() < ROUNDING
        for found, wanted in zip(tokens[0].T, expected[0].T, strict=True):
            assert np.corrcoef(found, wanted)[0, 1] > 0.99
        assert np.abs(whole[0] - passages).max() < 2 * ROUNDING


def test_a_graph_of_another_form_has_another_name(monkeypatch):
    before = reader.digest()
    monkeypatch.setattr(reader, "FORM", reader.FORM + 1)
    assert reader.digest() != before


def test_without_changes_the_network_is_the_embedder(model):
    from transformers import BertModel

    weights = reader.base_weights(model.folder)
    bert = BertModel.from_pretrained(model.folder, local_files_only=True).eval()
    ids, segments, mask = reader.padded(
        [reader.PairTokenizer(model.folder)(QUESTION, "", part) for part in (ANSWERING, ELSEWHERE)]
    )
    with torch.inference_mode():
        ours = reader.hidden_states(
            weights,
            lambda n, x: functional.linear(x, weights[f"{n}.weight"], weights[f"{n}.bias"]),
            (ids, segments, mask),
        )
        theirs = bert(ids, token_type_ids=segments, attention_mask=mask).last_hidden_state
    assert (ours - theirs)[mask.bool()].abs().max() < 1e-4


def test_missing_weights_and_a_missing_graph_are_told_by_name(model, tmp_path):
    with pytest.raises(ModelError, match=r"changes\.safetensors are missing"):
        reader.merged_weights(model.folder, tmp_path / "changes.safetensors")
    with pytest.raises(ModelError, match=r"none\.onnx is not there. Run innoqa ingest"):
        reader.Reader(model.folder, tmp_path / "none.onnx")


def test_what_ships_is_a_few_megabytes():
    assert reader.CHANGES.stat().st_size < 5 * 2**20
