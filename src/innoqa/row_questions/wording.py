"""A reading in words: how the question was taken, and one sentence with the answer."""

from collections.abc import Sequence
from decimal import Decimal

from innoqa.domain import Unit
from innoqa.quantities import formatted, rounded
from innoqa.row_questions.candidate import Candidate, Value
from innoqa.row_questions.cells import MONTHS
from innoqa.row_questions.conditions import Condition
from innoqa.row_questions.grid import Grid, View
from innoqa.row_questions.operands import row_name
from innoqa.row_questions.selections import Selection, Step

_LONGEST_LIST = 6


def reading(grid: Grid, candidate: Candidate) -> str:
    """How the question was read: "the rows where Result is Won; counted"."""
    chosen = " and ".join(_rows(grid, selection) for selection in candidate.selections)
    return f"{chosen}; {_operation(grid, candidate)}"


def _rows(grid: Grid, selection: Selection) -> str:
    """The rows of a selection in words: "the rows where District is Haidian"."""
    where = _where(grid, selection)
    if not selection.steps:
        several = selection.rows.bit_count() != 1
        return f"the row{'s' if several else ''}{where}" if where else "all rows"
    words = f"the row{where}" if where else "all rows"
    for step in selection.steps:
        words = _narrowed(grid, words, where, step)
    return words


def _narrowed(grid: Grid, words: str, where: str, step: Step) -> str:
    if step.kind == "next":
        return f"the row after {words}"
    if step.kind == "previous":
        return f"the row before {words}"
    if step.view is None:
        return f"the {step.kind} row{where}"
    return f"the row with the {extreme(grid, step)} {column_name(grid, step.view.column)}{where}"


def extreme(grid: Grid, step: Step) -> str:
    """The superlative of a step: the latest of dates, the greatest of numbers."""
    assert step.view is not None
    if grid.columns[step.view.column].kind == "date":
        return "latest" if step.kind == "greatest" else "earliest"
    return "greatest" if step.kind == "greatest" else "smallest"


def _where(grid: Grid, selection: Selection) -> str:
    """The conditions as a clause, with a space before it; "" where there are none."""
    said = " and ".join(_condition(grid, condition) for condition in selection.conditions)
    return f" where {said}" if said else ""


def _condition(grid: Grid, condition: Condition) -> str:
    header, words = column_name(grid, condition.column), _said(grid, condition)
    if condition.kind == "not":
        return f"{header} is not {_said(grid, condition.parts[0])}"
    if condition.kind == "contains":
        return f"{header} has the words \u201c{words}\u201d"
    if condition.kind == "same":
        return f"{header} is the same as for {_said(grid, condition.parts[0])}"
    if condition.kind == "beats":
        return f"{header} is {words.split(' than ')[0]} than for {_said(grid, condition.parts[0])}"
    if condition.kind == "either":
        return f"{header} is {' or '.join(_said(grid, part) for part in condition.parts)}"
    return f"{header} is {words}"


def _said(grid: Grid, condition: Condition) -> str:
    """The value of a condition: as the cells print it where they agree, else as it was asked."""
    if condition.kind in ("is", "similar"):
        cells = grid.columns[condition.column].cells
        printed = {" ".join(cells[row].printed.split()) for row in grid.rows(condition.rows)}
        if len(printed) == 1:
            return printed.pop()
    if condition.kind == "date":
        return " ".join(w.capitalize() if w in MONTHS else w for w in condition.words.split())
    return condition.words


def column_name(grid: Grid, column: int) -> str:
    """A column's header on one line, or its number where it has none."""
    return " ".join(grid.columns[column].header.split()) or f"column {column + 1}"


def _header(grid: Grid, candidate: Candidate) -> str:
    """The column that is read or computed with, and which of its numbers where it has two."""
    if not candidate.views:
        return "" if candidate.column is None else column_name(grid, candidate.column)
    view = candidate.views[0]
    header = column_name(grid, view.column)
    if view.kind in ("first", "second"):
        return f"{view.kind} number of {header}"
    return f"{view.kind} of {header}" if view.kind in ("total", "margin") else header


def _operation(grid: Grid, candidate: Candidate) -> str:
    header, more = _header(grid, candidate), comparative(grid, candidate)
    both = " and ".join(column_name(grid, view.column) for view in candidate.views)
    return {
        "lookup": f"{header} read",
        "parts": f"{header} read, its parts apart",
        "count": "counted",
        "count distinct": f"different {header} counted",
        "consecutive": "the longest run counted",
        "sum": f"{header} added up",
        "mean": f"mean of {header}",
        "median": f"median of {header}",
        "maximum": f"greatest {header}",
        "minimum": f"smallest {header}",
        "difference": f"difference of {header}",
        "range": f"greatest less smallest {header}",
        "difference of counts": "difference of their numbers",
        "difference of columns": f"difference of {both}",
        "compare": f"the one with the {more} {header}",
        "compare counts": f"those of which there are {more}",
        "compare columns": f"the {more} of {both}",
        "most frequent": f"most frequent {header}",
        "least frequent": f"least frequent {header}",
        "greatest total": f"the one with the {more} total of {header}",
        "whether": f"whether {header} is {more}" if candidate.views else "whether there are any",
    }[candidate.operation]


def comparative(grid: Grid, candidate: Candidate) -> str:
    """The comparative of a comparison: later of dates, more of counts, greater of numbers."""
    up = candidate.direction > 0
    if not candidate.views:
        return "more" if up else "fewer"
    if grid.columns[candidate.views[0].column].kind == "date":
        return "later" if up else "earlier"
    return "greater" if up else "smaller"


def sentence(grid: Grid, candidate: Candidate, value: Sequence[Value], unit: Unit) -> str:
    """One English sentence that leads with the answer."""
    answer = joined([_worded(one, unit) for one in value])
    answer = answer[:1].upper() + answer[1:]
    return f"{answer}{_rest(grid, candidate)}."


def _worded(value: Value, unit: Unit) -> str:
    if isinstance(value, str):
        return value
    return formatted(value, unit) if unit.printed else f"{value:,f}"


def joined(parts: Sequence[str]) -> str:
    """Several things as English lists them.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _rest(grid: Grid, candidate: Candidate) -> str:
    """What the sentence says of the answer."""
    operation, selection = candidate.operation, candidate.selections[0]
    header, where = _header(grid, candidate), _where(grid, selection)
    if operation in ("lookup", "parts"):
        return _read(grid, candidate)
    if operation in ("sum", "mean", "median"):
        rows = selection.rows.bit_count()
        return f" is the {operation} of {header} over {rows} rows{where}"
    if operation in ("difference", "difference of columns"):
        return f" is the difference between {_sides(grid, candidate)}"
    if operation in ("compare", "whether") and candidate.views:
        return _compared(grid, candidate)
    return {
        "count": f" is the number of rows{where}",
        "count distinct": f" is the number of different values of {header}{where}",
        "consecutive": f" is the longest run of rows{where}",
        "maximum": f" is the greatest {header}{where}",
        "minimum": f" is the smallest {header}{where}",
        "range": f" is the greatest less the smallest {header}{where}",
        "most frequent": f" is the most frequent {header}{where}",
        "least frequent": f" is the least frequent {header}{where}",
        "whether": f": {selection.rows.bit_count() or 'no'} rows are found{where}",
    }.get(operation, f": {reading(grid, candidate)}")


def _read(grid: Grid, candidate: Candidate) -> str:
    """Of a cell: of which row it is, or what its row is the first, next or greatest of."""
    selection, header = candidate.selections[0], _header(grid, candidate)
    rows = grid.rows(selection.rows)
    verb = "is" if len(candidate.value) == 1 else "are"
    if candidate.column != grid.name_column:
        if len(rows) == 1 and row_name(grid, rows[0]):
            return f" {verb} the {header} of {row_name(grid, rows[0])}{_reason(grid, selection)}"
        return f" {verb} the {header} of {_rows(grid, selection)}"
    step = selection.steps[-1] if selection.steps else None
    if step is None or step.view is None:
        return f" {verb} the {header} of {_rows(grid, selection)}"
    verb = "has" if len(candidate.value) == 1 else "have"
    printed = _printed(grid, step.view, rows)
    measure = column_name(grid, step.view.column)
    return f" {verb} the {extreme(grid, step)} {measure}{_where(grid, selection)}: {printed}"


def _reason(grid: Grid, selection: Selection) -> str:
    """Why a row was chosen, where more than its name was asked for."""
    named = all(condition.column == grid.name_column for condition in selection.conditions)
    if selection.conditions and named and not selection.steps:
        return ""
    return f", {_rows(grid, selection)}"


def _printed(grid: Grid, view: View, rows: Sequence[int]) -> str:
    cells = grid.columns[view.column].cells
    found = [" ".join(cells[row].printed.split()) for row in rows]
    return joined(list(dict.fromkeys(found))[:_LONGEST_LIST])


def _side(grid: Grid, selection: Selection) -> str:
    """What a compared selection is called."""
    rows = grid.rows(selection.rows)
    return row_name(grid, rows[0]) if len(rows) == 1 else _rows(grid, selection)


def _compared(grid: Grid, candidate: Candidate) -> str:
    header, view = _header(grid, candidate), candidate.views[0]
    said = [
        f"{_printed(grid, view, grid.rows(selection.rows))} for {_side(grid, selection)}"
        for selection in candidate.selections
    ]
    if candidate.operation == "whether":
        return f": {header} is {joined(said)}"
    return f" has the {comparative(grid, candidate)} {header}: {joined(said)}"


def _sides(grid: Grid, candidate: Candidate) -> str:
    """The two values of a difference, each with where it stands."""
    said = []
    for selection in candidate.selections:
        for view in candidate.views:
            printed = _printed(grid, view, grid.rows(selection.rows))
            header = column_name(grid, view.column)
            said.append(f"{header} of {_side(grid, selection)} ({printed})")
    return joined(said)


def rounded_value(candidate: Candidate, value: Decimal) -> Decimal:
    """A computed value rounded as the numbers that it was computed from allow."""
    stated = [v for view in candidate.views for v in view.values if v is not None]
    return rounded(value, stated) if candidate.operation in ("mean", "median") else value
