"""A reading in words: how the question was taken, and one sentence with the answer."""

from collections.abc import Sequence
from decimal import Decimal

from innoqa.domain import Unit
from innoqa.quantities import formatted, rounded
from innoqa.row_questions.candidate import Candidate, Value
from innoqa.row_questions.conditions import Condition
from innoqa.row_questions.grid import Grid
from innoqa.row_questions.operands import row_name
from innoqa.row_questions.selections import Selection, Step

_WORDS = {
    "first": "the first of the", "last": "the last of the", "next": "the row after the",
    "previous": "the row before the",
}  # fmt: skip


def reading(grid: Grid, candidate: Candidate) -> str:
    """How the question was read: "rows where Result is Won; counted"."""
    chosen = " and ".join(selected(grid, selection) for selection in candidate.selections)
    return f"{chosen}; {_operation(grid, candidate)}"


def selected(grid: Grid, selection: Selection) -> str:
    """The rows of a selection in words."""
    words = "all rows"
    if selection.conditions:
        words = "rows where " + " and ".join(_condition(grid, c) for c in selection.conditions)
    for step in selection.steps:
        words = _stepped(grid, words, step)
    return words


def _stepped(grid: Grid, words: str, step: Step) -> str:
    words = words.removeprefix("all ")
    if step.view is None:
        return f"{_WORDS[step.kind]} {words}"
    header = column_name(grid, step.view.column)
    extreme = "greatest" if step.kind == "greatest" else "smallest"
    if grid.columns[step.view.column].kind == "date":
        extreme = "latest" if step.kind == "greatest" else "earliest"
    return f"of the {words} the one with the {extreme} {header}"


def _condition(grid: Grid, condition: Condition) -> str:
    header = column_name(grid, condition.column)
    words = condition.words
    if condition.kind == "not":
        return f"{header} is not {words}"
    if condition.kind == "contains":
        return f"{header} has the words {words}"
    if condition.kind == "same":
        return f"{header} is the same as for {words}"
    if condition.kind in ("stated", "missing"):
        return f"{header} is {words}"
    return f"{header} is {words}"


def column_name(grid: Grid, column: int) -> str:
    """A column's header on one line, or its number where it has none."""
    return " ".join(grid.columns[column].header.split()) or f"column {column + 1}"


def _operation(grid: Grid, candidate: Candidate) -> str:
    operation = candidate.operation
    header = "" if candidate.column is None else column_name(grid, candidate.column)
    if candidate.views:
        header = column_name(grid, candidate.views[0].column)
        kind = candidate.views[0].kind
        if kind in ("first", "second", "total", "margin"):
            header = (
                f"{kind} number of {header}"
                if kind in ("first", "second")
                else f"{kind} of {header}"
            )
    return {
        "lookup": f"{header} read", "parts": f"{header} read, its parts apart",
        "count": "counted", "count distinct": f"different {header} counted",
        "sum": f"{header} added up", "mean": f"mean of {header}",
        "median": f"median of {header}", "maximum": f"greatest {header}",
        "minimum": f"smallest {header}", "difference": f"difference of {header}",
        "range": f"greatest less smallest {header}",
        "difference of counts": "difference of the counts",
        "difference of columns": "difference of " + " and ".join(
            column_name(grid, view.column) for view in candidate.views),
        "compare": f"the one with the {_more(candidate)} {header}",
        "compare counts": f"the one with {_more(candidate)} rows",
        "compare columns": "the column with the " + _more(candidate) + " number",
        "most frequent": f"most frequent {header}", "least frequent": f"least frequent {header}",
        "greatest total": f"the one with the {_more(candidate)} total of {header}",
        "consecutive": "longest run counted", "whether": "whether there are any",
    }[operation]  # fmt: skip


def _more(candidate: Candidate) -> str:
    dated = candidate.views and candidate.views[0].kind == "date"
    if candidate.direction > 0:
        return "later" if dated else "greater"
    return "earlier" if dated else "smaller"


def worded(value: Value, unit: Unit) -> str:
    """One value for a sentence."""
    return formatted(value, unit) if isinstance(value, Decimal) else value


def joined(values: Sequence[str]) -> str:
    """Several things as English lists them.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} and {values[-1]}"


def sentence(grid: Grid, candidate: Candidate, value: Sequence[Value], unit: Unit) -> str:
    """One English sentence that leads with the answer."""
    answer = joined([worded(one, unit) for one in value])
    answer = answer[:1].upper() + answer[1:]
    operation = candidate.operation
    header = "" if candidate.column is None else column_name(grid, candidate.column)
    first = candidate.selections[0]
    where = _where(grid, first)
    if operation in ("lookup", "parts"):
        return f"{answer} {_reads(grid, candidate, len(value))}."
    if operation == "count":
        return f"{answer} of {grid.body.bit_count()} rows count{where}."
    if operation == "count distinct":
        return f"{answer} different values of {header} are listed{where}."
    if operation in ("sum", "mean", "median"):
        number = len(grid.rows(first.rows))
        return f"{answer} is the {operation} of {header} over {number} rows{where}."
    if operation in ("difference", "difference of columns", "range", "difference of counts"):
        return f"{answer} is the difference: {_sides(grid, candidate)}."
    return f"{answer}: {reading(grid, candidate)}."


def _where(grid: Grid, selection: Selection) -> str:
    words = selected(grid, selection)
    return "" if words == "all rows" else f": {words}"


def _reads(grid: Grid, candidate: Candidate, count: int) -> str:
    selection = candidate.selections[0]
    assert candidate.column is not None
    header = column_name(grid, candidate.column)
    rows = grid.rows(selection.rows)
    is_name = candidate.column == grid.name_column
    verb = "is" if count == 1 else "are"
    if len(rows) == 1 and not is_name and row_name(grid, rows[0]):
        return f"{verb} the {header} of {row_name(grid, rows[0])} ({selected(grid, selection)})"
    return f"{verb} the {header} of {selected(grid, selection)}"


def _sides(grid: Grid, candidate: Candidate) -> str:
    sides = []
    for selection in candidate.selections:
        rows = grid.rows(selection.rows)
        name = row_name(grid, rows[0]) if len(rows) == 1 else selected(grid, selection)
        if candidate.operation == "difference of counts":
            sides.append(f"{len(rows)} {selected(grid, selection)}")
            continue
        for view in candidate.views:
            cells = [" ".join(grid.columns[view.column].cells[row].printed.split()) for row in rows]
            if candidate.operation == "range":
                sides.append(f"greatest less smallest {column_name(grid, view.column)} of {name}")
            else:
                sides.append(
                    f"{column_name(grid, view.column)} of {name} is {' + '.join(cells[:6])}"
                )
    return ", ".join(sides)


def rounded_value(candidate: Candidate, value: Decimal) -> Decimal:
    """A computed value rounded as its operands allow."""
    stated = [v for view in candidate.views for v in view.values if v is not None]
    return rounded(value, stated) if candidate.operation in ("mean", "median") else value
