"""One found document -> its passages, with everything that can be done without the index."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from innoqa.chunking import PassageSize, TextTools, prose_passages
from innoqa.domain import Document, Passage
from innoqa.errors import DocumentError
from innoqa.indexing.origins import Failed, Order, Origin, Prepared
from innoqa.indicators import read_tables, row_passages, unread_cells


@dataclass(frozen=True, slots=True)
class Preparer:
    """Parses documents and cuts them into passages; it knows no index, so it can work anywhere."""

    parse: Callable[[Origin, str], Document]
    tools: TextTools
    size: PassageSize

    def prepared(self, order: Order) -> Prepared | Failed:
        """The document with its passages, numbered and with their pages; or why there is none."""
        try:
            document = self.parse(order.origin, order.id)
            readings = read_tables(document)
            found = [
                *prose_passages(document, self.tools, self.size),
                *row_passages(document, self.tools.count, self.size.limit, readings),
            ]
        except DocumentError as error:
            return Failed(str(error))
        if not found:
            return Failed("has headings at most, and no text under them")
        passages = tuple(_placed(p, document, number) for number, p in enumerate(found))
        return Prepared(document, passages, tuple(unread_cells(document, readings)))

    def all(self, orders: Iterable[Order]) -> Iterator[tuple[Order, Prepared | Failed]]:
        """Each order with what came of it, one after the other, in this process."""
        for order in orders:
            yield order, self.prepared(order)


def _placed(passage: Passage, document: Document, number: int) -> Passage:
    page = document.page_at(passage.start)
    return replace(passage, id=f"{document.id}-{number:05d}", page=page)
