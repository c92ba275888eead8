"""What each column of a table holds: labels, times, values of an indicator or an entity."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from innoqa import periods
from innoqa.domain import HEADER_JOIN, Period, Table, Unit
from innoqa.grids import Kind, is_unit_line, kind, period_and_unit
from innoqa.indicators import column_names
from innoqa.indicators.column_names import Label
from innoqa.indicators.naming import is_counted, name_and_unit, unit_of
from innoqa.indicators.titles import Title, are_names, read_title

_TIME_WORDS = re.compile(
    r"(?:(?:for|the|as|of|at|and|in|fiscal|financial|calendar|years?|months?|quarters?|periods?|weeks?"
    r"|half|halves|full|annual|yearly|quarterly|monthly|half-year|half-yearly|year-end|end|ended|ending|three|six|nine|twelve|ytd|to|date|on|first|january|february|march|april"
    r"|may|june|july|august|september|october|november|december|\d{1,2})\b[\s,:]*)+",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:changes?|growth|increases?|decreases?|differences?|variances?|variation|cagr|yoy)\b",
    re.IGNORECASE,
)
_JUDGED = 1000  # rows that are looked at to tell what a column holds
_MOST_LABELS = 3
_ALL_PERIODS = 0.8


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of values and what its header says of them; "" or None where it says nothing.

    ``is_numeric``: text in it is the exception.
    """

    number: int
    header: str
    name: str
    period: Period | None = None
    unit: Unit | None = None
    entity: str = ""
    is_numeric: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is to be read.

    ``labels`` are the columns that name a row, with what they name; ``asides`` those of a unit, a
    note or a source; ``time`` those whose cells are the row's year and the part of it.
    """

    title: Title
    labels: tuple[tuple[int, Label], ...]
    time: tuple[int, ...]
    asides: Mapping[str, int]
    values: tuple[ValueColumn, ...]


def layout_of(table: Table, above: Sequence[str]) -> Layout:
    """How to read a table; ``above`` are the titles around it, nearest first, its own apart."""
    judged = table.rows[:: 1 + len(table.rows) // _JUDGED]
    kinds = [Counter(kind(row.cells[c]) for row in judged) for c in range(len(table.header))]
    named = column_names.named_roles(table.header)
    asides = {role: named[role] for role in column_names.ASIDES if role in named}
    values = _value_columns(table, kinds, set(asides.values()))
    time = _time_columns(table, kinds, named, dated=any(v.period for v in values))
    values = _with_changes([column for column in values if column.number not in time])
    title = _title(table, above)
    labels = _label_columns(table, kinds, {*asides.values(), *time}, values)
    measure = _measure_by(table, labels, above) or _measure_at(table, labels, title)
    if measure and not any(v.name and not column_names.is_generic(v.name) for v in values):
        title = replace(title, indicator=measure, is_grouped=True, is_name=False)
        labels = tuple((column, kind or "entity") for column, kind in labels)
    return _told_apart(Layout(title, labels, time, asides, tuple(values)), table)


def _measure_by(table: Table, labels: Sequence[tuple[int, Label]], above: Sequence[str]) -> str:
    """What titles say is told of each thing that a label column names: "people employed by branch".

    "" where no title ends so.
    """
    heads = {table.header[column].casefold().removesuffix("s") for column, _ in labels} - {""}
    for words in (table.title, *above):
        for part in re.split(r"[:;,.|]\s+", words):
            match = _BY_KIND.fullmatch(part.strip())
            if match and match["kind"].casefold().removesuffix("s") in heads:
                measure = match["measure"]
                return measure[:1].upper() + measure[1:]
    return ""


def _measure_at(table: Table, labels: Sequence[tuple[int, Label]], title: Title) -> str:
    """What the title says without the kind of thing that a label column names.

    "Cargo handled at the seaports" over a column of ports is cargo handled; "" where it says no
    such thing.
    """
    match = _AT_KIND.fullmatch(title.indicator)
    heads = {table.header[column].casefold().removesuffix("s") for column, _ in labels} - {""}
    ends = match is not None and any(match["kind"].casefold().endswith(head) for head in heads)
    return match["measure"] if match is not None and ends else ""


_AT_KIND = re.compile(r"(?P<measure>\w.*?)\s+(?:at|in)\s+(?:the\s+)?(?P<kind>\w+?)s?")
_BY_KIND = re.compile(r"(?P<measure>\w.*?)\s+(?:by|per|in each|of each)\s+(?P<kind>\w+)")


def _value_columns(table: Table, kinds: list[Counter[Kind]], asides: set[int]) -> list[ValueColumn]:
    """The columns that hold values; where most under times do, all under times."""
    columns = [
        _value_column(number, header)
        for number, header in enumerate(table.header)
        if number not in asides
    ]
    holding = {c.number for c in columns if _holds_values(kinds[c.number], c)}
    dated = [c.number for c in columns if c.period is not None]
    if 2 * len(holding.intersection(dated)) > len(dated):
        holding.update(dated)
    return [
        replace(column, is_numeric=_is_numeric(kinds[column.number], column))
        for column in columns
        if column.number in holding
    ]


def _value_column(number: int, header: str) -> ValueColumn:
    """What a header says: a period, a unit, and in its other words an indicator or an entity."""
    parts = [part for part in header.split(HEADER_JOIN) if part]
    period, parts, unit = _period_in(parts)
    names: list[str] = []
    for part in parts:
        name, own = ("", unit_of(part)) if names and is_counted(part) else name_and_unit(part)
        unit = own or unit
        if name and not (_TIME_WORDS.fullmatch(name) and (period or len(parts) > 1)):
            names.append(name)
    if period is None and len(names) == 1:
        names[0], period = without_year(names[0])
    return ValueColumn(number, header, HEADER_JOIN.join(names), period, unit)


def _with_changes(values: list[ValueColumn]) -> list[ValueColumn]:
    """The columns, those of changes named after what all the columns under times are of."""
    names = {v.name for v in values if v.period is not None}
    name = names.pop() if len(names) == 1 else ""
    return [
        replace(v, name=f"{name}{HEADER_JOIN}{v.name}")
        if name and v.period is None and _CHANGE.search(v.name)
        else v
        for v in values
    ]


def _period_in(parts: list[str]) -> tuple[Period | None, list[str], Unit | None]:
    """The time that header levels name alone or together, the other levels, a unit beside it.

    Levels that add nothing to the time ("Year" over "2019") are left out of its words.
    """
    best: tuple[Period | None, list[str], Unit | None] = (None, parts, None)
    for size in range(1, len(parts) + 1):
        for start in range(len(parts) - size + 1):
            run = parts[start : start + size]
            for order in (run, run[::-1], [*run[1:], run[0]]):
                found = period_and_unit(" ".join(order))
                if found is not None and _adds(found[0], best[0]):
                    rest = [*parts[:start], *parts[start + size :]]
                    best = found[0], rest, unit_of(found[1]) if found[1] else None
    return best


def _adds(period: Period, known: Period | None) -> bool:
    """Whether a time is told more closely than the one that is known."""
    if period.kind == "undated":
        return False
    return known is None or (period.start, period.end) != (known.start, known.end)


def without_year(name: str) -> tuple[str, Period | None]:
    """``Population 2020``: the name and the time."""
    found = periods.mentions(name)
    if len(found) != 1 or found[0].period.kind in ("span", "undated"):
        return name, None
    title = read_title(name)
    return (title.indicator, title.period) if title.indicator and title.period else (name, None)


def _holds_values(kinds: Counter[Kind], column: ValueColumn) -> bool:
    numbers = kinds[Kind.NUMBER] + kinds[Kind.MEASURE]
    if column.period is not None:  # a year may be text in some rows, and a missing value in others
        return numbers + kinds[Kind.MISSING] > 0 and 2 * numbers >= kinds[Kind.TEXT]
    return numbers > kinds[Kind.PERIOD] and numbers + kinds[Kind.PERIOD] > kinds[Kind.TEXT]


def _is_numeric(kinds: Counter[Kind], column: ValueColumn) -> bool:
    if not column.name and column.period is None:
        return False  # facts of all kinds under a name each
    told = kinds.total() - kinds[Kind.BLANK] - kinds[Kind.MISSING]
    return 3 * kinds[Kind.TEXT] <= told or column.period is not None


def _time_columns(
    table: Table, kinds: list[Counter[Kind]], named: Mapping[str, int], *, dated: bool
) -> tuple[int, ...]:
    """The column of years (or other times), and that of the part of the year."""
    year = named.get("year")
    if year is None or not _mostly_periods(kinds[year], 0.5):
        first = bool(kinds) and not dated and _mostly_periods(kinds[0], _ALL_PERIODS)
        year = 0 if first else None
    part = next(
        (c for c, name in enumerate(table.header) if name.lower() in column_names.PARTS_OF_YEARS),
        None,
    )
    if part == year or part is None or _has_numbers(kinds[part]):
        return () if year is None else (year,)
    return (part,) if year is None else (year, part)


def _mostly_periods(kinds: Counter[Kind], share: float) -> bool:
    told = kinds.total() - kinds[Kind.BLANK] - kinds[Kind.MISSING]
    return told > 0 and kinds[Kind.PERIOD] >= share * told


def _has_numbers(kinds: Counter[Kind]) -> bool:
    return kinds[Kind.NUMBER] + kinds[Kind.MEASURE] > kinds[Kind.TEXT] + kinds[Kind.PERIOD]


def _label_columns(
    table: Table, kinds: list[Counter[Kind]], known: set[int], values: list[ValueColumn]
) -> tuple[tuple[int, Label], ...]:
    """The text columns left of the values (or the first, where none is) and what they name.

    Several are labels only where their names say so or the values stand under times.
    """
    numbers = {v.number for v in values}
    first = min((v.number for v in values if not column_names.is_rank(v.name)), default=len(kinds))
    texts = [c for c in range(len(kinds)) if c not in known | numbers and kinds[c][Kind.TEXT]]
    left = [c for c in texts if c < first][:_MOST_LABELS] or texts[:1]
    told = [(c, column_names.label_kind(table.header[c])) for c in left]
    if not any(v.period for v in values):
        told = [pair for n, pair in enumerate(told) if pair[1] or n == 0]
    measured = any(v.period or not column_names.is_generic(v.name) for v in values)
    return tuple(_of_each_row(table, told) if measured else told)


def _of_each_row(table: Table, told: list[tuple[int, Label]]) -> list[tuple[int, Label]]:
    """The labels without the places that rows only lie in: each park's district.

    Rows of one place alone may as well be its indicators, and keep both labels.
    """
    things = [column for column, kind in told if kind != "indicator"]
    apart = [column for column in things if _tells_rows_apart(table, column)]
    if not apart or (things[-1], "entity") not in told or apart[-1] == things[-1]:
        return told
    places = {row.cells[things[-1]].strip() for row in table.rows} - {""}
    if len(places) == 1:
        return told
    return [pair for pair in told if pair[1] == "indicator"] + [(apart[-1], "entity")]


def _tells_rows_apart(table: Table, column: int) -> bool:
    labels = [" ".join(row.cells[column].split()) for row in table.rows]
    return all(labels) and len(set(labels)) == len(labels)


def _title(table: Table, above: Sequence[str]) -> Title:
    """What the table's title says, and what it leaves to its notes and the titles above it."""
    title = read_title(table.title)
    for words in above:
        outer = read_title(words)
        name = outer.indicator if outer.is_name else ""
        title = replace(title, entity=title.entity or outer.entity or name)
    lines = [*table.notes, *(part for part in table.header[:1] if part)]
    units = (unit_of(part) for line in lines for part in line.split(HEADER_JOIN)
             if is_unit_line(part) or is_counted(part))  # fmt: skip
    dates = (periods.read_period(line) for line in table.notes)
    return replace(
        title,
        unit=title.unit or next(filter(None, units), None),
        period=title.period or next(filter(None, dates), None),
    )


def _told_apart(layout: Layout, table: Table) -> Layout:
    """The layout with each label column and value column told to be of entities or indicators."""
    labels = _told_labels(layout, table)
    values = layout.values
    if _columns_are_entities(layout) or any(
        kind == "indicator" and _surely_indicators(table, column) for column, kind in labels
    ):
        names = [v.name for v in values if v.name and not column_names.is_generic(v.name)]
        values = tuple(_as_entity(v, names) for v in values)
    entity = layout.title.entity
    if layout.title.is_name and _has_indicators(labels, values):
        entity = entity or layout.title.indicator
    title = replace(layout.title, entity=entity)
    return replace(layout, title=title, labels=labels, values=_split_levels(values))


def _surely_indicators(table: Table, column: int) -> bool:
    """Whether labels name indicators by the word of their column or by a unit beside one."""
    return column_names.label_kind(table.header[column]) == "indicator" or any(
        name_and_unit(row.cells[column])[1] for row in table.rows
    )


def _told_labels(layout: Layout, table: Table) -> tuple[tuple[int, Label], ...]:
    """Labels whose column does not say what they name are told by the other ones and the title."""
    told = [kind for _, kind in layout.labels if kind]
    unknown = [column for column, kind in layout.labels if not kind]
    found = dict(layout.labels)
    if len(unknown) > 1 and not told:
        found[unknown[0]] = "entity"
        told.append("entity")
        unknown = unknown[1:]
    for column in unknown:
        found[column] = _other(told) if told else _single_label(layout, table, column)
    return tuple(found.items())


def _other(told: Sequence[Label]) -> Label:
    return "indicator" if "entity" in told and "indicator" not in told else "entity"


def _single_label(layout: Layout, table: Table, column: int) -> Label:
    """What the only labels of the rows name.

    Indicators, where a unit stands beside one of them, or where nothing else names any; entities
    where the columns or the title name the indicator and the labels may be proper names.
    """
    labels = [row.cells[column] for row in table.rows if row.cells[column].strip()]
    if any(name_and_unit(label)[1] for label in labels):
        return "indicator"
    title = "" if layout.title.is_name else layout.title.indicator
    named = any(v.name and not column_names.is_generic(v.name) for v in layout.values)
    if not title and not named:
        return "indicator"
    header = table.header[column]
    told = bool(header) and not is_unit_line(header) and not _TIME_WORDS.fullmatch(header)
    if told and named:
        return "entity"  # things of the kind that the column is named after
    return "entity" if layout.title.is_grouped or are_names(labels) else "indicator"


def _columns_are_entities(layout: Layout) -> bool:
    """Whether the columns stand for entities: names without units under a title with a measure."""
    names = [v.name for v in layout.values if v.name]
    title = layout.title
    if len(names) < 2 or not title.indicator or title.entity or any(v.unit for v in layout.values):
        return False
    return are_names(names) and (title.is_grouped or title.unit is not None)


def _as_entity(column: ValueColumn, names: list[str]) -> ValueColumn:
    """A value column whose name is that of an entity, where all of them may be such names."""
    tops = [name.split(HEADER_JOIN)[0] for name in names]
    top, *rest = column.name.split(HEADER_JOIN)
    if not top or not are_names(tops) or column.unit is not None:
        return column
    return replace(column, entity=top, name=HEADER_JOIN.join(rest))


def _split_levels(values: tuple[ValueColumn, ...]) -> tuple[ValueColumn, ...]:
    """Where entities stand above indicators that come again under each, the two told apart."""
    pairs = [v.name.split(HEADER_JOIN) for v in values]
    tops = {pair[0] for pair in pairs if len(pair) == 2}
    again = Counter(pair[1] for pair in pairs if len(pair) == 2)
    if len(tops) < 2 or not are_names(tops) or max(again.values(), default=0) < 2:
        return values
    return tuple(
        replace(v, entity=pair[0], name=pair[1]) if len(pair) == 2 and not v.entity else v
        for v, pair in zip(values, pairs, strict=True)
    )


def _has_indicators(labels: tuple[tuple[int, Label], ...], values: Sequence[ValueColumn]) -> bool:
    named = any(v.name and not column_names.is_generic(v.name) for v in values)
    return named or any(kind == "indicator" for _, kind in labels)
