"""Readings that compare: which of two has more, and whether one has."""

from collections.abc import Iterator, Mapping, Sequence

from innoqa.row_questions.candidate import Candidate, Value
from innoqa.row_questions.grid import View
from innoqa.row_questions.linking import Links
from innoqa.row_questions.pairs import Pair, column_pairs, name_of, pairs, value_of
from innoqa.row_questions.ranking import ranked_views
from innoqa.row_questions.selections import Selection

Directions = Mapping[int, int]
"""The tokens that ask for the greater (1) or the lesser (-1)."""


def comparisons(links: Links, named: Sequence[Selection]) -> Iterator[Candidate]:
    """Which of two rows, two groups of rows or two columns has more, or less."""
    question = links.question
    if not question.has("or", "and") and not question.adjectives:
        return
    directions = _directions(links)
    for pair in pairs(named):
        yield from _of_rows(links, pair, directions)
        yield from _of_counts(links, pair, directions)
    yield from _of_columns(links, named, directions)


def _directions(links: Links) -> Directions:
    question = links.question
    found: dict[int, int] = {}
    for adjective in question.adjectives:
        bits = found.get(adjective.direction, 0)
        found[adjective.direction] = bits | 1 << adjective.token
    for cue, direction in (("first", -1), ("last", 1)):
        if question.has(cue):
            found[direction] = found.get(direction, 0) | question.cues[cue]
    return found or {1: 0}


def _of_rows(links: Links, pair: Pair, directions: Directions) -> Iterator[Candidate]:
    question = links.question
    names = (name_of(links, pair.one, pair.mine), name_of(links, pair.other, pair.theirs))
    tokens = pair.tokens | question.cues.get("or", 0)
    for view in ranked_views(links):
        a, b = value_of(links, pair.one, view), value_of(links, pair.other, view)
        if a is None or b is None or a == b or view.column == pair.mine.column:
            continue
        header = links.headers[view.column]
        for direction in _possible(links, view, directions):
            bits = directions.get(direction, directions.get(-direction, 0))
            yield Candidate(
                "compare",
                names[0] if (a - b) * direction > 0 else names[1],
                (pair.one, pair.other),
                tokens | header.exact | bits,
                header.near | question.head,
                view.column,
                (view,),
                direction,
            )


def _possible(links: Links, view: View, directions: Directions) -> list[int]:
    """The directions asked for; both where a small number may be the great one."""
    if links.grid.columns[view.column].is_rank or view.kind == "time":
        return sorted({*directions, *(-direction for direction in directions)})
    return sorted(directions)


def _of_counts(links: Links, pair: Pair, directions: Directions) -> Iterator[Candidate]:
    question = links.question
    difference = pair.one.rows.bit_count() - pair.other.rows.bit_count()
    names = (name_of(links, pair.one, pair.mine), name_of(links, pair.other, pair.theirs))
    tokens = pair.tokens | question.cues.get("or", 0)
    for direction, bits in sorted(directions.items()):
        if difference:
            yield Candidate(
                "compare counts",
                names[0] if difference * direction > 0 else names[1],
                (pair.one, pair.other),
                tokens | bits,
                question.head,
                pair.mine.column,
                (),
                direction,
            )


def _of_columns(
    links: Links, named: Sequence[Selection], directions: Directions
) -> Iterator[Candidate]:
    """Which of two columns has more in a row: the answer is a header."""
    cue = links.question.cues.get("or", 0)
    for one, other, header in column_pairs(links):
        for selection in named:
            a, b = value_of(links, selection, one), value_of(links, selection, other)
            if a is None or b is None or a == b:
                continue
            for direction, bits in sorted(directions.items()):
                column = one.column if (a - b) * direction > 0 else other.column
                yield Candidate(
                    "compare columns",
                    (links.grid.columns[column].header,),
                    (selection,),
                    selection.tokens | header | bits | cue,
                    links.question.head,
                    column,
                    (one, other),
                    direction,
                )


def verdicts(links: Links, named: Sequence[Selection]) -> Iterator[Candidate]:
    """Yes or no: whether there are such rows, or whether one has more than another."""
    question = links.question
    for selection in named:
        if len(selection.conditions) > 1 or not selection.rows:
            verdict: Value = "yes" if selection.rows else "no"
            yield Candidate("whether", (verdict,), (selection,), selection.tokens, question.head)
    directions = {a.direction: 1 << a.token for a in question.adjectives if not a.superlative}
    for cue, direction in (("previous", -1), ("next", 1)):
        if question.has(cue):
            directions[direction] = question.cues[cue]
    for pair in pairs(named):
        for view in ranked_views(links):
            if view.column not in pair.one.columns:
                yield from _verdict(links, pair, view, directions)


def _verdict(links: Links, pair: Pair, view: View, directions: Directions) -> Iterator[Candidate]:
    a, b = value_of(links, pair.one, view), value_of(links, pair.other, view)
    if a is None or b is None:
        return
    header = links.headers[view.column]
    for direction, bits in sorted(directions.items()):
        yield Candidate(
            "whether",
            ("yes" if (a - b) * direction > 0 else "no",),
            (pair.one, pair.other),
            pair.tokens | bits | header.exact,
            header.near | links.question.head,
            view.column,
            (view,),
            direction,
        )
