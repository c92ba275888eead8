"""Adding files beside the index and taking documents out of it, with all its real parts."""

import io
import json
import signal
import subprocess
import sys
import zipfile

import pytest

from innoqa import bootstrap
from innoqa.errors import (
    DocumentError,
    IndexBusy,
    IndexMismatch,
    IndexMissing,
    IndexUnwritable,
    NothingToIngest,
    SettingError,
)

from .conftest import silent

OSLO = "# Oslo\n\nThe opera of Oslo opened in 2008 at the fjord.\n"
BERGEN = "# Bergen\n\nThe light rail of Bergen carries passengers to the airport.\n"
MOLDE = "# Molde\n\nThe jazz festival of Molde began in 1961 in a cellar.\n"
QUESTION = "When did the jazz festival of Molde begin?"


@pytest.fixture(scope="module")
def ingested_once(new_project, tmp_path_factory):
    project = new_project(tmp_path_factory.mktemp("ingested") / "project")
    project.write("oslo.md", OSLO)
    project.write("sub/bergen.md", BERGEN)
    project.ingest()
    return project


@pytest.fixture
def filled(ingested_once, tmp_path):
    return ingested_once.copy(tmp_path / "project")


def receive(project, *files, replacing=(), progress=silent):
    given = [(name, text if isinstance(text, bytes) else text.encode()) for name, text in files]
    return bootstrap.receive(given, replacing, project.settings, progress)


def remove(project, *names, progress=silent):
    return bootstrap.remove([str(name) for name in names], project.settings, progress)


def sources(project):
    return sorted({passage.source for passage in project.passages()})


def kept(project):
    return bootstrap.kept_uploads(project.settings).names()


def outcomes(received):
    return [(one.name, one.outcome) for one in received.uploads]


def test_a_file_that_is_added_answers_the_next_question_and_is_kept_beside_the_index(filled):
    assistant = filled.assistant()
    received = receive(filled, ("molde.md", MOLDE))
    assert outcomes(received) == [("molde.md", "added")]
    assert (received.report.added, received.report.published) == (1, True)
    assert "1961" in assistant.answer(QUESTION).reply.text
    assert (filled.index / "uploads" / "molde.md").read_text() == MOLDE
    assert sources(filled) == ["molde.md", "oslo.md", "sub/bergen.md"]


def test_added_files_leave_the_title_of_the_index_as_it_was(filled):
    receive(filled, ("molde.md", MOLDE))
    assert filled.assistant().corpus().title == "docs"


def test_the_first_files_of_all_make_an_index(project):
    receive(project, ("molde.md", MOLDE))
    assert project.assistant().corpus().title == "Uploaded documents"


def test_another_file_of_a_kept_name_replaces_it_only_where_that_is_said(filled):
    receive(filled, ("molde.md", MOLDE))
    other = MOLDE.replace("1961", "1962")
    refused = receive(filled, ("molde.md", other))
    assert outcomes(refused) == [("molde.md", "skipped")]
    assert refused.uploads[0].why == "another file of this name is there"
    assert not refused.is_kept
    assert "1961" in filled.words()
    replaced = receive(filled, ("molde.md", other), replacing=["molde.md"])
    assert outcomes(replaced) == [("molde.md", "changed")]
    assert "1961" not in filled.words()
    assert kept(filled) == ("molde.md",)


def test_the_same_file_again_changes_nothing(filled):
    receive(filled, ("molde.md", MOLDE))
    again = receive(filled, ("molde.md", MOLDE))
    assert outcomes(again) == [("molde.md", "unchanged")]
    assert not again.report.published


def test_what_cannot_be_read_is_told_with_its_reason_and_not_kept(filled):
    entry = json.dumps({"_id": "d1", "text": "One."})
    received = receive(
        filled,
        ("scan.pdf", b"%PDF-1.7"),
        ("image.md", b"\x89PNG\r\n\x1a\n"),
        ("empty.txt", " \n"),
        ("title.md", "# Only a title\n"),
        ("wide.csv", "a,b\n1,2,3,4\n"),
        ("many.jsonl", f"{entry}\n{entry}\n"),
        ("molde.md", MOLDE),
    )
    why = {one.given: one.why for one in received.uploads}
    assert "damaged" in why["scan.pdf"]
    assert "Portable Network Graphics" in why["image.md"]
    assert why["empty.txt"] == "empty"
    assert "headings at most" in why["title.md"]
    assert "4 cells in line 2" in why["wide.csv"]
    assert why["molde.md"] == ""
    assert [one.given for one in received.uploads if one.outcome != "skipped"] == ["molde.md"]
    assert kept(filled) == ("molde.md",)


def test_a_file_that_cannot_be_read_does_not_replace_one_that_can(filled):
    receive(filled, ("molde.md", MOLDE))
    receive(filled, ("molde.md", b"\x89PNG\r\n\x1a\n"), replacing=["molde.md"])
    assert (filled.index / "uploads" / "molde.md").read_text() == MOLDE
    assert "1961" in filled.words()


def test_a_collection_of_one_entry_is_left_to_the_command_since_it_could_not_be_removed(filled):
    received = receive(filled, ("one.jsonl", json.dumps({"_id": "d1", "text": "One."})))
    assert received.uploads[0].outcome == "skipped"
    assert "innoqa ingest" in received.uploads[0].why


@pytest.mark.parametrize(
    "given",
    ["../../escape.md", "/etc/escape.md", "..\\..\\escape.md", "C:\\x\\escape.md", ".escape.md"],
)
def test_no_name_leads_out_of_the_folder(filled, given):
    received = receive(filled, (given, MOLDE))
    assert outcomes(received) == [("escape.md", "added")]
    assert kept(filled) == ("escape.md",)
    assert not list(filled.folder.parent.rglob("escape.md"))[1:]


@pytest.mark.parametrize("given", ["README.md", "~$book.md", "con.md", "文" * 300 + ".md"])
def test_whatever_its_name_is_a_file_is_read(filled, given):
    received = receive(filled, (given, MOLDE))
    assert received.uploads[0].outcome == "added"
    assert sources(filled) == sorted([received.uploads[0].name, "oslo.md", "sub/bergen.md"])


def test_of_two_files_of_one_name_the_second_is_told(filled):
    received = receive(filled, ("a/molde.md", MOLDE), ("b/Molde.md", OSLO))
    assert outcomes(received) == [("molde.md", "added"), ("Molde.md", "skipped")]
    assert kept(filled) == ("molde.md",)


def test_nothing_is_added_where_the_settings_forbid_it(filled):
    filled.options["uploads"] = False
    with pytest.raises(SettingError, match="INNOQA_UPLOADS is no"):
        receive(filled, ("molde.md", MOLDE))
    assert kept(filled) == ()


def test_while_another_ingest_runs_nothing_is_added_and_nothing_left_behind(filled):
    refused = []

    def add_too(stage, *_):
        if stage == "embedding":
            with pytest.raises(IndexBusy):
                receive(filled, ("molde.md", MOLDE))
            refused.append(stage)

    filled.write("oslo.md", OSLO.replace("2008", "1908"))
    filled.ingest(progress=add_too)
    assert refused
    assert kept(filled) == ()


def test_when_adding_fails_the_folder_is_as_it_was(filled):
    receive(filled, ("molde.md", MOLDE))

    def fail(stage, *_):
        raise OSError("the disk is full")

    with pytest.raises(IndexUnwritable, match="full"):
        receive(
            filled,
            ("molde.md", MOLDE.replace("1961", "1962")),
            ("moss.md", OSLO),
            replacing=["molde.md"],
            progress=fail,
        )
    assert kept(filled) == ("molde.md",)
    assert (filled.index / "uploads" / "molde.md").read_text() == MOLDE
    assert "1961" in filled.words()


def test_a_removed_upload_is_deleted_and_answers_no_more(filled):
    receive(filled, ("molde.md", MOLDE))
    assistant = filled.assistant()
    (identity,) = bootstrap.uploaded(filled.settings)
    report = remove(filled, identity)
    assert (report.removed, report.documents, report.published) == (1, 2, True)
    assert kept(filled) == ()
    assert "1961" not in assistant.answer(QUESTION).reply.text
    receive(filled, ("moss.md", OSLO))
    assert "1961" not in filled.words()


def test_adding_and_removing_in_turn_keeps_one_open_assistant_right(filled):
    """The state after a removal is the one before: its generation is found again, not remade."""
    with_reader = filled.assistant()
    filled.options["reader"] = False
    without = filled.assistant()
    first = filled.generations.published()
    for _ in range(3):
        receive(filled, ("molde.md", MOLDE))
        assert "1961" in with_reader.answer(QUESTION).reply.text
        remove(filled, "molde.md")
        assert filled.generations.published() == first
        for assistant in (with_reader, without):
            assert "1961" not in assistant.answer(QUESTION).reply.text


def test_a_removed_document_of_a_folder_keeps_its_file_and_stays_away_until_that_is_ingested(
    filled,
):
    remove(filled, "oslo.md")
    assert sources(filled) == ["sub/bergen.md"]
    assert (filled.docs / "oslo.md").read_text() == OSLO
    receive(filled, ("molde.md", MOLDE))
    assert sources(filled) == ["molde.md", "sub/bergen.md"]
    assert filled.ingest().added == 1
    assert sources(filled) == ["molde.md", "oslo.md", "sub/bergen.md"]


def test_a_rebuild_for_another_folder_does_not_bring_removed_documents_back(filled):
    remove(filled, "oslo.md")
    filled.options["passage_tokens"] = 32
    received = receive(filled, ("molde.md", MOLDE))
    assert received.report.rebuilt
    assert sources(filled) == ["molde.md", "sub/bergen.md"]


def test_a_root_is_removed_by_its_path_and_needed_no_more(filled):
    other = filled.folder / "other"
    other.mkdir()
    (other / "molde.md").write_text(MOLDE)
    filled.ingest(other)
    assert remove(filled, filled.docs).removed == 2
    assert sources(filled) == ["molde.md"]
    assert filled.assistant().corpus().title == "other"
    filled.docs.rename(filled.folder / "gone")
    filled.options["passage_tokens"] = 32
    assert filled.ingest(other).rebuilt


def test_a_folder_or_file_inside_a_root_is_removed_by_its_path(filled):
    assert remove(filled, filled.docs / "sub").removed == 1
    assert remove(filled, filled.docs / "oslo.md").removed == 1


def test_a_source_of_two_documents_is_told_with_both_paths(filled):
    other = filled.folder / "other"
    other.mkdir()
    (other / "oslo.md").write_text(MOLDE)
    filled.ingest(other)
    with pytest.raises(
        DocumentError, match=r"several documents: .*docs/oslo\.md, .*other/oslo\.md"
    ):
        remove(filled, "oslo.md")
    remove(filled, other / "oslo.md")
    assert "2008" in filled.words()


def test_what_is_not_in_the_index_cannot_be_removed_and_nothing_else_is(filled):
    with pytest.raises(DocumentError, match=r"nowhere\.md is not in .*index"):
        remove(filled, "oslo.md", "nowhere.md")
    assert "2008" in filled.words()


def test_when_the_last_document_is_removed_there_is_no_index(filled):
    remove(filled, filled.docs)
    with pytest.raises(IndexMissing):
        filled.assistant()
    with pytest.raises(IndexMissing):
        remove(filled, "oslo.md")
    receive(filled, ("molde.md", MOLDE))
    assert "1961" in filled.words()


def test_an_index_of_other_settings_is_rebuilt_before_anything_is_removed_from_it(filled):
    receive(filled, ("molde.md", MOLDE))
    filled.options["passage_tokens"] = 32
    with pytest.raises(IndexMismatch, match="innoqa ingest"):
        remove(filled, "molde.md")
    assert kept(filled) == ("molde.md",)


def test_an_empty_upload_folder_is_no_document(filled):
    receive(filled, ("molde.md", MOLDE))
    remove(filled, "molde.md")
    with pytest.raises(NothingToIngest):
        filled.ingest(filled.index / "uploads")


KILLED = """
import json, os, signal, sys
from pathlib import Path
import chromadb, onnxruntime, sentence_transformers, torch  # once, for all children
from innoqa import bootstrap
from innoqa.indexing import Indexer
from innoqa.settings import Settings

def act(folder, what, moment):
    def kill(*_):
        os.kill(os.getpid(), signal.SIGKILL)
    def progress(stage, done, total):
        if stage == moment:
            kill()
    if moment == "update":
        Indexer.update = kill
    if moment == "remove":
        Indexer.remove = kill
    settings = Settings(index=folder / "index")
    if what == "receive":
        files = [("molde.md", b"The jazz festival of Molde began in 1962 in a cellar."),
                 ("moss.md", b"The ferry of Moss crosses the fjord every hour.")]
        bootstrap.receive(files, ["molde.md"], settings, progress)
    else:
        bootstrap.remove(["molde.md", "oslo.md"], settings, progress)

for folder, what, moment in json.loads(sys.argv[1]):
    child = os.fork()
    if not child:
        act(Path(folder), what, moment)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
MOMENTS = [
    *(("receive", moment) for moment in ("update", "indexing")),
    *(("remove", moment) for moment in ("remove", "indexing")),
]


def test_whoever_is_killed_while_adding_or_removing_leaves_a_whole_index_and_can_do_it_again(
    filled, tmp_path
):
    receive(filled, ("molde.md", MOLDE))
    copies = [filled.copy(tmp_path / f"{what}-{moment}") for what, moment in MOMENTS]
    orders = [(str(c.folder), *moment) for c, moment in zip(copies, MOMENTS, strict=True)]
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, json.dumps(orders)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.split() == [str(-signal.SIGKILL)] * len(MOMENTS)
    for copy, (what, _) in zip(copies, MOMENTS, strict=True):
        assert "1961" in copy.assistant().answer(QUESTION).reply.text
        if what == "receive":
            files = [("molde.md", MOLDE.replace("1961", "1962")), ("moss.md", "The ferry of Moss.")]
            receive(copy, *files, replacing=["molde.md", "moss.md"])
            assert "1962" in copy.words()
            assert sources(copy) == ["molde.md", "moss.md", "oslo.md", "sub/bergen.md"]
        else:
            copy.ingest(copy.docs / "sub")  # an ingest of anything finishes it, as does a removal
            for name in {"molde.md", "oslo.md"} & set(sources(copy)):
                remove(copy, name)
            assert not {"molde.md", "oslo.md"} & set(sources(copy))
        assert not (copy.index / "uploads" / ".incoming").exists()


def test_a_removal_that_was_not_published_is_by_the_next_one(filled):
    def fail(stage, *_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remove(filled, "oslo.md", progress=fail)
    assert "oslo.md" in sources(filled)
    with pytest.raises(DocumentError, match="is not in"):
        remove(filled, "oslo.md")
    assert sources(filled) == ["sub/bergen.md"]


def test_an_archive_is_kept_whole_and_its_documents_go_together(filled):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("molde.md", MOLDE)
        archive.writestr("more/moss.md", "# Moss\n\nThe glassworks of Moss closed in 1999.\n")
        archive.writestr("photo.png", b"\x89PNG\r\n\x1a\n")
    received = receive(filled, ("towns.zip", packed.getvalue()))
    assert [one.outcome for one in received.uploads] == ["added"]
    assert (received.report.added, len(received.report.skipped)) == (2, 1)
    assert kept(filled) == ("towns.zip",)
    remove(filled, "towns.zip/molde.md")
    assert kept(filled) == ()
    assert sources(filled) == ["oslo.md", "sub/bergen.md"]


def test_a_file_of_the_content_of_a_kept_one_is_told(filled):
    receive(filled, ("molde.md", MOLDE))
    (again,) = receive(filled, ("copy.md", MOLDE)).uploads
    assert (again.outcome, again.why) == ("skipped", "has the same content as molde.md")
    assert kept(filled) == ("molde.md",)
