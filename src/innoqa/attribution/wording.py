"""Whether the words of a statement are those of what it cites, and what it quotes is theirs."""

import re
from collections.abc import Iterator, Sequence

from innoqa.attribution.evidence import Evidence, matched, stems_of
from innoqa.attribution.fault import Found
from innoqa.attribution.function_words import FUNCTION_WORDS, LIGHT_WORDS, TELLING_WORDS
from innoqa.attribution.parsing import Parsed
from innoqa.words import words

LEAST_HELD = 0.6
"""The least share of a statement's content words that stand in what it cites."""

LEAST_HELD_OF_CLAUSE = 0.5
"""The same for each clause of two content words or more."""

LONGEST_RUN = 2
"""The most content words in a row that may all stand nowhere."""

_CLAUSE = re.compile(
    r",\s|[;:()“”\"]|\s[–—-]\s|\b(?:and|but|while|whereas|which|who|whose|where|that|because|since"
    r"|although|though|so|thus|making|with)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_PAIR = 2  # of so few words one may stand nowhere
_SHORT_QUOTE = 2  # words; fewer may be a name or a word that is meant as such


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Clauses whose words stand nowhere, and quoted words that are not quoted right."""
    held = stems_of((*evidence.all_texts, *evidence.rows, *evidence.sources))
    if evidence.cells:
        held |= TELLING_WORDS
    checked: list[bool] = []
    for clause in _CLAUSE.split(parsed.words):
        content = [w.stem for w in words(clause) if _is_content(w.stem)]
        lacking = [not matched(stem, held) for stem in content]
        least = LEAST_HELD_OF_CLAUSE * len(content)
        few = len(content) > 1 and (
            sum(lacking) > least or (len(content) > _PAIR and sum(lacking) >= least)
        )
        if few or _longest_run(lacking) > LONGEST_RUN:
            yield "word", clause.strip()
        checked += lacking
    if sum(checked) > (1 - LEAST_HELD) * len(checked):
        yield "word", f"{sum(checked)} of {len(checked)} words stand nowhere"
    for quoted in _QUOTED.findall(parsed.text):
        if len(quoted.split()) > _SHORT_QUOTE:
            yield "quote", quoted


def _is_content(stem: str) -> bool:
    return stem not in FUNCTION_WORDS and stem not in LIGHT_WORDS and not stem[0].isdigit()


def _longest_run(lacking: Sequence[bool]) -> int:
    longest = run = 0
    for lacks in lacking:
        run = run + 1 if lacks else 0
        longest = max(longest, run)
    return longest
