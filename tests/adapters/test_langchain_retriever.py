"""The index as a LangChain retriever, and the assistant as a LangChain runnable."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda

from innoqa import bootstrap, browsing
from innoqa.adapters.langchain_retriever import InnoqaRetriever
from innoqa.contract import reply_record
from innoqa.errors import IndexMissing, QuestionError
from innoqa.settings import Settings

pytest_plugins = ["tests.answering_fixtures"]

QUESTION = "When did Harbour Street open?"
SPENT = "How much was the R&D expenditure of Arnholm in 2022?"


@pytest.fixture(scope="module")
def retriever(library: Any) -> InnoqaRetriever:
    return bootstrap.open_retriever(library.settings)


@pytest.fixture(scope="module")
def answering(library: Any) -> Runnable[str | dict[str, Any], dict[str, Any]]:
    return bootstrap.open_runnable(library.settings)


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
    text = library.file_text(first.metadata["source"])
    quoted = text[first.metadata["start"] : first.metadata["end"]]
    assert quoted == first.metadata["quote"]
    assert quoted.startswith("Harbour Street opened on 3 May 2011")
    assert first.metadata["heading"] == "Guide to the Arnholm quarter > Harbour Street"


def test_metadata_are_the_record_of_the_passage(library: Any, retriever: InnoqaRetriever) -> None:
    hits = library.assistant.search(SPENT)
    for document, hit in zip(retriever.invoke(SPENT), hits, strict=True):
        record = browsing.passage_record(hit.passage)
        assert document.page_content == record.pop("text")
        assert document.metadata == record | {"score": hit.score}


def test_the_cells_of_a_row_are_told(retriever: InnoqaRetriever) -> None:
    row = retriever.invoke(SPENT)[0].metadata
    assert (row["source"], row["row_number"], row["page"]) == ("indicators.csv", 2, None)
    assert row["cells"] == [{"column": "value", "value": "1840.7", "unit": "million crowns"}]


def test_it_finds_the_same_in_batches(retriever: InnoqaRetriever) -> None:
    alone = [retriever.invoke(QUESTION), retriever.invoke(SPENT)]
    assert retriever.batch([QUESTION, SPENT]) == alone
    assert asyncio.run(retriever.abatch([QUESTION, SPENT])) == alone


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


def without_time(reply: dict[str, Any]) -> dict[str, Any]:
    """The reply but for the time taken."""
    return {key: value for key, value in reply.items() if key != "elapsed_ms"}


class TestRunnable:
    def test_a_question_gives_the_reply_of_the_contract(self, library: Any, answering: Any) -> None:
        assert isinstance(answering, Runnable)
        expected = without_time(reply_record("", library.assistant.answer(QUESTION)))
        assert expected["kind"] == "answer"
        assert without_time(answering.invoke(QUESTION)) == expected
        assert without_time(answering.invoke({"question": QUESTION})) == expected
        assert without_time(asyncio.run(answering.ainvoke(QUESTION))) == expected

    def test_a_batch_gives_the_replies_in_order(self, answering: Any) -> None:
        replies = answering.batch([{"question": SPENT, "id": "q1"}, QUESTION])
        assert [reply["id"] for reply in replies] == ["q1", ""]
        assert replies[0]["computation"]["value"] == 1840.7
        assert "3 May 2011" in replies[1]["text"]

    @pytest.mark.parametrize(
        "history",
        [
            [{"role": "user", "text": SPENT}],
            [HumanMessage(SPENT), AIMessage("1840.7 million crowns.")],
        ],
    )
    def test_a_question_is_read_after_its_history(self, answering: Any, history: Any) -> None:
        reply = answering.invoke({"question": "And in 2021?", "history": history})
        assert reply["query_kind"] == "follow-up"
        assert reply["computation"]["value"] == 12.5

    def test_it_goes_into_a_chain(self, answering: Any) -> None:
        chain = answering | RunnableLambda(lambda reply: reply["kind"])
        assert chain.invoke("What is the boiling point of liquid helium?") == "abstention"

    @pytest.mark.parametrize(
        "given",
        [
            "?",
            {"query": QUESTION},
            {"question": QUESTION, "history": [SystemMessage("x")]},
            7,
            None,
        ],
    )
    def test_what_is_no_question_is_told(self, answering: Any, given: Any) -> None:
        with pytest.raises(QuestionError, match="The input"):
            answering.invoke(given)
