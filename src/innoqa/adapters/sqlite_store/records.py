"""Domain values as JSON, and queries of many values at a time."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from innoqa.domain import Corpus, Document, Passage

Vectors = npt.NDArray[np.float32]
Item = TypeVar("Item")

DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)
PASSAGE: TypeAdapter[Passage] = TypeAdapter(Passage)
CORPUS: TypeAdapter[Corpus] = TypeAdapter(Corpus)
_VARIABLES = 500


def parts(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items in lists that a query has room for."""
    for first in range(0, len(items), _VARIABLES):
        yield list(items[first : first + _VARIABLES])


def among(select: str, items: Sequence[object]) -> str:
    """A query that ends where one of several values follows."""
    return f"{select} IN ({','.join('?' * len(items))})"
