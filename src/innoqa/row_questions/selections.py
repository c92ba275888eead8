"""Rows that a question may speak of: conditions joined, then steps such as "the last" of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from innoqa.row_questions.conditions import Condition
from innoqa.row_questions.derived_conditions import derived_conditions
from innoqa.row_questions.grid import View
from innoqa.row_questions.linking import Links

StepKind = Literal["first", "last", "next", "previous", "greatest", "least"]


@dataclass(frozen=True, slots=True)
class Step:
    """One narrowing of a selection: by its order in the table, or by a view where there is one."""

    kind: StepKind
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows (bits) with the tokens that speak of them; ``base`` is the rows before the steps."""

    rows: int
    tokens: int
    conditions: tuple[Condition, ...] = ()
    steps: tuple[Step, ...] = ()
    base: int = 0

    @property
    def columns(self) -> frozenset[int]:
        """The columns that its conditions are on."""
        return frozenset(condition.column for condition in self.conditions)


def selections(links: Links, most: int = 36) -> tuple[Selection, ...]:
    """All rows, and the best conjunctions of up to three conditions."""
    question, body = links.question, links.grid.body
    conditions = [
        c for c in (*links.conditions, *derived_conditions(links)) if not _is_noun(links, c)
    ]
    conditions.sort(key=lambda c: (-_worth(links, c), c.column, c.tokens))
    conditions = conditions[:22]
    found: dict[tuple[int, int], Selection] = {}
    every = Selection(body, 0, (), (), body)
    for size in (1, 2, 3):
        for group in combinations(conditions, size):
            selection = _joined(group, body)
            if selection is None:
                continue
            key = (selection.rows, selection.tokens)
            if key not in found or _total(links, group) > _total(links, found[key].conditions):
                found[key] = selection
    ranked = sorted(
        found.values(),
        key=lambda s: (
            -question.weight(s.tokens)
            - 0.5 * _mean_worth(links, s.conditions)
            + 0.3 * len(s.conditions)
            + (1.0 if not s.rows else 0.0),
            s.rows,
        ),
    )
    single = sorted(
        (s for s in found.values() if len(s.conditions) == 1),
        key=lambda s: (-_total(links, s.conditions), s.rows),
    )[:8]
    kept = ranked[:most]
    kept += [s for s in single if s not in kept]
    if links.grid.totals and question.has("sum"):
        total = Condition(
            "total", links.grid.name_column, question.cues["sum"], links.grid.totals, 0.8, "total"
        )
        kept.append(Selection(total.rows, total.tokens, (total,), (), total.rows))
    return (every, *kept)


def _is_noun(links: Links, condition: Condition) -> bool:
    """Whether the words of a condition are only the noun asked for, which many cells say."""
    common = condition.rows.bit_count() > 0.3 * links.grid.height
    inside = not condition.tokens & ~links.question.head
    return condition.kind == "contains" and common and inside


def _worth(links: Links, condition: Condition) -> float:
    return (
        condition.quality
        + 0.4 * links.question.weight(condition.tokens)
        + 0.3 * condition.near_header
    )


def _total(links: Links, conditions: Sequence[Condition]) -> float:
    return sum(_worth(links, condition) for condition in conditions)


def _mean_worth(links: Links, conditions: Sequence[Condition]) -> float:
    return _total(links, conditions) / len(conditions) if conditions else 0.0


_GUESSED = frozenset({"contains", "similar", "means", "number", "stated", "missing"})


def _joined(group: Sequence[Condition], body: int) -> Selection | None:
    """The rows that meet every condition; None where two conditions share words or add nothing.

    What only rows of totals meet is not meant.
    """
    if any(condition.rows and not condition.rows & body for condition in group):
        return None
    rows, tokens = body, 0
    for condition in group:
        if tokens & condition.tokens:
            return None
        if len(group) > 1 and not condition.rows:
            return None
        narrowed = rows & condition.rows
        idle = narrowed == rows and rows != body and condition.kind in _GUESSED
        if len(group) > 1 and idle:
            return None
        rows, tokens = narrowed, tokens | condition.tokens
    return Selection(rows, tokens, tuple(group), (), rows)


def stepped(links: Links, selection: Selection, step: Step, tokens: int) -> Selection | None:
    """A selection after one more step; None where nothing is left."""
    rows = _after(links, selection, step)
    if not rows:
        return None
    return Selection(
        rows, selection.tokens | tokens, selection.conditions, (*selection.steps, step),
        selection.base,
    )  # fmt: skip


def _after(links: Links, selection: Selection, step: Step) -> int:
    bits, body = selection.rows, links.grid.body
    if not bits:
        return 0
    if step.view is not None:
        return _extreme(links.grid.rows(bits), step.view, step.kind)
    first, last = bits & -bits, 1 << (bits.bit_length() - 1)
    later, earlier = body & ~((last << 1) - 1), body & (first - 1)
    nearest = 1 << (earlier.bit_length() - 1) if earlier else 0
    return {"first": first, "last": last, "next": later & -later, "previous": nearest}[step.kind]


def _extreme(rows: Sequence[int], view: View, kind: StepKind) -> int:
    """The rows with the greatest or the least value, as bits."""
    stated = [(value, row) for row in rows if (value := view.values[row]) is not None]
    if not stated:
        return 0
    best = max(stated)[0] if kind == "greatest" else min(stated)[0]
    return sum(1 << row for value, row in stated if value == best)
