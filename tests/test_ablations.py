"""The assistant with parts left out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.prepared_assistant import question, silent

from innoqa import bootstrap
from innoqa.adapters.ir_metrics import per_query
from innoqa.evaluation import ablations
from innoqa.evaluation.asking import Watch, ask
from innoqa.metrics import Gold

pytest_plugins = ["tests.answering_fixtures", "tests.evaluation_fixtures"]
pytestmark = pytest.mark.usefixtures("few_resamples")

CHEMISTS = "How many chemists does the Delta Laboratory employ?"
SPENT = "How much was the R&D expenditure of Arnholm in 2022?"


@pytest.fixture(scope="module")
def unread(library: Any) -> Any:
    """The assembly that ships, without its reader."""
    return bootstrap.open_assistant(replace(library.settings, reader=False))


def changed(assistant: Any, name: str) -> Any:
    change = next(one.change for one in ablations.VARIANTS if one.name == name)

    @contextmanager
    def open_index() -> Iterator[Any]:
        with assistant.open_index() as index:
            yield change(index)

    return replace(assistant, open_index=open_index)


def ids(assistant: Any, asked: str) -> list[str]:
    return [hit.passage.id for hit in assistant.search(asked)]


def test_lexical_only_finds_nothing_in_other_words(unread: Any) -> None:
    lexical = changed(unread, "lexical only")
    assert ids(lexical, "scientists beakers") == []
    assert ids(unread, "scientists beakers") != []
    assert ids(lexical, CHEMISTS)[0] == ids(unread, CHEMISTS)[0]


def test_dense_only_ranks_by_the_best_cosine_of_a_sentence(unread: Any) -> None:
    """A question without a year, and without a type of answer, has no other signs."""
    asked = "scientists and their beakers"
    with unread.open_index() as index:
        vector = index.encoder.encode(asked)
        edges = index.vectors.edges
        cosines = index.vectors.sentences(np.arange(edges[-1])) @ vector
        best = [cosines[start:end].max() for start, end in pairwise(edges)]
        by_cosine = index.catalog.passages(np.argsort(-np.array(best)).tolist())
    assert ids(changed(unread, "dense only"), asked)[0] == by_cosine[0].id


def test_without_rows_no_row_is_found_and_nothing_is_computed(unread: Any) -> None:
    without = changed(unread, "rows not verbalised")
    assert any(hit.passage.cell for hit in unread.search(SPENT))
    assert not any(hit.passage.cell for hit in without.search(SPENT))
    assert "computed" in unread.answer(SPENT).composer
    assert "computed" not in without.answer(SPENT).composer


def test_every_variant_is_held_against_the_assistant_as_it_ships(unread: Any) -> None:
    asked = [
        question("a", "310", golds=(Gold("guide.md", "It employs 310 chemists", 1),)),
        question("b", "1840.7", golds=(Gold("indicators.csv", "1840.7,million crowns", 1),)),
        question("c", kind="out-of-scope"),
    ]
    words = (CHEMISTS, SPENT, "What is the boiling point of liquid helium?")
    asked = [replace(one, question=text) for one, text in zip(asked, words, strict=True)]
    replies = ask(unread, asked, per_query, Watch("all", silent))
    both = ablations.Shipped(unread, unread)
    found = ablations.ablate(both, asked, replies, per_query, silent)
    assert [one["name"] for one in found] == [one.name for one in ablations.VARIANTS]
    fused = next(one for one in found if one["name"] == "fused without reader")
    for difference in fused["differences"].values():
        assert (difference["difference"], difference["p"], difference["p_holm"]) == (0, 1, 1)
    without = next(one for one in found if one["name"] == "rows not verbalised")
    ranking = without["differences"]["nDCG@10"]
    assert (ranking["before"], ranking["questions"]) == (1, 2)
    assert ranking["after"] == pytest.approx(0.5)
    assert ranking["p"] == ranking["p_holm"] == 1  # two questions prove nothing
