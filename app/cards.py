"""Domain values -> HTML for the chat page: the one way in which corpus text reaches the browser.

Every piece of text is escaped here, whatever it comes from, so that markup in a document is read
as text and never obeyed. Nothing here makes a link to anywhere but this page.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from innoqa.contract import cited_observation
from innoqa.domain import (
    Abstention,
    Answer,
    Citation,
    Corpus,
    ListPlace,
    Observation,
    Passage,
    Sentence,
    Statement,
    Turn,
)

Span = tuple[int, int]
"""Start and end in the document's text."""

_NOWHERE: Span = (0, 0)
_MARKDOWN_SIGN = re.compile(r"([!-/:-@\[-`{-~])")
_WORD_JOINER = "\N{WORD JOINER}"


def title(corpus: Corpus) -> str:
    """The corpus by name, with what it is."""
    about = f"<p>{escape(corpus.description)}</p>" if corpus.description else ""
    return f'<header class="innoqa-title"><h1>{escape(corpus.title)}</h1>{about}</header>'


def as_label(text: str) -> str:
    r"""Text for a Streamlit label, which reads Markdown: every sign of it is taken literally.

    Emoji and icon names (``:name:``) survive a backslash, so a joiner without width breaks them.

    >>> as_label("Why *so*?").replace("\\", "/")
    'Why /*so/*/?'
    """
    return _MARKDOWN_SIGN.sub(r"\\\1", " ".join(text.split())).replace("\\:", "\\:" + _WORD_JOINER)


def question(text: str) -> str:
    """The reader's question, as the heading of its turn."""
    return f'<h2 class="innoqa-question">{escape(text)}</h2>'


def problem(message: str) -> str:
    """What went wrong and what to do about it."""
    return f'<div class="innoqa-problem" role="alert"><p>{escape(message)}</p></div>'


def reply(turn: Turn, number: int, *, newest: bool) -> str:
    """What is said to a question; the newest reply is announced to screen readers."""
    said = turn.reply
    body = _abstention(said) if isinstance(said, Abstention) else _answer(said, number)
    live = ' role="status" aria-live="polite"' if newest else ""
    return f'<div class="innoqa-reply"{live}>{_query(turn)}{body}</div>'


def sources(turn: Turn, number: int) -> str:
    """The cards under a reply, and how it came about. ``number`` is the turn's own, from 1."""
    said = turn.reply
    if isinstance(said, Abstention):
        body = "".join(_card(hit.passage) for hit in said.nearest)
        heading = "Nearest passages"
        note = '<p class="innoqa-note">These do not answer the question.</p>'
    else:
        body = "".join(_source(citation, number) for citation in said.citations)
        heading, note = "Sources", ""
    shown = f"<h3>{heading}</h3>{note}{body}" if body else ""
    return f'<section class="innoqa-sources">{shown}{_byline(turn)}</section>'


def _answer(answer: Answer, number: int) -> str:
    lead = _place(answer.statements[0]) if answer.statements else None
    listed = lead.list_number if lead and lead.item == 0 else None

    def is_item(statement: Statement) -> bool:
        place = _place(statement)
        return place is not None and place.list_number == listed and place.item > 0

    parts = []
    for item, statements in groupby(answer.statements, key=is_item):
        tag = "li" if item else "p"
        words = "".join(f"<{tag}>{_statement(one, number)}</{tag}>" for one in statements)
        parts.append(f"<ul>{words}</ul>" if item else words)
    return "".join(parts)


def _statement(statement: Statement, number: int) -> str:
    markers = "".join(
        f'<a href="#{_anchor(number, citation)}" aria-label="Source {citation.marker}">'
        f"[{citation.marker}]</a>"
        for citation in statement.citations
    )
    return f'{escape(statement.text)}&nbsp;<span class="innoqa-markers">{markers}</span>'


def _place(statement: Statement) -> ListPlace | None:
    """Where in a list the first words cited by a statement stand."""
    cited = (s for c in statement.citations for s in c.passage.sentences if _within(s, _span(c)))
    return next((sentence.place for sentence in cited), None)


def _abstention(abstention: Abstention) -> str:
    covered = "; ".join(abstention.coverage)
    coverage = f'<p class="innoqa-note">The corpus covers: {escape(covered)}.</p>'
    return f"<p>{escape(abstention.reason)}</p>{coverage if covered else ''}"


def _query(turn: Turn) -> str:
    """The stand-alone form of the question, where it differs from the reader's words."""
    if turn.query.text == " ".join(turn.question.split()):
        return ""
    return f'<p class="innoqa-note">Understood as: {escape(turn.query.text)}</p>'


def _byline(turn: Turn) -> str:
    documents = {hit.passage.document_id for hit in turn.hits}
    read = f"{_count(len(turn.hits), 'passage')} of {_count(len(documents), 'document')}"
    words = f"Looked at {read} in {turn.elapsed_ms:.0f} ms"
    if isinstance(turn.reply, Answer):
        words = f"Answered in {turn.elapsed_ms:.0f} ms from {read} · composer: {turn.composer}"
    return f'<p class="innoqa-byline">{escape(words)}</p>'


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _source(citation: Citation, number: int) -> str:
    """A citation's card. The anchor lies inside it, so that a browser opens it on a jump."""
    return _card(
        citation.passage,
        observation=cited_observation(citation),
        cited=_span(citation),
        references=citation.references,
        marker=citation.marker,
        anchor=_anchor(number, citation),
    )


def _card(
    passage: Passage,
    *,
    observation: Observation | None = None,
    cited: Span = _NOWHERE,
    references: Iterable[str] = (),
    marker: int | None = None,
    anchor: str = "",
) -> str:
    badge = f'<span class="innoqa-badge">{marker}</span>' if marker else ""
    target = f' id="{anchor}" tabindex="-1"' if anchor else ""
    return (
        f'<details class="innoqa-card"{" open" if marker == 1 else ""}>'
        f"<summary>{badge}<span>{_where(passage)}</span></summary>"
        f'<div class="innoqa-passage"{target}>{_words(passage, cited)}'
        f"{_facts(_cell_facts(passage, observation))}{_facts(_origin(passage, references))}</div></details>"
    )


def _where(passage: Passage) -> str:
    """Document, headings and row, outermost first, none said twice."""
    row = passage.cell.row_name if passage.cell else ""
    path = dict.fromkeys(part for part in (passage.title, *passage.heading, row) if part)
    first, *rest = map(escape, path or [passage.source])
    return f"<strong>{first}</strong>" + "".join(f" <small>› {part}</small>" for part in rest)


def _words(passage: Passage, cited: Span) -> str:
    """The passage as it reads, each list item on its own line, cited sentences highlighted."""
    blocks = []
    for place, sentences in groupby(passage.sentences, key=lambda sentence: sentence.place):
        style = ' class="innoqa-item"' if place and place.item else ""
        blocks.append(f"<p{style}>{_highlighted(sentences, cited)}</p>")
    return f"<blockquote>{''.join(blocks)}</blockquote>"


def _highlighted(sentences: Iterable[Sentence], cited: Span) -> str:
    runs = groupby(sentences, key=lambda sentence: _within(sentence, cited))
    texts = ((inside, escape(" ".join(sentence.text for sentence in run))) for inside, run in runs)
    return " ".join(f"<mark>{text}</mark>" if inside else text for inside, text in texts)


def _cell_facts(passage: Passage, observation: Observation | None) -> Iterator[tuple[str, str]]:
    """Where in a table a row stands and what it states."""
    cell = observation.cell if observation else passage.cell
    if cell is None:
        return
    yield "Table", cell.table
    yield "Row", f"{cell.row} ({cell.row_name})" if cell.row_name else str(cell.row)
    if cell.column:
        yield "Column", cell.column
    if observation:
        yield "Value", f"{observation.printed} {observation.unit}".strip()
        if observation.qualifier:
            yield "Qualifier", observation.qualifier


def _origin(passage: Passage, references: Iterable[str]) -> Iterator[tuple[str, str]]:
    for reference in references:
        yield "Reference", reference
    page = f", page {passage.page}" if passage.page else ""
    yield "File", passage.source + page


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>" for name, fact in facts)
    return f"<dl>{rows}</dl>" if rows else ""


def _anchor(number: int, citation: Citation) -> str:
    return f"source-{number}-{citation.marker}"


def _span(citation: Citation) -> Span:
    return citation.start, citation.end


def _within(sentence: Sentence, span: Span) -> bool:
    return span[0] <= sentence.start < span[1]
