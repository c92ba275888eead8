"""What is wrong with a statement."""

from dataclasses import dataclass
from typing import Literal

FaultKind = Literal["number", "date", "name", "word", "no citation", "quote"]
Found = tuple[FaultKind, str]
"""The kind of a fault and what it is, still without the statement."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that a statement says and its citations do not."""

    statement: str
    kind: FaultKind
    detail: str

    @property
    def why(self) -> str:
        """What is wrong, for a reader."""
        return f"{self.kind}: {self.detail}"
