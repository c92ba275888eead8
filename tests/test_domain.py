"""The vocabulary: what is derived from the frozen values."""

import dataclasses

import pytest

from innoqa import domain
from innoqa.domain import (
    Abstention,
    Answer,
    Citation,
    Conversation,
    Passage,
    Query,
    Sentence,
    Statement,
    Turn,
)


def passage(number: int = 1, heading: tuple[str, ...] = ()) -> Passage:
    sentences = (Sentence(0, 5, "Rain."), Sentence(6, 10, "Sun."))
    return Passage(
        f"d-{number:05d}", "d", "d.md", "Weather", heading, "Rain. Sun.", 0, 10, sentences
    )


def citation(marker: int) -> Citation:
    return Citation(marker, passage(marker), "Rain.", 0, 5)


def turn(question: str) -> Turn:
    reply = Abstention("No.", (), (), 0.0)
    return Turn(question, Query(question), (), reply, "extractive", 1.0)


def test_every_value_is_frozen_and_has_slots() -> None:
    classes = [
        value
        for value in vars(domain).values()
        if isinstance(value, type) and value.__module__ == domain.__name__
    ]
    assert len(classes) > 15
    for cls in classes:
        assert cls.__dataclass_params__.frozen, cls  # type: ignore[attr-defined]
        assert "__slots__" in vars(cls), cls


def test_a_passage_reads_as_its_sentences_without_markup() -> None:
    assert passage().words == "Rain. Sun."


def test_a_heading_path_says_nothing_twice_and_starts_with_the_title() -> None:
    assert passage(heading=("Weather", "Spring", "", "April")).heading_path == (
        "Weather > Spring > April"
    )


def test_an_answers_text_has_a_statement_a_line_each_with_its_markers() -> None:
    answer = Answer(
        (Statement("Rain.", (citation(1), citation(2))), Statement("Sun.", (citation(1),))), 0.9
    )
    assert answer.text == "Rain. [1][2]\nSun. [1]"


def test_an_answers_citations_stand_once_each_in_the_order_of_their_markers() -> None:
    answer = Answer(
        (Statement("Rain.", (citation(2), citation(1))), Statement("Sun.", (citation(2),))), 0.9
    )
    assert [c.marker for c in answer.citations] == [1, 2]


@pytest.mark.parametrize(
    ("coverage", "text"),
    [((), "Nothing."), (("A", "B"), "Nothing. The corpus covers: A; B.")],
)
def test_an_abstention_in_words_names_what_is_covered(coverage: tuple[str, ...], text: str) -> None:
    assert Abstention("Nothing.", (), coverage, 0.1).text == text


def test_a_conversation_with_one_more_turn_leaves_the_other_as_it_was() -> None:
    empty = Conversation()
    longer = empty.with_turn(turn("One?")).with_turn(turn("Two?"))
    assert [t.question for t in longer.turns] == ["One?", "Two?"]
    assert empty.turns == ()


def test_a_value_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        passage().text = "Snow."  # type: ignore[misc]
