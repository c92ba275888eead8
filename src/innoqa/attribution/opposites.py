"""Whether a statement says the opposite of what it cites, or puts another thing in its place."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from innoqa.attribution.evidence import Evidence
from innoqa.attribution.fault import FaultKind, Found
from innoqa.attribution.function_words import FUNCTION_WORDS
from innoqa.attribution.parsing import Parsed
from innoqa.words import stem

_OPPOSITES: tuple[tuple[str, str], ...] = (
    ("more greater larger higher bigger", "less fewer smaller lower"),
    ("most greatest largest highest biggest maximum", "least fewest smallest lowest minimum"),
    ("rise rose risen rises rising up grow grew grown grows growing growth increase increased"
     " increases increasing expand expanded gain gained climb climbed",
     "fall fell fallen falls falling down decline declined declines declining decrease decreased"
     " decreases decreasing shrink shrank shrunk drop dropped lose lost"),
    ("above over exceed exceeded exceeds passed surpassed topped crossed", "below under"),
    ("first", "last"),
    ("early earlier earliest", "late later latest"),
    ("before", "after"),
    ("ahead", "behind"),
    ("begin began begun start started open opened launch launched",
     "end ended close closed stop stopped"),
    ("inside within", "outside"),
    ("include included includes", "exclude excluded excludes"),
    ("better best improve improved", "worse worst worsened"),
    ("older oldest", "younger newest"),
    ("strong stronger strongest", "weak weaker weakest"),
    ("north northern", "south southern"),
    ("east eastern", "west western"),
    ("majority", "minority"),
    ("import imports", "export exports"),
    ("allow allowed allows permit permits", "forbid forbids forbade ban bans banned prohibited"),
    ("public", "private"),
    ("always", "never"),
    ("fast faster fastest", "slow slower slowest"),
    ("long longer longest", "short shorter shortest"),
    ("succeed succeeded", "fail failed"),
    ("approve approved", "reject rejected"),
    ("high", "low"),
    ("large big", "small"),
    ("many", "few"),
    ("buy bought", "sell sold"),
    ("positive", "negative"),
    ("top", "bottom"),
    ("same identical", "different"),
    ("only sole solely", "several various numerous besides multiple"),
)  # fmt: skip
_SIDES = {
    word: (pair, side)
    for pair, both in enumerate(_OPPOSITES)
    for side, listed in enumerate(both)
    for word in listed.split()
}


_WAYS = frozenset(" ".join(_OPPOSITES[2]).split()) - {"up", "down"}

_TOKEN = re.compile(
    r"(?P<number>[0-9](?:[0-9.,/]*[0-9])?)|(?P<word>[^\W_]+(?:[&'’.][^\W_]+)*)|(?P<end>[.!?:;])"
)
_END = "."
_Side = tuple[str, ...]
_Context = tuple[_Side, _Side]
_NOWHERE: _Context = ((_END,), (_END,))
_KINDS: Mapping[str, FaultKind] = {"number": "number", "name": "name", "side": "word"}
_FARTHEST = 3  # words on either side of what may have been put in another's place


@dataclass(frozen=True, slots=True)
class _Mark:
    """A word, a number or a whole name; ``kind`` is "" for what may not stand for another."""

    text: str
    kind: str = ""

    @property
    def is_content(self) -> bool:
        return self.text != _END and stem(self.text) not in FUNCTION_WORDS


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Opposites, and what stands in another's place."""
    said = _marks(parsed.text)
    held = tuple(_marks(text) for text in evidence.all_texts if text)
    yield from _sides(said, held)
    yield from _in_place(said, tuple(map(_marks, evidence.texts)))


@lru_cache(maxsize=4096)
def _marks(text: str) -> tuple[_Mark, ...]:
    """A text as words, numbers and names, with its ends of sentences and clauses."""
    marks = [_Mark(_END)]
    last_end = 0
    for match in _TOKEN.finditer(text):
        if match["end"]:
            mark = _Mark(_END)
        elif match["number"]:
            digits = match[0].replace(",", "")
            mark = _Mark(digits.rstrip("0").rstrip(".") if "." in digits else digits, "number")
        else:
            mark = _word(match[0])
            follows = (
                mark.kind == marks[-1].kind == "name" and text[last_end : match.start()] == " "
            )
            if follows and not text[:last_end].endswith(("'s", "’s")):
                mark = _Mark(f"{marks.pop().text} {mark.text}", "name")
        last_end = match.end()
        if mark.text != _END or marks[-1].text != _END:
            marks.append(mark)
    if marks[-1].text != _END:
        marks.append(_Mark(_END))
    return tuple(marks)


def _word(word: str) -> _Mark:
    plain = word.lower().replace("’", "'").removesuffix("'s")
    if plain in _SIDES:
        return _Mark(plain, "side")
    is_name = word[0].isupper() and plain not in FUNCTION_WORDS
    return _Mark(plain, "name" if is_name else "")


Texts = Sequence[tuple[_Mark, ...]]


def _sides(said: tuple[_Mark, ...], held: Texts) -> Iterator[Found]:
    """Words whose opposite stands in the evidence while they and their like do not.

    A rise or fall without a number must be told there.
    """
    known = {_SIDES[mark.text] for text in held for mark in text if mark.text in _SIDES}
    no_number = not any(mark.kind == "number" for mark in said)
    for mark in said:
        if mark.text in _SIDES:
            pair, side = _SIDES[mark.text]
            is_opposite = (pair, 1 - side) in known and (pair, side) not in known
            is_way = mark.text in _WAYS and no_number and pair not in {one for one, _ in known}
            if is_opposite or is_way:
                yield "word", mark.text


def _in_place(said: tuple[_Mark, ...], held: Texts) -> Iterator[Found]:
    """Numbers, names and comparatives that stand where the evidence has others of the kind.

    One that the evidence has beside the same word on either side is no other.
    """
    places: dict[_Context, set[_Mark]] = {}
    beside: set[tuple[_Mark, _Side]] = set()
    for text in held:
        for place, mark in enumerate(text):
            context = _context(text, place) if mark.kind else _NOWHERE
            if context != _NOWHERE:
                places.setdefault(context, set()).add(mark)
                beside |= {(mark, side) for side in context if side[-1] != _END}
    for place, mark in enumerate(said):
        context = _context(said, place) if mark.kind else _NOWHERE
        others = places.get(context, set())
        stands = mark in others or any((mark, side) in beside for side in context)
        if not stands and any(_excludes(mark, other) for other in others):
            yield _KINDS[mark.kind], mark.text


def _context(text: tuple[_Mark, ...], place: int) -> _Context:
    """The words on either side up to the first that carries meaning."""
    return _up_to_content(text[:place][::-1]), _up_to_content(text[place + 1 :])


def _up_to_content(marks: tuple[_Mark, ...]) -> _Side:
    found: list[str] = []
    for mark in marks[:_FARTHEST]:
        found.append(mark.text)
        if mark.is_content or mark.text == _END:
            break
    return tuple(found)


def _excludes(one: _Mark, other: _Mark) -> bool:
    """Whether two that stand in one place cannot both be right."""
    if one.kind != other.kind:
        return False
    if one.kind == "side":
        (pair, side), (other_pair, other_side) = _SIDES[one.text], _SIDES[other.text]
        return pair == other_pair and side != other_side
    return not {*one.text.split()} & {*other.text.split()}
