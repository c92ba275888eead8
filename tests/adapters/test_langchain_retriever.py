"""The index as a LangChain retriever."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda

from innoqa import bootstrap
from innoqa.adapters.langchain_retriever import InnoqaRetriever
from innoqa.errors import IndexMissing, QuestionError
from innoqa.settings import Settings

pytest_plugins = ["tests.answering_fixtures"]

QUESTION = "When did Harbour Street open?"


@pytest.fixture(scope="module")
def retriever(library: Any) -> InnoqaRetriever:
    return bootstrap.open_retriever(library.settings)


def test_it_is_a_retriever_as_langchain_knows_them(retriever: InnoqaRetriever) -> None:
    assert isinstance(retriever, BaseRetriever)
    found = retriever.invoke(QUESTION)
    assert found
    assert all(isinstance(document, Document) for document in found)


def test_documents_are_the_hits_in_their_order(library: Any, retriever: InnoqaRetriever) -> None:
    found, hits = retriever.invoke(QUESTION), library.assistant.search(QUESTION)
    assert [document.id for document in found] == [hit.passage.id for hit in hits]
    assert [document.page_content for document in found] == [hit.passage.words for hit in hits]
    assert [document.metadata["score"] for document in found] == [hit.score for hit in hits]


def test_metadata_leads_back_to_the_file(library: Any, retriever: InnoqaRetriever) -> None:
    first = retriever.invoke(QUESTION)[0]
    assert set(first.metadata) == {
        *("passage_id", "document_id", "source", "title", "heading", "start", "end", "score")
    }
    text = library.file_text(first.metadata["source"])
    quoted = text[first.metadata["start"] : first.metadata["end"]]
    assert quoted.startswith("Harbour Street opened on 3 May 2011")
    assert first.metadata["heading"] == "Guide to the Arnholm quarter > Harbour Street"


def test_it_finds_the_same_in_a_chain_and_asynchronously(retriever: InnoqaRetriever) -> None:
    chain = retriever | RunnableLambda(lambda found: [document.id for document in found])
    ids = [document.id for document in retriever.invoke(QUESTION)]
    assert chain.invoke(QUESTION) == ids
    assert [document.id for document in asyncio.run(retriever.ainvoke(QUESTION))] == ids


def test_a_question_that_is_none_is_told_as_everywhere(retriever: InnoqaRetriever) -> None:
    with pytest.raises(QuestionError, match="empty"):
        retriever.invoke("?")


def test_an_index_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="innoqa ingest"):
        bootstrap.open_retriever(Settings(index=tmp_path))
