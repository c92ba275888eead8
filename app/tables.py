"""Tables for the chat page: the rows around a cited cell, and lists of observations.

Like ``cards``, every piece of text is escaped here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from innoqa.contract import stated_value
from innoqa.domain import HEADER_JOIN, Cell, Observation, Table

REACH = 2
"""Rows shown above and below the cited one, and columns on either side of it."""
WHOLE_UP_TO = 6
"""Columns of a table that is shown in its whole width."""
LABELS = 3
"""Columns at the left that are kept for what they name."""
LONGEST_CELL = 80
"""Characters of a cell that is not the cited one."""
GAP = "…"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A table's header and the rows around a cited row, cut to the columns that tell about it.

    ``row`` and ``column`` are the places of the cited cell in ``rows``, from 0; ``column`` is None
    where the whole row is cited. ``above`` and ``below`` count the rows that are not shown.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row: int
    column: int | None
    above: int
    below: int


def excerpt(table: Table, cell: Cell) -> Excerpt | None:
    """The part of a table around a cell, or None where the table has no such cell."""
    cited = cell.row - 1
    column = None if cell.column_number is None else cell.column_number - 1
    if not 0 <= cited < len(table.rows) or not 0 <= (column or 0) < len(table.header):
        return None
    first, last = max(cited - REACH, 0), min(cited + REACH + 1, len(table.rows))
    rows = [row.cells for row in table.rows[first:last]]
    columns = _columns(rows, len(table.header), column)

    def cut(cells: Sequence[str]) -> tuple[str, ...]:
        return tuple(GAP if place is None else cells[place] for place in columns)

    return Excerpt(
        title=table.title,
        header=cut(table.header),
        rows=tuple(map(cut, rows)),
        row=cited - first,
        column=None if column is None else columns.index(column),
        above=first,
        below=len(table.rows) - last,
    )


def _columns(
    rows: Sequence[Sequence[str]], width: int, column: int | None
) -> tuple[int | None, ...]:
    """The columns to show, from 0; None stands for those left out between two of them."""
    if width <= WHOLE_UP_TO:
        return tuple(range(width))
    labels = [0, *(place for place in range(1, LABELS) if _is_label(rows, place))]
    around = [] if column is None else range(column - REACH, column + REACH + 1)
    shown = sorted({place for place in (*labels, *around) if 0 <= place < width})
    if column is None:
        shown = list(range(WHOLE_UP_TO))
    columns: list[int | None] = []
    for place in shown:
        skipped = place - (shown[shown.index(place) - 1] if columns else -1) - 1
        columns += [place - 1] if skipped == 1 else [None] if skipped else []
        columns.append(place)
    if shown[-1] + 1 < width:
        columns.append(width - 1 if shown[-1] + 2 == width else None)
    return tuple(columns)


def _is_label(rows: Sequence[Sequence[str]], place: int) -> bool:
    return all(not any(sign.isdigit() for sign in row[place]) for row in rows)


def excerpt_html(part: Excerpt, anchor: str) -> str:
    """The excerpt with the cited cell, or row, lit. ``anchor`` is the id that the cell gets."""
    head = "".join(f'<th scope="col">{_header(name)}</th>' for name in part.header)
    body = "".join(_row(part, number, anchor) for number in range(len(part.rows)))
    shown = _shown(part)
    return f'<p class="innoqa-note">{escape(shown)}</p>' + _scrolling(
        shown,
        f'<table class="innoqa-excerpt"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>",
    )


def _shown(part: Excerpt) -> str:
    last = part.above + len(part.rows)
    rows = f"rows {part.above + 1} to {last} of {last + part.below}"
    return f"{part.title}: {rows}" if part.title else rows.capitalize()


def _header(name: str) -> str:
    return "<br>".join(escape(_clipped(level)) for level in name.split(HEADER_JOIN))


def _row(part: Excerpt, number: int, anchor: str) -> str:
    is_cited = number == part.row
    lit = f' class="innoqa-lit" id="{anchor}" tabindex="-1"' if anchor else ' class="innoqa-lit"'
    cells = []
    for place, text in enumerate(part.rows[number]):
        tag, scope = ("td", "") if place else ("th", ' scope="row"')
        if is_cited and place == part.column:
            cells.append(f"<{tag}{scope}{lit}><mark>{escape(text)}</mark></{tag}>")
        else:
            cells.append(f"<{tag}{scope}>{escape(_clipped(text))}</{tag}>")
    is_lit = is_cited and part.column is None
    return f"<tr{lit if is_lit else ''}>{''.join(cells)}</tr>"


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1].rstrip() + "…"


def observation_list(
    observations: Sequence[Observation], link: Callable[[Observation], str], *, noted: bool = False
) -> str:
    """Observations as a table; an indicator or entity that all share is said once, above it.

    ``link`` gives the HTML of the link to an observation's source; ``noted`` adds their notes.
    """
    shared, columns = [], []
    for name, values in _described(observations, noted=noted):
        if name in ("Indicator", "Entity") and len(set(values)) == 1:
            shared.append(values[0])
        elif any(values):
            columns.append((name, values))
    head = "".join(f'<th scope="col">{name}</th>' for name, _ in columns)
    rows = []
    for place, observation in enumerate(observations):
        cells = (
            f"{escape(values[place])} {link(observation) if name == 'Value' else ''}".strip()
            for name, values in columns
        )
        rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    caption = f"<caption>{escape(', '.join(filter(None, shared)))}</caption>" if any(shared) else ""
    return _scrolling(
        "Values and their sources",
        f'<table class="innoqa-values">{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>",
    )


def _described(
    observations: Sequence[Observation], *, noted: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "Indicator", tuple(one.indicator for one in observations)
    yield "Entity", tuple(one.entity for one in observations)
    yield "Period", tuple(one.period.printed for one in observations)
    yield "Value", tuple(map(stated_value, observations))
    yield "Source", tuple(one.source for one in observations)
    if noted:
        yield "Scope and notes", tuple(one.note for one in observations)


def _scrolling(label: str, table: str) -> str:
    """A table that scrolls by itself where it is wider than the page."""
    return (
        f'<div class="innoqa-scroll" role="group" tabindex="0" aria-label="{escape(label)}">'
        f"{table}</div>"
    )
