"""What a sentence can be proved by: cells, and sentences with those that they need to be read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from innoqa.attribution.clauses import content
from innoqa.citing import Span, cell_span
from innoqa.domain import Passage, Sentence
from innoqa.prompts import Material

_REFERS_BACK = re.compile(
    r"(?:it|its|they|their|this|these|that|those|he|she|his|her|such|both|there|then|the (?:same"
    r"|former|latter)|also|another|one|in (?:addition|contrast|turn))\b"
    r"|(?:\w+\W+){1,7}?(?:thus|therefore|however)\b",
    re.IGNORECASE,
)
"""Other words than those by which ``extraction`` puts a sentence after the one before: what is only
fluent there ("for example") would here let two sentences prove what neither says."""

_SHORT_ITEM = 8
"""Words; a list of shorter items is one unit with its lead-in."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Spans that are read as one; ``is_alone`` tells that they are one sentence or cell."""

    spans: tuple[Span, ...]
    is_cell: bool = False
    is_alone: bool = True

    @property
    def passage(self) -> str:
        """The passage that it stands in, or begins in."""
        return self.spans[0].passage.id

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands in each of the spans."""
        return tuple(map(_words, self.spans))

    @property
    def is_sentence(self) -> bool:
        """Whether it is one sentence, and no cell or row."""
        return self.is_alone and not self.is_cell and len(self.spans) == 1

    @property
    def stems(self) -> frozenset[str]:
        """The stems of its words and of what stands over them."""
        return _stems(self.spans)


def units(material: Material) -> list[Unit]:
    """What a sentence that cites a material may stand on, the smallest first."""
    if material.is_computed:
        return [Unit(material.spans)]
    found: list[Unit] = []
    for span in material.spans:
        cells = [
            Unit((cell_span(span.passage, o),), is_cell=True) for o in span.passage.observations
        ]
        found += [*cells, Unit((span,), is_cell=bool(cells))]
    if not material.spans or material.spans[0].passage.cell:
        return found
    return [*found, *_joined(material.spans[0].passage)]


def _joined(passage: Passage) -> Iterator[Unit]:
    """Sentences that refer back with the one before, items with their lead-in, short lists."""
    before: Sentence | None = None
    for sentence in passage.sentences:
        if before and _REFERS_BACK.match(sentence.text):
            yield Unit((_span(passage, [before, sentence]),), is_alone=False)
        before = sentence
    for listed in _lists(passage):
        lead, *items = listed
        if all(len(item.text.split()) < _SHORT_ITEM for item in items):
            yield Unit((_span(passage, listed),), is_alone=False)
        else:
            for item in items:
                first, second = _span(passage, [lead]), _span(passage, [item])
                yield Unit((first, second), is_alone=False)


def _lists(passage: Passage) -> Sequence[list[Sentence]]:
    """The lists of a passage that have their lead-in there, and an item."""
    by_number: dict[int, list[Sentence]] = {}
    for sentence in passage.sentences:
        if sentence.place:
            by_number.setdefault(sentence.place.list_number, []).append(sentence)
    found = [lst for lst in by_number.values() if len(lst) > 1]
    return [lst for lst in found if lst[0].place and lst[0].place.item == 0]


def _span(passage: Passage, sentences: Sequence[Sentence]) -> Span:
    """One span over neighbouring sentences."""
    references = dict.fromkeys(label for one in sentences for label in one.references)
    return Span(passage, sentences[0].start, sentences[-1].end, tuple(references))


def _words(span: Span) -> str:
    inside = (s.text for s in span.passage.sentences if span.start <= s.start < span.end)
    return " ".join(inside)


@lru_cache(maxsize=2048)
def _stems(spans: tuple[Span, ...]) -> frozenset[str]:
    return frozenset().union(
        *(content(_words(span)) | content(span.passage.heading_path) for span in spans)
    )
