"""What a statement stands on: the sentences and cells that it cites, as texts and as words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from innoqa import periods
from innoqa.attribution.synonyms import groups
from innoqa.domain import Citation, Computation, Observation, Statement
from innoqa.periods import PeriodMention
from innoqa.words import SYNONYM, strength, words

_TOKEN = re.compile(r"[0-9][0-9.,]*[0-9]|[^\W_]+(?:[&'’][^\W_]+)*|[^\s\w.,;:!?()\[\]“”\"'’]")
_NUMBER = re.compile(r"[-+−(]?[0-9][0-9.,]*\)?")
_AS_ONE = str.maketrans("’‘−–—", "''---")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is cited.

    ``texts`` are the cited sentences as they read, one string for each citation's span; ``cells``
    the cited cells, or all of a row that is cited as a whole; ``subjects`` tell what they are of
    and for when, ``notes`` what the table remarks on them, ``rows`` are their whole rows in words.
    ``context`` are the titles and headings over them, ``sources`` who published the cells.
    ``nearby`` are the passages of the cited sentences, whole. ``computation`` is that of the
    answer, where one of its cells is cited.
    """

    texts: tuple[str, ...]
    cells: tuple[Observation, ...]
    subjects: tuple[str, ...]
    notes: tuple[str, ...]
    rows: tuple[str, ...]
    context: tuple[str, ...]
    sources: tuple[str, ...]
    nearby: tuple[str, ...]
    computation: Computation | None

    @property
    def groups(self) -> tuple[tuple[Observation, ...], ...]:
        """The cited cells; then those that the computation stands on, and its series."""
        if self.computation is None:
            return (self.cells,)
        return self.cells, self.computation.operands, self.computation.series

    @property
    def known(self) -> tuple[Observation, ...]:
        """All of these cells, each once."""
        return tuple(dict.fromkeys(cell for group in self.groups for cell in group))

    @property
    def own(self) -> tuple[str, ...]:
        """Every cited sentence, and the words of every cited cell but its number and source."""
        return (*self.texts, *self.subjects, *self.notes)

    @property
    def all_texts(self) -> tuple[str, ...]:
        """All of that, what stands over it, and how the question was read."""
        return (*self.own, *self.context, self.reading)

    @property
    def reading(self) -> str:
        """How the question was read that the computation answers."""
        return self.computation.reading if self.computation else ""

    def says_in_words(self, text: str) -> bool:
        """Whether a text is all that is cited, word for word and sign for sign."""
        return bool(self.texts) and tokens(text) == tokens(" ".join(self.texts))


def evidence_of(statement: Statement, computation: Computation | None) -> Evidence:
    """What a statement cites, put together once."""
    citations = statement.citations
    cells = tuple(dict.fromkeys(cell for citation in citations for cell in _cells(citation)))
    return Evidence(
        texts=tuple(text for citation in citations for text in _texts(citation)),
        cells=cells,
        subjects=tuple(dict.fromkeys(map(subject_of, cells))),
        notes=tuple(dict.fromkeys(_told_notes(statement.text, cells))),
        rows=tuple(dict.fromkeys(c.passage.words for c in citations if c.observation)),
        context=tuple(dict.fromkeys(c.passage.heading_path for c in citations)),
        sources=tuple(dict.fromkeys(cell.source for cell in cells)),
        nearby=tuple(dict.fromkeys(c.passage.words for c in citations if not c.observation)),
        computation=computation if computation and _is_of(computation, cells) else None,
    )


def _told_notes(text: str, cells: Iterable[Observation]) -> Iterator[str]:
    """The remarks on cells, each whole where it is quoted.

    Else one that holds a number counts only where its numbers and most of its words are told.
    """
    said = stems(text)
    for cell in cells:
        for note in (cell.note,) if cell.note in text else cell.note.split("; "):
            held = stems(note)
            numbers = {stem for stem in held if stem[0].isdigit()}
            told = sum(matched(stem, said) for stem in held - numbers)
            is_told = numbers <= said and 2 * told >= len(held - numbers) + bool(held - numbers)
            if note and (is_told or not numbers):
                yield note


def _is_of(computation: Computation, cells: tuple[Observation, ...]) -> bool:
    """Whether a computation stands on one of the cells."""
    return not {*computation.operands, *computation.series}.isdisjoint(cells)


def _texts(citation: Citation) -> Iterator[str]:
    """The sentences of a span as they read; of a span that is no sentence the quote itself."""
    if citation.observation is not None:
        return
    inside = [
        sentence.text
        for sentence in citation.passage.sentences
        if citation.start <= sentence.start and sentence.end <= citation.end
    ]
    yield " ".join(inside) if inside else citation.quote


def _cells(citation: Citation) -> tuple[Observation, ...]:
    seen = citation.observation
    return citation.passage.observations if seen is None else (seen,)


def subject_of(cell: Observation) -> str:
    """The words of a cell: what its number is of, for when, how exact; or the text that it is."""
    parts = (
        cell.indicator, cell.entity, cell.cell.row_name, cell.cell.column or "", cell.qualifier,
        cell.unit.printed, cell.period.printed, text_in(cell),
    )  # fmt: skip
    return "; ".join(dict.fromkeys(filter(None, parts)))


def text_in(cell: Observation) -> str:
    """What a cell prints, where that is more than a number in another scale."""
    return "" if cell.unit.scale != 1 and _NUMBER.fullmatch(cell.printed) else cell.printed


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """The words, numbers and signs of a text in lower case, without what only parts them.

    >>> tokens("“R&D” rose to 1,200 (+5 %).")
    ('r&d', 'rose', 'to', '1,200', '+', '5', '%')
    """
    return tuple(_TOKEN.findall(text.translate(_AS_ONE).lower()))


@lru_cache(maxsize=4096)
def dates_in(text: str) -> tuple[PeriodMention, ...]:
    """The periods that a text names."""
    return periods.mentions(text)


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """The stems of a text's words."""
    return frozenset(word.stem for word in words(text))


def stems_of(texts: Iterable[str]) -> frozenset[str]:
    """The stems of several texts' words."""
    return frozenset().union(*map(stems, texts))


def matched(stem: str, among: frozenset[str], least: float = 0.1) -> bool:
    """Whether a word, another form of it or a synonym is among stems."""
    if stem in among or any(strength(stem, other) >= least for other in among):
        return True
    own = groups(stem) if least <= SYNONYM else frozenset()
    return bool(own) and any(not own.isdisjoint(groups(other)) for other in among)
