"""What a question takes for granted is held against the tables before it is answered."""

from collections.abc import Callable

import pytest

from innoqa.domain import IndexedTable
from innoqa.table_questions import Computed, Refused, answer

Tables = list[IndexedTable]

MORE = """entity,year,period,indicator,value,unit,qualifier,note,source
Norhaven,2019,edition,Harbour cities: rank,4,rank,exact,,Harbour Index (2019)
Norhaven,2020,edition,Harbour cities: rank,3,rank,exact,,Harbour Index (2020)
Norhaven,2021,edition,Harbour cities: rank,6,rank,exact,,Harbour Index (2021)
Norhaven,2018,year,Contract value,70,million euro,exact,"310 contracts; abroad 12",Office (2019)
Norhaven,2016-2020,five years,Contract value,300,million euro,exact,,Office (2021)
Norhaven,2022,January-June,Landing fees,15,million euro,exact,,Office (2022)
Norhaven,2020,year,Tugs,9,tugs,exact,"valued at 4 million euro; Southport 11",Office (2021)
"""


@pytest.fixture(scope="module")
def more(tables_of: Callable[[dict[str, str]], Tables]) -> Tables:
    return tables_of({"more.csv": MORE})


NOT_SO = [
    ("Why did R&D expenditure of Norhaven fall between 2015 and 2018?", "no such fall. Up by 22.5"),
    ("How much did tenants of Dock Park drop from 2019 to 2021?", "no such fall. Up by 930"),
    ("By how much did Lock Park's floor space grow between 2020 and 2021?", "no such rise. Down"),
    ("Why did Norhaven's R&D intensity fall below 2 percent in 2021?", "otherwise: 2.6% in 2021"),
    ("By how much did Hill Park's tenants exceed those of Dock Park in 2019?",
     "Hill Park is not ahead of Dock Park"),
    ("By how much did Dock Park trail Hill Park in tenants in 2019?",
     "Dock Park is not behind Hill Park"),
    ("How much did Norhaven spend on R&D in 2018 in US dollars?",
     "in euro alone: 62.5 million euro"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "told"), NOT_SO)
def test_what_is_not_so_is_told_and_not_passed_over(coast: Tables, question: str, told: str):
    reply = answer(question, coast)
    assert isinstance(reply, Refused), reply
    assert told in reply.reason
    assert reply.cells


SO = [
    ("Why did R&D expenditure of Norhaven rise between 2015 and 2018?", "22.5"),
    ("How much did Lock Park's floor space fall between 2020 and 2021?", "3500"),
    ("Did R&D expenditure of Norhaven fall between 2015 and 2018?", "22.5"),
    ("By how much did Dock Park's tenants exceed those of Hill Park in 2019?", "40"),
    ("How many million euros did Norhaven spend on R&D in 2018?", "62.5"),
]


@pytest.mark.parametrize(("question", "value"), SO)
def test_what_is_so_is_answered_as_before(coast: Tables, question: str, value: str):
    reply = answer(question, coast)
    assert isinstance(reply, Computed), reply
    assert str(reply.computation.value).lstrip("-") == value


def test_a_first_place_that_was_never_reached_is_not_dated(more: Tables):
    reply = answer("In which year did Norhaven top the harbour cities ranking?", more)
    assert isinstance(reply, Refused), reply
    assert "no first place. The best is rank 3 in 2020" in reply.reason
    best = answer("In which year was the harbour cities rank of Norhaven the best?", more)
    assert isinstance(best, Computed), best


def test_a_part_of_a_year_is_no_whole_one(more: Tables):
    reply = answer("Landing fees of Norhaven in the whole of 2022?", more)
    assert isinstance(reply, Refused), reply
    assert "15 million euros in January-June 2022" in reply.reason
    assert isinstance(answer("Landing fees of Norhaven in 2022?", more), Computed)


@pytest.mark.parametrize(
    "question",
    [
        "How many contracts did Norhaven have in 2018?",  # the value is in euros
        "What contract value of Norhaven went abroad in 2018?",  # stands in the note
        "What were the tugs of Norhaven worth in 2020?",
        "How many tugs did Southport have in 2020?",
        "When were the tugs of Norhaven bought?",
        "What is the average of the tugs of Norhaven in 2020?",
        "Why did the tugs of Norhaven decline in 2020?",
        "Contract value of Norhaven in the 13th five-year period?",
    ],
)
def test_a_value_of_something_else_is_left_to_the_texts(more: Tables, question: str):
    assert not isinstance(answer(question, more), Computed)


def test_from_january_to_june_is_one_period(more: Tables):
    reply = answer("Landing fees of Norhaven from January to June 2022?", more)
    assert isinstance(reply, Computed), reply
    assert reply.computation.operation == "lookup"
