"""Readings that take one value from another."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from innoqa.row_questions.candidate import Candidate
from innoqa.row_questions.linking import Links
from innoqa.row_questions.pairs import Pair, apart, column_pairs, pairs, value_of
from innoqa.row_questions.ranking import ranked_views
from innoqa.row_questions.selections import Selection


def differences(links: Links, named: Sequence[Selection]) -> Iterator[Candidate]:
    """The difference of two rows, two counts or two columns, or of the greatest and the least."""
    question = links.question
    if not question.has("difference", "years between"):
        return
    cue = question.cues.get("difference", 0) | question.cues.get("years between", 0)
    for pair in pairs(named):
        yield from _of_rows(links, pair, pair.tokens | cue | question.cues.get("count", 0))
    yield from _of_columns(links, named, cue)
    yield from _ranges(links, named, cue)


def _of_rows(links: Links, pair: Pair, tokens: int) -> Iterator[Candidate]:
    head, chosen = links.question.head, (pair.one, pair.other)
    for view in ranked_views(links):
        a, b = value_of(links, pair.one, view), value_of(links, pair.other, view)
        if a is None or b is None or view.column in pair.columns:
            continue
        value, header = apart(a, b, view), links.headers[view.column]
        if value is not None:
            half = header.near | head
            yield Candidate(
                "difference", (value,), chosen, tokens | header.exact, half, view.column, (view,)
            )
    counts = Decimal(abs(pair.one.rows.bit_count() - pair.other.rows.bit_count()))
    yield Candidate("difference of counts", (counts,), chosen, tokens, head)


def _of_columns(links: Links, named: Sequence[Selection], cue: int) -> Iterator[Candidate]:
    for one, other, bits in column_pairs(links):
        for selection in named:
            a, b = value_of(links, selection, one), value_of(links, selection, other)
            if a is None or b is None or {one.column, other.column} & selection.columns:
                continue
            value = apart(a, b, one)
            if value is not None:
                yield Candidate(
                    "difference of columns",
                    (value,),
                    (selection,),
                    selection.tokens | bits | cue,
                    links.question.head,
                    one.column,
                    (one, other),
                )


def _ranges(links: Links, named: Sequence[Selection], cue: int) -> Iterator[Candidate]:
    """Greatest less least of the same selection."""
    question = links.question
    directions = {a.direction for a in question.adjectives if a.superlative}
    ends = question.has("first") and question.has("last")
    if not ({1, -1} <= directions or ends):
        return
    bits = sum({1 << a.token for a in question.adjectives}) | cue
    bits |= question.cues.get("first", 0) | question.cues.get("last", 0)
    every = Selection(links.grid.body, 0, (), (), links.grid.body)
    for selection in (every, *named[:8]):
        for view in ranked_views(links):
            cells = (view.values[row] for row in links.grid.rows(selection.rows))
            stated = [value for value in cells if value is not None]
            if len(stated) < 2 or view.kind == "date":
                continue
            header = links.headers[view.column]
            yield Candidate(
                "range",
                (max(stated) - min(stated),),
                (selection,),
                selection.tokens | header.exact | bits,
                header.near | question.head,
                view.column,
                (view,),
            )
