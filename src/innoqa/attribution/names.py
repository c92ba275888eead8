"""Whether each name of a statement stands in what it cites."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from innoqa.attribution.evidence import Evidence, stems, stems_of
from innoqa.attribution.fault import Found
from innoqa.attribution.function_words import FUNCTION_WORDS, TELLING_WORDS
from innoqa.attribution.parsing import Parsed
from innoqa.attribution.synonyms import groups
from innoqa.words import Word, acronyms, words

_OPENS = re.compile(r"(?:\A|[.!?:;]\s|[“\"(]|[0-9]\.\s)\s*\Z")
_COMMON_ENDING = re.compile(
    r"(?:s|ed|ing|ly|ion|ment|ness|ity|ers?|ors?|al|ive|ous|ful|ance|ence|ure|ship|ware|ists?)\Z"
)
_GERUNDS = frozenset(
    "using building including according following during being having making taking growing rising"
    " working buying spending funding housing planning nothing something everything training"
    " marketing manufacturing engineering financing licensing merging moving opening bringing"
    " turning leading combining reaching setting looking judging measuring comparing selling"
    " founding supporting starting beginning depending considering concerning regarding".split()
)
_ATTRIBUTION = re.compile(r"\b[Aa]ccording to [^,.;]+")
_TELLS = re.compile(
    r"(?:[A-Z][\w.'’-]*\s)+(?:\([^)]*\)\s)?(?:reported|said|says|wrote|writes|gave|gives|counted"
    r"|counts|puts?|finds?|describes?|named?|adds|explains|blames|points|quotes)\b"
)
_RUN = re.compile(r"[A-Z][\w&-]*(?: [A-Z][\w&-]*)+")
_DEMONYM = re.compile(r"(?:ese|ian|an|n|ish|i|er)\Z")
_LEAST_NAME = 4


def unsupported(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """The capitalised words and acronyms that nothing cited has.

    What stands over cells, in their notes and sources counts where they are called by their names.
    A word that opens a sentence is a name unless it ends as common words do.
    """
    named = [word for word in words(parsed.words) if _is_capital(word)]
    held = stems_of((*evidence.texts, *evidence.subjects, *evidence.rows))
    lacking = [word for word in named if not _is_among(word, held)]
    if lacking:
        around = _around(parsed, evidence)
        lacking = [word for word in lacking if not _is_among(word, around)]
    spelled = _spelled_out(lacking, evidence) | _in_full(named, held, evidence)
    for word in lacking:
        if word.text not in spelled and not _is_common(word, parsed.words):
            yield "name", word.text
    yield from _renamed(parsed, evidence)
    yield from _other_subject(parsed, evidence)


def _other_subject(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """A name that stands over the evidence alone, in place of the one that a sentence begins with.

    "Osk had to close it", under "Osk and Vell", where "Vell had to close it" is cited.
    """
    own = stems_of((*evidence.texts, *evidence.subjects, *evidence.rows))
    said = stems(parsed.statement)
    text = _ATTRIBUTION.sub(lambda match: " " * len(match[0]), parsed.words)
    names = (word for word in words(text) if _is_capital(word) and not _is_common(word, text))
    first = next((word for word in names if word.stem not in FUNCTION_WORDS), None)
    if first is None or _is_among(first, own):
        return
    nearby = " ".join((*evidence.nearby, *evidence.context))
    for held in evidence.texts:
        subject = next(iter(words(held)), None)
        if subject is None or subject.stem in said or _TELLS.match(held):
            continue
        if re.search(rf"[a-z,;] {re.escape(subject.text)}\b", nearby) and _is_capital(subject):
            yield "name", first.text


def _renamed(parsed: Parsed, evidence: Evidence) -> Iterator[Found]:
    """Names put together of two: "East City" where "West City" is cited and the title says East."""
    everywhere = " ".join((*evidence.all_texts, *evidence.nearby, *evidence.rows)).lower()
    ends = {run[0].split()[-1]: run[0] for text in evidence.texts for run in _RUN.finditer(text)}
    for run in _RUN.finditer(parsed.words):
        held = ends.get(run[0].split()[-1])
        if held and run[0].lower() not in everywhere and not _OPENS.search(
            parsed.words[: run.start()]
        ) and run[0].split()[0] not in held:  # fmt: skip
            yield "name", run[0]


def _is_capital(word: Word) -> bool:
    return not word.text.islower() and any(sign.isupper() for sign in word.text)


def _is_among(word: Word, held: frozenset[str]) -> bool:
    if word.stem in held or (word.stem in FUNCTION_WORDS and not word.text.isupper()):
        return True
    return any(_is_of_people(word.stem, other) or _is_of_people(other, word.stem) for other in held)


@lru_cache(maxsize=4096)
def _is_of_people(one: str, other: str) -> bool:
    """Whether a word is that for the people of a place: "chinese" of "china"."""
    root = _DEMONYM.sub("", one)
    return len(root) >= _LEAST_NAME and other.startswith(root) and len(other) - len(root) <= 2


def _around(parsed: Parsed, evidence: Evidence) -> frozenset[str]:
    """The words of titles, notes and sources; none where a cell is not called by its name."""
    said = stems(parsed.text)
    if not all(stems(cell.entity) <= said for cell in evidence.cells):
        return frozenset()
    return stems_of((*evidence.context, *evidence.notes, *evidence.sources))


def _in_full(named: list[Word], held: frozenset[str], evidence: Evidence) -> frozenset[str]:
    """The words of names that the passage gives in full, and the cited sentence in part.

    The part belongs to no other name there: "Holt" of "Mira Holt", not "Park" of "East Park".
    """
    found: set[str] = set()
    nearby = " ".join(evidence.nearby)
    for one, other in pairwise(named):
        if other.start - one.end != 1 or (one.stem in held) == (other.stem in held):
            continue
        part, before, after = (one, "", r"\s[A-Z]\w+") if one.stem in held else (
            other, r"[A-Z]\w+\s", "")  # fmt: skip
        names = set(re.findall(rf"\b{before}{re.escape(part.text)}\b{after}", nearby))
        if names == {f"{one.text} {other.text}"}:
            found |= {one.text, other.text}
    return frozenset(found)


def _spelled_out(lacking: list[Word], evidence: Evidence) -> frozenset[str]:
    """Those of the words that are acronyms of what the evidence spells out."""
    short = acronyms(word.text for word in lacking)
    if not short:
        return short
    said = {word.text for text in evidence.all_texts for word in words(text, short)}
    return short & said


def _is_common(word: Word, text: str) -> bool:
    """Whether a word has its capital only because it opens a sentence."""
    if not word.text.istitle() or not _OPENS.search(text[: word.start]):
        return False
    if word.stem in TELLING_WORDS or word.stem in FUNCTION_WORDS:
        return True
    if groups(word.stem) and not re.match(r"[ -][A-Z]", text[word.end :]):
        return True
    if word.text.endswith("ing") and word.text.lower() not in _GERUNDS:
        return False
    following = re.match(r"[ -][A-Z]", text[word.end :])
    return following is None and _COMMON_ENDING.search(word.text.lower()) is not None
