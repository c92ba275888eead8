"""An observation in its table, and the words that stand around it: notes, titles, its row."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from innoqa.domain import IndexedTable, Observation, Passage
from innoqa.indicators import is_tidy
from innoqa.table_questions.asking import Asked
from innoqa.table_questions.names import name_of
from innoqa.words import strength, words

_NOTHING: frozenset[int] = frozenset()
_MAIN = 0.35
_NO_KIND = frozenset(
    "indicator measure metric variable unit year period note source qualifier confidence id entity"
    " name item value date".split()
)
_NO_WORDS: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False, slots=True)
class Fact:
    """An observation and the table that it stands in."""

    observation: Observation
    table: IndexedTable

    @property
    def passage(self) -> Passage:
        """The row that holds it."""
        return self.table.rows[self.observation.cell.row - 1]


def main_place(facts: Iterable[Fact]) -> str:
    """The place that most observations are of: what is meant where none is named."""
    counted = Counter(fact.observation.entity for fact in facts if fact.observation.entity)
    if not counted:
        return ""
    place = min(counted, key=lambda place: (-counted[place], place))
    return place if counted[place] >= _MAIN * counted.total() else ""


def holding_most(
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


def variant_words(known: frozenset[str]) -> Callable[[Fact], frozenset[str]]:
    """The words in the brackets of an indicator's name."""
    return lambda fact: frozenset(name_of(fact.observation.indicator, known).variant)


def remark_words(known: frozenset[str]) -> Callable[[Fact], frozenset[str]]:
    """The words of an observation's note, source, unit and time, and of its table's notes."""

    def held(fact: Fact) -> frozenset[str]:
        seen = fact.observation
        parts = (
            seen.note, seen.source, seen.qualifier, seen.unit.printed, seen.period.printed,
            *fact.table.table.notes,
        )  # fmt: skip
        return _stems(" ".join(parts), known)

    return held


def context_words(known: frozenset[str]) -> Callable[[Fact], frozenset[str]]:
    """The words of the titles and headings over a table, and of its file's name."""

    def held(fact: Fact) -> frozenset[str]:
        table = fact.table
        name = table.rows[0].source.replace("_", " ")
        parts = (table.table.title, table.document_title, name, *table.table.heading)
        return _stems(" ".join(parts), known)

    return held


def row_words(known: frozenset[str]) -> Callable[[Fact], frozenset[str]]:
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


def one_of_each_table(facts: Iterable[Fact]) -> list[Fact]:
    """The last of the facts of each table."""
    return list({id(fact.table): fact for fact in facts}.values())


def kind_words(table: IndexedTable) -> frozenset[str]:
    """What heads the columns that hold names and no values: "District", "Sector"."""
    with_values = _value_columns(table)
    heads = (head for number, head in enumerate(table.table.header, 1) if number not in with_values)
    return frozenset(word.stem for head in heads for word in words(head)) - _NO_KIND


@lru_cache(maxsize=16384)
def _stems(text: str, known: frozenset[str]) -> frozenset[str]:
    return frozenset(word.stem for word in words(text, known))
