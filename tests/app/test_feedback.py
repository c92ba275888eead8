"""Turns kept from the page join a question file, and the evaluation can ask them."""

from pathlib import Path

from innoqa import eval_bootstrap
from innoqa.adapters.conversation_store import ConversationStore, KeptTurn
from innoqa.bootstrap import open_assistant
from innoqa.domain import Conversation
from innoqa.settings import Settings

from .conftest import APP  # its folder is where the page's own modules are found

assert APP.is_dir()
import feedback  # noqa: E402


def test_a_turn_that_went_well_becomes_a_question_that_passes(index: Path, tmp_path: Path) -> None:
    settings = Settings(index=index)
    assistant = open_assistant(settings)
    lines, questions = tmp_path / "deep" / "exported.jsonl", tmp_path / "questions.yaml"
    for question in (
        "When was the lighthouse of Vell first lit?",
        "How many containers passed through the port of Vell in 2020?",
        "What is the boiling point of liquid helium?",
    ):
        feedback.export(feedback.as_test(assistant.answer(question)), lines)
    added = eval_bootstrap.add(lines, questions)
    assert [one.answerable for one in added] == [True, True, False]
    assert all(one.golds for one in added[:2])
    report = eval_bootstrap.evaluate(eval_bootstrap.Plan((questions,)), settings, lambda *_: None)
    assert [one["verdict"] for one in report["questions"]] == [
        *("right", "right", "rightly abstained")
    ]


def test_a_turn_that_went_wrong_is_kept_as_a_draft(index: Path, tmp_path: Path) -> None:
    turn = open_assistant(Settings(index=index)).answer("Why was the lighthouse lit?")
    feedback.export(feedback.as_complaint(turn), tmp_path / "exported.jsonl")
    (added,) = eval_bootstrap.add(tmp_path / "exported.jsonl", tmp_path / "questions.yaml")
    assert added.draft
    assert added.question == turn.question
    assert added.why


def test_what_was_judged_can_be_downloaded_and_added(index: Path, tmp_path: Path) -> None:
    """A follow-up becomes the question that it was read as, a complaint keeps its comment."""
    assistant = open_assistant(Settings(index=index))
    store, conversation = ConversationStore(None), Conversation()
    for question in ("When was the lighthouse of Vell first lit?",
                     "How many containers passed through the port of Vell in 2021?",
                     "And in 2020?"):  # fmt: skip
        turn = assistant.answer(question, conversation)
        conversation = conversation.with_turn(turn)
        store.add("me", "c", turn)

    def kept() -> tuple[KeptTurn, ...]:
        found = store.conversation("c")
        assert found is not None
        return found.turns

    store.judge("me", kept()[1].id, "up")
    store.judge("me", kept()[2].id, "down", "It was 7.")
    (tmp_path / "judged.jsonl").write_text(feedback.judged(kept()), "utf-8")
    good, bad = eval_bootstrap.add(tmp_path / "judged.jsonl", tmp_path / "questions.yaml")
    assert good.question == "How many containers passed through the port of Vell in 2021?"
    assert good.answerable
    assert bad.question == "How many containers passed through the port of Vell in 2020?"
    assert bad.draft
    assert "Its reader says: It was 7." in (bad.why or "")
