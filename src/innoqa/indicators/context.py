"""What stands over each row of a table: its labels, and the section line that it comes under."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from innoqa.domain import Period, Table, TableRow, Unit
from innoqa.grids import filled, is_unit_line
from innoqa.indicators.layout import Layout, without_year
from innoqa.indicators.naming import name_and_unit, unit_of
from innoqa.indicators.titles import are_names
from innoqa.periods import period_of, read_period

_OF_WHICH = re.compile(r"(?:of|among)\s+which|including|thereof|incl\.?", re.IGNORECASE)

Sections = Literal["prefix", "indicator", "entity", "none"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a row's labels and its section say of its values; "" or None where they are silent.

    ``labels`` are the words in each label column, those above where a cell is left blank.
    """

    labels: Mapping[int, str]
    name: str
    section: str = ""
    entity: str = ""
    indicator: str = ""
    period: Period | None = None
    unit: Unit | None = None
    section_unit: Unit | None = None


@dataclass(slots=True)
class _Section:
    """The section lines above the row that is being read."""

    words: str = ""
    unit: Unit | None = None
    period: Period | None = None
    is_open: bool = False
    """Whether the line before was a section line too."""

    def enter(self, line: str, before: str) -> None:
        """Take in a section line; ``before`` is the name of the row above it."""
        bare = line.rstrip(" :：")
        bare = before if _OF_WHICH.fullmatch(bare) else bare
        period = read_period(bare)
        if period is not None:
            self.period, self.words = period, ""
        elif is_unit_line(bare):
            self.unit = unit_of(bare)
        else:
            name, unit = name_and_unit(bare)
            self.words = f"{self.words}: {name}" if self.is_open and self.words else name
            self.unit = unit
        self.is_open = True


def contexts(table: Table, layout: Layout) -> Iterator[Context]:
    """The context of each row, section lines included, in order."""
    purpose = _purpose(table, layout)
    section = _Section()
    above: dict[int, str] = {}
    for row in table.rows:
        line = section_line(row, layout)
        if line:
            section.enter(line, next(filter(None, reversed(above.values())), ""))
            yield Context({column: line for column, _ in layout.labels[:1]}, line)
            continue
        section.is_open = False
        above = _labels(row, layout, above)
        yield _context(row, layout, above, section, purpose)


def section_line(row: TableRow, layout: Layout) -> str:
    """The words of a row that holds nothing but a label, in a table of several value columns."""
    columns = filled(row)
    if len(columns) != 1 or columns[0] in {v.number for v in layout.values} - {0}:
        return ""
    words = " ".join(row.cells[columns[0]].split())
    return words if len(layout.values) > 1 or words.endswith((":", "：")) else ""


def _labels(row: TableRow, layout: Layout, above: Mapping[int, str]) -> dict[int, str]:
    """The words of the label columns; an outer label left blank is that of the row above."""
    words = {column: " ".join(row.cells[column].split()) for column, _ in layout.labels}
    columns = list(words)
    for place, column in enumerate(columns):
        if not words[column] and any(words[inner] for inner in columns[place + 1 :]):
            words[column] = above.get(column, "")
    return words


def _context(
    row: TableRow,
    layout: Layout,
    labels: dict[int, str],
    section: _Section,
    purpose: Sections,
) -> Context:
    kinds = dict(layout.labels)
    if purpose == "indicator":
        kinds = dict.fromkeys(kinds, "entity")
    period, named = _period(row, layout, labels, section.period)
    entities = [word for c, word in named.items() if kinds[c] == "entity" and word]
    measures = [word for c, word in named.items() if kinds[c] == "indicator" and word]
    read = [name_and_unit(word) for word in measures]
    names = [name for name, _ in read]
    if period is None and names and not any(v.period for v in layout.values):
        names[-1], period = without_year(names[-1])
    if purpose in ("prefix", "indicator") and section.words:
        names.insert(0, section.words)
    if layout.time and period is None:
        names.append(_time(row, layout)[0])
    return Context(
        labels=labels,
        name=", ".join(filter(None, labels.values())) or " ".join(_time(row, layout)),
        section=section.words or (section.period.printed if section.period else ""),
        entity=entities[-1] if entities else section.words if purpose == "entity" else "",
        indicator=": ".join(filter(None, names)),
        period=period,
        unit=next((unit for _, unit in reversed(read) if unit), None),
        section_unit=section.unit,
    )


def _time(row: TableRow, layout: Layout) -> list[str]:
    return [" ".join(row.cells[c].split()) for c in layout.time]


def _period(
    row: TableRow, layout: Layout, labels: dict[int, str], above: Period | None
) -> tuple[Period | None, dict[int, str]]:
    """The row's time, and the labels without the one that names a part of its section's time."""
    if layout.time:
        cells = _time(row, layout)
        period = period_of(cells[0], cells[1] if len(cells) > 1 else "")
        is_time = period.kind != "undated" or read_period(cells[0]) is not None
        return (period if is_time else None), labels
    for column, word in labels.items() if above is not None else ():
        part = read_period(f"{word} {above.printed}") if above and word else None
        if part is not None:
            return part, {c: other for c, other in labels.items() if c != column}
    return above, labels


def _purpose(table: Table, layout: Layout) -> Sections:
    """What the section lines of a table are for.

    Where the same labels come again in most sections, one of both names the indicator and the
    other the entity; else a section line belongs to the names of the indicators under it.
    """
    kinds = {kind for _, kind in layout.labels}
    groups = _groups(table, layout)
    again = Counter(label for labels in groups.values() for label in labels)
    repeated = len(groups) > 1 and sum(n > 1 for n in again.values()) * 2 >= len(again)
    if "indicator" not in kinds:
        named = layout.title.indicator or any(v.name for v in layout.values)
        return "indicator" if repeated or not named else "none"
    if repeated and are_names(groups):
        return "entity"
    if repeated and "entity" not in kinds and are_names(again):
        return "indicator"
    return "prefix"


def _groups(table: Table, layout: Layout) -> dict[str, set[str]]:
    """The labels under each section line that is no time and no unit."""
    groups: dict[str, set[str]] = {}
    section = _Section()
    for row in table.rows:
        line = section_line(row, layout)
        if line:
            section.enter(line, "")
        elif section.words:
            words = ", ".join(row.cells[c].strip() for c, _ in layout.labels)
            groups.setdefault(section.words, set()).add(words)
        section.is_open = bool(line)
    return groups
