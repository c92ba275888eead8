"""Questions about the rows of a list, beside tables of indicators."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from innoqa.domain import IndexedTable
from innoqa.table_questions import Computed, answer
from innoqa.table_questions.lists import is_list

Tables = list[IndexedTable]

SITES = """Name,Borough,Opened,Tenants,Operator
Old Mill Campus,Riverside,1998,120,City Works
Dry Dock Hub,Harbour,2004,310,Dock Trust
Hill Works,Riverside,1987,45,City Works
Signal Yard,Station,2015,210,Rail Homes
Glass House,Harbour,2011,95,Dock Trust
"""


@pytest.fixture(scope="module")
def sites(tables_of: Callable[[dict[str, str]], Tables]) -> Tables:
    """A list of sites, one a row."""
    return tables_of({"innovation-sites.csv": SITES})


def test_a_list_is_told_from_tables_of_observations(sites: Tables, coast: Tables) -> None:
    assert [is_list(table) for table in sites] == [True]
    assert [is_list(table) for table in coast] == [False, False]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Which site opened first?", "Hill Works"),
        ("Which site has the most tenants?", "Dry Dock Hub"),
        ("How many sites are in Harbour?", Decimal(2)),
        ("Who is the operator of Signal Yard?", "Rail Homes"),
        ("How many sites opened after 2000?", Decimal(3)),
    ],
)
def test_the_rows_answer(sites: Tables, question: str, value: object) -> None:
    reply = answer(question, sites, alone=True)
    assert isinstance(reply, Computed)
    assert reply.computation.value == value


def test_every_cell_cited_stands_in_its_row(sites: Tables) -> None:
    reply = answer("Which site has the most tenants?", sites, alone=True)
    assert isinstance(reply, Computed)
    for passage, seen in reply.told[0].cells:
        assert seen.printed in passage.text


def test_how_many_is_never_answered_by_a_name(sites: Tables) -> None:
    for question in ("How many Dock Trust?", "How many operators opened Harbour?"):
        reply = answer(question, sites, alone=True)
        if isinstance(reply, Computed):
            assert isinstance(reply.computation.value, Decimal)


def test_beside_texts_a_question_with_words_of_its_own_is_left_to_them(sites: Tables) -> None:
    question = "Who designed the famous bridge beside the cathedral?"
    assert answer(question, sites, alone=False) is None
