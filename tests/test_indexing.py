"""Ingest with all its real parts: what is in the index afterwards, and what is not touched."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from innoqa.domain import Corpus
from innoqa.errors import DocumentError, IndexBusy, IndexMissing, NothingToIngest

OSLO = "# Oslo\n\nThe opera of Oslo opened in 2008 at the fjord.\n"
BERGEN = "# Bergen\n\nThe light rail of Bergen carries passengers to the airport.\n"
CSV = "city,year,indicator,value,unit\nOslo,2018,Trams,87,trams\n"


def sources(project):
    return sorted({passage.source for passage in project.passages()})


@pytest.fixture(scope="module")
def ingested_once(new_project, tmp_path_factory):
    project = new_project(tmp_path_factory.mktemp("ingested") / "project")
    project.write("oslo.md", OSLO)
    project.write("sub/bergen.md", BERGEN)
    project.write("trams.csv", CSV)
    project.ingest()
    return project


@pytest.fixture
def filled(ingested_once, tmp_path):
    """A project with three documents that are in its index."""
    return ingested_once.copy(tmp_path / "project")


def test_a_first_ingest_publishes_every_document(project):
    project.write("oslo.md", OSLO)
    project.write("trams.csv", CSV)
    project.write("notes.pdf", b"%PDF-1.7")
    report = project.ingest()
    assert (report.added, report.changed, report.unchanged, report.removed) == (2, 0, 0, 0)
    assert (report.documents, report.passages, report.embedded) == (2, 2, 2)
    assert [skipped.source for skipped in report.skipped] == ["notes.pdf"]
    assert report.published
    assert report.rebuilt == ""
    assert [passage.words for passage in project.passages()] == [
        "The opera of Oslo opened in 2008 at the fjord.",
        "Oslo, 2018: Trams 87 trams",
    ]


def test_a_published_passage_is_a_span_of_its_document(filled):
    assistant = filled.assistant()
    for passage in filled.passages():
        text = assistant.document(passage.document_id).text
        assert passage.text == text[passage.start : passage.end]


def test_what_was_ingested_answers_a_question(filled):
    reply = filled.assistant().answer("When did the opera of Oslo open?").reply
    assert "2008" in reply.text
    assert reply.citations[0].passage.source == "oslo.md"


def test_a_second_ingest_of_the_same_documents_writes_nothing(filled):
    before = filled.generations.published()
    report = filled.ingest()
    assert (report.unchanged, report.added, report.changed, report.removed) == (3, 0, 0, 0)
    assert (report.embedded, report.published) == (0, False)
    assert filled.generations.published() == before


def test_a_changed_document_replaces_its_passages_and_only_they_are_embedded(filled):
    filled.write("oslo.md", OSLO.replace("2008", "1908"))
    report = filled.ingest()
    assert (report.changed, report.unchanged, report.embedded) == (1, 2, 1)
    assert "1908" in filled.words()
    assert "2008" not in filled.words()


def test_a_removed_document_disappears(filled):
    (filled.docs / "oslo.md").unlink()
    report = filled.ingest()
    assert (report.removed, report.documents, report.embedded) == (1, 2, 0)
    assert sources(filled) == ["sub/bergen.md", "trams.csv"]


def test_a_renamed_document_is_found_under_its_new_name_without_being_embedded_again(filled):
    (filled.docs / "oslo.md").rename(filled.docs / "capital.md")
    report = filled.ingest()
    assert (report.added, report.removed, report.embedded) == (1, 1, 0)
    assert sources(filled) == ["capital.md", "sub/bergen.md", "trams.csv"]


def test_two_folders_stand_side_by_side_and_each_is_brought_up_to_date_alone(filled):
    other = filled.folder / "other"
    other.mkdir()
    (other / "oslo.md").write_text("Oslo has a second document of the same name.")
    assert filled.ingest(other).documents == 4
    assert "same name" in filled.words()
    (filled.docs / "oslo.md").unlink()
    assert filled.ingest(other).documents == 4
    assert filled.ingest(filled.docs).documents == 3
    assert "same name" in filled.words()
    assert "2008" not in filled.words()


def test_a_single_file_can_be_ingested(project):
    path = project.write("oslo.md", OSLO)
    project.write("bergen.md", BERGEN)
    project.ingest(path)
    assert sources(project) == ["oslo.md"]


def test_the_description_of_a_folder_is_published_and_follows_its_changes(filled):
    filled.write("corpus.toml", 'title = "Norway"\nsuggested_questions = ["Why?"]')
    report = filled.ingest()
    assert (report.unchanged, report.published) == (3, True)
    assert filled.assistant().corpus() == Corpus("Norway", "", ("Why?",))


def test_the_same_path_twice_is_read_once(filled):
    assert filled.ingest(filled.docs, filled.docs / "sub" / "..").documents == 3


def test_a_path_that_is_not_there_is_told_by_name_and_nothing_is_removed(filled):
    before = filled.generations.published()
    gone = filled.docs.rename(filled.folder / "elsewhere")
    with pytest.raises(DocumentError, match=r"project/docs does not exist"):
        filled.ingest()
    assert filled.generations.published() == before
    gone.rename(filled.docs)
    assert filled.ingest().unchanged == 3


def test_a_folder_without_documents_is_told_and_the_index_stays_as_it_was(filled):
    before = filled.generations.published()
    empty = filled.folder / "empty"
    empty.mkdir()
    (empty / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(
        NothingToIngest, match=r"empty could be read\.\n +photo\.jpg: is of another"
    ):
        filled.ingest(empty)
    assert filled.generations.published() == before
    assert filled.ingest().documents == 3


def test_a_folder_that_has_lost_all_its_documents_does_not_empty_the_index(filled):
    shutil.rmtree(filled.docs)
    filled.docs.mkdir()
    with pytest.raises(NothingToIngest):
        filled.ingest()
    assert sources(filled) == ["oslo.md", "sub/bergen.md", "trams.csv"]


def test_an_index_that_never_had_a_document_is_told_when_it_is_asked(project):
    with pytest.raises(NothingToIngest):
        project.ingest()
    with pytest.raises(IndexMissing):
        project.assistant()


def test_a_document_without_text_is_skipped_since_nothing_of_it_could_be_found(project):
    project.write("title.md", "# Only a title\n\n## And another one\n")
    with pytest.raises(NothingToIngest, match=r"title\.md: has headings at most"):
        project.ingest()
    project.write("oslo.md", OSLO)
    report = project.ingest()
    assert [skipped.source for skipped in report.skipped] == ["title.md"]
    assert sources(project) == ["oslo.md"]


def test_a_changed_document_that_cannot_be_read_keeps_its_earlier_passages(filled):
    filled.write("oslo.md", b"\x89PNG\r\n\x1a\n")
    filled.write("trams.csv", CSV + "too," * 20 + "long\n")
    filled.write("sub/bergen.md", BERGEN.replace("airport", "harbour"))
    report = filled.ingest()
    assert {skipped.source for skipped in report.skipped} == {"oslo.md", "trams.csv"}
    assert "cells in line 3" in next(s.reason for s in report.skipped if s.source == "trams.csv")
    assert (report.changed, report.removed, report.documents) == (1, 0, 3)
    assert all(words in filled.words() for words in ("2008", "87 trams", "harbour"))


def test_cells_that_stand_among_numbers_and_are_none_are_reported_when_their_table_is_read(project):
    project.write("firms.csv", "Year,Firms,Jobs\n2018,5,1\n2019,see note,2\n2020,7,3\n")
    assert [str(cell) for cell in project.ingest().unread_cells] == [
        "firms.csv, firms, row 2, Firms: see note"
    ]
    assert project.ingest().unread_cells == []


def test_of_two_entries_with_one_id_the_first_is_read_and_the_other_reported(project):
    entries = [
        {"_id": "d1", "text": "One."},
        {"_id": "d1", "text": "Two."},
        {"_id": "d2", "text": "Three."},
    ]
    project.write("a.jsonl", "\n".join(map(json.dumps, entries)))
    report = project.ingest()
    assert [(s.source, s.reason) for s in report.skipped] == [
        ("d1", "another document has this name; give one of them another")
    ]
    assert project.words() == "One.\nThree."


def test_a_collection_that_cannot_be_read_keeps_all_its_earlier_documents(project):
    project.write("a.md", OSLO)
    project.write("b.jsonl", json.dumps({"_id": "d1", "text": "Zinc helps."}))
    project.ingest()
    project.write("b.jsonl", b"\x89PNG\r\n\x1a\n")
    report = project.ingest()
    assert [skipped.source for skipped in report.skipped] == ["b.jsonl"]
    assert (report.removed, report.unchanged) == (0, 1)
    assert sources(project) == ["a.md", "d1"]
    (project.docs / "b.jsonl").unlink()
    assert project.ingest().removed == 1


def test_a_broken_description_stops_the_ingest_before_anything_is_changed(filled):
    before = filled.generations.published()
    filled.write("corpus.toml", "title = ")
    (filled.docs / "oslo.md").unlink()
    with pytest.raises(DocumentError, match=r"docs/corpus\.toml is not valid TOML"):
        filled.ingest()
    assert filled.generations.published() == before
    assert "2008" in filled.words()


def test_a_broken_data_package_keeps_the_earlier_rows_of_its_tables(filled):
    filled.write("datapackage.json", "{")
    filled.write("oslo.md", OSLO.replace("2008", "1908"))
    report = filled.ingest()
    assert [skipped.source for skipped in report.skipped] == ["trams.csv"]
    assert all(words in filled.words() for words in ("1908", "87 trams"))


LONG = "# Towns\n\n" + "\n\n".join(
    f"The town of number {n} lies in the west and its market is held on day {n}." for n in range(8)
)


def test_another_passage_size_rebuilds_every_folder(project):
    project.write("towns.md", LONG)
    other = project.folder / "other"
    other.mkdir()
    (other / "more.md").write_text(LONG)
    before = project.ingest(project.docs, other)
    project.options["passage_tokens"] = 32
    after = project.ingest(project.docs)
    assert after.rebuilt != ""
    assert (after.changed, after.unchanged, after.documents) == (2, 0, 2)
    assert after.passages > before.passages
    assert project.ingest(project.docs, other).rebuilt == ""


@pytest.mark.parametrize("stage", ["reading", "embedding", "indexing"])
def test_a_rebuild_that_was_interrupted_is_completed_whatever_the_settings_are_then(project, stage):
    """Otherwise passages of two sizes would lie in one index."""
    project.write("towns.md", LONG)
    project.write("more.md", LONG.replace("town", "village"))
    project.ingest()
    first_state = project.generations.published()

    def fail(name, *_):
        if name == stage:
            raise KeyboardInterrupt

    project.options["passage_tokens"] = 32
    with pytest.raises(KeyboardInterrupt):
        project.ingest(progress=fail)
    project.ingest()
    assert len(project.passages()) == 16
    project.options["passage_tokens"] = 60
    with pytest.raises(KeyboardInterrupt):
        project.ingest(progress=fail)
    del project.options["passage_tokens"]
    assert project.ingest().rebuilt != ""
    assert project.generations.published() == first_state


def test_what_cannot_be_read_in_a_rebuild_leaves_the_index_since_it_cannot_be_made_again(filled):
    filled.write("oslo.md", b"\x89PNG\r\n\x1a\n")
    filled.options["passage_tokens"] = 32
    report = filled.ingest()
    assert (report.changed, report.removed, len(report.skipped)) == (2, 1, 1)
    assert sources(filled) == ["sub/bergen.md", "trams.csv"]


def test_a_rebuild_needs_every_folder_and_names_the_one_that_is_gone(filled):
    other = filled.folder / "other"
    other.mkdir()
    (other / "more.md").write_text(LONG)
    filled.ingest(other)
    shutil.rmtree(other)
    filled.options["passage_tokens"] = 32
    with pytest.raises(IndexMissing, match="project/other, which is part of it, is not there"):
        filled.ingest(filled.docs)
    assert "market" in filled.words()


def test_a_project_folder_that_was_moved_as_a_whole_is_still_up_to_date(filled, tmp_path):
    moved = filled.copy(tmp_path / "new" / "place")
    shutil.rmtree(filled.folder)
    report = moved.ingest()
    assert (report.unchanged, report.published) == (3, False)
    moved.write("oslo.md", OSLO.replace("2008", "1908"))
    report = moved.ingest()
    assert (report.changed, report.unchanged, report.removed) == (1, 2, 0)
    assert "1908" in moved.words()


def test_an_open_assistant_follows_the_next_ingest(filled):
    assistant = filled.assistant()
    assert "2008" in assistant.answer("When did the opera of Oslo open?").reply.text
    filled.write("oslo.md", OSLO.replace("2008", "1908"))
    filled.ingest()
    assert "1908" in assistant.answer("When did the opera of Oslo open?").reply.text


def test_a_damaged_generation_is_made_again_from_what_is_stored(filled):
    shutil.rmtree(filled.generations.folder())
    report = filled.ingest()
    assert (report.unchanged, report.embedded, report.published) == (3, 0, True)
    assert "2008" in filled.words()


def test_two_fresh_ingests_of_one_folder_agree_to_the_byte(new_project, tmp_path):
    one, two = new_project(tmp_path / "one"), new_project(tmp_path / "two")
    for project in (one, two):
        project.write("oslo.md", OSLO)
        project.write("towns.md", LONG)
        project.write("trams.csv", CSV)
        project.ingest()
    assert one.generations.published() == two.generations.published()
    assert [p.id for p in one.passages()] == [p.id for p in two.passages()]
    first, second = one.generations.folder(), two.generations.folder()
    files = sorted(path.name for path in (first / "vectors").iterdir())
    assert files == ["edges.npy", "passages.npy", "sentences.npy"]
    for name in files:
        assert (first / "vectors" / name).read_bytes() == (second / "vectors" / name).read_bytes()
    assert catalog_rows(first) == catalog_rows(second)


def catalog_rows(generation):
    with closing(sqlite3.connect(generation / "catalog.sqlite")) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
            for table in ("documents", "passages")
        }


def test_a_second_ingest_at_the_same_time_is_refused_and_the_first_one_completes(filled):
    filled.write("oslo.md", OSLO.replace("2008", "1908"))
    refused = []

    def ingest_too(stage, *_):
        if stage == "embedding":
            with pytest.raises(IndexBusy, match=r"Another ingest is writing .*Wait"):
                filled.ingest()
            refused.append(stage)

    assert filled.ingest(progress=ingest_too).published
    assert refused
    assert "1908" in filled.words()


ASKED = """
import sys
from pathlib import Path

from innoqa import bootstrap
from innoqa.settings import Settings
docs, index = map(Path, sys.argv[1:])
settings = Settings(index=index)
bootstrap.ingest([docs], settings, lambda *_: None)
reply = bootstrap.open_assistant(settings).answer("When did the opera of Oslo open?").reply
assert "2008" in reply.text, reply
"""


def test_an_ingest_and_a_question_connect_to_nothing_outside_this_machine(
    project, tmp_path, outside_calls
):
    """Even the model's graph is written; what would connect is told to the guard of all tests."""
    project.write("oslo.md", OSLO)
    project.write("bergen.html", "<html><body><p>The rail of Bergen is long.</p></body></html>")
    ended = subprocess.run(
        [sys.executable, "-c", ASKED, str(project.docs), str(tmp_path / "fresh")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert outside_calls() == []
    assert list((tmp_path / "fresh" / "encoder").iterdir())
