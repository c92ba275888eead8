"""A sentence that a model wrote -> the spans that it is proved by, or why it is withheld."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from innoqa.attribution import Fault, supported
from innoqa.attribution.clauses import content
from innoqa.attribution.evidence import dates_in, matched, tokens
from innoqa.attribution.function_words import LIGHT_WORDS
from innoqa.attribution.hedges import is_hedged
from innoqa.citing import Draft, Span, numbered
from innoqa.domain import Computation, Withheld
from innoqa.drafts.parts import Part, parts
from innoqa.drafts.rivals import have_rivals, told_otherwise
from innoqa.drafts.sentences import Written
from innoqa.drafts.telling import tells
from innoqa.drafts.units import Unit, units
from innoqa.prompts import Material

LONGEST = 800
"""The most characters of a sentence that is proved at all."""

_TRIED = 8
"""How many units a sentence, or each part of it, is held against: those nearest to its words."""

_JOINED = 4
"""Of how many sentences, those nearest to its words, some may prove it between them."""

_LEAST_OF_LEAD = 0.6
"""The least share of its lead's words that proves a part with no words of its own: "and 7%"."""

_LEAST_SHARED = 0.4
"""The least share of a part's words that a unit must have to be tried."""

_COPIED, _COPIED_LESS = 0.85, 0.05
"""The share of a text's words that it has from a sentence that it copies, and how much less
another may have that it could copy as well."""

_DIFFER = re.compile(
    r"(?:however, )?(?:the |these )?(?:sources|accounts|figures|counts|reports|numbers) "
    r"(?:disagree|differ|vary|conflict|do not agree)(?: on (?:this|it))?[:;,]\s(?:while )?",
    re.IGNORECASE,
)
"""That sources differ, which is so where what follows stands in more than one."""

_OF_WHOLE = ("number", "date", "name", "negation")
"""The kinds of faults that a sentence must not have as a whole, where its parts have none."""

_CONTRAST = re.compile(r"(?:;|\b(?:but|while|whereas)\b)(?=.*\w)", re.IGNORECASE)
_GOES_ON = re.compile(r"\b(?:of|from) (?:which|whom|them|these|those|it)\b", re.IGNORECASE)
_APPOSED = re.compile(r"([A-Z][^,;]{1,120}), ((?:an?|the|which|who) [^,;]+), (.+)\Z")
_TOLD_IN = re.compile(
    r"\b(?:wrote|reported|said|noted|found|counted) in \d{4}\b"
    r"|\b\d{4}(?= (?:article|report|study|account|paper|thesis|note|page|supplement|feature))"
)
_DIGITS = re.compile(r"[0-9][0-9.,]*")
_NAME = re.compile(r"(?<![\w&])[A-Z][\w&'’-]+(?:\s[A-Z][\w&'’-]+)*")


def proved(
    sentence: Written, shown: Sequence[Material], computation: Computation | None
) -> Draft | Withheld:
    """The sentence with the fewest spans that support it, those that it cites before others.

    One sentence or cell that says all of it is best; else each part of it must stand in one.
    """
    if len(sentence.text) > LONGEST:
        return Withheld(sentence.text, "It is too long to be proved")
    if not (tells(sentence.text) or _stands(sentence.text, shown)):
        return Withheld(sentence.text, "It is no sentence that tells something")
    lead = _DIFFER.match(sentence.text)
    cited = [unit for one in shown if one.number in sentence.markers for unit in units(one)]
    others = [unit for one in shown if one.number not in sentence.markers for unit in units(one)]
    trial = _Trial(sentence.text[lead.end() if lead else 0 :], computation, tuple(cited + others))
    tries = [(trial.alone, cited), (trial.alone, others)]
    copied = _copied(sentence.text, cited + others)
    if copied:
        tries = [(attempt, [one for one in among if one in copied]) for attempt, among in tries]
    else:
        tries[1:1] = [(trial.together, cited)]
        tries += [(trial.together, cited + others), (trial.joined, cited + others)]
    for attempt, among in tries:
        spans = attempt(among)
        if len(spans) > bool(lead):
            return Draft(sentence.text, spans)
    return Withheld(sentence.text, trial.why)


def _stands(text: str, shown: Sequence[Material]) -> bool:
    """Whether a text is a sentence of a source, word for word."""
    said = tokens(text)
    return any(said == tokens(words) for one in shown for u in units(one) for words in u.texts)


@dataclass(slots=True)
class _Trial:
    """One sentence held against units; ``faults`` are the fewest that one of them left."""

    text: str
    computation: Computation | None
    shown: tuple[Unit, ...]
    faults: tuple[Fault, ...] = ()
    _known: dict[tuple[str, Unit], tuple[Fault, ...]] = field(default_factory=dict)

    @property
    def why(self) -> str:
        """What no span supports, for a reader."""
        said = dict.fromkeys(fault.why for fault in self.faults)
        return "; ".join(said) or "Nothing that is shown speaks of it"

    def alone(self, among: Sequence[Unit]) -> tuple[Span, ...]:
        """The spans of the unit that says all of the sentence, () where none does."""
        for unit in _nearest(self.text, among):
            found = self._faults(self.text, unit) or self._rivals(self.text, unit)
            if not found:
                return unit.spans
            if not self.faults or len(found) < len(self.faults):
                self.faults = found
        return ()

    def together(self, among: Sequence[Unit]) -> tuple[Span, ...]:
        """The spans of the fewest units that each say a part of it, () where they do not."""
        return self._cells(among) or self._parts(among) or self._apposed(among)

    def joined(self, among: Sequence[Unit]) -> tuple[Span, ...]:
        """The spans of two sentences of one passage, of the same names, that say all of it.

        Neither has a number of the other's kind: what is of which could not be told.
        """
        near = [unit for unit in _nearest(self.text, among) if unit.is_sentence][:_JOINED]
        for one, other in combinations(near, 2):
            if one.passage != other.passage or not _are_of_one(one, other):
                continue
            both = Unit((*one.spans, *other.spans), is_alone=False)
            if not (self._faults(self.text, both) or self._rivals(self.text, both)):
                return both.spans
        return ()

    def _apposed(self, among: Sequence[Unit]) -> tuple[Span, ...]:
        """The spans of a sentence whose subject is explained first: "Osk, a yard, closed"."""
        match = _APPOSED.match(self.text)
        if match is None:
            return ()
        found: list[Span] = []
        for text in (f"{match[1]}, {match[2]}.", f"{match[1]} {match[3]}"):
            one = _Trial(text, self.computation, self.shown)
            spans = one.alone(among) or one._parts(among)
            if not spans:
                return ()
            found += spans
        return tuple(dict.fromkeys(found))

    def _cells(self, among: Sequence[Unit]) -> tuple[Span, ...]:
        """Two cells that a value follows from."""
        cells = [unit for unit in _nearest(self.text, among) if unit.is_cell]
        for one, other in combinations(cells, 2):
            both = Unit((*one.spans, *other.spans))
            if not self._faults(self.text, both):
                return both.spans
        return ()

    def _parts(self, among: Sequence[Unit]) -> tuple[Span, ...]:
        best: dict[int, tuple[Unit, ...]] = {0: ()}
        found = parts(self.text)
        ends = sorted({part.end for part in found})
        for end in ends:
            for part in found:
                if part.end != end or part.start not in best:
                    continue
                unit = self._unit_of(part, among, best[part.start])
                if unit is None:
                    continue
                chosen = tuple(dict.fromkeys((*best[part.start], unit)))
                if end not in best or len(chosen) < len(best[end]):
                    best[end] = chosen
        chosen = best.get(ends[-1], ()) if ends else ()
        spans = tuple(dict.fromkeys(span for unit in chosen for span in unit.spans))
        faults = self._faults(self.text, Unit(spans)) if spans else ()
        return () if any(fault.kind in _OF_WHOLE for fault in faults) else spans

    def _unit_of(self, part: Part, among: Sequence[Unit], before: tuple[Unit, ...]) -> Unit | None:
        """The unit that says a part of the sentence, one that is used already before others."""
        near = _nearest(part.text, among)
        for unit in sorted(near, key=lambda unit: unit not in before):
            if _GOES_ON.search(part.text) and before and before[-1].passage != unit.passage:
                continue
            if _keeps_lead(part, unit, self.text, before) and not self._faults_of_part(part, unit):
                return unit
        return None

    def _faults_of_part(self, part: Part, unit: Unit) -> tuple[Fault, ...]:
        """Those that are not made good by a hedge in another part."""
        found = self._faults(part.text, unit) or self._rivals(part.text, unit)
        hedged = is_hedged(self.text.replace(part.text.removeprefix("and "), " "))
        return tuple(fault for fault in found if not (hedged and fault.kind == "hedge"))

    def _rivals(self, text: str, unit: Unit) -> tuple[Fault, ...]:
        """A number that another sentence gives otherwise."""
        found = told_otherwise(text, unit, self.shown, self.text)
        return (Fault(text, "number", found),) if found else ()

    def _faults(self, text: str, unit: Unit) -> tuple[Fault, ...]:
        place = (text, unit)
        if place not in self._known:
            statement = numbered([Draft(text, unit.spans)])[0]
            self._known[place] = supported(statement, self.computation)
        return self._known[place]


def _are_of_one(one: Unit, other: Unit) -> bool:
    """Whether two sentences have the same names, and no numbers that could be exchanged."""
    first, second = (
        frozenset(name for match in _NAME.finditer(unit.texts[0]) for name in content(match[0]))
        for unit in (one, other)
    )
    return (first <= second or second <= first) and not have_rivals(one.texts[0], other.texts[0])


def _nearest(text: str, among: Sequence[Unit]) -> list[Unit]:
    """The units that share most words with a text, if they share enough."""
    wanted = content(text)
    shares = [sum(matched(stem, unit.stems) for stem in wanted) for unit in among]
    order = sorted(range(len(among)), key=lambda place: -shares[place])
    least = _LEAST_SHARED * len(wanted)
    return [among[place] for place in order[:_TRIED] if shares[place] >= least]


def _copied(text: str, among: Sequence[Unit]) -> frozenset[Unit]:
    """The sentences that a text has nearly all its words from, with as many numbers.

    What such a text says otherwise is wrong, and no other sentence is to support it.
    """
    wanted = frozenset(word for word in content(text) if not word[0].isdigit())
    count = len(_DIGITS.findall(text))
    shares: dict[Unit, float] = {}
    for unit in among:
        if unit.is_sentence:
            held = content(unit.texts[0])
            shares[unit] = len(wanted & held) / max(1, len(wanted))
    most = max((shares[one] for one in shares if len(_DIGITS.findall(one.texts[0])) >= count),
               default=0.0)  # fmt: skip
    if most < _COPIED:
        return frozenset()
    return frozenset(one for one, share in shares.items() if share >= most - _COPIED_LESS)


def _keeps_lead(part: Part, unit: Unit, text: str, before: Sequence[Unit]) -> bool:
    """Whether a later part is said of what the one before it names, and of its time.

    A part with a name of its own may be of that; one with a date of its own, of that. Sentences of
    one passage need to share one name alone.
    """
    if not part.start or _GOES_ON.search(part.text) or not re.search("[0-9]", part.text):
        return True
    lead = _CONTRAST.split(text[: part.start])[-1] or text[: part.start]
    names = [name for match in _NAME.finditer(lead) if (name := content(match[0]))]
    if names and not _NAME.search(part.text):
        enough = any if before and before[-1].passage == unit.passage else all
        if not enough(name <= unit.stems for name in names):
            return False
    if not _own_words(part.text) and _share(content(lead), unit) < _LEAST_OF_LEAD:
        return False
    if not dates_in(lead) or dates_in(part.text):
        return True
    held = {year for words in unit.texts for year in _years(_TOLD_IN.sub(" ", words))}
    return not held or not held.isdisjoint(_years(lead))


def _own_words(text: str) -> frozenset[str]:
    """The stems of a part that say something beside its numbers and dates."""
    for date in dates_in(text):
        text = text[: date.start] + " " * (date.end - date.start) + text[date.end :]
    return frozenset(stem for stem in content(text) - LIGHT_WORDS if not stem[0].isdigit())


def _share(wanted: frozenset[str], unit: Unit) -> float:
    """How much of the words that are wanted, numbers left out, a unit has."""
    words = [stem for stem in wanted if not stem[0].isdigit()]
    held = content(" ".join(unit.texts))
    return sum(matched(stem, held) for stem in words) / max(1, len(words))


def _years(text: str) -> frozenset[int]:
    """The years that the dates of a text begin and end in."""
    periods = [mention.period for mention in dates_in(text)]
    return frozenset(day.year for one in periods for day in (one.start, one.end) if day)
