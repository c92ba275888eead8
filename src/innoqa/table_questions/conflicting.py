"""Observations of one thing that disagree, and notes that a series breaks."""

from collections.abc import Iterable, Sequence

from innoqa.domain import Conflict, Observation
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.plans import Plan, Said
from innoqa.table_questions.series import Point, agree, overlaps_in_kind
from innoqa.table_questions.wording import is_break, variant, when


def sides(point: Point) -> list[Fact]:
    """The leading observation and those of the same time that do not agree with it."""
    seen = point.fact.observation
    return [point.fact, *(f for f in point.others if not agree(seen, f.observation)
                          and f.observation.period.kind == point.period.kind)]  # fmt: skip


def like_time(observation: Observation) -> str:
    """What must be the same for places to be compared: the period itself."""
    period = observation.period
    if period.kind in ("year", "date"):
        return str(period.year)
    return f"{period.start}/{period.end}"


def conflicts(groups: Iterable[Sequence[Fact]]) -> tuple[Conflict, ...]:
    """The conflicts in groups of observations of one thing each."""
    return tuple(conflict for group in groups for conflict in conflict_of(group))


def conflicts_for(plan: Plan, chosen: Sequence[Fact]) -> tuple[Conflict, ...]:
    """Where another observation of the same thing and time disagrees with one that was used."""
    groups = []
    for fact in chosen:
        seen = fact.observation
        same = [
            other for other in plan.facts
            if other is not fact and other.observation.entity == seen.entity
            and other.observation.indicator.casefold() == seen.indicator.casefold()
            and like_time(other.observation) == like_time(seen)
            and other.observation.value is not None
        ]  # fmt: skip
        groups.append((fact, *same))
    return conflicts(groups)


def conflict_of(facts: Sequence[Fact]) -> tuple[Conflict, ...]:
    """The conflict among observations of one thing, if some disagree."""
    known = [fact.observation for fact in facts if fact.observation.value is not None]
    known = [
        o for o in known
        if o.entity == known[0].entity and overlaps_in_kind(o.period, known[0].period)
    ]  # fmt: skip
    if len(known) < 2 or all(agree(known[0], other) for other in known[1:]):
        return ()
    lead = known[0]
    same_time = len({o.period.printed for o in known}) == 1
    what = ", ".join(filter(None, (
        _measure(known), lead.entity, str(lead.period) if same_time else "")))  # fmt: skip
    return (Conflict(what, tuple(known), _why(known, same_time=same_time)),)


def _measure(known: Sequence[Observation]) -> str:
    names = {o.indicator for o in known}
    return known[0].indicator if len(names) == 1 else known[0].indicator.split(" (")[0]


def _why(known: Sequence[Observation], *, same_time: bool) -> str:
    """What may explain the difference, as far as the tables tell."""
    parts = []
    variants = list(dict.fromkeys(variant(o) or "not named" for o in known))
    if len(variants) > 1:
        parts.append(f"other compilers or definitions ({'; '.join(variants)})")
    if not same_time:
        parts.append("other dates")
    if len({o.qualifier for o in known}) > 1:
        parts.append(
            f"other exactness ({', '.join(dict.fromkeys(o.qualifier or 'exact' for o in known))})"
        )
    if not parts:
        parts.append("the tables do not say why")
    return f"The figures differ: {'; '.join(parts)}."


def break_notes(facts: Iterable[Fact]) -> list[Said]:
    """The notes of a break in the series, each in the table's own words."""
    return [
        (f"The figure {when(f.observation.period)} carries the note: “{f.observation.note}”.", (f,))
        for f in facts if is_break(f.observation)
    ]  # fmt: skip
