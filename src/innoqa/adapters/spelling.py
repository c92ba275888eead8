"""Misspelt words of a question -> words of the corpus, by rapidfuzz."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from innoqa.domain import Passage
from innoqa.scripts import HANGUL, UNSPACED

_WORD = re.compile(rf"[^\W\d_{UNSPACED}{HANGUL}]{{4,}}")  # a run of Han signs is no word
_LONG_WORD = 9


class WordWriter:
    """Collects the words of a generation that is being built, with how often each occurs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._counts: Counter[str] = Counter()

    def add(self, passage: Passage, _vectors: object) -> None:
        """Take a passage; its vectors play no part here."""
        self._counts.update(_WORD.findall(f"{passage.heading_path}\n{passage.words}".lower()))

    def finish(self) -> None:
        """Write the words, the most frequent first."""
        ordered = sorted(self._counts.items(), key=lambda pair: (-pair[1], pair[0]))
        self._path.write_text("".join(f"{word}\n" for word, _ in ordered), "utf-8")


class Speller:
    """Corrects words that neither the corpus nor the language knows."""

    def __init__(self, path: Path, is_known: Callable[[str], bool]) -> None:
        self._words = path.read_text("utf-8").split()
        self._known = is_known

    def corrected(self, question: str) -> str:
        """The question with each unknown word replaced by a corpus word one slip away, if any.

        A slip is a letter too many, too few, wrong, or two exchanged (optimal string alignment
        distance 1; 2 from nine letters on). Words of four letters only have letters exchanged.
        """
        return _WORD.sub(lambda match: self._word(match[0]), question)

    def _word(self, word: str) -> str:
        lower = word.lower()
        if self._known(lower):
            return word
        slips = 2 if len(lower) >= _LONG_WORD else 1
        near = process.extract(
            lower, self._words, scorer=OSA.distance, score_cutoff=slips, limit=20
        )
        if len(lower) == 4:
            near = [found for found in near if sorted(found[0]) == sorted(lower)]
        if not near:
            return word
        best, _, _ = min(near, key=lambda found: (found[1], found[2]))
        return best.capitalize() if word[0].isupper() else best
