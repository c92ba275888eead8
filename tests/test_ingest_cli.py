"""``innoqa ingest`` with its options: what is read, written, printed, and with which exit code."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.adapters.test_archive import packed

pytest_plugins = ["tests.answering_fixtures"]

OSLO = "# Oslo\n\nThe opera of Oslo opened in 2008 at the fjord.\n"
BERGEN = "# Bergen\n\nThe light rail of Bergen carries passengers to the airport.\n"


@pytest.fixture(scope="module")
def ingested_once(new_project, tmp_path_factory):
    project = new_project(tmp_path_factory.mktemp("ingested") / "project")
    project.write("oslo.md", OSLO)
    project.write("bergen.md", BERGEN)
    project.ingest()
    return project


@pytest.fixture
def filled(ingested_once, tmp_path):
    """A project with two documents that are in its index, and whose folder is the current one."""
    return ingested_once.copy(tmp_path / "project")


@pytest.fixture
def ingest(innoqa, filled, monkeypatch):
    """Runs ``innoqa ingest`` in the folder of the project."""
    monkeypatch.chdir(filled.folder)
    return lambda *arguments: innoqa("ingest", *arguments, "--index", "index")


def tree(folder):
    """All that lies under a folder, byte for byte."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


class TestDryRun:
    def test_what_would_be_done_is_told_and_nothing_is_written(self, filled, ingest):
        filled.write("oslo.md", OSLO.replace("2008", "1908"))
        filled.write("new.md", "The tram of Trondheim climbs to the forest.\n")
        filled.write("bad.pdf", b"%PDF-1.7")
        (filled.docs / "bergen.md").unlink()
        before = tree(filled.index)
        ran = ingest("docs", "--dry-run")
        assert tree(filled.index) == before
        assert ran.code == 2
        for line in ("would be added: new.md", "would be changed: oslo.md",
                     "would be removed: bergen.md"):  # fmt: skip
            assert line in ran.said
        assert "1 added, 1 changed, 1 removed, 0 unchanged, 1 skipped; nothing was" in ran.said
        assert "skipped bad.pdf: " in ran.told

    def test_no_index_folder_is_made(self, innoqa, filled, monkeypatch, tmp_path):
        monkeypatch.chdir(filled.folder)
        ran = innoqa("ingest", "docs", "--dry-run", "--index", tmp_path / "fresh" / "index")
        assert (ran.code, "2 added" in ran.said) == (0, True)
        assert not (tmp_path / "fresh").exists()

    def test_it_agrees_with_what_is_done_then(self, filled, ingest):
        """Even where two files, one of them in an archive, have one content."""
        filled.write("new/a.zip", packed(("x.md", "Trams climb to the forest."), ("y.md", OSLO)))
        filled.write("new/b.md", "Trams climb to the forest.")
        (filled.docs / "bergen.md").unlink()
        would, did = (
            json.loads(ingest("docs", "--json", *option).out) for option in (["--dry-run"], [])
        )
        for name in ("sources", "unchanged", "skipped", "gaps", "added", "changed", "removed"):
            assert would[name] == did[name]
        assert did["sources"] == {
            "added": ["new/a.zip/x.md", "new/a.zip/y.md"],
            "changed": [],
            "removed": ["bergen.md", "oslo.md"],
        }
        assert did["skipped"] == [
            {"source": "new/b.md",
             "reason": "has the same content as new/a.zip/x.md; delete one of them"},
            {"source": "oslo.md",
             "reason": "has the same content as new/a.zip/y.md; delete one of them"},
        ]  # fmt: skip

    def test_there_is_nothing_to_watch_for(self, ingest):
        ran = ingest("docs", "--dry-run", "--watch")
        assert (ran.code, "nothing to --watch for" in ran.told) == (1, True)


class TestPrune:
    def test_what_is_not_named_is_taken_out_but_for_what_was_added_on_the_page(
        self, filled, ingest
    ):
        page = filled.index / "uploads" / "page.md"
        page.parent.mkdir()
        page.write_text("The library of Bodø stands at the harbour.\n")
        (filled.folder / "more").mkdir()
        (filled.folder / "more" / "new.md").write_text("The tram of Trondheim climbs.\n")
        assert ingest("more", page.parent).code == 0
        ran = ingest("more", "--prune")
        assert "2 documents, 2 passages" in ran.said
        assert "0 added, 0 changed, 2 removed, 1 unchanged" in ran.said
        assert sorted(p.source for p in filled.passages()) == ["new.md", "page.md"]

    def test_it_can_be_tried_without_writing(self, filled, ingest):
        before = tree(filled.index)
        ran = ingest("docs/oslo.md", "--prune", "--dry-run")
        assert "would be removed: bergen.md" in ran.said
        assert tree(filled.index) == before


class TestJson:
    def test_the_report_is_one_object_on_one_line(self, filled, ingest):
        filled.write("Rådhuset 城市.md", "The town hall has red walls.\n")
        filled.write(os.fsdecode(b"caf\xe9.md"), "The café of the quay is open.\n")
        filled.write("bad.pdf", b"%PDF-1.7")
        ran = ingest("docs", "--json")
        assert (ran.code, ran.out.count("\n")) == (2, 1)
        report = json.loads(ran.out)
        assert report["sources"]["added"] == ["Rådhuset 城市.md", "caf\ufffd.md"]
        assert "城市" in ran.out
        assert [one["source"] for one in report["skipped"]] == ["bad.pdf"]
        assert [one["source"] for one in report["gaps"]] == ["caf\ufffd.md"]
        assert (report["documents"], report["published"], report["dry"]) == (4, True, False)

    def test_an_error_is_no_report(self, ingest):
        ran = ingest("nowhere", "--json")
        assert (ran.code, ran.out) == (1, "")
        assert "nowhere does not exist" in ran.told


class TestPaths:
    def test_a_file_lists_paths_one_a_line(self, filled, ingest):
        filled.write("new 城.md", "The tram of Trondheim climbs.\n")
        listed = filled.folder / "list.txt"
        listed.write_text("\ufeff# mine\n\n  docs/new 城.md \r\ndocs/oslo.md\n", "utf-8")
        ran = ingest("--from", listed, "--dry-run")
        assert ran.code == 0
        assert "2 added, 0 changed, 0 removed" in ran.said

    def test_standard_input_lists_paths(self, ingest, monkeypatch):
        monkeypatch.setattr(sys, "stdin", io.StringIO("docs/oslo.md\n"))
        assert "1 added" in ingest("--from", "-", "--dry-run").said

    def test_a_list_that_cannot_be_read_is_an_error(self, filled, ingest):
        (filled.folder / "list.txt").write_bytes(b"caf\xe9\n")
        for name in ("list.txt", "gone.txt", "docs"):
            ran = ingest("--from", name)
            assert (ran.code, f"{name} cannot be read as a list of paths" in ran.told) == (1, True)

    def test_a_pattern_stands_for_the_files_that_match(self, filled, ingest):
        filled.write("sub/deep.md", "The tram of Trondheim climbs.\n")
        filled.write("sub/plan.txt", "The plan of Trondheim is old.\n")
        assert "1 added" in ingest("docs/*/*.md", "--dry-run").said
        assert "3 added" in ingest("docs/**/*.md", "--dry-run").said
        ran = ingest("docs/*.docx")
        assert (ran.code, "No file matches docs/*.docx" in ran.told) == (1, True)

    def test_signs_of_a_pattern_in_the_name_of_a_file_are_its_name(self, filled, ingest):
        filled.write("plan [1].md", "The plan of Trondheim is old.\n")
        assert "would be added: plan [1].md" in ingest("docs/plan [1].md", "--dry-run").said

    @pytest.mark.parametrize("arguments", [[], ["--from", "empty.txt"]])
    def test_without_a_path_the_command_says_what_it_needs(self, filled, ingest, arguments):
        (filled.folder / "empty.txt").write_text("# none\n")
        ran = ingest(*arguments)
        assert (ran.code, "Name what to ingest: innoqa ingest FOLDER" in ran.told) == (1, True)

    @pytest.mark.parametrize("name", ["nowhere", "docs/oslo.md/x", "x" * 300, "a\0b"])
    def test_a_path_that_is_not_there_is_an_error(self, ingest, name):
        ran = ingest("docs", name)
        assert (ran.code, ran.out) == (1, "")
        assert "does not exist" in ran.told or "cannot be reached" in ran.told


class Watching:
    """A real ``innoqa ingest --watch`` on a project whose index lies among its documents."""

    def __init__(self, project, *arguments):
        self.project = project
        innoqa = Path(sys.executable).with_name("innoqa")
        self.process = subprocess.Popen(
            [innoqa, "ingest", *arguments, "--watch", "--json", "--index", project.index],
            cwd=project.folder,
            env={k: v for k, v in os.environ.items() if not k.startswith("INNOQA_")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self._said = b""

    def reports(self):
        """What was reported so far."""
        self._said += self.process.stdout.read() or b""
        return [json.loads(line) for line in self._said.split(b"\n")[:-1]]

    def until(self, is_so):
        end = time.monotonic() + 60
        while not is_so():
            assert self.process.poll() is None, self.process.stderr.read()
            assert time.monotonic() < end, self.reports()
            time.sleep(0.1)

    def interrupted(self):
        """The exit code after Ctrl+C, what was reported since, and what was said besides."""
        self.process.send_signal(signal.SIGINT)
        reported, said = self.process.communicate(timeout=30)
        return self.process.returncode, reported, said.decode()


def test_watching_ingests_what_changes_and_nothing_else_until_it_is_interrupted(filled):
    watching = Watching(filled, ".", "docs/*.md")
    watching.until(watching.reports)
    filled.write("tram.md", "The tram of Trondheim opened in 1924 and climbs.\n")
    filled.write(".hidden.md", "x")
    watching.until(lambda: len(watching.reports()) >= 2)
    reply = filled.assistant().answer("When did the tram of Trondheim open?").reply
    assert "1924" in reply.text
    time.sleep(1.5)  # what the ingests wrote themselves is no change
    assert len(watching.reports()) == 2
    assert sorted(watching.reports()[1]["sources"]["added"]) == ["docs/tram.md", "tram.md"]
    code, reported, said = watching.interrupted()
    assert (code, reported) == (0, b"")
    assert "Traceback" not in said


def test_watching_can_be_interrupted_amid_an_ingest(filled):
    filled.write("large.md", "".join(f"# {n}\n\nThe tram {n} climbs.\n\n" for n in range(20_000)))
    before, store = filled.generations.published(), filled.index / "innoqa.sqlite"
    opened = store.stat().st_mtime_ns
    watching = Watching(filled, "docs")
    watching.until(lambda: store.stat().st_mtime_ns != opened)
    code, reported, said = watching.interrupted()
    assert (code, reported) == (0, b"")
    assert "Traceback" not in said
    assert filled.generations.published() == before
