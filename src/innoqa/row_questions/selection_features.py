"""What speaks for and against the rows that a reading selects, and what it orders them by."""

from innoqa.row_questions.adjectives import Adjective
from innoqa.row_questions.conditions import Condition
from innoqa.row_questions.grid import Column, View
from innoqa.row_questions.linking import Links
from innoqa.row_questions.selections import Selection, Step
from innoqa.row_questions.words import GROUPS

Features = dict[str, float]


def add(found: Features, name: str, amount: float = 1.0) -> None:
    """Count a feature; what is 0 is left out."""
    if amount:
        found[name] = found.get(name, 0.0) + amount


def selection_features(found: Features, links: Links, selection: Selection, part: float) -> None:
    """Those of one selection, each counted for ``part``."""
    conditions = selection.conditions
    if not conditions:
        add(found, "all rows, narrowed" if selection.steps else "all rows", part)
    for condition in conditions:
        _condition(found, links, condition, part)
    if len(conditions) > 1:
        add(found, "more conditions", (len(conditions) - 1) * part)
        one_column = len(selection.columns) < len(conditions)
        add(found, "two conditions on one column", one_column * part)
    add(found, "no rows", (not selection.rows) * part)
    for step in selection.steps:
        _step(found, links, selection, step)


def _condition(found: Features, links: Links, condition: Condition, part: float) -> None:
    kind = condition.kind
    add(found, f"condition:{kind}", part)
    add(found, "condition's misfit", (1 - condition.quality) * part)
    add(found, "condition's header named", condition.near_header * part)
    add(found, "condition on names", (condition.column == links.grid.name_column) * part)
    if kind in ("is", "contains", "similar", "means"):
        _words(found, links, condition, part)
    if kind in ("is", "contains", "number") and _is_digits(links, condition.tokens):
        add(found, f"bare number:{kind}", part)
        add(found, "bare number without header", (not condition.near_header) * part)


def _words(found: Features, links: Links, condition: Condition, part: float) -> None:
    """Whether the words of a condition may rather be the noun asked for, a header or a title."""
    question, kind, bits = links.question, condition.kind, condition.tokens
    headers = 0
    for header in links.headers:
        headers |= header.exact
    noun = not bits & ~(question.head | links.title) and bits & question.head != 0
    add(found, f"{kind} by the noun asked for", noun * part)
    add(found, f"{kind} by a header's words", (not bits & ~headers) * part)
    add(found, f"{kind} by the title's words", (not bits & ~links.title) * part)
    content = question.weight(bits)
    add(found, f"{kind} by one word", (content <= 1.2) * part)
    add(found, f"{kind}, words", min(content, 5.0) * part)
    share = condition.rows.bit_count() / max(1, links.grid.height)
    add(found, f"{kind}, share of rows", share * part)


def _is_digits(links: Links, bits: int) -> bool:
    words = [t.word for at, t in enumerate(links.question.tokens) if bits >> at & 1]
    return len(words) == 1 and words[0][0].isdigit()


def _step(found: Features, links: Links, selection: Selection, step: Step) -> None:
    add(found, f"step:{step.kind}{'' if step.view is None else ' by view'}")
    if step.view is not None:
        ordered_by(found, links, step.view, 1 if step.kind == "greatest" else -1)
    elif step.kind in ("first", "last"):
        dated = any(column.kind == "date" for column in links.grid.columns)
        add(found, "order of rows although dated" if dated else "order of rows")
    elif links.grid.name_column in selection.columns:
        add(found, "neighbour of a name")


def ordered_by(found: Features, links: Links, view: View, direction: int) -> None:
    """How well a view fits the words that ask for its greatest or least."""
    question, column = links.question, links.grid.columns[view.column]
    header = links.headers[view.column]
    add(found, "order's header named", header.share)
    add(found, "order's header partly named", 0 < header.share < 1)
    add(found, "order's header near", not header.exact and header.near != 0)
    add(found, "order unnamed", not header.exact and not header.near)
    add(found, f"order of kind {view.kind}")
    add(found, "order by rank", column.is_rank)
    add(found, "order by lesser view", view != column.views[0])
    agreements = [_agreement(a, links, view, direction) for a in question.adjectives]
    if column.kind in ("date", "rank") and question.has("first" if direction < 0 else "last"):
        agreements.append(1.0)
    add(found, "order agrees", max(agreements, default=0.0))
    beside = 0
    for adjective in question.adjectives:
        beside |= 0b11 << (adjective.token + 1)
    add(found, "order's header beside", bool(beside & header.exact))


_OF_RANKS = {
    **dict.fromkeys(("highest", "best", "top", "higher", "better", "greatest"), -1),
    **dict.fromkeys(("lowest", "worst", "lower", "worse", "bottom"), 1),
}


def _agreement(adjective: Adjective, links: Links, view: View, direction: int) -> float:
    """1 where the direction is the one that the adjective means, -1 where it is the other.

    1 more where the column measures what the adjective does ("longest", a length), less where not.
    """
    column = links.grid.columns[view.column]
    expected = adjective.direction
    word = links.question.tokens[adjective.token].word
    if column.is_rank:
        expected = _OF_RANKS.get(word, expected)
    elif view.kind == "time" and word in ("best", "better", "top"):
        expected = -1
    score = 1.0 if direction == expected else -1.0
    if adjective.group:
        score += 1.0 if _measures(column, view, adjective.group) else -0.5
    return score


_MEASURED = {"old": ("date",), "time": ("time",), "length": ("time", "years")}


def _measures(column: Column, view: View, group: str) -> bool:
    stems = (*column.stems, *column.lesser_stems)
    if any(group in GROUPS.get(one, ()) for one in stems):
        return True
    return view.kind in _MEASURED.get(group, ())
