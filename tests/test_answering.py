"""Question -> reply, over a real index."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from innoqa import bootstrap
from innoqa.answering import COVERAGE, NEAREST, Assistant
from innoqa.contract import LONGEST_QUESTION, checked_question, reply_record
from innoqa.domain import Abstention, Answer, Query
from innoqa.errors import IndexMissing, QuestionError
from innoqa.settings import Settings

pytest_plugins = ["tests.answering_fixtures"]


def comparable(record: dict[str, Any]) -> str:
    return json.dumps({k: v for k, v in record.items() if k != "elapsed_ms"}, ensure_ascii=False)


@pytest.fixture
def own_library(library: Any, tmp_path: Path) -> tuple[Path, Settings]:
    """A copy of the documents and their index, for a test to change."""
    shutil.copytree(library.root, tmp_path / "copy")
    return tmp_path / "copy" / "documents", Settings(index=tmp_path / "copy" / "index")


def test_the_same_index_and_question_give_the_same_reply_byte_for_byte_in_two_processes(
    assistant: Assistant, fixed_questions: tuple[str, ...], other_process: tuple[Any, list[Any]]
) -> None:
    here = [
        comparable(reply_record(f"q{number}", assistant.answer(question)))
        for number, question in enumerate(fixed_questions)
    ]
    assert here == [comparable(record) for record in other_process[1]]
    assert len({json.loads(line)["kind"] for line in here}) == 2


def test_an_unknown_subject_is_not_answered_but_told_with_what_is_near_and_covered(
    assistant: Assistant,
) -> None:
    turn = assistant.answer("What is the boiling point of liquid helium?")
    reply = turn.reply
    assert isinstance(reply, Abstention)
    assert reply.reason == "Nothing in the corpus answers this question clearly enough."
    assert reply.nearest == turn.hits[:NEAREST]
    assert len(reply.nearest) == NEAREST
    assert reply.coverage == (
        "Notes on the Arnholm ferry",
        "Guide to the Arnholm quarter",
        "indicators",
    )
    assert len(reply.coverage) <= COVERAGE
    assert 0 <= reply.confidence < 0.3


def test_a_turn_keeps_the_users_words_and_shows_what_was_searched_for(assistant: Assistant) -> None:
    turn = assistant.answer("  When did\n Harbour\tStreet open? ")
    assert turn.question == "  When did\n Harbour\tStreet open? "
    assert turn.query == Query("When did Harbour Street open?")
    assert turn.reply == assistant.answer("When did Harbour Street open?").reply
    assert turn.composer == "extractive"


def test_hits_come_best_first_each_text_once_and_no_more_than_set(library: Any) -> None:
    few = bootstrap.open_assistant(replace(library.settings, sources=2))
    hits = library.assistant.answer("What is Harbour Street?").hits
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert len({h.passage.words.casefold() for h in hits}) == len(hits)
    assert few.answer("What is Harbour Street?").hits == hits[:2]


def test_a_search_finds_what_an_answer_draws_on(assistant: Assistant) -> None:
    question = "Who was the first ferry captain?"
    assert assistant.search(question) == assistant.answer(question).hits


@pytest.mark.parametrize("question", ["", "   \n", "???", "🚋 🚋", "—…"])
def test_a_question_without_a_word_is_told(assistant: Assistant, question: str) -> None:
    with pytest.raises(QuestionError, match="empty"):
        assistant.answer(question)
    with pytest.raises(QuestionError, match="empty"):
        assistant.search(question)


def test_a_question_may_be_as_long_as_the_limit_says_and_no_longer(assistant: Assistant) -> None:
    assert assistant.answer("a" * LONGEST_QUESTION).query.text == "a" * LONGEST_QUESTION
    with pytest.raises(QuestionError, match="2001 characters"):
        assistant.answer("a" * (LONGEST_QUESTION + 1))


def test_space_does_not_count_towards_the_length() -> None:
    assert checked_question("a" + " " * LONGEST_QUESTION + "b") == "a b"


@pytest.mark.parametrize("question", ["\ud800 ferry", "ferry \udcff"])
def test_half_a_surrogate_pair_is_told_since_nothing_can_encode_it(
    assistant: Assistant, question: str
) -> None:
    with pytest.raises(QuestionError, match="Unicode"):
        assistant.answer(question)


@settings(max_examples=150, deadline=None)
@given(
    question=st.one_of(
        st.text(max_size=120),
        st.text("ab'\"%;-_*()[]{}<>/\\?|&$#^`~", max_size=60),
        st.builds(str.__mul__, st.text(min_size=1, max_size=4), st.integers(1, 1200)),
        st.text(st.characters(categories=["So", "Mn", "Lo", "Cf", "Cc"]), max_size=30),
    )
)
@example("'; DROP TABLE documents; --")
@example("<script>alert('x')</script>")
@example('" OR 1=1 --')
@example("{{7*7}} ${jndi:ldap://x} %s %n")
@example("How many 🦄 (“unicorns”) does Ärnhölm have?")
@example("中关村有多少独角兽？")
@example("ما هو الابتكار؟")
@example("½ \x00 a\u2028b\u0301")
@example("[default] [/red] [bold]")
def test_any_text_gets_a_reply_or_a_question_error(library: Any, question: str) -> None:
    try:
        turn = library.assistant.answer(question)
    except QuestionError:
        return
    assert isinstance(turn.reply, Answer | Abstention)
    json.dumps(reply_record("", turn), ensure_ascii=False).encode()
    assert 0 <= turn.reply.confidence <= 1


def test_a_newly_published_index_is_followed_while_a_question_under_way_finishes_on_the_old(
    own_library: tuple[Path, Settings], ingest: Callable[[list[Path], Settings], Any]
) -> None:
    documents, settings_ = own_library
    assistant = bootstrap.open_assistant(settings_)
    question = "What does the Arnholm planetarium show?"
    query = Query("Who was the first ferry captain?")
    with assistant.open_index() as old:
        before = old.search(query, 3)
        assert "planetarium" not in assistant.answer(question).reply.text
        (documents / "planetarium.txt").write_text(
            "The Arnholm planetarium shows the winter sky on a dome of copper.\n", "utf-8"
        )
        assert ingest([documents], settings_).published
        new = assistant.answer(question).reply
        assert isinstance(new, Answer)
        assert "winter sky" in new.text
        assert old.search(query, 3) == before
        assert "planetarium" not in "".join(d.text for d in old.catalog.documents())


def test_a_removed_document_is_no_longer_cited(
    own_library: tuple[Path, Settings], ingest: Callable[[list[Path], Settings], Any]
) -> None:
    documents, settings_ = own_library
    assistant = bootstrap.open_assistant(settings_)
    question = "Who was the first ferry captain?"
    assert isinstance(assistant.answer(question).reply, Answer)
    (documents / "ferry" / "notes.txt").unlink()
    assert ingest([documents], settings_).removed == 1
    assert "Jonas Ek" not in assistant.answer(question).reply.text
    assert "ferry/notes.txt" not in assistant.texts()


def test_the_corpus_describes_itself_as_its_owner_wrote(assistant: Assistant) -> None:
    corpus = assistant.corpus()
    assert corpus.title == "Arnholm quarter"
    assert corpus.description == "A quarter that does not exist."
    assert corpus.suggested_questions == ("What are the goals of the board?",)


def test_a_document_is_found_by_its_id_and_an_unknown_id_is_none(assistant: Assistant) -> None:
    hit = assistant.search("Who was the first ferry captain?")[0]
    document = assistant.document(hit.passage.document_id)
    assert document is not None
    assert document.text == assistant.texts()[document.source]
    assert assistant.document("no such id") is None


def test_an_index_that_is_not_there_is_told_at_once_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="innoqa ingest"):
        bootstrap.open_assistant(Settings(index=tmp_path / "nothing"))
