"""Points of a chart as rows of data, and the marks that show them."""

from collections.abc import Iterator, Sequence

import altair as alt

from innoqa.contract import stated_value
from innoqa.domain import Observation
from points import Placed, Point

TOOLTIPS = ("indicator", "entity", "period", "stated", "source", "note")
Row = dict[str, str | float]


def of(rows: Sequence[Row]) -> alt.Chart:
    """A chart of rows that is yet to be told which marks it has."""
    return alt.Chart(alt.Data(values=list(rows)))


def rows(drawn: Iterator[Point], placed: Placed, like: Observation) -> list[Row]:
    """A row for each point, with its place on the axis and the run of joined points it is in."""
    return [
        {
            **row(point.observation, like, point.line),
            "place": placed.labels[point.place],
            "run": f"{point.line} {point.run}",
        }
        for point in drawn
    ]


def row(observation: Observation, like: Observation, line: str) -> Row:
    """What one mark shows: its value in the scale of ``like``, and the words of its tooltip."""
    row: Row = {
        "line": line,
        "value": scaled(observation, like),
        "indicator": observation.indicator,
        "entity": observation.entity,
        "period": observation.period.printed,
        "stated": stated_value(observation),
        "source": observation.source,
        "note": observation.note,
    }
    if observation.upper is not None:
        row["upper"] = float(observation.upper * observation.unit.scale / like.unit.scale)
    return row


def scaled(observation: Observation, like: Observation) -> float:
    """An observation's value in the scale of another's unit."""
    assert observation.value is not None
    return float(observation.value * observation.unit.scale / like.unit.scale)


def tooltips(rows: Sequence[Row]) -> list[alt.Tooltip]:
    """What a mark tells when it is pointed at, of which any row has something to tell."""
    titles = {"stated": "Value"}
    told = (name for name in TOOLTIPS if any(row[name] for row in rows))
    return [alt.Tooltip(f"{name}:N", title=titles.get(name, name.capitalize())) for name in told]
