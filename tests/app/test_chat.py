"""The page's flow, without a browser: asking, keeping, editing, judging."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from innoqa.adapters.conversation_store import ConversationStore, KeptConversation, KeptTurn
from innoqa.bootstrap import ingest, open_assistant
from innoqa.settings import Settings

from .conftest import APP

LIT = "When was the lighthouse of Vell first lit?"
LIST = "Which kinds of quay does the port of Vell have?"
CONTAINERS = "How many containers passed through the port of Vell in 2021?"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where conversations are kept."""
    return tmp_path / "conversations.sqlite"


@pytest.fixture
def chat(
    index: Path, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AppTest:  # fmt: skip
    monkeypatch.setenv("INNOQA_INDEX", str(index))
    monkeypatch.setenv("INNOQA_CONVERSATIONS", str(path))
    monkeypatch.chdir(tmp_path)
    return visit()


def visit(owner: str = "", conversation: str = "") -> AppTest:
    """The page in a session of its own, of a browser that has been here or not."""
    page = AppTest.from_file(APP / "chat.py", default_timeout=60)
    if owner:
        page.session_state.owner = owner
    if conversation:
        page.query_params["c"] = conversation
    return page


def html_of(chat: AppTest) -> str:
    return "\n".join(element.proto.body for element in chat.get("html"))


def ask(chat: AppTest, question: str) -> None:
    chat.chat_input[0].set_value(question).run()


def press(chat: AppTest, label: str, place: int = 0) -> None:
    """Click the button of this label, the first of them or another."""
    [*filter(lambda button: button.label == label, chat.button)][place].click().run()


def labels(chat: AppTest) -> list[str]:
    return [button.label for button in chat.button]


def kept(chat: AppTest, path: Path) -> KeptConversation:
    """The conversation that the page has open, as it is kept."""
    given = chat.query_params["c"]
    found = ConversationStore(path).conversation(given if isinstance(given, str) else given[0])
    assert found is not None
    return found


def newest(chat: AppTest, path: Path) -> KeptTurn:
    return kept(chat, path).turns[-1]


def questions(chat: AppTest, path: Path) -> list[str]:
    return [turn.question for turn in kept(chat, path).turns]


def listed(chat: AppTest) -> list[str]:
    """The titles in the sidebar, in order."""
    return [
        button.label.split(" :small")[0].replace("\\", "")
        for button in chat.button
        if (button.key or "").startswith("open-")
    ]


def test_the_conversation_grows_by_a_turn_for_each_question(chat: AppTest, path: Path) -> None:
    chat.run()
    assert len([key for b in chat.button if (key := b.key or "").startswith("suggestion-")]) == 4
    next(b for b in chat.button if b.key == "suggestion-1").click().run()
    assert not chat.exception
    assert questions(chat, path) == [LIT]
    ask(chat, LIST)
    assert questions(chat, path) == [LIT, LIST]
    assert labels(chat).count("Ask again") == labels(chat).count("Edit question") == 2
    assert html_of(chat).count('role="status"') == 1


def test_a_refused_question_is_no_turn(chat: AppTest, path: Path) -> None:
    chat.run()
    ask(chat, "...")
    assert 'role="alert"' in html_of(chat)
    assert ConversationStore(path).count() == 0


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

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret of the inside")

    chat.run()
    monkeypatch.setattr("innoqa.answering.Assistant.answer", broken)
    ask(chat, LIT)
    assert "Something went wrong" in html_of(chat)
    assert "secret" not in html_of(chat)
    assert not chat.exception
    assert "a secret of the inside" in caplog.text


def test_another_session_of_the_browser_finds_what_was_asked(chat: AppTest, path: Path) -> None:
    chat.run()
    ask(chat, CONTAINERS)
    again = visit(chat.session_state.owner).run()
    assert listed(again) == [CONTAINERS]
    assert "48,900" not in html_of(again)
    next(b for b in again.button if (b.key or "").startswith("open-")).click().run()
    assert "about 48,900 containers" in html_of(again)
    assert "rows 1 to 3 of 3" in html_of(again)
    ask(again, LIT)
    assert questions(again, path) == [CONTAINERS, LIT]


def test_what_was_answered_is_shown_as_it_was_though_the_index_is_another(
    chat: AppTest, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.run()
    ask(chat, CONTAINERS)
    before = html_of(chat)
    other = tmp_path / "corpus"
    other.mkdir()
    (other / "bread.md").write_text("# Bread\n\nBread is baked from flour.\n", "utf-8")
    ingest([other], Settings(index=tmp_path / "index"), lambda *_: None)
    monkeypatch.setenv("INNOQA_INDEX", str(tmp_path / "index"))
    again = visit(chat.session_state.owner, kept(chat, path).id).run()
    assert not again.exception
    for part in ("about 48,900 containers", "rows 1 to 3 of 3", "Port Authority (2022)"):
        assert part in before
        assert part in html_of(again)
    assert "A cited document has changed since, or is gone" in html_of(again)
    assert "A cited document has changed" not in before


def test_a_link_opens_anothers_conversation_to_read_and_to_copy(chat: AppTest, path: Path) -> None:
    chat.run()
    ask(chat, LIT)
    mine = kept(chat, path)
    theirs = visit(conversation=mine.id).run()
    assert "1871" in html_of(theirs)
    assert listed(theirs) == []
    assert len(theirs.chat_input) == 0
    assert {"Ask again", "Edit question", "Delete"}.isdisjoint(labels(theirs))
    assert len(theirs.feedback) == 0
    press(theirs, "Continue in a copy")
    assert listed(theirs) == [LIT]
    ask(theirs, LIST)
    assert questions(theirs, path) == [LIT, LIST]
    assert questions(chat, path) == [LIT]


def test_a_link_to_nothing_says_so_and_a_question_begins_anew(chat: AppTest, path: Path) -> None:
    page = visit(conversation="no-such-id").run()
    assert "The conversation of this address is not here" in html_of(page)
    ask(page, LIT)
    assert "1871" in html_of(page)
    assert questions(page, path) == [LIT]


def test_two_browsers_never_see_each_others_conversations(chat: AppTest) -> None:
    one, other = visit().run(), visit().run()
    ask(one, LIT)
    ask(other, CONTAINERS)
    assert (listed(one.run()), listed(other.run())) == ([LIT], [CONTAINERS])
    assert "48,900" not in html_of(one)
    assert "1871" not in html_of(other)


def test_rename_delete_and_undo(chat: AppTest, path: Path) -> None:
    chat.run()
    ask(chat, LIT)
    chat.text_input(key=f"name-{kept(chat, path).id}").set_value("The light").run()
    assert listed(chat) == ["The light"]
    press(chat, "Delete")
    assert listed(chat) == []
    assert "1871" not in html_of(chat)
    assert "“The light” is deleted." in html_of(chat)
    identity = chat.session_state.deleted[0]
    assert "is not here" in html_of(visit(conversation=identity).run())
    later = visit(chat.session_state.owner, identity).run()
    assert "The conversation of this address is deleted." in html_of(later)
    assert "Undo" in labels(later)
    press(chat, "Undo")
    assert listed(chat) == ["The light"]
    assert "1871" in html_of(chat)


def test_a_search_looks_into_questions_and_answers(chat: AppTest) -> None:
    chat.run()
    ask(chat, LIT)
    press(chat, "New chat")
    ask(chat, CONTAINERS)
    for words, titles in (
        ("1871", [LIT]),
        ("PORT vell", [CONTAINERS]),
        ("nothing of this", []),
        ("", [CONTAINERS, LIT]),
    ):
        chat.text_input(key="search").set_value(words).run()
        assert listed(chat) == titles, words


def test_more_conversations_are_listed_on_demand(chat: AppTest, index: Path, path: Path) -> None:
    turn = open_assistant(Settings(index=index)).answer(LIT)
    store = ConversationStore(path)
    for number in range(32):
        store.add("me", f"conversation-{number}", turn)
    page = visit("me").run()
    assert len(listed(page)) == 30
    press(page, "Show more")
    assert len(listed(page)) == 32
    assert "Show more" not in labels(page)


def test_asking_again_replaces_the_turn_where_it_stands(chat: AppTest, path: Path) -> None:
    chat.run()
    ask(chat, LIT)
    ask(chat, LIST)
    before = kept(chat, path).turns
    press(chat, "Ask again")
    after = kept(chat, path).turns
    assert [turn.question for turn in after] == [LIT, LIST]
    assert after[0].id not in {turn.id for turn in before}
    assert after[1].id == before[1].id


def test_an_edited_last_question_takes_the_place_of_its_turn(chat: AppTest, path: Path) -> None:
    chat.run()
    ask(chat, LIT)
    ask(chat, LIST)
    press(chat, "Edit question", 1)
    edited(chat, "Question", CONTAINERS, "Ask")
    assert questions(chat, path) == [LIT, CONTAINERS]
    assert len(listed(chat)) == 1


def edited(chat: AppTest, label: str, text: str, button: str) -> None:
    """Fill the form's field of this label and press its button."""
    next(field for field in chat.text_input if field.label == label).set_value(text)
    press(chat, button)


def test_an_edited_earlier_question_starts_from_there_and_nothing_is_lost(
    chat: AppTest, path: Path
) -> None:
    chat.run()
    ask(chat, LIT)
    ask(chat, LIST)
    ask(chat, CONTAINERS)
    old = kept(chat, path).id
    press(chat, "Edit question", 1)
    edited(chat, "Question", "When did the keeper of Vell leave?", "Ask")
    assert questions(chat, path) == [LIT, "When did the keeper of Vell leave?"]
    found = ConversationStore(path).conversation(old)
    assert found is not None
    assert [turn.question for turn in found.turns] == [LIT, LIST, CONTAINERS]
    assert len(listed(chat)) == 2


def test_an_edit_can_be_left(chat: AppTest, path: Path) -> None:
    chat.run()
    ask(chat, LIT)
    press(chat, "Edit question")
    edited(chat, "Question", LIST, "Cancel")
    assert questions(chat, path) == [LIT]
    assert not [field for field in chat.text_input if field.label == "Question"]


def test_how_a_follow_up_was_read_is_edited_in_place(chat: AppTest, path: Path) -> None:
    chat.run()
    ask(chat, CONTAINERS)
    ask(chat, "And in 2020?")
    turn = newest(chat, path).turn
    assert turn is not None
    assert turn.query.kind == "follow-up"
    assert f"Read as: {turn.query.text}" in html_of(chat)
    press(chat, "Edit")
    edited(chat, "Read as", "How many ferry passengers were there in 2021?", "Ask as this")
    turn = newest(chat, path).turn
    assert turn is not None
    assert (turn.question, turn.query.kind) == ("And in 2020?", "edited")
    assert "312000 passengers" in html_of(chat)
    assert len(kept(chat, path).turns) == 2
    press(chat, "Ask again", 1)
    turn = newest(chat, path).turn
    assert turn is not None
    assert turn.query.text == "How many ferry passengers were there in 2021?"


def judge(chat: AppTest, thumb: int, comment: str, button: str) -> None:
    chat.feedback[-1].set_value(thumb).run()
    next(field for field in chat.text_input if field.placeholder == "Optional").set_value(comment)
    press(chat, button)


def test_a_verdict_is_kept_with_its_comment_and_shown_again(chat: AppTest, path: Path) -> None:
    chat.run()
    ask(chat, LIT)
    judge(chat, 0, "It was  1872.", "Keep")
    assert (newest(chat, path).verdict, newest(chat, path).comment) == ("down", "It was 1872.")
    again = visit(chat.session_state.owner, kept(chat, path).id).run()
    assert again.feedback[0].value == 0
    assert "Your comment: It was 1872." in html_of(again)
    again.feedback[0].set_value(None).run()
    assert newest(chat, path).verdict is None
    assert not Path("results").exists()


@pytest.mark.parametrize(("thumb", "is_draft"), [(0, True), (1, False)])
def test_a_judged_turn_becomes_a_question_of_the_evaluation(
    chat: AppTest, thumb: int, is_draft: bool
) -> None:
    chat.run()
    ask(chat, LIT)
    judge(chat, thumb, "It was 1872.", "Keep and make this a test")
    (entry,) = exported()
    assert entry["question"] == LIT
    assert entry.get("draft", False) is is_draft
    assert ("It was 1872." in entry.get("why", "")) is is_draft
    chat.feedback[0].set_value(None).run()
    judge(chat, thumb, "It was 1872.", "Keep and make this a test")
    assert len(exported()) == 1


def exported() -> list[dict[str, Any]]:
    lines = Path("results/exported-questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_questions_to_go_on_with_are_answered_and_new(chat: AppTest, path: Path) -> None:
    chat.run()
    ask(chat, CONTAINERS)
    offered = [b for b in chat.button if (b.key or "").startswith("next-")]
    assert 1 <= len(offered) <= 3
    offered[0].click().run()
    assert newest(chat, path).question != CONTAINERS
    turn = newest(chat, path).turn
    assert turn is not None
    assert turn.reply.__class__.__name__ == "Answer"
    asked = set(questions(chat, path))
    again = [b for b in chat.button if (b.key or "").startswith("next-")]
    assert asked.isdisjoint(b.label.replace("\\", "") for b in again)


@pytest.mark.parametrize("content", ["This is no database. " * 100, ""])
def test_a_file_that_cannot_be_used_is_told_and_the_page_answers(
    chat: AppTest, path: Path, content: str
) -> None:
    if content:
        path.write_text(content, "utf-8")
    else:
        path.mkdir()
    chat.run()
    assert "What you ask here is not kept." in html_of(chat)
    assert str(path) in html_of(chat)
    ask(chat, LIT)
    ask(chat, LIST)
    assert "1871" in html_of(chat)
    assert listed(chat) == [LIT]
    assert not chat.exception


def test_a_file_that_is_damaged_meanwhile_loses_nothing_that_is_on_the_page(
    chat: AppTest, path: Path
) -> None:
    chat.run()
    ask(chat, LIT)
    with_two = path.read_bytes()
    path.write_bytes(with_two[:4096] + b"\xff" * (len(with_two) - 4096))
    ask(chat, LIST)
    assert "What you ask here is not kept." in html_of(chat)
    assert "three kinds of quay" in html_of(chat)
    assert not chat.exception


def test_a_turn_of_another_version_is_shown_by_its_words(chat: AppTest, path: Path) -> None:
    chat.run()
    ask(chat, LIT)
    ask(chat, LIST)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE turns SET body = '[]' WHERE number = 1")
    again = visit(chat.session_state.owner, kept(chat, path).id).run()
    assert not again.exception
    assert "Another version of InnoQA kept this answer" in html_of(again)
    assert "1871" in html_of(again)
    assert "three kinds of quay" in html_of(again)
