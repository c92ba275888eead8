"""A conversation to take away: as plain text, as Markdown, and as one HTML page.

References are numbered through the whole conversation; each stands once. All text is escaped, so
that nothing in a question or a document becomes markup or is fetched from anywhere.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from innoqa.contract import cited_cell, equation, stated_value
from innoqa.domain import HEADER_JOIN, Abstention, Answer, Citation, Conversation, Turn

STYLE = """\
:root { color-scheme: light dark; }
body { max-width: 42rem; padding: 2rem 1rem 4rem; margin: auto; overflow-wrap: anywhere;
  font: 1rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { padding-top: 1.5rem; margin: 2rem 0 0.75rem; border-top: 1px solid #8886; }
h2 { font-size: 1.125rem; }
p { margin: 0 0 0.625rem; }
.note, li { font-size: 0.875rem; }
.note { opacity: 0.8; }
li { margin: 0 0 0.5rem; }
a { color: inherit; }
li:target { background: #f5b40044; }
@media print { body { padding: 0; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""A browser asks nothing of anywhere for the page."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>&|~$])")
_LINE_START = re.compile(r"^(\s*)([-+#=]|\d+[.)])", re.MULTILINE)

_COMPOSED = {
    "extractive": "Quoted from the corpus",
    "computed": "Computed from cells of tables",
    "computed, extractive": "Computed from cells of tables and quoted from the corpus",
}

Place = tuple[str, int, int, int | None]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of an export: its text, whether it stands back, and its references' numbers."""

    text: str
    is_note: bool = False
    numbers: tuple[int, ...] = ()


def quoted(citation: Citation) -> str:
    """The cited words as they read: whole sentences, a table's row in words."""
    passage = citation.passage
    if passage.cell:
        return passage.words
    return " ".join(
        sentence.text
        for sentence in passage.sentences
        if citation.start <= sentence.start < citation.end
    )


def reference(citation: Citation) -> str:
    """A citation in words: where it stands, what it says, and the sources that it names."""
    passage, cell = citation.passage, cited_cell(citation)
    page = f", page {passage.page}" if passage.page else ""
    row = f", row {cell.row}" if cell else ""
    column = f", column {cell.column.replace(HEADER_JOIN, ', ')}" if cell and cell.column else ""
    named = citation.references
    stated = citation.observation.source if citation.observation else ""
    if stated and not any(stated in one for one in named):
        named = (stated, *named)
    told = f" Source: {'; '.join(named)}" if named else ""
    where = f"{passage.heading_path} ({passage.source}{page}{row}{column})"
    return f"{where}: “{quoted(citation)}”{told}"


def model_of(turn: Turn) -> str:
    """The chat model that put an answer into words, "" where none did."""
    return "" if turn.composer in _COMPOSED else turn.composer


def composed(turn: Turn) -> str:
    """Who put an answer into words."""
    model = model_of(turn)
    proved = "each sentence proved from the sources"
    return f"Put into words by {model}, {proved}" if model else _COMPOSED[turn.composer]


def plain(turn: Turn) -> str:
    """An answer with its markers and what they lead to, as plain text.

    Where a chat model was asked, it says what came of that.
    """
    if isinstance(turn.reply, Abstention):
        return turn.reply.text
    told = [f"{composed(turn)}."] if model_of(turn) else []
    cited = (f"[{one.marker}] {reference(one)}" for one in turn.reply.citations)
    return "\n\n".join([turn.reply.text, "\n".join(cited), *told, *filter(None, [turn.note])])


def markdown(title: str, conversation: Conversation) -> str:
    """A conversation as Markdown, its references as footnotes."""
    references, parts = References(), [f"# {_literal(title)}"]
    for turn in conversation.turns:
        parts.append(f"## {_literal(turn.question)}")
        for block in _blocks(turn, references):
            markers = "".join(f"[^{number}]" for number in block.numbers)
            text = _literal(block.text)
            parts.append(f"*{text}*" if block.is_note else text + markers)
    parts += [
        f"[^{number}]: {_literal(text)}" for number, text in enumerate(references.texts, start=1)
    ]
    return "\n\n".join(parts) + "\n"


def html(title: str, conversation: Conversation) -> str:
    """A conversation as an HTML page that stands by itself, its references numbered at the end."""
    references, parts = References(), []
    for turn in conversation.turns:
        parts.append(f"<h2>{escape(turn.question)}</h2>")
        for block in _blocks(turn, references):
            markers = "".join(f'<a href="#ref-{n}">[{n}]</a>' for n in block.numbers)
            words = escape(block.text) + (f" {markers}" if markers else "")
            parts.append(f'<p class="note">{words}</p>' if block.is_note else f"<p>{words}</p>")
    if references.texts:
        listed = "".join(
            f'<li id="ref-{number}">{escape(text)}</li>\n'
            for number, text in enumerate(references.texts, start=1)
        )
        parts.append(f"<h2>References</h2>\n<ol>\n{listed}</ol>")
    name = escape(title)
    head = (
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>\n{STYLE}</style>"
    )
    body = "\n".join([f"<h1>{name}</h1>", *parts])
    page = f"<head>\n{head}\n</head>\n<body>\n{body}\n</body>"
    return f'<!doctype html>\n<html lang="en">\n{page}\n</html>\n'


class References:
    """Numbers for citations in the order of their first use, the same for the same place."""

    def __init__(self) -> None:
        self._numbers: dict[Place, int] = {}
        self.texts: list[str] = []

    def number(self, citation: Citation) -> int:
        """The number of a citation, a new one where its place was not cited before."""
        cell = cited_cell(citation)
        column = cell.column_number if cell else None
        place = (citation.passage.id, citation.start, citation.end, column)
        if place not in self._numbers:
            self.texts.append(reference(citation))
            self._numbers[place] = len(self.texts)
        return self._numbers[place]


def _blocks(turn: Turn, references: References) -> Iterator[Block]:
    """What a turn says, paragraph by paragraph."""
    if turn.query.text != " ".join(turn.question.split()):
        yield Block(f"Read as: {turn.query.text}", is_note=True)
    if isinstance(turn.reply, Abstention):
        yield from map(Block, turn.reply.reason.split("\n"))
        return
    yield from _said(turn.reply, references.number)
    for told in filter(None, (turn.note, f"{composed(turn)}.")):
        yield Block(told, is_note=True)


def _said(answer: Answer, number: Callable[[Citation], int]) -> Iterator[Block]:
    for statement in answer.statements:
        yield Block(statement.text, numbers=tuple(map(number, statement.citations)))
    if answer.computation is not None and (derived := equation(answer.computation)):
        yield Block(f"{answer.computation.reading}: {derived}", is_note=True)
    for conflict in answer.conflicts:
        values = (
            f"{stated_value(one)} ({one.source})" if one.source else stated_value(one)
            for one in conflict.observations
        )
        told = f"Sources differ on {conflict.what}: {'; '.join(values)}. {conflict.why}"
        yield Block(told.strip(), is_note=True)


def _literal(text: str) -> str:
    r"""Text for Markdown, which reads it as it stands.

    >>> print(_literal("1. a *b* [c](d)"))
    1\. a \*b\* \[c\](d)
    """
    words = _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
    return _LINE_START.sub(lambda at: f"{at[1]}{at[2][:-1]}\\{at[2][-1]}", words)
