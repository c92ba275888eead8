"""What the name of a column says about it: its part in a tidy table, and what its labels name."""

import re
from collections.abc import Mapping
from typing import Literal

ROLES: Mapping[str, frozenset[str]] = {
    "entity": frozenset(
        {"entity", "place", "city", "region", "district", "country", "area name", "ref_area"}
    ),
    "year": frozenset({"year", "date", "time", "time_period"}),
    "period": frozenset({"period", "period kind", "period note"}),
    "indicator": frozenset({"indicator", "measure", "metric", "variable"}),
    "value": frozenset({"value", "amount", "obs_value"}),
    "unit": frozenset({"unit", "units", "unit of measure", "unit_measure"}),
    "qualifier": frozenset({"qualifier", "status", "obs_status"}),
    "note": frozenset({"note", "notes", "comment", "remark", "remarks"}),
    "source": frozenset({"source", "sources", "reference"}),
    "confidence": frozenset({"confidence"}),
    "source_id": frozenset({"source_id", "source id"}),
}
"""Column names (lower case) that give a column its part in a tidy table."""

ASIDES = ("unit", "qualifier", "note", "source", "confidence", "source_id")
"""The parts of columns that say something of the values in their row and hold none."""

PARTS_OF_YEARS = frozenset("quarter month half half-year period".split()) | ROLES["period"]

Label = Literal["entity", "indicator", ""]

_ENTITIES = frozenset(
    """city cities town towns municipality municipalities district districts borough boroughs
    region regions zone zones park parks province provinces prefecture prefectures county
    counties state states country countries territory territories area areas place places
    location locations village villages economy economies nation nations entity entities company
    companies firm firms enterprise enterprises business businesses corporation university
    universities institution institutions institute institutes college colleges school schools
    hospital hospitals organisation organisations organization organizations agency agencies
    department departments division segment segments subsidiary subsidiaries name names club
    clubs team teams party parties player players person cluster clusters hub hubs neighbourhood
    neighbourhoods neighborhood campus site sites station stations airport airports island
    islands industry industries sector sectors product products brand brands fund funds bank
    banks""".split()
)
_INDICATORS = frozenset(
    """indicator indicators measure measures metric metrics variable variables item items statistic
    statistics series parameter parameters description particulars topic kpi kpis""".split()
)
_GENERIC_VALUES = frozenset(
    """value values amount amounts figure figures number numbers total result results data
    observation count""".split()
)
_RANKS = frozenset("rank ranking position place pos pos. rank. no no. # nr nr.".split())
_WORD = re.compile(r"[^\W_]+")


def roles(header: tuple[str, ...]) -> dict[str, int]:
    """The column of each role that the header names; empty unless the table is tidy.

    Tidy means at least an indicator and a value column.
    """
    columns = named_roles(header)
    return columns if {"indicator", "value"} <= columns.keys() else {}


def named_roles(header: tuple[str, ...]) -> dict[str, int]:
    """The column of each role that the header names, whatever the table."""
    columns: dict[str, int] = {}
    for position, name in enumerate(header):
        for role, names in ROLES.items():
            if name.strip().lower() in names and role not in columns:
                columns[role] = position
    return columns


def is_tidy(header: tuple[str, ...]) -> bool:
    """Whether a table has one observation a row, known by its column names."""
    return bool(roles(header))


def label_kind(name: str) -> Label:
    """What the labels in a column of this name are; "" where the name does not tell.

    >>> label_kind("Name of the city"), label_kind("Indicators"), label_kind("")
    ('entity', 'indicator', '')
    """
    words = {word.lower() for word in _WORD.findall(name)}
    if words & _INDICATORS:
        return "indicator"
    return "entity" if words & _ENTITIES else ""


def names_groups(words: str) -> bool:
    """Whether words speak of a kind of entity: ``by city``, ``districts``."""
    return any(word.lower() in _ENTITIES - {"name", "names"} for word in _WORD.findall(words))


def is_generic(name: str) -> bool:
    """Whether a column's name says no more than that it holds values."""
    words = [word.lower() for word in _WORD.findall(name)]
    return not words or all(word in _GENERIC_VALUES for word in words)


def is_rank(name: str) -> bool:
    """Whether a column numbers its rows."""
    return name.strip().lower() in _RANKS
