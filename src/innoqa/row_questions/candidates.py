"""Every reading of a question over a table that the grammar allows, each carried out."""

from collections.abc import Iterator

from innoqa.row_questions.aggregates import aggregates, counts
from innoqa.row_questions.candidate import Candidate
from innoqa.row_questions.comparisons import comparisons, verdicts
from innoqa.row_questions.differences import differences
from innoqa.row_questions.frequencies import frequencies
from innoqa.row_questions.linking import Links
from innoqa.row_questions.lookups import lookups
from innoqa.row_questions.selections import selections


def candidates(links: Links) -> Iterator[Candidate]:
    """The readings, of likely selections and columns only, so that they stay some thousands."""
    chosen = selections(links)
    named = chosen[1:]
    yield from lookups(links, chosen)
    yield from counts(links, chosen)
    yield from aggregates(links, chosen)
    yield from differences(links, named)
    yield from comparisons(links, named)
    yield from frequencies(links, chosen)
    if links.question.asks == "whether":
        yield from verdicts(links, named)
