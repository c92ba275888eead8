"""Each expected value of the indicator questions, worked out again from the cells it names."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from statistics import mean, median
from typing import Any

import openpyxl
import pytest
import yaml

EVAL = Path(__file__).parents[1] / "eval"
CORPUS = EVAL.parent / "corpus" / "indicators"
CITIES = EVAL / "cities"
ENTRIES: dict[str, list[dict[str, Any]]] = {
    name: yaml.safe_load((EVAL / name).read_text("utf-8"))["questions"]
    for name in ("indicators.yaml", "cities/questions.yaml")
}
HEADER_LINES = {
    ("medellin-innovation-district.xlsx", "Companies"): 4,
    ("medellin-innovation-district.xlsx", "Space and money"): 3,
    ("bengaluru-clusters.csv", ""): 4,
}
"""Where the line with the years stands, if it is not the first."""

Grid = dict[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a source, and the names that it goes by in checks."""

    printed: str
    unit: str
    names: Mapping[str, str]


def corpus_places(cell: str) -> list[Place]:
    file, entity, year, period, indicator, *printed = (part.strip() for part in cell.split(" | "))
    return [
        Place(row["value"], row["unit"], row)
        for name, row in corpus_rows()
        if fnmatchcase(name, file)
        and fnmatchcase(row["entity"], entity)
        and within(row["year"], year)
        and fnmatchcase(row["period"], period)
        and fnmatchcase(row["indicator"], indicator)
        and printed in ([], [row["value"]])
    ]


@cache
def corpus_rows() -> tuple[tuple[str, dict[str, str]], ...]:
    return tuple(
        (path.name, row)
        for path in sorted(CORPUS.glob("*.csv"))
        for row in csv.DictReader(path.read_text("utf-8").splitlines())
    )


def within(year: str, pattern: str) -> bool:
    span = re.fullmatch(r"(\d{4})?-(\d{4})?", pattern)
    if span is None:
        return fnmatchcase(year, pattern)
    return year.isdigit() and int(span[1] or 0) <= int(year) <= int(span[2] or 9999)


def city_places(cell: str) -> list[Place]:
    file, *table, span = (part.strip() for part in cell.split(" | "))
    name = table[0] if table else ""
    grid = city_grids(file)[name]
    corners = re.findall(r"([A-Z])(\d+)", span)
    (left, top), (right, bottom) = corners[0], corners[-1]
    head = HEADER_LINES.get((file, name), 1)
    return [
        Place(
            grid[row, column],
            "",
            {"label": grid[row, 1], "head": grid[head, column]},
        )
        for row in range(int(top), int(bottom) + 1)
        for column in range(ord(left) - 64, ord(right) - 63)
    ]


@cache
def city_grids(file: str) -> dict[str, Grid]:
    path = CITIES / file
    if path.suffix == ".xlsx":
        return workbook_grids(path)
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as lines:
            return {"": grid(csv.reader(lines))}
    if path.suffix == ".md":
        return markdown_grids(path.read_text("utf-8"))
    reader = TableReader()
    reader.feed(path.read_text("utf-8"))
    return {"1": reader.grid}


def grid(rows: Any) -> Grid:
    return {(r, c): v.strip() for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1)}


def workbook_grids(path: Path) -> dict[str, Grid]:
    grids = {}
    for sheet in openpyxl.load_workbook(path):
        cells = {
            (cell.row, cell.column): as_shown(cell)
            for line in sheet.iter_rows()
            for cell in line
            if cell.value is not None
        }
        for span in sheet.merged_cells.ranges:
            first = cells.get((span.min_row, span.min_col), "")
            cells |= {place: first for line in span.rows for place in line}
        grids[sheet.title] = cells
    return grids


def as_shown(cell: Any) -> str:
    if isinstance(cell.value, float) and cell.number_format.endswith("%"):
        return str(Decimal(str(cell.value)) * 100)
    return str(cell.value)


def markdown_grids(text: str) -> dict[str, Grid]:
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    grids = {}
    for number, table in enumerate(tables, 1):
        lines = [line.strip("|").split("|") for line in table.splitlines()]
        grids[str(number)] = grid([lines[0], *lines[2:]])
    return grids


class TableReader(HTMLParser):
    """The cells of a page's table, each in every place that it spans."""

    def __init__(self) -> None:
        super().__init__()
        self.grid: Grid = {}
        self.row = 0
        self.places: list[tuple[int, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.row += 1
        if tag in ("td", "th"):
            spans = dict(attrs)
            column = next(c for c in range(1, 99) if (self.row, c) not in self.grid)
            self.places = [
                (self.row + down, column + right)
                for down in range(int(spans.get("rowspan") or 1))
                for right in range(int(spans.get("colspan") or 1))
            ]
            self.grid |= dict.fromkeys(self.places, "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.places = []

    def handle_data(self, data: str) -> None:
        for place in self.places:
            self.grid[place] += data


PLACES: dict[str, Callable[[str], list[Place]]] = {
    "indicators.yaml": corpus_places,
    "cities/questions.yaml": city_places,
}


def number(printed: str) -> Decimal | None:
    plain = re.sub(r"^(about|over) | \(estimated\)$", "", printed.strip())
    bracketed = re.fullmatch(r"\((.*)\)", plain)
    plain = f"-{bracketed[1]}" if bracketed else plain
    plain = plain.replace(",", "").replace(" ", "")
    return Decimal(plain) if re.fullmatch(r"-?\d+(\.\d+)?", plain) else None


def worked_out(check: str, places: Sequence[Place]) -> Any:
    """What a check gives for the cells: a number, or a list of numbers or names."""
    values = [number(place.printed) for place in places]
    assert None not in values, [place.printed for place in places]

    def column(name: str) -> list[str]:
        return [place.names.get(name, "") for place in places]

    names = column("label") if "label" in places[0].names else column("entity")

    def by_value(count: int, of: Sequence[Any], sign: int) -> list[Any]:
        return [of[i] for i in sorted(range(len(of)), key=lambda i: sign * values[i])[:count]]  # type: ignore[operator]  # none is None

    known = {
        "c": values,
        "D": Decimal,
        "mean": mean,
        "median": median,
        "years": [int(year) if year else None for year in column("year")],
        "entities": column("entity"),
        "indicators": column("indicator"),
        "labels": column("label"),
        "heads": column("head"),
        "top": lambda count, of=names: by_value(count, of, -1),
        "bottom": lambda count, of=names: by_value(count, of, 1),
    }
    return eval(check, known)  # the checks are ours


def entries() -> list[Any]:
    return [
        pytest.param(name, entry, id=entry["id"])
        for name, listed in ENTRIES.items()
        for entry in listed
    ]


def places_of(name: str, entry: dict[str, Any]) -> list[Place]:
    return [place for cell in entry.get("cells") or () for place in PLACES[name](cell)]


@pytest.mark.parametrize(("name", "entry"), entries())
def test_every_cell_that_a_question_names_is_there(name: str, entry: dict[str, Any]) -> None:
    for cell in entry.get("cells") or ():
        assert PLACES[name](cell), cell


@pytest.mark.parametrize(("name", "entry"), entries())
def test_every_expected_result_follows_from_the_cells(name: str, entry: dict[str, Any]) -> None:
    places = places_of(name, entry)
    for expected in entry.get("expected") or ():
        found = worked_out(expected["check"], places)
        if "names" in expected:
            named = [names.split("|")[0] for names in expected["names"]]
            same = list if expected.get("ordered", True) else sorted
            assert same(named) == same(map(str, found))
        elif "values" in expected:
            assert [Decimal(str(value)) for value in expected["values"]] == found
        else:
            stated = Decimal(str(expected["value"]))
            slack = Decimal("0.00005") if expected.get("tolerance") else 0
            assert abs(stated - found) <= slack


@pytest.mark.parametrize(("name", "entry"), entries())
def test_what_is_to_be_shown_are_the_values_of_the_cells(name: str, entry: dict[str, Any]) -> None:
    shown = {Decimal(str(value)) for value in (entry.get("shown") or {}).get("values", ())}
    there = {number(place.printed) for place in places_of(name, entry)}
    assert shown <= there
    worked = [e for e in entry.get("expected") or () if not re.fullmatch(r"c\[\d\]", e["check"])]
    if shown and not worked and not entry.get("must"):
        assert shown == there


@pytest.mark.parametrize(("name", "entry"), entries())
def test_expected_units_are_those_of_the_cells_or_follow_from_them(
    name: str, entry: dict[str, Any]
) -> None:
    stored = {place.unit for place in places_of(name, entry)} - {""}
    derived = {"percent", "percentage points", "times", "100 million yuan per year", ""}
    for expected in [*(entry.get("expected") or ()), entry.get("shown") or {}]:
        if stored and "unit" in expected:
            assert expected["unit"].split("|")[0] in stored | derived


@pytest.mark.parametrize(
    ("name", "entry"), [p for p in entries() if p.values[1].get("refuse")]
)  # fmt: skip
def test_what_is_to_be_refused_is_not_there(name: str, entry: dict[str, Any]) -> None:
    for pattern in entry.get("absent") or ():
        assert PLACES[name](pattern) == []
    places = places_of(name, entry)
    if entry["refuse"] == "missing value":
        assert all(number(place.printed) is None for place in places)
    if entry["refuse"] == "unlike units" and name == "indicators.yaml":
        assert len({place.unit for place in places}) == 2
    if entry["refuse"] == "unlike periods":
        assert len({place.names["period"] for place in places}) == 2
    assert not entry.get("expected")


def test_the_corpus_set_covers_what_it_must() -> None:
    listed = ENTRIES["indicators.yaml"]
    asked = [entry["operation"] for entry in listed]
    assert len(asked) >= 100
    least = {"refuse": 15, "conflict": 10, "prose": 8, "mixed": 3}
    assert all(asked.count(operation) >= count for operation, count in least.items())
    assert set(asked) - least.keys() == {
        *("lookup", "latest", "earliest", "trend", "difference", "percentage change"),
        *("compound growth", "ratio", "sum", "mean", "median", "minimum", "maximum", "range"),
        *("which", "first", "rank", "count", "compare", "window"),
    }
    reasons = {entry["refuse"] for entry in listed if "refuse" in entry}
    assert reasons == {
        *("missing period", "unknown indicator", "unknown entity", "scope not there"),
        *("forecast", "unlike units", "unlike periods"),
    }


def test_the_cities_set_asks_of_every_file_and_has_enough_to_refuse() -> None:
    listed = ENTRIES["cities/questions.yaml"]
    assert len(listed) >= 48
    assert sum("refuse" in entry for entry in listed) >= 8
    files = {cell.split(" | ")[0] for entry in listed for cell in entry.get("cells") or ()}
    unread = {"questions.yaml", "README.md"}
    assert files == {path.name for path in CITIES.iterdir()} - unread
