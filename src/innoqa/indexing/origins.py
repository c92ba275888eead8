"""What is found before it is read, and what reading makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from innoqa.domain import Document, Passage
from innoqa.indicators import UnreadCell

Vectors = npt.NDArray[np.float32]

Format = Literal[
    "markdown", "plain", "html", "delimited", "workbook", "other workbook", "beir", "pdf", "docx",
    "pptx", "epub", "email",
]  # fmt: skip


class Description(Protocol):
    """What a data package beside a table says of it."""

    @property
    def title(self) -> str: ...
    @property
    def delimiter(self) -> str: ...
    def applied(self, document: Document) -> Document: ...


@dataclass(frozen=True, slots=True)
class Origin:
    """A document that has been found but not parsed. Its hash tells whether it has changed.

    ``title`` is that of an entry of a collection; ``description`` is a table's, None without one.
    ``is_entry`` tells that it is a part of a file and not a file.
    """

    source: str
    content_hash: str
    format: Format
    content: bytes
    title: str = ""
    description: Description | None = None
    is_entry: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a part of one, that was not read, and why.

    ``several`` tells that it may hold documents of other names than its own.
    """

    source: str
    reason: str
    several: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A document to be prepared, under the id that it is to have."""

    id: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is ready to be stored.

    ``vectors`` are those that came with it, by key; what is missing there is embedded later.
    """

    document: Document
    passages: tuple[Passage, ...]
    unread_cells: tuple[UnreadCell, ...] = ()
    vectors: Mapping[bytes, Vectors] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a document could not be prepared."""

    reason: str
