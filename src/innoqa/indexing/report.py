"""What an ingest did, or would do."""

from dataclasses import asdict, dataclass, field
from typing import Any

from innoqa.indexing.origins import Skipped
from innoqa.indicators import UnreadCell


@dataclass(slots=True)
class Report:
    """What an ingest did.

    ``added``, ``changed``, ``unchanged`` and ``removed`` count documents, and ``sources`` names
    them, but for the unchanged ones. ``gaps`` tell what of a document could not be read, and
    ``unread_cells`` of text that stands among numbers; both of documents that were read now.
    ``passages`` and ``observations`` are those of the whole index, ``prepared`` and ``embedded``
    the passages that were made and embedded now. ``seconds_by_stage`` are those that the ingest
    waited for each: reading goes on meanwhile in other processes.
    """

    sources: dict[str, list[str]] = field(
        default_factory=lambda: {"added": [], "changed": [], "removed": []}
    )
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    gaps: list[Skipped] = field(default_factory=list)
    unread_cells: list[UnreadCell] = field(default_factory=list)
    documents: int = 0
    passages: int = 0
    observations: int = 0
    prepared: int = 0
    embedded: int = 0
    rebuilt: str = ""
    published: bool = False
    dry: bool = False
    seconds: float = 0.0
    seconds_by_stage: dict[str, float] = field(default_factory=dict)

    @property
    def added(self) -> int:
        """How many documents are new."""
        return len(self.sources["added"])

    @property
    def changed(self) -> int:
        """How many documents were there with another content."""
        return len(self.sources["changed"])

    @property
    def removed(self) -> int:
        """How many documents are no longer there."""
        return len(self.sources["removed"])

    @property
    def read(self) -> int:
        """How many documents were there and could be read."""
        return self.added + self.changed + self.unchanged

    @property
    def passages_per_second(self) -> float:
        """How many passages were made in a second, 0 where none were."""
        return self.prepared / self.seconds if self.seconds else 0.0

    def record(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        record = asdict(self)
        record["unread_cells"] = [str(cell) for cell in self.unread_cells]
        for name in ("skipped", "gaps"):
            record[name] = [{k: v for k, v in one.items() if k in ("source", "reason")}
                            for one in record[name]]  # fmt: skip
        counts = {name: len(sources) for name, sources in self.sources.items()}
        speed = round(self.passages_per_second, 1)
        return {**counts, **record, "passages_per_second": speed}
