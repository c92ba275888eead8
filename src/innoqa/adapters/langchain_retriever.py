"""InnoQA's index as a LangChain retriever, for those who build on LangChain."""

from collections.abc import Callable

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from innoqa.browsing import passage_record
from innoqa.domain import Hit


class InnoqaRetriever(BaseRetriever):
    """Passages for a query as LangChain documents, best first.

    ``page_content`` is the passage as it reads; ``metadata`` is its record (docs/contract.md): ids,
    source, title, heading, page, the exact words with their offsets in the source document's text,
    the table's row and its cells, and the score.
    """

    search: Callable[[str], tuple[Hit, ...]]

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - part of LangChain's signature
    ) -> list[Document]:
        return [_document(hit) for hit in self.search(query)]


def _document(hit: Hit) -> Document:
    record = passage_record(hit.passage) | {"score": hit.score}
    return Document(id=hit.passage.id, page_content=record.pop("text"), metadata=record)
