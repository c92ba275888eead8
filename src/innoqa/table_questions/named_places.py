"""The places that a question names: whole names, parts of names, and kinds of places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from innoqa.table_questions.asking import Asked
from innoqa.table_questions.facts import Fact, context_words, kind_words, one_of_each_table
from innoqa.table_questions.names import JOINING, is_total, name_of
from innoqa.words import stem, strength

_NOTHING: frozenset[int] = frozenset()
_ANY_KIND = frozenset(
    "place area district city zone region park country province town state county municipality"
    " sector branch company firm organization institution unit entity one item category"
    " group".split()
)
_A_FEW = 2
_OF_SEVERAL = frozenset("any each every which what all".split())


@dataclass(frozen=True, slots=True)
class Places:
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
    ) -> "Places":
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
        kinds = {id(fact.table): kind_words(fact.table) for fact in one_of_each_table(facts)}
        names = {
            name_of(fact.observation.indicator, known) for fact in facts
            if fact.observation.indicator.casefold() not in fact.table.document_title.casefold()
        }  # fmt: skip
        stems = frozenset(word for name in names for word in name.base)
        naming = frozenset(n for n, word in enumerate(asked.words) if word.stem in stems)
        return cls(asked, known, main, kinds, in_order, frozenset(taken), naming)

    def of(self, group: Sequence[Fact], naming: frozenset[int]) -> "ChosenPlaces":
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
        return ChosenPlaces(tuple(dict.fromkeys(chosen)), used, partial, lacking, named=True)

    def beside(self, chosen: Sequence[str]) -> frozenset[int]:
        """The words of the places named that are none of those chosen: where these may lie."""
        return frozenset().union(*(words for place, words in self.whole if place not in chosen))

    def told_by_titles(self, group: Sequence[Fact]) -> frozenset[int]:
        """The words of the question that stand over the tables of a group."""
        heads = {id(f.table): f for f in group}.values()
        told = frozenset().union(*(context_words(self.known)(fact) for fact in heads))
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

    def _asked_kind(self, held: Sequence[str]) -> "ChosenPlaces | None":
        """The places with all of what "which" asks for in their names: "which science city"."""
        of_kind = self.asked.type_words
        if not self.asked.chooses or len(of_kind) < 2:
            return None
        alike = tuple(
            place for place in held
            if not is_total(place) and _holds(self.asked, place, of_kind, self.known)
        )  # fmt: skip
        if len(alike) < 2:
            return None
        return ChosenPlaces(alike, of_kind | self.words, 0.0, named=True, group=True)

    def _kind(self, held: Sequence[str], group: Sequence[Fact]) -> "ChosenPlaces | None":
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
                return ChosenPlaces(tuple(alike), used, 0.0, named=True, group=True)
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

    def _unnamed(self, held: Sequence[str], told: frozenset[int]) -> "ChosenPlaces":
        """The places with a word of the question in their names, or the main one, or all.

        A word of the titles, which are ``told``, says no more than which table is meant.
        """
        of_kind = self.asked.type_words if self.asked.chooses else _NOTHING
        for position in sorted(self.asked.content - self.words - of_kind):
            alike, met = self._wider(held, frozenset({position}))
            if alike and (len(alike) == 1 or position not in told):
                group = len(alike) > _A_FEW
                return ChosenPlaces(tuple(alike), met, 0.5, named=True, group=group)
        totals = tuple(place for place in held if is_total(place))
        if self.asked.type_words or self.asked.has("which entity"):
            others = tuple(p for p in held if p != self.main and p not in totals)
            chosen = others if len(others) > 1 else tuple(held)
            kinds = frozenset(
                n for n in self.asked.type_words if self.asked.words[n].stem in _ANY_KIND
            )
            return ChosenPlaces(chosen, kinds, 0.0, group=len(chosen) > 1)
        if totals:
            said = {n for n, word in enumerate(self.asked.words) if is_total(word.text)}
            return ChosenPlaces(totals, frozenset(said), 0.0)
        chosen = (self.main,) if self.main in held else tuple(held)
        return ChosenPlaces(chosen, _NOTHING, 0.0, group=len(chosen) > 1)


@dataclass(frozen=True, slots=True)
class ChosenPlaces:
    """The places that are meant, with the question's words that name them.

    ``partial`` counts the words of their names that the question lacks; ``lacking`` is a place that
    is named and has no figure; ``group`` tells a kind of place from places named one by one.
    """

    places: tuple[str, ...]
    used: frozenset[int]
    partial: float
    lacking: str = ""
    named: bool = False
    group: bool = False


def _whole_names(asked: Asked, place: str, known: frozenset[str]) -> Iterable[frozenset[int]]:
    """Where a place's whole name, or that in brackets, stands in the question."""
    name = name_of(place, known)
    places = [n for n, word in enumerate(asked.words) if word.stem not in JOINING]
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
