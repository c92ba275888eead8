"""What a question asks for, and whether a sentence holds it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.question_types import Wanted, essence, numbers


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many universities are there?", "number"),
        ("how MUCH did it cost", "number"),
        ("What was the number of patents?", "number"),
        ("What share of the firms are private?", "share"),
        ("When did it open?", "date"),
        ("In which year was it founded?", "date"),
        ("Where is the lock?", "place"),
        ("Which city has the most firms?", "place"),
        ("Who founded the laboratory?", "person"),
        ("What is a maker space?", "definition"),
        ("Why do firms leave?", "reason"),
        ("Describe the whenever-lamp", None),
    ],
)
def test_the_kind_is_read_from_the_words_that_ask(question: str, kind: str | None) -> None:
    assert Wanted.by(question).kind == kind


@pytest.mark.parametrize(
    ("question", "sentence", "held"),
    [
        ("How many firms?", "There are 45 firms.", True),
        ("How many firms?", "Twenty firms moved in.", True),
        ("How many firms?", "Firms moved in.", False),
        ("When did it open?", "It opened on 3 May 2011.", True),
        ("When did it open?", "It opened with 45 firms.", False),
        ("Who leads Arnholm?", "Mira Holt leads it.", True),
        ("Who leads Arnholm?", "Arnholm's leads are many.", False),
        ("Where is the lock?", "The lock lies in Arnholm.", True),
        ("Where is the lock?", "The lock is old.", False),
        ("What share is private?", "About 40% is private.", True),
        ("What share is private?", "Some of it is private.", False),
        ("Why do firms leave?", "45 firms left Arnholm in 2011.", False),
    ],
)
def test_a_sentence_holds_what_is_asked_for(question: str, sentence: str, held: bool) -> None:
    assert Wanted.by(question).held_by(sentence) is held


def test_a_sentence_misses_the_year_only_where_it_names_another_instead() -> None:
    wanted = Wanted.by("How many firms were there in 2015?")
    assert wanted.misses_year("There were 45 firms in 2016.")
    assert not wanted.misses_year("There were 45 firms in 2015, after 40 in 2014.")
    assert not wanted.misses_year("There are 45 firms.")
    assert not Wanted.by("How many firms?").misses_year("There were 45 firms in 2016.")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_asked_about_and_of(question: str, sentence: str) -> None:
    wanted = Wanted.by(question)
    assert wanted.held_by(sentence) in (True, False)
    assert wanted.misses_year(sentence) in (True, False)


@pytest.mark.parametrize("one", ["1,000 firms in 2015", "in 2015, 1000 firms"])
def test_numbers_are_the_same_however_they_are_grouped_and_ordered(one: str) -> None:
    assert numbers(one) == {"1000", "2015"}


def test_numbers_in_words_count_as_numbers() -> None:
    assert numbers("Three firms") != numbers("four firms")
    assert numbers("No firm") == frozenset()


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Explain the Torch Program in simple words", "the Torch Program in "),
        ("How do universities contribute?", "How do universities ?"),
        ("Who compares cities?", "Who cities?"),
        ("What was exported in 2019?", "What was exported in 2019?"),
    ],
)
def test_words_that_only_ask_are_no_part_of_the_essence(question: str, left: str) -> None:
    assert essence(question) == left


@given(st.integers(0, 10**12))
def test_separators_do_not_change_a_number(value: int) -> None:
    assert numbers(f"It has {value:,} firms.") == numbers(f"It has {value} firms.")
