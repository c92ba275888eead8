"""Whether a statement that is nearly a cited sentence differs from it in a word that bears."""

import re
from collections import Counter
from collections.abc import Iterator

from innoqa.attribution.clauses import content
from innoqa.attribution.evidence import Evidence
from innoqa.attribution.fault import Found
from innoqa.attribution.parsing import Parsed

_BEARING = re.compile(
    r"\b(?:not|no|never|without|none|neither|nor|cannot|only|(?-i:may)(?! not\b)|might|could|should"
    r"|must|most|all|every|always|often|many|several|possibly|probably|perhaps|likely|possible|mainly"
    r"|mostly|partly|almost|nearly|hardly|little|few)\b",
    re.IGNORECASE,
)
_NEARLY_ALL = 0.9


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Words such as "not", "only" and "may" that a copied sentence has lost or got."""
    said = _plain(parsed.statement)
    for text in evidence.texts:
        held = _plain(text)
        if len(said & held) < _NEARLY_ALL * max(len(said), len(held), 1):
            continue
        own, others = (_bearing(one) for one in (parsed.statement, text))
        yield from (("hedge", word) for word in others - own)
        yield from (("word", word) for word in own - others)


def _plain(text: str) -> frozenset[str]:
    """The stems of a text's words, but for those that bear and for numbers."""
    found = content(_BEARING.sub(" ", text))
    return frozenset(stem for stem in found if not stem[0].isdigit())


def _bearing(text: str) -> Counter[str]:
    return Counter(match[0].lower() for match in _BEARING.finditer(text))
