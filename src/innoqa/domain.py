"""The vocabulary: what InnoQA speaks of, as frozen values.

Offsets count characters of ``Document.text`` and follow Python slicing: ``text[start:end]``.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

MediaType = Literal["markdown", "plain", "html", "table", "beir"]


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
    """A table as printed: every cell is the string that stands in the document."""

    title: str
    heading: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One document as read. ``id`` is a hash of where it came from and what it holds."""

    id: str
    source: str
    title: str
    media_type: MediaType
    text: str
    sections: tuple[Section, ...] = ()
    tables: tuple[Table, ...] = ()
    footnotes: tuple[Footnote, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a table: row 1 is the first row under the header."""

    table: str
    row: int
    row_name: str
    column: str | None


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of an indicator. ``printed`` is the string in the cell, ``value`` what it means."""

    indicator: str
    entity: str
    period: str
    value: Decimal
    printed: str
    unit: str
    qualifier: str
    source: str
    cell: Cell


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
    ``cell`` says which row it is and ``observation`` what it states, where the table is tidy.
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
    observation: Observation | None = None

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
class Hit:
    """A passage found for a query, with its score and that of each of its sentences, in order.

    ``confidence``, between 0 and 1, tells how likely it is that a passage which scores like this
    answers.
    """

    passage: Passage
    score: float
    sentence_scores: tuple[float, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered pointer from a statement to the words (or table row) that support it."""

    marker: int
    passage: Passage
    quote: str
    start: int
    end: int
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that an answer says, with the citations that support it."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Statements that the corpus supports, best first. ``confidence`` lies between 0 and 1."""

    statements: tuple[Statement, ...]
    confidence: float

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
    """No answer: why not, the nearest passages, and what the corpus covers instead."""

    reason: str
    nearest: tuple[Hit, ...]
    coverage: tuple[str, ...]
    confidence: float

    @property
    def text(self) -> str:
        """The abstention in words."""
        covered = f" The corpus covers: {'; '.join(self.coverage)}." if self.coverage else ""
        return self.reason + covered


Reply = Answer | Abstention


@dataclass(frozen=True, slots=True)
class Query:
    """The stand-alone form of a question: what is searched for."""

    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and everything that came of it."""

    question: str
    query: Query
    hits: tuple[Hit, ...]
    reply: Reply
    composer: str
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns so far, oldest first."""

    turns: tuple[Turn, ...] = ()

    def with_turn(self, turn: Turn) -> "Conversation":
        """A conversation with one more turn; this one stays as it is."""
        return Conversation((*self.turns, turn))
