"""Statements of an answer -> HTML: those that stand, the one being written, those left out.

Like ``cards``, every piece of text is escaped here, whoever wrote it.
"""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from innoqa.composing import Composing
from innoqa.domain import ListPlace, Statement, Withheld
from sources import count, link, lit, within


def listed(statements: Sequence[Statement], number: int) -> str:
    """Statements of the turn ``number``, the items of a list as one."""
    lead = _place(statements[0]) if statements else None
    list_number = lead.list_number if lead and lead.item == 0 else None

    def is_item(statement: Statement) -> bool:
        place = _place(statement)
        return place is not None and place.list_number == list_number and place.item > 0

    parts = []
    for item, run in groupby(statements, key=is_item):
        tag = "li" if item else "p"
        words = "".join(f"<{tag}>{_statement(one, number)}</{tag}>" for one in run)
        parts.append(f"<ul>{words}</ul>" if item else words)
    return "".join(parts)


def draft(composing: Composing, *, struck: bool) -> str:
    """How far an answer is. It is not announced to screen readers, but can be read by them."""
    proved = "".join(f"<p>{_statement(one, None)}</p>" for one in composing.proved)
    failed = _struck(composing.withheld) if struck and composing.withheld else ""
    rest = ""
    if composing.draft:
        rest = (
            f'<p class="innoqa-draft">{escape(composing.draft)} '
            '<span class="innoqa-tag">being checked</span></p>'
        )
    return (
        '<div class="innoqa-reply" role="group" aria-label="Answer being written" aria-busy="true">'
        f"{proved}{failed}{rest}</div>"
    )


def left_out(withheld: Sequence[Withheld], *, struck: bool) -> str:
    """What did not pass the check: struck through, or where it is asked for."""
    if not withheld:
        return ""
    them = count(len(withheld), "sentence")
    if struck:
        told = f"{them} did not pass the check:"
        return f'<p class="innoqa-note">{told}</p>{_struck(withheld)}'
    told = f"Left out {them} that did not pass the check"
    if not any(one.why for one in withheld):
        return f'<p class="innoqa-note">{told}.</p>'  # kept before the reasons were
    return f'<details class="innoqa-covers"><summary>{told}</summary>{_struck(withheld)}</details>'


def _struck(withheld: Iterable[Withheld]) -> str:
    return "".join(
        f'<p class="innoqa-struck"><del>{escape(one.text)}</del> <span>{escape(one.why)}</span></p>'
        for one in withheld
    )


def _statement(statement: Statement, number: int | None) -> str:
    """A statement with its markers, which lead to the sources of a turn where it has a number."""
    markers = "".join(
        link(number, citation.marker) if number else f"<span>[{citation.marker}]</span>"
        for citation in statement.citations
    )
    words = lit(statement.text, statement.focus, "strong")
    return f'{words}&nbsp;<span class="innoqa-markers">{markers}</span>'


def _place(statement: Statement) -> ListPlace | None:
    """Where in a list the first words cited by a statement stand."""
    cited = (
        sentence
        for citation in statement.citations
        for sentence in citation.passage.sentences
        if within(sentence, (citation.start, citation.end))
    )
    return next((sentence.place for sentence in cited), None)
