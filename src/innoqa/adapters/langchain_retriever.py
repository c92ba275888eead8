"""InnoQA's index as a LangChain retriever, for those who build on LangChain."""

from collections.abc import Callable

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from innoqa.domain import Hit


class InnoqaRetriever(BaseRetriever):
    """Passages for a query as LangChain documents, best first.

    ``metadata`` holds passage_id, document_id, source, title, heading, start, end and score;
    offsets count characters of the source document's text.
    """

    search: Callable[[str], tuple[Hit, ...]]

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - part of LangChain's signature
    ) -> list[Document]:
        return [
            Document(
                id=hit.passage.id,
                page_content=hit.passage.words,
                metadata={
                    "passage_id": hit.passage.id,
                    "document_id": hit.passage.document_id,
                    "source": hit.passage.source,
                    "title": hit.passage.title,
                    "heading": hit.passage.heading_path,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "score": hit.score,
                },
            )
            for hit in self.search(query)
        ]
