"""Whether what a statement says of cells is true of them: whose, when, which way, how far."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from operator import eq, gt, lt

from innoqa.attribution.amounts import Amount, is_same_unit, scale_of
from innoqa.attribution.dates import LISTED, is_part_of
from innoqa.attribution.derived import in_one_unit, in_time
from innoqa.attribution.evidence import Evidence, subject_of
from innoqa.attribution.fault import Found
from innoqa.attribution.parsing import ANSWER, Parsed
from innoqa.domain import Observation, Period
from innoqa.quantities.units import unit_words

_APART = re.compile(r"; |\bagainst\b|\bas a share of\b")
_AFTER = re.compile(r"\s|[^;:.]{0,60}?\s(?:in|at|on|over|during|for|as of|as at)\s(?:the\s)?", re.I)
_BEFORE = re.compile(r"\s?(?:\([a-z ,-]+\))?[:,]?\s?\(?(?:(?:more|less) than|about)?\s?\Z", re.I)
_RISES = re.compile(
    r"\b(?:up|rise[sn]?|rose|rising|gr[oe]w(?:n|s|ing)?|growth|increas\w+|gain\w*|climb\w*)\b", re.I
)
_FALLS = re.compile(
    r"\b(?:down|falls?|fell|fallen|falling|decline\w*|decreas\w+|dropp?\w*|shr[aiu]nk\w*)\b", re.I
)
_BETTER = re.compile(r"\b(?:better|improv\w+)\b", re.I)
_WORSE = re.compile(r"\b(?:worse\w*)\b", re.I)
_UNCHANGED = re.compile(r"\b(?:unchanged|equal)\b", re.I)
_WAYS = ((_RISES, gt), (_FALLS, lt), (_UNCHANGED, eq))
_RANK_WAYS = ((_BETTER, lt), (_WORSE, gt), (_UNCHANGED, eq))
_HIGHER = re.compile(r"\bis (?:higher|greater|larger|more)\b|\b(?P<target>above the target)", re.I)
_LOWER = re.compile(r"\bis (?:lower|less|smaller|fewer)\b|\b(?P<target>below the target)", re.I)
_TARGETS = ("target", "goal", "planned", "plan")
_MOST = re.compile(r"\b(?:highest|largest|greatest|biggest)\b", re.I)
_LEAST = re.compile(r"\b(?:lowest|smallest|least|fewest)\b", re.I)
_NEIGHBOUR = re.compile(r"\bfigure (?P<side>before|after) it\b", re.I)
_NONE = re.compile(r"\A0 of |: none\b|\ANone: no figure")
_REACHED = re.compile(r"\b(?:reach(?:ed|ing)?|to|total(?:led|ling)|arriv(?:ed|ing) at)\s\Z", re.I)
_FIRST = re.compile(r"\bfirst\b", re.I)


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """What is said of the cited cells and is not so."""
    if not evidence.cells:
        return
    yield from _misdated(parsed)
    yield from _backwards(parsed)
    yield from _misnamed(parsed, evidence, lambda cell: cell.entity)
    yield from _misnamed(parsed, evidence, lambda cell: cell.indicator)
    yield from _wrong_way(parsed, evidence)
    yield from _wrong_end(parsed, evidence)
    yield from _wrong_side(parsed, evidence)
    yield from _wrong_order(parsed, evidence)
    yield from _wrong_answer(parsed, evidence)


def _misdated(parsed: Parsed) -> Iterator[Found]:
    """Values with another date beside them than their cells have."""
    listed = LISTED.search(parsed.text)
    dates = [d for d in parsed.dates if not listed or not listed.start() < d.start < listed.end()]
    for place, (amount, cells) in enumerate(zip(parsed.amounts, parsed.stating, strict=True)):
        if not cells:
            continue
        left, right = _reach(parsed, place)
        beside = [d for d in dates if left <= d.start and d.end <= right]
        after = [d for d in beside if d.start >= amount.end
                 and _AFTER.fullmatch(parsed.text[amount.end : d.start])]  # fmt: skip
        before = [d for d in beside if d.end <= amount.start
                  and _BEFORE.fullmatch(parsed.text[d.end : amount.start])]  # fmt: skip
        meant = after[:1] or before[-1:] or beside
        if any(_is_within(c.period, d.period) for c in cells for d in meant):
            continue
        meant = [d for d in meant if not any(d.period.printed in subject_of(c) for c in cells)]
        if meant:
            yield "date", f"{parsed.text[amount.start : amount.end]}: {meant[0].period.printed}"


def _backwards(parsed: Parsed) -> Iterator[Found]:
    """A change told from the later value to the earlier one."""
    told = [(a, c[0]) for a, c in zip(parsed.amounts, parsed.stating, strict=True) if len(c) == 1]
    for (one, first), (other, last) in pairwise(told):
        between = parsed.text[one.end : other.start]
        is_change = parsed.text[: one.start].endswith("from ") and between.endswith(" to ")
        same = first.indicator == last.indicator and first.entity == last.entity
        if is_change and same and in_time((last, first))[0] == last != first:
            yield "date", f"{parsed.text[one.start : one.end]}: {first.period.printed}"


def _is_within(held: Period, said: Period) -> bool:
    """Whether a cell's time is the one that is said, or lies within it."""
    if is_part_of(held, said):
        return True
    if held.end is None or said.start is None or said.end is None:
        return False
    return said.start <= (held.start or held.end) and held.end <= said.end


def _reach(parsed: Parsed, place: int) -> tuple[int, int]:
    """The part of a text around a value with no other cell's value in it."""
    left, right = 0, len(parsed.text)
    amount = parsed.amounts[place]
    for other, cells in zip(parsed.amounts, parsed.stating, strict=True):
        if cells and other.end <= amount.start:
            left = max(left, other.end)
        if cells and other.start >= amount.end:
            right = min(right, other.start)
    for match in _APART.finditer(parsed.text, left, right):
        if match.end() <= amount.start:
            left = match.end()
        elif match.start() >= amount.end:
            return left, match.start()
    return left, right


def _misnamed(
    parsed: Parsed, evidence: Evidence, label: Callable[[Observation], str]
) -> Iterator[Found]:
    """Values with another cell's place or indicator beside them."""
    labels = {label(cell) for cell in evidence.cells} - {""}
    if len(labels) < 2:
        return
    named = _places(parsed.text, labels)
    for place, (amount, cells) in enumerate(zip(parsed.amounts, parsed.stating, strict=True)):
        left, right = _reach(parsed, place)
        beside = [n for n in named if left <= n[0] and n[1] <= right]
        before = [n for n in beside if n[1] <= amount.start
                  and _BEFORE.fullmatch(parsed.text[n[1] : amount.start])]  # fmt: skip
        after = [n for n in beside if n[0] >= amount.end and any(
                 parsed.text[: n[0]].endswith(f": {c.indicator}, ") for c in cells)]  # fmt: skip
        meant = after[:1] or before[-1:] or beside
        rows = {_row(cell) for cell in cells}
        own = {n for c in evidence.cells if _row(c) in rows for n in (label(c), c.cell.row_name)}
        if cells and meant and not any(name in own for *_, name in meant):
            yield "name", f"{parsed.text[amount.start : amount.end]}: {meant[0][2]}"


def _row(cell: Observation) -> tuple[int, int]:
    return cell.cell.table_number, cell.cell.row


def _places(text: str, labels: set[str]) -> list[tuple[int, int, str]]:
    """Where labels stand in a text, the longer first where one is part of another."""
    found: list[tuple[int, int, str]] = []
    for label in sorted(labels, key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(label)}(?!\w)", text):
            if not any(start < match.end() and match.start() < end for start, end, _ in found):
                found.append((*match.span(), label))
    return sorted(found)


def _wrong_way(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """A rise told of what fell, or a fall of what rose, from the first of the cells to the last."""
    things = {(cell.indicator, cell.entity) for cell in evidence.cells}
    ordered = in_time([cell for cell in evidence.cells if cell.value is not None])
    values = in_one_unit(ordered[0], ordered[-1]) if len(ordered) > 1 and len(things) == 1 else None
    if values is None:
        return
    change = values[1] - values[0]
    is_rank = ordered[0].unit.base == "rank"
    own = " ".join((*evidence.subjects, *evidence.notes))
    for words, holds in _RANK_WAYS if is_rank else _WAYS:
        said = words.search(parsed.text)
        if said and not words.search(own) and not holds(change, 0):
            yield "word", said[0]


def _wrong_end(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """The earlier of two values called the one that was reached."""
    ordered = in_time(evidence.cells)
    if len(ordered) != 2 or ordered[0].indicator != ordered[1].indicator:
        return
    for amount, cells in zip(parsed.amounts, parsed.stating, strict=True):
        if cells == ordered[:1] and _REACHED.search(parsed.text[: amount.start]):
            yield "number", parsed.text[amount.start : amount.end]


def _wrong_side(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """The lower of two called the higher, or the other way round."""
    known = [cell for cell in evidence.cells if cell.value is not None]
    values = in_one_unit(*known) if len(known) == 2 else None
    if values is None:
        return
    for words, sign in ((_HIGHER, 1), (_LOWER, -1)):
        said = words.search(parsed.text)
        if said is None:
            continue
        above, below = known if (values[0] - values[1]) * sign > 0 else reversed(known)
        lead = parsed.text[: said.start()].rpartition(": ")[2]
        is_wrong = _is_named(below, above, lead) and not _is_named(above, below, lead)
        if is_wrong or (said["target"] and above.qualifier.lower() in _TARGETS):
            yield "word", said[0]


def _is_named(cell: Observation, other: Observation, text: str) -> bool:
    """Whether a text names what tells a cell from another."""
    pairs = (
        (cell.entity, other.entity),
        (cell.indicator, other.indicator),
        (cell.period.printed, other.period.printed),
    )
    return any(own != others and own and own in text for own, others in pairs)


def _wrong_order(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """A value called the highest or lowest that is not, and a list in another order than told."""
    high, low = _MOST.search(parsed.text), _LEAST.search(parsed.text)
    told = [cells[0] for cells in parsed.stating if cells]
    if bool(high) == bool(low) or not told or told[0].unit.base == "rank":
        return
    said = high or low
    assert said is not None
    sign = 1 if high else -1
    following = parsed.text[said.end() :].split()[:1]
    if following in (["first"], ["first:"], ["last"], ["last:"]):
        sign = sign if following[0].startswith("first") else -sign
        wrong = any(_is_less(one, other, sign) for one, other in pairwise(told))
    else:
        like = [c for c in evidence.known if c.indicator == told[0].indicator]
        wrong = following != ["change"] and any(_is_less(told[0], c, sign) for c in like)
    if wrong:
        yield "word", said[0]


def _wrong_answer(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Yes for no, and a figure called the one before the result's year that comes after it."""
    result = evidence.computation.value if evidence.computation else None
    answer = ANSWER.match(parsed.statement)
    if answer and result in ("yes", "no") and answer["said"].lower() != result:
        yield "word", answer["said"]
    beside = _NEIGHBOUR.search(parsed.text)
    year = evidence.cells[0].period.year
    if beside and year and isinstance(result, Decimal):
        is_before = year < result
        if is_before != (beside["side"].lower() == "before"):
            yield "word", beside[0]


def _is_less(one: Observation, other: Observation, sign: int) -> bool:
    """Whether a value lies below another, or above it where the sign is negative."""
    values = in_one_unit(one, other)
    return values is not None and (values[1] - values[0]) * sign > 0


def keeps_limit(amount: Amount, parsed: Parsed, evidence: Evidence) -> bool:
    """Whether a number is a limit that the cited cells lie above or below, as is said.

    Where the first value beyond it is told of, none before it is beyond.
    """
    named = parsed.text[amount.start : amount.end].lower()
    sign = 1 if named.startswith("above ") else -1 if named.startswith("below ") else 0
    if not sign:
        return False
    if parsed.text[: amount.start].endswith("not ") or _NONE.search(parsed.statement):
        sign = -sign
    known = [c for c in evidence.cells if _is_held_against(amount, c)]
    if not known or not all(_distance(amount, c) * sign >= 0 for c in known):
        return False
    if not _FIRST.search(parsed.text[: amount.start]):
        return True
    before = (c for c in evidence.known if _is_held_against(amount, c) and _is_before(c, known[0]))
    return not any(_distance(amount, cell) * sign > 0 for cell in before)


def _is_held_against(amount: Amount, cell: Observation) -> bool:
    return cell.value is not None and is_same_unit(amount, cell.unit, cell.indicator)


def _distance(amount: Amount, cell: Observation) -> Fraction:
    """How far a cell's value lies above a limit."""
    assert cell.value is not None
    own = scale_of(cell.unit.scale)
    if not amount.unit.base:
        own /= scale_of(unit_words(cell.unit.printed).base_scale)
    return Fraction(cell.value) * own - Fraction(amount.value) * scale_of(amount.unit.scale)


def _is_before(one: Observation, other: Observation) -> bool:
    """Whether a cell is of the same thing as another, at an earlier time."""
    same = (one.indicator, one.entity) == (other.indicator, other.entity)
    return same and (one.period.end or date.max) < (other.period.end or date.min)
