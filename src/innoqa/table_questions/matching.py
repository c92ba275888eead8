"""What a question names -> the observations that it is about.

Every word of the question that carries meaning must be explained: by an indicator's name, a
place, a time, an operation, or by the title, notes and source of the table. What is left
unexplained lowers the confidence of the reading, so that a question about something else is not
answered with a number that happens to be near.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from innoqa.table_questions.asking import Asked
from innoqa.table_questions.facts import (
    Fact,
    context_words,
    holding_most,
    main_place,
    remark_words,
    row_words,
    variant_words,
)
from innoqa.table_questions.named_places import Places
from innoqa.table_questions.names import WEAK, Name, measure_of, name_of
from innoqa.words import strength

UNCOVERED, UNCOVERED_PLACE, UNEXPLAINED = 0.5, 0.3, 1.0
"""What a word of a name that the question lacks costs, and a word of the question left over."""

NEARBY = 0.75
"""How far below the best reading another may lie and still be worth naming."""

_NOTHING: frozenset[int] = frozenset()
_CANDIDATES = 40
_LEAST_OF_NAME = 0.3
_CONTEXT = 0.3
_COUNTED = frozenset("company firm enterprise business institution organization".split())
_LOOSE_PLACE = 1.0
_MEASURES_BY_ADJECTIVE = frozenset(
    "area size length height share percentage proportion revenue expenditure rank population"
    " employee worker staff job resident".split()
)


@dataclass(frozen=True, slots=True)
class Match:
    """How a name is met by a question: the question's words used, and the name's words missing."""

    used: Mapping[int, float]
    missing: float


@dataclass(frozen=True, slots=True)
class Reading:
    """Observations that a question may be about, with what it leaves unexplained.

    ``measure`` is the indicator's name without what stands in brackets; ``remarked`` are the
    question's words that nothing but the remarks on the observations explains.
    """

    measure: str
    facts: tuple[Fact, ...]
    explained: frozenset[int]
    unexplained: frozenset[int]
    score: float
    places: tuple[str, ...]
    named_place: bool
    is_group: bool
    other_places: tuple[Fact, ...] = ()
    missing_place: str = ""
    missing_words: float = 0.0
    named: tuple[str, ...] = ()
    loose_place: bool = False
    remarked: frozenset[int] = frozenset()


def readings(asked: Asked, facts: Sequence[Fact], known: frozenset[str]) -> list[Reading]:
    """The readings of a question, best first; empty where no indicator is named."""
    by_measure: dict[str, list[Fact]] = {}
    for fact in facts:
        by_measure.setdefault(measure_of(fact.observation.indicator).casefold(), []).append(fact)
    main = main_place(facts)
    places = Places.among(asked, facts, known, main)
    naming = (asked.content | asked.soft) - (asked.type_words if asked.chooses else _NOTHING)
    candidates = []
    for group in by_measure.values():
        name = name_of(measure_of(group[0].observation.indicator), known)
        match = _matched(asked, name, places.words)
        if match.missing > (1 - _LEAST_OF_NAME) * name.weight:
            continue
        if any(n in naming for n in match.used):
            candidates.append((sum(match.used.values()) - UNCOVERED * match.missing, match, group))
    candidates.sort(key=lambda c: (-c[0], c[2][0].observation.indicator))
    readings_of = (
        _reading(asked, match, group, places, known) for _, match, group in candidates[:_CANDIDATES]
    )
    found = [reading for reading in readings_of if reading is not None]
    return sorted(found, key=lambda r: (-r.score, r.measure))


def _reading(
    asked: Asked, match: Match, group: Sequence[Fact], places: Places, known: frozenset[str]
) -> Reading | None:
    chosen = places.of(group, frozenset(n for n, value in match.used.items() if value >= 1))
    if not match.used.keys() - chosen.used:
        return None  # the words are those of the place alone
    facts = [fact for fact in group if fact.observation.entity in chosen.places]
    used = {**dict.fromkeys(chosen.used, 1.0), **match.used}
    facts, by_variant = holding_most(asked, facts, frozenset(used), variant_words(known))
    named = frozenset(used) | by_variant | places.naming
    facts, by_context = holding_most(asked, facts, named, context_words(known), least=0.8)
    explained = frozenset(used) | by_variant | by_context
    if chosen.group:
        told = named - places.beside(chosen.places) | places.told_by_titles(group)
        facts, by_row = holding_most(asked, facts, told, row_words(known))
        explained |= by_row
    if match.missing <= WEAK:
        explained |= _heads(asked, frozenset(match.used))
    if places.whole and not chosen.lacking:
        explained |= places.words
    if facts and facts[0].observation.unit.base == "percent" and asked.has("share", "percent"):
        explained |= frozenset(n for n in asked.content if strength(asked.words[n].stem, "spend"))
    unexplained = asked.content - explained
    score = (
        sum(value for n, value in used.items() if n in asked.content)
        + 0.5 * sum(value for n, value in match.used.items() if n in asked.soft)
        + len(by_variant)
        + _CONTEXT * len(by_context)
        - UNCOVERED * match.missing
        - UNCOVERED_PLACE * chosen.partial
        - UNEXPLAINED * len(unexplained)
        - 2 * bool(chosen.lacking)
        - (asked.chooses and len({fact.observation.entity for fact in group}) == 1)
    )  # fmt: skip
    return Reading(
        measure=measure_of(group[0].observation.indicator),
        facts=tuple(facts),
        explained=explained,
        unexplained=unexplained,
        score=score,
        places=tuple(p for p in chosen.places if any(f.observation.entity == p for f in facts)),
        named_place=chosen.named,
        is_group=chosen.group,
        other_places=tuple(f for f in group if f.observation.entity not in chosen.places),
        missing_place=chosen.lacking,
        missing_words=match.missing,
        named=tuple(place for place, _ in places.whole),
        loose_place=chosen.partial > _LOOSE_PLACE,
    )


def _heads(asked: Asked, used: frozenset[int]) -> frozenset[int]:
    """The nouns that only say what kind of thing is counted: the firms of "unicorn firms"."""
    return frozenset(n for n in asked.content if n - 1 in used and asked.words[n].stem in _COUNTED)


def narrowed(asked: Asked, reading: Reading, known: frozenset[str]) -> Reading:
    """A reading with only the observations whose notes, source or table speak of what is left.

    "According to the census" means the observation that its note says is the census's.
    """
    explained = asked.content - reading.unexplained
    facts, by_remark = holding_most(asked, list(reading.facts), explained, remark_words(known))
    return replace(
        reading,
        facts=tuple(facts),
        explained=reading.explained | by_remark,
        unexplained=reading.unexplained - by_remark,
        remarked=by_remark,
    )


def _matched(asked: Asked, name: Name, of_places: frozenset[int]) -> Match:
    """How the question's words meet a name: every word that meets some word of it is used.

    A word of a place's name does for half of one: "Science City" says little of "Science parks".
    """
    used: dict[int, float] = {}
    missing = 0.0
    usable = sorted(asked.content | asked.soft | asked.type_words)
    for word in name.base:
        met = {n: value for n in usable if (value := _strength(asked, n, word))}
        used.update({n: max(used.get(n, 0.0), value) for n, value in met.items()})
        best = max((v / 2 if n in of_places else v for n, v in met.items()), default=0.0)
        missing += name.weight_of(word) * (1 - best)
    return Match(used, missing)


def _strength(asked: Asked, position: int, word: str) -> float:
    """How well a word of the question meets one of a name; words that ask meet few."""
    value = strength(asked.words[position].stem, word)
    if position in asked.rates and value < 1:
        return 0.0  # "what percentage increase" names no share
    if position in asked.soft and value < 0.9 and word not in _MEASURES_BY_ADJECTIVE:
        return 0.0
    return value
