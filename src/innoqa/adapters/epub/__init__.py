"""EPUB books: their chapters in reading order as Markdown, with headings, lists, tables and notes.

Covers, tables of contents and pictures are left out; fonts, scripts and styles are not looked at.
"""

from collections.abc import Iterable
from typing import Any

from innoqa.adapters.epub.book import Book, Item, opened
from innoqa.adapters.epub.chapters import Chapter, Notes, local_parts
from innoqa.errors import DocumentError
from innoqa.markup import Converted, MarkdownWriter, one_line

_MOST_NAMED = 5  # missing chapters that are named one by one


def read_epub(raw: bytes) -> Converted:
    """The text of an EPUB book of version 2 or 3.

    Raises DocumentError, in words that go on after the name of the file, where the bytes are no
    such book, or one that is protected, damaged or too large.
    """
    book = opened(raw)
    trees: dict[str, Any] = {}
    missing: list[str] = []
    cut: list[str] = []
    for item in book.spine:
        tree, whole = book.tree(item)
        if tree is None:
            missing.append(item.name)
        elif not _is_passed_over(book, item, tree):
            trees[item.path] = tree
            cut += [] if whole else [item.name]
    if not trees:
        raise DocumentError("has no chapter that can be read")
    writer = MarkdownWriter()
    writer.heading(book.metadata.title)
    notes = Notes(trees)
    top = _top_level(trees.values(), book.metadata.title)
    for path, tree in trees.items():
        Chapter(writer, notes, book.titles.get(path, {}), path, top, book.metadata.title).read(tree)
    notes.write_rest(writer)
    gaps = (*_told(missing, "missing or damaged"), *_told(cut, "read in part only"))
    return Converted(writer.text, book.metadata, gaps=gaps)


def _told(names: list[str], state: str) -> Iterable[str]:
    if names:
        named = ", ".join(names[:_MOST_NAMED]) + ", ..." * (len(names) > _MOST_NAMED)
        verb = "a chapter is" if len(names) == 1 else f"{len(names)} chapters are"
        yield f"{verb} {state} ({named})"


def _is_passed_over(book: Book, item: Item, tree: Any) -> bool:
    """Whether a document of a book is its cover or a table of contents."""
    if item.path in book.passed_over:
        return True
    body = next(tree.iter("body"), tree)
    parts = local_parts(body) | {p for child in body[:2] for p in local_parts(child)}
    if parts & {"cover", "toc", "landmarks", "page-list", "loi", "lot"}:
        return True
    links = [one_line("".join(a.itertext())) for a in body.iter("a") if a.get("href")]
    linked = sum(map(len, links))
    words = len(one_line("".join(body.itertext())))
    return len(links) >= 5 and linked > 0.7 * words and sum(map(len, links)) > 3 * len(links)


def _top_level(trees: Iterable[Any], title: str) -> int:
    """The level of the headings that chapters begin with; that of the title does not count."""
    tags = [f"h{level}" for level in range(1, 7)]
    found = (
        int(heading.tag[1])
        for tree in trees
        for heading in tree.iter(*tags)
        if one_line("".join(heading.itertext())).casefold() not in ("", title.casefold())
    )
    return min(found, default=1)
