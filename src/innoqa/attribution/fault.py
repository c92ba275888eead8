"""What is wrong with a statement."""

from dataclasses import dataclass
from typing import Literal

FaultKind = Literal["number", "date", "name", "word", "hedge", "negation", "no citation", "quote"]
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
        """What is wrong, for a reader: the kind, and then in words."""
        return f"{self.kind}: {self._in_words()}"

    def _in_words(self) -> str:
        first, _, second = self.detail.partition(": ")
        match self.kind:
            case "hedge" | "negation":
                return f"the cited words say “{self.detail}”, which is left out"
            case "quote":
                return f"“{self.detail}” is no quotation from the cited words"
            case "no citation":
                return "nothing is cited"
            case "word" if self.detail.endswith("stand nowhere"):
                return "most of the words do not stand in the cited ones"
            case "number" | "date" | "name" if second:
                return f"“{first}” and “{second}” do not belong together in the cited words"
            case _:
                return f"“{self.detail}” does not stand in the cited words"
