"""The columns of a table, and the ways to read them, in the order of how likely they are meant."""

from innoqa.row_questions.grid import Column, View
from innoqa.row_questions.linking import Links


def ranked_views(links: Links, most: int = 9) -> list[View]:
    """The views that the question most likely speaks of, best first."""

    def fitness(view: View) -> tuple[float, int, int]:
        header = links.headers[view.column]
        column = links.grid.columns[view.column]
        score = 2 * header.share + (0.5 if header.near else 0.0)
        score += 0.3 if column.kind in ("date", "rank") else 0.0
        score -= 0.4 if view != column.views[0] else 0.0
        return (-score, view.column, column.views.index(view))

    views = [view for column in links.grid.columns for view in column.views]
    return sorted(views, key=fitness)[:most]


def ranked_columns(links: Links, most: int = 12) -> list[Column]:
    """The columns that the question most likely asks for, best first."""
    question = links.question

    def fitness(column: Column) -> tuple[float, int]:
        header = links.headers[column.number]
        score = 2.0 * bool(header.exact & question.head) + bool(header.near & question.head)
        score += header.share + 0.3 * bool(header.near)
        score += 0.8 * (column.number == links.grid.name_column)
        score += 0.5 * (question.asks in ("who", "where") and column.kind == "text")
        score += 0.9 * (question.asks == "when" and column.kind == "date")
        return (-score, column.number)

    return sorted(links.grid.columns, key=fitness)[:most]
