"""What is drawn of a series, looked at in the chart's specification."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import altair as alt
import pytest
from tests.computed_turns import MILLION, PERCENT, change_of_dues, observed

import charts
from innoqa.domain import Observation, Period, Unit

THOUSAND = Unit("thousand crowns", "crown", Decimal(1000))
REVISED = "revised base; does not continue the figures before"
HOSTILE = "<img src=//x> datum.value ${x} http://192.0.2.1/x.png"


def dues(*years: int, **changes: Any) -> list[Observation]:
    return [observed(when, str(when - 2000), **changes) for when in years]


def only(series: list[Observation]) -> charts.Figure:
    (figure,) = charts.figures(series)
    alt.Chart.from_dict(figure.spec)  # raises where the specification is not valid
    return figure


def layers(figure: charts.Figure, mark: str) -> list[dict[str, Any]]:
    return [layer for layer in figure.spec["layer"] if layer["mark"]["type"] == mark]


def rows(layer: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = layer["data"]["values"]
    return found


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_points_are_not_drawn(count: int) -> None:
    assert charts.figures(dues(2018, 2019, 2020)[:count]) == ()


def test_a_series_is_drawn_as_a_line_with_its_points_and_unit() -> None:
    series = dues(2018, 2019, 2020)
    figure = only(series)
    (line,), (points,) = layers(figure, "line"), layers(figure, "point")
    assert [(row["place"], row["value"]) for row in rows(line)] == [
        ("2018", 18.0),
        ("2019", 19.0),
        ("2020", 20.0),
    ]
    assert rows(points) == rows(line)
    assert line["encoding"]["y"]["title"] == "million crowns"
    assert line["encoding"]["x"]["type"] == "ordinal"
    assert line["encoding"]["color"]["legend"] is None
    assert figure.title == "Port dues, Vell"
    assert figure.notes == ()


def test_a_gap_stays_a_gap_as_wide_as_it_is_long() -> None:
    figure = only(dues(2015, 2016, 2019))
    (line,) = layers(figure, "line")
    assert line["encoding"]["detail"]["field"] == "run"
    runs = [row["run"] for row in rows(line)]
    assert runs[0] == runs[1] != runs[2]
    domain = line["encoding"]["x"]["scale"]["domain"]
    assert domain == ["2015", "2016", "2017", "2018", "2019"]
    assert figure.notes == ("Periods without a figure are left open.",)


def test_a_break_in_the_series_is_ruled_and_told() -> None:
    figure = only([*dues(2018, 2019), *dues(2020, note=REVISED)])
    (rule,) = layers(figure, "rule")
    assert rows(rule) == [{"place": "2020"}]
    assert rule["mark"]["strokeDash"]
    assert rule["encoding"]["x"]["bandPosition"] == 0
    told = f"The dashed line marks a break in the series at 2020: {REVISED}."
    assert figure.notes == (told,)


def test_entities_have_a_colour_and_a_shape_each_and_a_legend() -> None:
    figure = only([*dues(2018, 2019), *dues(2018, 2019, entity="Osk")])
    (points,) = layers(figure, "point")
    for channel in ("color", "shape"):
        scale = points["encoding"][channel]["scale"]
        assert scale["domain"] == ["Vell", "Osk"]
        assert len(set(scale["range"])) == 2
        assert points["encoding"][channel]["legend"]
    assert figure.title == "Port dues"


def test_variants_of_an_indicator_are_lines_of_their_own() -> None:
    figure = only([*dues(2018, 2019), *dues(2018, 2019, indicator="Port dues (net)")])
    (line,) = layers(figure, "line")
    assert {row["line"] for row in rows(line)} == {"Port dues", "Port dues (net)"}
    assert figure.title == "Vell"


def test_more_lines_than_can_be_told_apart_are_left_out_and_counted() -> None:
    many = [one for n in range(10) for one in dues(2018, 2019, entity=f"Port {n}")]
    figure = only(many)
    (line,) = layers(figure, "line")
    assert len({row["line"] for row in rows(line)}) == charts.MOST_LINES
    assert "2 more lines are not drawn." in figure.notes


def test_unlike_units_are_never_on_one_axis() -> None:
    first, second = charts.figures([*dues(2018, 2019), *dues(2018, 2019, unit=PERCENT)])
    assert layers(first, "line")[0]["encoding"]["y"]["title"] == "million crowns"
    assert layers(second, "line")[0]["encoding"]["y"]["title"] == "percent"
    assert len(rows(layers(first, "line")[0])) == len(rows(layers(second, "line")[0])) == 2


def test_a_unit_of_a_single_point_has_no_chart() -> None:
    (figure,) = charts.figures([*dues(2018, 2019), *dues(2018, unit=PERCENT)])
    assert layers(figure, "line")[0]["encoding"]["y"]["title"] == "million crowns"


def test_scales_of_one_unit_are_converted_to_the_first() -> None:
    figure = only([*dues(2018, 2019, unit=MILLION), observed(2020, "20500", unit=THOUSAND)])
    assert rows(layers(figure, "line")[0])[2]["value"] == 20.5
    assert rows(layers(figure, "line")[0])[2]["stated"] == "20500 thousand crowns"


def test_entities_of_one_period_are_bars_from_zero_the_largest_first() -> None:
    series = [observed(2020, value, entity=name) for name, value in (("A", "3"), ("B", "9"),
                                                                    ("C", "5"))]  # fmt: skip
    figure = only(series)
    (bars,) = layers(figure, "bar")
    assert [(row["line"], row["value"]) for row in rows(bars)] == [("B", 9), ("C", 5), ("A", 3)]
    assert bars["encoding"]["y"]["sort"] == ["B", "C", "A"]
    assert bars["encoding"]["x"]["title"] == "million crowns"
    assert rows(layers(figure, "rule")[0]) == [{"value": 0}]
    assert not layers(figure, "line")
    assert figure.title == "Port dues, 2020"


def test_bars_of_one_name_are_told_apart_by_their_source_or_a_number() -> None:
    undated = Period("", "undated")
    series = [replace(observed(undated, "1"), source=name) for name in ("X", "Y", "Y")]
    (bars,) = layers(only(series), "bar")
    assert len({row["line"] for row in rows(bars)}) == 3
    (told,) = layers(only([replace(one, source=str(n)) for n, one in enumerate(series)]), "bar")
    assert {row["line"] for row in rows(told)} == {"0", "1", "2"}


def test_more_bars_than_can_be_read_are_left_out_and_counted() -> None:
    figure = only([observed(2020, str(n), entity=f"Port {n}") for n in range(50)])
    (bars,) = layers(figure, "bar")
    assert min(row["value"] for row in rows(bars)) == 10
    assert "10 smaller values are not drawn." in figure.notes


def test_a_value_that_is_missing_is_told_and_not_drawn_as_zero() -> None:
    missing = observed(2019, None, qualifier="not applicable")
    figure = only([*dues(2018), missing, *dues(2020, 2021)])
    assert len(rows(layers(figure, "point")[0])) == 3
    assert "Without a value: Vell, 2019: n/a (not applicable)." in figure.notes


def test_an_axis_of_figures_far_from_zero_does_not_begin_there() -> None:
    def begins_at_zero(*values: str) -> bool:
        figure = only([observed(2018 + n, value) for n, value in enumerate(values)])
        answer: bool = layers(figure, "line")[0]["encoding"]["y"]["scale"]["zero"]
        return answer

    assert begins_at_zero("1", "5", "9")
    assert not begins_at_zero("6.1", "6.2", "6.3")
    assert not begins_at_zero("-5", "3", "9")


def test_a_range_is_drawn_from_end_to_end() -> None:
    between = replace(observed(2020, "20"), upper=Decimal(25))
    (rule,) = layers(only([*dues(2018, 2019), between]), "rule")
    assert [(row["value"], row["upper"]) for row in rows(rule)] == [(20.0, 25.0)]


def test_what_covers_part_of_a_year_is_a_hollow_point() -> None:
    half = Period("H1 2020", "half", year_start := observed(2020, "1").period.start, year_start)
    figure = only([*dues(2018, 2019), observed(half, "9")])
    filled, hollow = layers(figure, "point")
    assert (filled["mark"]["filled"], hollow["mark"]["filled"]) == (True, False)
    assert [row["period"] for row in rows(hollow)] == ["H1 2020"]
    assert "A hollow point covers part of a year." in figure.notes


def test_a_point_tells_what_it_is_and_who_says_so() -> None:
    figure = only(dues(2018, 2019, 2020, qualifier="about"))
    (points,) = layers(figure, "point")
    told = {tip["title"]: rows(points)[0][tip["field"]] for tip in points["encoding"]["tooltip"]}
    assert told == {
        "Indicator": "Port dues",
        "Entity": "Vell",
        "Period": "2018",
        "Value": "about 18 million crowns",
        "Source": "Vell Yearbook 2018",
    }


def test_a_chart_is_described_in_words_for_those_who_do_not_see_it() -> None:
    turn = change_of_dues()
    figure = only(list(turn.reply.computation.series))  # type: ignore[union-attr]
    assert figure.description == (
        "Line chart of Port dues, Vell in million crowns, 3 values. The derivation lists them."
    )


def test_a_chart_names_no_address_and_takes_hostile_text_as_data_or_title_alone() -> None:
    hostile = [
        replace(one, indicator=HOSTILE, entity=f"{HOSTILE}{n}", source=HOSTILE, note=HOSTILE,
                unit=Unit(HOSTILE, HOSTILE), qualifier=HOSTILE)
        for n, one in enumerate([*dues(2018, 2019), *dues(2018, 2019, entity="Osk")])
    ]  # fmt: skip
    assert "://" not in json.dumps(only(dues(2018, 2019, 2020)).spec)
    for series in (hostile, [replace(one, entity=HOSTILE) for one in hostile]):
        for layer in only(series).spec["layer"]:
            assert HOSTILE not in json.dumps(layer["mark"])
            for name, channel in layer["encoding"].items():
                kept = {"title": None, "scale": None, "sort": None}
                assert HOSTILE not in json.dumps(
                    {**channel, **kept} if name != "tooltip" else channel
                )


def test_every_colour_stands_out_from_a_light_and_a_dark_page() -> None:
    """WCAG 2 AA asks for 3 : 1 for what is drawn (success criterion 1.4.11)."""

    def luminance(colour: str) -> float:
        channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert len(charts.COLOURS) == len(charts.SHAPES) == charts.MOST_LINES
    for colour in (*charts.COLOURS, charts.QUIET):
        assert 1.05 / (luminance(colour) + 0.05) >= 3
        assert (luminance(colour) + 0.05) / (luminance("#171614") + 0.05) >= 3
