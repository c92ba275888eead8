"""Questions over invented tables, most of all one of science parks, and what their answers say."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoqa.domain import IndexedTable, Table, TableRow
from innoqa.expressions import evaluate
from innoqa.row_questions import RowAnswer, answer
from innoqa.row_questions.model import calibrated

INVENTED = Path(__file__).parent / "invented"
QUESTIONS = [
    json.loads(line) for line in (INVENTED / "questions.jsonl").read_text("utf-8").splitlines()
]
PARKS = "tables/parks.csv"


def values(found: RowAnswer | None) -> set[str]:
    """The values of an answer as plain strings, numbers without padding."""
    if found is None:
        return set()
    value = found.computation.value
    several = value if isinstance(value, tuple) else (value,)
    return {plain(str(one)) for one in several}


def plain(printed: str) -> str:
    text = printed.replace(",", "")
    try:
        return format(Decimal(text).normalize(), "f")
    except ArithmeticError:
        return text.lower()


def is_right(found: RowAnswer | None, accepted: list[str]) -> bool:
    return values(found) == {plain(one) for one in accepted}


@pytest.mark.parametrize(
    ("question", "accepted"),
    [
        ("Which park has the most tenants?", ["Willow Science Park"]),
        ("Which park opened first?", ["Willow Science Park"]),
        ("How many parks in Northbank have more than 100 tenants?", ["2"]),
        ("What is the average area of the parks?", ["22.15"]),
        ("What is the difference in tenants between Linden Park and Circuit City?", ["400"]),
        ("Which district has the most parks?", ["Northbank"]),
        ("How many parks opened before 2000?", ["5"]),
        ("Who operates Founders Way?", ["Makers Foundation"]),
        ("What is the total number of tenants in Upper Vale?", ["460"]),
        ("Was Linden Park opened before Circuit City?", ["yes"]),
        ("Which opened earlier, Linden Park or Circuit City?", ["Linden Park"]),
        ("Which park comes after Founders Way?", ["Eastgate Technology Park"]),
        ("In which district is Tomorrow City?", ["Upper Vale"]),
        ("Which parks opened in 1991?", ["Cedar Information Park", "Linden Park"]),
        ("Which parks are in the same district as Circuit City?", ["Galaxy Innovation Park"]),
        ("Is Founders Way larger than Galaxy Innovation Park?", ["no"]),
        ("Who operates the largest park in Upper Vale?", ["City Futures"]),
        ("What is the median area?", ["8.2"]),
        ("How many different districts are there?", ["5"]),
    ],
)
def test_a_table_of_parks_answers(question, accepted, table):
    found = answer(question, table(PARKS, "Science parks"))
    assert is_right(found, accepted), found


def test_most_questions_over_invented_tables_are_answered_rightly(table):
    outcomes = [
        is_right(answer(q["question"], table(q["table"], q["table_title"])), q["answers"])
        for q in QUESTIONS
    ]
    assert sum(outcomes) / len(outcomes) > 0.92


def test_an_answer_that_is_sure_is_nearly_always_right(table):
    found = [(q, answer(q["question"], table(q["table"], q["table_title"]))) for q in QUESTIONS]
    sure = [is_right(one, q["answers"]) for q, one in found if one and one.confidence >= 0.8]
    assert len(sure) > len(QUESTIONS) / 2
    assert sum(sure) / len(sure) > 0.95


def test_a_question_about_another_table_is_not_answered_surely(table):
    parks = table(PARKS, "Science parks")
    others = [q for q in QUESTIONS if q["table"] != PARKS]
    found = [answer(q["question"], parks) for q in others]
    assert sum(one is not None and one.confidence >= 0.8 for one in found) <= len(others) / 50


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q["id"])
def test_what_is_computed_is_the_value_of_its_expression(question, table):
    found = answer(question["question"], table(question["table"], question["table_title"]))
    if found is not None and found.computation.expression:
        value = found.computation.value
        assert isinstance(value, Decimal)
        assert abs(evaluate(found.computation.expression) - value) < Decimal("0.06")


@pytest.mark.parametrize("question", QUESTIONS[::7], ids=lambda q: q["id"])
def test_operands_name_the_cells_that_they_are_printed_in(question, table):
    source = table(question["table"], question["table_title"])
    found = answer(question["question"], source)
    for one in found.computation.operands if found else ():
        printed = source.table.rows[one.cell.row - 1].cells[one.cell.column_number - 1]
        assert one.printed == printed
        assert one.indicator == source.table.header[one.cell.column_number - 1]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "Which park has the most tenants?",
            "Willow Science Park has the greatest Tenants: 8,900.",
        ),
        (
            "How many parks in Northbank have more than 100 tenants?",
            "2 is the number of rows where District is Northbank and Tenants is more than 100.",
        ),
        (
            "What is the difference in tenants between Linden Park and Circuit City?",
            "400 is the difference between Tenants of Linden Park (1,500)"
            " and Tenants of Circuit City (1,100).",
        ),
        (
            "Was Linden Park opened before Circuit City?",
            "Yes: Opened is 1991 for Linden Park and 1999 for Circuit City.",
        ),
        ("Who operates Founders Way?", "Makers Foundation is the Operator of Founders Way."),
    ],
)
def test_the_sentence_leads_with_the_answer_and_says_of_what_it_is(question, text, table):
    found = answer(question, table(PARKS, "Science parks"))
    assert found is not None
    assert set(found.text.rstrip(".").split()) == set(text.rstrip(".").split())
    assert found.text.split()[0] == text.split()[0]


def test_the_reading_says_which_rows_were_taken_and_what_was_done(table):
    found = answer("How many parks opened before 2000?", table(PARKS, "Science parks"))
    assert found is not None
    assert found.computation.operation == "count"
    assert found.computation.reading == "the rows where Opened is before 2000; counted"


def test_a_row_of_totals_is_left_out_of_sums(table):
    found = answer("What is the total area of all parks?", table(PARKS, "Science parks"))
    assert values(found) == {"199.31"}


def test_a_question_for_a_reason_is_refused(table):
    assert answer("Why did Linden Park grow?", table(PARKS)) is None


def test_a_table_with_one_observation_a_row_is_refused():
    header = ("entity", "indicator", "year", "value", "unit")
    rows = (TableRow(("A", "Exports", "2020", "4", "dollars"), 0, 0),)
    observed = IndexedTable("d", "", 0, Table("", (), header, rows), ())
    assert answer("How many exports were there in 2020?", observed) is None


def test_a_table_that_is_too_large_is_refused():
    rows = (TableRow(("1", "2", "3"), 0, 0),) * 10_001
    large = IndexedTable("d", "", 0, Table("", (), ("a", "b", "c"), rows), ())
    assert answer("How many rows have a above 0?", large) is None


cells = st.one_of(
    st.sampled_from(["", "-", "3\u20132", "2:56", "1990", "May 4, 2001", "12 (3)", "T4", "a, b"]),
    st.text(max_size=12),
    st.integers(-5000, 5000).map(str),
)


@given(
    question=st.one_of(st.text(max_size=60), st.sampled_from([q["question"] for q in QUESTIONS])),
    rows=st.lists(st.tuples(cells, cells, cells), max_size=5),
)
@settings(deadline=None, max_examples=60)
def test_any_table_and_question_give_an_answer_or_none(question, rows):
    body = tuple(TableRow(row, 0, 0) for row in rows)
    any_table = IndexedTable("d", "t", 0, Table("t", (), ("Name", "Opened", "Tenants"), body), ())
    found = answer(question, any_table)
    assert found is None or 0 <= found.confidence <= 1


def test_the_same_question_gives_the_same_answer(table):
    one, other = (answer("Which park is the newest?", table(PARKS)) for _ in range(2))
    assert one == other


@pytest.mark.parametrize(("value", "share"), [(-1e6, 0.0), (0.0, 0.5), (1e6, 1.0)])
def test_confidence_is_a_share_however_far_the_values_lie(value: float, share: float) -> None:
    assert calibrated([value], [0.0, 1.0]) == share
