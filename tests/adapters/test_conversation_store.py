"""Conversations are kept: what was put in comes out, for its owner alone to change."""

import json
import pickle
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.computed_turns import change_of_dues, turn_with

from innoqa.adapters import conversation_store
from innoqa.adapters.conversation_store import ConversationStore, dumped, loaded, unguessable
from innoqa.domain import (
    Abstention,
    Answer,
    Cell,
    Citation,
    Computation,
    Conflict,
    Hit,
    ListPlace,
    Observation,
    Passage,
    Period,
    Query,
    Reading,
    Sentence,
    ShortAnswer,
    Statement,
    Turn,
    Unit,
    Withheld,
)
from innoqa.errors import ConversationsError

ME, OTHER = "me", "other"
WAITING = 60
"""Seconds that processes which write at once may take."""


def turns() -> st.SearchStrategy[Turn]:
    """Turns with small values of every type that a turn is made of."""
    text = st.text(max_size=8)
    number = st.floats(allow_nan=False)
    decimal = st.decimals(allow_nan=False, allow_infinity=False)
    one_or_two = {"min_size": 1, "max_size": 2}
    span = st.none() | st.tuples(st.integers(), st.integers())

    def some(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.lists(kind, max_size=2).map(tuple)

    value = decimal | text | st.lists(decimal | text, **one_or_two).map(tuple) | st.none()
    unit = st.builds(Unit, text, text, decimal)
    cell = st.builds(Cell, text, st.integers(), text, st.none() | text, st.integers())
    period = st.builds(Period, text, st.sampled_from(["year", "span"]), st.none() | st.dates())
    observation = st.builds(
        Observation, indicator=text, entity=text, period=period, value=st.none() | decimal,
        printed=text, unit=unit, qualifier=text, source=text, cell=cell, upper=st.none() | decimal,
    )  # fmt: skip
    sentence = st.builds(
        Sentence, st.integers(), st.integers(), text, some(text), st.none() | st.builds(ListPlace)
    )
    passage = st.builds(
        Passage, id=text, document_id=text, source=text, title=text, heading=some(text), text=text,
        sentences=some(sentence), cell=st.none() | cell, observations=some(observation),
    )  # fmt: skip
    reading = st.builds(
        Reading, number, some(number), some(st.builds(ShortAnswer, likelihood=number))
    )
    hit = st.builds(Hit, passage, number, some(number), number, st.none() | reading)
    citation = st.builds(
        Citation, marker=st.integers(), passage=passage, quote=text, references=some(text),
        observation=st.none() | observation, focus=span,
    )  # fmt: skip
    computation = st.builds(
        Computation, operation=text, reading=text, expression=text, value=value, unit=unit,
        operands=some(observation), series=some(observation),
    )  # fmt: skip
    answer = st.builds(
        Answer, some(st.builds(Statement, text, some(citation), span)), number,
        st.none() | computation, some(st.builds(Conflict, text, some(observation), text)),
    )  # fmt: skip
    abstention = st.builds(Abstention, text, some(hit), some(text), number, some(text))
    reply = answer | abstention
    withheld = some(st.builds(Withheld, text, text))
    query = st.builds(Query, text)
    return st.builds(Turn, text, query, some(hit), reply, text, number, withheld, text)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(turns())
def test_a_turn_comes_back_as_it_was_put_in(turn: Turn) -> None:
    """Equal, and of the same types: a decimal is no string, and each digit of it is there."""
    back = loaded(dumped(turn))
    assert back == turn
    assert repr(back) == repr(turn)


def test_what_was_withheld_before_reasons_were_kept_is_withheld_without_them() -> None:
    body = json.loads(dumped(change_of_dues()))
    turn = loaded(json.dumps({**body, "withheld": ["It rose."], "note": ""}))
    assert turn is not None
    assert turn.withheld == (Withheld("It rose.", ""),)


def test_what_another_version_wrote_is_no_turn() -> None:
    body = json.loads(dumped(change_of_dues()))
    assert loaded(json.dumps({**body, "elapsed_ms": "soon"})) is None
    assert loaded(json.dumps({**body, "reply": {"said": "Hello."}})) is None
    assert loaded(dumped(change_of_dues())[:-9]) is None
    assert loaded('{"$decimal": "much"}') is None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "conversations.sqlite"


@pytest.fixture(params=["in a file", "in memory"])
def store(request: pytest.FixtureRequest, path: Path) -> ConversationStore:
    return ConversationStore(path if request.param == "in a file" else None)


def asked(question: str) -> Turn:
    return replace(change_of_dues(), question=question)


def begun(store: ConversationStore, *questions: str, owner: str = ME) -> str:
    """A conversation of an owner with some questions."""
    identity = unguessable()
    for question in questions:
        store.add(owner, identity, asked(question), beside="beside " + question)
    return identity


def questions(store: ConversationStore, identity: str) -> list[str]:
    found = store.conversation(identity)
    return [one.question for one in found.turns] if found else []


def titles(store: ConversationStore, search: str = "", owner: str = ME) -> list[str]:
    return [one.title for one in store.listed(owner, search)]


def test_a_conversation_is_found_again_with_all_of_its_turns(store: ConversationStore) -> None:
    identity = begun(store, "How did the dues change?", "And why?")
    found = store.conversation(identity)
    assert found is not None
    assert (found.owner, found.title) == (ME, "How did the dues change?")
    assert [one.number for one in found.turns] == [1, 2]
    assert found.turns[1].turn == asked("And why?")
    assert found.turns[1].beside == "beside And why?"
    assert found.before(2).turns == (asked("How did the dues change?"),)
    assert len(found.before().turns) == 2
    assert store.conversation("another") is None


def test_it_survives_the_process_that_wrote_it(path: Path) -> None:
    identity = begun(ConversationStore(path), "One?")
    assert questions(ConversationStore(path), identity) == ["One?"]


def test_each_owner_has_a_list_with_what_changed_last_on_top(store: ConversationStore) -> None:
    first, second = begun(store, "First?"), begun(store, "Second?")
    begun(store, "Not mine?", owner=OTHER)
    assert titles(store) == ["Second?", "First?"]
    store.add(ME, first, asked("More?"))
    assert [one.id for one in store.listed(ME)] == [first, second]
    assert [one.id for one in store.listed(ME, limit=1)] == [first]
    assert titles(store, owner=OTHER) == ["Not mine?"]


def test_a_long_first_question_gives_a_title_of_whole_words(store: ConversationStore) -> None:
    begun(store, "Which of the  quays\nis " + "very " * 30 + "long?")
    (title,) = titles(store)
    assert title.startswith("Which of the quays is very very")
    assert title.endswith("very…")
    assert len(title) <= conversation_store.LONGEST_TITLE


def test_only_its_owner_changes_a_conversation(store: ConversationStore) -> None:
    identity = begun(store, "Mine?")
    turn_id = store.conversation(identity).turns[0].id  # type: ignore[union-attr]  # it is there
    with pytest.raises(ConversationsError, match="another browser's"):
        store.add(OTHER, identity, asked("Theirs?"))
    with pytest.raises(ConversationsError, match="another browser's"):
        store.replace(OTHER, (identity, turn_id), asked("Theirs?"))
    store.rename(OTHER, identity, "Theirs")
    store.delete(OTHER, identity)
    store.judge(OTHER, turn_id, "down", "Bad.")
    found = store.conversation(identity)
    assert found is not None
    assert (found.title, found.turns[0].verdict) == ("Mine?", None)
    assert questions(store, identity) == ["Mine?"]


def test_a_name_without_words_is_none(store: ConversationStore) -> None:
    identity = begun(store, "One?")
    store.rename(ME, identity, "  The   dues ")
    assert titles(store) == ["The dues"]
    store.rename(ME, identity, " \n ")
    assert titles(store) == ["The dues"]


def test_a_deleted_conversation_is_out_of_sight_and_can_be_had_back(
    store: ConversationStore,
) -> None:
    identity = begun(store, "One?", "Two?")
    store.delete(ME, identity)
    assert (titles(store), store.conversation(identity), store.count()) == ([], None, 0)
    assert store.copy(identity, OTHER) is None
    assert store.is_deleted(ME, identity)
    assert not store.is_deleted(OTHER, identity)
    store.restore(ME, identity)
    assert not store.is_deleted(ME, identity)
    assert questions(store, identity) == ["One?", "Two?"]
    store.delete(ME, identity)
    store.add(ME, identity, asked("Three?"))  # from a page that still had it open
    assert questions(store, identity) == ["One?", "Two?", "Three?"]


def test_what_was_deleted_long_ago_is_gone_with_its_turns(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ConversationStore(path)
    old, new = begun(store, "Old?"), begun(store, "New?")
    store.delete(ME, new)
    eight_days_ago = (datetime.now(UTC) - timedelta(days=8)).isoformat(timespec="microseconds")
    monkeypatch.setattr(conversation_store, "_now", lambda: eight_days_ago)
    store.delete(ME, old)
    monkeypatch.undo()
    store = ConversationStore(path)
    store.restore(ME, old)
    store.restore(ME, new)
    assert (questions(store, old), questions(store, new)) == ([], ["New?"])
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM turns").fetchone() == (1,)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["Straße?", "Quays?"]),
        ("quays", ["Quays?"]),
        ("STRASSE", ["Straße?"]),
        ("silo GRAIN", ["Quays?"]),
        ("1.7 million", ["Straße?", "Quays?"]),
        ("quays straße", []),
        ("100%", []),
        ("_", []),
    ],
)
def test_a_search_finds_each_word_in_titles_questions_and_answers(
    store: ConversationStore, search: str, found: list[str]
) -> None:
    begun(store, "Quays?", "Which grain is in the silo?")
    begun(store, "Straße?")
    assert titles(store, search) == found


def test_a_name_is_searched_too(store: ConversationStore) -> None:
    store.rename(ME, begun(store, "One?"), "Harbour")
    assert titles(store, "harb") == ["Harbour"]


def test_a_turn_is_put_in_the_place_of_another(store: ConversationStore) -> None:
    identity = begun(store, "One?", "Two?", "Three?")
    second = store.conversation(identity).turns[1].id  # type: ignore[union-attr]  # it is there
    store.judge(ME, second, "down", "Wrong.")
    store.replace(ME, (identity, second), asked("Two again?"))
    assert questions(store, identity) == ["One?", "Two again?", "Three?"]
    new = store.conversation(identity).turns[1]  # type: ignore[union-attr]  # it is there
    assert (new.number, new.verdict, new.id == second) == (2, None, False)
    store.replace(ME, (identity, second), asked("Late?"))
    assert questions(store, identity) == ["One?", "Two again?", "Three?", "Late?"]


def test_a_branch_leaves_what_it_began_from_as_it_was(store: ConversationStore) -> None:
    identity = begun(store, "One?", "Two?", "Three?")
    new = store.branch(ME, (identity, 2), asked("Else?"))
    assert questions(store, new) == ["One?", "Else?"]
    assert questions(store, identity) == ["One?", "Two?", "Three?"]
    first = store.branch(ME, (identity, 1), asked("Anew?"))
    assert questions(store, first) == ["Anew?"]
    assert len(store.listed(ME)) == 3


def test_a_copy_is_its_owners_own_without_the_verdicts(store: ConversationStore) -> None:
    identity = begun(store, "One?", "Two?")
    store.judge(ME, store.conversation(identity).turns[0].id, "up", "Good.")  # type: ignore[union-attr]  # it is there
    new = store.copy(identity, OTHER)
    assert new is not None
    store.add(OTHER, new, asked("Three?"))
    assert questions(store, new) == ["One?", "Two?", "Three?"]
    assert questions(store, identity) == ["One?", "Two?"]
    assert [one.verdict for one in store.conversation(new).turns] == [None] * 3  # type: ignore[union-attr]  # it is there


def test_verdicts_are_kept_with_their_comments_until_they_are_taken_back(
    store: ConversationStore,
) -> None:
    identity = begun(store, "One?", "Two?")
    one, two = store.conversation(identity).turns  # type: ignore[union-attr]  # it is there

    def verdicts() -> list[tuple[str | None, str]]:
        return [(t.verdict, t.comment) for t in store.conversation(identity).turns]  # type: ignore[union-attr]  # it is there

    store.judge(ME, one.id, "up")
    store.judge(ME, two.id, "down", "It is 7.")
    assert verdicts() == [("up", ""), ("down", "It is 7.")]
    store.judge(ME, one.id, None)
    assert verdicts() == [(None, ""), ("down", "It is 7.")]


def _write(path: str, owner: str, count: int) -> None:
    store = ConversationStore(Path(path))
    shared = f"shared-{owner}"
    for number in range(count):
        store.add(owner, shared, asked(f"{number}?"))


WRITING = """
import pickle, sys
from pathlib import Path
from innoqa.adapters.conversation_store import ConversationStore

path, turns, owner = sys.argv[1:]
store = ConversationStore(Path(path))
for turn in pickle.loads(Path(turns).read_bytes()):
    store.add(owner, f"shared-{owner}", turn)
"""


def test_processes_that_write_at_once_lose_nothing(path: Path, tmp_path: Path) -> None:
    """Two processes beside four threads, from the file's first moment on."""
    turns = tmp_path / "turns.pickle"
    turns.write_bytes(pickle.dumps([asked(f"{number}?") for number in range(15)]))
    others = [
        subprocess.Popen([sys.executable, "-c", WRITING, str(path), str(turns), owner])
        for owner in ("p0", "p1")
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_write, [str(path)] * 4, ["t"] * 4, [10] * 4))
    assert [process.wait(WAITING) for process in others] == [0, 0]
    store = ConversationStore(path)
    assert len(questions(store, "shared-t")) == 40
    assert len(questions(store, "shared-p0")) == len(questions(store, "shared-p1")) == 15
    assert not list(path.parent.glob("*-wal"))


def test_a_file_that_is_no_database_is_told_with_the_way_out(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("This is not a database. " * 100)
    with pytest.raises(ConversationsError, match=r"conversations\.sqlite .*move it away"):
        ConversationStore(path)
    assert path.read_text().startswith("This is not")


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConversationsError, match="cannot be kept in"):
        ConversationStore(tmp_path)


def test_damage_that_comes_later_is_told_when_it_is_met(path: Path) -> None:
    store = ConversationStore(path)
    identity = begun(store, "One?")
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192)
    with pytest.raises(ConversationsError, match=r"conversations\.sqlite"):
        store.add(ME, identity, asked("Two?"))


def test_a_newer_file_is_left_as_it_is_and_told(path: Path) -> None:
    ConversationStore(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(ConversationsError, match=r"newer InnoQA.*INNOQA_CONVERSATIONS"):
        ConversationStore(path)
    assert path.read_bytes() == before


def test_an_older_file_is_brought_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = begun(ConversationStore(path), "One?")
    later = (*conversation_store.MIGRATIONS, "ALTER TABLE turns ADD COLUMN starred INTEGER;")
    monkeypatch.setattr(conversation_store, "MIGRATIONS", later)
    assert questions(ConversationStore(path), identity) == ["One?"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(later),)
        assert connection.execute("SELECT starred FROM turns").fetchall() == [(None,)]


def test_a_turn_in_a_form_that_is_not_known_still_has_its_words(path: Path) -> None:
    store = ConversationStore(path)
    identity = begun(store, "One?", "Two?")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE turns SET body = '{}' WHERE number = 1")
    found = store.conversation(identity)
    assert found is not None
    assert found.turns[0].turn is None
    assert found.turns[0].question == "One?"
    assert "1.7 million crowns" in found.turns[0].answer
    assert found.before().turns == (asked("Two?"),)


def test_dates_and_decimals_of_a_computation_come_back_as_such() -> None:
    """The value of a computation may be a number, or the same characters as a name."""
    number, name = (
        turn_with(Computation("sum", "", "", value, Unit(""), ()))
        for value in (Decimal(2019), "2019")
    )
    for turn, kind in ((number, Decimal), (name, str)):
        back = loaded(dumped(turn))
        assert back is not None
        assert isinstance(back.reply, Answer)
        assert back.reply.computation is not None
        assert isinstance(back.reply.computation.value, kind)
    operand = loaded(dumped(change_of_dues())).reply.computation.operands[0]  # type: ignore[union-attr]  # it is there
    assert operand.period.start == date(2018, 1, 1)
