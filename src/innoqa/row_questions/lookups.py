"""Readings that read cells: of the rows selected, the next ones, the first, the greatest."""

from collections.abc import Iterator, Sequence

from innoqa.row_questions.candidate import Candidate
from innoqa.row_questions.grid import Column, View
from innoqa.row_questions.linking import Links
from innoqa.row_questions.ranking import ranked_columns, ranked_views
from innoqa.row_questions.selections import Selection, Step, StepKind, stepped

_MOST_VALUES = 20


def lookups(links: Links, chosen: Sequence[Selection]) -> Iterator[Candidate]:
    """The cells of each likely column in the rows of each selection, narrowed or not."""
    columns = ranked_columns(links)
    seen: set[tuple[int, int, tuple[Step, ...]]] = set()
    for selection in _narrowed(links, chosen):
        key = (selection.rows, selection.tokens, selection.steps)
        if key not in seen and selection.rows.bit_count() <= _MOST_VALUES:
            seen.add(key)
            for column in columns[: 8 if selection.steps else 12]:
                yield from _read(links, selection, column)


def _read(links: Links, selection: Selection, column: Column) -> Iterator[Candidate]:
    rows = links.grid.rows(selection.rows)
    cells = [column.cells[row] for row in rows]
    values = tuple(dict.fromkeys(" ".join(cell.printed.split()) for cell in cells))
    numeric = links.question.asks in ("how many", "how much")
    if not any(values) or (numeric and not any(map(str.isdigit, "".join(values)))):
        return
    header = links.headers[column.number]
    tokens, half = selection.tokens | header.exact, header.near | links.question.head
    yield Candidate("lookup", values, (selection,), tokens, half, column.number)
    if any(len(cell.parts) > 1 for cell in cells):
        parts = tuple(
            dict.fromkeys(part for cell in cells for part in cell.parts or (cell.printed,))
        )
        yield Candidate("parts", parts, (selection,), tokens, half, column.number)
    for view in column.views[1:]:
        value, cue = view.values[rows[0]], _view_cue(links, view)
        if len(rows) == 1 and value is not None and cue is not None:
            yield Candidate(
                "lookup", (value,), (selection,), tokens | cue, half, column.number, (view,)
            )


def _view_cue(links: Links, view: View) -> int | None:
    """The words that ask for a lesser view of a column; None where there are none."""
    question = links.question
    cue = {"margin": "difference", "total": "sum", "years": "years between", "first": "score",
           "second": "score"}.get(view.kind)  # fmt: skip
    if cue is not None:
        return question.cues.get(cue)
    if view.kind == "number" and links.grid.columns[view.column].kind == "date":
        return 0 if question.asks == "when" else None
    return 0 if question.asks in ("how many", "how much") else None


def _narrowed(links: Links, chosen: Sequence[Selection]) -> Iterator[Selection]:
    """The selections with conditions, their neighbours, and the extremes of all."""
    question = links.question
    named = [selection for selection in chosen if selection.conditions and selection.rows]
    yield from named
    neighbours: tuple[StepKind, ...] = ("next", "previous")
    for kind in neighbours:
        if question.has(kind):
            for selection in named:
                after = stepped(links, selection, Step(kind), question.cues[kind])
                if after:
                    yield after
    for selection in chosen[:16]:
        yield from superlatives(links, selection)


def superlatives(links: Links, selection: Selection) -> Iterator[Selection]:
    """A selection narrowed to its greatest, least, first or last."""
    if selection.rows:
        yield from _extremes(links, selection)
        yield from _ends(links, selection)


def _extremes(links: Links, selection: Selection) -> Iterator[Selection]:
    """By an adjective: where a small rank or time may be the great one, either way."""
    free = [a for a in links.question.adjectives if not selection.tokens >> a.token & 1]
    kinds: tuple[tuple[int, StepKind], ...] = ((1, "greatest"), (-1, "least"))
    for direction, kind in kinds:
        bits = sum({1 << a.token for a in free if a.direction == direction})
        opposite = sum({1 << a.token for a in free if a.direction == -direction})
        for view in ranked_views(links):
            reversible = links.grid.columns[view.column].is_rank or view.kind == "time"
            cue = bits or (opposite if reversible else 0)
            if cue:
                tokens = cue | links.headers[view.column].exact
                after = stepped(links, selection, Step(kind, view), tokens)
                if after:
                    yield after


def _ends(links: Links, selection: Selection) -> Iterator[Selection]:
    """By "first" or "last": in the order of the rows, of dates or of ranks."""
    ends: tuple[tuple[StepKind, StepKind], ...] = (("first", "least"), ("last", "greatest"))
    for cue, extreme in ends:
        bits = links.question.cues.get(cue, 0)
        if not bits or bits & selection.tokens:
            continue
        steps = [Step(cue)]
        for view in ranked_views(links):
            column = links.grid.columns[view.column]
            if column.kind == "date" or column.is_rank:
                steps.append(Step(extreme, view))
        for step in steps:
            named = links.headers[step.view.column].exact if step.view else 0
            after = stepped(links, selection, step, bits | named)
            if after:
                yield after
