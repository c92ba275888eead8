"""Questions asked of chosen documents: nothing else is found, told or counted."""

from pathlib import Path

import numpy as np
import pytest

from innoqa.answering import Assistant
from innoqa.domain import Abstention, Answer

OSLO = "# Oslo\n\nThe opera of Oslo opened in 2008 at the fjord.\n"
NOTES = "# Notes\n\nA theatre in Bergen was opened in 1909, after a long dispute over its roof.\n"
TRAMS = "city,year,indicator,value,unit\nOslo,2018,Trams,87,trams\nBergen,2018,Trams,29,trams\n"
BUSES = "city,year,indicator,value,unit\nOslo,2018,Buses,1200,buses\nBergen,2018,Buses,410,buses\n"


@pytest.fixture(scope="module")
def towns(new_project, tmp_path_factory) -> Assistant:
    project = new_project(tmp_path_factory.mktemp("towns") / "project")
    for name, text in (("oslo.md", OSLO), ("notes.md", NOTES), ("trams.csv", TRAMS),
                       ("buses.csv", BUSES)):  # fmt: skip
        project.write(name, text)
    for number in range(150):
        project.write(f"other/{number:03d}.md", f"# Opera {number}\n\nThe opera {number} opened.\n")
    project.ingest()
    return project.assistant()


@pytest.fixture(scope="module")
def ids(towns: Assistant) -> dict[str, str]:
    with towns.open_index() as index:
        return {Path(one.source).stem: one.id for one in index.catalog.documents()}


def test_only_passages_of_the_chosen_documents_are_found(towns, ids):
    chosen = {ids["notes"], ids["007"]}
    hits = towns.within(chosen).search("When did the opera of Oslo open?")
    assert {hit.passage.document_id for hit in hits} == chosen


def test_what_other_documents_hold_in_plenty_does_not_crowd_out_the_chosen_one(towns, ids):
    """A hundred and fifty passages are nearer in meaning; a filter after the search finds none."""
    with towns.open_index() as index:
        vector = index.encoder.encode("Which opera opened?")
        everywhere = index.dense.nearest(vector, 100)
        assert not any(name.startswith(ids["notes"]) for name in everywhere)
        within = index.within({ids["notes"]})
        assert within.dense.nearest(vector, 100) == (f"{ids['notes']}-00000",)


def test_the_nearest_within_are_those_of_an_exhaustive_comparison(towns, ids):
    chosen = sorted(ids.values())[::2]
    with towns.open_index() as index:
        vector = index.encoder.encode("Which opera opened?")
        within = index.within(chosen)
        rows = within.rows
        scores = index.vectors.passages(rows) @ vector
        wanted = rows[np.argsort(-scores, kind="stable")[:10]]
        found = within.dense.nearest(vector, 10)
        assert [index.catalog.rows([name])[name] for name in found] == wanted.tolist()


def test_tables_outside_are_not_computed_from(towns, ids):
    question = "How many trams does Oslo have?"
    inside = towns.within({ids["trams"]}).answer(question).reply
    assert isinstance(inside, Answer)
    assert "87" in inside.text
    outside = towns.within({ids["buses"]}).answer(question).reply
    assert isinstance(outside, Abstention)
    assert "87" not in outside.text


def test_an_abstention_speaks_of_the_chosen_documents(towns, ids):
    reply = towns.within({ids["trams"]}).answer("When did the opera of Oslo open?").reply
    assert isinstance(reply, Abstention)
    assert reply.coverage == ("trams",)
    assert {hit.passage.document_id for hit in reply.nearest} <= {ids["trams"]}


def test_a_word_that_only_other_documents_hold_is_not_known(towns, ids):
    with towns.open_index() as index:
        assert index.passage_words.knows("fjord")
        assert not index.within({ids["trams"]}).passage_words.knows("fjord")


def test_all_documents_chosen_are_no_choice(towns, ids):
    question = "When did the opera of Oslo open?"
    assert towns.within(ids.values()).answer(question).reply == towns.answer(question).reply


def test_whether_there_are_tables_alone_is_asked_of_the_chosen_documents(towns, ids):
    with towns.open_index() as index:
        assert not index.has_tables_alone
        assert index.within({ids["trams"]}).has_tables_alone
        assert not index.within({ids["trams"], ids["oslo"]}).has_tables_alone


def test_documents_that_are_gone_answer_nothing(towns):
    reply = towns.within({"0123456789abcdef"}).answer("When did the opera of Oslo open?").reply
    assert isinstance(reply, Abstention)
    assert reply.nearest == ()
