"""What stands under a reply as HTML: a card for each source, and how the reply came about.

Like ``cards``, every piece of text is escaped here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby

import tables
from facts import told
from innoqa import exporting
from innoqa.contract import cited_observation
from innoqa.domain import (
    HEADER_JOIN,
    Abstention,
    Answer,
    Citation,
    Observation,
    Passage,
    Sentence,
    Turn,
)
from links import Place
from tables import Excerpt

Span = tuple[int, int]
"""Start and end in the document's text."""
Excerpts = Mapping[int, Excerpt]
"""The table around what is cited, by marker."""


@dataclass(frozen=True, slots=True)
class Cited:
    """What of a passage is cited, and under which marker; by default nothing of it is."""

    span: Span = (0, 0)
    focus: Span | None = None
    references: tuple[str, ...] = ()
    observation: Observation | None = None
    marker: int | None = None
    anchor: str = ""
    excerpt: Excerpt | None = None
    place: Place | None = None


NOTHING = Cited()


def anchor(number: int, marker: int) -> str:
    """The id of what a marker of the turn ``number`` leads to."""
    return f"source-{number}-{marker}"


def link(number: int, marker: int) -> str:
    """A marker that leads to its source."""
    return f'<a href="#{anchor(number, marker)}" aria-label="Source {marker}">[{marker}]</a>'


def opened(place: Place) -> str:
    """A link that opens a document at a place, beside what is being read."""
    where = "table" if place.table is not None else "document"
    return (
        f'<p class="innoqa-open"><a href="{escape(place.address)}" target="_blank">'
        f"Open in the {where}</a></p>"
    )


def within(sentence: Sentence, span: Span) -> bool:
    """Whether a sentence begins in a span."""
    return span[0] <= sentence.start < span[1]


def lit(text: str, span: Span | None, tag: str) -> str:
    """A text with one span of it in a tag of its own.

    >>> lit("in 1988 & later", (3, 7), "strong")
    'in <strong>1988</strong> &amp; later'
    """
    if span is None:
        return escape(text)
    before, words, after = text[: span[0]], text[span[0] : span[1]], text[span[1] :]
    return f"{escape(before)}<{tag}>{escape(words)}</{tag}>{escape(after)}"


def sources(turn: Turn, number: int, excerpts: Excerpts) -> str:
    """The cards under a reply, and how it came about. ``number`` is the turn's own, from 1."""
    said = turn.reply
    if isinstance(said, Abstention):
        body = "".join(_card(hit.passage, NOTHING) for hit in said.nearest)
        heading = "Nearest passages"
        note = '<p class="innoqa-note">These do not answer the question.</p>'
    else:
        body = "".join(_source(one, number, excerpts.get(one.marker)) for one in said.citations)
        heading, note = "Sources", ""
    shown = f"<h3>{heading}</h3>{note}{body}" if body else ""
    return f'<section class="innoqa-sources">{shown}{_byline(turn)}</section>'


def count(number: int, noun: str) -> str:
    """A number of things in words."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _byline(turn: Turn) -> str:
    documents = {hit.passage.document_id for hit in turn.hits}
    read = f"{count(len(turn.hits), 'passage')} of {count(len(documents), 'document')}"
    seconds = turn.elapsed_ms / 1000
    took = f"{seconds:.1f} s" if seconds >= 2 else f"{turn.elapsed_ms:.0f} ms"
    words = f"Looked at {read} in {took}"
    if isinstance(turn.reply, Answer):
        words = f"{exporting.composed(turn)}, in {took} from {read}"
    return f'<p class="innoqa-byline">{escape(words)}</p>'


def _source(citation: Citation, number: int, excerpt: Excerpt | None) -> str:
    """A citation's card. The anchor lies inside it, so that a browser opens it on a jump."""
    cited = Cited(
        span=(citation.start, citation.end),
        focus=citation.focus,
        references=citation.references,
        observation=cited_observation(citation),
        marker=citation.marker,
        anchor=anchor(number, citation.marker),
        excerpt=excerpt,
        place=Place.of(citation),
    )
    return _card(citation.passage, cited)


def _card(passage: Passage, cited: Cited) -> str:
    badge = f'<span class="innoqa-badge">{cited.marker}</span>' if cited.marker else ""
    facts = told(passage, cited.observation, cited.references)
    facts += opened(cited.place or Place.of_passage(passage))
    return (
        f'<details class="innoqa-card"{" open" if cited.marker == 1 else ""}>'
        f"<summary>{badge}<span>{_where(passage, cited.observation)}</span></summary>"
        f"{_body(passage, cited, facts)}</details>"
    )


def _body(passage: Passage, cited: Cited, facts: str) -> str:
    """What is cited: a lit cell instead of the row's words, a whole row lit beside them."""
    target = f' id="{cited.anchor}" tabindex="-1"' if cited.anchor else ""
    if cited.excerpt is None:
        return f'<div class="innoqa-passage"{target}>{_words(passage, cited)}{facts}</div>'
    table = tables.excerpt_html(cited.excerpt, cited.anchor)
    words = _words(passage, cited) if cited.excerpt.column is None else ""
    return f'<div class="innoqa-passage">{words}{table}{facts}</div>'


def _where(passage: Passage, observation: Observation | None) -> str:
    """Document, headings, row and column, outermost first, none said twice."""
    cell = observation.cell if observation else passage.cell
    row = cell.row_name if cell else ""
    column = _telling_column(observation) if observation else ""
    path = dict.fromkeys(part for part in (passage.title, *passage.heading, row, column) if part)
    first, *rest = map(escape, path or [passage.source])
    return f"<strong>{first}</strong>" + "".join(f" <small>› {part}</small>" for part in rest)


def _telling_column(observation: Observation) -> str:
    """The column's name where it says what the row's does not: the year, say, but not "value"."""
    row, column = observation.cell.row_name.casefold(), observation.cell.column or ""
    parts = (observation.period.printed, observation.entity, observation.indicator)
    untold = (part.casefold() for part in parts if part and part.casefold() not in row)
    name = column.replace(HEADER_JOIN, ", ")
    return name if any(part in name.casefold() for part in untold) else ""


def _words(passage: Passage, cited: Cited) -> str:
    """The passage as it reads, each list item on its own line, cited sentences highlighted."""
    blocks = []
    for place, sentences in groupby(passage.sentences, key=lambda sentence: sentence.place):
        style = ' class="innoqa-item"' if place and place.item else ""
        blocks.append(f"<p{style}>{_highlighted(passage, sentences, cited)}</p>")
    return f"<blockquote>{''.join(blocks)}</blockquote>"


def _highlighted(passage: Passage, sentences: Iterable[Sentence], cited: Cited) -> str:
    """Sentences in HTML: what is cited marked, the words that answer by themselves the stronger."""
    runs = groupby(sentences, key=lambda sentence: within(sentence, cited.span))
    parts = []
    for inside, run in runs:
        text = " ".join(_sentence(passage, sentence, cited.focus) for sentence in run)
        parts.append(f"<mark>{text}</mark>" if inside else text)
    return " ".join(parts)


def _sentence(passage: Passage, sentence: Sentence, focus: Span | None) -> str:
    if focus is None or not sentence.start <= focus[0] < sentence.end:
        return escape(sentence.text)
    words = passage.text[focus[0] - passage.start : focus[1] - passage.start]
    # Markup only lengthens a sentence, so its plain text has the words no later.
    at = sentence.text.rfind(words, 0, focus[0] - sentence.start + len(words))
    return lit(sentence.text, (at, at + len(words)) if at >= 0 else None, "strong")
