"""The page's flow, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from .conftest import APP


@pytest.fixture
def chat(index: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("INNOQA_INDEX", str(index))
    return AppTest.from_file(APP / "chat.py", default_timeout=60)


def html_of(chat: AppTest) -> str:
    return "\n".join(element.proto.body for element in chat.get("html"))


def test_the_conversation_grows_by_a_turn_for_each_question(chat: AppTest) -> None:
    chat.run()
    assert len(chat.button) == 4
    chat.button[1].click().run()
    assert not chat.exception
    assert [turn.question for turn in chat.session_state.conversation.turns] == [
        "When was the lighthouse of Vell first lit?"
    ]
    chat.chat_input[0].set_value("Which kinds of quay does the port have?").run()
    assert len(chat.session_state.conversation.turns) == 2
    kept = {"Make this a test", "This is wrong"}
    assert {button.label for button in chat.button} == kept
    assert html_of(chat).count('role="status"') == 1


def test_a_refused_question_is_no_turn(chat: AppTest) -> None:
    chat.run()
    chat.chat_input[0].set_value("...").run()
    assert 'role="alert"' in html_of(chat)
    assert chat.session_state.conversation.turns == ()


def test_a_setting_that_does_not_exist_is_explained(
    chat: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INNOQA_INDXE", "misspelt")
    chat.run()
    assert "INNOQA_INDXE is not a setting" in html_of(chat)
    assert not chat.exception


def test_a_fault_of_ours_is_told_plainly_and_logged(
    chat: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The reader sees a sentence, the log the whole of it."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret of the inside")

    chat.run()
    monkeypatch.setattr("innoqa.answering.Assistant.answer", broken)
    chat.chat_input[0].set_value("When was the lighthouse of Vell first lit?").run()
    assert "Something went wrong" in html_of(chat)
    assert "secret" not in html_of(chat)
    assert not chat.exception
    assert "a secret of the inside" in caplog.text
