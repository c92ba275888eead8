"""Conditions by what cells say: the words of a question found in them, or their like."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from innoqa.row_questions.cells import MISSING
from innoqa.row_questions.conditions import Condition, HeaderLink
from innoqa.row_questions.grid import Column, Grid
from innoqa.row_questions.question import Question
from innoqa.row_questions.words import STOP_WORDS, likeness, stem

_MEANT = tuple(
    (frozenset(map(stem, words.split())), frozenset(cells.split()))
    for words, cells in (
        ("win won wins victory beat defeated winner", "w won win winner victory"),
        ("lose lost loss losses defeat", "l lost loss lose defeat"),
        ("draw drew tie tied draws", "d draw drawn t tie tied drew"),
        ("home", "h home"),
        ("away road", "a away at @"),
        ("women woman female females girl", "f w female women woman"),
        ("men man male males boy", "m male men man"),
        ("runner-up second", "2nd 2 runner-up"),
        ("champion champions championship", "1st winner champion champions won"),
        ("gold", "1st"),
        ("silver", "2nd"),
        ("bronze", "3rd"),
        ("discontinued ended", "discontinued ended"),
    )
)
_LONGEST_SPAN = 12


def value_conditions(question: Question, grid: Grid) -> Iterator[Condition]:
    """Rows whose cells have words of the question, whole cells or parts of them."""
    stems = [token.stem for token in question.tokens]
    places: dict[str, list[int]] = {}
    for at, one in enumerate(stems):
        places.setdefault(one, []).append(at)
    for column in grid.columns:
        spans: dict[tuple[int, int], tuple[int, float]] = {}
        for rows, cell in column.different:
            for start, length in _matches(stems, places, cell.stems):
                bits = ((1 << length) - 1) << start
                if not question.weight(bits) and length < len(cell.stems):
                    continue
                if not question.weight(bits) and cell.stems[0] in STOP_WORDS and length == 1:
                    continue
                known_rows, quality = spans.get((start, length), (0, 0.0))
                share = length / len(cell.stems)
                spans[start, length] = (known_rows | rows, max(quality, share))
        yield from _from_spans(question, column, spans)


def _matches(
    stems: Sequence[str], places: Mapping[str, list[int]], cell: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """The longest runs that a question and a cell share: where each starts, and its length."""
    for position, one in enumerate(cell):
        for start in places.get(one, ()):
            if position and start and cell[position - 1] == stems[start - 1]:
                continue
            length = 1
            while (
                length < _LONGEST_SPAN
                and position + length < len(cell)
                and start + length < len(stems)
                and cell[position + length] == stems[start + length]
            ):
                length += 1
            yield start, length


def _from_spans(
    question: Question, column: Column, spans: Mapping[tuple[int, int], tuple[int, float]]
) -> Iterator[Condition]:
    for (start, length), (rows, quality) in spans.items():
        wider = any(
            other <= start and start + length <= other + size and (other, size) != (start, length)
            for other, size in spans
        )
        if wider and quality < 1:
            continue
        exact_rows = rows
        if quality == 1:
            whole = tuple(token.stem for token in question.tokens[start : start + length])
            exact_rows = sum(bits for bits, cell in column.different if cell.stems == whole)
        bits = ((1 << length) - 1) << start
        words = " ".join(token.word for token in question.tokens[start : start + length])
        if quality == 1:
            yield Condition("is", column.number, bits, exact_rows, 1.0, words)
            if exact_rows != rows and not wider and column.kind == "text":
                yield Condition("contains", column.number, bits, rows, 0.8, words)
        else:
            yield Condition("contains", column.number, bits, rows, quality, words)


def similar_conditions(question: Question, grid: Grid, known: int) -> Iterator[Condition]:
    """Cells with a word that a word of the question may be a misspelling or relative of.

    ``known`` are the tokens that a header or a cell has as they are.
    """
    for at, token in enumerate(question.tokens):
        if known >> at & 1 or not question.weights[at] or token.word[0].isdigit():
            continue
        for column in grid.columns:
            rows, best = _most_like(token.stem, column)
            if best:
                yield Condition("similar", column.number, 1 << at, rows, best / 2, token.word)


def _most_like(one: str, column: Column) -> tuple[int, float]:
    """The rows whose cells have the stem that is most like another, and how like it is."""
    rows, best = 0, 0.0
    for bits, cell in column.different:
        alike = max((likeness(one, other) for other in cell.stems), default=0.0)
        if alike > best:
            rows, best = bits, alike
        elif alike and alike == best:
            rows |= bits
    return rows, best


def completed_conditions(
    similar: Sequence[Condition], conditions: Sequence[Condition]
) -> Iterator[Condition]:
    """A misspelt word with the well spelt ones beside it, where one cell has them all."""
    for one in similar:
        for other in conditions:
            beside = (one.tokens << 1 | one.tokens >> 1) & other.tokens
            rows = one.rows & other.rows
            if other.kind in ("is", "contains") and one.column == other.column and beside and rows:
                first, second = sorted((one, other), key=lambda c: c.tokens)
                yield replace(
                    other, tokens=one.tokens | other.tokens, rows=rows, kind="contains",
                    quality=(one.quality + other.quality) / 2 + 0.2,
                    words=f"{first.words} {second.words}",
                )  # fmt: skip


def meant_conditions(question: Question, grid: Grid) -> Iterator[Condition]:
    """Cells that say in their own way what a word of the question says: W for "won"."""
    for words, cells in _MEANT:
        bits = sum(1 << at for at, token in enumerate(question.tokens) if token.stem in words)
        if not bits:
            continue
        for column in grid.columns:
            rows = sum(
                rows for text, rows in column.by_folded.items() if _first_word(text) in cells
            )
            share = rows.bit_count() / max(1, column.stated.bit_count())
            if rows and share < 1:
                said = next(t.word for t in question.tokens if t.stem in words)
                yield Condition("means", column.number, bits, rows, 0.6, said)


def _first_word(text: str) -> str:
    return text.replace("(", " ").replace(",", " ").split(" ")[0] if text else ""


_YES = frozenset({"yes", "y", "true", "✓", "✔", "x"})
_NO = frozenset({"no", "n", "false", "0", ""})


def flag_conditions(question: Question, column: Column, header: HeaderLink) -> Iterator[Condition]:
    """Rows where a named column states anything, says yes, or states nothing, no or zero."""
    if not header.exact:
        return
    every = (1 << len(column.cells)) - 1
    none = sum(bits for text, bits in column.by_folded.items() if text in _NO | MISSING)
    flags = column.distinct <= 2 and set(column.by_folded) <= _YES | _NO | MISSING
    if not none or none == every:
        return
    number, bits = column.number, header.exact
    if flags:
        yield Condition("flag", number, bits, every & ~none, 0.8, "yes")
    else:
        yield Condition("stated", number, bits, every & ~none, 0.3, "stated")
    cue = question.cues.get("not", 0)
    if cue:
        yield Condition(
            "missing", column.number, header.exact | cue, none, 0.8 if flags else 0.5, "none"
        )
