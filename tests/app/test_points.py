"""Where observations stand in a chart, and what a line joins."""

from collections import Counter
from datetime import date
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.computed_turns import observed, year

import points
from innoqa.domain import Observation, Period

JANUARY_TO_JULY = Period("2020 (January-July)", "in-year", date(2020, 1, 1), date(2020, 7, 31))
YEAR_END = Period("2021 (year-end)", "date", date(2021, 12, 31), date(2021, 12, 31))
FIVE_YEARS = Period("2016-2020", "span", date(2016, 1, 1), date(2020, 12, 31))
UNDATED = Period("", "undated")
REVISED = "revised base; does not continue the figures before"


def quarter(year: int, number: int) -> Period:
    month = 3 * number
    return Period(
        f"Q{number} {year}", "quarter", date(year, month - 2, 1), date(year, month, 28)
    )  # fmt: skip


def placed(*observations: Observation) -> points.Placed:
    return points.place(observations, lambda one: one.entity)


def runs(found: points.Placed) -> list[list[str]]:
    """The labels that each unbroken piece of line goes through."""
    groups = groupby(found.points, key=lambda point: (point.line, point.run))
    return [[found.labels[point.place] for point in group] for _, group in groups]


def test_a_line_does_not_run_across_a_missing_year() -> None:
    found = placed(*(observed(when, "1") for when in (2018, 2019, 2022, 2023, 2025)))
    assert runs(found) == [["2018", "2019"], ["2022", "2023"], ["2025"]]
    assert list(found.labels.values()) == [str(when) for when in range(2018, 2026)]
    assert found.has_gaps


def test_a_year_whose_cell_has_no_value_is_a_gap_too() -> None:
    found = placed(observed(2018, "1"), observed(2019, None), observed(2020, "2"))
    assert runs(found) == [["2018"], ["2020"]]
    assert [one.period.printed for one in found.unplaced] == ["2019"]


def test_each_entity_has_its_own_line() -> None:
    found = placed(observed(2018, "1"), observed(2019, "1", entity="Osk"), observed(2019, "3"))
    assert {point.line: point.run for point in found.points}.keys() == {"Vell", "Osk"}
    assert runs(found) == [["2018", "2019"], ["2019"]]
    assert not found.has_gaps


def test_a_gap_in_one_line_is_a_gap_though_another_line_fills_the_year() -> None:
    found = placed(observed(2018, "1"), observed(2020, "3"), observed(2019, "1", entity="Osk"))
    assert found.has_gaps


def test_a_line_begins_anew_where_the_base_was_revised() -> None:
    found = placed(
        observed(2018, "1"),
        observed(2019, "2", note=REVISED),
        observed(2020, "3", note=REVISED),
    )
    assert runs(found) == [["2018"], ["2019", "2020"]]
    assert [found.labels[point.place] for point in found.breaks] == ["2019"]


def test_the_first_value_of_a_series_breaks_nothing() -> None:
    found = placed(observed(2018, "1", note=REVISED), observed(2019, "2"))
    assert found.breaks == ()
    assert runs(found) == [["2018", "2019"]]


def test_several_values_for_one_year_stand_side_by_side_unjoined() -> None:
    found = placed(*(observed(when, v) for when, v in ((2018, "1"), (2019, "2"), (2019, "3"))))
    assert runs(found) == [["2018"], ["2019"], ["2019"]]
    assert found.has_several


def test_what_covers_part_of_a_year_is_drawn_but_not_joined() -> None:
    found = placed(observed(2019, "5"), observed(JANUARY_TO_JULY, "3"), observed(YEAR_END, "6"))
    assert [point.is_part for point in found.points] == [False, True, False]
    assert runs(found) == [["2019"], ["2020"], ["2021"]]
    assert not found.has_several


def test_a_date_joins_the_years_beside_it() -> None:
    assert runs(placed(observed(2020, "5"), observed(YEAR_END, "6"))) == [["2020", "2021"]]


@pytest.mark.parametrize("period", [FIVE_YEARS, UNDATED])
def test_what_is_of_no_single_period_is_not_on_the_axis(period: Period) -> None:
    found = placed(observed(2019, "5"), observed(period, "3"), observed(2020, "6"))
    assert [one.period for one in found.unplaced] == [period]
    assert runs(found) == [["2019", "2020"]]


def test_quarters_are_joined_to_the_next_quarter() -> None:
    found = placed(
        *(observed(quarter(*when), "1") for when in ((2019, 3), (2019, 4), (2020, 1), (2020, 3)))
    )
    assert list(found.labels.values()) == ["Q3 2019", "Q4 2019", "Q1 2020", "Q2 2020", "Q3 2020"]
    assert runs(found) == [["Q3 2019", "Q4 2019", "Q1 2020"], ["Q3 2020"]]


def test_dates_of_one_year_are_placed_by_the_month() -> None:
    ends = (date(2020, 1, 31), date(2020, 2, 29), date(2020, 4, 30))
    found = placed(*(observed(Period(str(at), "date", at, at), "1") for at in ends))
    assert list(found.labels.values()) == ["2020-01", "2020-02", "2020-03", "2020-04"]
    assert runs(found) == [["2020-01", "2020-02"], ["2020-04"]]


def test_a_year_is_labelled_as_printed_unless_a_sentence_is_printed() -> None:
    fiscal = Period("2018/19", "year", date(2018, 4, 1), date(2019, 3, 31))
    long = Period("2020 (published in August)", "year", date(2020, 1, 1), date(2020, 12, 31))
    found = placed(observed(fiscal, "1"), observed(long, "2"))
    assert list(found.labels.values()) == ["2018/19", "2020"]


@given(
    st.lists(
        st.tuples(
            st.integers(1990, 2030),
            st.sampled_from(["Vell", "Osk"]),
            st.sampled_from(["", REVISED]),
        ),
        max_size=30,
    )
)
def test_every_run_goes_through_neighbouring_years_with_one_value_each(
    values: list[tuple[int, str, str]],
) -> None:
    found = placed(
        *(
            observed(year(when), "1", entity=entity, note=note, row=number)
            for number, (when, entity, note) in enumerate(values, start=1)
        )
    )
    assert len(found.points) == len(values)
    for (line, _), group in groupby(found.points, key=lambda point: (point.line, point.run)):
        places = [point.place for point in group]
        assert places == list(range(places[0], places[0] + len(places)))
        if len(places) > 1:
            counted = Counter(point.place for point in found.points if point.line == line)
            assert all(counted[at] == 1 for at in places)
