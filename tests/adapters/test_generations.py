"""The index folder: one writer, generations that are published in one step, none half built."""

import pytest

from innoqa.adapters.generations import Generations
from innoqa.errors import IndexBroken, IndexBusy, IndexMissing


@pytest.fixture
def generations(tmp_path):
    return Generations(tmp_path / "index")


def publish(generations, name):
    folder = generations.start(name)
    (folder / "part.txt").write_text(name)
    generations.publish(folder, {"state": name})


def names(generations):
    return sorted(path.name for path in (generations.index / "generations").iterdir())


def test_a_new_index_has_nothing_published_and_says_how_to_make_it(generations):
    assert generations.published() is None
    with pytest.raises(IndexMissing, match=r"There is no index in .*innoqa ingest"):
        generations.folder()


def test_what_is_published_is_whole_and_says_what_it_is(generations):
    publish(generations, "one")
    assert generations.published() == "one"
    assert generations.is_whole("one")
    assert not generations.is_whole("two")
    assert generations.manifest() == {"state": "one"}
    assert (generations.folder() / "part.txt").read_text() == "one"


def test_a_generation_under_construction_is_not_seen(generations):
    publish(generations, "one")
    generations.start("two")
    assert generations.manifest() == {"state": "one"}


def test_the_generation_before_the_published_one_stays_for_questions_under_way(generations):
    for name in ("one", "two", "three"):
        publish(generations, name)
    assert names(generations) == ["three", "two"]
    publish(generations, "two")
    assert names(generations) == ["three", "two"]
    assert generations.published() == "two"


def test_a_published_generation_that_has_lost_files_is_told_and_is_not_whole(generations):
    publish(generations, "one")
    (generations.folder() / "manifest.json").unlink()
    assert not generations.is_whole("one")
    with pytest.raises(IndexBroken, match=r"generations/one is named .* Run innoqa ingest again"):
        generations.manifest()


def test_a_build_that_died_after_its_folder_was_named_and_before_the_pointer_is_made_again(
    generations,
):
    publish(generations, "one")
    (generations.index / "generations" / "two").mkdir()
    assert generations.published() == "one"
    publish(generations, "two")
    assert (generations.folder() / "part.txt").read_text() == "two"


def test_whoever_writes_first_removes_what_a_killed_build_left(generations):
    publish(generations, "one")
    generations.start("two")
    with generations.writing():
        assert names(generations) == ["one"]


def test_a_second_writer_is_refused_while_the_first_one_writes_and_let_in_afterwards(generations):
    second = Generations(generations.index)
    with (
        generations.writing(),
        pytest.raises(IndexBusy, match=r"Another ingest is writing .*index\. Wait"),
        second.writing(),
    ):
        pass
    with second.writing():
        assert second.index.is_dir()


def test_the_lock_is_freed_when_a_write_fails(generations):
    with pytest.raises(ValueError, match="broken"), generations.writing():
        raise ValueError("broken")
    with generations.writing():
        assert generations.index.is_dir()


def test_each_model_has_an_encoder_file_of_its_own(generations):
    assert generations.encoder("a" * 64) != generations.encoder("b" * 64)
