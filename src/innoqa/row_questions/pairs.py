"""Two things that a question may compare: rows chosen alike, or two columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, islice

from innoqa.row_questions.candidate import Value
from innoqa.row_questions.conditions import Condition
from innoqa.row_questions.grid import View
from innoqa.row_questions.linking import Links
from innoqa.row_questions.ranking import ranked_views
from innoqa.row_questions.selections import Selection

_JOINING = frozenset("and or to than from versus vs with".split())
_MOST_PAIRS = 40
_YEAR = 372  # a date's number counts 31 days a month


@dataclass(frozen=True, slots=True)
class Pair:
    """Two selections that differ in one condition, in the order in which the question has them."""

    one: Selection
    other: Selection
    mine: Condition
    theirs: Condition

    @property
    def tokens(self) -> int:
        """The tokens that either speaks of."""
        return self.one.tokens | self.other.tokens

    @property
    def columns(self) -> frozenset[int]:
        """The columns that either has a condition on."""
        return self.one.columns | self.other.columns


def pairs(named: Sequence[Selection]) -> Iterator[Pair]:
    """The pairs of some selections, likely ones first, and not more than can be tried."""
    usable = [selection for selection in named if selection.rows and selection.conditions]
    found = (_pair(one, other) for one, other in combinations(usable, 2))
    yield from islice((pair for pair in found if pair is not None), _MOST_PAIRS)


def _pair(one: Selection, other: Selection) -> Pair | None:
    mine = set(one.conditions) - set(other.conditions)
    theirs = set(other.conditions) - set(one.conditions)
    if one.rows == other.rows or len(mine) != 1 or len(theirs) != 1:
        return None
    (a,), (b,) = mine, theirs
    if a.column != b.column or a.tokens & b.tokens:
        return None
    return Pair(one, other, a, b) if a.tokens < b.tokens else Pair(other, one, b, a)


def column_pairs(links: Links) -> Iterator[tuple[View, View, int]]:
    """Two columns that the question names apart, with the tokens that name them."""
    named = [
        view
        for view in ranked_views(links)
        if links.headers[view.column].exact
        and links.grid.columns[view.column].kind != "text"
        and view == links.grid.columns[view.column].views[0]
    ]
    for one, other in combinations(named[:5], 2):
        mine, theirs = links.headers[one.column].exact, links.headers[other.column].exact
        apart = mine & ~theirs and theirs & ~mine
        if one.kind == other.kind and apart and _joined(links, mine, theirs):
            yield one, other, mine | theirs


def _joined(links: Links, mine: int, theirs: int) -> bool:
    """Whether "and", "or" or the like stands between the names of two columns."""
    first, second = sorted((mine, theirs))
    tokens = links.question.tokens[first.bit_length() : second.bit_length()]
    return any(token.word in _JOINING for token in tokens)


def value_of(links: Links, selection: Selection, view: View) -> Decimal | None:
    """What a view states for a selection, added up over several rows."""
    values = [view.values[row] for row in links.grid.rows(selection.rows)]
    stated = [value for value in values if value is not None]
    return sum(stated, Decimal(0)) if stated else None


def name_of(links: Links, selection: Selection, condition: Condition) -> tuple[Value, ...]:
    """What a compared selection is called: by its cell, or as the question does."""
    cells = links.grid.columns[condition.column].cells
    names = {" ".join(cells[row].printed.split()) for row in links.grid.rows(selection.rows)}
    return (names.pop(),) if len(names) == 1 else (condition.words,)


def apart(a: Decimal, b: Decimal, view: View) -> Decimal | None:
    """The difference of two values; of two dates, in years, None where a year is not stated."""
    if view.kind != "date":
        return abs(a - b)
    return abs(a // _YEAR - b // _YEAR) if min(a, b) >= _YEAR else None
