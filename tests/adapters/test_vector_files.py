"""Exact vectors in files: read back by row, in half precision."""

import numpy as np
import pytest

from innoqa.adapters.vector_files import VectorFiles, VectorWriter


@pytest.fixture
def matrices():
    rng = np.random.default_rng(7)
    return [rng.standard_normal((1 + n, 8)).astype(np.float32) for n in (2, 1, 3)]


@pytest.fixture
def written(tmp_path, matrices):
    writer = VectorWriter(tmp_path / "vectors")
    for matrix in matrices:
        writer.add(None, matrix)
    writer.finish()
    return VectorFiles(tmp_path / "vectors")


def test_the_edges_tell_which_sentences_belong_to_a_passage(written):
    assert written.edges.tolist() == [0, 2, 3, 6]


def test_passages_and_sentences_come_back_as_float32_within_half_precision(written, matrices):
    passages = written.passages(np.array([2, 0]))
    assert passages.dtype == np.float32
    np.testing.assert_allclose(passages, np.stack([matrices[2][0], matrices[0][0]]), rtol=1e-3)
    for row, matrix in enumerate(matrices):
        places = np.arange(written.edges[row], written.edges[row + 1])
        np.testing.assert_allclose(written.sentences(places), matrix[1:], rtol=1e-3)


def test_asking_for_nothing_gives_nothing(written):
    assert written.passages(np.zeros(0, np.int64)).shape == (0, 8)


def test_an_index_without_passages_can_be_written_and_read(tmp_path):
    VectorWriter(tmp_path / "vectors").finish()
    assert VectorFiles(tmp_path / "vectors").edges.tolist() == [0]
