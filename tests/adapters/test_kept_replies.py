"""Replies that are kept: which, under what, and what becomes of a damaged file."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from innoqa.adapters.kept_replies import KeepingWriter, Kept
from innoqa.errors import ChatModelError, InnoqaError
from innoqa.evaluation.spending import Spent
from innoqa.prompts import Prompt

PROMPT = Prompt("Be brief.", ("Why?",))


@dataclass
class Model:
    """Says its pieces, then fails where it is to."""

    pieces: tuple[str, ...] = ("Be", "", "cause.")
    fails: str = ""
    name: str = "test:model"
    place: str = "example.org"
    tokens: int = 4096
    seconds: float = 5.0
    asked: list[Prompt] = field(default_factory=list)
    is_closed: bool = False

    def write(self, prompt: Prompt, seconds: float) -> Iterator[str]:
        assert 0 <= seconds <= self.seconds
        self.asked.append(prompt)
        try:
            yield from self.pieces
            if self.fails:
                raise ChatModelError(self.fails)
        finally:
            self.is_closed = True


def in_a_later_run(writer: KeepingWriter) -> KeepingWriter:
    return replace(writer, kept=Kept(writer.kept.path), spent=Spent())


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def writer(model: Model, tmp_path: Path) -> KeepingWriter:
    return KeepingWriter(model, Kept(tmp_path / "new" / "replies.sqlite"), "", "abc-1", Spent())


def test_a_reply_comes_again_as_it_came_and_is_asked_for_once(
    model: Model, writer: KeepingWriter
) -> None:
    assert list(writer.write(PROMPT, 5)) == ["Be", "", "cause."]
    later = in_a_later_run(writer)
    assert list(later.write(PROMPT, 5)) == ["Be", "cause."]
    assert len(model.asked) == 1
    assert (later.spent.asked, later.spent.kept, later.kept.count()) == (0, 1, 1)
    assert (writer.name, writer.place) == (model.name, model.place)
    assert (writer.tokens, writer.seconds) == (model.tokens, model.seconds)


def test_a_run_that_asks_twice_is_told_the_time_of_both(
    model: Model, writer: KeepingWriter
) -> None:
    for _ in range(2):
        list(writer.write(PROMPT, 5))
    assert (len(model.asked), writer.spent.asked, writer.spent.kept) == (2, 2, 0)
    model.pieces = ("Otherwise.",)
    list(writer.write(PROMPT, 5))
    assert list(in_a_later_run(writer).write(PROMPT, 5)) == ["Be", "cause."]  # the first one


def test_another_generation_model_address_or_prompt_is_asked_for_anew(
    model: Model, writer: KeepingWriter
) -> None:
    list(writer.write(PROMPT, 5))
    for other in (
        replace(writer, generation="abc-2"),
        replace(writer, address="http://localhost:1"),
        replace(writer, model=Model(name="test:other", asked=model.asked)),
    ):
        list(other.write(PROMPT, 5))
    list(writer.write(Prompt("Be brief.", ("Who?",)), 5))
    list(writer.write(Prompt("", ("Be brief.", "Why?")), 5))
    assert (len(model.asked), writer.kept.count()) == (6, 6)


def test_what_failed_or_was_stopped_or_said_nothing_is_not_kept(
    model: Model, writer: KeepingWriter
) -> None:
    model.fails = "broke off."
    with pytest.raises(ChatModelError):
        list(writer.write(PROMPT, 5))
    model.fails = ""
    pieces = writer.write(PROMPT, 5)
    assert next(pieces) == "Be"
    model.is_closed = False
    pieces.close()
    assert model.is_closed
    model.pieces = ("", "")
    assert list(writer.write(PROMPT, 5)) == ["", ""]
    assert writer.kept.count() == 0


def test_the_time_is_that_of_the_model_and_not_of_who_reads(writer: KeepingWriter) -> None:
    for _ in writer.write(PROMPT, 5):
        time.sleep(0.02)
    assert 0 < writer.spent.seconds < 0.04
    later = in_a_later_run(writer)
    list(later.write(PROMPT, 5))
    assert later.spent.seconds == 0


def test_a_damaged_file_and_one_that_cannot_be_made_are_told(tmp_path: Path) -> None:
    broken = tmp_path / "replies.sqlite"
    broken.write_bytes(b"not a database, but long enough to look like one" * 40)
    for path in (broken, broken / "replies.sqlite"):
        with pytest.raises(InnoqaError, match=r"replies\.sqlite cannot be used") as raised:
            Kept(path).count()
        assert "delete it" in str(raised.value)
