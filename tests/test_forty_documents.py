"""A folder of forty files as people have them: what is read of it, told of it and answered from it.

Of the thirty-five questions 33 are answered, each with the fact and a citation of the place where
it stands. Two are not (NOT_ANSWERED): there the place is the first of the hits.
"""

import pytest
from tests.documents_made import bad, good

from innoqa.domain import Answer, Cell, Passage

GOOD, BAD = good(), bad()
NOT_ANSWERED = frozenset({"海州产业.xlsx", "data/Malmö budget.csv"})


@pytest.fixture(scope="module")
def ingested(new_project, tmp_path_factory):
    """(project, report) of one ingest of all."""
    project = new_project(tmp_path_factory.mktemp("forty") / "project")
    for file in (*GOOD, *BAD):
        project.write(file.name, file.content)
    return project, project.ingest()


@pytest.fixture(scope="module")
def assistant(ingested):
    return ingested[0].assistant()


def test_there_are_forty_files_with_a_fact_each():
    assert (len(GOOD), len(BAD)) == (35, 5)
    assert len({file.question for file in GOOD}) == 35
    assert len({file.name for file in (*GOOD, *BAD)}) == 40


def test_the_report_tells_what_was_read(ingested):
    """A mail and what is attached to it, two files of an archive, two papers: 38 of 35 files."""
    project, report = ingested
    more = ["archive/Ghent.zip/Ghent/read me first.txt", "mails/Faro.eml", "paper-1"]
    assert sorted(report.sources["added"]) == sorted([*(f.document for f in GOOD), *more])
    assert report.sources["changed"] == report.sources["removed"] == []
    assert (report.documents, report.unchanged, report.read) == (38, 0, 38)
    assert report.passages == report.prepared == report.embedded == len(project.passages())
    assert report.observations == sum(len(p.observations) for p in project.passages())
    assert (report.published, report.dry, report.rebuilt) == (True, False, "")


def test_the_report_tells_what_was_not_read_where_and_what_to_do(ingested):
    _, report = ingested
    assert {one.source: one.reason for one in report.skipped} == {
        (file.source or file.name): file.why for file in BAD
    }
    assert len(report.skipped) == len(BAD)


def test_the_report_tells_what_was_read_in_part(ingested):
    _, report = ingested
    assert {one.source: one.reason for one in report.gaps} == {
        "Gdynia kickoff.pptx": "slide 4 is hidden and was left out",
        "Maas firms.xlsx": "the hidden sheet 'Raw' was not read",
    }
    assert [str(cell) for cell in report.unread_cells] == [
        "Maas firms.xlsx, Firms, row 3, 2020: under review"
    ]


def test_what_is_ingested_again_is_unchanged(ingested):
    project, _ = ingested
    again = project.ingest()
    assert (again.unchanged, again.embedded, again.published) == (38, 0, False)
    assert len(again.skipped) == len(BAD)


def is_at(passage: Passage, cell: Cell | None, place: int | str | tuple[str, str]) -> bool:
    """Whether a passage, or a cell of it, is at a page, under a heading, or at that cell."""
    if isinstance(place, int):
        return passage.page == place
    if isinstance(place, str):
        return (passage.heading or ("",))[-1] == place
    name, column = place
    return cell is not None and cell.row_name.startswith(name) and cell.column in (column, None)


@pytest.mark.parametrize("file", GOOD, ids=[file.name for file in GOOD])
def test_a_question_on_each_file_leads_to_the_place_where_its_fact_stands(assistant, file):
    turn = assistant.answer(file.question)
    reply = turn.reply
    assert isinstance(reply, Answer) == (file.name not in NOT_ANSWERED)
    if isinstance(reply, Answer):
        first = reply.citations[0]
        passage, quote = first.passage, first.quote
        cell = first.observation.cell if first.observation else passage.cell
        assert file.says in reply.text
    else:
        passage = turn.hits[0].passage
        quote, cell = passage.text, passage.cell
    assert passage.source == file.document
    assert file.says in quote
    assert is_at(passage, cell, file.place)


def test_a_cell_on_the_second_page_of_a_table_is_cited_with_its_page(assistant):
    reply = assistant.answer("How many tenants does the Kesselhaus of Brückenau Works have?").reply
    assert isinstance(reply, Answer)
    assert reply.citations[0].passage.page == 2


def test_a_fact_of_no_file_is_not_answered(assistant):
    reply = assistant.answer("How many penguins live in the zoo of Nordhaven?").reply
    assert not isinstance(reply, Answer)
