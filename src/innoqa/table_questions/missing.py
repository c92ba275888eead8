"""What the tables do not hold: refusals that say what there is instead."""

from innoqa.domain import Period
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.frames import lies_in
from innoqa.table_questions.plans import Plan, Refusal
from innoqa.table_questions.series import is_aside, preference
from innoqa.table_questions.wording import listed, named, subject, when, years


def missing_period(plan: Plan, period: Period, what: str = "") -> Refusal:
    """No figure for a time: which times there are, and the nearest."""
    dated = [f for f in plan.facts if f.observation.period.end and f.observation.value is not None]
    dated = [fact for fact in dated if not is_aside(fact.observation)] or dated
    about = ", ".join(filter(None, (plan.reading.measure, listed(plan.reading.places[:3]))))
    if not dated:
        return Refusal(f"There is no dated figure of {about}.", plan.facts[:3])
    nearest = sorted(dated, key=lambda f: (_distance(f.observation.period, period), preference(f)))
    told = listed([named(fact.observation) for fact in nearest[:2]])
    return Refusal(
        f"There is no figure for {what or period} of {about}. There are figures for "
        f"{years(f.observation for f in dated)}; the nearest: {told}.",
        tuple(nearest[:3]),
    )


def missing_place(plan: Plan) -> Refusal:
    """No figure for a place: which places there are."""
    held = list(dict.fromkeys(f.observation.entity for f in plan.reading.other_places))
    return Refusal(
        f"There is no figure of {plan.reading.measure} for {plan.reading.missing_place}. There are "
        f"figures for {listed(held[:8])}.",
        plan.reading.other_places[:3],
    )


def missing_stretch(plan: Plan) -> Refusal | None:
    """Too few figures, or none, for a stretch; None where no time was asked for."""
    frame = plan.asked.frame
    dated = [f for f in plan.facts if f.observation.period.end and f.observation.value is not None]
    if not dated or not (frame.is_stretch or frame.points):
        return None
    if frame.points:
        held = [fact.observation.period for fact in dated]
        lacking = next((p for p in frame.points if not any(lies_in(h, p) for h in held)), None)
        if lacking is not None:
            return missing_period(plan, lacking)
    about = ", ".join(filter(None, (plan.reading.measure, listed(plan.reading.places[:3]))))
    return Refusal(
        f"There are too few figures of {about} for that time. There are figures for "
        f"{years(f.observation for f in dated)}.", tuple(dated[:3])
    )  # fmt: skip


def empty_cell(fact: Fact) -> Refusal:
    """A cell without a number: missing, not applicable, or text."""
    seen = fact.observation
    reason = {
        "missing": "the table has no value there",
        "not applicable": "the table says that it does not apply",
    }.get(seen.qualifier, "the cell holds no number")
    return Refusal(
        f"{subject(seen)} {when(seen.period)}: {reason} ({seen.printed or 'an empty cell'}).",
        (fact,),
    )


def _distance(period: Period, asked: Period) -> int:
    if period.end is None or asked.end is None:
        return 10**9
    return abs((period.end - asked.end).days)
