"""What could be asked after an answer is near to it, and was not asked before."""

from dataclasses import replace
from typing import Any

from tests.computed_turns import change_of_dues, observed, passage_of

from innoqa.answering import SUGGESTED_NEXT, Assistant
from innoqa.domain import Answer, Conversation, Hit, Passage, Query, Sentence, Turn
from innoqa.next_questions import candidates


class Words:
    """A corpus that knows every word."""

    def terms(self, text: str) -> list[str]:
        return text.lower().replace("?", "").split()

    def knows(self, word: str) -> bool:
        return bool(word)

    def weights(self, text: str) -> dict[str, float]:
        return dict.fromkeys(self.terms(text), 1.0)


WORDS: Any = Words()
pytest_plugins = ["tests.answering_fixtures"]


def hit(passage: Passage) -> Hit:
    return Hit(passage, 1.0, (1.0,), 0.9)


def found_in(turn: Turn, *passages: Passage) -> Turn:
    return replace(turn, hits=tuple(map(hit, passages)))


def test_after_a_figure_comes_how_it_changed_over_the_years_that_were_found() -> None:
    turn = found_in(change_of_dues(), passage_of(observed(2023, "7")))
    assert candidates(turn, [], (), WORDS) == [
        "How did Port dues of Vell change from 2018 to 2023?"
    ]


def test_other_indicators_are_asked_for_once_each() -> None:
    others = [
        observed(when, "7", indicator=name) for name in ("Ships", "Crew") for when in (2019, 2020)
    ]
    told = observed(2019, "5.1")
    turn = found_in(change_of_dues(), *map(passage_of, (told, *others)))
    assert candidates(turn, [], (), WORDS)[1:] == [
        "What was the figure for Ships of Vell in 2019?",
        "What was the figure for Crew of Vell in 2019?",
    ]


def test_what_the_passages_define_comes_before_what_the_owner_suggests() -> None:
    text = "The Grain Dock is a basin."
    passage = Passage("p", "d", "d.md", "Docks", (), text, 0, 26, (Sentence(0, 26, text),))
    turn = replace(found_in(change_of_dues(), passage), query=Query("q"))
    assert candidates(turn, [], ("Who runs it?",), WORDS)[1:] == [
        "What is The Grain Dock?",
        "Who runs it?",
    ]


def test_nothing_that_was_asked_is_offered_again_in_whatever_order_of_words() -> None:
    turn = change_of_dues()
    asked = ["how did port dues of vell change from 2018 to 2020"]
    suggested = ("Who runs it?", "runs it who?", "Where is it?")
    assert candidates(turn, asked, suggested, WORDS) == ["Who runs it?", "Where is it?"]


def test_what_is_suggested_is_answered_with_something_new(
    assistant: Assistant, fixed_questions: tuple[str, ...]
) -> None:
    """After each of the questions, in one conversation: none was asked in it before."""
    conversation, offered = Conversation(), []
    for question in fixed_questions:
        turn = assistant.answer(question)
        found = list(assistant.suggestions(turn, conversation))
        conversation = conversation.with_turn(turn)
        assert len(found) <= SUGGESTED_NEXT
        for suggestion in found:
            reply = assistant.answer(suggestion, read_as=suggestion).reply
            assert isinstance(reply, Answer)
            assert reply.text != turn.reply.text
            assert suggestion not in {one.question for one in conversation.turns}
        offered += found
    assert offered
