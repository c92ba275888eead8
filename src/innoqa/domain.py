"""The vocabulary: what InnoQA speaks of, as frozen values.

Offsets count characters of ``Document.text`` and follow Python slicing: ``text[start:end]``.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

MediaType = Literal[
    "markdown", "plain", "html", "table", "beir", "pdf", "docx", "pptx", "epub", "email"
]


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note that a document gives for a label, usually the source of a claim."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Where a block or sentence stands in a list: item 0 is the lead-in, 1 the first item."""

    list_number: int
    item: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list's lead-in or a list's item."""

    start: int
    end: int
    place: ListPlace | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks under one heading; ``heading`` is the path from the outermost heading inwards."""

    heading: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one row and the span of the document's text that they were read from."""

    cells: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table as printed: every cell is the string that stands in the document.

    ``header`` names each column; where the header is stacked, its levels are joined outermost
    first by ``HEADER_JOIN``. ``notes`` are the lines around the table that belong to it (units,
    footnotes, sources); ``rows`` are the lines below the header, section lines included, blank
    and note lines left out. Every row is as long as the header.
    """

    title: str
    heading: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...] = ()


HEADER_JOIN = " | "


@dataclass(frozen=True, slots=True)
class Document:
    """One document as read. ``id`` is a hash of where it came from and what it holds.

    ``pages`` are the offsets at which its pages (or slides) start, ascending, the first for page
    1; () where it has none. ``authors``, ``date`` (ISO 8601, as far as known) and ``language``
    (BCP 47) are what the file says of itself; ``gaps`` what of it could not be read, in words.
    """

    id: str
    source: str
    title: str
    media_type: MediaType
    text: str
    sections: tuple[Section, ...] = ()
    tables: tuple[Table, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    pages: tuple[int, ...] = ()
    authors: tuple[str, ...] = ()
    date: str = ""
    language: str = ""
    gaps: tuple[str, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page, from 1, that the character at an offset is on; None without pages."""
        return max(bisect_right(self.pages, offset), 1) if self.pages else None

    @property
    def is_markdown(self) -> bool:
        """Whether its text is written in Markdown."""
        return self.media_type not in ("plain", "table", "beir")


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a table: row 1 is the first row under the header, column 1 the leftmost.

    ``table_number`` counts the document's tables from 0. ``column`` and ``column_number`` are
    None where the whole row is meant.
    """

    table: str
    row: int
    row_name: str
    column: str | None
    table_number: int = 0
    column_number: int | None = None


PeriodKind = Literal["year", "half", "quarter", "month", "date", "in-year", "span", "undated"]


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a value is for.

    ``start`` and ``end`` are its first and last day; a date has the same day twice. "in-year" is
    a part of a year that is none of the others (January to July); "span" is longer than a year,
    its start None where it is not stated ("cumulative to 2020"); "undated" has neither.
    """

    printed: str
    kind: PeriodKind
    start: date | None = None
    end: date | None = None

    @property
    def year(self) -> int | None:
        """The calendar year that it lies in or ends in."""
        return self.end.year if self.end else None

    def __str__(self) -> str:
        """As printed."""
        return self.printed


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts or measures: ``value * scale`` is in units of ``base``.

    "100 million yuan" has base "yuan" and scale 100,000,000. ``printed`` is how the document
    writes it, "" where it names none.
    """

    printed: str
    base: str = ""
    scale: Decimal = Decimal(1)

    def __str__(self) -> str:
        """As printed."""
        return self.printed


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of an indicator: what stands in one cell, and what it means.

    ``printed`` is the string in the cell. ``value`` is the number (the lower end where a range is
    printed, ``upper`` then being the other), or None where the cell is text or ``qualifier`` is
    "missing" or "not applicable". Other qualifiers tell how exact the value is, as the document
    words it.
    """

    indicator: str
    entity: str
    period: Period
    value: Decimal | None
    printed: str
    unit: Unit
    qualifier: str
    source: str
    cell: Cell
    upper: Decimal | None = None
    note: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The smallest span that can be cited.

    ``text`` is how it reads, without markup; ``references`` are the footnotes attached to it.
    """

    start: int
    end: int
    text: str
    references: tuple[str, ...] = ()
    place: ListPlace | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """The indexed unit: neighbouring sentences under one heading, or one table row in words.

    ``text`` is ``Document.text[start:end]``. A row's single sentence puts the row in words;
    ``cell`` says which row it is and ``observations`` what its cells state, in reading order; a
    row cut into several passages has them in its first.
    """

    id: str
    document_id: str
    source: str
    title: str
    heading: tuple[str, ...]
    text: str
    start: int
    end: int
    sentences: tuple[Sentence, ...]
    page: int | None = None
    cell: Cell | None = None
    observations: tuple[Observation, ...] = ()

    @property
    def words(self) -> str:
        """The passage as it reads: its sentences without markup."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def heading_path(self) -> str:
        """The title and the headings above the passage, outermost first, none said twice."""
        path = [self.title, *self.heading]
        return " > ".join(dict.fromkeys(part for part in path if part))


@dataclass(frozen=True, slots=True)
class Corpus:
    """What an index is about, as its owner describes it in ``corpus.toml``."""

    title: str
    description: str = ""
    suggested_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The words of a text that answer by themselves: ``text[start:end]``, and how likely."""

    start: int
    end: int
    likelihood: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a passage: how well it and each of its sentences answers.

    ``passage`` and ``sentences`` are logits; those of sentences share one scale over all passages,
    on which 0 is "no answer". ``answers`` are the likeliest words of each sentence, in its text.
    """

    passage: float
    sentences: tuple[float, ...]
    answers: tuple[ShortAnswer, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query, with its score and that of each of its sentences, in order.

    ``confidence``, between 0 and 1, tells how likely it is that a passage which is found like this
    answers; ``reading`` is what the reader makes of it, None where it was not read.
    """

    passage: Passage
    score: float
    sentence_scores: tuple[float, ...]
    confidence: float
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered pointer from a statement to the words (or the table row or cell) behind it.

    ``focus`` is where in the document the words stand that answer by themselves, if some do.
    """

    marker: int
    passage: Passage
    quote: str
    start: int
    end: int
    references: tuple[str, ...] = ()
    observation: Observation | None = None
    focus: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that an answer says, with the citations that support it.

    ``focus`` is where in its text the words stand that answer by themselves, if some do.
    """

    text: str
    citations: tuple[Citation, ...]
    focus: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document of the index as a list of them shows it: what it is, and how much it holds."""

    id: str
    source: str
    title: str
    media_type: MediaType
    characters: int
    tables: int
    passages: int
    authors: tuple[str, ...] = ()
    date: str = ""
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexedTable:
    """A table of the index with the passages of its rows, one for each row, in order."""

    document_id: str
    document_title: str
    number: int
    table: Table
    rows: tuple[Passage, ...]

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What the table's cells state, row by row."""
        return tuple(o for row in self.rows for o in row.observations)


@dataclass(frozen=True, slots=True)
class Computation:
    """How a value was got from cells.

    ``expression`` is arithmetic over the operands' values that ``expressions.evaluate`` gives the
    value of (before rounding), or "" where the value is read and not computed. ``value`` is a
    number, a name or year (the answer to "which"), or several of these. ``series`` are the points
    of a chart, oldest first. ``reading`` says how the question was read.
    """

    operation: str
    reading: str
    expression: str
    value: Decimal | str | tuple[Decimal | str, ...] | None
    unit: Unit
    operands: tuple[Observation, ...]
    series: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Observations of one thing that disagree: what they are of, and why they may differ."""

    what: str
    observations: tuple[Observation, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Statements that the corpus supports, best first.

    ``confidence``, between 0 and 1, is the estimated probability that the answer is right.
    """

    statements: tuple[Statement, ...]
    confidence: float
    computation: Computation | None = None
    conflicts: tuple[Conflict, ...] = ()

    @property
    def text(self) -> str:
        """The answer as one text, each statement followed by its markers."""
        return "\n".join(
            statement.text + " " + "".join(f"[{c.marker}]" for c in statement.citations)
            for statement in self.statements
        )

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, in the order of the markers."""
        by_marker = {c.marker: c for s in self.statements for c in s.citations}
        return tuple(by_marker[marker] for marker in sorted(by_marker))


@dataclass(frozen=True, slots=True)
class Abstention:
    """No answer: why not, the nearest passages, and what the corpus covers instead.

    ``confidence`` is that of the best answer there was. ``suggestions`` are questions near to the
    one asked that the corpus does answer.
    """

    reason: str
    nearest: tuple[Hit, ...]
    coverage: tuple[str, ...]
    confidence: float
    suggestions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The abstention in words."""
        covered = f" The corpus covers: {'; '.join(self.coverage)}." if self.coverage else ""
        return self.reason + covered


Reply = Answer | Abstention


Message = tuple[str, str]
"""Who said it, "user" or "assistant", and the text."""

QueryKind = Literal["stand-alone", "follow-up", "correction", "edited"]


@dataclass(frozen=True, slots=True)
class Query:
    """The stand-alone form of a question: what is searched for.

    ``kind`` tells where it comes from: the question alone, the conversation too (a follow-up, or a
    correction of the query before it), or the reader, who edited how the question was read.
    """

    text: str
    kind: QueryKind = "stand-alone"


@dataclass(frozen=True, slots=True)
class Withheld:
    """A statement that was left out of an answer, and why: what of it nothing cited supports."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and everything that came of it.

    ``composer`` is what put the reply into words. ``withheld`` are statements that were left out,
    since what they cite does not support them. ``note`` tells what went otherwise than wanted,
    where a chat model was to write the answer.
    """

    question: str
    query: Query
    hits: tuple[Hit, ...]
    reply: Reply
    composer: str
    elapsed_ms: float
    withheld: tuple[Withheld, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns so far, oldest first."""

    turns: tuple[Turn, ...] = ()

    def with_turn(self, turn: Turn) -> "Conversation":
        """A conversation with one more turn; this one stays as it is."""
        return Conversation((*self.turns, turn))
