"""Frictionless data packages: what a ``datapackage.json`` says of the table files beside it.

Read are a resource's title, sources and delimiter, and of its fields the titles, units,
descriptions and missing values (https://datapackage.org/standard/data-resource/).
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from innoqa.domain import Document, Footnote, Table
from innoqa.errors import DocumentError
from innoqa.grids import is_unit_line
from innoqa.indicators import is_tidy

_NAME = "datapackage.json"


@dataclass(frozen=True, slots=True)
class Description:
    """The resource that a data package has for one file; {} where there is none.

    Its string is canonical JSON: the same for descriptions that say the same.
    """

    resource: dict[str, Any]

    def __str__(self) -> str:
        return json.dumps(self.resource, sort_keys=True)

    @property
    def title(self) -> str:
        """The title of the file, or "" where none is given."""
        return str(self.resource.get("title") or "")

    @property
    def delimiter(self) -> str:
        """The sign between cells: one character, or "" where none is given."""
        dialect = self.resource.get("dialect")
        sign = dialect.get("delimiter") if isinstance(dialect, dict) else None
        return sign if isinstance(sign, str) and len(sign) == 1 else ""

    def applied(self, document: Document) -> Document:
        """The document with its sources as footnotes, and its tables with their fields' names."""
        sources = _entries(self.resource, "sources")
        notes = tuple(Footnote("source", str(s["title"])) for s in sources if s.get("title"))
        tables = tuple(self._applied(table) for table in document.tables)
        return replace(document, footnotes=notes, tables=tables)

    def _applied(self, table: Table) -> Table:
        schema = self.resource.get("schema")
        schema = schema if isinstance(schema, dict) else {}
        fields = {str(field.get("name")): field for field in _entries(schema, "fields")}
        known = [fields.get(name, {}) for name in table.header]
        absent = _absent(schema)
        rows = table.rows
        if absent:  # what stands for no value must never be read as one
            rows = tuple(
                replace(row, cells=tuple("" if c.strip() in absent else c for c in row.cells))
                for row in rows
            )
        if is_tidy(table.header):  # its columns are known by their names
            units = [f"Unit: {_unit(f)}" for n, f in zip(table.header, known, strict=True)
                     if n.lower() == "value" and _unit(f)]  # fmt: skip
            return replace(table, rows=rows, notes=(*table.notes, *units))
        header = tuple(_column(n, f) for n, f in zip(table.header, known, strict=True))
        told = (f"{n}: {f['description']}" for n, f in zip(header, known, strict=True)
                if f.get("description"))  # fmt: skip
        return replace(table, header=header, rows=rows, notes=(*table.notes, *told))


def read_description(table: Path) -> Description:
    """What the data package in the folder of a table file says of it.

    Raises DocumentError, which names the package, where it is broken.
    """
    package = table.with_name(_NAME)
    if not package.is_file():
        return Description({})
    try:
        resources = json.loads(package.read_text("utf-8-sig")).get("resources", [])
        described = (r for r in resources if r.get("path") == table.name)
        return Description(next(described, {}))
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise DocumentError(f"{package} is not a Frictionless data package: {error}.") from None


def _absent(schema: dict[str, Any]) -> frozenset[str]:
    given = schema.get("missingValues")
    signs = given if isinstance(given, list) else []
    return frozenset(sign for sign in signs if isinstance(sign, str) and sign)


def _entries(of: dict[str, Any], name: str) -> list[dict[str, Any]]:
    given = of.get(name)
    return [entry for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []


def _unit(field: dict[str, Any]) -> str:
    """The unit of a field, where it has the property or its description says nothing else."""
    described = str(field.get("description") or "").rstrip(".")
    plain = described if is_unit_line(described) else ""
    return str(field.get("unit") or plain.rpartition(":")[2].strip())


def _column(name: str, field: dict[str, Any]) -> str:
    title, unit = str(field.get("title") or name), _unit(field)
    return f"{title} ({unit})" if unit and unit not in title else title
