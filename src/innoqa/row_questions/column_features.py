"""What speaks for and against the column that a reading reads or computes with."""

from innoqa.row_questions.candidate import Candidate
from innoqa.row_questions.grid import Column
from innoqa.row_questions.linking import Links
from innoqa.row_questions.selection_features import Features, add, ordered_by
from innoqa.row_questions.words import GROUPS


def asked_for(found: Features, links: Links, column: Column, name: str) -> None:
    """How well a column fits the noun that the question asks for."""
    question, header = links.question, links.headers[column.number]
    if header.exact & question.head:
        add(found, f"{name} is asked for")
        add(found, f"{name} is asked for, share", header.share)
        last = 1 << (question.head.bit_length() - 1)
        add(found, f"{name} is asked for, last word", float(bool(header.exact & last)))
    elif header.exact:
        add(found, f"{name} is named")
        add(found, f"{name} is named, share", header.share)
    elif header.near & question.head:
        add(found, f"{name} is near what is asked for")
    elif header.near:
        add(found, f"{name} is near a word")
    else:
        add(found, f"{name} is unnamed")
    if column.number == links.grid.name_column:
        add(found, f"{name} is the name")
        add(
            found,
            f"{name} is the name of the title's noun",
            float(bool(question.head & links.title)),
        )
    if links.saying[column.number] >= 0.15:
        add(found, f"{name}'s cells say the noun", min(1.0, 2 * links.saying[column.number]))


def column_features(found: Features, links: Links, candidate: Candidate) -> None:
    """Those of a column whose cells are the answer."""
    question = links.question
    assert candidate.column is not None
    column = links.grid.columns[candidate.column]
    asked_for(found, links, column, "column")
    kind = candidate.views[0].kind if candidate.views else column.kind
    add(found, f"{question.asks} reads {kind}")
    add(found, "column is given", column.number in _given(candidate))
    ordered = {s.view.column for one in candidate.selections for s in one.steps if s.view}
    if candidate.operation not in ("maximum", "minimum"):
        add(found, "column is what orders", column.number in ordered)
    if question.asks == "who" and column.kind == "text":
        persons = any("who" in GROUPS.get(one, ()) for one in column.stems)
        add(found, "who reads a person's column", persons)
    if question.asks == "when" and not candidate.views:
        year = any(token.stem == "year" for token in question.tokens)
        more = any(len(str(one)) > 4 for one in candidate.value)
        add(found, "year wanted, more read", year and more)
    _groups(found, links, candidate, column)
    several = len(candidate.value) > 1
    number = "plural" if question.plural else "singular"
    add(found, f"{'several' if several else 'one'}, {number}")
    add(found, "several values", min(len(candidate.value) - 1, 6) / 3)


def _groups(found: Features, links: Links, candidate: Candidate, column: Column) -> None:
    if candidate.operation in ("most frequent", "least frequent"):
        add(found, "frequent among different", column.distinct / max(1, column.stated.bit_count()))
        noun = links.headers[links.grid.name_column].exact | links.title
        beside = 0
        for adjective in links.question.adjectives:
            beside |= 0b11 << (adjective.token + 1)
        add(found, "frequency of the rows' noun", bool(noun & beside))
    if candidate.operation == "greatest total":
        ordered_by(found, links, candidate.views[0], candidate.direction)


def _given(candidate: Candidate) -> frozenset[int]:
    """The columns that the conditions are on."""
    return frozenset[int]().union(*(selection.columns for selection in candidate.selections))


def measure_features(found: Features, links: Links, candidate: Candidate) -> None:
    """Those of a column whose numbers are computed with or compared."""
    view = candidate.views[0]
    column = links.grid.columns[view.column]
    if candidate.operation == "compare":
        ordered_by(found, links, view, candidate.direction)
    else:
        asked_for(found, links, column, "measure")
        add(found, f"measure of kind {view.kind}")
        add(found, "measure is a rank", column.is_rank)
        if links.question.has("years between"):
            years = view.kind in ("date", "years")
            add(found, "years are asked for" if years else "years are not")
    add(found, "measure is given", view.column in _given(candidate))
