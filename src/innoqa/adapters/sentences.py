"""Sentence boundaries, by sentencex (Wikimedia)."""

from collections.abc import Iterator

import sentencex


def sentence_boundaries(text: str, language: str = "en") -> Iterator[tuple[int, int]]:
    """The (start, end) of each sentence of ``text`` in characters; together they cover it."""
    for boundary in sentencex.get_sentence_boundaries(language, text):
        yield boundary["start_index"], boundary["end_index"]
