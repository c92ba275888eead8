"""What a machine and an index need, each with its remedy."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.chat_scripts import says
from tests.chat_servers import serving

from innoqa.adapters.conversation_store import ConversationStore
from innoqa.doctor import Finding, examine
from innoqa.settings import Settings

pytest_plugins = ["tests.answering_fixtures"]


def by_name(settings: Settings, corpus: Path) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(settings, corpus)}


def test_where_everything_is_right_each_check_says_what_it_found(library: Any) -> None:
    found = by_name(library.settings, library.documents)
    assert list(found) == ["Python", "SQLite", "Model", "Corpus", "Index", "Conversations"]
    assert all(finding.ok for finding in found.values()), found
    assert found["Model"].found.startswith("all-MiniLM-L6-v2")
    assert found["Corpus"].found == f"4 files in {library.documents}"
    assert found["Index"].found.startswith("3 documents, ")


def test_nothing_is_changed_by_looking(library: Any) -> None:
    def state() -> dict[str, tuple[int, int]]:
        stats = {str(p): p.stat() for p in library.root.rglob("*") if p.is_file()}
        return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in stats.items()}

    before = state()
    examine(library.settings, library.documents)
    assert state() == before


def test_a_missing_index_comes_with_the_command_that_makes_one(tmp_path: Path) -> None:
    found = by_name(Settings(index=tmp_path / "index"), tmp_path)
    assert not found["Index"].ok
    assert "innoqa ingest" in found["Index"].remedy
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("name", ["", "not-there"])
def test_a_corpus_without_files_comes_with_a_remedy(tmp_path: Path, name: str) -> None:
    finding = by_name(Settings(index=tmp_path / "index"), tmp_path / name)["Corpus"]
    assert not finding.ok
    assert "innoqa ingest" in finding.remedy


def test_an_unknown_embedder_is_told_with_the_setting_that_names_it(library: Any) -> None:
    settings = replace(library.settings, embedder="no such model")
    finding = by_name(settings, library.documents)["Model"]
    assert not finding.ok
    assert "INNOQA_EMBEDDER" in finding.remedy


def test_an_index_that_is_not_whole_is_told(library: Any, tmp_path: Path) -> None:
    shutil.copytree(library.settings.index, tmp_path / "index")
    for manifest in (tmp_path / "index").rglob("manifest.json"):
        manifest.unlink()
    finding = by_name(Settings(index=tmp_path / "index"), library.documents)["Index"]
    assert not finding.ok
    assert "innoqa ingest" in finding.remedy


@pytest.mark.parametrize("title", ["…", "A long title. " * 200])
def test_a_title_that_cannot_be_asked_about_does_not_make_an_index_unusable(
    library: Any, tmp_path: Path, ingest: Callable[[list[Path], Settings], Any], title: str
) -> None:
    shutil.copytree(library.root, tmp_path / "copy")
    documents, settings = tmp_path / "copy" / "documents", Settings(index=tmp_path / "copy/index")
    (documents / "corpus.toml").write_text(f'title = "{title}"\n', "utf-8")
    assert ingest([documents], settings).published
    assert by_name(settings, documents)["Index"].ok


def test_conversations_are_counted_and_a_file_that_cannot_be_read_is_told(
    library: Any, tmp_path: Path
) -> None:
    path = tmp_path / "conversations.sqlite"
    settings = replace(library.settings, conversations=path)
    assert by_name(settings, tmp_path)["Conversations"].found.startswith("none yet")
    assert not path.exists()
    ConversationStore(path)
    assert by_name(settings, tmp_path)["Conversations"].found == f"0 in {path}"
    path.write_text("No database. " * 100)
    finding = by_name(settings, tmp_path)["Conversations"]
    assert not finding.ok
    assert str(path) in finding.remedy


def test_a_chat_model_is_greeted_and_where_it_fails_its_remedy_is_told(library: Any) -> None:
    with serving(lambda _: says("ready")) as server:
        settings = replace(library.settings, model="openai:test", model_url=server.openai)
        finding = by_name(settings, library.documents)["Chat model"]
        assert finding.ok
        assert finding.found.startswith("openai:test on this machine answered in ")
        assert finding.found.endswith(": ready")
    finding = by_name(settings, library.documents)["Chat model"]
    assert not finding.ok
    assert finding.remedy.startswith("openai:test is not reachable at ")
    strange = by_name(replace(settings, model="nobody:test"), library.documents)
    assert not strange["Chat model"].ok
    assert strange["Index"].ok
