"""What the texts say of a figure that the tables give: sentences with another figure of it."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from innoqa import quantities
from innoqa.domain import Observation, Passage, Sentence, Unit
from innoqa.table_questions.limits import is_measured
from innoqa.table_questions.names import measure_of, name_of
from innoqa.words import strength, words

_MOST = 2
_ALIKE = 0.8
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")


def told_beside(
    known: Sequence[Observation], asked_year: int | None, passages: Iterable[Passage]
) -> list[tuple[Passage, Sentence]]:
    """Sentences with another figure than all that are known, of the first one's subject.

    For the year asked for, those with another value; where none is asked for, those that are later
    than any known, and those without a year.
    """
    found: list[tuple[Passage, Sentence]] = []
    for passage in passages:
        if passage.cell is not None:
            continue
        for sentence in passage.sentences:
            if len(found) < _MOST and _tells_more(passage, sentence, known, asked_year):
                found.append((passage, sentence))
    return found


def _tells_more(
    passage: Passage, sentence: Sentence, known: Sequence[Observation], asked_year: int | None
) -> bool:
    lead = known[0]
    years = {int(year) for year in _YEAR.findall(sentence.text)}
    around = sentence.text if years else f"{passage.heading_path} {sentence.text}"
    if not _is_wanted(years, known, asked_year) or not _names(around, sentence.text, lead):
        return False
    values = _values(sentence.text, lead)
    if len(values) != 1:
        return False  # none, or more than can be told apart
    held = {_in_unit(seen, lead) for seen in known if years or seen.period.end is None}
    return values.isdisjoint(held)


def _is_wanted(years: set[int], known: Sequence[Observation], asked_year: int | None) -> bool:
    if asked_year is not None:
        return asked_year in years
    latest = max((seen.period.year for seen in known if seen.period.year), default=0)
    return not years or max(years) > latest


def _names(around: str, text: str, lead: Observation) -> bool:
    said = [word.stem for word in words(text)]
    near = [word.stem for word in words(around)]
    measure = name_of(measure_of(lead.indicator), frozenset()).base
    place = name_of(lead.entity, frozenset()).base
    return all(any(strength(word, one) >= _ALIKE for one in said) for word in measure) and all(
        word in near for word in place
    )


def _values(text: str, lead: Observation) -> set[Decimal]:
    """The quantities of a text that are in the unit of an observation."""
    found = set()
    for mention in quantities.mentions(text):
        value, unit = mention.quantity.value, mention.quantity.unit
        if value is None or not unit.base:
            continue
        if quantities.comparable(unit, lead.unit):
            found.add(quantities.converted(value, unit, lead.unit))
        elif _counts_the_same(unit, lead.unit) or _counts_the_subject(unit, lead):
            found.add(value * unit.scale / lead.unit.scale)
    return found


def _counts_the_same(unit: Unit, other: Unit) -> bool:
    """Whether things are counted, and the one name is a longer one: unicorns, unicorn firms."""
    if is_measured(unit) or is_measured(other):
        return False
    one, two = set(unit.base.split()), set(other.base.split())
    return bool(one & two) and (one <= two or two <= one)


def _counts_the_subject(unit: Unit, lead: Observation) -> bool:
    """Whether what is counted is what the indicator is named after: 90 start-ups."""
    measure = name_of(measure_of(lead.indicator), frozenset()).base
    counted = [word.stem for word in words(unit.printed)]
    return not is_measured(lead.unit) and bool(counted) and set(counted) <= set(measure)


def _in_unit(seen: Observation, lead: Observation) -> Decimal | None:
    if seen.value is None or not quantities.comparable(seen.unit, lead.unit):
        return None
    return quantities.converted(seen.value, seen.unit, lead.unit)
