"""Question -> reply, over a real index."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.writers import Scripted

from innoqa import bootstrap, extraction
from innoqa.adapters.sentences import sentence_boundaries
from innoqa.answering import COVERAGE, NEAREST, Assistant
from innoqa.composing import ModelComposer
from innoqa.contract import LONGEST_QUESTION, checked_question, reply_record
from innoqa.domain import Abstention, Answer, Query, Turn
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
    assert reply.reason.startswith(("Nothing in the corpus", "The corpus has passages on"))
    assert reply.nearest == turn.hits[:NEAREST]
    assert len(reply.nearest) == NEAREST
    assert reply.coverage == (
        "Notes on the Arnholm ferry",
        "Guide to the Arnholm quarter",
        "indicators",
    )
    assert len(reply.coverage) <= COVERAGE
    assert 0 <= reply.confidence < 0.3


def test_a_threshold_changes_whether_an_answer_is_given_and_nothing_else(
    assistant: Assistant, fixed_questions: tuple[str, ...]
) -> None:
    always, never = (replace(assistant, least_confidence=least) for least in (0.0, 1.01))
    for question in fixed_questions:
        given, kept = always.answer(question).reply, never.answer(question).reply
        assert isinstance(kept, Abstention)
        if isinstance(given, Answer):
            assert kept.confidence == given.confidence
            shipped = assistant.answer(question).reply
            enough = given.confidence >= assistant.least_confidence
            assert shipped == (given if enough else shipped)
            assert isinstance(shipped, Answer) is enough


@pytest.mark.parametrize(
    "asked",
    [
        "Why did the goals of the board in Norway fail?",
        "What was the R&D expenditure of Arnholm in 1950?",  # refused by the tables
    ],
)
def test_questions_offered_in_place_of_an_answer_are_answered(
    assistant: Assistant, asked: str
) -> None:
    reply = assistant.answer(asked).reply
    assert isinstance(reply, Abstention)
    assert reply.suggestions
    for question in reply.suggestions:
        assert isinstance(assistant.answer(question).reply, Answer)


def test_what_is_not_supported_is_withheld_and_told(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "When did Harbour Street open?"
    first = assistant.answer(question)
    assert isinstance(first.reply, Answer)
    compose = extraction.compose

    def with_a_slip(*arguments: Any) -> Answer | None:
        answer = compose(*arguments)
        assert answer is not None
        lead = answer.statements[0]
        slip = replace(lead, text=lead.text.replace("2011", "2012"), focus=None)
        return replace(answer, statements=(slip, *answer.statements))

    monkeypatch.setattr(extraction, "compose", with_a_slip)
    turn = replace(assistant, least_confidence=0.0).answer(question)
    assert isinstance(turn.reply, Answer)
    assert "2012" not in turn.reply.text
    assert "2011" in turn.reply.text
    assert len(turn.withheld) == 1
    assert "2012" in turn.withheld[0].text


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


ASKED = (
    "how many|how much|which year|what|when|did|of|the|and|or|not|in|from|to|since|between|each|"
    "average|total|difference|share|ratio|percent|highest|least|second|grow|fell|before|after|-|"
    "Arnholm|R&D|expenditure|patents|granted|Line 4|stops|terminus|2021|2022|more than|1e999999|"
    "12.5 million|\u00bd|\u0663|\u00b2|" + "9" * 400
).split("|")


@settings(max_examples=40, deadline=None)
@given(
    question=st.one_of(
        st.lists(st.sampled_from(ASKED), min_size=1, max_size=14).map(" ".join),
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
@example("How many stops? " * 75)
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
        assert isinstance(assistant.answer(question).reply, Abstention)
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


def test_a_figure_is_read_from_its_cell_and_its_row_is_among_what_was_retrieved(
    assistant: Assistant,
) -> None:
    turn = assistant.answer("How much was the R&D expenditure of Arnholm in 2022?")
    reply = turn.reply
    assert isinstance(reply, Answer)
    assert turn.composer == "computed"
    assert reply.computation is not None
    (citation,) = reply.citations
    assert citation.observation is not None
    assert citation.observation.value == Decimal("1840.7")
    assert citation.passage.id in {hit.passage.id for hit in turn.hits}


def test_a_change_is_computed_from_two_cells_and_stands_to_what_was_said_of_them(
    assistant: Assistant,
) -> None:
    reply = assistant.answer("How much did the R&D expenditure of Arnholm grow to 2022?").reply
    assert isinstance(reply, Answer)
    assert reply.computation is not None
    assert reply.computation.value == Decimal("1840.7") - Decimal("12.50")
    values = {c.observation.value for c in reply.citations if c.observation}
    assert values == {Decimal("12.50"), Decimal("1840.7")}
    assert "about" in reply.text


def test_a_year_without_a_figure_is_refused_and_the_years_there_are_told(
    assistant: Assistant,
) -> None:
    turn = assistant.answer("How much was the R&D expenditure of Arnholm in 1990?")
    reply = turn.reply
    assert isinstance(reply, Abstention)
    assert turn.composer == "computed"
    assert "1990" in reply.reason
    assert "2021" in reply.reason
    assert reply.nearest[0].passage.cell


def test_what_texts_say_besides_the_table_stands_beside_its_figure(
    own_library: tuple[Path, Settings], ingest: Callable[[list[Path], Settings], Any]
) -> None:
    documents, settings = own_library
    said = "The R&D expenditure of Arnholm was 1,795 million crowns in 2022, says the audit.\n"
    (documents / "audit.md").write_text(f"# Audit\n\n{said}", "utf-8")
    ingest([documents], settings)
    turn = bootstrap.open_assistant(settings).answer(
        "How much was the R&D expenditure of Arnholm in 2022?"
    )
    assert isinstance(turn.reply, Answer)
    assert "1840.7" in turn.reply.text.replace(",", "")
    assert "1,795 million crowns" in turn.reply.text
    assert turn.composer == "computed, extractive"


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


def told_by(assistant: Assistant, text: str, question: str) -> Turn:
    model = ModelComposer(Scripted([text], name="test:model"), sentence_boundaries)
    return replace(assistant, model=model).answer(question)


def test_a_chat_model_puts_an_answer_into_its_words(assistant: Assistant) -> None:
    question = "When did Harbour Street open?"
    turn = told_by(
        assistant, "On 3 May 2011 Harbour Street opened in a rope factory [1].", question
    )
    assert isinstance(turn.reply, Answer)
    assert turn.composer == "test:model"
    assert turn.reply.statements[0].text == "On 3 May 2011 Harbour Street opened in a rope factory."
    assert turn.reply.confidence <= assistant.answer(question).reply.confidence
    assert (turn.note, turn.withheld) == ("", ())


def test_a_small_part_of_what_answers_leaves_the_answer_as_it_was(assistant: Assistant) -> None:
    question = "What are the goals of the board?"
    turn = told_by(assistant, "Open laboratories are a goal of the board [1].", question)
    assert turn.reply == assistant.answer(question).reply
    assert turn.composer == "extractive"
    assert "does not surely answer" in turn.note


def test_a_chat_model_is_not_asked_where_there_is_no_answer(assistant: Assistant) -> None:
    writer = Scripted([""])
    model = ModelComposer(writer, sentence_boundaries)
    turn = replace(assistant, model=model).answer("What is the boiling point of liquid helium?")
    assert isinstance(turn.reply, Abstention)
    assert (turn.composer, writer.prompts) == ("extractive", [])


def test_earlier_turns_are_read_without_the_chat_model(assistant: Assistant) -> None:
    writer = Scripted(["Nothing."])
    model = ModelComposer(writer, sentence_boundaries)
    with_model = replace(assistant, model=model)
    history = [("user", "When did Harbour Street open?")]
    with_model.answer("How many floors does it have?", with_model.conversation(history))
    asked = [said for prompt in writer.prompts for said in prompt.said]
    assert asked
    assert not any("When did Harbour Street open?" in said for said in asked)
