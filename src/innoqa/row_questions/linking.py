"""What in a table the words of a question may mean: columns by headers, rows by cells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from innoqa.row_questions.cell_conditions import (
    completed_conditions,
    flag_conditions,
    meant_conditions,
    similar_conditions,
    value_conditions,
)
from innoqa.row_questions.conditions import Condition, HeaderLink
from innoqa.row_questions.grid import Column, Grid
from innoqa.row_questions.number_conditions import (
    day_conditions,
    number_conditions,
    unit_conditions,
)
from innoqa.row_questions.question import Question
from innoqa.row_questions.words import folded, likeness, related, tokens


@dataclass(frozen=True)
class Links:
    """All links between one question and one table."""

    question: Question
    grid: Grid
    headers: tuple[HeaderLink, ...]
    conditions: tuple[Condition, ...]
    title: int = 0
    """The tokens that the table's title says."""

    @cached_property
    def saying(self) -> tuple[float, ...]:
        """The part of each column's cells that say the noun asked for."""
        question, grid = self.question, self.grid
        stems = {
            token.stem
            for at, token in enumerate(question.tokens)
            if question.head >> at & 1 and question.weights[at]
        }
        return tuple(
            sum(not stems.isdisjoint(cell.stems) for cell in column.cells) / max(1, grid.height)
            for column in grid.columns
        )

    @cached_property
    def names(self) -> int:
        """The tokens that name a cell in several words, exactly."""
        bits = 0
        for condition in self.conditions:
            if condition.kind == "is" and condition.tokens.bit_count() > 1:
                bits |= condition.tokens
        return bits

    @cached_property
    def linked(self) -> int:
        """The tokens that a header or a cell has exactly."""
        bits = 0
        for link in self.headers:
            bits |= link.exact
        for condition in self.conditions:
            if condition.kind in ("is", "contains", "compared", "date", "number"):
                bits |= condition.tokens
        return bits


def link(question: Question, grid: Grid, title: str = "") -> Links:
    """Link the words of a question to a table and its title."""
    headers = tuple(_header_link(question, column) for column in grid.columns)
    conditions = _cell_conditions(question, grid, headers)
    for column in grid.columns:
        header = headers[column.number]
        conditions += number_conditions(question, column, header)
        conditions += unit_conditions(question, column)
        conditions += day_conditions(question, column)
        conditions += flag_conditions(question, column, header)
    found = [
        _placed(condition, headers[condition.column])
        for condition in conditions
        if condition.rows or condition.kind == "compared"
    ]
    named = {token.stem for token in tokens(folded(title))}
    said = sum(
        1 << at
        for at, token in enumerate(question.tokens)
        if token.stem in named and question.weights[at]
    )
    return Links(question, grid, headers, _strongest(found), said)


def _cell_conditions(
    question: Question, grid: Grid, headers: Sequence[HeaderLink]
) -> list[Condition]:
    """By the words in cells; a number that is part of a comparison or a date says nothing alone."""
    compared = 0
    for mention in question.numbers:
        compared |= mention.tokens if mention.explicit and mention.sign != "=" else 0
    pieces = _pieces(question)
    conditions = [
        condition
        for condition in value_conditions(question, grid)
        if condition.tokens & ~compared
        and (condition.tokens.bit_count() > 1 or not condition.tokens & pieces)
    ]
    known = 0
    for one in (*(c.tokens for c in conditions), *(header.exact for header in headers)):
        known |= one
    similar = list(similar_conditions(question, grid, known))
    completed = list(completed_conditions(similar, [*conditions, *similar]))
    return [*conditions, *similar, *completed, *meant_conditions(question, grid)]


def _pieces(question: Question) -> int:
    """Tokens that are part of a date, a decade or a joined number, and mean nothing alone."""
    bits = 0
    for mention in question.days:
        alone = mention.tokens.bit_count() == 1 or mention.sign != "="
        bits |= 0 if alone and not mention.decade else mention.tokens
    for at, token in enumerate(question.tokens):
        before = question.text[max(0, token.start - 1) : token.start]
        if token.word[0].isdigit() and before in ("/", "-") and token.start > 1:
            bits |= 1 << at
    return bits


def _header_link(question: Question, column: Column) -> HeaderLink:
    exact = near = 0
    met: set[str] = set()
    for at, token in enumerate(question.tokens):
        said = bool(question.weights[at])
        if token.stem in column.stems and (said or column.stems == (token.stem,)):
            exact |= 1 << at
            met.add(token.stem)
        elif _is_near(token.stem, column, said=said):
            near |= 1 << at
    share = len(met) / len(set(column.stems)) if column.stems else 0.0
    return HeaderLink(exact, near, share)


def _is_near(one: str, column: Column, *, said: bool) -> bool:
    """Whether a stem is about what a header names; ``said`` tells that it is no stop word."""
    if said and (one in column.lesser_stems or any(likeness(one, o) for o in column.stems)):
        return True
    return any(related(one, other) for other in column.stems)


def _placed(condition: Condition, header: HeaderLink) -> Condition:
    """The condition, told whether its column's header stands near its words."""
    span = condition.tokens
    near = (span << 1 | span >> 1 | span << 2 | span >> 2 | span << 3 | span >> 3) & ~span
    if header.exact & near:
        return replace(condition, near_header=0.5 + header.share / 2)
    return replace(condition, near_header=0.5) if header.near & near else condition


def _strongest(conditions: Sequence[Condition], most: int = 40) -> tuple[Condition, ...]:
    """The conditions that fit best, none told twice."""
    unique: dict[tuple[int, int, int], Condition] = {}
    for condition in sorted(conditions, key=lambda c: -c.quality):
        unique.setdefault((condition.column, condition.tokens, condition.rows), condition)
    ranked = sorted(
        unique.values(),
        key=lambda c: (-(c.quality + 0.3 * c.near_header + 0.1 * c.tokens.bit_count()), c.column),
    )
    return tuple(ranked[:most])
