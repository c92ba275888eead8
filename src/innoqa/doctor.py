"""What a machine and an index need, checked one by one, each with its remedy."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from innoqa import bootstrap
from innoqa.errors import InnoqaError
from innoqa.settings import Settings

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 38)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, what was found, and what to do where it is not right."""

    what: str
    ok: bool
    found: str
    remedy: str = ""


def examine(settings: Settings, corpus: Path) -> tuple[Finding, ...]:
    """Check the Python, SQLite, models, corpus, index and conversations; nothing is changed."""
    return tuple(_findings(settings, corpus))


def _findings(settings: Settings, corpus: Path) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        "Python", sys.version_info >= OLDEST_PYTHON, version, "Install Python 3.11 or newer."
    )
    yield Finding(
        "SQLite",
        sqlite3.sqlite_version_info >= OLDEST_SQLITE,
        sqlite3.sqlite_version,
        "Use a Python that brings SQLite 3.38 or newer.",
    )
    yield _tried("Model", lambda: bootstrap.describe_model(settings))
    documents = [p for p in corpus.rglob("*") if p.is_file()] if corpus.is_dir() else []
    yield Finding(
        "Corpus",
        bool(documents),
        f"{len(documents)} files in {corpus}" if documents else f"nothing in {corpus}",
        "Put documents there, or name another folder: innoqa ingest FOLDER",
    )
    yield _tried("Index", lambda: bootstrap.describe_index(settings))
    if settings.model:
        yield _tried("Chat model", lambda: bootstrap.describe_chat_model(settings))
    yield _tried("Conversations", lambda: bootstrap.describe_conversations(settings))


def _tried(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except InnoqaError as error:
        return Finding(what, False, "not usable", str(error))
