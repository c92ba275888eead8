"""Whether a statement denies what its citations deny, and nothing else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from innoqa.attribution.clauses import clauses, content
from innoqa.attribution.evidence import Evidence, matched
from innoqa.attribution.fault import Found
from innoqa.attribution.parsing import Parsed

_NEGATION = re.compile(
    r"\b(?:not|no|never|without|none|neither|nor|cannot|nobody|nothing|hardly|\w+n['’]t)\b",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"\b(?:lack(?:s|ed|ing)?|exempt\w*|fail(?:s|ed)?|exclud\w+|except|instead|rather than|free of"
    r"|un[a-z]+ed|miss(?:es|ing)|short of|still below|prevent\w*|barred|forbidden|prohibit\w*"
    r"|refus\w+|den(?:y|ies|ied)|little|limited|few|only|apart|less|below|differ\w*|contrast"
    r"|unclear|undated|neither|thin|weak|fewer)\b",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:lack(?:s|ed|ing)?|exempt\w*|fail(?:s|ed)?|exclud\w+|free of|short of|still below"
    r"|prevent\w*|barred|forbidden|prohibit\w*|refus\w+|den(?:y|ies|ied)|unclear|undated|missing"
    r"|rather than)\b",
    re.IGNORECASE,
)
_CUT = re.compile(r"\b(?:since|when|if|until|before|after)\b", re.IGNORECASE)
_SCOPE = 3
_SAME_CLAUSE, _NEARLY_SAME = 0.5, 0.7


@dataclass(frozen=True, slots=True)
class _Denial:
    """A negation with the stems after it, and those of its whole clause."""

    printed: str
    scope: tuple[str, ...]
    clause: frozenset[str]
    count: int

    def is_like(self, other: "_Denial") -> bool:
        """Whether what another denies is what this one does, said in any order."""
        near = any(matched(stem, frozenset(other.scope)) for stem in self.scope)
        shared = sum(matched(stem, other.clause) for stem in self.clause)
        return self.count % 2 == other.count % 2 and (near or shared > 1)


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Negations that are added to what is cited, and those that are left out."""
    said, held = _cut(parsed.text), _cut(*evidence.all_texts)
    denied = [denial for text in held for denial in _denials(text)]
    for text in said:
        for one in _denials(text):
            if not any(one.is_like(other) for other in denied) and not _is_negative(one, held):
                yield "word", one.printed
        strong = _STRONG.search(text)
        if strong and not any(map(_denies, held)):
            yield "word", strong[0]
    yield from _left_out(said, evidence)


def _is_negative(one: _Denial, held: Sequence[str]) -> bool:
    """Whether a clause says in another way that something is not: "exempt from tax"."""
    return any(
        _STRONG.search(text) and not _NEGATION.search(text)
        and sum(matched(stem, content(text)) for stem in one.clause) > 1
        and not _STRONG.match(" ".join(one.scope[:1]))
        for text in held
    )  # fmt: skip


def _left_out(said: Sequence[str], evidence: Evidence) -> Iterator[Found]:
    """Negations of which a statement says what follows them, and nothing negative."""
    held = _cut(*evidence.texts)
    plain = [content(text) for text in held if not _denies(text)]
    for denial in (denial for text in held for denial in _denials(text)):
        about = frozenset(denial.scope[:2])
        if not about or any(about <= one for one in plain):
            continue
        for text in said:
            again = all(matched(stem, content(text), 0.9) for stem in about)
            if again and _shares(denial, content(text), _SAME_CLAUSE) and not _denies(text):
                yield "negation", denial.printed
        whole = frozenset().union(*map(content, said))
        denied = {stem for stem in denial.scope if stem[0].isdigit()}
        if (
            denied & whole
            and not any(denied & one for one in plain)
            and not any(map(_denies, said))
        ):
            yield "negation", denial.printed
        if _shares(denial, whole, _NEARLY_SAME) and not any(map(_denies, said)):
            yield "negation", denial.printed


def _shares(denial: _Denial, stems: frozenset[str], least: float) -> bool:
    """Whether so much of a denial's clause is among stems."""
    return sum(matched(stem, stems) for stem in denial.clause) >= least * len(denial.clause)


def _denies(text: str) -> bool:
    return _NEGATION.search(text) is not None or _NEGATIVE.search(text) is not None


@lru_cache(maxsize=4096)
def _cut(*texts: str) -> tuple[str, ...]:
    """The clauses of texts, cut finer: what was so before or since is no part of a denial."""
    found = (part for text in texts for clause in clauses(text) for part in _CUT.split(clause.text))
    return tuple(part.strip() for part in found if part.strip())


@lru_cache(maxsize=4096)
def _denials(text: str) -> tuple[_Denial, ...]:
    """The denial of a clause, but for that a number does not lie above a limit."""
    found = list(_NEGATION.finditer(text))
    if not found or re.match(r"\s(?:above|below)\b", text[found[0].end() :]):
        return ()
    match = found[0]
    scope: list[str] = []
    for word in text[match.end() :].split():
        scope += content(word)
    before, after = text[: match.start()].split()[-1:], text[match.end() :].split()[:2]
    printed = " ".join((*before, match[0], *after))
    count = len(found) + bool(_STRONG.match(text[match.end() :].lstrip()))
    return (_Denial(printed, tuple(scope[:_SCOPE]), content(text), count),)
