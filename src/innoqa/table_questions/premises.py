"""What a question takes for granted, held against what was computed: where it is not so, say so.

"Why did it fall?" takes a fall for granted, "by how much did A overtake B?" that A is ahead, "in
euros" that there are figures in euros. An answer that passes over it would agree to it.
"""

import re
from collections.abc import Sequence

from innoqa.domain import Observation
from innoqa.quantities.vocabulary import CURRENCIES
from innoqa.table_questions.asking import Asked
from innoqa.table_questions.facts import Fact
from innoqa.table_questions.plans import Plan, Refusal, Result
from innoqa.table_questions.series import alike, in_one_unit
from innoqa.table_questions.signs import FALLS
from innoqa.table_questions.wording import amount, is_rank, named, subject, when
from innoqa.words import words

_RISES = re.compile(
    r"\b(?:r(?:ise[sn]?|ose|ising)|gr[eo]w\w*|growth|increas\w*|climb\w*|jump\w*|soar\w*|surg\w*"
    r"|gain(?:ed|s)?|expand\w*|improv\w*|(?:go(?:es)?|went|gone) up|doubl\w+|tripl\w+)\b",
    re.IGNORECASE,
)
_MORE_FALLS = re.compile(
    r"\b(?:slid\w*|slump\w*|dip(?:ped|s)?|collaps\w*|contract(?:ed|ion of)|shrink\w*|loss of"
    r"|downturn|deteriorat\w*|decay\w*|weaken\w*|(?:go(?:es)?|went|gone) down)\b",
    re.IGNORECASE,
)
_TAKEN_FOR_GRANTED = re.compile(
    r"\b(?:why|what (?:made|makes|let|caused|explains|explained|drove|led|is behind|was behind)"
    r"|how come|reasons? (?:for|why|behind)|(?:by )?how (?:much|many)|by what|how (?:far|fast)"
    r"|when did)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:surpass\w*|exceed\w*|overt(?:ake|ook|aken)\w*|outstrip\w*|outperform\w*|outpac\w*"
    r"|out-\w+|outnumber\w*|outgr[eo]w\w*|beat(?:s|en)?|lead\w* over|ahead of)\b",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\b(?:trail\w*|lag\w*|behind|fall short of|fell short of)\b", re.IGNORECASE)
_FIRST_OF_ALL = re.compile(
    r"\b(?:top(?:s|ped)?|lead|leads|led|head(?:s|ed)?|rank(?:ed|s)? (?:first|1st)"
    r"|c[ao]me first|first place|number one|no\. ?1)\b(?! ?\d| of the)",
    re.IGNORECASE,
)
_WHOLE_YEAR = re.compile(
    r"\b(?:(?:full|whole|entire) (?:calendar )?year|(?:whole|all) of (?=(?:19|20)\d\d)"
    r"|full-year|throughout (?=(?:19|20)\d\d))",
    re.IGNORECASE,
)
_NOT_QUITE_A_YEAR = 330
"""Days that a figure of a whole year covers at least."""

_COUNTS = re.compile(
    r"\bhow many (?!(?:billion|million|thousand|hundred|percent|per cent)\b)", re.I
)
_WORTH = re.compile(
    r"\b(?:worth|valu(?:ed|ation)s?|costs?|costing|priced?|prices?)\b", re.IGNORECASE
)
_TIMES = ("year", "date", "month")
_NUMBERED_PERIOD = re.compile(r"\b(?:\d+(?:st|nd|rd|th)|\w+th) five-year\b", re.IGNORECASE)
_PLAIN_VALUES = ("lookup", "latest", "earliest")


def objection(plan: Plan, result: Result) -> Refusal | None:
    """What speaks against an answer: a premise that is not so, or a unit that is not there."""
    for check in (
        _not_so,
        _wrong_direction,
        _not_ahead,
        _never_first,
        _part_of_a_year,
        _other_currency,
    ):
        found = check(plan, result)
        if found is not None:
            return found
    return None


def answers_something_else(plan: Plan, result: Result) -> bool:
    """Whether a plain value is all there is, where something else was asked for.

    That is a reason for a change, a mean, a date, a worth, a count of what is given in money, a
    part of the value that stands in its note, or a time that no date of the tables tells.
    """
    if result.operation not in _PLAIN_VALUES:
        return False
    asked, question = plan.asked, plan.asked.question
    if (asked.has("why") and asked.has("change")) or asked.has("mean", "median"):
        return True
    if _NUMBERED_PERIOD.search(question) and not asked.frame.points:
        return True
    seen = [fact.observation for fact in result.operands]
    if asked.has("which period") and not any(one.unit.base in _TIMES for one in seen):
        return True
    return _is_of_money(question, seen) or _is_of_a_note(plan, result)


def _is_of_money(question: str, seen: Sequence[Observation]) -> bool:
    """Whether a worth is asked for where things are counted, or a count where they are valued."""
    in_money = [one.unit.base in _CURRENCY_NAMES for one in seen]
    counts = _COUNTS.search(question) is not None and not _currencies_in(question)
    if counts and seen and all(in_money):
        return True
    names = " ".join(one.indicator for one in seen)
    valued = _WORTH.search(question) is not None and _WORTH.search(names) is None
    return valued and not any(in_money)


def _is_of_a_note(plan: Plan, result: Result) -> bool:
    """Whether words of the question stand in a note beside a number: "universities 4,332"."""
    wanted = {plan.asked.words[n].stem for n in plan.reading.remarked}
    clauses = (
        clause
        for fact in result.operands
        for clause in re.split(r"[;:]|,(?!\d)", fact.observation.note)
    )
    return any(
        re.search(r"\d", clause) and wanted & {word.stem for word in words(clause)}
        for clause in clauses
    )


def _not_so(plan: Plan, result: Result) -> Refusal | None:
    """A limit is taken to have been passed, and was not: "why did it fall below 5 percent?"."""
    if plan.asked.has("whether") or result.value != "no":
        return None
    told = result.said[0][0].removeprefix("No: ")
    return Refusal(f"The tables say otherwise: {told}", result.operands[:3])


def _wrong_direction(plan: Plan, result: Result) -> Refusal | None:
    """A fall is taken for granted where there was a rise, or the other way round."""
    if result.operation not in ("difference", "percentage change") or len(result.operands) != 2:
        return None
    last, first = result.operands
    if last.observation.entity != first.observation.entity or not _is_taken(plan.asked):
        return None
    falls, rises = _says_fall(plan.asked.question), _RISES.search(plan.asked.question) is not None
    if (
        falls == rises
        or not alike((first, last))
        or last.observation.period == first.observation.period
    ):
        return None
    a, b = in_one_unit((first, last))
    went_up = (b < a) if is_rank(last.observation.unit) else (b > a)
    if a != b and went_up == rises:
        return None
    what = "fall" if falls else "rise"
    return Refusal(f"The tables show no such {what}. {result.said[0][0]}", (last, first))


def _is_taken(asked: Asked) -> bool:
    return not asked.has("whether") and _TAKEN_FOR_GRANTED.search(asked.question) is not None


def _says_fall(question: str) -> bool:
    return FALLS.search(question) is not None or _MORE_FALLS.search(question) is not None


def _not_ahead(plan: Plan, result: Result) -> Refusal | None:
    """The first of two is taken to be ahead of the other, or behind it, and is not."""
    asked = plan.asked
    if result.operation not in ("difference", "percentage change") or asked.has("whether"):
        return None
    ahead, behind = _AHEAD.search(asked.question), _BEHIND.search(asked.question)
    if (ahead is None) == (behind is None) or len(result.operands) != 2:
        return None
    one, other = _as_named(asked, result.operands)
    if one.observation.entity == other.observation.entity or not alike((one, other)):
        return None
    a, b = in_one_unit((one, other))
    if is_rank(one.observation.unit):
        a, b = b, a
    if (a > b) if ahead else (a < b):
        return None
    side = "ahead of" if ahead else "behind"
    return Refusal(
        f"By these figures {one.observation.entity} is not {side} {other.observation.entity}. "
        f"{result.said[0][0]}",
        (one, other),
    )


def _as_named(asked: Asked, two: tuple[Fact, ...]) -> tuple[Fact, Fact]:
    """Two facts in the order in which the question names their places."""
    plain = asked.question.casefold()

    def place(fact: Fact) -> int:
        name = fact.observation.entity.casefold()
        whole = plain.find(name)
        return whole if whole >= 0 else plain.find(name.split(" ")[0])

    one, other = sorted(two, key=place)
    return one, other


def _never_first(plan: Plan, result: Result) -> Refusal | None:
    """A first place is taken for granted that was never reached."""
    if result.operation not in ("argmin", "argmax") or not plan.asked.has("which period"):
        return None
    if not result.operands or not is_rank(result.operands[0].observation.unit):
        return None
    if _FIRST_OF_ALL.search(plan.asked.question) is None:
        return None
    values = [f.observation.value for f in result.operands if f.observation.value is not None]
    if not values or min(values) <= 1:
        return None
    best = min(result.operands, key=lambda f: f.observation.value or max(values))
    seen = best.observation
    return Refusal(
        f"The tables show no first place. The best is {amount(seen)} {when(seen.period)}: "
        f"{subject(seen)}.",
        (best,),
    )


def _part_of_a_year(plan: Plan, result: Result) -> Refusal | None:
    """A whole year is asked for, and the figure is of a part of it."""
    points = plan.asked.frame.points
    if len(points) != 1 or _WHOLE_YEAR.search(plan.asked.question) is None:
        return None
    if result.operation not in _PLAIN_VALUES or not result.operands:
        return None
    period = result.operands[0].observation.period
    if period.start is None or period.end is None or period.kind == "date":
        return None
    if (period.end - period.start).days >= _NOT_QUITE_A_YEAR:
        return None
    return Refusal(
        f"There is no figure for the whole of {points[0].printed}; what there is: "
        f"{named(result.operands[0].observation)}.",
        result.operands[:3],
    )


def _other_currency(plan: Plan, result: Result) -> Refusal | None:
    """An amount is asked for in a currency that the figures are not in."""
    wanted = _currencies_in(plan.asked.question)
    held = {fact.observation.unit.base for fact in result.operands} & _CURRENCY_NAMES
    if not wanted or not held or any(_is_same(one, other) for one in wanted for other in held):
        return None
    there = " and ".join(sorted(held))
    return Refusal(
        f"The tables have this in {there} alone: {named(result.operands[0].observation)}.",
        result.operands[:3],
    )


def _is_same(asked: str, held: str) -> bool:
    """Whether a currency may be what is asked for: "dollars" are those of any country."""
    return held in (asked, "¥") or (asked == "US dollar" and held.endswith("dollar"))


_CURRENCY_NAMES = frozenset(CURRENCIES.values())
_OTHER_MEANINGS = frozenset("won rand rub cad sek pound pounds sterling".split())
_CURRENCY_WORDS = {
    name: base for name, base in CURRENCIES.items()
    if len(name) > 2 and name.isalpha() and name not in _OTHER_MEANINGS
}  # fmt: skip


def _currencies_in(question: str) -> frozenset[str]:
    """The currencies that a question names in words or by "$", "€" and "£"."""
    plain = re.findall(r"[^\W\d_]+|[$€£]", question.lower())
    signs = {sign: CURRENCIES[sign] for sign in "$€£"}
    known = {**_CURRENCY_WORDS, **signs}
    return frozenset(known[word] for word in plain if word in known)
