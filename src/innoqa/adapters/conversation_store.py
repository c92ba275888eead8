"""Conversations of the chat page, kept in one SQLite file.

Whoever has a conversation's id may read it; only its owner, a browser, may change it. Ids and
owners are random and cannot be guessed. A turn is kept whole, so that it is shown again as it was
given, whatever has become of the index since.

Each call opens the file for one short transaction, so that any number of threads and processes may
call at once. The journal is SQLite's usual one: switching to another is itself a race.
"""

import json
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from innoqa.domain import Conversation, Turn
from innoqa.errors import ConversationsError

LONGEST_TITLE = 80
"""In characters."""
KEPT_AFTER_DELETION = timedelta(days=7)
"""How long a deleted conversation can be had back."""
BUSY_SECONDS = 30
"""How long a call waits for others that write."""

MIGRATIONS = (
    """
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        title TEXT NOT NULL,
        created TEXT NOT NULL,
        updated TEXT NOT NULL,
        deleted_at TEXT
    );
    CREATE INDEX conversations_by_owner ON conversations (owner, updated);
    CREATE TABLE turns (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
        number INTEGER NOT NULL,
        asked TEXT NOT NULL,
        question TEXT NOT NULL,
        query TEXT NOT NULL,
        answer TEXT NOT NULL,
        body TEXT NOT NULL,
        beside TEXT NOT NULL,
        verdict TEXT CHECK (verdict IN ('up', 'down')),
        comment TEXT NOT NULL DEFAULT '',
        UNIQUE (conversation, number)
    );
    """,
)
"""What each version of the file adds to the one before; ``user_version`` counts them."""

Verdict = Literal["up", "down"]
_TURN: TypeAdapter[Turn] = TypeAdapter(Turn)
_TAGS: dict[str, Callable[[str], object]] = {"$decimal": Decimal, "$date": date.fromisoformat}


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation in a list."""

    id: str
    title: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn as it was kept, and what its reader thinks of it.

    ``id`` is never used twice; ``number`` is its place, from 1. ``turn`` is None where another
    version of InnoQA kept it in a form that this one cannot read; question and answer are there
    all the same. ``beside`` is what the page keeps for itself.
    """

    id: int
    number: int
    question: str
    answer: str
    turn: Turn | None
    beside: str
    verdict: Verdict | None
    comment: str


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation as it was kept, its turns oldest first."""

    id: str
    owner: str
    title: str
    created: datetime
    turns: tuple[KeptTurn, ...]

    def before(self, number: int | None = None) -> Conversation:
        """The turns before a place, or all; those that cannot be read are left out."""
        kept = [one for one in self.turns if number is None or one.number < number]
        return Conversation(tuple(one.turn for one in kept if one.turn))


def unguessable() -> str:
    """A new id for a conversation or an owner: 192 random bits, as 32 characters for a URL."""
    return secrets.token_urlsafe(24)


def dumped(turn: Turn) -> str:
    """A turn as JSON, from which ``loaded`` makes an equal one: a number stays a number.

    JSON has no decimals and no dates, and a value that may be a number or a name could not be told
    apart as a string; so both are written as objects of their own.
    """
    return json.dumps(_TURN.dump_python(turn), default=_tagged, separators=(",", ":"))


def loaded(body: str) -> Turn | None:
    """The turn that was dumped, or None where it has a form that this version does not know."""
    try:
        found = json.loads(body, object_hook=_untagged)
        found["withheld"] = [
            {"text": one, "why": ""} if isinstance(one, str) else one  # as they once were kept
            for one in found.get("withheld", ())
        ]
        return _TURN.validate_python(found)
    except (ValidationError, ValueError, ArithmeticError, TypeError, AttributeError):
        return None


def _tagged(value: object) -> dict[str, str]:
    return {"$decimal" if isinstance(value, Decimal) else "$date": str(value)}


def _untagged(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        ((key, text),) = found.items()
        if key in _TAGS:
            return _TAGS[key](text)
    return found


class ConversationStore:
    """The kept conversations of every owner.

    ``path`` None keeps them in memory, for as long as this object lives. Every method raises
    ConversationsError where the file cannot be read or written, or is of a newer version.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._in_memory = None if path else self._opened()
        with self._changing() as connection:
            last = (datetime.now(UTC) - KEPT_AFTER_DELETION).isoformat()
            connection.execute("DELETE FROM conversations WHERE deleted_at < ?", (last,))

    def listed(self, owner: str, search: str = "", limit: int = -1) -> tuple[Listed, ...]:
        """An owner's conversations, the one changed last first.

        With ``search`` those that have each of its words, in any case, in their title, questions
        or answers.
        """
        select = (
            "SELECT id, title, updated FROM conversations WHERE owner = ? AND deleted_at IS NULL"
        )
        words = search.casefold().split()
        select += (
            " AND (holds(title, ?) OR EXISTS (SELECT 1 FROM turns WHERE conversation ="
            " conversations.id AND holds(question || char(10) || answer, ?)))"
        ) * len(words)
        given = [owner, *(word for word in words for _ in range(2)), limit]
        with self._connected() as connection:
            rows = connection.execute(f"{select} ORDER BY updated DESC, rowid DESC LIMIT ?", given)
            return tuple(Listed(i, t, datetime.fromisoformat(u)) for i, t, u in rows)

    def conversation(self, identity: str) -> KeptConversation | None:
        """A conversation by its id, whoever owns it; None where it is not there or deleted."""
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT conversations.id, owner, title, created, turns.id, number, question,"
                " answer, body, beside, verdict, comment FROM conversations"
                " JOIN turns ON conversation = conversations.id"
                " WHERE conversations.id = ? AND deleted_at IS NULL ORDER BY number",
                (identity,),
            ).fetchall()
        if not rows:
            return None
        identity, owner, title, created = rows[0][:4]
        turns = tuple(_kept(*row[4:]) for row in rows)
        return KeptConversation(identity, owner, title, datetime.fromisoformat(created), turns)

    def add(self, owner: str, identity: str, turn: Turn, beside: str = "") -> None:
        """Add a turn to an owner's conversation, which begins with it where there is none yet.

        A deleted conversation is there again. Raises ConversationsError for another's.
        """
        with self._changing() as connection:
            _add(connection, (owner, identity), turn, beside)

    def replace(self, owner: str, kept: tuple[str, int], turn: Turn, beside: str = "") -> None:
        """Put a turn in the place of a kept one; at the end, where that is no longer there.

        ``kept`` is (conversation, id of the turn).
        """
        identity, old = kept
        with self._changing() as connection:
            place = connection.execute(
                "DELETE FROM turns WHERE id = ? AND conversation ="
                " (SELECT id FROM conversations WHERE id = ? AND owner = ?) RETURNING number",
                (old, identity, owner),
            ).fetchone()
            _add(connection, (owner, identity), turn, beside, place and place[0])

    def copy(self, identity: str, owner: str) -> str | None:
        """Copy a conversation to an owner; returns its new id, None where there is none to copy.

        What its reader thinks of the turns is not copied.
        """
        new = unguessable()
        with self._changing() as connection:
            copied = _copy(connection, identity, (owner, new), None)
        return new if copied else None

    def branch(self, owner: str, kept: tuple[str, int], turn: Turn, beside: str = "") -> str:
        """Begin a conversation with the turns before a place in another, and then this one.

        ``kept`` is (conversation, number of the turn). The other stays as it is. Returns the id.
        """
        new = unguessable()
        with self._changing() as connection:
            _copy(connection, kept[0], (owner, new), kept[1])
            _add(connection, (owner, new), turn, beside)
        return new

    def rename(self, owner: str, identity: str, title: str) -> None:
        """Give an owner's conversation another title; one without words changes nothing."""
        if words := _shortened(title):
            self._set(owner, identity, "title", words)

    def delete(self, owner: str, identity: str) -> None:
        """Take an owner's conversation out of sight; ``restore`` brings it back."""
        self._set(owner, identity, "deleted_at", _now())

    def restore(self, owner: str, identity: str) -> None:
        """Bring a deleted conversation back."""
        self._set(owner, identity, "deleted_at", None)

    def is_deleted(self, owner: str, identity: str) -> bool:
        """Whether an owner's conversation is deleted and can still be had back."""
        with self._connected() as connection:
            found = connection.execute(
                "SELECT 1 FROM conversations WHERE id = ? AND owner = ? AND deleted_at IS NOT NULL",
                (identity, owner),
            )
            return found.fetchone() is not None

    def judge(self, owner: str, turn_id: int, verdict: Verdict | None, comment: str = "") -> None:
        """Keep what an owner thinks of a turn of theirs."""
        with self._changing() as connection:
            connection.execute(
                "UPDATE turns SET verdict = ?, comment = ? WHERE id = ? AND conversation IN"
                " (SELECT id FROM conversations WHERE owner = ?)",
                (verdict, comment, turn_id, owner),
            )

    def count(self) -> int:
        """How many conversations there are, deleted ones left out."""
        with self._connected() as connection:
            row = connection.execute(
                "SELECT count(*) FROM conversations WHERE deleted_at IS NULL"
            ).fetchone()
        return int(row[0])

    def _set(self, owner: str, identity: str, column: str, value: str | None) -> None:
        with self._changing() as connection:
            connection.execute(
                f"UPDATE conversations SET {column} = ? WHERE id = ? AND owner = ?",  # noqa: S608 - the column is ours
                (value, identity, owner),
            )

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that writes: all of it, or nothing. It never has to wait half-way."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._in_memory:
                with self._lock:
                    yield self._in_memory
            else:
                with closing(self._opened()) as connection:
                    yield connection
        except (sqlite3.Error, OSError) as error:
            raise ConversationsError(
                f"Conversations cannot be kept in {self.path} ({error}). Make it a file that can be"
                " written; if it is damaged, move it away, and a new one is begun."
            ) from error

    def _opened(self) -> sqlite3.Connection:
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self.path or ":memory:",
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.create_function("holds", 2, _holds, deterministic=True)
            _migrate(connection, str(self.path))
        except BaseException:
            connection.close()
            raise
        return connection


def _migrate(connection: sqlite3.Connection, name: str) -> None:
    """Bring a file to the newest version, in one transaction. Raises for one that is newer."""
    if _version(connection) < len(MIGRATIONS):
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection)  # another may have come first
        for script in MIGRATIONS[version:]:
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {max(version, len(MIGRATIONS))}")
        connection.execute("COMMIT")
    if (version := _version(connection)) > len(MIGRATIONS):
        raise ConversationsError(
            f"{name} was written by a newer InnoQA (version {version} of its form; this one knows"
            f" {len(MIGRATIONS)}). Update InnoQA, or name another file: INNOQA_CONVERSATIONS."
        )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _kept(*row: Any) -> KeptTurn:
    identity, number, question, answer, body, *rest = row
    return KeptTurn(identity, number, question, answer, loaded(body), *rest)


def _copy(
    connection: sqlite3.Connection, identity: str, new: tuple[str, str], before: int | None
) -> int:
    """Copy the turns before a place, or all. ``new`` is (owner, id); returns whether it could."""
    (owner, copied), now = new, _now()
    connection.execute(
        "INSERT INTO conversations (id, owner, title, created, updated) SELECT ?, ?, title, ?, ?"
        " FROM conversations WHERE id = ? AND deleted_at IS NULL",
        (copied, owner, now, now, identity),
    )
    return connection.execute(
        "INSERT INTO turns (conversation, number, asked, question, query, answer, body, beside)"
        " SELECT ids.id, number, asked, question, query, answer, body, beside FROM turns"
        " JOIN conversations AS ids ON ids.id = ?"
        " WHERE conversation = ? AND number < coalesce(?, number + 1) ORDER BY number",
        (copied, identity, before),
    ).rowcount


def _add(
    connection: sqlite3.Connection,
    place: tuple[str, str],
    turn: Turn,
    beside: str,
    number: int | None = None,
) -> None:
    """Add a turn under a number, by default the next. ``place`` is (owner, conversation)."""
    (owner, identity), now = place, _now()
    begun = connection.execute(
        "INSERT INTO conversations (id, owner, title, created, updated) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET updated = excluded.updated, deleted_at = NULL"
        " WHERE owner = excluded.owner",
        (identity, owner, _shortened(turn.question), now, now),
    )
    if not begun.rowcount:
        raise ConversationsError(
            "This conversation is another browser's. Continue it in a copy of your own."
        )
    connection.execute(
        "INSERT INTO turns (conversation, number, asked, question, query, answer, body, beside)"
        " SELECT :id, coalesce(:number, (SELECT coalesce(max(number), 0) + 1 FROM turns"
        " WHERE conversation = :id)), :now, :question, :query, :answer, :body, :beside",
        {
            "id": identity,
            "number": number,
            "now": now,
            "question": turn.question,
            "query": turn.query.text,
            "answer": turn.reply.text,
            "body": dumped(turn),
            "beside": beside,
        },
    )


def _holds(text: str, word: str) -> bool:
    return word in text.casefold()


def _shortened(title: str) -> str:
    words = " ".join(title.split())
    if len(words) <= LONGEST_TITLE:
        return words
    return words[: LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
