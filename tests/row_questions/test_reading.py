"""Cells, columns and questions as they are read before anything is linked."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoqa.domain import Table, TableRow
from innoqa.row_questions.adjectives import adjectives
from innoqa.row_questions.cells import Day, read_cell, read_day, read_seconds
from innoqa.row_questions.grid import read_grid
from innoqa.row_questions.question import read_question
from innoqa.row_questions.words import folded, likeness, related, stem, tokens


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("1,234", "1234"),
        ("$355,511", "355511"),
        ("447 685", "447685"),
        ("-4", "-4"),
        ("+6.914", "6.914"),
        (".067", "0.067"),
        ("3 1/2", "3.5"),
        ("1.2 million", "1200000"),
        ("T12", "12"),
        ("19.800 (1)", "19.8"),
    ],
)
def test_a_cell_states_its_first_number(printed, number):
    assert read_cell(printed).numbers[0] == Decimal(number)


@given(st.integers(-(10**9), 10**9))
def test_a_grouped_whole_number_is_read_back(number):
    assert read_cell(f"{number:,}").numbers[0] == number


@given(st.text(max_size=40))
def test_any_text_can_be_read_as_a_cell(text):
    assert read_cell(text).printed == text


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("july 9, 2019", Day(2019, 7, 9)),
        ("9 july 2019", Day(2019, 7, 9)),
        ("2019-07-09", Day(2019, 7, 9)),
        ("11/24/2012", Day(2012, 11, 24)),
        ("november 7th", Day(None, 11, 7)),
        ("september 2003", Day(2003, 9, None)),
        ("2001-02 serie a", Day(2001, None, None)),
        ("january", Day(None, 1, None)),
        ("1,999 people", None),
        ("marching band", None),
    ],
)
def test_dates_are_read_with_what_they_state(line, day):
    assert read_day(line) == day


@pytest.mark.parametrize(
    ("line", "seconds"),
    [("2:56", 176), ("1:02:03", 3723), ("2 weeks", 1_209_600), ("5 min 4 sec", 304)],
)
def test_lengths_of_time_are_read_in_seconds(line, seconds):
    assert read_seconds(line) == seconds


def grid_of(header, *rows):
    return read_grid(Table("", (), header, tuple(TableRow(row, 0, 0) for row in rows)))


def test_columns_are_typed_by_most_of_their_cells():
    grid = grid_of(
        ("Pos", "Team", "Score", "Date", "Time", "Crowd"),
        ("1st", "Owls", "3\u20132", "May 4, 2001", "2:56", "1,200"),
        ("2nd", "Bulls", "0\u20130", "June 9, 2001", "3:10", "900"),
        ("3rd", "Foxes", "1\u20134", "July 1, 2001", "-", "n/a"),
    )
    kinds = [column.kind for column in grid.columns]
    assert kinds == ["rank", "text", "score", "date", "time", "number"]
    assert grid.columns[grid.name_column].header == "Team"


def test_numbers_that_only_count_the_rows_are_ranks():
    grid = grid_of(("Tour", "City"), ("1", "Rome"), ("2", "Oslo"), ("3", "Bonn"), ("4", "Nice"))
    assert grid.columns[0].kind == "rank"


@pytest.mark.parametrize("name", ["Total", "Totals:", "Total 19 nations", "Grand total", "All"])
def test_rows_of_totals_are_known_by_their_name(name):
    grid = grid_of(("Nation", "Gold"), ("Norland", "3"), ("Westmark", "4"), (name, "7"))
    assert grid.rows(grid.totals) == (2,)


def test_a_name_that_begins_like_a_total_is_none():
    grid = grid_of(("Firm", "Staff"), ("Totally Green", "3"), ("All Saints Ltd", "4"))
    assert grid.totals == 0


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("how many parks are there?", "how many"),
        ("what is the total number of parks?", "how many"),
        ("how long is the street?", "how much"),
        ("who won?", "who"),
        ("in which year did it open?", "when"),
        ("when did it open?", "when"),
        ("where is it?", "where"),
        ("which artist received the least amount of points?", "which"),
        ("is a larger than b?", "whether"),
    ],
)
def test_what_a_question_asks_for_is_told_by_its_first_asking_words(question, asks):
    assert read_question(question).asks == asks


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("how many gold medals did they win?", "gold medals"),
        ("which parks opened in 1991?", "parks"),
        ("what is the total number of tenants in haidian?", "tenants"),
        ("what was the last competition in which he came second?", "last competition"),
        ("who supplies school meals?", "supplies"),
    ],
)
def test_the_noun_asked_for_is_found(question, noun):
    read = read_question(question)
    words = [token.word for at, token in enumerate(read.tokens) if read.head >> at & 1]
    assert " ".join(words) == noun


@pytest.mark.parametrize(
    ("question", "sign", "value"),
    [
        ("more than 100 tenants", ">", 100),
        ("at least 90kg", ">=", 90),
        ("70 or more", ">=", 70),
        ("20 years or less", "<=", 20),
        ("under 14,000", "<", 14000),
        ("not lower than #5", ">=", 5),
        ("more than $4 million", ">", 4_000_000),
        ("exactly three", "=", 3),
    ],
)
def test_numbers_are_read_with_their_comparison(question, sign, value):
    mention = read_question(question).numbers[-1]
    assert (mention.sign, mention.value) == (sign, value)


def test_spans_of_years_are_read_as_between():
    mention = read_question("how many goals from 1950 to 1954?").days[0]
    assert (mention.sign, mention.day.year, mention.upper.year) == ("between", 1950, 1954)


def test_a_comparison_is_no_superlative_and_no_cue():
    read = read_question("how many parks have at least 5 tenants and are not above 9 stories?")
    assert not read.adjectives
    assert not read.has("not", "previous")


@pytest.mark.parametrize(
    ("word", "direction", "superlative"),
    [("largest", 1, True), ("fewer", -1, False), ("biggest", 1, True), ("earliest", -1, True)],
)
def test_adjectives_tell_a_direction(word, direction, superlative):
    (found,) = adjectives(tokens(word))
    assert (found.direction, found.superlative) == (direction, superlative)


@pytest.mark.parametrize("word", ["west", "forest", "harvest", "river", "number", "contest"])
def test_words_that_only_end_like_adjectives_are_none(word):
    assert list(adjectives(tokens(word))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("opened", "opening"), ("countries", "country"), ("winner", "won"), ("operates", "operator")],
)
def test_forms_of_a_word_have_one_stem(one, other):
    assert stem(one) == stem(other)


def test_words_of_one_group_are_related():
    assert related(stem("nation"), stem("country"))
    assert not related(stem("nation"), stem("height"))


@pytest.mark.parametrize(("one", "other"), [("totora", "tortora"), ("austria", "austrians")])
def test_a_misspelt_or_longer_form_is_like_the_word(one, other):
    assert likeness(stem(one), stem(other)) > 0


def test_different_words_are_not_alike():
    assert likeness("haidian", "chaoyang") == 0


@given(st.text(max_size=30))
def test_folding_again_changes_nothing(text):
    assert folded(folded(text)) == folded(text)
