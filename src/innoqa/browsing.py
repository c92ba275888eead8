"""What an index holds, to be read without asking: passages, tables and indicators, as JSON.

``schemas/contents.schema.json`` describes the records; the tests hold this module to it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from innoqa.answering import Assistant
from innoqa.domain import Observation, Passage
from innoqa.errors import DocumentError
from innoqa.searching import Index

_AT_ONCE = 1000
"""Passages that are read at a time, so that memory stays small."""

_NOT_HELD = ("missing", "not applicable")
_IDS = "Ids come with what is found, and change when a document changes: search again."


def passage_record(passage: Passage, score: float | None = None) -> dict[str, Any]:
    """A passage, with its score where it was searched for."""
    cell = passage.cell
    return {
        "passage_id": passage.id,
        "document_id": passage.document_id,
        "source": passage.source,
        "title": passage.title,
        "heading": passage.heading_path,
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "quote": passage.text,
        "text": passage.words,
        "table": cell.table if cell else None,
        "table_number": cell.table_number if cell else None,
        "row": cell.row_name if cell else None,
        "row_number": cell.row if cell else None,
        "cells": [
            {"column": one.cell.column, "value": one.printed, "unit": one.unit.printed or None}
            for one in passage.observations
        ],
        "score": None if score is None else round(score, 6),
    }


def passage_around(index: Index, passage_id: str, neighbours: int) -> dict[str, Any]:
    """A passage with at most so many before and after it. DocumentError: there is none."""
    if not index.catalog.rows([passage_id]):
        raise DocumentError(f"The index has no passage {passage_id!r}. {_IDS}")
    around = index.catalog.around(passage_id, neighbours)
    place = [passage.id for passage in around].index(passage_id)
    return {
        "passage": passage_record(around[place]),
        "before": [passage_record(passage) for passage in around[:place]],
        "after": [passage_record(passage) for passage in around[place + 1 :]],
    }


def table_record(index: Index, document_id: str, number: int, rows: range) -> dict[str, Any]:
    """A document's table, counted from 0, with those of its rows that are asked for, from 1.

    Raises DocumentError for an unknown document and for a table that it does not have.
    """
    document = index.catalog.document(document_id)
    if document is None:
        raise DocumentError(f"The index has no document {document_id!r}. {_IDS}")
    if not 0 <= number < len(document.tables):
        has = f"{len(document.tables)}, counted from 0" if document.tables else "none"
        raise DocumentError(f"{document.source} has no table {number}. Its tables: {has}.")
    indexed = index.catalog.table(f"{document_id}/{number}")
    table = indexed.table
    shown = [place for place in range(len(table.rows)) if place + 1 in rows]
    publications = (
        one.source for place in shown for one in indexed.rows[place].observations if one.source
    )
    return {
        "document_id": document.id,
        "source": document.source,
        "title": document.title,
        "table": table.title,
        "table_number": number,
        "heading": list(table.heading),
        "page": document.page_at(table.rows[0].start) if table.rows else None,
        "header": list(table.header),
        "row_count": len(table.rows),
        "rows": [
            {
                "row_number": place + 1,
                "cells": list(table.rows[place].cells),
                "start": table.rows[place].start,
                "end": table.rows[place].end,
                "passage_id": indexed.rows[place].id,
            }
            for place in shown
        ],
        "notes": list(table.notes),
        "publications": list(dict.fromkeys(publications)),
    }


@dataclass(slots=True)
class Indicator:
    """An indicator as one table has it in one unit: of what, and for which years."""

    name: str
    unit: str
    passage: Passage
    values: int = 0
    entities: dict[str, None] = field(default_factory=dict)
    years: set[int] = field(default_factory=set)

    def add(self, one: Observation) -> None:
        """Take up one more of its values."""
        self.values += 1
        if one.entity:
            self.entities[one.entity] = None
        if one.period.year:
            self.years.add(one.period.year)

    def record(self, most_entities: int) -> dict[str, Any]:
        """As JSON, with as many entities as asked for, in the order of the table."""
        cell = self.passage.cell
        assert cell is not None
        return {
            "indicator": self.name,
            "unit": self.unit or None,
            "entities": list(self.entities)[:most_entities],
            "entity_count": len(self.entities),
            "years": sorted(self.years),
            "values": self.values,
            "document_id": self.passage.document_id,
            "source": self.passage.source,
            "title": self.passage.title,
            "table": cell.table,
            "table_number": cell.table_number,
        }

    def label(self) -> str:
        """All that names it, as one text."""
        assert self.passage.cell is not None
        table = f"{self.passage.title} {self.passage.cell.table}"
        years = " ".join(map(str, sorted(self.years)))
        return f"{self.name} {self.unit} {table} {' '.join(self.entities)} {years}"


def indicators(index: Index) -> tuple[Indicator, ...]:
    """Every indicator of every table, by name, then by where it stands."""
    found: dict[tuple[str, str, str, int], Indicator] = {}
    for passage in _table_passages(index):
        for one in passage.observations:
            if one.indicator and one.qualifier not in _NOT_HELD:
                unit, number = one.unit.printed, one.cell.table_number
                key = (one.indicator, unit, passage.document_id, number)
                found.setdefault(key, Indicator(one.indicator, unit, passage)).add(one)
    return tuple(found[key] for key in sorted(found, key=lambda key: (key[0].casefold(), *key)))


def about(index: Index, known: Iterable[Indicator], words: str) -> list[Indicator]:
    """Those that hold all of some words, in any form, in what names them; all for no words."""
    wanted = set(index.passage_words.terms(words))
    plain = words.casefold().strip()

    def is_meant(label: str) -> bool:
        if wanted:
            return wanted <= set(index.passage_words.terms(label))
        return plain in label.casefold()  # words that the index does not count, "per" for one

    return [one for one in known if is_meant(one.label())]


def of_documents(assistant: Assistant, names: Collection[str]) -> Assistant:
    """The assistant, asked of some documents alone: by id, or by source as answers show it.

    Raises DocumentError for a name of none.
    """
    with assistant.open_index() as index:
        ids = _document_ids(index, names)
    missing = [name for name in names if name not in ids]
    if missing:
        raise DocumentError(f"The index has no document {missing[0]!r}. {_IDS}")
    return assistant.within({one for name in names for one in ids[name]})


def _document_ids(index: Index, names: Collection[str]) -> Mapping[str, Sequence[str]]:
    ids: dict[str, list[str]] = {}
    for document in index.catalog.listing():
        for name in {document.id, document.source} & set(names):
            ids.setdefault(name, []).append(document.id)
    return ids


def _table_passages(index: Index) -> Iterable[Passage]:
    rows = index.table_rows.tolist()
    for at in range(0, len(rows), _AT_ONCE):
        yield from index.catalog.passages(rows[at : at + _AT_ONCE])
