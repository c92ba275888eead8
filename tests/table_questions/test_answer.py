"""What the tables say to a question, from its words to a computed value or a refusal."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from innoqa.domain import IndexedTable
from innoqa.expressions import evaluate
from innoqa.table_questions import Computed, Refused, answer

Tables = list[IndexedTable]

FIRMS = """Park,Indicator,2020,2021,2022,2023
Alpha Park,Firms,100,150,90,95
Beta Park,Firms,40,45,50,20
Gamma Park,Firms,10,12,14,13
"""

YARDS = """Yard,District,Berths,Area (ha)
Oak Timber Yard,Northside,12,4.5
Elm Boat Yard,Northside,30,9.0
Ash Timber Yard,Southside,8,1.5
Yew Yard,Northside,21,3.0
"""


def computed(question: str, tables: Tables) -> Computed:
    reply = answer(question, tables)
    assert isinstance(reply, Computed), reply
    return reply


def refused(question: str, tables: Tables) -> Refused:
    reply = answer(question, tables)
    assert isinstance(reply, Refused), reply
    return reply


VALUES = [
    ("How much did Norhaven spend on R&D in 2018?", "lookup", "62.5", "million euro"),
    ("research and development expenditure, 2015", "lookup", "40", "million euro"),
    ("What was the earliest R&D expenditure of Norhaven?", "earliest", "40", "million euro"),
    ("What is the latest R&D intensity?", "latest", "2.6", "percent"),
    ("How did R&D intensity change from 2019 to 2021?", "difference", "0.5", "percentage points"),
    ("By what percentage did R&D expenditure grow between 2015 and 2018?", "percentage change",
     "56.25", "percent"),
    ("What was the compound annual growth rate of R&D expenditure from 2015 to 2018?",
     "compound annual growth rate", "16.04", "percent"),
    ("What was the average R&D expenditure in 2018 and 2019?", "mean", "66.25", "million euro"),
    ("What was the highest R&D expenditure of Norhaven before 2021?", "maximum", "81",
     "million euro"),
    ("How many tenants did Dock Park have in 2021?", "lookup", "1010", "number"),
    ("How many tenants did Dock Park and Lock Park have together in 2019?", "sum", "90", "number"),
    ("How many times as many tenants had Dock Park as Hill Park in 2019?", "ratio", "2", ""),
    ("What is the median number of tenants of the parks in 2019?", "median", "40", "number"),
    ("How many parks had more than 30 tenants in 2019?", "count", "2", ""),
    ("What share of the tenants of all parks did Hill Park have in 2019?", "share", "30.77",
     "percent"),
    ("What was the floor space of Lock Park in 2021?", "lookup", "0", "m2"),
    ("What percentage of its 2025 target had R&D expenditure in Norhaven reached in 2018?", "share",
     "41.67", "percent"),
    ("By how much did R&D expenditure in 2021 fall short of the 2025 target?", "difference", "50",
     "million euro"),
    ("What was the R&D expenditure target for 2025?", "lookup", "150", "million euro"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "operation", "value", "unit"), VALUES)
def test_a_value_is_computed_with_its_unit_and_operation(
    coast: Tables, question: str, operation: str, value: str, unit: str
) -> None:
    computation = computed(question, coast).computation
    assert (computation.operation, computation.value) == (operation, Decimal(value))
    assert computation.unit.printed == unit


NAMES = [
    ("Which park had the most tenants in 2019?", "Dock Park"),
    ("Which park had the smallest floor space in 2020?", "Lock Park"),
    ("Did Hill Park or Lock Park have more tenants in 2021?", "Hill Park"),
    ("In which year was R&D expenditure highest?", Decimal(2021)),
    ("When did R&D expenditure first exceed 75 million euros?", Decimal(2020)),
    ("Was R&D intensity higher in 2021 than in 2019?", "yes"),
    ("Rank the parks by tenants in 2019", ("Dock Park", "Hill Park", "Lock Park")),
    ("Top two parks by floor space in 2019", ("Dock Park", "Hill Park")),
]


@pytest.mark.parametrize(("question", "value"), NAMES)
def test_which_and_when_are_answered_by_a_name_or_year(
    coast: Tables, question: str, value: object
) -> None:
    assert computed(question, coast).computation.value == value


@pytest.mark.parametrize("question", [question for question, *_ in VALUES])
def test_an_expression_evaluates_to_the_value_that_is_told(coast: Tables, question: str) -> None:
    computation = computed(question, coast).computation
    if not computation.expression:
        assert computation.value in {seen.value for seen in computation.operands}
        return
    assert isinstance(computation.value, Decimal)
    exact = evaluate(computation.expression)
    assert abs(exact - computation.value) <= Decimal("0.005")


@pytest.mark.parametrize("question", [*(q for q, *_ in VALUES), *(q for q, _ in NAMES)])
def test_every_sentence_stands_on_cells_that_its_rows_hold(coast: Tables, question: str) -> None:
    for told in computed(question, coast).told:
        assert told.cells
        for passage, seen in told.cells:
            assert seen in passage.observations
            assert seen.printed in passage.text.replace('"', "")


def test_the_lead_sentence_begins_with_the_number_and_names_time_and_subject(
    coast: Tables,
) -> None:
    lead = computed("How much did Norhaven spend on R&D in 2018?", coast).told[0].text
    assert lead == "62.5 million euros in 2018: R&D expenditure, Norhaven."


def test_a_missing_year_is_refused_with_the_years_and_the_nearest_figure(coast: Tables) -> None:
    reply = refused("What was the R&D expenditure of Norhaven in 2016?", coast)
    assert "no figure for 2016" in reply.reason
    assert "2015 and 2018-2021" in reply.reason
    assert {seen.period.printed for _, seen in reply.cells} <= {"2015", "2018", "2019"}


def test_a_place_without_figures_is_refused_with_those_that_there_are(coast: Tables) -> None:
    reply = refused("How many patents were granted in Southport in 2021?", coast)
    assert "Southport" in reply.reason
    assert reply.lacking == ("Southport", "Patents granted")


def test_a_cell_marked_as_missing_is_told_from_zero(coast: Tables) -> None:
    reply = refused("How many tenants did Hill Park have in 2020?", coast)
    assert "the table has no value there (n/a)" in reply.reason


@pytest.mark.parametrize(
    "question",
    [
        "Add up R&D expenditure and patents granted in 2021",
        "Which is larger, R&D expenditure in 2021 or patents granted in 2021?",
    ],
)
def test_unlike_units_are_refused_and_never_mixed(coast: Tables, question: str) -> None:
    assert "unlike units" in refused(question, coast).reason


def test_a_sum_over_years_with_a_gap_is_refused(coast: Tables) -> None:
    reply = refused("What was the total R&D expenditure from 2015 to 2019?", coast)
    assert "no figure for 2016 and 2017" in reply.reason


def test_figures_of_different_compilers_make_no_series(coast: Tables) -> None:
    tables = [t for t in coast if t.document_title == "city"]
    change = computed("How did the number of start-ups change from 2020 to 2022?", tables)
    assert change.computation.value == Decimal(13)
    assert {seen.indicator for seen in change.computation.operands} == {"Start-ups (Harbour Index)"}


def test_several_counts_stand_side_by_side_as_a_conflict(coast: Tables) -> None:
    reply = computed("How many start-ups did Norhaven have in 2022?", coast)
    (conflict,) = reply.conflicts
    assert {seen.printed for seen in conflict.observations} == {"58", "66"}
    assert "Harbour Index" in conflict.why
    assert "City list" in conflict.why


def test_a_change_is_told_again_with_the_figure_of_another_source(coast: Tables) -> None:
    reply = computed("How did R&D expenditure change from 2018 to 2020?", coast)
    assert reply.computation.value == Decimal("18.5")
    assert any("79.5 million euros" in told.text for told in reply.told[1:])
    assert [len(conflict.observations) for conflict in reply.conflicts] == [2]


def test_a_break_in_a_series_is_told_in_the_words_of_its_note(coast: Tables) -> None:
    reply = computed("How did R&D expenditure change from 2019 to 2021?", coast)
    assert any("revised base; does not continue" in told.text for told in reply.told)


def test_a_part_of_a_year_is_never_set_beside_a_whole_one(coast: Tables) -> None:
    reply = computed("How did the revenue of Norhaven change from 2021 to 2022?", coast)
    assert [seen.period.printed for seen in reply.computation.operands] == [
        "2022 (January-June)",
        "2021 (January-June)",
    ]
    assert reply.computation.value == Decimal(3)


def test_a_target_is_no_figure_of_what_was(coast: Tables) -> None:
    assert computed("What was the highest R&D expenditure?", coast).computation.value == 100
    target = computed("What is the target for R&D expenditure in 2025?", coast)
    assert target.computation.value == 150
    assert "(target)" in target.told[0].text


def test_a_qualifier_travels_into_the_sentence(coast: Tables) -> None:
    told = computed("How many start-ups are on the City list?", coast).told[0].text
    assert told.startswith("More than 66 companies")


def test_a_limit_passed_in_a_gap_is_told_as_such(coast: Tables) -> None:
    reply = computed("When did R&D expenditure first pass 60 million euros?", coast)
    assert reply.computation.value == 2018
    assert any("no figure for 2016 to 2017" in told.text for told in reply.told)


@pytest.mark.parametrize(
    "question",
    [
        "What is R&D intensity?",
        "Who compiles the Harbour Index?",
        "How does the Coast Office count start-ups?",
        "Where do the tenants come from?",
        "Why are patents granted?",
        "Tell me about the weather on the coast",
        "What do the tenants of Dock Park think of the mayor?",
    ],
)
def test_a_question_about_something_else_is_not_caught(coast: Tables, question: str) -> None:
    assert answer(question, coast) is None


def test_a_mixed_question_leaves_its_rest_for_the_texts(coast: Tables) -> None:
    reply = computed("How many tenants did Dock Park have in 2019, and who owns it?", coast)
    assert reply.computation.value == 80
    assert reply.rest == "who owns Dock Park?"


def test_why_something_grew_gets_the_growth_and_the_question_again(coast: Tables) -> None:
    question = "Why did R&D expenditure grow from 2018 to 2020?"
    reply = computed(question, coast)
    assert reply.computation.operation == "difference"
    assert reply.rest == question


def test_the_same_question_gives_the_same_reply(coast: Tables) -> None:
    for question, *_ in VALUES:
        assert answer(question, coast) == answer(question, list(coast))


def test_no_tables_answer_nothing() -> None:
    assert answer("How many tenants did Dock Park have in 2019?", []) is None


def test_a_target_is_held_against_what_was_reached_and_not_against_another_year(
    coast: Tables,
) -> None:
    said = computed("Did Norhaven meet its 2025 R&D expenditure target by 2021?", coast)
    assert said.computation.value == "no"
    assert said.told[0].text.startswith("No: 50 million euros below the target")
    told = refused("By how much did Norhaven miss its R&D expenditure target in 2025?", coast)
    assert "no figure for 2025" in told.reason


def test_things_are_told_apart_by_their_own_names_and_not_by_the_district_they_lie_in(
    tables_of: Callable[[dict[str, str]], Tables],
) -> None:
    yards = tables_of({"harbour timber yards.csv": YARDS})
    assert {o.entity for table in yards for o in table.observations} == {
        "Oak Timber Yard", "Elm Boat Yard", "Ash Timber Yard", "Yew Yard",
    }  # fmt: skip
    mean = computed("average area of the timber yards?", yards)
    assert mean.computation.value == Decimal("4.5")
    assert not mean.conflicts
    assert not any("  " in told.text or " ," in told.text for told in mean.told)
    north = computed("How many berths do the yards of Northside have in total?", yards)
    assert north.computation.value == 63
    second = computed("What is the second largest timber yard by area?", yards)
    assert second.computation.value == "Oak Timber Yard"


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("In which year did the number of firms of Alpha Park fall the most?", Decimal(2022)),
        ("In which year did the number of firms of Alpha Park grow the most?", Decimal(2021)),
        ("Which park's number of firms fell the most between 2022 and 2023?", "Beta Park"),
        ("Which park's number of firms grew the most between 2022 and 2023?", "Alpha Park"),
    ],
)
def test_the_largest_fall_is_told_from_the_largest_rise(
    tables_of: Callable[[dict[str, str]], Tables], question: str, value: Decimal | str
) -> None:
    assert computed(question, tables_of({"parks.csv": FIRMS})).computation.value == value


@pytest.mark.parametrize(
    ("question", "answer_word"),
    [
        ("Did the firms of Alpha Park change between 2021 and 2022?", "Yes: "),
        ("Did the firms of Alpha Park slip between 2021 and 2022?", "Yes: "),
        ("Did the firms of Alpha Park grow between 2021 and 2022?", "No: "),
    ],
)
def test_whether_something_changed_is_answered_by_its_direction(
    tables_of: Callable[[dict[str, str]], Tables], question: str, answer_word: str
) -> None:
    said = computed(question, tables_of({"parks.csv": FIRMS}))
    assert said.told[0].text.startswith(answer_word)
