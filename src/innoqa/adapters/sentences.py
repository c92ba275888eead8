"""Sentence boundaries, by sentencex (Wikimedia)."""

from collections.abc import Iterator

import sentencex

from innoqa.scripts import language


def sentence_boundaries(text: str) -> Iterator[tuple[int, int]]:
    """The (start, end) of each sentence of ``text`` in characters; together they cover it.

    The script that it is written in tells the language whose marks and abbreviations count.
    """
    for boundary in sentencex.get_sentence_boundaries(language(text), text):
        yield boundary["start_index"], boundary["end_index"]
