"""A condition: rows that some words of a question may select."""

from dataclasses import dataclass
from typing import Literal

ConditionKind = Literal[
    "is", "contains", "similar", "means", "number", "compared", "date", "stated", "missing",
    "not", "either", "same", "beats", "total", "flag",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeaderLink:
    """The tokens (bits) that a column's header shares with a question.

    ``exact`` are equal stems, ``near`` words about the same kind of thing; ``share`` is the part
    of the header's stems that is met exactly.
    """

    exact: int
    near: int
    share: float


@dataclass(frozen=True, slots=True)
class Condition:
    """Rows that some words of the question may select: ``rows`` and ``tokens`` are bits.

    ``quality`` between 0 and 1 tells how well the words fit the cells, ``near_header`` how well
    the words beside them name the column. ``parts`` are the conditions that it is made of.
    """

    kind: ConditionKind
    column: int
    tokens: int
    rows: int
    quality: float
    words: str
    near_header: float = 0.0
    parts: tuple["Condition", ...] = ()
