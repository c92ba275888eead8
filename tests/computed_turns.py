"""Turns with a computation, for the tests of whatever writes or draws them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from innoqa.domain import (
    Answer,
    Cell,
    Citation,
    Computation,
    Conflict,
    Observation,
    Passage,
    Period,
    Query,
    Sentence,
    Statement,
    Turn,
    Unit,
)

PERCENT = Unit("percent", "percent")
POINTS = Unit("percentage points", "percentage point")
MILLION = Unit("million crowns", "crown", Decimal(1_000_000))


def year(number: int) -> Period:
    return Period(str(number), "year", date(number, 1, 1), date(number, 12, 31))


def observed(
    when: Period | int,
    value: str | None,
    *,
    entity: str = "Vell",
    indicator: str = "Port dues",
    unit: Unit = MILLION,
    qualifier: str = "",
    note: str = "",
    row: int = 0,
) -> Observation:
    """What a cell of a wide table states: a row for each entity, a column for each period."""
    period = year(when) if isinstance(when, int) else when
    row_number = row or (period.year or 2000) - 1999
    return Observation(
        indicator=indicator,
        entity=entity,
        period=period,
        value=None if value is None else Decimal(value),
        printed="n/a" if value is None else value,
        unit=unit,
        qualifier=qualifier,
        source=f"{entity} Yearbook {period}",
        cell=Cell("Dues", row_number, f"{entity}, {period}", "value", 0, 4),
        note=note,
    )


def passage_of(observation: Observation, name: str = "d1") -> Passage:
    words = f"{observation.entity}, {observation.period}: {observation.printed}"
    return Passage(
        id=f"{name}-{observation.cell.row}",
        document_id=name,
        source=f"{name}.csv",
        title="Dues of the ports",
        heading=("Dues",),
        text=words,
        start=0,
        end=len(words),
        sentences=(Sentence(0, len(words), words),),
        cell=replace(observation.cell, column=None, column_number=None),
        observations=(observation,),
    )


def cited(marker: int, observation: Observation) -> Citation:
    passage = passage_of(observation)
    return Citation(
        marker, passage, passage.text, passage.start, passage.end, (), observation=observation
    )


def turn_with(
    computation: Computation,
    conflicts: tuple[Conflict, ...] = (),
    text: str = "Port dues of Vell rose by 1.7 million crowns, from 4.5 in 2018 to 6.2 in 2020.",
) -> Turn:
    """A turn whose single statement cites each operand."""
    citations = tuple(cited(n, o) for n, o in enumerate(computation.operands, start=1))
    answer = Answer((Statement(text, citations),), 0.9, computation, conflicts)
    return Turn("How did the dues change?", Query("How did the dues change?"), (), answer,
                "extractive", 4.2)  # fmt: skip


def change_of_dues() -> Turn:
    """A difference of two cells, with the series between them and a figure that disagrees."""
    before, between, after = (
        observed(when, value) for when, value in ((2018, "4.5"), (2019, "5.1"), (2020, "6.20"))
    )
    other = replace(
        observed(2020, "7", qualifier="more than", note="with the islands", row=40),
        source="Chamber of Trade",
    )
    return turn_with(
        Computation(
            operation="difference",
            reading="Port dues of Vell, the difference between 2018 and 2020",
            expression="6.20 - 4.5",
            value=Decimal("1.70"),
            unit=MILLION,
            operands=(before, after),
            series=(before, between, after),
        ),
        (Conflict("Port dues of Vell in 2020", (after, other), "They differ in scope."),),
    )
