"""What the texts say beside a figure of the tables."""

from dataclasses import replace

import pytest

from innoqa.domain import IndexedTable, Observation, Passage, Sentence
from innoqa.table_questions import told_beside

Tables = list[IndexedTable]


def passage(*sentences: str, title: str = "Norhaven in brief") -> Passage:
    """A passage of these sentences under a title."""
    text, spans = "", []
    for sentence in sentences:
        spans.append(Sentence(len(text), len(text) + len(sentence), sentence))
        text += sentence + " "
    return Passage("p", "d", "brief.md", title, (), text, 0, len(text), tuple(spans))


@pytest.fixture(scope="module")
def startups(coast: Tables) -> list[Observation]:
    """The counts of start-ups, all compilers."""
    seen = [o for table in coast for o in table.observations]
    return [o for o in seen if o.indicator.startswith("Start-ups")]


def told(known: list[Observation], year: int | None, *sentences: str) -> list[str]:
    return [s.text for _, s in told_beside(known, year, [passage(*sentences)])]


def test_a_later_figure_stands_beside_those_of_the_tables(startups: list[Observation]) -> None:
    sentence = "In 2024 Norhaven had 90 start-ups."
    assert told(startups, None, sentence) == [sentence]


def test_an_undated_figure_stands_beside_dated_ones(startups: list[Observation]) -> None:
    sentence = "The city is home to 58 start-ups."
    assert told(startups, None, sentence) == [sentence]


def test_an_older_year_is_not_told_when_no_year_is_asked_for(startups: list[Observation]) -> None:
    assert told(startups, None, "In 2019 Norhaven had 30 start-ups.") == []


def test_for_the_year_asked_only_another_value_of_that_year_is_told(
    startups: list[Observation],
) -> None:
    other = "In 2022 Norhaven had 71 start-ups."
    same = "In 2022 Norhaven had 58 start-ups."
    elsewhere = "In 2021 Norhaven had 72 start-ups."
    assert told(startups, 2022, same, other, elsewhere) == [other]


def test_another_place_another_thing_and_a_row_are_not_told(startups: list[Observation]) -> None:
    assert told(startups, 2022, "In 2022 Southport had 71 start-ups.") == []
    assert told(startups, 2022, "In 2022 Norhaven had 71 theatres.") == []
    sentence = "In 2022 Norhaven had 71 start-ups."
    row = replace(passage(sentence), cell=startups[0].cell)
    assert told_beside(startups, 2022, [row]) == []


def test_a_sentence_with_two_such_figures_is_left_alone(startups: list[Observation]) -> None:
    sentence = "In 2022 Norhaven had 71 start-ups, after 60 start-ups."
    assert told(startups, 2022, sentence) == []
