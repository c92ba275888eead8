"""Replies of a chat model, kept in one SQLite file, so that none is asked for twice.

A reply is kept under a hash of the index's generation, the model, its address and the prompt, in
which the question and its sources stand. Only a reply that came to its end is kept: what failed or
was stopped is asked for again. So is what this very run has asked for, so that the time of each
reply is known wherever none is of an earlier run. Each call opens the file for one short
transaction, so that a killed run loses no more than the reply that it was waiting for. Deleting the
file forgets them all.
"""

import json
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from innoqa.composing import Writer
from innoqa.errors import InnoqaError
from innoqa.evaluation.spending import Spent
from innoqa.prompts import Prompt

BUSY_SECONDS = 30
"""How long a call waits for others that write."""

_TABLE = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, model TEXT NOT NULL, generation TEXT NOT NULL, pieces TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The file of kept replies. Every method raises InnoqaError where it cannot be used.

    ``own`` are the keys of those that were kept in this run.
    """

    path: Path
    own: set[str] = field(default_factory=set)

    def count(self) -> int:
        """How many replies there are; the file is made where it is not there."""
        with self._open() as connection:
            return int(connection.execute("SELECT count(*) FROM replies").fetchone()[0])

    def reply(self, key: str) -> list[str] | None:
        """The pieces of a reply as they came, None where none was kept before this run."""
        if key in self.own:
            return None
        with self._open() as connection:
            found = connection.execute("SELECT pieces FROM replies WHERE key = ?", (key,))
            row = found.fetchone()
            return [str(piece) for piece in json.loads(row[0])] if row else None

    def keep(self, key: str, model: str, generation: str, pieces: list[str]) -> None:
        """Keep a reply, unless there is one."""
        row = key, model, generation, json.dumps(pieces, ensure_ascii=False)
        with self._open() as connection:
            connection.execute("INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?)", row)
        self.own.add(key)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            opened = sqlite3.connect(self.path, timeout=BUSY_SECONDS)
            with closing(opened) as connection, connection:
                connection.execute(_TABLE)
                yield connection
        except (sqlite3.Error, OSError, ValueError) as error:
            raise InnoqaError(
                f"The kept replies in {self.path} cannot be used: {error}. Where the file is "
                "damaged, delete it: the model is then asked anew."
            ) from None


@dataclass(frozen=True, slots=True)
class KeepingWriter:
    """A chat model whose replies over one generation of an index are kept.

    ``address`` is that of the model's server, where it is not its provider's own. ``spent`` counts
    what is asked and what is kept, and the time that the model takes, not that of who reads it.
    """

    model: Writer
    kept: Kept
    address: str
    generation: str
    spent: Spent

    @property
    def name(self) -> str:
        """The model's."""
        return self.model.name

    @property
    def place(self) -> str:
        """The model's."""
        return self.model.place

    @property
    def tokens(self) -> int:
        """The model's."""
        return self.model.tokens

    @property
    def seconds(self) -> float:
        """The model's."""
        return self.model.seconds

    def write(self, prompt: Prompt, seconds: float) -> Generator[str]:
        """The reply, in the pieces that it once came in, or from the model. Raises as the model."""
        key = self._key(prompt)
        kept = self.kept.reply(key)
        if kept is not None:
            self.spent.kept += 1
            yield from kept
            return
        self.spent.asked += 1
        pieces: list[str] = []
        with closing(self._timed(prompt, seconds)) as written:
            for piece in written:
                if piece:
                    pieces.append(piece)
                yield piece
        if pieces:
            self.kept.keep(key, self.name, self.generation, pieces)

    def _timed(self, prompt: Prompt, seconds: float) -> Generator[str]:
        with closing(self.model.write(prompt, seconds)) as written:
            while True:
                started = perf_counter()
                try:
                    piece = next(written, None)
                finally:
                    self.spent.seconds += perf_counter() - started
                if piece is None:
                    return
                yield piece

    def _key(self, prompt: Prompt) -> str:
        parts = self.generation, self.name, self.address, prompt.rules, *prompt.said
        return sha256(json.dumps(parts).encode()).hexdigest()
