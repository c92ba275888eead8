"""Readings that count, add up, average, or take the greatest or least value."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from innoqa.row_questions.candidate import Candidate, Operation, Value
from innoqa.row_questions.grid import Column, View
from innoqa.row_questions.linking import Links
from innoqa.row_questions.lookups import superlatives
from innoqa.row_questions.ranking import ranked_views
from innoqa.row_questions.selections import Selection


def counts(links: Links, chosen: Sequence[Selection]) -> Iterator[Candidate]:
    """How many rows a selection has, how many different things they name, the longest run."""
    question, grid = links.question, links.grid
    counted = question.asks == "which" and question.has("count")
    if question.asks not in ("how many", "other") and not counted:
        return
    cue = question.cues.get("count", 0) | question.cues.get("times", 0) | _counted_noun(links)
    columns = [column for column in grid.columns if _is_countable(links, column)]
    for selection in chosen:
        tokens = selection.tokens | cue
        count = Decimal(selection.rows.bit_count())
        yield Candidate("count", (count,), (selection,), tokens, question.head)
        for column in columns:
            yield _different(links, selection, column, tokens)
        if question.has("consecutive") and selection.conditions:
            run = _longest_run(selection.rows, grid.height)
            tokens |= question.cues["consecutive"]
            yield Candidate("consecutive", (Decimal(run),), (selection,), tokens, question.head)


def _is_countable(links: Links, column: Column) -> bool:
    """Whether a column names things, some more than once, that the question may speak of."""
    header = links.headers[column.number]
    named = bool(header.exact or header.near & links.question.head)
    named = named or column.number == links.grid.name_column
    return named and column.distinct != column.stated.bit_count()


def _different(links: Links, selection: Selection, column: Column, tokens: int) -> Candidate:
    question, header = links.question, links.headers[column.number]
    cells = (column.cells[row] for row in links.grid.rows(selection.rows))
    different = {cell.folded for cell in cells if not cell.missing}
    return Candidate(
        "count distinct",
        (Decimal(len(different)),),
        (selection,),
        tokens | header.exact | question.cues.get("different", 0),
        header.near | question.head,
        column.number,
    )


def _counted_noun(links: Links) -> int:
    """The words that name what the rows are: of the column of names, and of the title."""
    question, grid = links.question, links.grid
    bits = links.headers[grid.name_column].exact | links.title
    if links.saying[grid.name_column] >= 0.15:
        bits |= 1 << (question.head.bit_length() - 1) if question.head else 0
    return bits & question.head


def _longest_run(bits: int, height: int) -> int:
    longest = run = 0
    for row in range(height):
        run = run + 1 if bits >> row & 1 else 0
        longest = max(longest, run)
    return longest


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle of several values, the mean of the two middle ones where they are even."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def aggregates(links: Links, chosen: Sequence[Selection]) -> Iterator[Candidate]:
    """Sums, means and medians of a column, and its greatest and least value."""
    question = links.question
    asked = question.asks in ("how many", "how much")
    if asked or question.has("count", "sum", "average", "median"):
        for selection in chosen:
            for view in ranked_views(links):
                if links.grid.columns[view.column].kind != "date":
                    yield from _aggregated(links, selection, view)
    if any(a.superlative for a in question.adjectives) or question.has("first", "last"):
        for selection in chosen[:16]:
            for narrowed in superlatives(links, selection):
                yield from _extreme(links, narrowed)


def _aggregated(links: Links, selection: Selection, view: View) -> Iterator[Candidate]:
    question, header = links.question, links.headers[view.column]
    cells = (view.values[row] for row in links.grid.rows(selection.rows))
    stated = [value for value in cells if value is not None]
    if len(stated) < 2:
        return
    total = sum(stated, Decimal(0))
    cue = question.cues.get("sum", 0) | question.cues.get("count", 0)
    found: list[tuple[Operation, Decimal, int]] = [("sum", total, cue)]
    if question.has("average"):
        found.append(("mean", total / len(stated), question.cues["average"]))
    if question.has("median"):
        found.append(("median", median(stated), question.cues["median"]))
    for operation, value, bits in found:
        tokens = selection.tokens | header.exact | bits
        half = header.near | question.head
        yield Candidate(operation, (value,), (selection,), tokens, half, view.column, (view,))


def _extreme(links: Links, narrowed: Selection) -> Iterator[Candidate]:
    """The greatest or least value itself, as it is printed."""
    step = narrowed.steps[-1]
    if step.view is None:
        return
    view = step.view
    column, row = links.grid.columns[view.column], links.grid.rows(narrowed.rows)[0]
    value: Value = " ".join(column.cells[row].printed.split())
    if view != column.views[0]:
        value = view.values[row] or Decimal(0)
    operation: Operation = "maximum" if step.kind == "greatest" else "minimum"
    half = links.headers[view.column].near | links.question.head
    yield Candidate(operation, (value,), (narrowed,), narrowed.tokens, half, view.column, (view,))
