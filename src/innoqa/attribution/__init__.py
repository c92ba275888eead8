"""Whether what an answer says stands in what it cites, whoever put it into words.

    statement, citations -> evidence -> numbers, dates, names, words, computation -> faults

A statement in the very words that it cites passes at once. Of any other each number is looked for
with its unit and scale, each date, each name and each content word; a negation, a comparative or a
direction must be the evidence's own. What is computed from cells is held against the cells.
"""

from collections.abc import Sequence
from dataclasses import replace

from innoqa.attribution import (
    bindings,
    cells,
    copies,
    dates,
    hedges,
    limits,
    names,
    negations,
    neighbours,
    numbers,
    opposites,
    wording,
)
from innoqa.attribution.evidence import Evidence, evidence_of
from innoqa.attribution.fault import Fault
from innoqa.attribution.parsing import parsed
from innoqa.domain import Answer, Citation, Computation, Statement

__all__ = ["Fault", "attributed", "supported"]


def attributed(answer: Answer) -> tuple[Answer | None, tuple[Fault, ...]]:
    """The answer without its unsupported statements, and what was found in those.

    None where no statement is left. Markers are counted anew. The computation and the conflicts go
    where no statement is left that cites a cell.
    """
    found = [supported(statement, answer.computation) for statement in answer.statements]
    faults = tuple(fault for of_one in found for fault in of_one)
    if not faults:
        return answer, ()
    kept = [s for s, of_one in zip(answer.statements, found, strict=True) if not of_one]
    if not kept:
        return None, faults
    on_cells = any(c.observation for statement in kept for c in statement.citations)
    return (
        replace(
            answer,
            statements=_numbered(kept),
            computation=answer.computation if on_cells else None,
            conflicts=answer.conflicts if on_cells else (),
        ),
        faults,
    )


def supported(statement: Statement, computation: Computation | None = None) -> tuple[Fault, ...]:
    """What a statement says that its citations do not; nothing where all of it is supported.

    ``computation`` counts only for a statement that cites a cell.
    """
    if not statement.citations:
        return (Fault(statement.text, "no citation", "nothing is cited"),)
    misquoted = tuple(
        Fault(statement.text, "quote", f"not what stands at {c.start}-{c.end}: {c.quote[:60]!r}")
        for c in statement.citations
        if not _is_quoted(c)
    )
    if misquoted:
        return misquoted
    evidence = evidence_of(statement, computation)
    if evidence.says_in_words(statement.text):
        return ()
    return tuple(_faults(statement.text, evidence))


def _faults(text: str, evidence: Evidence) -> list[Fault]:
    statement = parsed(text, evidence)
    checks = (
        numbers, dates, names, wording, negations, hedges, limits, copies, opposites, bindings,
        neighbours,
        cells,
    )  # fmt: skip
    found = (
        Fault(text, kind, " ".join(detail.split()))
        for check in checks
        for kind, detail in check.unsupported(statement, evidence)
    )
    return list(dict.fromkeys(found))


def _is_quoted(citation: Citation) -> bool:
    """Whether the quote stands in the passage, and the cell in the row that is cited."""
    passage, seen = citation.passage, citation.observation
    if not passage.start <= citation.start < citation.end <= passage.end:
        return False
    here = passage.text[citation.start - passage.start : citation.end - passage.start]
    if seen is not None and (passage.cell is None or passage.cell.row != seen.cell.row):
        return False
    return here == citation.quote


def _numbered(kept: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with markers 1, 2, ... in the order of first use."""
    markers: dict[int, int] = {}
    for statement in kept:
        for citation in statement.citations:
            markers.setdefault(citation.marker, len(markers) + 1)
    return tuple(
        replace(
            statement,
            citations=tuple(replace(c, marker=markers[c.marker]) for c in statement.citations),
        )
        for statement in kept
    )
