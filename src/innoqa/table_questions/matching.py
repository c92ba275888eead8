"""What a question names -> the observations that it is about.

Every word of the question that carries meaning must be explained: by an indicator's name, a
place, a time, an operation, or by the title, notes and source of the table. What is left
unexplained lowers the confidence of the reading, so that a question about something else is not
answered with a number that happens to be near.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from innoqa.domain import IndexedTable, Observation, Passage
from innoqa.indicators import is_tidy
from innoqa.table_questions.asking import Asked
from innoqa.words import stem, strength, words

UNCOVERED, UNCOVERED_PLACE, UNEXPLAINED = 0.5, 0.3, 1.0
"""What a word of a name that the question lacks costs, and a word of the question left over."""

NEARBY = 0.75
"""How far below the best reading another may lie and still be worth naming."""

_WEAK = 0.35
_WEAK_WORDS = frozenset(
    "value number total amount count level rate of the in and by to for from per on at a an all"
    " figure share year annual revenue-based".split()
)
_JOINING = frozenset("of in the and to for by on at a an with from".split())
_NOTHING: frozenset[int] = frozenset()
_CANDIDATES = 40
_LEAST_OF_NAME = 0.3
_MAIN = 0.35
_CONTEXT = 0.3
_TOTAL = re.compile(
    r"(?:all|altogether|sum|overall)$|(?:.*\W)?(?:grand |sub)?totals?\b.*$", re.IGNORECASE
)
_COUNTED = frozenset("company firm enterprise business institution organization".split())
_NO_KIND = frozenset(
    "indicator measure metric variable unit year period note source qualifier confidence id entity"
    " name item value date".split()
)
_ANY_KIND = frozenset(
    "place area district city zone region park country province town state county municipality"
    " sector branch company firm organization institution unit entity one item category"
    " group".split()
)
_A_FEW = 2
_OF_SEVERAL = frozenset("any each every which what all".split())
_LOOSE_PLACE = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Fact:
    """An observation and the table that it stands in."""

    observation: Observation
    table: IndexedTable

    @property
    def passage(self) -> Passage:
        """The row that holds it."""
        return self.table.rows[self.observation.cell.row - 1]


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is matched: its words, and those of the part in brackets."""

    text: str
    base: tuple[str, ...]
    variant: tuple[str, ...]
    section: frozenset[str] = frozenset()

    @property
    def weight(self) -> float:
        """The weight of its words together."""
        return sum(map(self.weight_of, self.base))

    def weight_of(self, word: str) -> float:
        """How much a word matters: less where it says little, or names a section of the table."""
        return _WEAK if word in _WEAK_WORDS or word in self.section else 1.0


@dataclass(frozen=True, slots=True)
class Match:
    """How a name is met by a question: the question's words used, and the name's words missing."""

    used: Mapping[int, float]
    missing: float
    variant: frozenset[int] = _NOTHING


@dataclass(frozen=True, slots=True)
class Reading:
    """Observations that a question may be about, with what it leaves unexplained.

    ``measure`` is the indicator's name without what stands in brackets.
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


@lru_cache(maxsize=16384)
def name_of(text: str, known_acronyms: frozenset[str]) -> Name:
    """A name's words, with what stands in brackets apart.

    >>> name_of("Unicorns (Hurun)", frozenset()).base
    ('unicorn',)
    """
    outside, inside = split_brackets(text)
    base = tuple(
        dict.fromkeys(w.stem for w in words(outside, known_acronyms) if w.stem not in _JOINING)
    )
    variant = tuple(w.stem for w in words(inside, known_acronyms) if w.stem not in _JOINING)
    before, _, after = outside.rpartition(": ")
    section = frozenset(w.stem for w in words(before, known_acronyms))
    section -= {w.stem for w in words(after, known_acronyms)}
    return Name(text, base or variant, variant if base else (), section)


def split_brackets(text: str) -> tuple[str, str]:
    """A name without what stands in brackets, and that.

    >>> split_brackets("R&D intensity (share of GDP)")
    ('R&D intensity', 'share of GDP')
    """
    outside: list[str] = []
    inside: list[str] = []
    depth = 0
    for sign in text:
        depth += sign == "("
        (inside if depth else outside).append(sign)
        depth -= sign == ")" and depth > 0
    return " ".join("".join(outside).split()), " ".join("".join(inside).strip("() ").split())


def readings(asked: Asked, facts: Sequence[Fact], known: frozenset[str]) -> list[Reading]:
    """The readings of a question, best first; empty where no indicator is named."""
    by_measure: dict[str, list[Fact]] = {}
    for fact in facts:
        by_measure.setdefault(measure_of(fact.observation.indicator).casefold(), []).append(fact)
    main = main_place(facts)
    places = _Places.among(asked, facts, known, main)
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


def measure_of(indicator: str) -> str:
    """An indicator's name without what stands in brackets, unless that is all of it."""
    return split_brackets(indicator)[0] or indicator


def is_total(place: str) -> bool:
    """Whether a row is the total of the others and no place.

    >>> is_total("Grand total"), is_total("Totnes")
    (True, False)
    """
    return _TOTAL.match(place) is not None


def main_place(facts: Iterable[Fact]) -> str:
    """The place that most observations are of: what is meant where none is named."""
    counted = Counter(fact.observation.entity for fact in facts if fact.observation.entity)
    if not counted:
        return ""
    place = min(counted, key=lambda place: (-counted[place], place))
    return place if counted[place] >= _MAIN * counted.total() else ""


@dataclass(frozen=True, slots=True)
class _Places:
    """The places that a question names: whole names first, then parts of names.

    ``naming`` are the question's words that some indicator has in its name: a title does not
    explain them.
    """

    asked: Asked
    known: frozenset[str]
    main: str
    kinds: Mapping[int, frozenset[str]]
    whole: tuple[tuple[str, frozenset[int]], ...]
    words: frozenset[int]
    naming: frozenset[int]

    @classmethod
    def among(
        cls, asked: Asked, facts: Iterable[Fact], known: frozenset[str], main: str
    ) -> "_Places":
        """Look for the name of every place in the question; longer names win."""
        matches = []
        for place in {fact.observation.entity for fact in facts} - {""}:
            if is_total(place):
                continue
            for used in _whole_names(asked, place, known):
                matches.append((-len(used), place, used))
        taken: set[int] = set()
        whole: list[tuple[str, frozenset[int]]] = []
        for _, place, used in sorted(matches, key=lambda m: (m[0], m[1])):
            same = any(used == other for _, other in whole)
            if same or not used & taken:
                whole.append((place, used))
                taken |= used
        in_order = tuple(sorted(whole, key=lambda pair: min(pair[1])))
        kinds = {id(fact.table): _kind_words(fact.table) for fact in _one_of_each_table(facts)}
        names = {
            name_of(fact.observation.indicator, known) for fact in facts
            if fact.observation.indicator.casefold() not in fact.table.document_title.casefold()
        }  # fmt: skip
        stems = frozenset(word for name in names for word in name.base)
        naming = frozenset(n for n, word in enumerate(asked.words) if word.stem in stems)
        return cls(asked, known, main, kinds, in_order, frozenset(taken), naming)

    def of(self, group: Sequence[Fact], naming: frozenset[int]) -> "_Chosen":
        """The places of a group of observations that the question means.

        ``naming`` are the words that name the group's indicator: what is a place in one table may
        be an indicator in another.
        """
        held = sorted({fact.observation.entity for fact in group})
        kind = self._asked_kind(held) or self._kind(held, group)
        if kind is not None and not self._all_named(kind.places):
            return kind
        chosen = [place for place, _ in self.whole if place in held]
        used: frozenset[int] = frozenset().union(
            *(words for place, words in self.whole if place in held)
        )
        told = self.told_by_titles(group)
        partial, lacking = 0.0, ""
        for place, positions in self.whole:
            if positions <= used or positions <= naming:
                continue
            wider, met = self._wider(held, positions)
            chosen.extend(wider)
            partial += min((_extra(p, met, self.known) for p in wider), default=0.0)
            used |= met | (positions & told if positions <= told else _NOTHING)
            if not wider and not positions <= told and (place != self.main or not chosen):
                lacking = lacking or place
        if not chosen and not lacking:
            return self._unnamed(held, told)
        if len(chosen) == 1:
            other, met = self._only_one_with(held, used)
            chosen, used, partial = [*chosen, *other], used | met, partial + 0.5 * len(other)
        return _Chosen(tuple(dict.fromkeys(chosen)), used, partial, lacking, named=True)

    def beside(self, chosen: Sequence[str]) -> frozenset[int]:
        """The words of the places named that are none of those chosen: where these may lie."""
        return frozenset().union(*(words for place, words in self.whole if place not in chosen))

    def told_by_titles(self, group: Sequence[Fact]) -> frozenset[int]:
        """The words of the question that stand over the tables of a group."""
        heads = {id(f.table): f for f in group}.values()
        told = frozenset().union(*(_context_words(self.known)(fact) for fact in heads))
        return frozenset(n for n, word in enumerate(self.asked.words) if word.stem in told)

    def _wider(
        self, held: Sequence[str], positions: frozenset[int]
    ) -> tuple[list[str], frozenset[int]]:
        """The places whose longer names hold a name, and most of the question's other words."""
        wider = [p for p in held if _holds(self.asked, p, positions, self.known)]
        met = {
            place: positions | {
                n for n in self.asked.content | self.asked.soft
                if _holds(self.asked, place, frozenset({n}), self.known)
            }
            for place in wider
        }  # fmt: skip
        most = max(map(len, met.values()), default=0)
        best = [place for place in wider if len(met[place]) == most]
        return best, frozenset().union(*(met[place] for place in best))

    def _only_one_with(
        self, held: Sequence[str], used: frozenset[int]
    ) -> tuple[list[str], frozenset[int]]:
        """A further place that alone has two words in a row of the question in its name."""
        left = sorted((self.asked.content | self.asked.soft) - used - self.words)
        for one, two in pairwise(left):
            pair = frozenset({one, two})
            alike = [p for p in held if _holds(self.asked, p, pair, self.known)]
            if two == one + 1 and len(alike) == 1:
                return alike, pair
        return [], _NOTHING

    def _asked_kind(self, held: Sequence[str]) -> "_Chosen | None":
        """The places with all of what "which" asks for in their names: "which science city"."""
        of_kind = self.asked.type_words
        if not self.asked.chooses or len(of_kind) == 1:
            return None
        alike = [place for place in held if _holds(self.asked, place, of_kind, self.known)]
        alike = [place for place in alike if not is_total(place)] if of_kind else []
        used = of_kind | self.words
        return _Chosen(tuple(alike), used, 0.0, named=True, group=True) if len(alike) > 1 else None

    def _kind(self, held: Sequence[str], group: Sequence[Fact]) -> "_Chosen | None":
        """A kind of place ("the parks"): what heads their column, or a word of several names."""
        usable = self.asked.content | self.asked.type_words | self.asked.soft
        for position in sorted(usable - self.words):
            if not self._is_plural(position):
                continue
            word = self.asked.words[position].stem
            tables = {key for key, heads in self.kinds.items() if word in heads}
            headed = {f.observation.entity for f in group if id(f.table) in tables}
            named = {p for p in held if _holds(self.asked, p, frozenset({position}), self.known)}
            alike = sorted(p for p in headed or named if p and not is_total(p))
            if len(alike) > 1 and (headed or position not in self.asked.soft):
                used = frozenset({position}) | self.words
                return _Chosen(tuple(alike), used, 0.0, named=True, group=True)
        return None

    def _is_plural(self, position: int) -> bool:
        """Whether a word stands for several things: a plural, "any park", "which park"."""
        text = self.asked.words[position].text.replace("’", "'").removesuffix("'s")
        before = {word.stem for word in self.asked.words[max(position - 3, 0) : position]}
        several = position in self.asked.type_words or text.lower() != stem(text)
        return several or not before.isdisjoint(_OF_SEVERAL)

    def _all_named(self, kind: Sequence[str]) -> bool:
        """Whether the places of a kind that the question names are what it is about."""
        named = [place for place, _ in self.whole if place in kind]
        return bool(named) and not self.asked.has("rank")

    def _unnamed(self, held: Sequence[str], told: frozenset[int]) -> "_Chosen":
        """The places with a word of the question in their names, or the main one, or all.

        A word of the titles, which are ``told``, says no more than which table is meant.
        """
        of_kind = self.asked.type_words if self.asked.chooses else _NOTHING
        for position in sorted(self.asked.content - self.words - of_kind):
            alike, met = self._wider(held, frozenset({position}))
            if alike and (len(alike) == 1 or position not in told):
                group = len(alike) > _A_FEW
                return _Chosen(tuple(alike), met, 0.5, named=True, group=group)
        totals = tuple(place for place in held if is_total(place))
        if self.asked.type_words or self.asked.has("which entity"):
            others = tuple(p for p in held if p != self.main and p not in totals)
            chosen = others if len(others) > 1 else tuple(held)
            kinds = frozenset(
                n for n in self.asked.type_words if self.asked.words[n].stem in _ANY_KIND
            )
            return _Chosen(chosen, kinds, 0.0, group=len(chosen) > 1)
        if totals:
            said = {n for n, word in enumerate(self.asked.words) if is_total(word.text)}
            return _Chosen(totals, frozenset(said), 0.0)
        chosen = (self.main,) if self.main in held else tuple(held)
        return _Chosen(chosen, _NOTHING, 0.0, group=len(chosen) > 1)


@dataclass(frozen=True, slots=True)
class _Chosen:
    places: tuple[str, ...]
    used: frozenset[int]
    partial: float
    lacking: str = ""
    named: bool = False
    group: bool = False


def _reading(
    asked: Asked, match: Match, group: Sequence[Fact], places: _Places, known: frozenset[str]
) -> Reading | None:
    chosen = places.of(group, frozenset(n for n, value in match.used.items() if value >= 1))
    if not match.used.keys() - chosen.used:
        return None  # the words are those of the place alone
    facts = [fact for fact in group if fact.observation.entity in chosen.places]
    used = {**dict.fromkeys(chosen.used, 1.0), **match.used}
    facts, by_variant = _narrowed(asked, facts, frozenset(used), _variant_words(known))
    named = frozenset(used) | by_variant | places.naming
    facts, by_context = _narrowed(asked, facts, named, _context_words(known), least=0.8)
    explained = frozenset(used) | by_variant | by_context
    if chosen.group:
        told = named - places.beside(chosen.places) | places.told_by_titles(group)
        facts, by_row = _narrowed(asked, facts, told, _row_words(known))
        explained |= by_row
    if match.missing <= _WEAK:
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
    facts, by_remark = _narrowed(asked, list(reading.facts), explained, _remark_words(known))
    return replace(
        reading,
        facts=tuple(facts),
        explained=reading.explained | by_remark,
        unexplained=reading.unexplained - by_remark,
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


_MEASURES_BY_ADJECTIVE = frozenset(
    "area size length height share percentage proportion revenue expenditure rank population"
    " employee worker staff job resident".split()
)


def _whole_names(asked: Asked, place: str, known: frozenset[str]) -> Iterable[frozenset[int]]:
    """Where a place's whole name, or that in brackets, stands in the question."""
    name = name_of(place, known)
    places = [n for n, word in enumerate(asked.words) if word.stem not in _JOINING]
    stems = [asked.words[n].stem for n in places]
    for part in (name.base, name.variant):
        for at in range(len(stems) - len(part) + 1 if part else 0):
            if all(a == b for a, b in zip(stems[at:], part, strict=False)):
                yield frozenset(places[at : at + len(part)])


def _holds(asked: Asked, place: str, positions: frozenset[int], known: frozenset[str]) -> bool:
    """Whether a place's name holds all of some words of the question."""
    name = name_of(place, known)
    whole = (*name.base, *name.variant)
    return all(any(strength(asked.words[n].stem, word) >= 0.9 for word in whole) for n in positions)


def _extra(place: str, positions: frozenset[int], known: frozenset[str]) -> float:
    """How many words of a place's name the question lacks."""
    name = name_of(place, known)
    return float(max(len(name.base) - len(positions), 0))


def _narrowed(
    asked: Asked,
    facts: list[Fact],
    explained: frozenset[int],
    words_of: Callable[[Fact], frozenset[str]],
    least: float = 0.9,
) -> tuple[list[Fact], frozenset[int]]:
    """Only the observations that hold most of the words left over, where any hold some."""
    left = asked.content - explained
    if not left or not facts:
        return facts, _NOTHING
    met = [
        frozenset(n for n in left if any(strength(asked.words[n].stem, word) >= least
                                         for word in words_of(fact)))
        for fact in facts
    ]  # fmt: skip
    most = max(map(len, met))
    if not most:
        return facts, _NOTHING
    kept = [fact for fact, held in zip(facts, met, strict=True) if len(held) == most]
    return kept, next(held for held in met if len(held) == most)


def _variant_words(known: frozenset[str]) -> Callable[[Fact], frozenset[str]]:
    return lambda fact: frozenset(name_of(fact.observation.indicator, known).variant)


def _remark_words(known: frozenset[str]) -> Callable[[Fact], frozenset[str]]:
    def held(fact: Fact) -> frozenset[str]:
        seen = fact.observation
        parts = (
            seen.note, seen.source, seen.qualifier, seen.unit.printed, seen.period.printed,
            *fact.table.table.notes,
        )  # fmt: skip
        return _stems(" ".join(parts), known)

    return held


def _context_words(known: frozenset[str]) -> Callable[[Fact], frozenset[str]]:
    """The words of the titles and headings over a table, and of its file's name."""

    def held(fact: Fact) -> frozenset[str]:
        table = fact.table
        name = table.rows[0].source.replace("_", " ")
        parts = (table.table.title, table.document_title, name, *table.table.heading)
        return _stems(" ".join(parts), known)

    return held


def _row_words(known: frozenset[str]) -> Callable[[Fact], frozenset[str]]:
    """The words of a row's cells in columns that hold no values: the town of each museum."""
    with_values: dict[int, frozenset[int]] = {}

    def held(fact: Fact) -> frozenset[str]:
        table = fact.table.table
        if is_tidy(table.header):
            return _NO_WORDS
        if id(fact.table) not in with_values:
            with_values[id(fact.table)] = _value_columns(fact.table)
        cells = table.rows[fact.observation.cell.row - 1].cells
        told = (c for n, c in enumerate(cells, 1) if n not in with_values[id(fact.table)])
        return _stems(" ".join(told), known)

    return held


def _value_columns(table: IndexedTable) -> frozenset[int]:
    return frozenset(o.cell.column_number for o in table.observations if o.cell.column_number)


_NO_WORDS: frozenset[str] = frozenset()


def _one_of_each_table(facts: Iterable[Fact]) -> list[Fact]:
    return list({id(fact.table): fact for fact in facts}.values())


def _kind_words(table: IndexedTable) -> frozenset[str]:
    """What heads the columns that hold names and no values: "District", "Sector"."""
    with_values = _value_columns(table)
    heads = (head for number, head in enumerate(table.table.header, 1) if number not in with_values)
    return frozenset(word.stem for head in heads for word in words(head)) - _NO_KIND


@lru_cache(maxsize=16384)
def _stems(text: str, known: frozenset[str]) -> frozenset[str]:
    return frozenset(word.stem for word in words(text, known))
