"""Puts the format adapters together into what prepares documents; run as a program, a worker.

Imports nothing that embeds or answers, so that a worker starts in a fraction of a second.
"""

import atexit
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from innoqa.adapters import (
    archive,
    data_package,
    delimited,
    email_message,
    embedder,
    encodings,
    epub,
    files,
    markdown,
    other_workbook,
    pdf,
    recognizer,
    sentences,
    slides,
    web_page,
    word_document,
    workbook,
    worker_pool,
)
from innoqa.chunking import PassageSize, TextTools
from innoqa.errors import DocumentError
from innoqa.indexing.origins import Failed, Order, Prepared
from innoqa.indexing.parsing import DocumentParser
from innoqa.indexing.preparing import Preparer
from innoqa.settings import Settings


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a document is prepared by, wherever that happens."""

    embedder: str
    size: PassageSize


def recipe(settings: Settings, model: embedder.ModelFiles) -> Recipe:
    """How documents are prepared for a model."""
    limit = model.room - 2
    return Recipe(settings.embedder, PassageSize(min(settings.passage_tokens, limit), limit))


def parser() -> DocumentParser:
    """The parsers of all formats."""
    web = partial(web_page.read_web_page, decode=encodings.decoded)
    return DocumentParser(
        decode=encodings.decoded,
        markdown=markdown.parse_markdown,
        plain=markdown.parse_plain,
        delimited=delimited.read_delimited,
        converters={
            "html": web,
            "pdf": pdf.read_pdf,
            "docx": word_document.read_word_document,
            "pptx": slides.read_slides,
            "epub": epub.read_epub,
            "email": partial(email_message.read_email, html=web, decode=encodings.decoded),
        },
        workbooks={
            "workbook": workbook.read_workbook,
            "other workbook": other_workbook.read_other_workbook,
        },
    )


def text_tools(model: embedder.ModelFiles) -> TextTools:
    """What chunking needs, with the word pieces of a model."""
    return TextTools(
        boundaries=sentences.sentence_boundaries,
        count=lru_cache(4096)(embedder.PieceCounter(model)),  # sentences are counted twice
        readable=markdown.readable,
        mask=markdown.mask_markers,
        markers=markdown.markers,
    )


def preparer(how: Recipe) -> Preparer:
    """What prepares documents, in this process. Raises ModelError."""
    return Preparer(parser().parse, text_tools(embedder.find_model(how.embedder)), how.size)


def attached(raw: bytes) -> list[tuple[str, bytes]]:
    """(name, content) of what is attached to a mail. Raises DocumentError."""
    return list(email_message.attachments(raw, encodings.decoded))


def file_reader(
    largest: int, attached: Callable[[bytes], list[tuple[str, bytes]]] = attached
) -> files.FileReader:
    """What finds documents; files of up to ``largest`` MiB are opened."""
    return files.FileReader(
        files.Openers(
            recognized=recognizer.recognized,
            members=partial(archive.members, decode=encodings.decoded),
            attached=attached,
            mails=email_message.messages,
            described=_described,
            decode=encodings.decoded,
        ),
        largest,
    )


def _described(path: Path) -> data_package.Description | None:
    description = data_package.read_description(path)
    return description if description.resource else None


@dataclass(frozen=True, slots=True)
class Workers:
    """Prepares documents in child processes, several at a time, within limits."""

    pool: worker_pool.WorkerPool
    how: Recipe

    def all(self, orders: Iterable[Order]) -> Iterator[tuple[Order, Prepared | Failed]]:
        """Each order with what came of it, in the order given."""
        for order, result in self.pool.results((order, (self.how, order)) for order in orders):
            if isinstance(result, worker_pool.WorkerFailed):
                yield order, Failed(str(result))
            else:
                yield order, result

    def attached(self, raw: bytes) -> list[tuple[str, bytes]]:
        """As ``attached``, in a child process."""
        try:
            return list(self.pool.result((self.how, raw)))
        except worker_pool.WorkerFailed as failed:
            raise DocumentError(str(failed)) from None


def workers(how: Recipe, limits: worker_pool.Limits) -> Workers:
    """As many workers as there are processors."""
    count = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2, 8)
    return some_workers(how, limits, count)


@lru_cache
def some_workers(how: Recipe, limits: worker_pool.Limits, count: int) -> Workers:
    """Workers of a kind; this process keeps them until it ends."""
    pool = worker_pool.WorkerPool([sys.executable, "-m", "innoqa.reading"], limits, count)
    atexit.register(pool.close)
    return Workers(pool, how)


_preparer = lru_cache(preparer)


def _work(
    task: tuple[Recipe, Order | bytes],
) -> Prepared | Failed | list[tuple[str, bytes]]:
    how, what = task
    return attached(what) if isinstance(what, bytes) else _preparer(how).prepared(what)


if __name__ == "__main__":
    worker_pool.serve(_work)
