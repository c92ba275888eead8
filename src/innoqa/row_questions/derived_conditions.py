"""Conditions made of others: their opposite, lists, and comparisons to a named row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from innoqa.row_questions.conditions import Condition
from innoqa.row_questions.grid import Column
from innoqa.row_questions.linking import Links

_SIMPLE = frozenset({"is", "contains", "means", "similar", "date", "number", "compared"})
_LISTING = frozenset("and or nor & the a in on at of by from for to both either versus vs".split())


def derived_conditions(links: Links) -> Iterator[Condition]:
    """What the question makes of the conditions that its words are linked to."""
    question = links.question
    simple = [condition for condition in links.conditions if condition.kind in _SIMPLE]
    lists = [*_several(links, simple), *_either(links, simple[:14])]
    yield from lists
    if question.has("not", "other"):
        cue = question.cues.get("other", 0) | question.cues.get("not", 0)
        for condition in (*simple[:10], *lists):
            yield _opposite(links, condition, cue)
    than = any(token.word in ("than", "as") for token in question.tokens)
    for condition in [c for c in simple if _is_one_row(links, c)][:6]:
        for column in links.grid.columns:
            if column.number != condition.column:
                if question.has("same"):
                    yield _same(links, condition, column)
                if than and not question.has("difference"):
                    yield from _beating(links, condition, column)


def _either(links: Links, simple: Sequence[Condition]) -> Iterator[Condition]:
    """One or the other of two things of one column."""
    for one, other in combinations(simple, 2):
        if one.column == other.column and one.rows != other.rows and _listed(links, one, other):
            yield _union((one, other), f"{one.words} or {other.words}")


def _union(parts: Sequence[Condition], words: str) -> Condition:
    rows = tokens = 0
    for part in parts:
        rows, tokens = rows | part.rows, tokens | part.tokens
    quality = sum(part.quality for part in parts) / len(parts) * 0.9
    return Condition("either", parts[0].column, tokens, rows, quality, words, parts=tuple(parts))


def _listed(links: Links, one: Condition, other: Condition) -> bool:
    """Whether the words of two conditions stand in one list: "A and B", "A, B"."""
    first, second = sorted((one, other), key=lambda condition: condition.tokens)
    tokens = links.question.tokens
    end, start = first.tokens.bit_length(), (second.tokens & -second.tokens).bit_length() - 1
    if first.tokens & second.tokens or end > start or start - end > 3:
        return False
    between = links.question.text[tokens[end - 1].end : tokens[start].start]
    words = [token.word for token in tokens[end:start]]
    joined = "," in between or "&" in between or not {"and", "or", "nor"}.isdisjoint(words)
    return joined and all(word in _LISTING for word in words)


def _several(links: Links, simple: Sequence[Condition]) -> Iterator[Condition]:
    """Three or more things of one column in a list."""
    for column in sorted({condition.column for condition in simple}):
        ordered = sorted(
            (c for c in simple if c.column == column and c.kind in ("is", "contains") and c.rows),
            key=lambda condition: (condition.tokens & -condition.tokens, -condition.tokens),
        )
        named: list[Condition] = []
        for condition in ordered:
            if named and _listed(links, named[-1], condition):
                named.append(condition)
            elif len(named) < 3 and not (named and named[-1].tokens & condition.tokens):
                named = [condition]
        if len(named) > 2:
            yield _union(named, ", ".join(condition.words for condition in named))


def _opposite(links: Links, condition: Condition, cue: int) -> Condition:
    stated = links.grid.columns[condition.column].stated
    return replace(
        condition,
        kind="not",
        rows=links.grid.body & ~condition.rows & stated,
        tokens=condition.tokens | cue,
        quality=condition.quality * 0.9,
        parts=(condition,),
    )


def _is_one_row(links: Links, condition: Condition) -> bool:
    one = (condition.rows & links.grid.body).bit_count() == 1
    return one and condition.kind != "compared"


def _same(links: Links, condition: Condition, column: Column) -> Condition:
    """The other rows that have in a column what the named row has."""
    row = (condition.rows & links.grid.body).bit_length() - 1
    header = links.headers[column.number]
    return Condition(
        kind="same",
        column=column.number,
        tokens=condition.tokens | links.question.cues["same"] | header.exact,
        rows=column.by_folded[column.cells[row].folded] & links.grid.body & ~(1 << row),
        quality=0.3 + 0.3 * header.share + 0.1 * bool(header.near),
        words=condition.words,
        near_header=header.share,
        parts=(condition,),
    )


def _beating(links: Links, condition: Condition, column: Column) -> Iterator[Condition]:
    """The rows that have more in a column than the named row, or less."""
    comparative = [a for a in links.question.adjectives if not a.superlative]
    if not column.views:
        return
    values = column.views[0].values
    bound = values[(condition.rows & links.grid.body).bit_length() - 1]
    header = links.headers[column.number]
    for direction in sorted({adjective.direction for adjective in comparative}):
        if bound is None:
            return
        rows = sum(
            1 << row
            for row, value in enumerate(values)
            if value is not None and (value - bound) * direction > 0
        )
        cue = sum(1 << a.token for a in comparative if a.direction == direction)
        yield Condition(
            kind="beats",
            column=column.number,
            tokens=condition.tokens | cue | header.exact,
            rows=rows & links.grid.body,
            quality=0.3 + 0.4 * header.share + 0.1 * bool(header.near),
            words=f"{'more' if direction > 0 else 'less'} than {condition.words}",
            near_header=header.share,
            parts=(condition,),
        )
