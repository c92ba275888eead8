"""Readings that group rows by a column: what is most frequent, what has the greatest total."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from innoqa.row_questions.candidate import Candidate
from innoqa.row_questions.grid import Column
from innoqa.row_questions.linking import Links
from innoqa.row_questions.ranking import ranked_columns, ranked_views
from innoqa.row_questions.selections import Selection

_MOST_VALUES = 5


def frequencies(links: Links, chosen: Sequence[Selection]) -> Iterator[Candidate]:
    """For a superlative that names no measure: "which district has the most parks?"."""
    superlative = [a for a in links.question.adjectives if a.superlative and not a.group]
    columns = [column for column in ranked_columns(links, 8) if _is_grouping(column)]
    for direction in sorted({a.direction for a in superlative}, reverse=True):
        bits = sum({1 << a.token for a in superlative if a.direction == direction})
        for column in columns:
            for selection in chosen[:12]:
                if column.number not in selection.columns:
                    tokens = selection.tokens | links.headers[column.number].exact | bits
                    yield from _frequent(links, selection, column, (direction, tokens))
                    yield from _totalled(links, selection, column, (direction, tokens))


def _is_grouping(column: Column) -> bool:
    repeated = column.distinct != column.stated.bit_count()
    return repeated and column.kind not in ("score", "time")


def _frequent(
    links: Links, selection: Selection, column: Column, asked: tuple[int, int]
) -> Iterator[Candidate]:
    direction, tokens = asked
    cells = (column.cells[row] for row in links.grid.rows(selection.rows))
    counts = Counter(cell.folded for cell in cells if not cell.missing)
    values = _best(links, selection, column, counts, direction)
    if values and len(values) <= _MOST_VALUES:
        yield Candidate(
            "most frequent" if direction > 0 else "least frequent",
            values,
            (selection,),
            tokens | _rows_noun(links),
            links.headers[column.number].near | links.question.head,
            column.number,
            (),
            direction,
        )


def _best(
    links: Links,
    selection: Selection,
    column: Column,
    amounts: Mapping[str, int] | Mapping[str, Decimal],
    direction: int,
) -> tuple[str, ...]:
    """The cells with the greatest or least amount as printed; none where there is one group."""
    if len(amounts) < 2:
        return ()
    best = max(amounts.values()) if direction > 0 else min(amounts.values())
    cells = [column.cells[row] for row in links.grid.rows(selection.rows)]
    printed = {cell.folded: " ".join(cell.printed.split()) for cell in reversed(cells)}
    return tuple(printed[text] for text, amount in amounts.items() if amount == best)


def _rows_noun(links: Links) -> int:
    """The words after "most" that name the rows themselves: "the most parks"."""
    beside = 0
    for adjective in links.question.adjectives:
        beside |= 0b111 << (adjective.token + 1)
    return beside & (links.headers[links.grid.name_column].exact | links.title)


def _totalled(
    links: Links, selection: Selection, column: Column, asked: tuple[int, int]
) -> Iterator[Candidate]:
    direction, tokens = asked
    for view in ranked_views(links, 4):
        measured = links.grid.columns[view.column]
        if view.column == column.number or view.kind != "number" or measured.is_rank:
            continue
        totals: dict[str, Decimal] = {}
        for row in links.grid.rows(selection.rows):
            value, cell = view.values[row], column.cells[row]
            if value is not None and not cell.missing:
                totals[cell.folded] = totals.get(cell.folded, Decimal(0)) + value
        values = _best(links, selection, column, totals, direction)
        if values:
            header = links.headers[view.column]
            yield Candidate(
                "greatest total",
                values[:3],
                (selection,),
                tokens | header.exact,
                header.near | links.question.head,
                column.number,
                (view,),
                direction,
            )
